"""Posting lists in Whoosh's W3 format, read and written whole.

A list is a tag and blocks; a block is its length (negative in the last one), a pickled tuple of facts and a
pickled, perhaps deflated (document deltas, weights, values). Whoosh reads it posting by posting, and pickles
with protocol 2, in which each ``bytes`` costs a function call: whole blocks with protocol 4 take a tenth.
Whoosh reads what is written here, and what Whoosh writes is read here.
"""

from __future__ import annotations

import pickle
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from itertools import accumulate, chain, compress, groupby
from operator import itemgetter, sub
from typing import Any, NamedTuple

from whoosh.codec.whoosh3 import (
    WHOOSH3_HEADER_MAGIC,
    W3Codec,
    W3FieldWriter,
    W3PostingsWriter,
    W3Segment,
)
from whoosh.system import pack_int, unpack_int

BLOCK = 2048  # postings
WORTH_DEFLATING = 200  # bytes
LEVEL = 1  # of deflation


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


NO_POSTINGS = Postings(())


def read_postings(file: Any, info: Any) -> Postings:
    """The whole posting list that a Whoosh term info points to."""
    blocks = [Postings(*_decode(data)) for data in _read_blocks(file.get(*info.extent()))]
    return blocks[0] if len(blocks) == 1 else join(blocks)


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


def _read_blocks(data: bytes) -> Iterator[tuple[Any, ...]]:
    """The contents of each block of a list."""
    if data[:4] != WHOOSH3_HEADER_MAGIC:
        raise ValueError("not a posting list")
    start, length = 4, 1
    while length > 0:
        length = unpack_int(data[start:start + 4])[0]
        end = start + 4 + abs(length)
        stream = BytesIO(data[start + 4:end])
        count, _, _, deflated, _, _ = pickle.load(stream)
        content = stream.read()
        documents, weights, values = pickle.loads(zlib.decompress(content) if deflated else content)
        yield count, documents, weights, values
        start = end


def _decode(block: tuple[Any, ...]) -> Postings:
    count, deltas, weights, values = block
    if isinstance(weights, float):
        weights = (weights,) * count
    return Postings(tuple(accumulate(deltas)), weights, values)


class Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's own codec with another way of writing postings. Segments name Whoosh's as theirs."""

    def __init__(self) -> None:
        super().__init__(blocklimit=BLOCK, compression=LEVEL)

    def field_writer(self, storage: Any, segment: Any) -> FieldWriter:
        """The writer of the dictionary."""
        return FieldWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> BlockWriter:
        """The writer of posting lists."""
        return BlockWriter(dbfile, blocklimit=BLOCK, byteids=byteids, compression=LEVEL)

    def new_segment(self, storage: Any, indexname: str) -> Any:
        """A segment that anything with Whoosh can read."""
        return W3Segment(W3Codec(), indexname)


class FieldWriter(W3FieldWriter):  # type: ignore[misc]
    """Writes the term dictionary an entry at a time."""

    def add_entries(self, schema: Any, entries: Iterable[Entry]) -> None:
        """Write entries, which come in order of field and term; those of one term are joined."""
        for field, of_field in groupby(entries, key=itemgetter(0)):
            self.start_field(field, schema[field])
            for term, of_term in groupby(of_field, key=itemgetter(1)):
                postings = join([entry.postings for entry in of_term])
                if postings.documents:
                    self.start_term(term)
                    self._postwriter.add_all(postings)
                    self.finish_term()
            self.finish_field()


class BlockWriter(W3PostingsWriter):  # type: ignore[misc]
    """Writes a posting list a block at a time."""

    def add_all(self, postings: Postings) -> None:
        """Write a list; its last block is left to ``finish_postings``, which marks it as the last."""
        documents, weights, values = postings
        for start in range(0, len(documents), BLOCK):
            if start:
                self._write_block()
            end = start + BLOCK
            self._ids = array("I", documents[start:end])
            self._weights = (array("f", (1.0,)) * len(self._ids) if weights is None
                             else array("f", weights[start:end]))
            self._values = () if values is None else tuple(values[start:end])
            self._maxweight = max(self._weights)

    def _write_block(self, last: bool = False) -> None:
        if not self._blockcount:
            self._postfile.write(WHOOSH3_HEADER_MAGIC)
        self._terminfo.add_block(self)
        ids, weights = self._ids, self._weights
        same = self._maxweight == min(weights)
        weights = tuple(weights) if not same else None if weights[0] == 1.0 else weights[0]
        deltas = tuple(map(sub, ids, chain((0,), ids)))
        data = pickle.dumps((deltas, weights, self._values or None), 4)
        deflate = len(data) >= WORTH_DEFLATING
        if deflate:
            data = zlib.compress(data, LEVEL)
        facts = pickle.dumps((len(ids), ids[-1], self._maxweight, int(deflate), 0, 0), 2)
        length = len(facts) + len(data)
        self._postfile.write(pack_int(-length if last else length) + facts + data)
        self._blockcount += 1
        self._new_block()
