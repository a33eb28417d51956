"""What one lexeme asks for: of text fields a word, a phrase, words near each other, a prefix, a pattern, a fuzzy
word; of the others a value, its beginning or a run of days.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from searchkit.errors import QueryError
from searchkit.search import lexer
from searchkit.search.analysis import Token, analyse
from searchkit.search.dates import FORMS, Period, parse_period
from searchkit.search.folding import fold
from searchkit.search.lexer import Lexeme
from searchkit.search.pairs import is_paired
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
    by_language,
    either,
)
from searchkit.search.stemming import settle_language

SHORTEST_PATTERN = 2  # letters of a word with a * or ?, or of a fuzzy one
LONG_WORD = 6  # letters of a fuzzy word in which two may differ; a slip in a shorter one makes another word
MOST_EDITS = 2  # as Lucene; three edits fit most words of the same beginning
MOST_PLACES = 1000  # between words near each other: more is the whole story
QUOTE_IT = "put it in quotes to search for it as text"

# Letters of an alphabet of 1854 (Deseret) stand for the signs while a pattern is analysed as a word.
_TO_LETTERS = str.maketrans("?*", "\U00010428\U00010429")
_TO_SIGNS = str.maketrans("\U00010428\U00010429", "?*")


Languages = Sequence[str | None]  # in which a query matches: see ``query.by_language``


def read_words(lexeme: Lexeme, scope: tuple[str, ...], languages: Languages) -> Query | None:
    """What a lexeme means in the fields of the scope; None if it has no letter and no digit."""
    match lexeme.kind:
        case lexer.PREFIX:
            return _read_prefix(lexeme, scope, languages)
        case lexer.WILDCARD:
            return _read_wildcard(lexeme, scope, languages)
        case lexer.FUZZY:
            return _read_fuzzy(lexeme, scope)
        case lexer.NEAR:
            return _read_near(lexeme, scope, languages)
        case _:
            return read_text(lexeme.text, scope, languages)


def read_text(text: str, scope: tuple[str, ...], languages: Languages) -> Query | None:
    """A word or a phrase in the fields of the scope, in each language as its documents have it; None where there is
    neither. A single character of a script without spaces is what a word begins with.
    """
    tokens = list(analyse(text))
    if not tokens:
        return None
    if len(tokens) == 1 and is_paired(text, tokens[0].start):
        return either(*(Prefix(name, tokens[0].written) for name in scope))
    if len(drop_closing(tokens)) == 1:
        return _ask(text, scope, languages, lambda name, tokens: Term(name, drop_closing(tokens)[0].term))
    return _ask(text, scope, languages,
                lambda name, tokens: Phrase(name, tuple(token.term for token in drop_closing(tokens))))


def drop_closing(tokens: list[Token]) -> list[Token]:
    """The tokens of a phrase without the character that closes a run at its end: in a text the run may go on."""
    return tokens[:-1] if len(tokens) > 1 and tokens[-2].end == tokens[-1].end else tokens


def drop_single(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without those characters that the pairs beside them hold."""
    return [token for place, token in enumerate(tokens)
            if not (place and tokens[place - 1].end == token.end)
            and not (place + 1 < len(tokens) and tokens[place + 1].start == token.start)]


def _ask(text: str, scope: tuple[str, ...], languages: Languages,
         make: Callable[[str, list[Token]], Query]) -> Query:
    """What a text asks for in the fields, in each language as ``make`` says of a field and the text's tokens."""
    settled = {language: settle_language(language) for language in languages}
    analysed = {code: list(analyse(text, code)) for code in dict.fromkeys(settled.values())}
    return either(*(by_language({language: make(name, analysed[code]) for language, code in settled.items()})
                    for name in scope))


def _read_near(lexeme: Lexeme, scope: tuple[str, ...], languages: Languages) -> Query | None:
    if lexeme.number is None or lexeme.number > MOST_PLACES:
        raise QueryError(f"a ~ behind a phrase wants a number up to {MOST_PLACES:,}", lexeme.position,
                         'such as: "carrier deal"~5')
    slop = lexeme.number
    if len(drop_single(list(analyse(lexeme.text)))) < 2:
        return read_text(lexeme.text, scope, languages)
    return _ask(lexeme.text, scope, languages,
                lambda name, tokens: Near(name, tuple(token.term for token in drop_single(tokens)), slop))


def _read_prefix(lexeme: Lexeme, scope: tuple[str, ...], languages: Languages) -> Query | None:
    if not lexeme.text:
        return Everything()
    tokens = list(analyse(lexeme.text))
    words = [token.written for token in tokens]
    if len(words) > 1 and is_paired(lexeme.text, tokens[-1].start):
        return read_text(lexeme.text, scope, languages)
    if len(words) != 1:
        raise QueryError("a prefix is the beginning of one word", lexeme.position, "such as: carri*")
    prefix = fold(lexeme.text).strip("'")
    if len(prefix) < SHORTEST_PATTERN and not is_paired(prefix):
        raise QueryError(f"'{lexeme.text}*' is too short a prefix", lexeme.position,
                         f"give at least {SHORTEST_PATTERN} letters before the *")
    return either(*(Prefix(name, words[0]) for name in scope))


def _read_wildcard(lexeme: Lexeme, scope: tuple[str, ...], languages: Languages) -> Query | None:
    """A pattern; a text of several words with question marks (an address of the web) is a phrase."""
    words = [token.written for token in analyse(lexeme.text.translate(_TO_LETTERS))]
    if len(words) > 1 and "*" not in lexeme.text:
        return read_text(lexeme.text, scope, languages)
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
