"""What one lexeme asks for: of text fields a word, a phrase, words near each other, a prefix, a pattern, a fuzzy
word; of the others a value, its beginning or a run of days.
"""

from __future__ import annotations

from datetime import date

from searchkit.errors import QueryError
from searchkit.search import lexer
from searchkit.search.analysis import analyse, fold
from searchkit.search.dates import FORMS, Period, parse_period
from searchkit.search.lexer import Lexeme
from searchkit.search.query import (
    DateRange,
    Everything,
    Fuzzy,
    Keyword,
    KeywordPrefix,
    Missing,
    Near,
    Not,
    Phrase,
    Prefix,
    Query,
    Term,
    Wildcard,
    either,
)

SHORTEST_PATTERN = 2  # letters of a word with a * or ?, or of a fuzzy one
LONG_WORD = 6  # letters of a fuzzy word in which two may differ; a slip in a shorter one makes another word
MOST_EDITS = 2  # as Lucene; three edits fit most words of the same beginning
MOST_PLACES = 1000  # between words near each other: more is the whole story
QUOTE_IT = "put it in quotes to search for it as text"

# Letters of an alphabet of 1854 (Deseret) stand for the signs while a pattern is analysed as a word.
_TO_LETTERS = str.maketrans("?*", "\U00010428\U00010429")
_TO_SIGNS = str.maketrans("\U00010428\U00010429", "?*")


def read_words(lexeme: Lexeme, scope: tuple[str, ...]) -> Query | None:
    """What a lexeme means in the fields of the scope; None if it has no letter and no digit."""
    match lexeme.kind:
        case lexer.PREFIX:
            return _read_prefix(lexeme, scope)
        case lexer.WILDCARD:
            return _read_wildcard(lexeme, scope)
        case lexer.FUZZY:
            return _read_fuzzy(lexeme, scope)
        case lexer.NEAR:
            return _read_near(lexeme, scope)
        case _:
            return _read_text(lexeme.text, scope)


def _read_text(text: str, scope: tuple[str, ...]) -> Query | None:
    terms = tuple(token.term for token in analyse(text))
    if not terms:
        return None
    if len(terms) == 1:
        return either(*(Term(name, terms[0]) for name in scope))
    return either(*(Phrase(name, terms) for name in scope))


def _read_near(lexeme: Lexeme, scope: tuple[str, ...]) -> Query | None:
    if lexeme.number is None or lexeme.number > MOST_PLACES:
        raise QueryError(f"a ~ behind a phrase wants a number up to {MOST_PLACES:,}", lexeme.position,
                         'such as: "carrier deal"~5')
    terms = tuple(token.term for token in analyse(lexeme.text))
    if len(terms) < 2:
        return _read_text(lexeme.text, scope)
    return either(*(Near(name, terms, lexeme.number) for name in scope))


def _read_prefix(lexeme: Lexeme, scope: tuple[str, ...]) -> Query | None:
    if not lexeme.text:
        return Everything()
    words = [token.written for token in analyse(lexeme.text)]
    if len(words) > 1 and lexer.is_ideograph(lexeme.text[-1]):
        return _read_text(lexeme.text, scope)
    if len(words) != 1:
        raise QueryError("a prefix is the beginning of one word", lexeme.position, "such as: carri*")
    prefix = fold(lexeme.text).strip("'")
    if len(prefix) < SHORTEST_PATTERN and not lexer.is_ideograph(prefix):
        raise QueryError(f"'{lexeme.text}*' is too short a prefix", lexeme.position,
                         f"give at least {SHORTEST_PATTERN} letters before the *")
    return either(*(Prefix(name, words[0]) for name in scope))


def _read_wildcard(lexeme: Lexeme, scope: tuple[str, ...]) -> Query | None:
    """A pattern; a text of several words with question marks (an address of the web) is a phrase."""
    words = [token.written for token in analyse(lexeme.text.translate(_TO_LETTERS))]
    if len(words) > 1 and "*" not in lexeme.text:
        return _read_text(lexeme.text, scope)
    if len(words) != 1:
        raise QueryError("a word with a * or ? is one word", lexeme.position, f"such as: carr*r; or {QUOTE_IT}")
    pattern = words[0].translate(_TO_SIGNS)
    if pattern[0] in "?*":
        raise QueryError("a * or ? cannot begin a word", lexeme.position, f"such as: carr*r; or {QUOTE_IT}")
    if sum(sign not in "?*" for sign in pattern) < SHORTEST_PATTERN:
        raise QueryError(f"'{lexeme.text}' has too few letters", lexeme.position,
                         f"give at least {SHORTEST_PATTERN} letters beside * and ?")
    if not set("?*").intersection(pattern.rstrip("*")):
        return either(*(Prefix(name, pattern.rstrip("*")) for name in scope))
    return either(*(Wildcard(name, pattern) for name in scope))


def _read_fuzzy(lexeme: Lexeme, scope: tuple[str, ...]) -> Query:
    words = [token.written for token in analyse(lexeme.text)]
    if len(words) != 1 or "*" in lexeme.text:
        raise QueryError("a fuzzy word is one word", lexeme.position, "such as: Huawie~")
    if len(words[0]) < SHORTEST_PATTERN:
        raise QueryError(f"'{lexeme.text}~' is too short", lexeme.position,
                         f"give at least {SHORTEST_PATTERN} letters before the ~")
    edits = (2 if len(words[0]) >= LONG_WORD else 1) if lexeme.number is None else lexeme.number
    if edits > MOST_EDITS:
        raise QueryError(f"a fuzzy word may differ in at most {MOST_EDITS} letters", lexeme.position,
                         f"write {lexeme.text}~{MOST_EDITS}")
    return either(*(Fuzzy(name, words[0], edits) for name in scope))


def read_keyword(lexeme: Lexeme, name: str) -> Query:
    """A value of a keyword field, the beginning of one (a lone * is any), or none."""
    value = " ".join(lexeme.text.split())
    if lexeme.kind == lexer.PREFIX:
        return KeywordPrefix(name, value) if value else Not(Missing(name))
    if lexeme.kind == lexer.WORD and value.lower() == "none":
        return Missing(name)
    if not value:
        raise QueryError(f"field '{name}' has an empty value", lexeme.position,
                         f"{name}:none finds documents without one")
    return Keyword(name, value)


def read_date(lexeme: Lexeme, name: str, today: date) -> Query:
    """``date:2018``, ``date:>=2018-03``, ``date:2018-03..2018-06`` (either end may be missing)."""
    text = lexeme.text.strip()
    if lexeme.kind == lexer.PREFIX:
        if text:
            raise QueryError("a date has no prefix", lexeme.position, f"dates are written: {FORMS}")
        return Not(Missing(name))
    if text.lower() == "none":
        return Missing(name)
    for sign in (">=", "<=", ">", "<"):
        if text.startswith(sign):
            period = _read_period(text.removeprefix(sign), lexeme, today)
            return _compare(name, sign, period, lexeme)
    if ".." in text:
        begin, _, end = text.partition("..")
        first = _read_period(begin, lexeme, today).first.toordinal() if begin.strip() else None
        last = _read_period(end, lexeme, today).last.toordinal() if end.strip() else None
        if first is None and last is None:
            return Not(Missing(name))
        if first and last and first > last:
            raise QueryError("this range of dates ends before it begins", lexeme.position, "swap its ends")
        return DateRange(name, first, last)
    period = _read_period(text, lexeme, today)
    return DateRange(name, period.first.toordinal(), period.last.toordinal())


def _compare(name: str, sign: str, period: Period, lexeme: Lexeme) -> DateRange:
    first, last = period.first.toordinal(), period.last.toordinal()
    if (sign == ">" and period.last == date.max) or (sign == "<" and period.first == date.min):
        raise QueryError(f"no day is {'after' if sign == '>' else 'before'} this one", lexeme.position,
                         f"{name}:{sign}= takes the day itself in")
    return {">": DateRange(name, last + 1, None), ">=": DateRange(name, first, None),
            "<": DateRange(name, None, first - 1), "<=": DateRange(name, None, last)}[sign]


def _read_period(text: str, lexeme: Lexeme, today: date) -> Period:
    try:
        return parse_period(text, today)
    except ValueError:
        raise QueryError(f"'{text.strip()}' is no date", lexeme.position,
                         f"dates are written: {FORMS}") from None
