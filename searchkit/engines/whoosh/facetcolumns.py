"""What a facet counts, as a column of the whole collection: names by document, made once for a snapshot.

Dates are cut to their period, values go by the names that a ``Naming`` gives them: counting knows neither.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from searchkit.engines.base import PERIODS, FacetRequest
from searchkit.engines.whoosh.collection import Collection
from searchkit.engines.whoosh.layout import show_value
from searchkit.engines.whoosh.lists import Flags, Numbers, count_along
from searchkit.search.aliases import Naming

MOST_NAMINGS = 8  # columns under other names that are kept


class FacetColumn(NamedTuple):
    """Names, and the numbers of each document's: one (0 where there is none, else 1 + the name's), or several, of
    which those of document n lie from ``starts[n]`` to ``starts[n + 1]``. ``missing`` tells the documents that
    count as having none.
    """

    names: list[str]
    single: Numbers | None
    starts: Numbers
    numbers: NDArray[np.signedinteger[Any]]
    missing: Flags

    def count_names(self, documents: Numbers) -> tuple[Numbers, int]:
        """How many of the documents have each name, and how many have none."""
        size = len(self.names)
        if self.single is not None:
            counts = np.bincount(self.single[documents], minlength=size + 1)
            return counts[1:], int(counts[0])
        begins = self.starts[documents]
        sizes = self.starts[documents + 1] - begins
        counts = np.bincount(self.numbers.take(count_along(begins, sizes)), minlength=size)
        return counts, int(np.count_nonzero(self.missing[documents]))

    def list_names(self, documents: Numbers) -> tuple[Numbers, Numbers]:
        """Each of the documents, by its place, with each of its names: the number of it plus 1, 0 for none."""
        if self.single is not None:
            return np.arange(len(documents)), self.single[documents]
        begins = self.starts[documents]
        sizes = self.starts[documents + 1] - begins
        without = np.flatnonzero(self.missing[documents])
        return (np.concatenate((np.repeat(np.arange(len(documents)), sizes), without)),
                np.concatenate((self.numbers[count_along(begins, sizes)] + 1, without * 0)))


def find_column(collection: Collection, request: FacetRequest) -> FacetColumn:
    """The column that a facet counts."""
    if request.field == "date":
        period = request.period
        return collection.keep(("facet", "date", period), lambda: _cut_dates(_read(collection, "date"), period))
    plain = collection.keep(("facet", request.field), lambda: _read(collection, request.field))
    if request.naming is None:
        return plain
    kept = collection.keep("named facets", dict[tuple[str, int], tuple[Naming, FacetColumn]])
    key = request.field, id(request.naming)
    if key not in kept:
        if len(kept) >= MOST_NAMINGS:
            kept.clear()
        kept[key] = request.naming, _rename(collection, request.field, plain, request.naming)
    return kept[key][1]


def _read(collection: Collection, field: str) -> FacetColumn:
    """The values of a field as they are."""
    listed, maps = _merge_values(collection, field)
    pairs = []
    shards = list(collection.list_shards())
    if all(shard.segment.keywords(field).single is not None for _, shard in shards):
        for (_, shard), places in zip(shards, maps, strict=True):
            single = np.asarray(shard.segment.keywords(field).single)
            pairs.append(np.concatenate(([0], places + 1))[single])
        single = np.concatenate(pairs) if pairs else np.zeros(0, np.intp)
        return FacetColumn(listed, single, single[:0], single[:0], single == 0)
    sizes: list[Numbers] = []
    numbers: list[Numbers] = []
    for (_, shard), places in zip(shards, maps, strict=True):
        keywords = shard.segment.keywords(field)
        if keywords.single is not None:
            single = np.asarray(keywords.single).astype(np.intp)
            sizes.append((single > 0).astype(np.intp))
            numbers.append(places[single[single > 0] - 1])
        else:
            starts: Numbers = np.asarray(keywords.starts).astype(np.intp)
            sizes.append(starts[1:] - starts[:-1])
            numbers.append(places[np.asarray(keywords.numbers)])
    counts = np.concatenate(sizes)
    return FacetColumn(listed, None, np.concatenate(([0], np.cumsum(counts))), np.concatenate(numbers).astype(np.int32),
                       counts == 0)


def _merge_values(collection: Collection, field: str) -> tuple[list[str], list[Numbers]]:
    """The values of a field in all shards, and where the n-th value of each shard stands among them."""
    tables = []
    for _, shard in collection.list_shards():
        terms = shard.segment.inverted(field).terms
        tables.append([show_value(field, term) for term in terms.list_terms(range(len(terms)))])
    if len(tables) == 1:
        return tables[0], [np.arange(len(tables[0]))]
    numbers: dict[str, int] = {}
    maps = [np.array([numbers.setdefault(value, len(numbers)) for value in table], np.intp) for table in tables]
    return list(numbers), maps


def _cut_dates(column: FacetColumn, period: str) -> FacetColumn:
    """Dates as years, months or days; one that is less precise keeps its own group."""
    names: dict[str, int] = {}
    groups = [0, *(1 + names.setdefault(value[:PERIODS[period]], len(names)) for value in column.names)]
    single = None if column.single is None else np.array(groups, np.intp)[column.single]
    return column._replace(names=list(names), single=single)


def _rename(collection: Collection, field: str, column: FacetColumn, naming: Naming) -> FacetColumn:
    """A column under other names; a document counts once under each."""
    numbers = {name: number for number, name in enumerate(column.names)}
    names = list(column.names)
    targets = np.arange(len(names))

    def take(name: str) -> int:
        if name not in numbers:
            numbers[name] = len(names)
            names.append(name)
        return numbers[name]

    for key, new in naming.names.items():
        for value in _find_values(collection, field, key):
            targets[numbers[value]] = -1 if new is None else take(new)
    documents, owned = _list_pairs(column)
    kept = targets[owned]
    pairs = [_make_keys(documents[kept >= 0], kept[kept >= 0])]
    if naming.adopted:
        pairs.append(_adopt(collection, naming, take))
    keys = np.unique(np.concatenate(pairs))
    counts = np.bincount(keys >> 32, minlength=len(column.missing))
    missing = column.missing | (counts == 0) if naming.empties else column.missing
    return FacetColumn(names, None, np.concatenate(([0], np.cumsum(counts))), keys & 0xffffffff, missing)


def _adopt(collection: Collection, naming: Naming, take: Callable[[str], int]) -> Numbers:
    """Pairs for the entities that are counted, too."""
    entities = find_column(collection, FacetRequest("entity"))
    numbers = {name: number for number, name in enumerate(entities.names)}
    targets = np.full(len(numbers), -1)
    for key, new in naming.adopted.items():
        for value in _find_values(collection, "entity", key):
            targets[numbers[value]] = take(new)
    documents, owned = _list_pairs(entities)
    kept = targets[owned]
    return _make_keys(documents[kept >= 0], kept[kept >= 0])


def _find_values(collection: Collection, field: str, key: str) -> set[str]:
    """The values of a field that, folded, are ``key``."""
    found: set[str] = set()
    for _, shard in collection.list_shards():
        keywords = shard.segment.keywords(field)
        found.update(map(keywords.name, keywords.find_numbers(key)))
    return found


def _list_pairs(column: FacetColumn) -> tuple[Numbers, Numbers]:
    """All documents with each of their names."""
    if column.single is not None:
        documents = np.flatnonzero(column.single)
        return documents, column.single[documents] - 1
    return np.repeat(np.arange(len(column.missing)), np.diff(column.starts)), column.numbers


def _make_keys(documents: Numbers, numbers: Numbers) -> NDArray[np.int64]:
    return documents << 32 | numbers
