"""A segment: what a file of arrays says of some documents, read without any library.

Of each inverted field there are a dictionary and, for every term, the documents that have it (as differences), how
often each does, and at which places. A list takes one, two or four bytes a number, whichever suffices, and lies
among those of its width; lists of one width lie in the order of their terms.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from functools import cached_property
from itertools import accumulate
from typing import Any

from searchkit.engines.base import find_day
from searchkit.engines.whoosh.arrayfile import ArrayFile
from searchkit.engines.whoosh.dictionary import Dictionary, Words
from searchkit.engines.whoosh.layout import (
    DOCUMENT_SHIFT,
    FREQUENCY_SHIFT,
    ID,
    PLACE_SHIFT,
    SEPARATOR,
    WIDTH_MASK,
    WRITTEN,
    decode_term,
    encode_term,
    show_value,
)
from searchkit.packing import unpack_values
from searchkit.search.vocabulary import Vocabulary


class Postings:
    """Documents of a term in ascending order, deleted ones too; how often each has it (None: once); its places."""

    def __init__(self, documents: array[int], frequencies: memoryview | None = None,
                 places: memoryview | tuple[int, ...] = ()) -> None:
        self.documents = documents
        self.frequencies = frequencies
        self.places = places  # of one document after another

    @cached_property
    def starts(self) -> list[int]:
        """Where the places of each document begin, and where those of the last end."""
        return list(accumulate(self.frequencies or bytes([1]) * len(self.documents), initial=0))

    def read_places(self, document: int) -> memoryview | tuple[int, ...]:
        """Where the term stands in a document that has it."""
        number = bisect_left(self.documents, document)
        return self.places[self.starts[number]:self.starts[number + 1]]


NO_POSTINGS = Postings(array("I"))


class Inverted:
    """An inverted field of a segment."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._file = file
        self._name = name
        self.terms = Dictionary(self.view("terms"), self.view("ends"))
        self.counts = self.view("counts")
        self.has_places = f"{name}/places.at" in file

    def view(self, part: str) -> memoryview:
        """One of the field's arrays."""
        return self._file.view(f"{self._name}/{part}")

    def check_part(self, part: str, start: int, count: int) -> None:
        """Raise ValueError unless so many numbers of an array are as they were written."""
        self._file.check_part(f"{self._name}/{part}", start, count)

    @cached_property
    def forms(self) -> memoryview:
        """The widths of each term's lists."""
        return self.view("forms")

    def read(self, number: int | None) -> Postings:
        """The postings of a term."""
        if number is None:
            return NO_POSTINGS
        deltas = self._read_list("docs", DOCUMENT_SHIFT, number, self.counts[number])
        assert deltas is not None
        documents = array("I", accumulate(deltas))
        if not self.has_places:
            return Postings(documents)
        frequencies = self._read_list("tfs", FREQUENCY_SHIFT, number, len(documents))
        total = len(documents) if frequencies is None else sum(frequencies)
        places = self._read_list("places", PLACE_SHIFT, number, total)
        assert places is not None
        return Postings(documents, frequencies, places)

    def _read_list(self, part: str, shift: int, number: int, count: int) -> memoryview | None:
        code = self.forms[number] >> shift & WIDTH_MASK
        if not code:
            return None
        start = self.view(f"{part}.at")[number]
        numbers = self.view(f"{part}{code}")[start:start + count]
        if len(numbers) != count:
            raise ValueError("a posting list ends too early")
        self.check_part(f"{part}{code}", start, count)
        return numbers


class Keywords:
    """The values of a field by document: values are numbered, documents have none to many numbers.

    Where no document has several, ``single`` has its number plus 1, or 0. Otherwise the numbers of document n
    are ``numbers[starts[n]:starts[n + 1]]``.
    """

    def __init__(self, field: str, inverted: Inverted, file: ArrayFile) -> None:
        self.field = field
        self.inverted = inverted
        single = f"{field}/single"
        self.single = file.view(single) if single in file else None
        if self.single is None:
            self.starts, self.numbers = file.view(f"{field}/starts"), file.view(f"{field}/numbers")

    def name(self, number: int) -> str:
        """The value with this number, as displayed."""
        return show_value(self.field, self.inverted.terms[number])

    def list_values(self) -> list[str]:
        """All values, as displayed, in order."""
        terms = self.inverted.terms
        return [show_value(self.field, term) for term in terms.list_terms(range(len(terms)))]

    def find_numbers(self, key: str) -> range:
        """The numbers of the values that, folded, are ``key``: they stand side by side."""
        return self.inverted.terms.find_range(encode_term(key + SEPARATOR))

    def has_value(self, document: int) -> bool:
        """Whether the document has a value."""
        if self.single is not None:
            return bool(self.single[document])
        return bool(self.starts[document] < self.starts[document + 1])

    def list_numbers(self, document: int) -> list[int]:
        """The numbers of the document's values."""
        if self.single is not None:
            return [self.single[document] - 1] if self.single[document] else []
        return self.numbers[self.starts[document]:self.starts[document + 1]].tolist()


class Segment:
    """The documents of a file, deleted ones too. All of it may be read in several snapshots."""

    def __init__(self, name: str, file: ArrayFile) -> None:
        self.name = name
        self.file = file
        self.size: int = file.facts["count"]
        self.totals: dict[str, int] = file.facts["totals"]
        self._read: dict[str, Any] = {}
        self._days = {0: 0}  # ordinals by number of date plus 1

    def inverted(self, field: str) -> Inverted:
        """An inverted field."""
        if field not in self._read:
            self._read[field] = Inverted(self.file, field)
        inverted: Inverted = self._read[field]
        return inverted

    def keywords(self, field: str) -> Keywords:
        """The values of a keyword or date field, or the ids, by document."""
        key = f"{field} by document"
        if key not in self._read:
            self._read[key] = Keywords(field, self.inverted(field), self.file)
        keywords: Keywords = self._read[key]
        return keywords

    def lengths(self, field: str) -> memoryview:
        """Length of a text field by document, in tokens."""
        return self.file.view(f"{field}/lengths")

    @cached_property
    def days(self) -> list[int]:
        """Ordinal of the publication day by number of date plus 1; 0 at 0, for documents without one."""
        terms = self.inverted("date").terms
        return [0, *(find_day(decode_term(term)) for term in terms.list_terms(range(len(terms))))]

    def find_day(self, document: int) -> int:
        """Ordinal of the publication day of a document; 0 where there is no date."""
        single = self.keywords("date").single
        number = single[document] if single else 0
        if number not in self._days:
            self._days[number] = find_day(self.keywords("date").name(number - 1))
        return self._days[number]

    def name_document(self, number: int) -> str:
        """The id of a document."""
        ids = self.keywords(ID)
        (ordinal,) = ids.list_numbers(number)
        return ids.name(ordinal)

    def load_document(self, number: int) -> dict[str, Any]:
        """The document as plain values."""
        ends, content = self.file.view("stored/ends"), self.file.view("stored")
        self.file.check_part("stored/ends", number, 2)
        return unpack_values(content[ends[number]:ends[number + 1]])

    def vocabulary(self, field: str) -> Vocabulary:
        """The words of a text field as written; those of deleted documents are among them."""
        inverted = self.inverted(field + WRITTEN)
        return Vocabulary(Words(inverted.terms), inverted.view("letters"))
