"""What the elements around a block of HTML say of it: their names, and how much prose they hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from searchkit.pipeline.block import Block
from searchkit.pipeline.boilerplate.features import Features
from searchkit.pipeline.wordlists import read_table

# An element that holds this share of the page's prose is not what its name says ("has-sidebar").
_TOO_MUCH = 0.4
_TOO_MUCH_COMMENTS = 0.85  # but comments often are longer than the story
_SETTLED = 0.15  # share of the prose from which an element named like a story overrules the names around it
# What prose counts in an element so named, when the one with most prose is looked for.
_WEIGHTS = {"comments": 0.1, "cookies": 0.1, "footer": 0.3, "teaser": 0.5, "sidebar": 0.5, "navigation": 0.5}
_WRAPPER = re.compile(r"(?:p|li|h\d|span|a|b|i|em|strong|font|blockquote)\b")
_HIDDEN = " hidden"
_WORD_START = "(?<![a-z])"
_SIGNS = re.compile("[#. ]")  # between the parts of an element's name
_NUMBER = re.compile(r"\d+")  # says nothing


class Place(NamedTuple):
    """Where a block stands.

    ``clue`` is the furniture that an element around it is named like; ``story`` whether one is named like a
    story's body; ``inside`` whether it is in the element with most of the prose, ``near`` in the one around
    that; ``hidden`` whether it is not shown; ``standfirst`` whether it is named like one.
    """

    clue: str | None = None
    story: bool = False
    inside: bool = False
    near: bool = False
    hidden: bool = False
    standfirst: bool = False


class _Name(NamedTuple):
    """What an element's name says of what is in it."""

    furniture: str | None = None
    story: bool = False
    hidden: bool = False
    standfirst: bool = False


_SILENT = _Name()
_NOWHERE = Place(inside=True, near=True)


@dataclass(slots=True)
class _Node:
    """An element, or all elements of one template that stand in the same element."""

    name: str
    said: _Name
    parent: int
    weight: float = 1.0
    prose: float = 0.0
    own: float = 0.0
    children: dict[str, int] = field(default_factory=dict)


def find_places(blocks: Sequence[Block], features: Sequence[Features]) -> list[Place]:
    """The place of every block; blocks of a text dump have none."""
    if not any(block.context for block in blocks):
        return [_NOWHERE] * len(blocks)
    nodes = [_Node("", _SILENT, -1)]
    known = {context: _enter(nodes, context) for context in dict.fromkeys(block.context for block in blocks)}
    ends = [known[block.context] for block in blocks]
    for end, feature in zip(ends, features, strict=True):
        prose = feature.prose
        if prose:
            nodes[_container(nodes, end)].own += prose
            while end >= 0:
                nodes[end].prose += prose
                end = nodes[end].parent
    telling = (number for number, node in enumerate(nodes) if node.own)
    main = max(telling, key=lambda number: nodes[number].own * nodes[number].weight, default=0)
    places = _read(nodes, main)
    return [places[end] for end in ends]


def _enter(nodes: list[_Node], context: tuple[str, ...]) -> int:
    place, node = 0, nodes[0]
    for name in context:
        child = node.children.get(name)
        if child is None:
            child = node.children[name] = len(nodes)
            said = _read_name(name)
            weight = _WEIGHTS.get(said.furniture, 1.0) if said.furniture else 1.0
            nodes.append(_Node(name, said, place, min(node.weight, weight)))
        place, node = child, nodes[child]
    return place


def _container(nodes: list[_Node], end: int) -> int:
    """The element that holds a paragraph and those next to it."""
    node = nodes[end]
    return node.parent if _WRAPPER.match(node.name) else end


def _read(nodes: list[_Node], main: int) -> list[Place]:
    """The place of what stands in each element, given which has most of the prose."""
    around = nodes[main].parent
    places = [Place()]
    for number, node in enumerate(nodes[1:], 1):  # parents stand before their children
        above = places[node.parent]
        if node.said is _SILENT and not above.standfirst and number not in (main, around):
            places.append(above)
            continue
        found, is_story, is_hidden, is_standfirst = node.said
        share = node.prose / (nodes[0].prose or 1.0)
        clue = above.clue
        if number == main or (is_story and share > _SETTLED):
            clue = None
        elif found and share < (_TOO_MUCH_COMMENTS if found == "comments" else _TOO_MUCH):
            clue = found
        places.append(Place(
            clue, above.story or is_story, above.inside or number == main, above.near or number == around,
            above.hidden or (is_hidden and share < _TOO_MUCH), is_standfirst or nodes[node.parent].said.standfirst))
    return places


@lru_cache(maxsize=20_000)
def _read_name(name: str) -> _Name:
    """What an element's name says; the same with any numbers in it."""
    return _SILENT if name.startswith(("html", "body")) else _read_parts(_NUMBER.sub("0", name))


@lru_cache(maxsize=20_000)
def _read_parts(name: str) -> _Name:
    """What the parts of a name say, of furniture that which is listed first."""
    told: list[_Name] = []
    start = 0
    for part in _SIGNS.split(name):  # each is looked at with the signs on both sides of it
        end = start + len(part)
        said = _read_part(name[start - 1 if start else 0 : end + 1])
        start = end + 1
        if said is not _SILENT:
            told.append(said)
    is_hidden = name.endswith(_HIDDEN)
    if not told:
        return _Name(hidden=True) if is_hidden else _SILENT
    furniture, story, _, standfirst = zip(*told, strict=True)
    first = min(filter(None, furniture), key=list(_clues("furniture")).index, default=None)
    return _Name(first, True in story, is_hidden, True in standfirst)


@lru_cache(maxsize=50_000)
def _read_part(part: str) -> _Name:
    """What a part of a name says; most say nothing, and one look tells that."""
    if not _match_any().search(part):
        return _SILENT
    furniture = next((reason for reason, pattern in _clues("furniture").items() if pattern.search(part)), None)
    story = _clues("story")
    return _Name(furniture, story["body"].search(part) is not None, False,
                 story["standfirst"].search(part) is not None)


@cache
def _clues(table: str) -> dict[str, re.Pattern[str]]:
    return {reason: _compile(patterns) for reason, patterns in read_table("context_clues.toml")[table].items()}


@cache
def _match_any() -> re.Pattern[str]:
    return _compile([pattern for table in ("furniture", "story")
                     for patterns in read_table("context_clues.toml")[table].values() for pattern in patterns])


def _compile(patterns: Sequence[str]) -> re.Pattern[str]:
    """Any of the patterns, sorted by their first letters: at each place only the few that can match are tried."""
    groups: dict[str, dict[str, list[str]]] = {}
    for pattern in patterns:
        mark = next(mark for mark in (_WORD_START, "^", "") if pattern.startswith(mark))
        bare = pattern.removeprefix(mark)
        groups.setdefault(mark, {}).setdefault(bare[0], []).append(bare[1:])
    return re.compile("|".join(f"{mark}(?:{_join(letters)})" for mark, letters in sorted(groups.items())))


def _join(letters: Mapping[str, Sequence[str]]) -> str:
    return "|".join(f"{letter}(?:{'|'.join(rests)})" for letter, rests in letters.items())
