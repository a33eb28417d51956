"""The words of a text field as written, and those among them that are near a word or are forms of a term.

Distance is optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, each 1
(Boytsov, "Indexing methods for approximate dictionary searching", 2011). Before it is computed, words are sifted
by which letters they have: an edit takes away at most one letter and brings in at most one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from searchkit.search.edits import count_edits
from searchkit.search.stemming import choose_forms, keeps_beginning

LONG = 6  # letters from which a word may be two edits away; shorter ones have too many such neighbours
FURTHEST = 2
_BITS = 31  # of a letter's code point: letters may share a bit, and the sieve lets through too much, never too little


Sift = Callable[[Sequence[int], int, int], Iterable[int]]
Measure = Callable[[str, Sequence[str], int], Iterable[int]]


def sift(letters: Sequence[int], wanted: int, reach: int) -> Iterable[int]:
    """The places of words that may be so many edits away from one that has the wanted letters."""
    return [place for place, bits in enumerate(letters)
            if (wanted & ~bits).bit_count() <= reach and (bits & ~wanted).bit_count() <= reach]


def measure(word: str, others: Sequence[str], most: int) -> Iterable[int]:
    """How many edits lie between a word and each of the others; ``most`` + 1 where there are more than ``most``."""
    return (count_edits(word, other, most) for other in others)


class Vocabulary(NamedTuple):
    """Words in order, and the letters of each as a set of bits; ``sift`` and ``measure`` may be quicker than these."""

    words: Sequence[str]
    letters: Sequence[int]
    sift: Sift = sift
    measure: Measure = measure


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
    words = vocabulary.words
    sifted = (words[place] for place in vocabulary.sift(vocabulary.letters, find_letters(word), reach))
    low, high = len(word) - reach, len(word) + reach
    near = [other for other in sifted if low <= len(other) <= high and other != word]
    return [other for other, edits in zip(near, vocabulary.measure(word, near, reach), strict=True) if edits <= reach]


def find_forms(vocabulary: Vocabulary, term: str, language: str | None = None) -> list[str]:
    """The words whose term this is in a language."""
    beginning = term[:max(1, len(term) - 1)] if keeps_beginning(language) else ""
    words, find_form = vocabulary.words, choose_forms(language)
    found = []
    for place in range(bisect_left(words, beginning), len(words)):
        if not words[place].startswith(beginning):
            break
        if find_form(words[place])[0] == term:
            found.append(words[place])
    return found
