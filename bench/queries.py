"""Seeded queries in eight classes, in the words of no engine: each contender says them in its own."""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from string import ascii_lowercase
from typing import NamedTuple

from corpus import read_rows

SEED = 7
PER_CLASS = 25
SAMPLE = 10_000  # documents that words are drawn from; sizes nest, so all sizes get the same queries
KINDS = ("rare", "common", "and", "or of 5", "phrase", "prefix", "fuzzy", "bool+date")
PREFIX = 4  # letters
_WORD = re.compile(r"[a-z]{4,}")

Words = tuple[str, ...]


class Case(NamedTuple):
    """What is looked for in bodies: all of ``must``, one of ``any_of``, a phrase, words that begin so, words one edit
    away; on days from the first to the last of ``days``, both included.
    """

    kind: str
    must: Words = ()
    any_of: Words = ()
    phrase: Words = ()
    prefix: str = ""
    fuzzy: str = ""
    days: tuple[date, date] | None = None


class _Bands(NamedTuple):
    """Words by the share of the documents that have them."""

    rare: list[str]
    middling: list[str]
    common: list[str]


def draw_cases(corpus: Path) -> list[Case]:
    """The queries: ``PER_CLASS`` of each kind."""
    dice = random.Random(SEED)
    texts = [_WORD.findall(row["body"].lower()) for row in read_rows(corpus, SAMPLE)]
    spread = Counter(word for text in texts for word in set(text))
    bands = _find_bands(spread, len(texts))
    return [_draw(kind, dice, texts, spread, bands) for kind in KINDS for _ in range(PER_CLASS)]


def write_text(case: Case) -> str:
    """A case as a person would type it for ``searchkit query``; its days go into ``--after`` and ``--before``."""
    parts = [*case.must, *([f"({' OR '.join(case.any_of)})"] if case.any_of else [])]
    parts += [f'"{" ".join(case.phrase)}"'] if case.phrase else []
    parts += [f"{case.prefix}*"] if case.prefix else []
    parts += [f"{case.fuzzy}~1"] if case.fuzzy else []
    return " ".join(parts)


def _find_bands(spread: Counter[str], count: int) -> _Bands:
    """The common stand in 5 to 40 % of the documents, the middling in 0.5 to 3 %, the rare in at most 0.1 %."""
    def choose(low: float, high: float) -> list[str]:
        return sorted(word for word, df in spread.items() if low <= df <= high)

    return _Bands(choose(2, max(count * 0.001, 3)), choose(count * 0.005, count * 0.03),
                  choose(count * 0.05, count * 0.4))


def _draw(kind: str, dice: random.Random, texts: list[list[str]], spread: Counter[str], bands: _Bands) -> Case:
    if kind == "rare":
        return Case(kind, must=(dice.choice(bands.rare),))
    if kind == "common":
        return Case(kind, must=(dice.choice(bands.common),))
    if kind == "and":
        return Case(kind, must=_draw_together(dice, texts, spread))
    if kind == "or of 5":
        return Case(kind, any_of=(*dice.sample(bands.middling, 3), *dice.sample(bands.common, 2)))
    if kind == "phrase":
        return Case(kind, phrase=_draw_phrase(dice, texts, spread))
    if kind == "prefix":
        return Case(kind, prefix=dice.choice(bands.middling)[:PREFIX])
    if kind == "fuzzy":
        return Case(kind, fuzzy=_misspell(dice, dice.choice(bands.middling)))
    year, month = dice.randrange(2017, 2026), dice.randrange(1, 12)
    last = date(year + 1, month, 1) - timedelta(days=1)
    return Case(kind, must=(dice.choice(bands.common),), days=(date(year, month, 1), last),
                any_of=(dice.choice(bands.common), dice.choice(bands.middling)))


def _draw_together(dice: random.Random, texts: list[list[str]], spread: Counter[str]) -> Words:
    """Two or three words of one document that stand in 1 to 40 % of all."""
    while True:
        known = sorted({word for word in dice.choice(texts) if 0.01 <= spread[word] / len(texts) <= 0.4})
        count = dice.choice((2, 2, 3))
        if len(known) >= count:
            return tuple(dice.sample(known, count))


def _draw_phrase(dice: random.Random, texts: list[list[str]], spread: Counter[str]) -> Words:
    """Two words that stand side by side in a document, neither of them rare."""
    while True:
        text = dice.choice(texts)
        start = dice.randrange(max(1, len(text) - 1))
        words = text[start:start + 2]
        if len(set(words)) == 2 and all(0.003 <= spread[word] / len(texts) <= 0.4 for word in words):
            return tuple(words)


def _misspell(dice: random.Random, word: str) -> str:
    """A word with one letter changed, not the first."""
    place = dice.randrange(1, len(word))
    return word[:place] + dice.choice(ascii_lowercase) + word[place + 1:]
