"""Counts of a facet under the names that its values go by.

Only values with a line of their own are looked at: they are found among the ordered values of a segment, and
where several become one name, their posting lists tell how many documents have any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from searchkit.engines.whoosh.schema import SEPARATOR, encode_term
from searchkit.engines.whoosh.shard import Shard
from searchkit.search.aliases import Naming

Count = dict[int, int]  # documents by number of value


@dataclass(slots=True)
class _Group:
    """The values of one name among the matches: (field, folded value), and counts by number of value."""

    sources: list[tuple[str, str]] = field(default_factory=list)
    counts: Count = field(default_factory=dict)

    def add(self, source: tuple[str, str], counts: Count) -> None:
        self.sources.append(source)
        self.counts.update(counts)


def rename_counts(shard: Shard, documents: Set[int], name: str, naming: Naming,
                  counts: Mapping[int, int]) -> tuple[Count, dict[str, int], int]:
    """The counts of values that keep their names, by number; of the others, by name; and how many of the
    documents have lost all values.
    """
    kept, columns = dict(counts), shard.columns
    groups: dict[str | None, _Group] = {}
    for key, new in naming.names.items():
        taken = {number: kept.pop(number) for number in columns.find_numbers(name, key) if number in kept}
        if taken:
            groups.setdefault(new, _Group()).add((name, key), taken)
    for key, new in naming.adopted.items():
        if columns.find_numbers("entity", key):
            groups.setdefault(new, _Group()).add(("entity", key), {})
    dropped = groups.pop(None, _Group())
    named = {new: _count_group(shard, documents, group) for new, group in groups.items() if new is not None}
    emptied = _count_emptied(shard, documents, name, dropped) if naming.empties else 0
    return kept, {new: count for new, count in named.items() if count}, emptied


def _count_group(shard: Shard, documents: Set[int], group: _Group) -> int:
    """How many of the documents have a value of the group."""
    if len(group.sources) == len(group.counts) == 1:
        return sum(group.counts.values())
    return len(_find_documents(shard, documents, group.sources))


def _count_emptied(shard: Shard, documents: Set[int], name: str, dropped: _Group) -> int:
    """How many of the documents have values of this group only."""
    keywords = shard.columns.keywords(name)
    if keywords.single is not None:
        return sum(dropped.counts.values())
    return sum(all(number in dropped.counts for number in keywords.list_numbers(document))
               for document in _find_documents(shard, documents, dropped.sources))


def _find_documents(shard: Shard, documents: Set[int], sources: Iterable[tuple[str, str]]) -> Set[int]:
    found: set[int] = set()
    for name, key in sources:
        found |= shard.expand(name, encode_term(key + SEPARATOR))
    return documents & found
