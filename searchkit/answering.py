"""Answering: from the text of a query and its options to its results, on any engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from searchkit import reranking
from searchkit.aliasfile import AliasFile
from searchkit.copies import asks_for_copies, describe, name_publishers
from searchkit.engines.base import SORTS, Engine, FacetRequest, Matches, Request
from searchkit.errors import DocumentNotFound
from searchkit.facets import name_facet, read_facet, show_values
from searchkit.model import Document
from searchkit.queryoptions import (
    QueryOptions,
    check,
    check_count,
    check_options,
    list_values,
    read_asked,
    read_filters,
)
from searchkit.results import Hit, Partial, Results
from searchkit.search.bonuses import prefer
from searchkit.search.highlight import highlight
from searchkit.search.languages import FIELD as LANGUAGE
from searchkit.search.languages import list_all, rank_languages
from searchkit.search.query import Query, both
from searchkit.search.question import Archive, Question
from searchkit.search.snippets import make_document_snippets

if TYPE_CHECKING:
    from searchkit.search.explanation import Explanation

DEFAULT_FACETS = ("publisher", "date", "entity")
MOST_PARTIAL = 100  # partial matches, where all hits are asked for
MOST_TRIES = 5  # of a query whose documents are deleted while it is answered
FEW = 10  # hits, a page of them: where there are no more, a query says what would help

NameHome = Callable[[str], str | None]  # the name of the index that a document is from, by its id


def name_none(id_: str) -> None:
    """No name: of one index nothing has to be said."""


class Answering:
    """What is asked of an engine and what is made of its matches, under the names that aliases give.

    ``name_home`` says of several indexes from which a hit is.
    """

    def __init__(self, engine: Engine, aliases: AliasFile, name_home: NameHome = name_none) -> None:
        self._engine = engine
        self._aliases = aliases
        self._name_home = name_home

    def answer(self, text: str, options: QueryOptions) -> Results:
        """Answer a query. Raises QueryError, SettingsError."""
        check_options(options, "query")
        begun = time.perf_counter()
        question = read_asked(text, options, self._find_languages())
        request = self._make_request(question, options)
        results = self._answer(question, request, options)
        if request.limit and not request.offset:
            results = self._lead_on(results, question, request, options)
        return replace(results, took_ms=_measure_ms(begun))

    def explain(self, text: str, options: QueryOptions) -> Explanation:
        """Why a query finds what it finds. Raises QueryError, SettingsError."""
        from searchkit.search.explanation import explain

        check_options(options, "explain")
        return explain(read_asked(text, options, self._find_languages()), self._archive)

    def find_similar(self, document: Document, options: QueryOptions) -> Results:
        """Documents like this one; itself and those with the same story are left out. Raises SettingsError."""
        from searchkit.search.similar import leave_out_copies, make_similar_query

        check_options(options, "similar")
        query = make_similar_query(document, self.count, self._engine.count())
        question = replace(read_asked("", options, self._find_languages()), text=f"similar to {document.id}",
                           asked=query)
        begun, limit = time.perf_counter(), options.get("limit", 10)
        first = check_count("offset", options.get("offset", 0))
        end = self._engine.count() if limit is None else first + check_count("limit", limit)
        options["facets"], options["offset"], options["rerank"] = (), 0, False

        def answer(count: int) -> Results:
            options["limit"] = count
            return self._answer(question, self._make_request(question, options), options)

        results = leave_out_copies(answer, document, first, end)
        return replace(results, took_ms=_measure_ms(begun))

    def count(self, query: Query) -> int:
        """How many documents a query finds, under the names that hold."""
        return self._engine.search(Request(self._aliases.read().correct_query(query), limit=0)).total

    def _make_request(self, question: Question, options: QueryOptions) -> Request:
        """What the engine is asked; under the names that hold."""
        filters = read_filters(options)
        aliases = self._aliases.read()
        facets = []
        for facet in map(read_facet, dict.fromkeys(list_values(options.get("facets", DEFAULT_FACETS)))):
            lifted = filters.lift(facet.field)
            counted = both(self._widen(question, facet), lifted.to_query(question.today)) if lifted else None
            facets.append(replace(facet, naming=aliases.find_naming(facet.field),
                                  query=aliases.correct_query(counted) if counted else None))
        limit = options.get("limit", 10)
        return Request(
            query=prefer(aliases.correct_query(question.tree)),
            facets=tuple(facets),
            sort=check("sort", options.get("sort", "relevance"), SORTS),
            limit=self._engine.count() if limit is None else check_count("limit", limit),
            offset=check_count("offset", options.get("offset", 0)),
            collapse=options.get("collapse", True) and not asks_for_copies(question.asked),
            copied=name_publishers(aliases.find_naming("publisher")),
        )

    def _widen(self, question: Question, facet: FacetRequest) -> Query:
        """What is asked, as a facet is counted: that of languages in all of them."""
        if facet.field != LANGUAGE:
            return question.asked
        return question.ask_again(question.text, languages=self._find_languages()).asked

    def _answer(self, question: Question, request: Request, options: QueryOptions) -> Results:
        """The results of a request, as the options say."""
        matches, hits = self._find(request, question, options)
        return Results(
            query=question.text,
            parsed=str(question.tree),
            match=question.match,
            total=matches.total,
            took_ms=0.0,
            hits=hits,
            facets={name_facet(facet): show_values(facet, values, options.get("empty_periods", False))
                    for facet, values in zip(request.facets, matches.facets, strict=True)},
            warnings=(*filter(None, [self._engine.notice]), *question.warnings, *map(str, matches.cuts)),
            distinct=matches.distinct,
        )

    def _find(self, request: Request, question: Question, options: QueryOptions) -> tuple[Matches, tuple[Hit, ...]]:
        """The matches and their hits; asked anew where another process deleted one before it was read."""
        count = check_count("snippets", options.get("snippets", 1))
        tries = 0
        while True:
            matches = self._search(request, question, options)
            try:
                return matches, self._make_hits(matches, question.tree, count, request.offset)
            except DocumentNotFound:
                tries += 1
                if tries == MOST_TRIES:
                    raise

    def _search(self, request: Request, question: Question, options: QueryOptions) -> Matches:
        """The engine's matches; the first of them in the order of the model, where that is wanted."""
        if reranking.is_wanted(request, options.get("rerank")):
            return reranking.search(self._engine, request, question.text)
        return self._engine.search(request)

    def _make_hits(self, matches: Matches, tree: Query, snippets: int, offset: int = 0) -> tuple[Hit, ...]:
        """The hits with their documents as they are shown."""
        aliases = self._aliases.read()
        shown = aliases.correct_query(tree)  # by the names of the documents as they were indexed
        documents = self._engine.get([id_ for id_, _ in matches.hits])
        return tuple(
            Hit(aliases.correct_document(document), rank, round(score, 4),
                make_document_snippets(document, shown, snippets),
                highlight(document.title or "", shown, document.entities, document.language),
                describe(copied), self._name_home(document.id))
            for rank, (document, (_, score), copied)
            in enumerate(zip(documents, matches.hits, matches.copies, strict=True), offset + 1))

    def _lead_on(self, results: Results, question: Question, request: Request, options: QueryOptions) -> Results:
        """Results with what helps where they are few: a correction, partial matches, a line of advice."""
        if results.total > FEW:
            return results
        from searchkit.search.correction import suggest
        from searchkit.search.explanation import advise, advise_dates

        if results.total or not question.list_clauses():
            advice = advise_dates(question, self._archive)
        else:
            advice = tuple(filter(None, [advise(question, self._archive)]))
        suggestion = suggest(question, self._archive, results.total)
        partial = None if results.total else self._find_partial(question, request, options)
        return replace(results, suggestion=suggestion, partial=partial, warnings=(*results.warnings, *advice))

    def _find_partial(self, question: Question, request: Request, options: QueryOptions) -> Partial | None:
        """The documents with some of the words; None where there is but one, or nothing has any."""
        loose = question.ask_again(question.text, "any")
        if loose.asked == question.asked:
            return None
        query = prefer(self._aliases.read().correct_query(loose.tree))
        limit = min(request.limit, MOST_PARTIAL)
        matches, hits = self._find(replace(request, query=query, facets=(), limit=limit), loose, options)
        return Partial("any", matches.total, hits) if matches.total else None

    @property
    def _archive(self) -> Archive:
        return Archive(self.count, self._engine.find_words)

    def _find_languages(self) -> tuple[str | None, ...]:
        """The languages of the documents."""
        return rank_languages(self._engine.find_words(LANGUAGE, list_all), self._engine.count())


def _measure_ms(begun: float) -> float:
    return round((time.perf_counter() - begun) * 1000, 1)
