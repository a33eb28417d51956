"""A query on one shard, in plain Python: first which documents match, by sets; then what they score.

It serves a process that asks one simple question: for that, loading numpy would take longer than the answer.
Filters that need a look at each document (dates, missing values) look only at what the others have left.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Set
from heapq import nlargest
from itertools import compress, repeat

from searchkit.engines.whoosh.estimation import estimate_matches
from searchkit.engines.whoosh.layout import SEPARATOR, encode_term
from searchkit.engines.whoosh.patterns import Patterns
from searchkit.engines.whoosh.runs import FEW, count_starts, count_windows
from searchkit.engines.whoosh.segment import Postings
from searchkit.engines.whoosh.shard import Shard, Snapshot
from searchkit.search import query as q
from searchkit.search.ranking import score_all, weigh_rarity

LANGUAGE = "language"  # the field by which a ``ByLanguage`` chooses
INFINITE = float("inf")


class Rarity:
    """The idf of terms over the whole index."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._known: dict[tuple[str, str], float] = {}

    def weigh(self, field: str, term: str) -> float:
        """The idf of a term."""
        if (field, term) not in self._known:
            frequency = self._snapshot.find_frequency(field, term)
            self._known[field, term] = weigh_rarity(self._snapshot.count, frequency)
        return self._known[field, term]


class Evaluation:
    """Matches and scores of queries on one shard."""

    def __init__(self, shard: Shard, snapshot: Snapshot, rarity: Rarity, patterns: Patterns) -> None:
        self.shard = shard
        self._snapshot = snapshot
        self._rarity = rarity
        self._patterns = patterns
        self._fits: dict[q.Pattern, Set[int]] = {}
        self._postings: dict[tuple[str, str], Postings] = {}
        self._runs: dict[q.Phrase | q.Near, dict[int, int]] = {}

    def match(self, query: q.Query) -> Set[int]:
        """Documents that match."""
        match query:
            case q.Term(field, term):
                return self._find_live(field, term)
            case q.Or(children):
                return set().union(*map(self.match, children))
            case q.ByLanguage():
                asked = self._find_asked(query)
                return {document for place, node in enumerate(query.nodes)
                        for document in self.match(node) if asked(document) == place}
            case q.Boost(child) | q.Prefer(child):
                return self.match(child)
            case q.Prefix() | q.Wildcard() | q.Fuzzy():
                if query not in self._fits:
                    self._fits[query] = self._patterns.match(query, self.shard)
                return self._fits[query]
            case q.AtLeast(_, child):
                return self.narrow(self.match(child), query)
            case q.Keyword(field):
                return self.shard.expand(field, encode_term(query.key + SEPARATOR))
            case q.KeywordPrefix(field, _, excluded):
                return self.shard.expand(field, encode_term(query.key), frozenset(map(encode_term, excluded)))
            case q.And(children) if children:
                first, *others = sorted(children, key=self._estimate)
                return self._narrow_all(self.match(first), others)
            case q.Phrase(field, terms) | q.Near(field, terms) if terms:
                rarest = min(terms, key=lambda term: len(self._read(field, term).documents))
                return self.narrow(self._find_live(field, rarest), query)
            case _:
                return self.narrow(self.shard.documents, query)

    def narrow(self, documents: Set[int], query: q.Query) -> Set[int]:
        """Those of the documents that match."""
        match query:
            case q.Everything() | q.And(()) | q.Phrase(_, ()):
                return documents
            case q.And(children):
                return self._narrow_all(documents, sorted(children, key=self._estimate))
            case q.Term(field, term):
                return set(filter(documents.__contains__, self._read(field, term).documents))
            case q.Not(child):
                return documents - self.narrow(documents, child)
            case q.Boost(child) | q.Prefer(child):
                return self.narrow(documents, child)
            case q.ByLanguage():
                parts = self._split(query, documents)
                return set().union(*(self.narrow(part, node) for node, part in parts))
            case q.Phrase() | q.Near():
                runs = self._count_runs(query, documents)
                return {document for document in documents if runs[document]}
            case q.AtLeast(count, q.Term(field, term)):
                found = _choose(self._read(field, term), documents)
                return {document for document, frequency in zip(*found, strict=False) if frequency >= count}
            case q.AtLeast(count, q.Phrase() | q.Near() as child):
                runs = self._count_runs(child, documents)
                return {document for document in documents if runs[document] >= count}
            case q.DateRange(_, first, last):
                find_day = self.shard.segment.find_day
                low, high = 1 if first is None else max(first, 1), 1 << 32 if last is None else last
                return {document for document in documents if low <= find_day(document) <= high}
            case q.Missing(field):
                has_value = self.shard.segment.keywords(field).has_value
                return {document for document in documents if not has_value(document)}
            case _:
                return documents & self.match(query)

    def score(self, query: q.Query, documents: Set[int]) -> Mapping[int, float]:
        """Scores of documents that match; those that score 0 may be left out."""
        match query:
            case q.Term(field, term):
                found = _choose(self._read(field, term), documents)
                return self._weigh(field, (term,), *found)
            case q.Phrase(field, terms) | q.Near(field, terms) if terms:
                runs = self._count_runs(query, documents)
                return self._weigh(field, terms, documents, [runs[document] for document in documents])
            case q.AtLeast(_, child):
                return self.score(child, documents)
            case q.ByLanguage():
                parts = self._split(query, documents)
                return {document: points for node, part in parts
                        for document, points in self.score(node, part).items()}
            case q.Prefix() | q.Wildcard() | q.Fuzzy():
                return dict.fromkeys(documents, 1.0)
            case q.And(children):
                return _add_up(self.score(child, documents) for child in children)
            case q.Or(children):
                return _add_up(self.score(child, self._restrict(documents, child)) for child in children)
            case q.Boost(child, factor):
                return {document: factor * points for document, points in self.score(child, documents).items()}
            case q.Prefer(child, bonuses):
                extra = (self.score(bonus, self._restrict(documents, bonus)) for bonus in bonuses)
                return _add_up((self.score(child, documents), *extra))
            case _:
                return {}

    def score_first(self, query: q.Query, documents: Set[int], count: int) -> Mapping[int, float]:
        """Scores of documents that match, which are whole for the first ``count`` of them.

        Others may be without bonuses that would not bring them there: what a phrase can add at most is known, and
        to count it takes a look at its places.
        """
        if not isinstance(query, q.Prefer) or len(documents) <= count:
            return self.score(query, documents)
        most = list(map(self._bound, query.bonuses))
        first = next((place for place, bound in enumerate(most) if bound < INFINITE), len(most))
        scores = self.score(q.Prefer(query.child, query.bonuses[:first]), documents)
        best = nlargest(count, scores.values())
        least = best[-1] - sum(most[first:]) if len(best) == count else -INFINITE
        chosen = {document for document in documents if scores.get(document, 0.0) >= least}
        return _add_up((scores, *(self.score(bonus, self._restrict(chosen, bonus)) for bonus in query.bonuses[first:])))

    def _bound(self, query: q.Query) -> float:
        """The most that a phrase can score, in whatever language; infinite for what is no phrase."""
        match query:
            case q.Phrase(field, terms):
                return sum(self._rarity.weigh(field, term) for term in terms)
            case q.Boost(child, factor):
                return factor * self._bound(child)
            case q.ByLanguage():
                return max(map(self._bound, query.nodes))
            case q.Or(()):
                return 0.0
            case _:
                return INFINITE

    def _restrict(self, documents: Set[int], query: q.Query) -> Set[int]:
        """Those of the documents that match, where ``score`` needs to know: a term finds its own."""
        while isinstance(query, q.Boost):
            query = query.child
        return documents if isinstance(query, q.Term) else self.narrow(documents, query)

    def _find_live(self, field: str, term: str) -> Set[int]:
        """Documents that have a term and are not deleted."""
        found = set(self._read(field, term).documents)
        return found - self.shard.deleted if self.shard.deleted else found

    def _narrow_all(self, documents: Set[int], queries: Iterable[q.Query]) -> Set[int]:
        for query in queries:
            if not documents:
                break
            documents = self.narrow(documents, query)
        return documents

    def _estimate(self, query: q.Query) -> int:
        """About how many documents match."""
        return estimate_matches(query, self._count_documents, self.shard.count)

    def _count_documents(self, field: str, term: str) -> int:
        return len(self._read(field, term).documents)

    def _split(self, query: q.ByLanguage, documents: Set[int]) -> list[tuple[q.Query, Set[int]]]:
        """The nodes, each with those of the documents that are asked for it."""
        asked = self._find_asked(query)
        parts: list[set[int]] = [set() for _ in query.nodes]
        for document in documents:
            parts[asked(document)].add(document)
        return list(zip(query.nodes, parts, strict=True))

    def _find_asked(self, query: q.ByLanguage) -> Callable[[int], int]:
        """Which of the nodes a document is asked for, by its place."""
        keywords = self.shard.segment.keywords(LANGUAGE)
        places = [0] * (len(keywords.inverted.terms) + 1)  # by number of language plus 1
        for place, (languages, _) in reversed(list(enumerate(query.choices, 1))):
            for language in languages:
                for number in keywords.find_numbers(language):
                    places[number + 1] = place
        numbers = keywords.single
        if numbers is None:
            raise TypeError("a document has more than one language")
        return lambda document: places[numbers[document]]

    def _read(self, field: str, term: str) -> Postings:
        if (field, term) not in self._postings:
            self._postings[field, term] = self.shard.read(field, encode_term(term))
        return self._postings[field, term]

    def _weigh(self, field: str, terms: tuple[str, ...], documents: Iterable[int],
               frequencies: Iterable[int]) -> dict[int, float]:
        """BM25 of terms that occur together so often in each document."""
        idf = sum(self._rarity.weigh(field, term) for term in terms)
        lengths = self.shard.segment.lengths(field)
        norms = map(self._snapshot.norms(field).__getitem__, map(lengths.__getitem__, documents))
        return dict(zip(documents, score_all(idf, frequencies, norms), strict=False))

    def _count_runs(self, phrase: q.Phrase | q.Near, documents: Set[int]) -> dict[int, int]:
        """How often the terms follow each other, or stand near each other, at least for these documents."""
        runs = self._runs.setdefault(phrase, {})
        new = documents - runs.keys()
        if new:
            runs.update(dict.fromkeys(new, 0))
            lists = [self._read(phrase.field, term) for term in phrase.terms]
            shared = set(new).intersection(*(postings.documents for postings in lists))
            if isinstance(phrase, q.Near):
                runs.update((document, count_windows(document, lists, phrase)) for document in shared)
            else:
                runs.update(count_starts(shared, lists))
        return runs


def _choose(postings: Postings, documents: Set[int]) -> tuple[list[int], Iterable[int]]:
    """Those postings that belong to the documents, and their frequencies."""
    all_documents, weights = postings.documents, postings.frequencies
    if len(documents) * FEW < len(all_documents):
        places = [(document, bisect_left(all_documents, document)) for document in documents]
        found = [place for document, place in places
                 if place < len(all_documents) and all_documents[place] == document]
        return ([all_documents[place] for place in found],
                [weights[place] if weights else 1 for place in found])
    wanted = [document in documents for document in all_documents]
    return list(compress(all_documents, wanted)), compress(weights or repeat(1), wanted)


def _add_up(parts: Iterable[Mapping[int, float]]) -> Mapping[int, float]:
    """Sums by document, in the order of the parts: floating-point sums depend on it."""
    sums: dict[int, float] = {}
    for part in parts:
        if not sums:
            sums = dict(part)
            continue
        get = sums.get
        for document, points in part.items():
            sums[document] = get(document, 0.0) + points
    return sums
