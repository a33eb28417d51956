"""A body as words with their offsets, and what its lines and sentences say of capitals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, compress, count
from operator import add, ne
from typing import NamedTuple

_TITLES = "Mrs?|Ms|Drs?|St|Jr|Sr|Gen|Sen|Rep|Gov|Prof|Lt|Col|Sgt|Capt|Rev|Hon|Adm|Maj|Cpl|Bros|Corp|Inc|Ltd|Co|Mt|Ft"
_WORD = re.compile(  # with the spaces behind it
    r"(?:[A-Z]?[a-z]++(?![\w'’&.])"  # most words, so first
    r"|[^\w\s'’]"
    r"|(?:[^\W\d_]\.){2,}"  # U.S.
    rf"|(?:{_TITLES}|No|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|vs)\.(?=\s)"
    r"|\b[^\W\d_]\.(?=\s?[^\W\d_])"  # J. Smith
    r"|['’][sS]\b"
    r"|\w++(?:&\w++)+"  # AT&T
    r"|[^\W_]++(?:['’](?![sS]\b)[^\W_]++)*"  # O'Neill, 5G
    r"|['’_])\s*"
)
_CLOSING = frozenset(".!?:")
# Marks that may stand between the end of a sentence and the next capital.
_MARKS = frozenset("\"”“„«»'‘’()[]•*·–—-|>")
_LINE = re.compile(r"\S[^\n]*")
# A line is in capitals, or in title case, from these parts of its words on.
_ALL_CAPITALS, _CAPITALS_WORDS = 0.7, 2
_TITLE_CASE, _TITLE_WORDS = 0.65, 4
PLAIN, TITLED, SHOUTED = 0, 1, 2
MOST_WORDS = 50_000  # that are remembered by each who remembers what a word says


@dataclass(frozen=True, slots=True)
class Text:
    """A body in words: the word at ``i`` stands at ``starts[i]:ends[i]``.

    ``keys`` are the words in lower case; ``forms`` the words as if their line were not in capitals. ``lines[i]``
    numbers the line of the word; ``styles[i]`` is that line's: plain, in title case, or in capitals. ``capitals``
    are the words with a capital letter, by number; ``opening`` those with which a sentence or a line begins, and the
    marks before these. ``ordinary`` are the words that the body has without a capital, and ``inner`` counts those
    that it capitalises inside of plain sentences.
    """

    body: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    keys: list[str]
    forms: list[str]
    lines: list[int]
    styles: list[int]
    capitals: list[int]
    opening: set[int]
    ordinary: frozenset[str]
    inner: Counter[str]


class Line(NamedTuple):
    """A line's words, also with the spaces behind them and in lower case; ``capitals`` as in a text."""

    start: int
    spaced: list[str]
    words: list[str]
    keys: list[str]
    capitals: list[int]


def cut(body: str) -> Iterator[Line]:
    """The lines of a body that are not empty."""
    for line in _LINE.finditer(body):
        spaced = _WORD.findall(body, *line.span())
        words = list(map(str.rstrip, spaced))
        keys = list(map(str.lower, words))
        yield Line(line.start(), spaced, words, keys, list(compress(count(), map(ne, words, keys))))


def split(body: str) -> Text:
    """The words of a body."""
    words: list[str] = []
    starts: list[int] = []
    lines: list[int] = []
    styles: list[int] = []
    forms: list[str] = []
    keys: list[str] = []
    capitals: list[int] = []
    opening: set[int] = set()
    for number, line in enumerate(cut(body)):
        first, size, style = len(words), len(line.words), _judge(line)
        opening.add(first)
        words += line.words
        keys += line.keys
        capitals += map(first.__add__, line.capitals)
        starts += accumulate(map(len, line.spaced[:-1]), initial=line.start)
        lines += [number] * size
        styles += [style] * size
        forms += map(_quieten, line.words) if style == SHOUTED else line.words
    ends = list(map(add, starts, map(len, words)))
    _add_openings(words, opening)
    inner = Counter(words[i] for i in capitals if styles[i] == PLAIN and i not in opening)
    ordinary = frozenset(words).difference([words[i] for i in capitals])
    return Text(body, words, starts, ends, keys, forms, lines, styles, capitals, opening, ordinary, inner)


def _add_openings(words: list[str], opening: set[int]) -> None:
    """Add to the beginnings of lines those of sentences, and what follows on marks at either."""
    ending = compress(range(1, len(words) + 1), map(_CLOSING.__contains__, words))
    for i in [*opening, *ending]:
        opening.add(i)
        while i < len(words) and words[i] in _MARKS:
            i += 1
            opening.add(i)


def _quieten(word: str) -> str:
    """A word of a line in capitals as it is likely written elsewhere."""
    return word.capitalize() if len(word) > 1 and word.isupper() else word


def _judge(line: Line) -> int:
    """The style of a line."""
    words, capitals = line.words, len(line.capitals)
    if not capitals or capitals < _TITLE_CASE * sum(map(str.isalpha, words[:3 * capitals])):
        return PLAIN  # as most: the first words tell
    letters = sum(map(str.isalpha, words))
    if capitals < _TITLE_CASE * letters or letters < _CAPITALS_WORDS:
        return PLAIN
    shouted = sum(len(word) > 1 and word.isupper() for word in words)
    if shouted >= _ALL_CAPITALS * letters:
        return SHOUTED
    return TITLED if letters >= _TITLE_WORDS else PLAIN


@lru_cache(maxsize=MOST_WORDS)
def shape(word: str) -> str:
    """The kinds of characters of a word, longer rows cut to two: "McDonald" is "XxXxx"."""
    if word.isascii() and word.isalpha():  # as most: three shapes
        rest = len(word) - 1
        if word.islower():
            return "x" + "x"[:rest]
        if word[1:].islower():
            return "X" + "xx"[:rest]
        if word.isupper():
            return "X" + "X"[:rest]
    kinds = "".join("X" if char.isupper() else "x" if char.isalpha() else "d" if char.isdigit() else char
                    for char in word[:20])
    return re.sub(r"(.)\1{2,}", r"\1\1", kinds)
