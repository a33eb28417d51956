"""A body as words with their offsets, and what its lines and sentences say of capitals."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from operator import ne

_TITLES = "Mrs?|Ms|Drs?|St|Jr|Sr|Gen|Sen|Rep|Gov|Prof|Lt|Col|Sgt|Capt|Rev|Hon|Adm|Maj|Cpl|Bros|Corp|Inc|Ltd|Co|Mt|Ft"
_WORD = re.compile(
    r"[a-z]+(?![\w'’&.])"  # most words, so first
    r"|(?:[^\W\d_]\.){2,}"  # U.S.
    rf"|(?:{_TITLES}|No|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|vs)\.(?=\s)"
    r"|\b[^\W\d_]\.(?=\s?[^\W\d_])"  # J. Smith
    r"|['’][sS]\b"
    r"|\w+(?:&\w+)+"  # AT&T
    r"|[^\W_]+(?:['’](?![sS]\b)[^\W_]+)*"  # O'Neill, 5G
    r"|[^\w\s]|_"
)
_CLOSING = frozenset(".!?:")
# Marks that may stand between the end of a sentence and the next capital.
_MARKS = frozenset("\"”“„«»'‘’()[]•*·–—-|>")
_LINE = re.compile(r"[^\n]+")
# A line is in capitals, or in title case, from these parts of its words on.
_ALL_CAPITALS, _CAPITALS_WORDS = 0.7, 2
_TITLE_CASE, _TITLE_WORDS = 0.65, 4
PLAIN, TITLED, SHOUTED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Text:
    """A body in words: the word at ``i`` stands at ``starts[i]:ends[i]``.

    ``keys`` are the words in lower case; ``forms`` the words as if their line were not in capitals. ``lines[i]``
    numbers the line of the word; ``styles[i]`` is that line's: plain, in title case, or in capitals. ``capitals``
    are the words with a capital letter, by number. ``ordinary`` are the words that the body has without one, and
    ``inner`` counts those that it capitalises inside of plain sentences.
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
    ordinary: frozenset[str]
    inner: Counter[str]

    def opens(self, i: int) -> bool:
        """Whether a sentence or a line begins with a word."""
        return _opens(self.words, self.lines, i)


def split(body: str) -> Text:
    """The words of a body."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    lines: list[int] = []
    styles: list[int] = []
    forms: list[str] = []
    keys: list[str] = []
    for number, line in enumerate(_LINE.finditer(body)):
        found = _WORD.findall(body, *line.span())
        lower = [word.lower() for word in found]
        style = _judge(found, lower)
        words += found
        keys += lower
        end = line.start()
        for word in found:  # nothing but spaces stands between words
            start = body.index(word, end)
            end = start + len(word)
            starts.append(start)
            ends.append(end)
        lines += [number] * len(found)
        styles += [style] * len(found)
        forms += map(_quieten, found) if style == SHOUTED else found
    capitals = [i for i, (word, key) in enumerate(zip(words, keys, strict=True)) if word is not key and word != key]
    inner = Counter(words[i] for i in capitals if styles[i] == PLAIN and not _opens(words, lines, i))
    ordinary = frozenset(keys).intersection(words)
    return Text(body, words, starts, ends, keys, forms, lines, styles, capitals, ordinary, inner)


def _opens(words: list[str], lines: list[int], i: int) -> bool:
    line = lines[i]
    for before in range(i - 1, -1, -1):
        if lines[before] != line or words[before] in _CLOSING:
            return True
        if words[before] not in _MARKS:
            return False
    return True


def _quieten(word: str) -> str:
    """A word of a line in capitals as it is likely written elsewhere."""
    return word.capitalize() if len(word) > 1 and word.isupper() else word


def _judge(words: list[str], lower: list[str]) -> int:
    """The style of a line."""
    letters = sum(map(str.isalpha, words))
    capitals = sum(map(ne, words, lower))
    if capitals < _TITLE_CASE * letters or letters < _CAPITALS_WORDS:
        return PLAIN
    shouted = sum(len(word) > 1 and word.isupper() for word in words)
    if shouted >= _ALL_CAPITALS * letters:
        return SHOUTED
    return TITLED if letters >= _TITLE_WORDS else PLAIN


@cache
def shape(word: str) -> str:
    """The kinds of characters of a word, longer rows cut to two: "McDonald" is "XxXxx"."""
    kinds = "".join("X" if char.isupper() else "x" if char.isalpha() else "d" if char.isdigit() else char
                    for char in word[:20])
    return re.sub(r"(.)\1{2,}", r"\1\1", kinds)
