"""Our query tree as tantivy's query objects, with scores near enough to choose candidates by.

tantivy's BM25 is ours times K1 + 1, but for lengths beyond 40 tokens, which it rounds down to steps of an eighth
at most, and for deleted documents, which it counts in. What its objects cannot say exactly (near words, a phrase at
least so often) is counted on the stored tokens, and becomes a query for the documents found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from math import ceil

import tantivy
from tantivy import FieldType, Occur, Query

from searchkit.engines.tantivy.schema import DATE, DAY, SEPARATOR, TIMES, WRITTEN, encode_term
from searchkit.engines.tantivy.scoring import Leaf, Weigh, list_terms, make_weigher, weigh
from searchkit.engines.tantivy.snapshot import Snapshot
from searchkit.search import query as q
from searchkit.search.edits import list_edits
from searchkit.search.expansion import Expansion, choose_words, compile_pattern, find_beginning
from searchkit.search.languages import FIELD as LANGUAGE
from searchkit.search.ranking import K1

MOST_PHRASES = 64  # of two words at a distance, by which near words are sifted; beyond, reading the texts costs no more
Patterns = Mapping[q.Pattern, Expansion]


class Compiler:
    """Compiles queries for one snapshot; each node once."""

    def __init__(self, snapshot: Snapshot, patterns: Iterable[q.Pattern]) -> None:
        self.snapshot = snapshot
        self.expansions: Patterns = {pattern: _expand(snapshot, pattern) for pattern in dict.fromkeys(patterns)}
        self._compiled: dict[q.Query, Query] = {}
        self._weighers: dict[Leaf, Weigh] = {}

    def compile(self, query: q.Query) -> Query:
        """The query as tantivy's."""
        if query not in self._compiled:
            self._compiled[query] = self._compile(query)
        return self._compiled[query]

    def weigher(self, leaf: Leaf) -> Weigh:
        """What weighs a leaf in documents."""
        if leaf not in self._weighers:
            self._weighers[leaf] = make_weigher(self.snapshot, leaf)
        return self._weighers[leaf]

    def _compile(self, query: q.Query) -> Query:
        match query:
            case q.Everything() | q.And(()) | q.Phrase(_, ()):
                return _score(Query.all_query(), 0.0)
            case q.Term(field, term):
                return self._weigh(query, Query.term_query(self.snapshot.schema, field, encode_term(term)))
            case q.Phrase(field, (term,)):
                return self.compile(q.Term(field, term))
            case q.Phrase(field, terms):
                return self._weigh(query, Query.phrase_query(self.snapshot.schema, field,
                                                             list(map(encode_term, terms))))
            case q.Near():
                return self._verify(query, 1)
            case q.AtLeast(least, child):
                return self._compile_at_least(least, child)
            case q.And(children):
                return Query.boolean_query([(Occur.Must, self.compile(child)) for child in children])
            case q.Or(children):
                return Query.boolean_query([(Occur.Should, self.compile(child)) for child in children])
            case q.Boost(child, factor):
                return Query.boost_query(self.compile(child), factor)
            case q.Prefer(child, bonuses):
                return Query.boolean_query([(Occur.Must, self.compile(child)),
                                            *((Occur.Should, self.compile(bonus)) for bonus in bonuses)])
            case q.ByLanguage():
                return self._compile_by_language(query)
            case q.Not(child):
                return _score(exclude(Query.all_query(), self.compile(child)), 0.0)
            case q.Prefix(field) | q.Wildcard(field) | q.Fuzzy(field):
                return self._any_of(field + WRITTEN, map(encode_term, self.expansions[query].words), 1.0)
            case _:
                return self._compile_filter(query)

    def _compile_filter(self, query: q.Query) -> Query:
        match query:
            case q.Keyword(field):
                return self._any_of(field, self.snapshot.list_values(field, query.key))
            case q.KeywordPrefix(field, _, excluded):
                without = set(map(encode_term, excluded))
                terms = (term for term, _ in self.snapshot.list_terms(field, encode_term(query.key)))
                return self._any_of(field, (term for term in terms if term.partition(SEPARATOR)[0] not in without))
            case q.DateRange(_, first, last):
                days = Query.range_query(self.snapshot.schema, DAY, FieldType.Unsigned, max(first or 0, 0),
                                         last if last is None else max(last, 0))
                return _score(days, 0.0)
            case q.Missing(field):
                has_value = Query.exists_query(DATE if field == "date" else field)
                return _score(exclude(Query.all_query(), has_value), 0.0)
            case _:
                raise TypeError(f"not a query: {query!r}")

    def _compile_by_language(self, query: q.ByLanguage) -> Query:
        parts, named = [], set[str]()
        for languages, node in query.choices:  # of choices with a language in common the first one counts
            parts.append(both(self.compile(node), self._find_languages(set(languages) - named)))
            named.update(languages)
        parts.append(exclude(self.compile(query.default), self._find_languages(query.languages)))
        return Query.boolean_query([(Occur.Should, part) for part in parts])

    def _find_languages(self, languages: Iterable[str]) -> Query:
        """Documents in these languages."""
        return self._any_of(LANGUAGE, (term for key in languages for term in self.snapshot.list_values(LANGUAGE, key)))

    def _compile_at_least(self, least: int, child: q.Term | q.Phrase | q.Near) -> Query:
        """How often a term stands in a document is a term itself; of what consists of terms, it is counted."""
        if least <= 1:
            return self.compile(child)
        if isinstance(child, q.Phrase) and len(child.terms) == 1:
            child = q.Term(child.field, *child.terms)
        if not isinstance(child, q.Term):
            return self._verify(child, least)
        field, beginning = child.field + TIMES, encode_term(child.term) + SEPARATOR
        often = [term for term, _ in self.snapshot.list_terms(field, beginning)
                 if int(term.removeprefix(beginning)) >= least]
        return both(self.compile(child), self._any_of(field, often))

    def _verify(self, query: q.Phrase | q.Near, least: int) -> Query:
        """The documents in which the terms stand so often in this manner."""
        if not query.terms:
            return Query.empty_query() if isinstance(query, q.Near) else self.compile(q.Everything())
        snapshot = self.snapshot
        candidates = self._sift(query) if isinstance(query, q.Near) else self.compile(query)
        weigh_row = self.weigher(query)
        found: defaultdict[float, list[tantivy.DocAddress]] = defaultdict(list)
        for _, address in snapshot.find_all(candidates):
            times, points = weigh_row(snapshot.load(address))
            if times >= least:
                found[ceil(10 * points) / 10].append(address)
        return Query.boolean_query([(Occur.Should, Query.const_score_query(snapshot.name(addresses), points))
                                    for points, addresses in found.items()])

    def _sift(self, near: q.Near) -> Query:
        """At least the documents that match: in which the first term and each other one are near enough."""
        schema, (first, *others) = self.snapshot.schema, map(encode_term, dict.fromkeys(near.terms))
        reach = len(near.terms) + near.slop - 1
        if not others or 2 * reach * len(others) > MOST_PHRASES:
            terms = (first, *others)
            return Query.boolean_query([(Occur.Must, Query.term_query(schema, near.field, term)) for term in terms])
        return Query.boolean_query([
            (Occur.Must, Query.boolean_query([
                (Occur.Should, Query.phrase_query(schema, near.field, [(0, one), (distance, two)]))
                for distance in range(1, reach + 1) for one, two in ((first, other), (other, first))]))
            for other in others])

    def _weigh(self, query: q.Term | q.Phrase, native: Query) -> Query:
        """The query with tantivy's scores brought to ours."""
        if not self.snapshot.has_deleted:
            return Query.boost_query(native, 1 / (K1 + 1))
        ours, theirs = weigh(self.snapshot, query), self.snapshot.native_rarity(query.field, list_terms(query))
        return Query.boost_query(native, ours / theirs / (K1 + 1) if theirs else 0.0)

    def _any_of(self, field: str, terms: Iterable[str], points: float = 0.0) -> Query:
        """Documents with one of the terms."""
        return self.snapshot.any_of({field: list(terms)}, points)


def both(one: Query, other: Query) -> Query:
    """What matches two queries; scores add up."""
    return Query.boolean_query([(Occur.Must, one), (Occur.Must, other)])


def exclude(query: Query, excluded: Query) -> Query:
    """What matches a query and not another one."""
    return Query.boolean_query([(Occur.Must, query), (Occur.MustNot, excluded)])


def _score(query: Query, points: float) -> Query:
    return Query.const_score_query(query, points)


def _expand(snapshot: Snapshot, pattern: q.Pattern) -> Expansion:
    """The words that a pattern stands for; documents are counted only where there are too many words."""
    field, beginning = pattern.field + WRITTEN, encode_term(find_beginning(pattern))
    fitting = _find_fitting(snapshot, pattern, beginning)
    counts: dict[str, int] = {}

    def find_frequency(word: str) -> int:
        if not counts:
            counts.update(snapshot.list_terms(field, beginning, Query.all_query()))
        return counts.get(word, 0)

    return choose_words(fitting, find_frequency)


def _find_fitting(snapshot: Snapshot, pattern: q.Pattern, beginning: str) -> Collection[str]:
    """The words that a pattern fits. Fuzzy ones begin with one letter, as too many others do to list them each time."""
    fits: Callable[[str], bool] = compile_pattern(pattern)
    if not isinstance(pattern, q.Fuzzy):
        return [word for word, _ in snapshot.list_terms(pattern.field + WRITTEN, beginning) if fits(word)]
    words = snapshot.list_words(pattern.field, beginning)
    if pattern.distance == 1:
        return words.known.intersection(list_edits(pattern.word, words.letters))
    return [word for word in words.known if fits(word)]
