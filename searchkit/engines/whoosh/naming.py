"""Counts of a facet under the names that its values go by.

Only values with a line of their own are looked at: they are found among the ordered values of a segment, and
where several become one name, their posting lists tell how many documents have any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from searchkit.engines.whoosh.shard import Shard
from searchkit.search.aliases import Naming

Count = dict[int, int]  # documents by number of value


class _Group:
    """The values of one name among the matches: their fields and numbers, and counts by number of value."""

    def __init__(self) -> None:
        self.values: list[tuple[str, int]] = []
        self.counts: Count = {}

    def add(self, name: str, numbers: Iterable[int]) -> None:
        """Take the values of a field with these numbers."""
        self.values += [(name, number) for number in numbers]


def rename_counts(shard: Shard, documents: Set[int], name: str, naming: Naming,
                  counts: Mapping[int, int]) -> tuple[Count, dict[str, int], int]:
    """The counts of values that keep their names, by number; of the others, by name; and how many of the
    documents have lost all values.
    """
    kept, segment = dict(counts), shard.segment
    groups: dict[str | None, _Group] = {}
    for key, new in naming.names.items():
        taken = {number: kept.pop(number) for number in segment.keywords(name).find_numbers(key) if number in kept}
        if taken:
            group = groups.setdefault(new, _Group())
            group.add(name, taken)
            group.counts.update(taken)
    for key, new in naming.adopted.items():
        if numbers := segment.keywords("entity").find_numbers(key):
            groups.setdefault(new, _Group()).add("entity", numbers)
    dropped = groups.pop(None, _Group())
    named = {new: _count_group(shard, documents, group) for new, group in groups.items() if new is not None}
    emptied = _count_emptied(shard, documents, name, dropped) if naming.empties else 0
    return kept, {new: count for new, count in named.items() if count}, emptied


def _count_group(shard: Shard, documents: Set[int], group: _Group) -> int:
    """How many of the documents have a value of the group."""
    if len(group.values) == len(group.counts) == 1:
        return sum(group.counts.values())
    return len(_find_documents(shard, documents, group))


def _count_emptied(shard: Shard, documents: Set[int], name: str, dropped: _Group) -> int:
    """How many of the documents have values of this group only."""
    keywords = shard.segment.keywords(name)
    if keywords.single is not None:
        return sum(dropped.counts.values())
    return sum(all(number in dropped.counts for number in keywords.list_numbers(document))
               for document in _find_documents(shard, documents, dropped))


def _find_documents(shard: Shard, documents: Set[int], group: _Group) -> Set[int]:
    """Those of the documents that have a value of the group."""
    found: set[int] = set()
    for name, number in group.values:
        found.update(shard.segment.inverted(name).read(number).documents)
    return documents & found
