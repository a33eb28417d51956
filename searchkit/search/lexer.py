"""The words and signs of a query, each with its position; linear in the length of the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from searchkit.errors import QueryError
from searchkit.fields import BY_NAME
from searchkit.search.analysis import IDEOGRAPHS

WORD, PHRASE, PREFIX = "word", "phrase", "prefix"
AND, OR, NOT, PLUS, OPEN, CLOSE, END = "and", "or", "not", "plus", "open", "close", "end"
VALUES = (WORD, PHRASE, PREFIX)
NAMES = frozenset((*BY_NAME, "in"))  # what may stand before a colon

_QUOTES = '"“”„«»＂'
_FIELD = re.compile(r"([^\W\d_][\w-]{0,30}):(?=\S)")
_DANGLING = re.compile(r"([^\W\d_][\w-]{0,30}):(?=[\s)]|$)")
_BARE = re.compile(rf"[^\s(){_QUOTES}]+")
_QUOTED = re.compile(rf"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]")
_SIGNED_DATE = re.compile(rf"[<>]=?\s*[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]")
_OPERAND = re.compile(r"[^\s)+-]")
_IDEOGRAPH = re.compile(f"[{IDEOGRAPHS}]")


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A word or sign of a query. ``field`` is what stood before its colon; ``position`` is 0-based."""

    kind: str
    text: str
    position: int
    field: str | None = None


def split(text: str) -> list[Lexeme]:
    """The lexemes of a query. Raises QueryError for a quote that is never closed or a field without value."""
    lexemes: list[Lexeme] = []
    at = 0
    while at < len(text):
        if text[at].isspace() or not text[at].isprintable():
            at += 1
            continue
        lexeme, at = _read(text, at)
        lexemes.append(lexeme)
    return lexemes


def is_ideograph(char: str) -> bool:
    """Whether it is a character of Chinese or Japanese, which is a word by itself."""
    return bool(_IDEOGRAPH.fullmatch(char))


def _read(text: str, start: int) -> tuple[Lexeme, int]:
    """The lexeme that begins here, and where the next one may."""
    char = text[start]
    if char == ")":
        return Lexeme(CLOSE, char, start), start + 1
    if char in "-+−" and _OPERAND.match(text, start + 1):
        return Lexeme(PLUS if char == "+" else NOT, char, start), start + 1
    if found := _FIELD.match(text, start):
        return _read_value(text, found.end(), start, found[1])
    if (found := _DANGLING.match(text, start)) and found[1].lower() in NAMES:
        raise _lack_value(found[1], start)
    return _read_value(text, start, start, None)


def _read_value(text: str, at: int, start: int, field: str | None) -> tuple[Lexeme, int]:
    """A parenthesis, a quoted text, or a run without spaces; ``start`` is where its field's name stands."""
    if text[at] == "(":
        return Lexeme(OPEN, "(", start, field), at + 1
    if field and (found := _SIGNED_DATE.match(text, at)):
        sign = re.match(r"[<>]=?", found.group())
        return Lexeme(WORD, (sign.group() if sign else "") + found[1], start, field), found.end()
    if text[at] in _QUOTES:
        return _read_quoted(text, at, start, field)
    found = _BARE.match(text, at)
    if not found:
        raise _lack_value(field, start)
    word = found.group()
    if field is None and word in ("AND", "OR", "NOT"):
        return Lexeme(word.lower(), word, start), found.end()
    if word.endswith("*"):
        return Lexeme(PREFIX, word.rstrip("*"), start, field), found.end()
    return Lexeme(WORD, word, start, field), found.end()


def _lack_value(field: str | None, position: int) -> QueryError:
    return QueryError(f"field '{field}' has no value", position, f'write {field}:word or {field}:"two words"')


def _read_quoted(text: str, at: int, start: int, field: str | None) -> tuple[Lexeme, int]:
    found = _QUOTED.match(text, at)
    if not found:
        raise QueryError("this quote is never closed", at, 'add a closing "')
    end = found.end()
    if text[end:end + 1] == "*":
        return Lexeme(PREFIX, found[1], start, field), end + 1
    return Lexeme(PHRASE, found[1], start, field), end
