"""Posting lists in Whoosh's W3 format, read and written whole.

A list is a tag and blocks; a block is its length (negative in the last one), a pickled tuple of facts and a
pickled, perhaps deflated (document deltas, weights, values). Whoosh reads it posting by posting, and pickles
with protocol 2, in which each ``bytes`` costs a function call: whole blocks with protocol 4 take a tenth.
Whoosh reads what is written here, and what Whoosh writes is read here.
"""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from itertools import accumulate, chain, compress, groupby
from operator import itemgetter, sub
from struct import Struct
from typing import NamedTuple

from whoosh.codec.whoosh3 import (
    WHOOSH3_HEADER_MAGIC,
    W3Codec,
    W3FieldWriter,
    W3Segment,
    W3TermInfo,
)
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.filetables import OrderedHashReader
from whoosh.filedb.structfile import StructFile
from whoosh.system import pack_int, pack_ushort, unpack_int

BLOCK = 2048  # postings
WORTH_DEFLATING = 200  # bytes
LEVEL = 1  # of deflation
_INFO = Struct("!BfIBBfIIqi")  # flags, weight, documents, lengths, top weight, first, last, offset, length


class Postings(NamedTuple):
    """Documents of a term in ascending order, its frequency in each, its encoded places in each.

    ``weights`` None means 1 everywhere; ``values`` is None in fields without places.
    """

    documents: Sequence[int]
    weights: Sequence[float] | None = None
    values: Sequence[bytes] | None = None


class Entry(NamedTuple):
    """A line of the term dictionary with its postings."""

    field: str
    term: bytes
    postings: Postings


class Extent(NamedTuple):
    """How many documents have a term, deleted ones too; where its posting list lies, and how many bytes it has."""

    frequency: int
    offset: int
    length: int


NO_POSTINGS = Postings(())


def read_postings(file: StructFile, info: W3TermInfo) -> Postings:
    """The whole posting list that a Whoosh term info points to."""
    offset, length = info.extent()
    return decode_postings(file.get(offset, length[0] if isinstance(length, tuple) else length))  # 2.7.4: a tuple


def read_dictionary(storage: FileStorage, segment: W3Segment) -> Iterator[Entry]:
    """All terms of a segment with their postings, in order."""
    terms = open_dictionary(storage, segment)
    lists = storage.open_file(segment.make_filename(W3Codec.POSTS_EXT))
    fields = {pack_ushort(number): name for name, number in terms.extras["fieldmap"].items()}
    for key, info in terms.items():
        *_, offset, length = _INFO.unpack(info)
        yield Entry(fields[key[:2]], key[2:], decode_postings(lists.get(offset, length)))


def open_dictionary(storage: FileStorage, segment: W3Segment) -> OrderedHashReader:
    """The dictionary of a segment: a key is the number of a field and a term, its value Whoosh's facts, packed."""
    name = segment.make_filename(W3Codec.TERMS_EXT)
    return OrderedHashReader(storage.open_file(name), storage.file_length(name))


def list_terms(dictionary: OrderedHashReader, field: str, beginning: bytes) -> Iterator[tuple[bytes, Extent]]:
    """The terms of a field that begin so, in order, a third as dear as Whoosh's own way."""
    number = dictionary.extras["fieldmap"].get(field)
    if number is None:
        return
    start, unpack = pack_ushort(number) + beginning, _INFO.unpack
    for key, info in dictionary.items_from(start):
        if not key.startswith(start):
            return
        _, _, documents, _, _, _, _, _, offset, length = unpack(info)
        yield key[2:], Extent(documents, offset, length)


def join(parts: Sequence[Postings]) -> Postings:
    """Postings one after the other."""
    if len(parts) == 1:
        return parts[0]
    documents = tuple(chain.from_iterable(part.documents for part in parts))
    weights = values = None
    if any(part.weights is not None for part in parts):
        weights = tuple(chain.from_iterable(_spell_out(part) for part in parts))
    if parts[0].values is not None:
        values = tuple(chain.from_iterable(part.values or () for part in parts))
    return Postings(documents, weights, values)


def pick(postings: Postings, keep: Callable[[int], bool]) -> Postings:
    """The postings of the documents to keep."""
    documents, weights, values = postings
    kept = [keep(document) for document in documents]
    return Postings(tuple(compress(documents, kept)),
                    weights and tuple(compress(weights, kept)),
                    values and tuple(compress(values, kept)))


def _spell_out(postings: Postings) -> Iterable[float]:
    return (1.0,) * len(postings.documents) if postings.weights is None else postings.weights


def decode_postings(data: bytes) -> Postings:
    """A posting list from its bytes in the file."""
    if data[:4] != WHOOSH3_HEADER_MAGIC:
        raise ValueError("not a posting list")
    blocks = []
    start, length = 4, 1
    while length > 0:
        length = unpack_int(data[start:start + 4])[0]
        end = start + 4 + abs(length)
        stream = BytesIO(data[start + 4:end])
        count, _, _, deflated, _, _ = pickle.load(stream)
        content = stream.read()
        deltas, weights, values = pickle.loads(zlib.decompress(content) if deflated else content)
        if isinstance(weights, float):
            weights = (weights,) * count
        blocks.append(Postings(tuple(accumulate(deltas)), weights, values))
        start = end
    return join(blocks)


def encode_postings(postings: Postings) -> bytes:
    """The inverse of ``decode_postings``."""
    documents, weights, values = postings
    parts = [WHOOSH3_HEADER_MAGIC]
    for start in range(0, len(documents), BLOCK):
        end = start + BLOCK
        ids = documents[start:end]
        deltas = tuple(map(sub, ids, chain((0,), ids)))
        shortened, heaviest = (None, 1.0) if weights is None else _shorten(weights[start:end])
        data = pickle.dumps((deltas, shortened, values and tuple(values[start:end])), 4)
        deflate = len(data) >= WORTH_DEFLATING
        if deflate:
            data = zlib.compress(data, LEVEL)
        facts = pickle.dumps((len(ids), ids[-1], heaviest, int(deflate), 0, 0), 2)
        length = len(facts) + len(data)
        parts += [pack_int(length if end < len(documents) else -length), facts, data]
    return b"".join(parts)


def _shorten(weights: Sequence[float]) -> tuple[tuple[float, ...] | float | None, float]:
    """Weights as Whoosh puts them (one where all are equal, nothing where all are 1), and the greatest."""
    heaviest = max(weights)
    if min(weights) < heaviest:
        return tuple(weights), heaviest
    return None if heaviest == 1.0 else heaviest, heaviest


class Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's own codec with another way of writing postings. Segments name Whoosh's as theirs."""

    def field_writer(self, storage: FileStorage, segment: W3Segment) -> FieldWriter:
        """The writer of the dictionary."""
        return FieldWriter(self, storage, segment)

    def new_segment(self, storage: FileStorage, indexname: str) -> W3Segment:
        """A segment that anything with Whoosh can read."""
        return W3Segment(W3Codec(), indexname)


class FieldWriter(W3FieldWriter):  # type: ignore[misc]
    """Writes the term dictionary an entry at a time."""

    def add_entries(self, schema: Schema, entries: Iterable[Entry]) -> None:
        """Write entries, which come in order of field and term; those of one term are joined."""
        offset = self._postfile.tell()
        for field, of_field in groupby(entries, key=itemgetter(0)):
            self.start_field(field, schema[field])
            key = pack_ushort(self._fieldid)
            for term, of_term in groupby(of_field, key=itemgetter(1)):
                postings = join([entry.postings for entry in of_term])
                if postings.documents:
                    data = encode_postings(postings)
                    self._postfile.write(data)
                    self._tindex.add(key + term, _encode_info(postings, offset, len(data)))
                    offset += len(data)
            self.finish_field()


def _encode_info(postings: Postings, offset: int, length: int) -> bytes:
    """Whoosh's term info: among others the sum of weights, how many documents, where the postings are."""
    documents, weights, _ = postings
    total, heaviest = (len(documents), 1.0) if weights is None else (sum(weights), max(weights))
    return _INFO.pack(0, total, len(documents), 0, 0, heaviest, documents[0], documents[-1], offset, length)
