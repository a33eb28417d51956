"""Values by document: one file of arrays beside each segment of the index.

A posting list leads from a value to its documents; sorting, counting and scoring go the other way. The file
is derived from the posting lists and made again whenever it is missing, damaged or of another version. Its
name begins with its segment's, so Whoosh removes it together with the segment.
"""

from __future__ import annotations

import json
import mmap
import os
import sys
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import accumulate, chain, repeat
from pathlib import Path
from struct import Struct
from typing import Any

from searchkit.engines.base import find_day
from searchkit.engines.whoosh.postings import Postings
from searchkit.engines.whoosh.schema import (
    DATE_FIELDS,
    ID,
    LENGTH,
    LENGTH_TERM,
    SEPARATOR,
    WRITTEN,
    decode_term,
    encode_term,
)
from searchkit.fields import KEYWORD_FIELDS, TEXT_FIELDS
from searchkit.search.folding import fold_value
from searchkit.search.vocabulary import Vocabulary, find_letters

VERSION = 3
EXTENSION = ".columns"
HEADER = Struct("<8sI")  # tag and length of the table that follows
TAG = b"skcolumn"
NUMBER = "I"  # type code of all arrays

Expand = Callable[[str, bytes], Iterator[tuple[bytes, Postings]]]
ListTerms = Callable[[str], Iterator[bytes]]


class Strings:
    """A list of strings in one run of bytes."""

    def __init__(self, ends: array[int], content: memoryview) -> None:
        self._ends = ends
        self._content = content

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> str:
        return str(self._content[self._ends[number]:self._ends[number + 1]], "utf-8", "surrogatepass")


class Keywords:
    """The values of a field by document: ``values`` are numbered, documents have none to many numbers.

    Where no document has several, ``single`` has its number plus 1, or 0. Otherwise the numbers of document n
    are ``numbers[starts[n]:starts[n + 1]]``.
    """

    def __init__(self, values: Strings, single: array[int] | None, starts: array[int],
                 numbers: array[int]) -> None:
        self.values = values
        self.single = single
        self.starts = starts
        self.numbers = numbers

    def has_value(self, document: int) -> bool:
        """Whether the document has a value."""
        if self.single is not None:
            return self.single[document] > 0
        return self.starts[document] < self.starts[document + 1]

    def list_numbers(self, document: int) -> Sequence[int]:
        """The numbers of the document's values."""
        if self.single is not None:
            return [self.single[document] - 1] if self.single[document] else []
        return self.numbers[self.starts[document]:self.starts[document + 1]]


class Columns:
    """The columns of one segment, each read when first asked for."""

    def __init__(self, content: memoryview) -> None:
        tag, size = HEADER.unpack_from(content)
        if tag != TAG:
            raise ValueError("not a file of columns")
        table = json.loads(bytes(content[HEADER.size:HEADER.size + size]))
        if (table["version"], table["byteorder"]) != (VERSION, sys.byteorder):
            raise ValueError("columns of another version")
        if len(content) != table["size"] + HEADER.size + size:
            raise ValueError("columns cut short")
        self.totals: dict[str, int] = table["totals"]
        self._places: dict[str, list[int]] = table["places"]
        self._content = content[HEADER.size + size:]
        self._read: dict[str, Any] = {}

    def lengths(self, field: str) -> array[int]:
        """Length of a text field by document, in tokens."""
        return self._array(f"length {field}")

    @property
    def days(self) -> array[int]:
        """Ordinal of the publication day by document; 0 where there is no date."""
        return self._array("day")

    @property
    def ids(self) -> Strings:
        """Id by document."""
        return self._strings("id")

    @property
    def grouped(self) -> array[int]:
        """The documents that belong to a group of copies."""
        return self._array("grouped")

    def keywords(self, field: str) -> Keywords:
        """Values of a keyword or date field by document."""
        name = f"keyword {field}"
        if name not in self._read:
            single = self._array(f"{name} single") if f"{name} single" in self._places else None
            starts, numbers = ((array(NUMBER), array(NUMBER)) if single is not None
                               else (self._array(f"{name} starts"), self._array(f"{name} numbers")))
            self._read[name] = Keywords(self._strings(name), single, starts, numbers)
        keywords: Keywords = self._read[name]
        return keywords

    def find_numbers(self, field: str, key: str) -> range:
        """The numbers of the values of a keyword field that, folded, are ``key``: they stand side by side."""
        name = f"values of {field} folded {key}"
        if name not in self._read:
            values = self.keywords(field).values
            begin = bisect_left(values, encode_term(key + SEPARATOR), key=_fold_term)
            end = begin
            while end < len(values) and fold_value(values[end]) == key:
                end += 1
            self._read[name] = range(begin, end)
        numbers: range = self._read[name]
        return numbers

    def cut_values(self, field: str, width: int) -> list[str]:
        """The first characters of each value of a field."""
        name = f"first {width} of {field}"
        if name not in self._read:
            self._read[name] = [value[:width] for value in self.keywords(field).values]
        cut: list[str] = self._read[name]
        return cut

    def vocabulary(self, field: str) -> Vocabulary:
        """The words of a text field as written; those of deleted documents are among them."""
        name = f"words {field}"
        if name not in self._read:
            words = decode_term(bytes(self._slice(name))).split("\n")
            self._read[name] = Vocabulary(words if words != [""] else [], self._array(f"letters {field}"))
        vocabulary: Vocabulary = self._read[name]
        return vocabulary

    def _slice(self, name: str) -> memoryview:
        start, end = self._places[name]
        return self._content[start:end]

    def _array(self, name: str) -> array[int]:
        if name not in self._read:
            numbers = array(NUMBER)
            numbers.frombytes(self._slice(name))
            self._read[name] = numbers
        column: array[int] = self._read[name]
        return column

    def _strings(self, name: str) -> Strings:
        return Strings(self._array(f"{name} ends"), self._slice(f"{name} content"))


def _fold_term(value: str) -> bytes:
    """What the terms of a field, and with them its values, are ordered by."""
    return encode_term(fold_value(value) + SEPARATOR)


def load_columns(path: Path) -> Columns | None:
    """The columns in a file; None when they must be made again."""
    try:
        with path.open("rb") as file:
            return Columns(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
    except (OSError, ValueError, KeyError, TypeError, BufferError):
        return None


def make_columns(expand: Expand, list_terms: ListTerms, size: int) -> bytes:
    """The columns of a segment of ``size`` documents, as they stand in a file.

    ``expand`` finds the terms of a field that begin with some bytes, in order, each with its postings;
    ``list_terms`` finds all terms of a field.
    """
    writer = _Writer()
    ids = [b""] * size
    for term, postings in expand(ID, b""):
        for document in postings.documents:
            ids[document] = term
    writer.add_strings("id", ids)
    for field in TEXT_FIELDS:
        lengths = array(NUMBER, bytes(4 * size))
        for _, postings in expand(field.name + LENGTH, encode_term(LENGTH_TERM)):
            for document, length in zip(postings.documents, postings.weights or repeat(1.0)):  # noqa: B905 - endless
                lengths[document] = int(length)
        writer.add(f"length {field.name}", lengths)
        writer.totals[field.name] = sum(lengths)
        words = list(list_terms(field.name + WRITTEN))
        writer.add(f"words {field.name}", b"\n".join(words))
        writer.add(f"letters {field.name}", array(NUMBER, map(find_letters, map(decode_term, words))))
    for field in (*KEYWORD_FIELDS, *DATE_FIELDS):
        values, owned = [], [[] for _ in range(size)]  # type: tuple[list[bytes], list[list[int]]]
        for term, postings in expand(field.name, b""):
            for document in postings.documents:
                owned[document].append(len(values))
            values.append(term.partition(SEPARATOR.encode())[2] if field in KEYWORD_FIELDS else term)
        writer.add_keywords(f"keyword {field.name}", values, owned)
        if field.name == "group":
            writer.add("grouped", array(NUMBER, [document for document, numbers in enumerate(owned) if numbers]))
        if field.name == "date":
            days = [find_day(decode_term(value)) for value in values]
            writer.add("day", array(NUMBER, [days[numbers[0]] if numbers else 0 for numbers in owned]))
    return writer.finish()


def save_columns(path: Path, content: bytes) -> None:
    """Write a file of columns in one step; in a read-only place, do without."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()


class _Writer:
    """Puts arrays one after another."""

    def __init__(self) -> None:
        self.totals: dict[str, int] = {}
        self._parts: list[bytes] = []
        self._places: dict[str, tuple[int, int]] = {}
        self._size = 0

    def add(self, name: str, numbers: array[int] | bytes) -> None:
        part = bytes(numbers) if isinstance(numbers, bytes) else numbers.tobytes()
        self._places[name] = self._size, self._size + len(part)
        self._parts.append(part)
        self._size += len(part)

    def add_strings(self, name: str, strings: Sequence[bytes]) -> None:
        self.add(f"{name} ends", array(NUMBER, accumulate(map(len, strings), initial=0)))
        self.add(f"{name} content", b"".join(strings))

    def add_keywords(self, name: str, values: Sequence[bytes], owned: Sequence[Sequence[int]]) -> None:
        self.add_strings(name, values)
        if all(len(numbers) <= 1 for numbers in owned):
            self.add(f"{name} single", array(NUMBER, [numbers[0] + 1 if numbers else 0 for numbers in owned]))
        else:
            self.add(f"{name} starts", array(NUMBER, accumulate(map(len, owned), initial=0)))
            self.add(f"{name} numbers", array(NUMBER, chain.from_iterable(owned)))

    def finish(self) -> bytes:
        table = json.dumps({"version": VERSION, "byteorder": sys.byteorder, "size": self._size,
                            "totals": self.totals, "places": self._places}).encode()
        return b"".join([HEADER.pack(TAG, len(table)), table, *self._parts])
