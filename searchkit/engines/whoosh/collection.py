"""The documents of all segments as one collection, numbered on from segment to segment, in numpy arrays.

Deleted documents have numbers, too, but no posting of theirs is ever seen.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from searchkit.engines.whoosh.layout import encode_term
from searchkit.engines.whoosh.lists import Flags, Lists, Numbers, Scores
from searchkit.engines.whoosh.shard import Shard, Snapshot
from searchkit.search.ranking import weigh_length

Made = TypeVar("Made")
NOTHING: Numbers = np.zeros(0, np.intp)
FEW = 16  # documents are searched for one by one in a list so many times as long


class Source(NamedTuple):
    """Where a part of a posting list comes from: its list, the term's number there, and which postings are kept."""

    lists: Lists
    number: int
    kept: Flags | None


class Postings:
    """Documents of a term, ascending, and how often each has it (None: once)."""

    def __init__(self, documents: Numbers, frequencies: NDArray[Any] | None, sources: tuple[Source, ...]) -> None:
        self.documents = documents
        self.frequencies = frequencies
        self._sources = sources
        self._places: tuple[Numbers, NDArray[Any]] | None = None

    def count_tokens(self) -> Numbers:
        """How often each document has the term."""
        if self.frequencies is None:
            return np.ones(len(self.documents), np.intp)
        return self.frequencies.astype(np.intp)

    def read_places(self) -> tuple[Numbers, NDArray[Any]]:
        """Where the places of each posting begin in the array that is given besides, and that array."""
        if self._places is None:
            starts, parts, before = [], [], 0
            for lists, number, kept in self._sources:
                frequencies = lists.read_frequencies(number)
                counts = (np.ones(int(lists.counts[number]), np.intp) if frequencies is None
                          else frequencies.astype(np.intp))
                ends = np.cumsum(counts)
                begins = ends - counts + before
                starts.append(begins if kept is None else begins[kept])
                parts.append(lists.read_places(number, int(ends[-1])))
                before += int(ends[-1])
            self._places = _join(starts), _join(parts)
        return self._places


NO_POSTINGS = Postings(NOTHING, None, ())


class Collection:
    """The columns and posting lists of a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.bases: list[int] = [0]
        for shard in snapshot.shards:
            self.bases.append(self.bases[-1] + shard.segment.size)
        self.size = self.bases[-1]
        self._lists: dict[tuple[int, str], Lists] = {}
        self.live = self._find_live()
        self._scratch = threading.local()

    def keep(self, key: object, make: Callable[[], Made]) -> Made:
        """What ``make`` makes, once for the snapshot."""
        if key not in self.snapshot.kept:
            self.snapshot.kept[key] = make()
        made: Made = self.snapshot.kept[key]
        return made

    @property
    def documents(self) -> Numbers:
        """Numbers of all documents."""
        return self.keep("documents", lambda: np.arange(self.size) if self.live is None else np.flatnonzero(self.live))

    def list_shards(self) -> Iterable[tuple[int, Shard]]:
        """The shards, each with the number of its first document."""
        return zip(self.bases, self.snapshot.shards, strict=False)

    def lists(self, number: int, field: str) -> Lists:
        """The lists of a field in the shard with this number."""
        key = "lists", number, field
        return self.keep(key, lambda: Lists(self.snapshot.shards[number].segment.inverted(field)))

    def read(self, field: str, term: str) -> Postings:
        """The postings of a term."""
        key = encode_term(term)
        documents, frequencies, sources = [], [], []
        for number, (base, shard) in enumerate(self.list_shards()):
            lists = self.lists(number, field)
            place = lists.inverted.terms.find(key)
            if place is None:
                continue
            found = lists.read_documents(place)
            if found[-1] >= shard.segment.size:
                raise ValueError("a posting list names documents that are not there")
            counts = lists.read_frequencies(place)
            kept = None
            if shard.deleted and self.live is not None:
                kept = self.live[found + base]
                found, counts = found[kept], counts if counts is None else counts[kept]
            documents.append(found + base if base else found)
            frequencies.append(counts)
            sources.append(Source(lists, place, kept))
        if not sources:
            return NO_POSTINGS
        if len(sources) == 1:
            return Postings(documents[0], frequencies[0], tuple(sources))
        return Postings(np.concatenate(documents), _join_counts(documents, frequencies), tuple(sources))

    def unite(self, field: str, numbers: Iterable[Numbers]) -> Numbers:
        """The documents with any of the terms that have these numbers, shard by shard."""
        found = []
        for number, (of_shard, (base, _)) in enumerate(zip(numbers, self.list_shards(), strict=True)):
            if len(of_shard) == 1:
                found.append(self.lists(number, field).read_documents(int(of_shard[0])) + base)
            elif len(of_shard):
                found.append(self.lists(number, field).find_documents(of_shard) + base)
        if len(found) == 1 and sum(map(len, numbers)) == 1:
            return found[0] if self.live is None else found[0][self.live[found[0]]]
        return self.mark(found)

    def mark(self, lists: Iterable[Numbers]) -> Numbers:
        """The documents that are in any of the lists."""
        flags = np.zeros(self.size, np.bool_)
        for documents in lists:
            flags[documents] = True
        if self.live is not None:
            flags &= self.live
        return np.flatnonzero(flags)

    def contains(self, documents: Numbers, wanted: Numbers) -> Flags:
        """Which of the wanted documents are among those, both ascending."""
        if documents is wanted:
            return np.ones(len(wanted), np.bool_)
        if not len(documents):
            return np.zeros(len(wanted), np.bool_)
        if len(wanted) * FEW < len(documents):
            places = np.searchsorted(documents, wanted)
            places[places == len(documents)] = 0
            found: Flags = documents[places] == wanted
            return found
        flags = self._get_scratch("flags", np.bool_)
        flags[documents] = True
        found = flags[wanted]
        flags[documents] = False
        return found

    def align(self, documents: Numbers, values: NDArray[Any] | None, wanted: Numbers) -> Scores:
        """The values (None: 1) of the wanted documents, 0 for those that are not among the documents."""
        if documents is wanted:
            return np.ones(len(wanted)) if values is None else values.astype(np.float64)
        if not len(documents):
            return np.zeros(len(wanted))
        if len(wanted) * FEW < len(documents):
            places = np.searchsorted(documents, wanted)
            places[places == len(documents)] = 0
            found = documents[places] == wanted
            return found.astype(np.float64) if values is None else np.where(found, values[places], 0.0)
        scratch = self._get_scratch("values", np.float64)
        scratch[documents] = 1.0 if values is None else values
        aligned: Scores = scratch[wanted]
        scratch[documents] = 0.0
        return aligned

    def norms(self, field: str) -> Scores:
        """The norm of a text field by document."""
        def make() -> Scores:
            average = self.snapshot.average(field)
            lengths = self.join_column(lambda shard: shard.segment.lengths(field)).astype(np.float64)
            return lengths + weigh_length(0, average) if not average else weigh_length(lengths, average)  # type: ignore[return-value, arg-type]

        return self.keep(("norms", field), make)

    @property
    def days(self) -> NDArray[np.int32]:
        """Ordinal of the publication day by document; 0 where there is no date."""
        def find(shard: Shard) -> NDArray[np.int32]:
            days: NDArray[np.int32] = np.array(shard.segment.days, np.int32)[
                np.asarray(shard.segment.keywords("date").single)]
            return days

        return self.keep("days", lambda: self.join_column(find))

    def find_missing(self, field: str) -> Flags:
        """Which documents have no value in a keyword or date field."""
        def find(shard: Shard) -> Flags:
            keywords = shard.segment.keywords(field)
            missing: Flags = (np.asarray(keywords.single) == 0 if keywords.single is not None
                              else np.asarray(keywords.starts[1:]) == np.asarray(keywords.starts[:-1]))
            return missing

        return self.keep(("missing", field), lambda: self.join_column(find))

    def join_column(self, read: Callable[[Shard], Any]) -> NDArray[Any]:
        """A column of all shards."""
        return _join([np.asarray(read(shard)) for shard in self.snapshot.shards])

    def find_shard(self, document: int) -> tuple[Shard, int]:
        """The shard of a document, and the document's number there."""
        number = bisect_right(self.bases, document) - 1
        return self.snapshot.shards[number], document - self.bases[number]

    def _find_live(self) -> Flags | None:
        """Which documents are not deleted; None: all."""
        if not any(shard.deleted for shard in self.snapshot.shards):
            return None
        live = np.ones(self.size, np.bool_)
        for base, shard in self.list_shards():
            if shard.deleted:
                live[np.fromiter(shard.deleted, np.intp, len(shard.deleted)) + base] = False
        return live

    def _get_scratch(self, name: str, kind: Any) -> NDArray[Any]:  # noqa: ANN401 - a numpy type
        """An array of zeros for all documents; who uses it leaves zeros."""
        scratch: NDArray[Any] | None = getattr(self._scratch, name, None)
        if scratch is None:
            scratch = np.zeros(self.size, kind)
            setattr(self._scratch, name, scratch)
        return scratch


def _join(parts: list[Any]) -> NDArray[Any]:
    if len(parts) == 1:
        only: NDArray[Any] = parts[0]
        return only
    return np.concatenate(parts) if parts else NOTHING


def _join_counts(documents: list[Numbers], counts: list[NDArray[Any] | None]) -> NDArray[Any] | None:
    if all(part is None for part in counts):
        return None
    return np.concatenate([np.ones(len(of), np.uint8) if part is None else part
                           for of, part in zip(documents, counts, strict=True)])
