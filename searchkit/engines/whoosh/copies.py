"""Matches that are copies of each other, in numpy arrays: counted once, shown once, and described."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from searchkit.engines.base import MOST_COPIES, Copied, FacetRequest, rank_values
from searchkit.engines.whoosh.collection import Collection
from searchkit.engines.whoosh.facetcolumns import FacetColumn, find_column
from searchkit.engines.whoosh.lists import Flags, Numbers
from searchkit.engines.whoosh.ordering import Key, name_documents

GROUP = "group"  # the field that copies share


class Copies:
    """The groups of which there are two at least among the matches."""

    def __init__(self, collection: Collection, documents: Numbers) -> None:
        self._collection = collection
        self._documents = documents
        groups = _find_groups(collection)
        if groups is None:
            self._places = self._groups = np.zeros(0, np.intp)
        else:
            of_match = groups[documents]
            sizes = np.bincount(of_match)
            several = (sizes > 1)[of_match] & (of_match > 0)
            self._places = np.flatnonzero(several)  # of the copies, among the matches
            self._groups = of_match[self._places]
        self.spare = len(self._groups) - len(np.unique(self._groups))

    def count_spare(self, request: FacetRequest) -> dict[str | None, int]:
        """Of the matches counted under a value of a facet, how many are further copies of one counted there."""
        if not self.spare:
            return {}
        column = find_column(self._collection, request)
        owners, numbers = column.list_names(self._documents[self._places])
        groups = self._groups[owners]
        _, firsts, sizes = np.unique(groups << 32 | numbers, return_index=True, return_counts=True)
        spare = np.bincount(numbers[firsts], weights=sizes - 1, minlength=len(column.names) + 1).astype(np.intp)
        found: dict[str | None, int] = {column.names[number - 1]: int(spare[number])
                                        for number in np.flatnonzero(spare).tolist() if number}
        found[None] = int(spare[0])
        return found

    def rank(self, keys: list[Key]) -> None:
        """Put the copies of each group in the order in which they would be hits."""
        if not self.spare:
            return
        ids = _rank_ids(self._collection)[self._documents[self._places]]
        order = np.lexsort((ids, *(key(self._places) for key in reversed(keys)), self._groups))
        self._places, self._groups = self._places[order], self._groups[order]

    def find_shown(self) -> Flags | None:
        """Which of the matches are hits when copies are one; None: all. Copies must be ranked."""
        if not self.spare:
            return None
        shown = np.ones(len(self._documents), np.bool_)
        shown[self._places[1:][self._groups[1:] == self._groups[:-1]]] = False
        return shown

    def describe(self, place: int, id_: str, copied: FacetRequest | None) -> Copied:
        """The copies of the match at a place."""
        groups = _find_groups(self._collection) if self.spare else None
        if groups is None:
            return Copied()
        group = groups[self._documents[place]]
        low, high = np.searchsorted(self._groups, (group, group + 1))
        others = self._places[low:high]
        others = self._documents[others[others != place]]
        if not group or not len(others):
            return Copied()
        ids = tuple(name for name in name_documents(self._collection, others[:MOST_COPIES]) if name != id_)
        values = rank_values(*_count(find_column(self._collection, copied), others, copied)) if copied else ()
        return Copied(len(others), ids, values)


def _count(column: FacetColumn, documents: Numbers,
           request: FacetRequest) -> tuple[dict[str | None, int], FacetRequest, dict[str | None, int]]:
    """The names of documents that are copies of each other, and how many of each are spare."""
    counts, without = column.count_names(documents)
    totals: dict[str | None, int] = {column.names[number]: int(counts[number])
                                     for number in np.flatnonzero(counts).tolist()}
    totals[None] = without
    return totals, request, {name: count - 1 for name, count in totals.items()}


def _find_groups(collection: Collection) -> NDArray[np.intp] | None:
    """The number of each document's group plus 1, 0 where it has none; None where no document has any."""
    column = find_column(collection, FacetRequest(GROUP))
    return column.single if column.names else None


def _rank_ids(collection: Collection) -> Numbers:
    """By document the place of its id among all ids, in order."""
    def make() -> Numbers:
        column = find_column(collection, FacetRequest("id"))
        order = np.argsort(np.argsort(np.array(column.names, dtype=object), kind="stable"))
        assert column.single is not None
        return order[column.single - 1]

    return collection.keep("ranks of ids", make)
