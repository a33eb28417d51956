"""The terms of a field in order, searched where they lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import overload

from searchkit.engines.whoosh.layout import decode_term


class Dictionary:
    """Terms one after another in ``content``; the n-th ends where the one numbered n + 1 begins, at ``ends[n + 1]``."""

    def __init__(self, content: memoryview, ends: memoryview) -> None:
        self.content = content
        self.ends = ends

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, number: int) -> bytes:
        return bytes(self.content[self.ends[number]:self.ends[number + 1]])

    def find(self, term: bytes) -> int | None:
        """The number of a term."""
        number = self.search(term)
        return number if number < len(self) and self[number] == term else None

    def search(self, term: bytes) -> int:
        """The number of the first term that is not before this one; how many there are when all are."""
        content, ends = self.content, self.ends
        low, high = 0, len(ends) - 1
        while low < high:
            middle = (low + high) // 2
            if bytes(content[ends[middle]:ends[middle + 1]]) < term:
                low = middle + 1
            else:
                high = middle
        return low

    def find_range(self, beginning: bytes) -> range:
        """The numbers of the terms that begin so."""
        if not beginning:
            return range(len(self))
        return range(self.search(beginning), self.search(beginning + b"\xff"))  # no UTF-8 has this byte

    def list_terms(self, numbers: range) -> list[bytes]:
        """The terms with these numbers, which follow each other."""
        if not numbers:
            return []
        first = self.ends[numbers.start]
        content = bytes(self.content[first:self.ends[numbers.stop]])
        bounds = self.ends[numbers.start:numbers.stop + 1]
        return [content[start - first:end - first] for start, end in pairwise(bounds)]


class Words(Sequence[str]):
    """The terms of a dictionary as words, each read when it is asked for."""

    def __init__(self, terms: Dictionary) -> None:
        self._terms = terms

    def __len__(self) -> int:
        return len(self._terms)

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> list[str]: ...

    def __getitem__(self, place: int | slice) -> str | list[str]:
        numbers = range(len(self._terms))[place]
        if isinstance(numbers, int):
            return decode_term(self._terms[numbers])
        return [decode_term(self._terms[number]) for number in numbers]

    def __iter__(self) -> Iterator[str]:
        return map(decode_term, self._terms.list_terms(range(len(self._terms))))
