"""The words and signs of a query, each with its position; linear in the length of the text."""

from __future__ import annotations

import re

from searchkit.errors import QueryError
from searchkit.fields import BY_NAME
from searchkit.frozen import frozen

WORD, PHRASE, PREFIX, WILDCARD, FUZZY, NEAR = "word", "phrase", "prefix", "wildcard", "fuzzy", "near"
AND, OR, NOT, PLUS, OPEN, CLOSE, END = "and", "or", "not", "plus", "open", "close", "end"
ATLEAST = "atleast"  # with the comma behind its number; a CLOSE ends it
VALUES = (WORD, PHRASE, PREFIX, WILDCARD, FUZZY, NEAR)
PATTERNS = (PREFIX, WILDCARD, FUZZY)
NAMES = frozenset((*BY_NAME, "in"))  # what may stand before a colon

QUOTES = '"“”„«»＂'
_FIELD = re.compile(r"([^\W\d_][\w-]{0,30}):(?=\S)")
_DANGLING = re.compile(r"([^\W\d_][\w-]{0,30}):(?=[\s)]|$)")
_BARE = re.compile(rf"[^\s(){QUOTES}]+")
_QUOTED = re.compile(rf"[{QUOTES}]([^{QUOTES}]*)[{QUOTES}]")
_SIGNED_DATE = re.compile(rf"[<>]=?\s*[{QUOTES}]([^{QUOTES}]*)[{QUOTES}]")
_OPERAND = re.compile(r"[^\s)+-]")
_ATLEAST = re.compile(r"atleast\((?:\s*([0-9]+)\s*,)?", re.IGNORECASE)
_BOOST = re.compile(r"\^([0-9]+(?:\.[0-9]+)?)?")
_BOOSTED = re.compile(r"([^^]+)\^([0-9]+(?:\.[0-9]+)?)")  # a whole word
_DISTANCE = re.compile(r"~([0-9]+)?")
_LETTER = re.compile(r"\w")


@frozen
class Lexeme:
    """A word or sign of a query. ``field`` is what stood before its colon; ``position`` is 0-based.

    ``number`` is what stood behind its ~ (None: no number), and for ATLEAST how often; ``boost`` what stood
    behind its ^.
    """

    kind: str
    text: str
    position: int
    field: str | None = None
    number: int | None = None
    boost: float | None = None


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


def _read(text: str, start: int) -> tuple[Lexeme, int]:
    """The lexeme that begins here, and where the next one may."""
    char = text[start]
    if char == ")":
        boost, end = _read_boost(text, start + 1)
        return Lexeme(CLOSE, char, start, boost=boost), end
    if char in "-+−" and _OPERAND.match(text, start + 1):
        return Lexeme(PLUS if char == "+" else NOT, char, start), start + 1
    if found := _FIELD.match(text, start):
        return _read_value(text, found.end(), start, found[1])
    if (found := _DANGLING.match(text, start)) and found[1].lower() in NAMES:
        raise _lack_value(found[1], start)
    return _read_value(text, start, start, None)


def _read_value(text: str, at: int, start: int, field: str | None) -> tuple[Lexeme, int]:
    """A parenthesis, a quoted text, or a run without spaces; ``start`` is where its field's name stands."""
    if found := _ATLEAST.match(text, at):
        if found[1] is None:
            raise QueryError("atleast( wants a number and a word", start, "such as: atleast(3, carrier)")
        return Lexeme(ATLEAST, found.group(), start, field, int(found[1])), found.end()
    if text[at] == "(":
        return Lexeme(OPEN, "(", start, field), at + 1
    if field and (found := _SIGNED_DATE.match(text, at)):
        sign = re.match(r"[<>]=?", found.group())
        return Lexeme(WORD, (sign.group() if sign else "") + found[1], start, field), found.end()
    if text[at] in QUOTES:
        return _read_quoted(text, at, start, field)
    found = _BARE.match(text, at)
    if not found:
        raise _lack_value(field, start)
    word = found.group()
    if field is None and word in ("AND", "OR", "NOT"):
        return Lexeme(word.lower(), word, start), found.end()
    return _read_word(word, start, field), found.end()


def _read_word(word: str, start: int, field: str | None) -> Lexeme:
    """A run without spaces, with what the signs in it say."""
    boost = None
    if boosted := _BOOSTED.fullmatch(word):
        word, boost = boosted[1], float(boosted[2])
    bare, _, number = word.rpartition("~")
    if bare and not number.strip("0123456789"):
        return Lexeme(FUZZY, bare, start, field, int(number) if number else None, boost)
    beginning = word.rstrip("*")
    if word != beginning and not _has_sign(beginning):
        return Lexeme(PREFIX, beginning, start, field, None, boost)
    return Lexeme(WILDCARD if _has_sign(word) else WORD, word, start, field, None, boost)


def _has_sign(word: str) -> bool:
    """Whether a star is in it, or a question mark; behind all letters the latter only ends a question."""
    question = word.find("?")
    return "*" in word or (question >= 0 and _LETTER.search(word, question) is not None)


def _read_boost(text: str, at: int) -> tuple[float | None, int]:
    """The number of a ^ that may stand here, and where what follows begins."""
    found = _BOOST.match(text, at)
    if not found:
        return None, at
    if found[1] is None:
        raise QueryError("a ^ wants a number behind it", at, "such as: (red blue)^2")
    return float(found[1]), found.end()


def _lack_value(field: str | None, position: int) -> QueryError:
    return QueryError(f"field '{field}' has no value", position, f'write {field}:word or {field}:"two words"')


def _read_quoted(text: str, at: int, start: int, field: str | None) -> tuple[Lexeme, int]:
    found = _QUOTED.match(text, at)
    if not found:
        raise QueryError("this quote is never closed", at, 'add a closing "')
    end = found.end()
    kind, number = PHRASE, None
    if text[end:end + 1] == "*":
        kind, end = PREFIX, end + 1
    elif distance := _DISTANCE.match(text, end):
        kind, end = NEAR, distance.end()
        number = int(distance[1]) if distance[1] else None
    boost, end = _read_boost(text, end)
    return Lexeme(kind, found[1], start, field, number, boost), end
