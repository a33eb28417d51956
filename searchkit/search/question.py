"""A question: what was asked and under which filters; and what an archive can tell of why it has no answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from searchkit.errors import QueryError
from searchkit.fields import DEFAULT_FIELD
from searchkit.frozen import frozen
from searchkit.search.operands import Languages
from searchkit.search.parser import parse, parse_words
from searchkit.search.query import (
    And,
    Boost,
    ByLanguage,
    DateRange,
    Everything,
    Fuzzy,
    Missing,
    Near,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
    Wildcard,
    both,
)
from searchkit.search.vocabulary import Choose

CHROME = "chrome"


class Archive(NamedTuple):
    """What is asked of an index: how many documents a query finds; words of a field and their documents."""

    count: Callable[[Query], int]
    find_words: Callable[[str, Choose], dict[str, int]]


@frozen
class Question:
    """The text as typed, what it means in the languages it is to match in, and the filters besides it. Relative dates
    count from ``today``.
    """

    text: str
    match: str
    today: date
    asked: Query
    filters: tuple[Query, ...] = ()
    warnings: tuple[str, ...] = ()
    languages: tuple[str | None, ...] = (None,)

    @property
    def tree(self) -> Query:
        """All of it as one query."""
        return both(self.asked, *self.filters)

    def ask_again(self, text: str, match: str | None = None, languages: Languages | None = None) -> Question:
        """The same filters with another text, or with "any" of the words, or in other languages."""
        return read_question(text, match or self.match, self.filters, self.today, languages or self.languages)

    def list_clauses(self) -> list[Query]:
        """What must all hold: the parts of the text, then the filters."""
        parts = self.asked.children if isinstance(self.asked, And) else (self.asked,)
        return [part for part in (*parts, *self.filters) if not isinstance(part, Everything)]


def read_question(text: str, match: str, filters: tuple[Query, ...], today: date,
                  languages: Languages = (None,)) -> Question:
    """What a text asks for; where any word will do, a fault in the signs is no obstacle. Raises QueryError."""
    known = tuple(languages)
    try:
        return Question(text, match, today, parse(text, today, match, known), filters, languages=known)
    except QueryError as fault:
        words = parse_words(text, known) if match == "any" else None
        if words is None:
            raise
        return Question(text, match, today, words, filters, (f"read as plain words, for {fault.what}",), known)


def list_filters(query: Query) -> tuple[Query, ...]:
    """The filters in the query that is made of them."""
    if isinstance(query, Everything):
        return ()
    return query.children if isinstance(query, And) else (query,)


def drop_dates(question: Question) -> Query | None:
    """Documents that match all but the dates asked for, and have none; None where no date was asked for."""
    clauses = question.list_clauses()
    rest = [clause for clause in clauses if not isinstance(clause, DateRange)]
    return both(*rest, Missing("date")) if len(rest) < len(clauses) else None


def add_chrome(query: Query) -> Query:
    """The query with its words looked for in the site's furniture, too. What it excludes stays as it is."""
    match query:
        case And(children):
            return And(tuple(map(add_chrome, children)))
        case Or(children):
            return Or(tuple(map(add_chrome, children)))
        case Boost(child):
            return replace(query, child=add_chrome(child))
        case ByLanguage():
            return query.map(add_chrome)
        case Term() | Phrase() | Prefix() | Near() | Wildcard() | Fuzzy() if query.field == DEFAULT_FIELD:
            return Or((query, replace(query, field=CHROME)))
        case _:
            return query
