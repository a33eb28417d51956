"""The index as it was at one commit: what is asked of it, and statistics of its documents.

tantivy counts deleted documents in until a merge drops them; here they are counted out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

import tantivy
from tantivy import Occur, Order, Query

from searchkit.engines.tantivy.schema import (
    EVERY,
    ID,
    KEY,
    LENGTH,
    NUMBER,
    SEPARATOR,
    WRITTEN,
    Row,
    encode_term,
    find_id,
    find_number,
    split_term,
    write_term,
)
from searchkit.fields import BY_NAME, Kind
from searchkit.search.ranking import weigh_rarity
from searchkit.search.vocabulary import Choose, Vocabulary, make_vocabulary

MOST = 65_000  # buckets in one answer: tantivy's own limit; where there are more, its dictionary is counted through
EXACT = 2**31  # values that each segment counts, so that the sums are those of all segments
FEW = 64  # terms that are looked for, or values that are named, one by one; for more one run over all costs less
MOST_NAMES = 50_000  # names of counted values that are remembered
MOST_LISTED = 200_000  # words that are
MOST_KEPT = 50  # documents that are
Place = tuple[int, int]  # of a document: its segment, and its number there
GROUP = "group"  # the field that copies of one text share
Found = tuple[Any, tantivy.DocAddress]  # a score or value, and the document


class Words(NamedTuple):
    """Words of the index, and the letters that they have."""

    known: frozenset[str]
    letters: frozenset[str]


class Snapshot:
    """A searcher, and what was found out with it so far."""

    def __init__(self, searcher: tantivy.Searcher, schema: tantivy.Schema) -> None:
        self.searcher = searcher
        self.schema = schema
        self.count = searcher.num_docs
        self.count_with_deleted = searcher.doc_freq(ID, EVERY)
        self._frequencies: dict[tuple[str, str], int] = {}
        self._averages: dict[str, float] = {}
        self._vocabularies: dict[str, Vocabulary] = {}
        self.has_deleted = self.count < self.count_with_deleted
        self._names: dict[int, str] = {}
        self._words: dict[tuple[str, str], Words] = {}
        self._kept: dict[str, Row] = {}

    @cached_property
    def has_groups(self) -> bool:
        """Whether any document belongs to a group of copies."""
        return bool(self.total(Query.exists_query(GROUP)))

    def search(self, query: Query, limit: int, order: str | None = None, offset: int = 0) -> tuple[int, list[Found]]:
        """How many documents match, and the first by score or, ascending, by what a field has.

        tantivy sets aside memory for as many as are asked for, which are never more than there are.
        """
        if not self.count:
            return 0, []
        direction = Order.Desc if order is None else Order.Asc
        result: Any = self.searcher.search(query, max(min(limit, self.count), 1), True, order,
                                           min(offset, self.count), direction)
        return result.count, result.hits[:limit]

    def total(self, query: Query) -> int:
        """How many documents match."""
        return self.search(query, 0)[0]

    def find_all(self, query: Query) -> list[Found]:
        """All that match, in the order in which they lie there: neighbours are stored in one block."""
        return sorted(self.search(query, self.total(query))[1], key=lambda found: find_place(found[1]))

    def any_of(self, terms: Mapping[str, Sequence[str]], points: float = 0.0) -> Query:
        """Documents with one of the terms, which are given by field; as score, so many points."""
        sets: list[tuple[Occur, Query]] = []
        for field, found in terms.items():
            if len(found) > FEW:
                sets.append((Occur.Should, Query.term_set_query(self.schema, field, found)))
            else:
                sets += ((Occur.Should, Query.term_query(self.schema, field, term, "basic")) for term in found)
        return Query.const_score_query(Query.boolean_query(sets), points)

    def aggregate(self, query: Query, wanted: dict[str, Any]) -> dict[str, dict[Any, int]] | None:
        """Matching documents by term, under each name; None where there may be more than ``MOST`` terms."""
        try:
            answer = self.searcher.aggregate(query, wanted)
        except ValueError as problem:
            if "bucket limit" not in str(problem):
                raise
            return None
        if any(len(found["buckets"]) >= MOST for found in answer.values()):
            return None
        return {name: {bucket["key"]: bucket["doc_count"] for bucket in found["buckets"]}
                for name, found in answer.items()}

    def name_value(self, field: str, number: int) -> str:
        """The value of a facet that has this number: read from a document with it, and remembered."""
        name = self._names.get(number)
        if name is None:
            ((_, address),) = self.search(Query.term_query(self.schema, field + NUMBER, number, "basic"), 1)[1]
            name = next(value for value in self.load(address).values[field] if find_number(value) == number)
            if len(self._names) >= MOST_NAMES:
                self._names.clear()
            self._names[number] = name
        return name

    def list_words(self, field: str, beginning: str) -> Words:
        """The words of a text field, as written, that begin so; remembered."""
        words = self._words.get((field, beginning))
        if words is None:
            known = frozenset(word for word, _ in self.list_terms(field + WRITTEN, beginning))
            words = Words(known, frozenset().union(*known))
            if len(known) + sum(len(other.known) for other in self._words.values()) > MOST_LISTED:
                self._words.clear()
            self._words[field, beginning] = words
        return words

    def list_terms(self, field: str, prefix: str, query: Query | None = None) -> list[tuple[str, int]]:
        """The terms of a field that begin so, and in how many documents; with a query, in those that match."""
        return self.searcher.terms_with_prefix(field, prefix, query)

    def list_values(self, field: str, key: str) -> list[str]:
        """The terms of the values of a keyword field that are ``key`` when folded."""
        return [term for term, _ in self.list_terms(field, encode_term(key) + SEPARATOR)]

    def frequency(self, field: str, term: str) -> int:
        """How many documents have a term, which is given as it stands in the dictionary."""
        if (field, term) not in self._frequencies:
            frequency = self.searcher.doc_freq(field, term)
            if frequency and self.has_deleted:
                frequency = self.total(Query.term_query(self.schema, field, term, "basic"))
            self._frequencies[field, term] = frequency
        return self._frequencies[field, term]

    def rarity(self, field: str, terms: Iterable[str]) -> float:
        """The sum of the terms' idf."""
        return sum(weigh_rarity(self.count, self.frequency(field, encode_term(term))) for term in terms)

    def native_rarity(self, field: str, terms: Iterable[str]) -> float:
        """The same as tantivy sees it."""
        frequencies = (self.searcher.doc_freq(field, encode_term(term)) for term in terms)
        return sum(weigh_rarity(self.count_with_deleted, frequency) for frequency in frequencies)

    def average_length(self, field: str) -> float:
        """The average length of a text field, in tokens."""
        if field not in self._averages:
            sums = self.searcher.aggregate(Query.all_query(), {"sum": {"sum": {"field": field + LENGTH}}})
            self._averages[field] = sums["sum"]["value"] / self.count if self.count else 0.0
        return self._averages[field]

    def vocabulary(self, field: str) -> Vocabulary:
        """The words of a text field as written, or the values of a keyword field; of deleted documents, too."""
        if field not in self._vocabularies:
            if _is_text(field):
                words = {term for term, _ in self.list_terms(field + WRITTEN, "")}
            else:
                words = {split_term(term)[1] for term, _ in self.list_terms(field, "")}
            self._vocabularies[field] = make_vocabulary(words)
        return self._vocabularies[field]

    def count_words(self, field: str, choose: Choose) -> dict[str, int]:
        """Words of a text field, as written, or values of a keyword field, and in how many documents each stands."""
        chosen = choose(self.vocabulary(field))
        if _is_text(field):
            counts = {word: self.frequency(field + WRITTEN, encode_term(word)) for word in chosen}
        else:
            counts = {value: self.frequency(field, write_term(value)) for value in chosen}
        return {word: count for word, count in counts.items() if count}

    def load(self, address: tantivy.DocAddress) -> Row:
        """What is stored of a document."""
        return Row(self.searcher.doc(address))

    def keep(self, rows: Mapping[str, Row]) -> None:
        """Remember what was read of documents, by their ids: those that were found are asked for next."""
        self._kept = dict(islice(rows.items(), MOST_KEPT))

    def find_row(self, id_: str) -> Row | None:
        """What is stored of the document with this id."""
        kept = self._kept.get(id_)
        if kept is not None:
            return kept
        address = self.locate(id_)
        return None if address is None else self.load(address)

    def locate(self, id_: str) -> tantivy.DocAddress | None:
        """The address of the document with this id."""
        _, hits = self.search(Query.term_query(self.schema, ID, encode_term(id_), "basic"), 1)
        return hits[0][1] if hits else None

    def list_ids(self, after: str | None, limit: int) -> list[str]:
        """Ids in the order of their numbers, those after one."""
        query, last = Query.all_query(), (-1, "")
        if after is not None:
            last = find_number(after), after
            query = Query.range_query(self.schema, KEY, tantivy.FieldType.Unsigned, last[0])
        hits = self.search(query, limit + 1, KEY)[1]
        found = sorted((key, find_id(self.load(address).newest)) for key, address in hits)
        return [id_ for key, id_ in found if (key, id_) > last][:limit]

    def name(self, addresses: Sequence[tantivy.DocAddress]) -> Query:
        """A query that these documents match; scores 0."""
        keys = self.searcher.fast_field_values(KEY, list(addresses))
        terms = (Query.term_query(self.schema, KEY, key, "basic") for key in keys)
        return Query.const_score_query(Query.boolean_query([(Occur.Should, term) for term in terms]), 0.0)


def _is_text(field: str) -> bool:
    return BY_NAME[field].kind is Kind.TEXT


def find_place(address: tantivy.DocAddress) -> Place:
    """Where a document is, as a key."""
    return address.segment_ord, address.doc
