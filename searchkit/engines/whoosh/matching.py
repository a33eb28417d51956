"""A query on the whole collection: which documents match, and what they score. All in numpy arrays.

Sums of scores are added up in the order of the parts: floating-point sums depend on it.
"""

from __future__ import annotations

from functools import reduce
from operator import and_, or_

import numpy as np
from numpy.typing import NDArray

from searchkit.engines.base import FacetRequest
from searchkit.engines.whoosh.collection import Collection, Postings
from searchkit.engines.whoosh.estimation import estimate_matches
from searchkit.engines.whoosh.facetcolumns import find_column
from searchkit.engines.whoosh.layout import SEPARATOR, encode_term
from searchkit.engines.whoosh.lists import Flags, Numbers, Scores
from searchkit.engines.whoosh.occurrences import count_phrase, count_windows
from searchkit.engines.whoosh.wordlists import WordLists
from searchkit.search import query as q
from searchkit.search.folding import fold_value
from searchkit.search.ranking import score, weigh_rarity

Counted = tuple[Numbers, Numbers]  # documents, and how often each has what was asked for
Words = q.Phrase | q.Near
LANGUAGE = "language"  # the field by which a ``ByLanguage`` chooses
SPARSE = 2  # scores of documents that are fewer than half are added one by one


class Matching:
    """Matches and scores of the queries of one request."""

    def __init__(self, collection: Collection, words: WordLists) -> None:
        self._collection = collection
        self._words = words
        self._matches: dict[q.Query, Numbers] = {}
        self._postings: dict[tuple[str, str], Postings] = {}
        self._counted: dict[Words, Counted] = {}
        self._asked: dict[q.ByLanguage, Numbers] = {}
        self._places: tuple[Numbers, NDArray[np.int32]] | None = None
        self._norms: dict[str, tuple[Numbers, Scores]] = {}
        self._complete: set[Words] = set()  # those that were counted in all documents

    def match(self, query: q.Query) -> Numbers:
        """Documents that match, ascending."""
        if query not in self._matches:
            self._matches[query] = self._match(query)
        return self._matches[query]

    def score(self, query: q.Query, documents: Numbers) -> Scores:
        """Scores of these documents, which match."""
        match query:
            case q.Term(field, term):
                postings = self._read(field, term)
                return self._weigh(field, (term,), documents, self._collection.align(
                    postings.documents, postings.frequencies, documents))
            case q.Phrase(field, terms) | q.Near(field, terms) if terms:
                found, counts = self._count(query, documents)
                return self._weigh(field, terms, documents, self._collection.align(found, counts, documents))
            case q.AtLeast(_, child):
                return self.score(child, documents)
            case q.ByLanguage():
                scores = np.zeros(len(documents))
                for node, mine in self._split(query, documents):
                    scores[mine] = self.score(node, documents[mine])
                return scores
            case q.Prefix() | q.Wildcard() | q.Fuzzy():
                return np.ones(len(documents))
            case q.And(children):
                return self._add_up([self.score(child, documents) for child in children], (), documents)
            case q.Or(children):
                return self._add_up([], children, documents)
            case q.Boost(child, factor):
                return factor * self.score(child, documents)
            case q.Prefer(child, bonuses):
                return self._add_up([self.score(child, documents)], bonuses, documents)
            case _:
                return np.zeros(len(documents))

    def narrow(self, documents: Numbers, query: q.Query) -> Numbers:
        """Those of the documents that match."""
        match query:
            case q.Everything() | q.And(()) | q.Phrase(_, ()):
                return documents
            case q.And(children):
                return self._narrow_all(documents, children)
            case q.Boost(child) | q.Prefer(child):
                return self.narrow(documents, child)
            case q.Phrase() | q.Near():
                return self._count(query, documents)[0]
            case _:
                return documents[self._find_members(documents, query)]

    def _match(self, query: q.Query) -> Numbers:
        match query:
            case q.Term(field, term):
                return self._read(field, term).documents
            case q.Or(children):
                return self._collection.mark(map(self.match, children))
            case q.Boost(child) | q.Prefer(child):
                return self.match(child)
            case q.ByLanguage():
                asked = self._find_asked(query)
                of_nodes = enumerate(map(self.match, query.nodes))
                return self._collection.mark(documents[asked[documents] == place] for place, documents in of_nodes)
            case q.Prefix() | q.Wildcard() | q.Fuzzy():
                return self._words.find_documents(query)
            case q.AtLeast(count, q.Term(field, term)):
                postings = self._read(field, term)
                return postings.documents[postings.count_tokens() >= count]
            case q.AtLeast(count, q.Phrase() | q.Near() as child):
                found, counts = self._count(child, None)
                return found[counts >= count]
            case q.Keyword(field):
                return self._find_values(field, encode_term(query.key + SEPARATOR))
            case q.KeywordPrefix(field, _, excluded):
                return self._find_values(field, encode_term(query.key), frozenset(map(encode_term, excluded)))
            case q.And(children) if children:
                first, *others = sorted(children, key=self._estimate)
                return self._narrow_all(self.match(first), others)
            case q.Phrase(_, terms) | q.Near(_, terms) if terms:
                return self._count(query, None)[0]
            case _:
                return self.narrow(self._collection.documents, query)

    def _find_members(self, documents: Numbers, query: q.Query) -> Flags:
        """Which of the documents match."""
        match query:
            case q.Not(child):
                return ~self._find_members(documents, child)
            case q.Everything() | q.And(()) | q.Phrase(_, ()):
                return np.ones(len(documents), np.bool_)
            case q.And(children):
                return reduce(and_, (self._find_members(documents, child) for child in children))
            case q.Or(children) if children:
                return reduce(or_, (self._find_members(documents, child) for child in children))
            case q.Boost(child) | q.Prefer(child):
                return self._find_members(documents, child)
            case q.ByLanguage():
                flags = np.zeros(len(documents), np.bool_)
                for node, mine in self._split(query, documents):
                    flags[mine] = self._find_members(documents[mine], node)
                return flags
            case q.DateRange(_, first, last):
                days = self._collection.days[documents]
                low, high = 1 if first is None else max(first, 1), 1 << 30 if last is None else min(last, 1 << 30)
                return (days >= low) & (days <= high)
            case q.Missing(field):
                return self._collection.find_missing(field)[documents]
            case q.Near(_, ()):
                return np.zeros(len(documents), np.bool_)
            case q.Phrase() | q.Near():
                return self._collection.contains(self._count(query, documents)[0], documents)
            case _:
                return self._collection.contains(self.match(query), documents)

    def _narrow_all(self, documents: Numbers, queries: tuple[q.Query, ...] | list[q.Query]) -> Numbers:
        for query in sorted(queries, key=self._estimate):
            if not len(documents):
                break
            documents = self.narrow(documents, query)
        return documents

    def _estimate(self, query: q.Query) -> int:
        """About how many documents match."""
        return estimate_matches(query, self._count_documents, self._collection.size)

    def _count_documents(self, field: str, term: str) -> int:
        return len(self._read(field, term).documents)

    def _read(self, field: str, term: str) -> Postings:
        if (field, term) not in self._postings:
            self._postings[field, term] = self._collection.read(field, term)
        return self._postings[field, term]

    def _split(self, query: q.ByLanguage, documents: Numbers) -> list[tuple[q.Query, Flags]]:
        """The nodes that any of the documents is asked for, each with which of them are."""
        asked = self._find_asked(query)[documents]
        parts = ((node, asked == place) for place, node in enumerate(query.nodes))
        return [(node, mine) for node, mine in parts if mine.any()]

    def _find_asked(self, query: q.ByLanguage) -> Numbers:
        """Which of the nodes each document of the collection is asked for, by its place."""
        if query not in self._asked:
            column = find_column(self._collection, FacetRequest(LANGUAGE))
            if column.single is None:
                raise ValueError("a document has more than one language")
            places = {language: place for place, (languages, _) in reversed(list(enumerate(query.choices, 1)))
                      for language in languages}
            of_names = [0, *(places.get(fold_value(name), 0) for name in column.names)]
            self._asked[query] = np.array(of_names, np.intp)[column.single]
        return self._asked[query]

    def _find_values(self, field: str, beginning: bytes, excluded: frozenset[bytes] = frozenset()) -> Numbers:
        """The documents with a value whose term begins so, and is none of those excluded."""
        numbers = []
        for _, shard in self._collection.list_shards():
            terms = shard.segment.inverted(field).terms
            found = terms.find_range(beginning)
            kept = [number for number in found if not excluded
                    or terms[number].partition(SEPARATOR.encode())[0] not in excluded]
            numbers.append(np.array(kept, np.intp))
        return self._collection.unite(field, numbers)

    def _add_up(self, parts: list[Scores], children: tuple[q.Query, ...], documents: Numbers) -> Scores:
        """Sums from left to right: of scores of all the documents, and then of what each child gives to some."""
        sums = np.zeros(len(documents))
        for part in parts:
            sums += part
        for child in children:
            self._add_some(sums, child, documents)
        return sums

    def _add_some(self, sums: Scores, query: q.Query, documents: Numbers) -> None:
        """Add the scores of those of the documents that match."""
        inner, factor = query, 1.0
        if isinstance(query, q.Boost):
            inner, factor = query.child, query.factor
        if isinstance(inner, q.ByLanguage):
            parts = self._split(inner, documents)
            if len(parts) == 1:
                inner = parts[0][0]
        match inner:
            case q.Term(field, term):
                postings = self._read(field, term)
                terms, found, counts = (term,), postings.documents, postings.frequencies
            case q.Phrase(field, (_, *_) as terms) | q.Near(field, (_, *_) as terms):
                found, counts = self._count(inner, documents)
            case q.Everything() | q.Not() | q.Keyword() | q.KeywordPrefix() | q.DateRange() | q.Missing():
                return
            case _:
                sums += factor * (self.score(inner, documents) * self._find_members(documents, inner))
                return
        if len(found) * SPARSE > len(documents):
            sums += factor * self.score(inner, documents)
        else:
            places = self._find_places(documents)[found]
            if not places.all():
                kept = places > 0
                places, counts = places[kept], None if counts is None else counts[kept]
            places = places - 1
            frequencies = 1.0 if counts is None else counts.astype(np.float64)
            norms = self._find_norms(field, documents)[places]
            sums[places] += factor * score(self._weigh_rarity(field, terms), frequencies, norms)  # type: ignore[arg-type]

    def _weigh(self, field: str, terms: tuple[str, ...], documents: Numbers, frequencies: Scores) -> Scores:
        """BM25 of terms that occur together so often in each document."""
        norms = self._find_norms(field, documents)
        scores: Scores = score(self._weigh_rarity(field, terms), frequencies, norms)  # type: ignore[arg-type, assignment]
        return scores

    def _weigh_rarity(self, field: str, terms: tuple[str, ...]) -> float:
        count = self._collection.snapshot.count
        return sum(weigh_rarity(count, len(self._read(field, term).documents)) for term in terms)

    def _find_places(self, documents: Numbers) -> NDArray[np.int32]:
        """By document its place among these, from 1 on; those asked for last are kept."""
        if self._places is None or self._places[0] is not documents:
            places = np.zeros(self._collection.size, np.int32)
            places[documents] = np.arange(1, len(documents) + 1)
            self._places = documents, places
        return self._places[1]

    def _find_norms(self, field: str, documents: Numbers) -> Scores:
        """The norms of these documents; those asked for last are kept."""
        known = self._norms.get(field)
        if known is None or known[0] is not documents:
            known = self._norms[field] = documents, self._collection.norms(field)[documents]
        return known[1]

    def _count(self, words: Words, within: Numbers | None) -> Counted:
        """The documents that have the words so, all or those among ``within``, and how often."""
        known = self._counted.get(words)
        if known and (words in self._complete or (
                within is not None and self._collection.contains(known[0], within).all())):
            return known
        postings = {term: self._read(words.field, term) for term in words.terms}
        if isinstance(words, q.Near):
            found = count_windows(self._collection, postings, words.terms, words.slop, within)
        else:
            found = count_phrase(self._collection, postings, words.terms, within)
        self._counted[words] = found
        if within is None:
            self._complete.add(words)
        return found
