"""The words of a text field as written, and those among them that are near a word or are forms of a term.

Distance is optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, each 1
(Boytsov, "Indexing methods for approximate dictionary searching", 2011). Before it is computed, words are sifted
by which letters they have: an edit takes away at most one letter and brings in at most one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from searchkit.search.analysis import analyse_word

LONG = 6  # letters from which a word may be two edits away; shorter ones have too many such neighbours
FURTHEST = 2
_BITS = 31  # of a letter's code point: letters may share a bit, and the sieve lets through too much, never too little


class Vocabulary(NamedTuple):
    """Words in order, and the letters of each as a set of bits."""

    words: Sequence[str]
    letters: Sequence[int]


Choose = Callable[[Vocabulary], Iterable[str]]  # the words that somebody asks an engine for


def make_vocabulary(words: Iterable[str]) -> Vocabulary:
    """The vocabulary of words, each of which is given once."""
    ordered = sorted(words)
    return Vocabulary(ordered, list(map(find_letters, ordered)))


def find_letters(word: str) -> int:
    """The letters of a word as a set of bits."""
    bits = 0
    for char in word:
        bits |= 1 << (ord(char) & _BITS)
    return bits


def find_near(vocabulary: Vocabulary, word: str) -> list[str]:
    """Words other than this one, one edit away from it or, if it is long, two."""
    reach = FURTHEST if len(word) >= LONG else 1
    mine, most = find_letters(word), 2 * reach
    words = vocabulary.words
    sifted = [words[place] for place, letters in enumerate(vocabulary.letters)
              if (mine ^ letters).bit_count() <= most
              and (mine & ~letters).bit_count() <= reach and (letters & ~mine).bit_count() <= reach]
    low, high = len(word) - reach, len(word) + reach
    return [other for other in sifted
            if low <= len(other) <= high and other != word and measure_distance(word, other, reach) <= reach]


def measure_distance(one: str, other: str, bound: int) -> int:
    """How many edits lie between two words; ``bound`` + 1 where it is more than the bound."""
    start, end = 0, min(len(one), len(other))
    while start < end and one[start] == other[start]:
        start += 1
    cut = 0
    while cut < end - start and one[-1 - cut] == other[-1 - cut]:
        cut += 1
    one, other = one[start:len(one) - cut], other[start:len(other) - cut]
    if not one or not other:
        return min(len(one) + len(other), bound + 1)
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, their in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != their))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == their:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > bound:
            return bound + 1
    return min(row[-1], bound + 1)


def find_forms(vocabulary: Vocabulary, term: str) -> list[str]:
    """The words whose term this is. A stem differs from its words at the end only."""
    beginning = term[:max(1, len(term) - 1)]
    words = vocabulary.words
    found = []
    for place in range(bisect_left(words, beginning), len(words)):
        if not words[place].startswith(beginning):
            break
        if analyse_word(words[place])[0] == term:
            found.append(words[place])
    return found
