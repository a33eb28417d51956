"""Query trees as queries of the server. What the server cannot tell exactly is given to a compiler as ids.

Sets are those of ``engines.memory``. Terms and phrases score as the server's BM25 does: by its own statistics, in which
deleted documents count until they are merged away, and with lengths above 40 words rounded to a few per cent. Words
near each other score as its phrases with slop do.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from searchkit.engines.opensearch.mapping import LONGEST_VALUE, SEPARATOR, encode, encode_key, encode_value
from searchkit.search import query as q

Clause = dict[str, Any]
EVERYTHING: Clause = {"match_all": {"boost": 0}}
NOTHING: Clause = {"match_none": {}}
_LAST = "\U0010ffff"  # sorts after every text with the same beginning


class Compiler:
    """Compiles trees. ``expand`` gives the words of a pattern; ``read``, with the clause of its child, the ids of the
    documents that match a node which only reading can count (see ``must_be_read``).
    """

    def __init__(self, expand: Callable[[q.Pattern], Sequence[str]],
                 read: Callable[[q.AtLeast, Clause], Sequence[str]]) -> None:
        self._expand, self._read = expand, read

    def compile(self, query: q.Query) -> Clause:
        """The clause that matches the documents of a query, with their scores."""
        match query:
            case q.Everything():
                return EVERYTHING
            case q.Term(field, term):
                return {"term": {f"terms.{field}": {"value": term}}}
            case q.Phrase(field, terms):
                return _compile_phrase(field, terms)
            case q.Near(field, terms, slop):
                return _compile_near(field, terms, slop)
            case q.AtLeast(count, child):
                return self._compile_at_least(query) if count > 1 else self.compile(child)
            case q.Prefix(field) | q.Wildcard(field) | q.Fuzzy(field):
                words = list(self._expand(query))
                return {"constant_score": {"filter": {"terms": {f"written.{field}": words}}}} if words else NOTHING
            case q.And(children):
                return {"bool": {"must": self._compile_all(children)}} if children else EVERYTHING
            case q.Or(children):
                return match_any([*_compile_keywords(children), *self._compile_all(
                    child for child in children if not isinstance(child, q.Keyword))])
            case q.Boost(child, factor):
                return {"bool": {"must": [self.compile(child)], "boost": factor}}
            case q.Prefer(child, bonuses):
                return {"bool": {"must": [self.compile(child)], "should": self._compile_all(bonuses)}}
            case q.ByLanguage():
                return match_any([{"bool": {"must": [self.compile(node)], "filter": [speaking]}}
                                  for speaking, node in list_choices(query)])
            case q.Not(child):
                return {"bool": {"filter": [EVERYTHING], "must_not": [self.compile(child)]}}
            case _:
                return {"bool": {"filter": [_compile_filter(query)]}}

    def _compile_all(self, queries: Iterable[q.Query]) -> list[Clause]:
        return [self.compile(query) for query in queries]

    def _compile_at_least(self, query: q.AtLeast) -> Clause:
        child = self.compile(query.child)
        if must_be_read(query):
            often: Clause = {"ids": {"values": list(self._read(query, child))}}
        else:
            often = _follow(query.child.field, [_make_run(_list_terms(query.child))] * query.count)
        return {"bool": {"must": [child], "filter": [often]}}


def match_any(clauses: list[Clause]) -> Clause:
    """Documents that match one of these; scores are added."""
    return {"bool": {"should": clauses, "minimum_should_match": 1}} if clauses else NOTHING


def list_choices(query: q.Query) -> Iterator[tuple[Clause, q.Query]]:
    """What is asked of the documents in each language, behind the clause of these: each node for the languages that no
    choice before it names, the default for all others and for none.
    """
    if not isinstance(query, q.ByLanguage):
        yield EVERYTHING, query
        return
    yield {"bool": {"must_not": [_speak(query.languages)]}}, query.default
    named: set[str] = set()
    for languages, node in query.choices:
        yield _speak(set(languages) - named), node
        named.update(languages)


def _speak(languages: Iterable[str]) -> Clause:
    """Documents in one of these languages."""
    return {"terms": {"keys.language": sorted(map(encode_key, languages))}}


def _compile_keywords(queries: Iterable[q.Query]) -> Iterator[Clause]:
    """One clause for all values of a field: an alias may stand for more of them than a server takes clauses."""
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for query in queries:
        if isinstance(query, q.Keyword):
            keys[query.field].append(encode_key(query.key))
    for field, values in keys.items():
        yield {"bool": {"filter": [{"terms": {f"keys.{field}": values}}]}}


def must_be_read(query: q.AtLeast) -> bool:
    """Whether the server cannot count the child: places that may overlap it finds only once."""
    terms = _list_terms(query.child)
    if isinstance(query.child, q.Near):
        return len(terms) > 1
    return any(terms[:size] == terms[-size:] for size in range(1, len(terms)))


def _list_terms(query: q.Term | q.Phrase | q.Near) -> tuple[str, ...]:
    return (query.term,) if isinstance(query, q.Term) else query.terms


def _compile_phrase(field: str, terms: tuple[str, ...]) -> Clause:
    """Words that follow each other; no words follow each other everywhere."""
    return {"match_phrase": {f"terms.{field}": SEPARATOR.join(terms)}} if terms else EVERYTHING


def _compile_near(field: str, terms: tuple[str, ...], slop: int) -> Clause:
    if len(terms) < 2:
        return _compile_phrase(field, terms) if terms else NOTHING
    width = len(terms) + slop
    counts = Counter(terms)
    if len(counts) == 1:
        window = _follow(field, [_make_run(terms[:1])] * len(terms), slop)
    elif len(counts) == len(terms):
        window = _gather(field, [_make_run((term,)) for term in terms], {"max_gaps": slop})
    else:
        runs = [_join([_make_run((term,))] * count) for term, count in counts.items()]
        near = {"filter": {"script": {"source": f"interval.end - interval.start < {width}"}}}
        window = _gather(field, runs, near)
    phrase = {"match_phrase": {f"terms.{field}": {"query": SEPARATOR.join(terms), "slop": 2 * width}}}
    return {"bool": {"filter": [window], "should": [phrase]}}


def _make_run(terms: Sequence[str]) -> Clause:
    """Words that follow each other, as intervals."""
    return {"match": {"query": SEPARATOR.join(terms), "mode": "ordered", "max_gaps": 0}}


def _join(parts: Sequence[Clause], gaps: int = -1) -> Clause:
    """Intervals one after the other."""
    return {"all_of": {"mode": "ordered", "max_gaps": gaps, "intervals": list(parts)}} if len(parts) > 1 else parts[0]


def _follow(field: str, parts: Sequence[Clause], gaps: int = -1) -> Clause:
    return {"intervals": {f"terms.{field}": _join(parts, gaps)}}


def _gather(field: str, parts: Sequence[Clause], bound: Clause) -> Clause:
    """Intervals in any order, within a bound."""
    return {"intervals": {f"terms.{field}": {"all_of": {"mode": "unordered", "intervals": list(parts), **bound}}}}


def _compile_filter(query: q.Query) -> Clause:
    """The clause of a node that does not score."""
    match query:
        case q.Keyword(field):
            return {"term": {f"keys.{field}": encode_key(query.key)}}
        case q.KeywordPrefix(field, _, excluded):
            return _compile_prefix(f"keys.{field}", encode(query.key)[:LONGEST_VALUE], excluded)
        case q.DateRange(_, None, None):
            return {"exists": {"field": "day"}}
        case q.DateRange(_, first, last):
            bounds = {"gte": first, "lte": last}
            return {"range": {"day": {name: day for name, day in bounds.items() if day is not None}}}
        case q.Missing(field):
            return {"bool": {"must_not": [{"exists": {"field": "day" if field == "date" else field}}]}}
        case _:
            raise TypeError(f"not a query: {query!r}")


def _compile_prefix(field: str, prefix: str, excluded: Sequence[str]) -> Clause:
    """Values that begin so, but for those excluded: the stretches between these, in the order of all values."""
    if not excluded:
        return {"prefix": {field: {"value": prefix}}}
    edges = sorted(key for key in set(map(encode_value, excluded)) if key.startswith(prefix))
    starts: list[Clause] = [{"gte": prefix}, *({"gt": edge} for edge in edges)]
    ends: list[Clause] = [*({"lt": edge} for edge in edges), {"lt": prefix + _LAST}]
    return {"bool": {"should": [{"range": {field: {**start, **end}}}
                                for start, end in zip(starts, ends, strict=True)]}}
