"""Segments for Whoosh: its extension point (``whoosh.codec``), reading the same file as searchkit does.

Whoosh's own searcher, reader and writers see an ordinary segment. They never write one of this kind: segments are
made by ``writer``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Format
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo

from searchkit.engines.whoosh.arrayfile import open_arrays
from searchkit.engines.whoosh.generation import Part
from searchkit.engines.whoosh.layout import EXTENSION, INDEXED, STORED_DOCUMENT, TEXT_NAMES
from searchkit.engines.whoosh.segment import Inverted, Postings, Segment

Term = tuple[str, bytes]


class ArraySegment(base.Segment):  # type: ignore[misc]
    """What Whoosh's table of contents says of a segment."""

    def __init__(self, indexname: str) -> None:
        super().__init__(indexname)
        self.count = 0
        self.deleted: set[int] = set()

    def codec(self) -> ArrayCodec:
        """What reads it."""
        return ArrayCodec()

    def should_assemble(self) -> bool:
        """It is one file already."""
        return False

    def describe(self) -> Part:
        """The segment as searchkit's own list has it."""
        return Part(self.segment_id(), frozenset(self.deleted), self.count)

    def set_doc_count(self, count: int) -> None:
        """Say how many documents there are, deleted ones too."""
        self.count = count

    def doc_count_all(self) -> int:
        """How many documents there are, deleted ones too."""
        return self.count

    def deleted_count(self) -> int:
        """How many of them are deleted."""
        return len(self.deleted)

    def deleted_docs(self) -> Iterator[int]:
        """The numbers of those."""
        return iter(sorted(self.deleted))

    def delete_document(self, number: int, delete: bool = True) -> None:
        """Delete a document, or bring it back."""
        if delete:
            self.deleted.add(number)
        else:
            self.deleted.discard(number)

    def is_deleted(self, number: int) -> bool:
        """Whether a document is deleted."""
        return number in self.deleted


class ArrayCodec(base.Codec):  # type: ignore[misc]
    """Reads segments of ours for Whoosh."""

    def new_segment(self, storage: FileStorage, indexname: str) -> ArraySegment:
        """A segment without documents."""
        return ArraySegment(indexname)

    def terms_reader(self, storage: FileStorage, segment: ArraySegment) -> ArrayTerms:
        """The inverted fields."""
        return ArrayTerms(_open(storage, segment))

    def per_document_reader(self, storage: FileStorage, segment: ArraySegment) -> ArrayDocuments:
        """The stored documents."""
        return ArrayDocuments(_open(storage, segment), segment)


class ArrayTerms(base.TermsReader):  # type: ignore[misc]
    """Terms and postings, one at a time as Whoosh wants them."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment

    def __contains__(self, term: Term) -> bool:
        return self._find(*term) is not None

    def indexed_field_names(self) -> list[str]:
        """The inverted fields."""
        return sorted(INDEXED)

    def terms(self) -> Iterator[Term]:
        """All terms, field by field."""
        return (term for name in self.indexed_field_names() for term in self.terms_from(name, b"")
                if term[0] == name)

    def terms_from(self, field: str, prefix: bytes) -> Iterator[Term]:
        """The terms of a field from one on."""
        if field in INDEXED:
            terms = self._segment.inverted(field).terms
            yield from ((field, terms[number]) for number in range(terms.search(prefix), len(terms)))

    def items(self) -> Iterator[tuple[Term, TermInfo]]:
        """All terms with their facts."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, field: str, prefix: bytes) -> Iterator[tuple[Term, TermInfo]]:
        """The terms of a field from one on, with their facts."""
        return ((term, self.term_info(*term)) for term in self.terms_from(field, prefix))

    def term_info(self, field: str, term: bytes) -> TermInfo:
        """Whoosh's facts about a term. Raises KeyError for one that is not there."""
        documents, weights = _weigh(self._read(field, term))
        return TermInfo(sum(weights), len(documents), 0, 0, max(weights), documents[0], documents[-1])

    def matcher(self, field: str, term: bytes, format_: Format, scorer: Any = None) -> ListMatcher:  # noqa: ANN401
        """The postings of a term. Raises KeyError for one that is not there."""
        postings = self._read(field, term)
        documents, weights = _weigh(postings)
        values = [b""] * len(documents)
        if field in TEXT_NAMES:
            values = [format_.encode(list(postings.read_places(document))) for document in documents]
        return ListMatcher(documents, weights, values, format_, scorer, term=(field, term),
                           terminfo=self.term_info(field, term))

    def cursor(self, field: str, _: object) -> ArrayCursor:
        """The terms of a field, to walk through."""
        return ArrayCursor(self._segment.inverted(field))

    def close(self) -> None:
        """Nothing to let go of: the file goes with its last reader."""

    def _find(self, field: str, term: bytes) -> int | None:
        return self._segment.inverted(field).terms.find(term) if field in INDEXED else None

    def _read(self, field: str, term: bytes) -> Postings:
        number = self._find(field, term)
        if number is None:
            raise KeyError(term)
        return self._segment.inverted(field).read(number)


class ArrayCursor(base.FieldCursor):  # type: ignore[misc]
    """A place among the terms of a field."""

    def __init__(self, inverted: Inverted) -> None:
        self._inverted = inverted
        self._number = 0

    def first(self) -> str | None:
        """Go to the first term."""
        self._number = 0
        return self.text()

    def find(self, term: bytes | str) -> str | None:
        """Go to the first term that is not before this one."""
        self._number = self._inverted.terms.search(term if isinstance(term, bytes) else term.encode())
        return self.text()

    def next(self) -> str | None:
        """Go to the next term."""
        self._number += 1
        return self.text()

    def text(self) -> str | None:
        """The term; None after the last one."""
        return self._inverted.terms[self._number].decode(errors="replace") if self.is_valid() else None

    def is_valid(self) -> bool:
        """Whether there is a term."""
        return self._number < len(self._inverted.terms)


class ArrayDocuments(base.PerDocumentReader):  # type: ignore[misc]
    """Stored documents, and which are deleted."""

    def __init__(self, segment: Segment, entry: ArraySegment) -> None:
        self._segment = segment
        self._entry = entry

    def doc_count(self) -> int:
        """How many documents there are."""
        return int(self._entry.doc_count())

    def doc_count_all(self) -> int:
        """How many there are, deleted ones too."""
        return self._segment.size

    def has_deletions(self) -> bool:
        """Whether any is deleted."""
        return bool(self._entry.deleted)

    def is_deleted(self, number: int) -> bool:
        """Whether a document is deleted."""
        return self._entry.is_deleted(number)

    def deleted_docs(self) -> frozenset[int]:
        """The numbers of those deleted."""
        return frozenset(self._entry.deleted)

    def doc_field_length(self, number: int, field: str, default: int = 0) -> int:
        """How many tokens a text field of a document has."""
        return int(self._segment.lengths(field)[number]) if field in TEXT_NAMES else default

    def field_length(self, field: str) -> int:
        """How many tokens a text field has in all documents."""
        return self._segment.totals.get(field, 0)

    def min_field_length(self, field: str) -> int:
        """The least number of tokens that it has in a document."""
        return min(self._segment.lengths(field), default=0) if field in TEXT_NAMES else 0

    def max_field_length(self, field: str) -> int:
        """The greatest number."""
        return max(self._segment.lengths(field), default=0) if field in TEXT_NAMES else 0

    def stored_fields(self, number: int) -> dict[str, str]:
        """The document as JSON."""
        return {STORED_DOCUMENT: json.dumps(self._segment.load_document(number), ensure_ascii=False)}


def make_segment(part: Part) -> ArraySegment:
    """A segment as Whoosh's table of contents has it, from our manifest."""
    index, _, name = part.name.partition("_")
    segment = ArraySegment(index)
    segment.segid, segment.count, segment.deleted = name, part.size, set(part.deleted)
    return segment


def _open(storage: FileStorage, segment: ArraySegment) -> Segment:
    name = segment.segment_id()
    return Segment(name, open_arrays(Path(storage.folder, name + EXTENSION)))


def _weigh(postings: Postings) -> tuple[list[int], list[float]]:
    """The documents of a term, and how often each has it."""
    documents = list(postings.documents)
    return documents, list(map(float, postings.frequencies or [1] * len(documents)))
