"""Writing: Whoosh's writer, with postings gathered by term and segments merged by term.

Whoosh sorts every posting as a tuple of its own; here postings are gathered in their lists from the start,
and lists of merged segments are joined. A commit is Whoosh's: a new table of contents takes the old one's
place by a rename.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from heapq import merge
from operator import itemgetter
from typing import Any

from whoosh.codec.whoosh3 import W3Segment
from whoosh.index import FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from searchkit.engines.whoosh.postings import Codec, Entry, Postings, pick, read_dictionary
from searchkit.engines.whoosh.schema import (
    LENGTH_TERM,
    PLACE_SIZE,
    STORED_DOCUMENT,
    Row,
    encode_term,
)

TIER = 10  # so many segments of about one size are merged into one
FULL = 1_500_000  # postings gathered before a segment is closed, to bound memory (about 250 MB)


class Inversion:
    """Postings of the documents of one segment, gathered by field and term."""

    def __init__(self) -> None:
        self.size = 0
        self._places: defaultdict[str, defaultdict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        self._terms: defaultdict[str, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._lengths: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)

    def add(self, document: int, row: Row) -> None:
        """Take in a document. Numbers ascend."""
        for field, places in row.places.items():
            gathered = self._places[field]
            for term, value in places.items():
                gathered[term] += document, value
            self.size += len(places)
        for field, terms in row.terms.items():
            lists = self._terms[field]
            for term in terms:
                lists[term].append(document)
            self.size += len(terms)
        for field, length in row.lengths.items():
            if length:
                self._lengths[field].append((document, length))

    def entries(self) -> Iterator[Entry]:
        """All postings in order of field and term."""
        for field in sorted({*self._places, *self._terms, *self._lengths}):
            if field in self._places:
                for term, flat in sorted(self._places[field].items()):
                    values = flat[1::2]
                    weights = [len(value) / PLACE_SIZE for value in values]
                    yield Entry(field, encode_term(term), Postings(flat[::2], weights, values))
            elif field in self._terms:
                for term, documents in sorted(self._terms[field].items()):
                    yield Entry(field, encode_term(term), Postings(documents))
            else:
                numbers, lengths = zip(*self._lengths[field], strict=True)
                yield Entry(field, encode_term(LENGTH_TERM), Postings(numbers, tuple(map(float, lengths))))


class Writer(SegmentWriter):  # type: ignore[misc]
    """Adds and deletes documents; all of it takes effect at ``commit``, or nothing does."""

    def __init__(self, index: FileIndex) -> None:
        super().__init__(index, codec=Codec(), compound=False)
        self._inversion = Inversion()
        self._merged: list[tuple[SegmentReader, dict[int, int] | None, int]] = []
        self._closed_segments: list[W3Segment] = []
        self._placed: dict[str, tuple[W3Segment, int]] = {}

    def add_row(self, row: Row) -> None:
        """Add a document; one with the same id that was added before is forgotten."""
        if self._inversion.size >= FULL:
            self._start_segment()
        if row.id in self._placed:
            segment, number = self._placed[row.id]
            segment.delete_document(number)
        self._placed[row.id] = self.newsegment, self.docnum
        self._inversion.add(self.docnum, row)
        self.add_document(**{STORED_DOCUMENT: row.stored})

    @property
    def added_ids(self) -> list[str]:
        """Ids of the documents added."""
        return list(self._placed)

    def add_reader(self, reader: SegmentReader) -> None:
        """Take over the documents of another segment."""
        base = self.docnum
        numbers = self.write_per_doc({STORED_DOCUMENT}, reader)
        self._merged.append((reader, numbers, base))
        self._added = True

    def abandon(self) -> None:
        """Let go of the lock and of everything that was not committed."""
        if self.is_closed:
            return
        try:
            with suppress(OSError):
                self.cancel()
            for segment in (self.newsegment, *self._closed_segments):
                for name in segment.list_files(self.storage):
                    with suppress(OSError):
                        self.storage.delete_file(name)
        finally:
            if not self.is_closed:
                self._finish()

    def _start_segment(self) -> None:
        self._closed_segments.append(self._finalize_segment())
        self.newsegment = self.codec.new_segment(self.storage, self.indexname)
        self.perdocwriter = self.codec.per_document_writer(self.storage, self.newsegment)
        self.fieldwriter = self.codec.field_writer(self.storage, self.newsegment)
        self.docnum = 0
        self._added = False

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        streams = [self._inversion.entries(), *(read_entries(*source) for source in self._merged)]
        entries = merge(*streams, key=itemgetter(0, 1)) if len(streams) > 1 else streams[0]
        self.fieldwriter.add_entries(self.schema, entries)
        self.fieldwriter.close()
        self._inversion, self._merged = Inversion(), []


def read_entries(reader: SegmentReader, numbers: dict[int, int] | None, base: int) -> Iterator[Entry]:
    """All postings of a segment with its documents renumbered: by table where some were deleted."""
    for field, term, postings in read_dictionary(reader.storage(), reader.segment()):
        if numbers is None:
            documents = [document + base for document in postings.documents]
        else:
            postings = pick(postings, numbers.__contains__)
            documents = [numbers[document] for document in postings.documents]
        yield Entry(field, term, Postings(documents, postings.weights, postings.values))


def merge_segments(writer: Writer, segments: list[W3Segment]) -> list[W3Segment]:
    """Whoosh's merge policy: merges into the writer's new segment and returns the segments that stay.

    Segments are merged when there are ten of about one size, or when half of one is deleted documents;
    so there are at most nine of each power of ten, and a document is rewritten once for each.
    """
    live = [segment for segment in segments if segment.doc_count_all() > segment.deleted_count()]
    stale = [segment for segment in live if 2 * segment.deleted_count() >= segment.doc_count_all()]
    tiers: defaultdict[int, list[W3Segment]] = defaultdict(list)
    for segment in live:
        if segment not in stale:
            tiers[_find_tier(segment.doc_count_all())].append(segment)
    chosen, size = stale, writer.docnum + sum(map(_count_live, stale))
    for tier, members in sorted(tiers.items()):
        grows = tier == _find_tier(size)
        if len(members) + grows >= TIER:
            chosen = chosen + members
            size += sum(map(_count_live, members))
    for segment in chosen:
        writer.add_reader(SegmentReader(writer.storage, writer.schema, segment))
    return [*(segment for segment in live if segment not in chosen), *writer._closed_segments]


def _find_tier(size: int) -> int:
    return len(str(size))


def _count_live(segment: W3Segment) -> int:
    count: int = segment.doc_count_all() - segment.deleted_count()
    return count


