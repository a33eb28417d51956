"""Texts compared by their words alone, whatever their case, signs and spaces."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_LINE = 300  # characters
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def fold(text: str) -> str:
    """Text by its words alone, lower case."""
    return _fold_line(text) if len(text) <= _LINE else _fold(text)


def _fold(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


_fold_line = lru_cache(maxsize=4096)(_fold)  # the lines of a page are compared with many others


def join(text: str) -> str:
    """Text by its letters and digits alone, lower case: "Harbour-Post" and "HarbourPost" are the same."""
    return "".join(_WORD.findall(text.casefold()))


def count_words(text: str) -> Counter[str]:
    """How often each word stands in a text; East Asian characters count as words."""
    return Counter(list_words(text))


def list_words(text: str) -> list[str]:
    """The words of a text in lower case, as they are counted."""
    return _EAST_ASIAN.findall(text) or _WORD.findall(text.casefold())


def measure_likeness(one: Counter[str], other: Counter[str]) -> float:
    """Share of words that two texts have in common, 0 to 1."""
    total = one.total() + other.total()
    return 2 * sum(min(count, other[word]) for word, count in one.items() if word in other) / total if total else 0.0
