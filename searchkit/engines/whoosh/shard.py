"""Reading: a shard is one segment of the index, opened; a snapshot is all of them at one moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from functools import cached_property, partial
from pathlib import Path

from whoosh.codec.whoosh3 import W3Codec, W3Segment, W3TermInfo
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.filetables import OrderedHashReader
from whoosh.index import TOC, EmptyIndexError, FileIndex
from whoosh.reading import SegmentReader, TermNotFound

from searchkit.engines.whoosh.columns import (
    EXTENSION,
    Columns,
    load_columns,
    make_columns,
    save_columns,
)
from searchkit.engines.whoosh.damage import DAMAGE
from searchkit.engines.whoosh.postings import (
    NO_POSTINGS,
    Extent,
    Postings,
    decode_postings,
    list_terms,
    open_dictionary,
    pick,
    read_postings,
)
from searchkit.engines.whoosh.schema import ID, SEPARATOR, STORED_DOCUMENT, encode_term
from searchkit.errors import IndexDamaged
from searchkit.search.ranking import weigh_length

State = tuple[int, int, int]  # generation, time and inode of the table of contents


class Files:
    """What never changes in a segment: its dictionary, postings, stored documents and columns."""

    def __init__(self, directory: Path, storage: FileStorage, schema: Schema, segment: W3Segment) -> None:
        self.size: int = segment.doc_count_all()
        self._directory = directory
        self._reader = SegmentReader(storage, schema, segment)
        self._postings = self._reader.storage().open_file(segment.make_filename(W3Codec.POSTS_EXT))
        self._open_dictionary = partial(open_dictionary, self._reader.storage(), segment)
        self._columns_path = directory / segment.make_filename(EXTENSION)

    @cached_property
    def columns(self) -> Columns:
        """The columns, made and saved when there is no good file of them."""
        columns = load_columns(self._columns_path)
        if columns is None:
            content = make_columns(self.expand, self._name_terms, self.size)
            save_columns(self._columns_path, content)
            columns = Columns(memoryview(content))
        return columns

    @cached_property
    def _dictionary(self) -> OrderedHashReader:
        return self._open_dictionary()

    def find(self, field: str, term: bytes) -> W3TermInfo | None:
        """Whoosh's facts about a term, None when it does not occur."""
        try:
            return self._reader.term_info(field, term)
        except TermNotFound:
            return None
        except DAMAGE as error:
            raise self._report(error) from error

    def read(self, info: W3TermInfo | None) -> Postings:
        """The postings of a term."""
        try:
            return read_postings(self._postings, info) if info else NO_POSTINGS
        except DAMAGE as error:
            raise self._report(error) from error

    def expand(self, field: str, prefix: bytes) -> Iterator[tuple[bytes, Postings]]:
        """The terms of a field that begin so, in order, with their postings."""
        lines = self._reader.iter_from(field, prefix)
        while True:
            try:
                (name, term), info = next(lines, (("", b""), None))
            except DAMAGE as error:
                raise self._report(error) from error
            if name != field or not term.startswith(prefix):
                return
            yield term, self.read(info)

    def list_terms(self, field: str, beginning: bytes) -> list[tuple[bytes, Extent]]:
        """The terms of a field that begin so, in order, and where their postings lie."""
        try:
            return list(list_terms(self._dictionary, field, beginning))
        except DAMAGE as error:
            raise self._report(error) from error

    def read_at(self, extent: Extent) -> Postings:
        """The postings that lie there."""
        try:
            return decode_postings(self._postings.get(extent.offset, extent.length))
        except DAMAGE as error:
            raise self._report(error) from error

    def _name_terms(self, field: str) -> Iterator[bytes]:
        """The terms of a field in order."""
        return (term for term, _ in self.list_terms(field, b""))

    def load_document(self, number: int) -> str:
        """The document as JSON."""
        try:
            text: str = self._reader.stored_fields(number)[STORED_DOCUMENT]
        except DAMAGE as error:
            raise self._report(error) from error
        return text

    def _report(self, error: Exception) -> IndexDamaged:
        return IndexDamaged(f"the index cannot be read: {error}", str(self._directory), "rebuild it")


class Shard:
    """A segment without its deleted documents."""

    def __init__(self, segment: W3Segment, files: Files) -> None:
        self.segment = segment
        self.files = files
        self.deleted = frozenset(segment.deleted_docs())
        self.count = files.size - len(self.deleted)

    @property
    def columns(self) -> Columns:
        """The columns; they know the deleted documents too."""
        return self.files.columns

    @cached_property
    def documents(self) -> frozenset[int]:
        """Numbers of all documents."""
        return frozenset(range(self.files.size)) - self.deleted

    def find_frequency(self, field: str, term: bytes) -> int:
        """How many documents have a term."""
        info = self.files.find(field, term)
        if info is None:
            return 0
        if not self.deleted:
            frequency: int = info.doc_frequency()
            return frequency
        return len(self._keep_live(self.files.read(info)).documents)

    def count_at(self, extent: Extent) -> int:
        """How many documents have the term whose postings lie there."""
        return len(self._keep_live(self.files.read_at(extent)).documents) if self.deleted else extent.frequency

    def read(self, field: str, term: bytes) -> Postings:
        """Postings of a term."""
        return self._keep_live(self.files.read(self.files.find(field, term)))

    def expand(self, field: str, prefix: bytes, excluded: Set[bytes] = frozenset()) -> set[int]:
        """Documents with a term that begins so, and whose folded value (of a keyword) is none of ``excluded``."""
        found: set[int] = set()
        for term, postings in self.files.expand(field, prefix):
            if not excluded or term.partition(SEPARATOR.encode())[0] not in excluded:
                found.update(postings.documents)
        return found - self.deleted

    def locate(self, id_: str) -> int | None:
        """The number of the document with this id."""
        documents = self.read(ID, encode_term(id_)).documents
        return documents[0] if documents else None

    def measure(self, field: str) -> int:
        """How many tokens a text field has in all documents."""
        columns = self.columns
        return columns.totals[field] - sum(map(columns.lengths(field).__getitem__, self.deleted))

    def _keep_live(self, postings: Postings) -> Postings:
        if self.deleted and not self.deleted.isdisjoint(postings.documents):
            return pick(postings, lambda document: document not in self.deleted)
        return postings


class Norms(dict[int, float]):
    """The part of a score that depends on a document's length, by length."""

    def __init__(self, average: float) -> None:
        super().__init__()
        self._average = average

    def __missing__(self, length: int) -> float:
        norm = self[length] = weigh_length(length, self._average)
        return norm


class Snapshot:
    """The index as it was at one commit; it stays readable while others commit."""

    def __init__(self, state: State | None, shards: Sequence[Shard]) -> None:
        self.state = state
        self.shards = tuple(shards)
        self.count = sum(shard.count for shard in shards)
        self._norms: dict[str, Norms] = {}

    def norms(self, field: str) -> Norms:
        """The norms of a text field."""
        if field not in self._norms:
            total = sum(shard.measure(field) for shard in self.shards)
            self._norms[field] = Norms(total / self.count if self.count else 0.0)
        return self._norms[field]

    def list_ids(self, after: tuple[Shard, int] | None) -> Iterator[str]:
        """Ids by shard and number, those after a place."""
        first, begin = (self.shards.index(after[0]), after[1] + 1) if after else (0, 0)
        for shard in self.shards[first:]:
            ids = shard.columns.ids
            yield from (ids[number] for number in range(begin, len(ids)) if number not in shard.deleted)
            begin = 0

    def locate(self, id_: str) -> tuple[Shard, int] | None:
        """Where the document with this id is."""
        for shard in self.shards:
            number = shard.locate(id_)
            if number is not None:
                return shard, number
        return None


def find_state(directory: Path, index: FileIndex) -> State:
    """What differs when anything was committed, or the index was made anew."""
    generation: int = index.latest_generation()
    if generation < 0:
        raise EmptyIndexError
    status = (directory / TOC._filename(index.indexname, generation)).stat()
    return generation, status.st_mtime_ns, status.st_ino


def open_snapshot(directory: Path, index: FileIndex, known: Sequence[Shard] = ()) -> Snapshot:
    """The index as it is now; segments that are known are not opened again."""
    state = find_state(directory, index)
    toc = TOC.read(index.storage, index.indexname)
    opened = {shard.segment.segment_id(): shard.files for shard in known}
    shards = []
    for segment in toc.segments:
        files = opened.get(segment.segment_id()) or Files(directory, index.storage, toc.schema, segment)
        shards.append(Shard(segment, files))
    return Snapshot(state, shards)
