"""Which word of the index was meant: the near words in the order of how easily one is mistyped for the other.

The cost of an edit is lower where people make it more often: letters doubled or not doubled, neighbours swapped, a
letter for another that sounds like it; it is higher at the beginning of a word, which is seldom wrong (Pollock and
Zamora, "Automatic spelling correction in scientific and scholarly text", 1984; Mitton, "Fifty years of spellchecking",
2010). A frequent word is likelier than a rare one.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log10

# What edits cost, where a plain one costs 1; chosen on samples of the pairs that docs/no-dead-ends.md names.
DOUBLING = 0.45  # a letter beside the same one, put in or left out
SWAP = 0.6
SILENT = 0.7  # a vowel put in or left out
FIRST = 0.6  # besides, for an edit of the first letter
LIKE = 0.6  # one vowel for another, one consonant for another that sounds like it
FREQUENCY = 0.1  # what a word ten times as frequent is worth
SHORT = 5  # letters; below, half of all words have neighbours, and a word that is merely absent is no mistake
WORST, WORST_OF_SHORT = 2.0, 1.0  # cost beyond which nothing is proposed
_SOFT = frozenset("aeiouyh")  # vowels, and the h that is often not heard
_GROUPS = (_SOFT, *map(frozenset, ("ckqsxz", "gj", "fvw", "mn", "dt", "bp", "lr")))


def rank_near(word: str, near: Mapping[str, int]) -> list[str]:
    """Near words and in how many documents each stands: the likeliest first."""
    edits = {other: weigh_edits(word, other) for other, count in near.items() if count}
    worst = WORST if len(word) >= SHORT else WORST_OF_SHORT
    return sorted((other for other, cost in edits.items() if cost <= worst),
                  key=lambda other: (edits[other] - FREQUENCY * log10(near[other]), -near[other], other))


def weigh_edits(typed: str, meant: str) -> float:
    """The least cost of the edits that turn one word into the other."""
    older: list[float] = []
    row = [0.0]
    for j in range(len(meant)):
        row.append(row[j] + _weigh_letter(meant, j))
    for i, letter in enumerate(typed):
        before = row
        row = [before[0] + _weigh_letter(typed, i)]
        for j, their in enumerate(meant):
            cost = min(before[j + 1] + _weigh_letter(typed, i), row[j] + _weigh_letter(meant, j),
                       before[j] + _weigh_pair(letter, their, i == j == 0))
            if i and j and letter == meant[j - 1] and typed[i - 1] == their and letter != their:
                cost = min(cost, older[j - 1] + SWAP + (FIRST if i == j == 1 else 0))
            row.append(cost)
        older = before
    return row[-1]


def _weigh_letter(word: str, place: int) -> float:
    """What it costs that a letter is there in one word only."""
    letter = word[place]
    if place == 0:
        return 1 + FIRST
    if word[place - 1] == letter or word[place + 1:place + 2] == letter:
        return DOUBLING
    return SILENT if letter in _SOFT else 1.0


def _weigh_pair(letter: str, their: str, first: bool) -> float:
    """What it costs that two letters stand for each other."""
    if letter == their:
        return 0.0
    cost = LIKE if any(letter in group and their in group for group in _GROUPS) else 1.0
    return cost + FIRST if first else cost
