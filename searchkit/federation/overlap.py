"""What several indexes have in common: documents with one id, and texts that are copies of each other.

A document whose id an earlier index has is *shadowed*: it is neither found nor counted. Copies in several indexes are
one group, under the smallest of the names that these give it; where none does, the name that one index would give.
Documents of which neither holds, nearly all as a rule, add up from index to index and are not looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from searchkit.engines.base import Request
from searchkit.federation.member import Member
from searchkit.groups import name_group
from searchkit.search.query import Missing, Not
from searchkit.twins import find_twins, has_ledger, read_labels

GROUP = "group"  # the field
Node = tuple[int, str]  # a text of one index: the index's place, and the name of the text


@dataclass(frozen=True, slots=True)
class Tangle:
    """A document that does not simply add up: its group in its own index, that in the federation, and whether an
    earlier index has its id.
    """

    own: str | None
    group: str | None
    shadowed: bool = False


Tangles = Mapping[str, Tangle]  # by id; all documents of a group, or none


@dataclass(frozen=True, slots=True)
class Overlap:
    """Of each index, in order, the documents that do not simply add up, and how many are shadowed."""

    tangles: tuple[Tangles, ...]
    shadowed: tuple[int, ...]

    def list_own(self, home: int, group: str) -> tuple[str, ...]:
        """What an index calls a group of the federation; none where it has one of the documents, or none."""
        tangles = self.tangles[home].values()
        return tuple(sorted({tangle.own for tangle in tangles if tangle.group == group and tangle.own is not None}))


def name_text(group: str | None, id_: str) -> str:
    """What stands for the text of a document: its group, or else the document."""
    return f"group {group}" if group else f"document {id_}"


def find_overlap(members: Sequence[Member]) -> Overlap:
    """Compare indexes: their ids, the names of their groups, and their ledgers."""
    shadowed = _find_shadowed(members)
    groups = [_read_groups(member) for member in members]
    names = _join(_list_links(members, groups, shadowed))
    tangles = tuple(dict(_tangle(names, home, groups[home], shadowed[home])) for home in range(len(members)))
    return Overlap(tangles, tuple(map(len, shadowed)))


def _find_shadowed(members: Sequence[Member]) -> list[set[str]]:
    """The ids that an earlier index has, too."""
    seen: set[str] = set()
    found = []
    for number, member in enumerate(members, 1):
        ids = set()
        for id_ in member.list_ids():
            if id_ in seen:
                ids.add(id_)
            elif number < len(members):
                seen.add(id_)
        found.append(ids)
    return found


def _read_groups(member: Member) -> Mapping[str, str]:
    """The group of each document that is in one."""
    if member.folder and has_ledger(member.folder):
        return read_labels(member.folder)
    hits = member.search(Request(Not(Missing(GROUP)), sort="newest", limit=member.count())).hits
    return {document.id: document.group for document in member.read([id_ for id_, _ in hits]) if document.group}


def _list_links(members: Sequence[Member], groups: Sequence[Mapping[str, str]],
                shadowed: Sequence[set[str]]) -> Iterator[tuple[Node, Node]]:
    """Texts of two indexes that are one: by the name of their group, or by their ledgers."""
    for home, other in combinations(range(len(members)), 2):
        shared = set(groups[home].values()).intersection(groups[other].values())
        yield from (((home, name_text(group, "")), (other, name_text(group, ""))) for group in shared)
        for twins in _find_twins(members[home], members[other]):
            sides = list(zip((home, other), twins, strict=True))
            if not any(id_ in shadowed[side] and id_ not in groups[side] for side, id_ in sides):
                one, two = ((side, name_text(groups[side].get(id_), id_)) for side, id_ in sides)
                yield one, two


def _find_twins(one: Member, other: Member) -> list[tuple[str, str]]:
    """Documents of two indexes that are copies; none where one has no ledger."""
    if one.folder and other.folder and has_ledger(one.folder) and has_ledger(other.folder):
        return find_twins(one.folder, other.folder)
    return []


def _join(links: Iterable[tuple[Node, Node]]) -> dict[Node, str]:
    """The group of each text that is linked to others, however far."""
    near: defaultdict[Node, list[Node]] = defaultdict(list)
    for one, other in links:
        near[one].append(other)
        near[other].append(one)
    names: dict[Node, str] = {}
    for start in near:
        if start in names:
            continue
        reached, todo = {start}, [start]
        while todo:
            for node in near[todo.pop()]:
                if node not in reached:
                    reached.add(node)
                    todo.append(node)
        names.update(dict.fromkeys(reached, _name_group([text for _, text in reached])))
    return names


def _name_group(texts: Iterable[str]) -> str:
    """The smallest of the names of groups; where there are but documents, the name by the smallest of their ids."""
    kinds: dict[str, list[str]] = {"group": [], "document": []}
    for text in texts:
        kind, _, name = text.partition(" ")
        kinds[kind].append(name)
    return min(kinds["group"]) if kinds["group"] else name_group(min(kinds["document"]))


def _tangle(names: Mapping[Node, str], home: int, groups: Mapping[str, str],
            shadowed: Collection[str]) -> Iterator[tuple[str, Tangle]]:
    """The documents of an index that do not simply add up."""
    touched = {groups[id_] for id_ in shadowed if id_ in groups}
    for id_, own in groups.items():
        group = names.get((home, name_text(own, id_)))
        if group or own in touched:
            yield id_, Tangle(own, group or own, id_ in shadowed)
    for id_ in shadowed:
        if id_ not in groups:
            yield id_, Tangle(None, None, True)
    for (place, text), group in names.items():
        kind, _, id_ = text.partition(" ")
        if place == home and kind == "document":
            yield id_, Tangle(None, group)
