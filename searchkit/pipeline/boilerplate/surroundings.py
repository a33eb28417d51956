"""What the elements around a block of HTML say of it: their names, and how much prose they hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
# What a pattern may begin with, and how the same is said after its first letter.
_MARKS = {"(?<![a-z])": "(?<![a-z].)", "^": "(?<=^.)", "": ""}
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


def find_places(blocks: Sequence[Block], features: Sequence[Features]) -> list[Place]:
    """The place of every block; blocks of a text dump have none."""
    if not any(block.context for block in blocks):
        return [_NOWHERE] * len(blocks)
    nodes = [_Node("", _SILENT, -1)]
    known: dict[tuple[str, ...], int] = {(): 0}
    ends = [_enter(nodes, known, block.context) for block in blocks]
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


def _enter(nodes: list[_Node], known: dict[tuple[str, ...], int], context: tuple[str, ...]) -> int:
    """The element with a context; it and those around it are added if they are new."""
    place = known.get(context)
    if place is None:
        parent = _enter(nodes, known, context[:-1])
        said = _read_name(context[-1])
        weight = _WEIGHTS.get(said.furniture, 1.0) if said.furniture else 1.0
        place = known[context] = len(nodes)
        nodes.append(_Node(context[-1], said, parent, min(nodes[parent].weight, weight)))
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
    for part in name.replace("#", " ").replace(".", " ").split(" "):  # each is looked at with the signs beside it
        end = start + len(part)
        said = _read_part(name[start - 1 if start else 0 : end + 1])
        start = end + 1
        if said is not _SILENT:
            told.append(said)
    is_hidden = name.endswith(_HIDDEN)
    if not told:
        return _Name(hidden=True) if is_hidden else _SILENT
    furniture, story, _, standfirst = zip(*told, strict=True)
    first = min(filter(None, furniture), key=_furniture().index, default=None)
    return _Name(first, True in story, is_hidden, True in standfirst)


@lru_cache(maxsize=50_000)
def _read_part(part: str) -> _Name:
    """What a part of a name says; most say nothing, and one look tells that."""
    pattern, kinds = _match_any()
    found = pattern.search(part)
    if not found:
        return _SILENT
    start = found.start()
    told = []
    while found:
        told.append(kinds[found.lastindex or 0])
        found = pattern.search(part, found.start() + 1)
    body, standfirst = _match_story()
    return _Name((*_furniture(), None, None)[min(told)], body.search(part, start) is not None, False,
                 standfirst.search(part, start) is not None)


@cache
def _furniture() -> tuple[str, ...]:
    """The kinds of furniture; what is listed first counts before what follows."""
    return tuple(read_table("context_clues.toml")["furniture"])


@cache
def _match_any() -> tuple[re.Pattern[str], tuple[int, ...]]:
    """All there is to look for. Kinds are numbered in the order of the table: furniture, then the story's."""
    table = read_table("context_clues.toml")
    return _compile((*table["furniture"].values(), table["story"]["body"], table["story"]["standfirst"]))


@cache
def _match_story() -> tuple[re.Pattern[str], re.Pattern[str]]:
    story = read_table("context_clues.toml")["story"]
    return _compile([story["body"]])[0], _compile([story["standfirst"]])[0]


def _compile(kinds: Sequence[Sequence[str]]) -> tuple[re.Pattern[str], tuple[int, ...]]:
    """Any of the patterns, and for each of its groups the kind (by place) whose match ends with that group.

    They are sorted by their first letters: at each place only the few that can match are tried, in the kinds' order.
    """
    letters: dict[str, dict[int, list[str]]] = {}
    for kind, patterns in enumerate(kinds):
        for pattern in patterns:
            mark = next(mark for mark in _MARKS if pattern.startswith(mark))
            bare = pattern.removeprefix(mark)
            letters.setdefault(bare[0], {}).setdefault(kind, []).append(_MARKS[mark] + bare[1:])
    tried = "|".join(f"{letter}(?:{_join(by_kind)})" for letter, by_kind in letters.items())
    return re.compile(tried), (0, *(kind for by_kind in letters.values() for kind in by_kind))  # groups count from 1


def _join(by_kind: Mapping[int, Sequence[str]]) -> str:
    return "|".join(f"(?:{'|'.join(rests)})()" for rests in by_kind.values())
