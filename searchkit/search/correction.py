"""Did you mean: the query with misspelt words replaced by words of the index that find something."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import NamedTuple

from searchkit.errors import QueryError
from searchkit.fields import BY_NAME, DEFAULT_FIELD, Kind
from searchkit.search import lexer
from searchkit.search.analysis import analyse
from searchkit.search.edits import count_edits
from searchkit.search.lexer import Lexeme
from searchkit.search.operands import Languages, read_text
from searchkit.search.pairs import is_paired
from searchkit.search.parser import SCOPES
from searchkit.search.query import NOTHING, Query, both
from searchkit.search.question import Archive, Question
from searchkit.search.spelling import rank_near
from searchkit.search.vocabulary import LONG, find_near

MOST_LOOKED_UP = 16  # words of a query that are looked at
MOST_REPLACED = 4  # of them; each costs a search of the vocabulary, some hundredths of a second at most
MOST_TRIED = 5  # replacements for each
MOST_VARIED = 8  # queries made of them
SHORTEST = 3  # letters
RARE, RARE_IF_LONG = 2, 20  # documents: a word that so few have may still be a mistake,
MUCH = 50  # if one that is a single edit away has so many times as many; short words have such neighbours anyway


class Typed(NamedTuple):
    """A word as it stands in the text, from ``start``: folded, and the fields it is looked for in."""

    word: str
    start: int
    written: str
    fields: tuple[str, ...]


Choice = tuple[Typed, str]


def suggest(question: Question, archive: Archive, total: int) -> str | None:
    """The text with its misspelt words replaced; None where none is, or no replacement finds anything."""
    typed = islice(_find_typed(question.text), MOST_LOOKED_UP)
    counted = [(archive.count(_look_for(word.word, word.fields, question.languages)), word) for word in typed]
    rare = sorted(((documents, word) for documents, word in counted if documents <= _bound_rare(word)),
                  key=lambda pair: pair[0])[:MOST_REPLACED]
    found = ((word, _find_replacements(word, documents, question, archive)) for documents, word in rare)
    faults = [(word, ranked) for word, ranked in found if ranked]
    if not faults:
        return None
    best: list[Choice] = [(word, ranked[0]) for word, ranked in faults]
    for choices in islice(_vary(best, faults), MOST_VARIED):
        text = _write(question.text, choices)
        if _count(question, text, archive) > total:
            return text
    return _write(question.text, best)


def _vary(best: list[Choice], faults: list[tuple[Typed, list[str]]]) -> Iterator[list[Choice]]:
    """The best choices, then the others with one of them exchanged."""
    yield best
    for place, (word, ranked) in enumerate(faults):
        for other in ranked[1:]:
            yield [*best[:place], (word, other), *best[place + 1:]]


def _find_replacements(typed: Typed, documents: int, question: Question, archive: Archive) -> list[str]:
    """The likeliest words that were meant by one that few documents have, best first."""
    asked = _look_for(typed.word, typed.fields, question.languages)
    near: dict[str, int] = {}
    for name in typed.fields:
        for word, count in archive.find_words(name, partial(find_near, word=typed.written)).items():
            if _look_for(word, typed.fields, question.languages) != asked:
                near[word] = max(count, near.get(word, 0))
    if documents:
        near = {word: count for word, count in near.items()
                if count >= MUCH * documents and count_edits(word, typed.written, 1) == 1}
    ranked = rank_near(typed.written, near)[:MOST_TRIED]
    if not question.filters:
        return ranked
    return [word for word in ranked
            if archive.count(both(_look_for(word, typed.fields, question.languages), *question.filters))]


def _bound_rare(typed: Typed) -> int:
    return RARE_IF_LONG if len(typed.written) >= LONG else RARE


def _look_for(word: str, fields: tuple[str, ...], languages: Languages) -> Query:
    return read_text(word, fields, languages) or NOTHING


def _find_typed(text: str) -> Iterator[Typed]:
    """The words that may be misspelt: of letters only, not excluded, not cut off by a *."""
    try:
        lexemes = lexer.split(text)
    except QueryError:
        lexemes = [Lexeme(lexer.PHRASE, text, 0)]
    named = [lexeme.text.lower() for lexeme in lexemes if (lexeme.field or "").lower() == "in"]
    scope = tuple(dict.fromkeys(name for scope in named for name in SCOPES.get(scope, ()))) or (DEFAULT_FIELD,)
    scopes = [scope]  # of the parentheses that are open; () where words are excluded or name no text
    before = ""
    for lexeme in lexemes:
        inside = () if before == lexer.NOT else _choose_fields(lexeme, scopes[-1])
        if lexeme.kind == lexer.OPEN:
            scopes.append(inside)
        elif lexeme.kind == lexer.CLOSE:
            scopes = scopes[:-1] or [scope]
        elif lexeme.kind in (lexer.WORD, lexer.PHRASE) and inside:
            yield from _cut_words(lexeme, inside, text)
        before = lexeme.kind


def _choose_fields(lexeme: Lexeme, scope: tuple[str, ...]) -> tuple[str, ...]:
    """The text fields that a lexeme is looked for in."""
    if lexeme.field is None:
        return scope
    field = BY_NAME.get(lexeme.field.lower())
    return (field.name,) if field and field.kind is Kind.TEXT else ()


def _cut_words(lexeme: Lexeme, fields: tuple[str, ...], text: str) -> Iterator[Typed]:
    """The words of a lexeme that may be misspelt."""
    begin = lexeme.position + (len(lexeme.field) + 1 if lexeme.field else 0)
    start = text.find(lexeme.text, begin)
    for token in analyse(lexeme.text) if start >= 0 else ():
        word = lexeme.text[token.start:token.end]
        if len(token.written) >= SHORTEST and token.written.isalpha() and not is_paired(token.written):
            yield Typed(word, start + token.start, token.written, fields)


def _count(question: Question, text: str, archive: Archive) -> int:
    """How many documents the question finds with another text."""
    try:
        return archive.count(question.ask_again(text).tree)
    except QueryError:
        return 0


def _write(text: str, choices: list[Choice]) -> str:
    """The text with words replaced, in capitals where they stood in capitals."""
    for typed, word in sorted(choices, key=lambda choice: -choice[0].start):
        if typed.word[:1].isupper():
            word = word.upper() if typed.word.isupper() and word not in ("and", "or", "not") else word.capitalize()
        text = text[:typed.start] + word + text[typed.start + len(typed.word):]
    return text
