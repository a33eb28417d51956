"""The query parser: from what a user types to a query tree, or a QueryError that says where and why.

    query    = sequence { "OR" sequence }
    sequence = chain { chain }                       (AND between them, OR with match="any")
    chain    = unary { "AND" unary }
    unary    = ( "NOT" | "-" | "+" ) unary | primary
    primary  = "(" query ")" | [ field ":" ] ( "(" query ")" | "phrase" | word | prefix* | date range )
    in:FIELD anywhere says which text the words are looked for in (body, title, chrome, all)

The limits keep every query's cost bounded whatever the engine.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date

from searchkit.errors import QueryError
from searchkit.fields import BY_NAME, DEFAULT_FIELD, FIELDS, TEXT_FIELDS, Field, Kind
from searchkit.search import lexer
from searchkit.search.analysis import analyse, fold
from searchkit.search.dates import FORMS, Period, parse_period
from searchkit.search.lexer import Lexeme
from searchkit.search.query import (
    And,
    DateRange,
    Everything,
    Keyword,
    KeywordPrefix,
    Missing,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
    both,
    either,
)
from searchkit.search.stopwords import read_stopwords

MAX_LENGTH = 4096  # characters
MAX_DEPTH = 64  # nested parentheses and NOTs
MAX_CLAUSES = 512  # words, phrases and field values
SHORTEST_PREFIX = 2  # characters before the *
SCOPES = {**{f.name: (f.name,) for f in TEXT_FIELDS}, "all": ("body", "chrome")}
QUOTE_IT = "put it in quotes to search for it as text"


def parse(text: str, today: date, match: str = "all") -> Query:
    """The query tree of a text; an empty text means all documents.

    ``match`` says what words side by side mean: "all" of them or "any". Relative dates count from ``today``.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(f"the query has {len(text):,} characters, more than {MAX_LENGTH:,}", MAX_LENGTH,
                         "search for fewer words at once")
    lexemes = lexer.split(text)
    scope, rest = _find_scope(lexemes)
    if not rest:
        return Everything()
    parser = _Parser(rest, len(text), today, match)
    tree = parser.read_query(scope)
    parser.expect_end()
    if tree is None:
        raise QueryError("nothing to search for", rest[0].position, "the query has no letter and no digit")
    return tree


def parse_words(text: str) -> Query | None:
    """Any of the words of a text, whatever its signs; of a longer text the first ones. None if there is no word."""
    tokens = list(analyse(text[:MAX_LENGTH]))
    telling = [token for token in tokens if not _is_stopword(text[token.start:token.end], token.written)]
    terms = [Term(DEFAULT_FIELD, token.term) for token in (telling or tokens)[:MAX_CLAUSES]]
    return either(*terms) if terms else None


def _find_scope(lexemes: list[Lexeme]) -> tuple[tuple[str, ...], list[Lexeme]]:
    """The text fields named by ``in:FIELD`` (the body when there is none), and the other lexemes."""
    named: list[str] = []
    rest = []
    for lexeme in lexemes:
        if (lexeme.field or "").lower() != "in":
            rest.append(lexeme)
        elif lexeme.text.lower() in SCOPES:
            named += SCOPES[lexeme.text.lower()]
        else:
            raise QueryError(f"no text to search in called '{lexeme.text}'", lexeme.position,
                             f"there are: {', '.join(SCOPES)}")
    return tuple(dict.fromkeys(named)) or (DEFAULT_FIELD,), rest


@dataclass(slots=True)
class _Parser:
    """Recursive descent over the lexemes. A method returns None for what holds nothing to search for."""

    lexemes: list[Lexeme]
    end: int
    today: date
    match: str
    at: int = 0
    depth: int = 0
    clauses: int = 0

    def read_query(self, scope: tuple[str, ...]) -> Query | None:
        parts = [self._read_sequence(scope)]
        while self._take(lexer.OR):
            parts.append(self._read_sequence(scope))
        found = [part for part in parts if part is not None]
        return either(*found) if found else None

    def expect_end(self) -> None:
        if self.at < len(self.lexemes):
            raise QueryError("this parenthesis closes nothing", self.lexemes[self.at].position,
                             f"remove it, or {QUOTE_IT}")

    def _read_sequence(self, scope: tuple[str, ...]) -> Query | None:
        """Chains side by side. With match="any" one of the words is enough; filters and NOTs still hold."""
        required: list[Query] = []
        optional: list[Query] = []
        idle: list[Query] = []  # stop words
        self._expect_operand()
        while self._peek() not in (lexer.END, lexer.OR, lexer.CLOSE):
            insisted = self._peek() == lexer.PLUS
            at = self.at
            chain = self._read_chain(scope)
            if chain is None:
                continue
            if self.at == at + 1 and self._is_idle(at):
                idle.append(chain)
            elif self.match == "any" and not insisted and _scores(chain):
                optional.append(chain)
            else:
                required.append(chain)
        if not any(map(_scores, (*required, *optional))):
            (optional if self.match == "any" else required).extend(idle)
        if optional:
            required.insert(0, either(*optional))
        return both(*required) if required else None

    def _is_idle(self, at: int) -> bool:
        """Whether a lexeme is a stop word: in capitals it is none ("US"), nor inside a sentence with one ("May")."""
        lexeme = self.lexemes[at]
        if lexeme.kind != lexer.WORD or lexeme.field is not None:
            return False
        word = "".join(token.written for token in analyse(lexeme.text))
        if not _is_stopword(lexeme.text, word):
            return False
        begins = at == 0 or self.lexemes[at - 1].text.endswith((".", "?", "!", ":", "("))
        return begins or lexeme.text[:1].islower()

    def _read_chain(self, scope: tuple[str, ...]) -> Query | None:
        parts = [self._read_unary(scope)]
        while self._take(lexer.AND):
            self._expect_operand()
            parts.append(self._read_unary(scope))
        found = [part for part in parts if part is not None]
        return both(*found) if found else None

    def _read_unary(self, scope: tuple[str, ...]) -> Query | None:
        if self._take(lexer.NOT):
            self._expect_operand()
            with _Nesting(self):
                child = self._read_unary(scope)
            return None if child is None else Not(child)
        if self._take(lexer.PLUS):
            self._expect_operand()
            with _Nesting(self):
                return self._read_unary(scope)
        return self._read_primary(scope)

    def _read_primary(self, scope: tuple[str, ...]) -> Query | None:
        lexeme = self.lexemes[self.at]
        self.at += 1
        if lexeme.kind == lexer.OPEN:
            return self._read_group(lexeme, scope)
        self.clauses += 1
        if self.clauses > MAX_CLAUSES:
            raise QueryError(f"the query has more than {MAX_CLAUSES} words", lexeme.position,
                             "search for fewer words at once")
        if lexeme.field is None:
            return _read_words(lexeme, scope)
        column = _find_field(lexeme)
        if column.kind is Kind.TEXT:
            return _read_words(lexeme, (column.name,))
        if column.kind is Kind.DATE:
            return _read_date(lexeme, column.name, self.today)
        return _read_keyword(lexeme, column.name)

    def _read_group(self, opening: Lexeme, scope: tuple[str, ...]) -> Query | None:
        """What stands in parentheses; after ``field:`` the field holds for the words inside."""
        if opening.field is not None:
            column = _find_field(opening)
            if column.kind is not Kind.TEXT:
                self._spread(column.name)
            else:
                scope = (column.name,)
        with _Nesting(self):
            inside = self.read_query(scope)
        if not self._take(lexer.CLOSE):
            raise QueryError("this parenthesis is never closed", opening.position,
                             f"add a ), or {QUOTE_IT}")
        return inside

    def _spread(self, name: str) -> None:
        """Give the field to each value up to the closing parenthesis: ``publisher:(a OR b)``."""
        fields: list[str | None] = [name]  # of the parentheses that are open; those with their own keep it
        for place in range(self.at, len(self.lexemes)):
            lexeme = self.lexemes[place]
            if lexeme.kind == lexer.OPEN:
                fields.append(lexeme.field or fields[-1])
            elif lexeme.kind == lexer.CLOSE:
                fields.pop()
            if not fields:
                return
            if lexeme.kind in lexer.VALUES and lexeme.field is None and fields[-1] == name:
                self.lexemes[place] = Lexeme(lexeme.kind, lexeme.text, lexeme.position, name)

    def _peek(self) -> str:
        return self.lexemes[self.at].kind if self.at < len(self.lexemes) else lexer.END

    def _take(self, kind: str) -> bool:
        found = self._peek() == kind
        self.at += found
        return found

    def _expect_operand(self) -> None:
        kind = self._peek()
        if kind in (lexer.WORD, lexer.PHRASE, lexer.PREFIX, lexer.OPEN, lexer.NOT, lexer.PLUS):
            return
        position = self.lexemes[self.at].position if self.at < len(self.lexemes) else self.end
        if kind == lexer.CLOSE:
            if self.at and self.lexemes[self.at - 1].kind == lexer.OPEN:
                raise QueryError("nothing stands between these parentheses", position, "remove them")
            if not self.depth:
                self.expect_end()
        raise QueryError("something to search for is missing here", position,
                         "AND, OR, NOT, ( and - want words beside them; in quotes they are words themselves")


class _Nesting:
    """Counts how deep the parser is, so that no query can exhaust the stack."""

    def __init__(self, parser: _Parser) -> None:
        self._parser = parser

    def __enter__(self) -> None:
        self._parser.depth += 1
        if self._parser.depth > MAX_DEPTH:
            position = self._parser.lexemes[min(self._parser.at, len(self._parser.lexemes)) - 1].position
            raise QueryError(f"the query is nested more than {MAX_DEPTH} deep", position,
                             "use fewer parentheses and NOTs")

    def __exit__(self, *_: object) -> None:
        self._parser.depth -= 1


def _is_stopword(text: str, written: str) -> bool:
    """Whether a word, as typed and folded, is a stop word; in capitals it is none."""
    return written in read_stopwords() and not (text.isupper() and len(written) > 1)


def _scores(query: Query) -> bool:
    """Whether a node holds words, and is not a mere filter or exclusion."""
    if isinstance(query, And | Or):
        return any(map(_scores, query.children))
    return isinstance(query, Term | Phrase | Prefix)


def _find_field(lexeme: Lexeme) -> Field:
    name = (lexeme.field or "").lower()
    if name in BY_NAME:
        return BY_NAME[name]
    near = difflib.get_close_matches(name, BY_NAME, n=1, cutoff=0.6)
    meant = f"did you mean '{BY_NAME[near[0]].name}'? " if near else ""
    names = ", ".join(row.name for row in FIELDS)
    raise QueryError(f"unknown field '{lexeme.field}'", lexeme.position,
                     f"{meant}fields: {names}; or {QUOTE_IT}")


def _read_words(lexeme: Lexeme, scope: tuple[str, ...]) -> Query | None:
    """A word, a phrase or a prefix, in each field of the scope."""
    if lexeme.kind == lexer.PREFIX:
        return _read_prefix(lexeme, scope)
    if lexeme.kind == lexer.WORD and "*" in lexeme.text.strip("*") + lexeme.text[:1]:
        raise QueryError("a * can only end a word", lexeme.position, f"such as: carri*; or {QUOTE_IT}")
    terms = tuple(token.term for token in analyse(lexeme.text))
    if not terms:
        return None
    if len(terms) == 1:
        return either(*(Term(name, terms[0]) for name in scope))
    return either(*(Phrase(name, terms) for name in scope))


def _read_prefix(lexeme: Lexeme, scope: tuple[str, ...]) -> Query | None:
    if not lexeme.text:
        return Everything()
    words = [token.written for token in analyse(lexeme.text)]
    if len(words) > 1 and lexer.is_ideograph(lexeme.text[-1]):
        return _read_words(Lexeme(lexer.PHRASE, lexeme.text, lexeme.position), scope)
    if len(words) != 1:
        raise QueryError("a prefix is the beginning of one word", lexeme.position, "such as: carri*")
    prefix = fold(lexeme.text).strip("'")
    if len(prefix) < SHORTEST_PREFIX and not lexer.is_ideograph(prefix):
        raise QueryError(f"'{lexeme.text}*' is too short a prefix", lexeme.position,
                         f"give at least {SHORTEST_PREFIX} letters before the *")
    return either(*(Prefix(name, words[0]) for name in scope))


def _read_keyword(lexeme: Lexeme, name: str) -> Query:
    value = " ".join(lexeme.text.split())
    if lexeme.kind == lexer.PREFIX:
        return KeywordPrefix(name, value) if value else Not(Missing(name))
    if lexeme.kind == lexer.WORD and value.lower() == "none":
        return Missing(name)
    if not value:
        raise QueryError(f"field '{name}' has an empty value", lexeme.position,
                         f"{name}:none finds documents without one")
    return Keyword(name, value)


def _read_date(lexeme: Lexeme, name: str, today: date) -> Query:
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
