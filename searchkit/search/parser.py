"""The query parser: from what a user types to a query tree, or a QueryError that says where and why.

    query    = sequence { "OR" sequence }
    sequence = chain { chain }                       (AND between them, OR with match="any")
    chain    = unary { "AND" unary }
    unary    = ( "NOT" | "-" | "+" ) unary | primary
    primary  = ( "(" query ")" | [ field ":" ] ( "(" query ")" | operand | date range ) ) [ "^" boost ]
    operand  = word | "phrase" [ "~" places ] | prefix* | wil?d*card | fuzzy~ [ edits ]
               | "atleast(" number "," ( word | "phrase" ) ")"
    in:FIELD anywhere says which text the words are looked for in (body, title, chrome, all)

The limits keep every query's cost bounded whatever the engine.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from datetime import date

from searchkit.errors import QueryError
from searchkit.fields import BY_NAME, DEFAULT_FIELD, FIELDS, TEXT_FIELDS, Field, Kind
from searchkit.search import lexer
from searchkit.search.analysis import analyse, find_words
from searchkit.search.lexer import Lexeme
from searchkit.search.operands import QUOTE_IT, Languages, drop_single, read_date, read_keyword, read_text, read_words
from searchkit.search.query import (
    NOTHING,
    And,
    AtLeast,
    Boost,
    Everything,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    Term,
    Words,
    both,
    by_language,
    choose_language,
    either,
)
from searchkit.search.stopwords import is_stopword

MAX_LENGTH = 4096  # characters
MAX_DEPTH = 64  # nested parentheses and NOTs
MAX_CLAUSES = 512  # words, those of phrases too, and field values
MAX_PATTERNS = 64  # words with a *, ? or ~, times fields: each may be a look at a tenth of the dictionary
MAX_BOOST = 1000
SCOPES = {**{f.name: (f.name,) for f in TEXT_FIELDS}, "all": ("body", "chrome")}


def parse(text: str, today: date, match: str = "all", languages: Languages = (None,)) -> Query:
    """The query tree of a text; an empty text means all documents.

    ``match`` says what words side by side mean: "all" of them or "any". Relative dates count from ``today``.
    Words match as in each of the ``languages``, None among them for documents without one (see ``ByLanguage``).
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(f"the query has {len(text):,} characters, more than {MAX_LENGTH:,}", MAX_LENGTH,
                         "search for fewer words at once")
    lexemes = lexer.split(text)
    scope, rest = _find_scope(lexemes)
    if not rest:
        return Everything()
    parser = _Parser(rest, len(text), today, match, tuple(languages))
    tree = parser.read_query(scope)
    parser.expect_end()
    if tree is None:
        raise QueryError("nothing to search for", rest[0].position, "the query has no letter and no digit")
    return tree


def parse_words(text: str, languages: Languages = (None,)) -> Query | None:
    """Any of the words of a text, whatever its signs; of a longer text the first ones. None if there is no word."""
    tokens = drop_single(list(analyse(text[:MAX_LENGTH])))
    words = [(text[token.start:token.end], token.written) for token in tokens]
    telling = [(word, written) for word, written in words
               if not all(is_stopword(word, written, language) for language in languages)]
    found = [read_text(word, (DEFAULT_FIELD,), languages) for word, _ in (telling or words)[:MAX_CLAUSES]]
    asked = [query for query in found if query is not None]
    return either(*asked) if asked else None


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


class _Parser:
    """Recursive descent over the lexemes. A method returns None for what holds nothing to search for."""

    def __init__(self, lexemes: list[Lexeme], end: int, today: date, match: str,
                 languages: tuple[str | None, ...]) -> None:
        self.lexemes = lexemes
        self.end = end
        self.today = today
        self.match = match
        self.languages = languages
        self.at = 0
        self.depth = 0
        self.clauses = 0
        self.patterns = 0

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
        idle: list[tuple[Query, frozenset[str | None]]] = []  # stop words, and the languages in which they are that
        telling: set[str | None] = set()  # languages in which other words are asked for
        self._expect_operand()
        while self._peek() not in (lexer.END, lexer.OR, lexer.CLOSE):
            insisted = self._peek() == lexer.PLUS
            at = self.at
            chain = self._read_chain(scope)
            if chain is None:
                continue
            idles = self._find_idle(at) if self.at == at + 1 else frozenset()
            if _scores(chain):
                telling.update(language for language in self.languages if language not in idles)
            if idles:
                idle.append((chain, idles))
            elif self.match == "any" and not insisted and _scores(chain):
                optional.append(chain)
            else:
                required.append(chain)
        for chain, idles in idle:
            if kept := self._leave_out(chain, idles & telling):
                (optional if self.match == "any" else required).append(kept)
        if optional:
            required.insert(0, either(*optional))
        return both(*required) if required else None

    def _find_idle(self, at: int) -> frozenset[str | None]:
        """The languages in which a lexeme is a stop word: in capitals it is none ("US"), nor inside a sentence with
        one ("May").
        """
        lexeme = self.lexemes[at]
        if lexeme.kind != lexer.WORD or lexeme.field is not None:
            return frozenset()
        begins = at == 0 or self.lexemes[at - 1].text.endswith((".", "?", "!", ":", "("))
        if not begins and not lexeme.text[:1].islower():
            return frozenset()
        word = "".join(token.written for token in analyse(lexeme.text))
        return frozenset(language for language in self.languages if is_stopword(lexeme.text, word, language))

    def _leave_out(self, chain: Query, idles: Set[str | None]) -> Query | None:
        """A stop word as it is asked for beside other words: not of documents in the languages that have it as one."""
        if idles >= set(self.languages):
            return None
        if not idles:
            return chain
        unasked = NOTHING if self.match == "any" else Everything()
        return by_language({language: unasked if language in idles else choose_language(chain, language)
                            for language in self.languages})

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
        if lexeme.kind == lexer.ATLEAST:
            return self._read_at_least(lexeme, scope)
        self._count(lexeme, len(scope))
        operand = self._read_operand(lexeme, scope)
        return None if operand is None else _weigh(operand, lexeme)

    def _count(self, lexeme: Lexeme, fields: int) -> None:
        """Keep within the limits of words and patterns; a pattern counts in each field it is looked for in."""
        self.clauses += len(find_words(lexeme.text)) or 1
        if lexeme.kind in lexer.PATTERNS:
            self.patterns += 1 if lexeme.field else fields
        if self.clauses > MAX_CLAUSES:
            raise QueryError(f"the query has more than {MAX_CLAUSES} words", lexeme.position,
                             "search for fewer words at once")
        if self.patterns > MAX_PATTERNS:
            raise QueryError(f"the query has more than {MAX_PATTERNS} words with a *, ? or ~", lexeme.position,
                             "search for fewer of them at once, or in fewer fields")

    def _read_operand(self, lexeme: Lexeme, scope: tuple[str, ...]) -> Query | None:
        if lexeme.field is None:
            return read_words(lexeme, scope, self.languages)
        column = _find_field(lexeme)
        if column.kind is Kind.TEXT:
            return read_words(lexeme, (column.name,), self.languages)
        if lexeme.kind in (lexer.FUZZY, lexer.NEAR):
            raise QueryError(f"a ~ does not work on the field '{column.name}'", lexeme.position,
                             f"it works on {', '.join(field.name for field in TEXT_FIELDS)}")
        if column.kind is Kind.DATE:
            return read_date(lexeme, column.name, self.today)
        return read_keyword(lexeme, column.name)

    def _read_at_least(self, opening: Lexeme, scope: tuple[str, ...]) -> Query:
        """How often, and a word or phrase: ``atleast(3, "carrier deal")``."""
        if not opening.number:
            raise QueryError("atleast( wants a number above 0", opening.position, "such as: atleast(3, carrier)")
        if opening.field is not None:
            scope = _find_text_field(opening)
        if self._peek() not in lexer.VALUES:
            raise QueryError("atleast( wants a word or a phrase behind its number", opening.position,
                             "such as: atleast(3, carrier)")
        lexeme = self.lexemes[self.at]
        self.at += 1
        self._count(lexeme, len(scope))
        if lexeme.field is not None:
            scope = _find_text_field(lexeme)
        counted = []
        for name in scope:
            child = read_words(lexeme, (name,), self.languages)
            nodes = {language: choose_language(child or NOTHING, language) for language in self.languages}
            counted.append(by_language({language: _count_least(opening.number, node, lexeme)
                                        for language, node in nodes.items()}))
        if not self._take(lexer.CLOSE):
            raise QueryError("atleast( wants a ) behind one word or phrase", opening.position,
                             'such as: atleast(3, carrier) or atleast(2, "carrier deal")')
        return _weigh(_weigh(either(*counted), lexeme), self.lexemes[self.at - 1])

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
        return None if inside is None else _weigh(inside, self.lexemes[self.at - 1])

    def _spread(self, name: str) -> None:
        """Give the field to each value up to the closing parenthesis: ``publisher:(a OR b)``."""
        fields: list[str | None] = [name]  # of the parentheses that are open; those with their own keep it
        for place in range(self.at, len(self.lexemes)):
            lexeme = self.lexemes[place]
            if lexeme.kind in (lexer.OPEN, lexer.ATLEAST):
                fields.append(lexeme.field or fields[-1])
            elif lexeme.kind == lexer.CLOSE:
                fields.pop()
            if not fields:
                return
            if lexeme.kind in lexer.VALUES and lexeme.field is None and fields[-1] == name:
                self.lexemes[place] = replace(lexeme, field=name)

    def _peek(self) -> str:
        return self.lexemes[self.at].kind if self.at < len(self.lexemes) else lexer.END

    def _take(self, kind: str) -> bool:
        found = self._peek() == kind
        self.at += found
        return found

    def _expect_operand(self) -> None:
        kind = self._peek()
        if kind in (*lexer.VALUES, lexer.OPEN, lexer.ATLEAST, lexer.NOT, lexer.PLUS):
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


def _count_least(count: int, child: Query, lexeme: Lexeme) -> AtLeast:
    if not isinstance(child, Term | Phrase | Near):
        raise QueryError("atleast( counts a word or a phrase", lexeme.position, "such as: atleast(3, carrier)")
    return AtLeast(count, child)


def _scores(query: Query) -> bool:
    """Whether a node holds words, and is not a mere filter or exclusion."""
    if isinstance(query, And | Or):
        return any(map(_scores, query.children))
    return _scores(query.child) if isinstance(query, Boost) else isinstance(query, Words)


def _weigh(query: Query, lexeme: Lexeme) -> Query:
    """The query with the boost that a lexeme gives it."""
    if lexeme.boost is None:
        return query
    if lexeme.boost > MAX_BOOST:
        raise QueryError(f"a boost of more than {MAX_BOOST:,}", lexeme.position, "write a smaller number behind the ^")
    return Boost(query, lexeme.boost)


def _find_field(lexeme: Lexeme) -> Field:
    name = (lexeme.field or "").lower()
    if name in BY_NAME:
        return BY_NAME[name]
    from difflib import get_close_matches

    near = get_close_matches(name, BY_NAME, n=1, cutoff=0.6)
    meant = f"did you mean '{BY_NAME[near[0]].name}'? " if near else ""
    names = ", ".join(row.name for row in FIELDS)
    raise QueryError(f"unknown field '{lexeme.field}'", lexeme.position,
                     f"{meant}fields: {names}; or {QUOTE_IT}")


def _find_text_field(lexeme: Lexeme) -> tuple[str, ...]:
    column = _find_field(lexeme)
    if column.kind is not Kind.TEXT:
        raise QueryError(f"atleast( does not count values of the field '{column.name}'", lexeme.position,
                         f"it counts words of {', '.join(field.name for field in TEXT_FIELDS)}")
    return (column.name,)
