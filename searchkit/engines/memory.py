"""The memory engine: dictionaries and loops. Every other engine is held against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from searchkit.engines.base import (
    MOST_COPIES,
    PERIODS,
    Copied,
    FacetRequest,
    Matches,
    Request,
    find_day,
    find_names,
    miss,
    rank_values,
)
from searchkit.errors import SettingsError
from searchkit.fields import BY_NAME, Kind
from searchkit.model import Document
from searchkit.results import FacetValue
from searchkit.search import query as q
from searchkit.search.analysis import PASSAGE_GAP, Analysed
from searchkit.search.expansion import Expansion, choose_words, compile_pattern, find_cuts
from searchkit.search.folding import fold_value
from searchkit.search.ranking import score, weigh_length, weigh_rarity
from searchkit.search.vocabulary import Choose, make_vocabulary


class _Held(NamedTuple):
    """A document with the two forms of its n-th token at place n, for each text field, and the values of its others."""

    document: Document
    terms: dict[str, tuple[str, ...]]
    written: dict[str, tuple[str, ...]]
    keywords: dict[str, tuple[str, ...]]


class MemoryEngine:
    """Keeps everything in this process and forgets it with it."""

    notice = ""

    def __init__(self) -> None:
        self._documents: dict[str, _Held] = {}

    def add(self, documents: Iterable[Analysed]) -> None:
        """Store documents, replacing those with the same id."""
        self._documents.update((analysed.id, _hold(analysed)) for analysed in documents)

    def delete(self, ids: Iterable[str]) -> int:
        """Forget documents; how many there were."""
        return sum(self._documents.pop(id_, None) is not None for id_ in ids)

    def get(self, ids: Sequence[str]) -> list[Document]:
        """Documents in the order of their ids."""
        for id_ in ids:
            if id_ not in self._documents:
                raise miss(id_)
        return [self._documents[id_].document for id_ in ids]

    def search(self, request: Request) -> Matches:
        """Answer a request by looking at every document."""
        scores = self._match(request.query)
        ranked = sorted(scores, key=lambda id_: self._rank(id_, scores[id_], request.sort))
        texts: dict[str, list[str]] = {}
        for id_ in ranked:
            texts.setdefault(self._name_text(id_), []).append(id_)
        shown = [ids[0] for ids in texts.values()] if request.collapse else ranked
        page = shown[request.offset:request.offset + request.limit]
        return Matches(
            total=len(scores),
            hits=tuple((id_, scores[id_]) for id_ in page),
            facets=tuple(self._count(scores if facet.query is None else self._match(facet.query), facet)
                         for facet in request.facets),
            cuts=find_cuts({pattern: self._expand(pattern)
                            for query in request.queries for pattern in q.find_patterns(query)}),
            distinct=len(texts),
            copies=tuple(self._describe_copies(id_, texts[self._name_text(id_)], request) for id_ in page),
        )

    def find_words(self, field: str, choose: Choose) -> dict[str, int]:
        """Words of a text field, or values of a keyword field, and in how many documents each stands."""
        is_text = BY_NAME[field].kind is Kind.TEXT
        counts = Counter(word for held in self._documents.values()
                         for word in (set(held.written[field]) - {PASSAGE_GAP} if is_text
                                      else set(held.keywords[field])))
        return {word: counts[word] for word in choose(make_vocabulary(counts))}

    def count(self) -> int:
        """How many documents there are."""
        return len(self._documents)

    def list_ids(self, after: str | None, limit: int) -> list[str]:
        """Ids in the order in which they came, those after one."""
        if after is not None and after not in self._documents:
            raise miss(after)
        ids = iter(self._documents)
        if after is not None:
            next(id_ for id_ in ids if id_ == after)
        return list(islice(ids, limit))

    def clear(self) -> None:
        """Forget all documents."""
        self._documents.clear()

    def close(self) -> None:
        """Nothing to let go of."""

    def _match(self, query: q.Query) -> dict[str, float]:
        """Scores of the documents that match, by id."""
        match query:
            case q.Everything():
                return dict.fromkeys(self._documents, 0.0)
            case q.Term() | q.Phrase() | q.Near():
                return self._score(query, 1)
            case q.AtLeast(count, child):
                return self._score(child, count)
            case q.Prefix(field) | q.Wildcard(field) | q.Fuzzy(field):
                words = set(self._expand(query).words)
                return {id_: 1.0 for id_, held in self._documents.items()
                        if not words.isdisjoint(held.written[field])}
            case q.And(children):
                matches = [self._match(child) for child in children]
                shared = set(self._documents).intersection(*matches)
                return {id_: _add_up(id_, matches) for id_ in shared}
            case q.Or(children):
                matches = [self._match(child) for child in children]
                any_of: set[str] = set().union(*matches)
                return {id_: _add_up(id_, matches) for id_ in any_of}
            case q.Boost(child, factor):
                return {id_: factor * points for id_, points in self._match(child).items()}
            case q.Prefer(child, bonuses):
                matched = self._match(child)
                parts = [matched, *map(self._match, bonuses)]
                return {id_: _add_up(id_, parts) for id_ in matched}
            case q.ByLanguage():
                found = {node: self._match(node) for node in query.nodes}
                asked = {id_: query.choose(_find_language(held)) for id_, held in self._documents.items()}
                return {id_: found[node][id_] for id_, node in asked.items() if id_ in found[node]}
            case q.Not(child):
                matched = self._match(child)
                return {id_: 0.0 for id_ in self._documents if id_ not in matched}
            case _:
                return {id_: 0.0 for id_, held in self._documents.items() if _accepts(query, held)}

    def _expand(self, pattern: q.Pattern) -> Expansion:
        """The words that a pattern stands for."""
        fits = compile_pattern(pattern)
        frequencies = Counter(word for held in self._documents.values()
                              for word in set(held.written[pattern.field]) if word != PASSAGE_GAP and fits(word))
        return choose_words(frequencies, frequencies.__getitem__)

    def _score(self, query: q.Term | q.Phrase | q.Near, least: int) -> dict[str, float]:
        """BM25 of a term, or of several as one, where it stands so often at least."""
        field, terms = query.field, (query.term,) if isinstance(query, q.Term) else query.terms
        texts = {id_: held.terms[field] for id_, held in self._documents.items()}
        if isinstance(query, q.Near):
            frequencies = {id_: _count_windows(text, terms, query.slop) for id_, text in texts.items()}
        else:
            frequencies = {id_: _count_runs(text, terms) for id_, text in texts.items()}
        lengths = {id_: sum(term != PASSAGE_GAP for term in text) for id_, text in texts.items()}
        average = sum(lengths.values()) / len(lengths) if lengths else 0.0
        idf = sum(weigh_rarity(len(texts), sum(term in text for text in texts.values())) for term in terms)
        return {id_: score(idf, frequency, weigh_length(lengths[id_], average))
                for id_, frequency in frequencies.items() if frequency >= least}

    def _rank(self, id_: str, points: float, sort: str) -> tuple[float, float, str]:
        day = _find_day(self._documents[id_])
        newest = float("inf") if day is None else -day
        oldest = float("inf") if day is None else day
        first = {"relevance": -points, "newest": newest, "oldest": oldest}[sort]
        return first, newest, id_

    def _name_text(self, id_: str) -> str:
        """What stands for the text of a document: its group, or else the document."""
        group = self._documents[id_].document.group
        return f"group {group}" if group else f"document {id_}"

    def _describe_copies(self, hit: str, matches: Sequence[str], request: Request) -> Copied:
        ids = [id_ for id_ in matches if id_ != hit]
        values = self._count(ids, request.copied) if request.copied else ()
        return Copied(len(ids), tuple(ids[:MOST_COPIES]), values)

    def _count(self, ids: Iterable[str], request: FacetRequest) -> tuple[FacetValue, ...]:
        counts: Counter[str | None] = Counter()
        texts: dict[str | None, set[str]] = {}
        for id_ in ids:
            for name in _find_names(self._documents[id_], request):
                counts[name] += 1
                texts.setdefault(name, set()).add(self._name_text(id_))
        return rank_values(counts, request, {name: counts[name] - len(texts[name]) for name in counts})


def _hold(analysed: Analysed) -> _Held:
    tokens = analysed.tokens
    return _Held(analysed.document, {field: of.list_terms() for field, of in tokens.items()},
                 {field: of.list_written() for field, of in tokens.items()}, analysed.keywords)


def _accepts(query: q.Query, held: _Held) -> bool:
    """Whether a document matches a node that neither scores by rarity nor has children."""
    match query:
        case q.Keyword(field):
            return query.key in map(fold_value, held.keywords[field])
        case q.KeywordPrefix(field, _, excluded):
            keys = map(fold_value, held.keywords[field])
            return any(key.startswith(query.key) and key not in excluded for key in keys)
        case q.DateRange(_, first, last):
            day = _find_day(held)
            return day is not None and (first is None or first <= day) and (last is None or day <= last)
        case q.Missing("date"):
            return held.document.date is None
        case q.Missing(field):
            return not held.keywords[field]
        case _:
            raise TypeError(f"not a query: {query!r}")


def _add_up(id_: str, parts: Iterable[dict[str, float]]) -> float:
    """The sum of a document's scores, from left to right: another order differs in the last digit."""
    total = 0.0
    for scores in parts:
        total += scores.get(id_, 0.0)
    return total


def _find_names(held: _Held, request: FacetRequest) -> set[str | None]:
    """The names under which a document counts."""
    if request.field == "date":
        date = held.document.date
        return {date.value[:PERIODS[request.period]] if date else None}
    return find_names(held.keywords[request.field], held.keywords["entity"], request.naming)


def _find_language(held: _Held) -> str | None:
    return next(iter(held.keywords["language"]), None)


def _find_day(held: _Held) -> int | None:
    date = held.document.date
    return find_day(date.value) if date else None


def _count_runs(text: Sequence[str], terms: tuple[str, ...]) -> int:
    """How often the terms follow each other in the text."""
    width = len(terms)
    return sum(tuple(text[i:i + width]) == terms for i in range(len(text) - width + 1))


def _count_windows(text: Sequence[str], terms: tuple[str, ...], slop: int) -> int:
    """How many places of the text have one of the terms, and all of them within so many places from there."""
    needed, width = Counter(terms), len(terms) + slop
    return sum(term in needed and needed <= Counter(text[i:i + width]) for i, term in enumerate(text))


def open_folder(folder: Path | None) -> MemoryEngine:
    """A new, empty engine. Raises SettingsError when it is asked to keep an index in a folder."""
    if folder is not None:
        raise SettingsError("engine 'memory' keeps nothing on disk", "--engine memory",
                            "it is for tests and for searchkit.open(None); leave --engine out")
    return MemoryEngine()
