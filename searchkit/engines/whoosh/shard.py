"""Reading: a shard is one segment of the index as a commit has it; a snapshot is all of them at one moment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence, Set
from functools import cached_property
from typing import Any

from searchkit.engines.whoosh.generation import State
from searchkit.engines.whoosh.layout import ID, SEPARATOR, encode_term
from searchkit.engines.whoosh.segment import Postings, Segment
from searchkit.search.ranking import weigh_length

MANY = 50  # a dictionary is listed, not searched, for terms that are more than a fiftieth of it


class Shard:
    """A segment without its deleted documents."""

    def __init__(self, segment: Segment, deleted: frozenset[int]) -> None:
        self.segment = segment
        self.deleted = deleted
        self.count = segment.size - len(deleted)

    @cached_property
    def documents(self) -> frozenset[int]:
        """Numbers of all documents."""
        return frozenset(range(self.segment.size)) - self.deleted

    def find_frequency(self, field: str, term: bytes) -> int:
        """How many documents have a term."""
        inverted = self.segment.inverted(field)
        number = inverted.terms.find(term)
        return 0 if number is None else self.count_documents(field, number)

    def count_documents(self, field: str, number: int) -> int:
        """How many documents have the term with this number."""
        inverted = self.segment.inverted(field)
        if not self.deleted:
            return int(inverted.counts[number])
        return len(set(inverted.read(number).documents) - self.deleted)

    def read(self, field: str, term: bytes) -> Postings:
        """Postings of a term; those of deleted documents are among them."""
        inverted = self.segment.inverted(field)
        return inverted.read(inverted.terms.find(term))

    def expand(self, field: str, beginning: bytes, excluded: Set[bytes] = frozenset()) -> set[int]:
        """Documents with a term that begins so, and whose folded value (of a keyword) is none of ``excluded``."""
        inverted = self.segment.inverted(field)
        found: set[int] = set()
        for number in inverted.terms.find_range(beginning):
            if not excluded or inverted.terms[number].partition(SEPARATOR.encode())[0] not in excluded:
                found.update(inverted.read(number).documents)
        return found - self.deleted

    def locate(self, id_: str) -> int | None:
        """The number of the document with this id."""
        documents = self.read(ID, encode_term(id_)).documents
        return next((number for number in reversed(documents) if number not in self.deleted), None)

    def measure(self, field: str) -> int:
        """How many tokens a text field has in all documents."""
        total = self.segment.totals[field]
        return total - sum(map(self.segment.lengths(field).__getitem__, self.deleted))


class Norms(dict[int, float]):
    """The part of a score that depends on a document's length, by length."""

    def __init__(self, average: float) -> None:
        super().__init__()
        self._average = average

    def __missing__(self, length: int) -> float:
        norm = self[length] = weigh_length(length, self._average)
        return norm


class Snapshot:
    """The index as it was at one commit; it stays readable while others commit.

    ``kept`` holds what is made of it once for all queries; ``notice`` says why it is not the newest, if so.
    """

    def __init__(self, state: State | None, shards: Sequence[Shard], notice: str = "") -> None:
        self.notice = notice
        self.state = state
        self.shards = tuple(shards)
        self.count = sum(shard.count for shard in shards)
        self.kept: dict[Any, Any] = {}
        self.shown: dict[str, tuple[Shard, int]] = {}  # where the hits of the last request are
        self._norms: dict[str, Norms] = {}

    def average(self, field: str) -> float:
        """The mean length of a text field, in tokens."""
        total = sum(shard.measure(field) for shard in self.shards)
        return total / self.count if self.count else 0.0

    def norms(self, field: str) -> Norms:
        """The norms of a text field."""
        if field not in self._norms:
            self._norms[field] = Norms(self.average(field))
        return self._norms[field]

    def find_frequency(self, field: str, term: str) -> int:
        """How many documents have a term."""
        key = encode_term(term)
        return sum(shard.find_frequency(field, key) for shard in self.shards)

    def locate_all(self, ids: Collection[str]) -> list[tuple[Shard, int]]:
        """Where those of the documents are that there are."""
        wanted = {encode_term(id_): id_ for id_ in ids}
        found = []
        for shard in self.shards:
            terms = shard.segment.inverted(ID).terms
            if len(terms) < MANY * len(wanted):
                known = [wanted[term] for term in wanted.keys() & set(terms.list_terms(range(len(terms))))]
            else:
                known = list(wanted.values())
            found += [(shard, number) for id_ in known if (number := shard.locate(id_)) is not None]
        return found

    def list_ids(self, after: tuple[Shard, int] | None) -> Iterator[str]:
        """Ids by shard and number, those after a place."""
        first, begin = (self.shards.index(after[0]), after[1] + 1) if after else (0, 0)
        for shard in self.shards[first:]:
            numbers = (number for number in range(begin, shard.segment.size) if number not in shard.deleted)
            yield from map(shard.segment.name_document, numbers)
            begin = 0

    def locate(self, id_: str) -> tuple[Shard, int] | None:
        """Where the document with this id is."""
        if id_ in self.shown:
            return self.shown[id_]
        for shard in self.shards:
            number = shard.locate(id_)
            if number is not None:
                return shard, number
        return None
