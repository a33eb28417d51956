"""What the elements around a block of HTML say of it: their names, and how much prose they hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from searchkit.pipeline.block import Block
from searchkit.pipeline.boilerplate.features import Features, measure_prose
from searchkit.pipeline.wordlists import read_table

# An element that holds this share of the page's prose is not what its name says ("has-sidebar").
_TOO_MUCH = 0.4
_TOO_MUCH_COMMENTS = 0.85  # but comments often are longer than the story
_SETTLED = 0.15  # share of the prose from which an element named like a story overrules the names around it
# What prose counts in an element so named, when the one with most prose is looked for.
_WEIGHTS = {"comments": 0.1, "cookies": 0.1, "footer": 0.3, "teaser": 0.5, "sidebar": 0.5, "navigation": 0.5}
_WRAPPER = re.compile(r"(?:p|li|h\d|span|a|b|i|em|strong|font|blockquote)\b")
_HIDDEN = " hidden"


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


_NOWHERE = Place(inside=True, near=True)


@dataclass(slots=True)
class _Node:
    """An element, or all elements of one template that stand in the same element."""

    name: str
    parent: int
    prose: float = 0.0
    own: float = 0.0
    weight: float = 1.0
    children: dict[str, int] = field(default_factory=dict)


def find_places(blocks: Sequence[Block], features: Sequence[Features]) -> list[Place]:
    """The place of every block; blocks of a text dump have none."""
    if not any(block.context for block in blocks):
        return [_NOWHERE] * len(blocks)
    nodes = [_Node("", -1)]
    known = {context: _enter(nodes, context) for context in dict.fromkeys(block.context for block in blocks)}
    ends = [known[block.context] for block in blocks]
    for end, feature in zip(ends, features, strict=True):
        prose = measure_prose(feature)
        if prose:
            nodes[_container(nodes, end)].own += prose
            while end >= 0:
                nodes[end].prose += prose
                end = nodes[end].parent
    for node in nodes[1:]:  # parents stand before their children
        above = nodes[node.parent].weight
        node.weight = min(above, _WEIGHTS.get(_read_name(node.name)[0] or "", 1.0))
    main = max(range(len(nodes)), key=lambda index: nodes[index].own * nodes[index].weight)
    places = {end: _read(nodes, end, main) for end in set(ends)}
    return [places[end] for end in ends]


def _enter(nodes: list[_Node], context: tuple[str, ...]) -> int:
    place = 0
    for name in context:
        child = nodes[place].children.get(name)
        if child is None:
            child = len(nodes)
            nodes[place].children[name] = child
            nodes.append(_Node(name, place))
        place = child
    return place


def _container(nodes: list[_Node], end: int) -> int:
    """The element that holds a paragraph and those next to it."""
    node = nodes[end]
    return node.parent if _WRAPPER.match(node.name) else end


def _read(nodes: list[_Node], end: int, main: int) -> Place:
    total = nodes[0].prose or 1.0
    around = nodes[main].parent
    clue = None
    settled = False
    story = inside = near = hidden = False
    place = end
    while place > 0:
        node = nodes[place]
        share = node.prose / total
        found, is_story, is_hidden = _read_name(node.name)
        inside = inside or place == main
        settled = settled or inside or (is_story and share > _SETTLED)
        too_much = _TOO_MUCH_COMMENTS if found == "comments" else _TOO_MUCH
        if found and clue is None and not settled and share < too_much:
            clue = found
        story = story or is_story
        hidden = hidden or (is_hidden and share < _TOO_MUCH)
        near = near or place == around
        place = node.parent
    standfirst = any(_names_standfirst(nodes[own].name) for own in (end, nodes[end].parent) if own > 0)
    return Place(clue, story, inside, near, hidden, standfirst)


@lru_cache(maxsize=20000)
def _read_name(name: str) -> tuple[str | None, bool, bool]:
    """What an element's name says: furniture, story, hidden."""
    if name.startswith(("html", "body")):
        return None, False, False
    hidden = name.endswith(_HIDDEN)
    found = next((reason for reason, pattern in _clues("furniture").items() if pattern.search(name)), None)
    return found, _clues("story")["body"].search(name) is not None, hidden


@cache
def _clues(table: str) -> dict[str, re.Pattern[str]]:
    lists = read_table("context_clues.toml")[table]
    return {reason: re.compile("|".join(patterns)) for reason, patterns in lists.items()}


@lru_cache(maxsize=20000)
def _names_standfirst(name: str) -> bool:
    return _clues("story")["standfirst"].search(name) is not None
