"""An inverted field's lists as numpy arrays: one list, or those of many terms at once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from searchkit.engines.whoosh.layout import (
    DOCUMENT_SHIFT,
    FREQUENCY_SHIFT,
    PLACE_SHIFT,
    WIDTH_MASK,
    WIDTHS,
)
from searchkit.engines.whoosh.segment import Inverted

Numbers = NDArray[np.intp]
Flags = NDArray[np.bool_]
Scores = NDArray[np.float64]
SHIFTS = {"docs": DOCUMENT_SHIFT, "tfs": FREQUENCY_SHIFT, "places": PLACE_SHIFT}


class Posted(NamedTuple):
    """Postings of many terms, one list after another.

    ``counts`` has the number of documents of each term; ``frequencies`` that of places of each posting, and
    ``places`` the places, both None in a field without them.
    """

    counts: Numbers
    documents: Numbers
    frequencies: Numbers | None
    places: Numbers | None


def count_along(starts: Numbers, counts: Numbers) -> Numbers:
    """The numbers from each start on, as many as its count says, one run after another."""
    if not counts.all():
        starts, counts = starts[counts > 0], counts[counts > 0]
    if not len(starts):
        return np.zeros(0, np.intp)
    ends = np.cumsum(counts)
    steps = np.ones(int(ends[-1]), np.intp)
    steps[0] = starts[0]
    steps[ends[:-1]] = starts[1:] - starts[:-1] - counts[:-1] + 1
    return np.cumsum(steps)


def add_along(numbers: Numbers, counts: Numbers) -> Numbers:
    """Running sums, which begin anew with each of the lists that have so many numbers (one at least)."""
    sums = np.cumsum(numbers)
    starts = np.cumsum(counts) - counts
    added: Numbers = sums - np.repeat(sums[starts] - numbers[starts], counts)
    return added


class Lists:
    """The arrays of an inverted field."""

    def __init__(self, inverted: Inverted) -> None:
        self.inverted = inverted
        self._arrays: dict[str, NDArray[Any]] = {}
        self.counts = self._view("counts")
        self.forms = self._view("forms")
        self.has_places = inverted.has_places

    def read_documents(self, number: int) -> Numbers:
        """The documents of one term."""
        deltas = self._read("docs", number, int(self.counts[number]))
        assert deltas is not None
        return np.cumsum(deltas, dtype=np.intp)

    def read_frequencies(self, number: int) -> NDArray[Any] | None:
        """How often each document of a term has it; None: once."""
        return self._read("tfs", number, int(self.counts[number])) if self.has_places else None

    def read_places(self, number: int, total: int) -> NDArray[Any]:
        """The places of a term, document by document; there are ``total``."""
        places = self._read("places", number, total)
        assert places is not None
        return places

    def read_many(self, numbers: Numbers) -> Posted:
        """The postings of terms."""
        counts = self.counts[numbers].astype(np.intp)
        documents = add_along(self._gather("docs", numbers, counts), counts)
        if not self.has_places:
            return Posted(counts, documents, None, None)
        frequencies = self._gather("tfs", numbers, counts)
        totals = np.add.reduceat(frequencies, np.cumsum(counts) - counts) if len(counts) else counts
        return Posted(counts, documents, frequencies, self._gather("places", numbers, totals))

    def find_documents(self, numbers: Numbers) -> Numbers:
        """The documents of terms, one list after another."""
        counts = self.counts[numbers].astype(np.intp)
        return add_along(self._gather("docs", numbers, counts), counts)

    def _read(self, part: str, number: int, count: int) -> NDArray[Any] | None:
        code = int(self.forms[number]) >> SHIFTS[part] & WIDTH_MASK
        if not code:
            return None
        start = int(self._view(f"{part}.at")[number])
        numbers = self._view(f"{part}{code}")[start:start + count]
        if len(numbers) != count:
            raise ValueError("a posting list ends too early")
        self.inverted.check_part(f"{part}{code}", start, count)
        return numbers

    def _gather(self, part: str, numbers: Numbers, counts: Numbers) -> Numbers:
        codes = self.forms[numbers] >> SHIFTS[part] & WIDTH_MASK
        starts = self._view(f"{part}.at")[numbers].astype(np.intp)
        gathered = np.ones(int(counts.sum()), np.intp)
        for code in WIDTHS:
            mine = codes == code
            if mine.any():
                self._check(f"{part}{code}", starts[mine], counts[mine])
            if mine.all():
                gathered[:] = self._view(f"{part}{code}")[count_along(starts, counts)]
            elif mine.any():
                wanted = count_along(starts[mine], counts[mine])
                gathered[np.repeat(mine, counts)] = self._view(f"{part}{code}")[wanted]
        return gathered

    def _check(self, part: str, starts: Numbers, counts: Numbers) -> None:
        """Raise ValueError unless the array is as it was written, from the first of these lists to the last."""
        start = int(starts.min())
        self.inverted.check_part(part, start, int((starts + counts).max()) - start)

    def _view(self, part: str) -> NDArray[Any]:
        if part not in self._arrays:
            self._arrays[part] = np.asarray(self.inverted.view(part))
        return self._arrays[part]
