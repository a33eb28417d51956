"""Which words of an index a prefix, a wildcard pattern or a fuzzy word stands for: the most frequent of those it fits.

Words are compared as written: folded, but not stemmed. An edit is counted as in the "optimal string alignment"
distance (Damerau 1964, each letter edited once): a letter added, left out, replaced, or swapped with its neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from heapq import nsmallest

from searchkit.frozen import frozen
from searchkit.search.edits import count_edits
from searchkit.search.query import Fuzzy, Pattern, Prefix, Wildcard

MOST_WORDS = 1024  # that one pattern stands for; as many as Lucene allows clauses, and read in a few milliseconds
_SIGNS = re.compile(r"[?*]")


@frozen
class Expansion:
    """The words a pattern stands for, and how many it fits in all."""

    words: tuple[str, ...]
    total: int


@frozen
class Cut:
    """A pattern (as canonical text) that fits more words than were looked for."""

    pattern: str
    kept: int
    total: int

    def __str__(self) -> str:
        return f"{self.pattern} fits {self.total:,} words; only the {self.kept:,} most frequent were looked for"


def choose_words(fitting: Collection[str], count: Callable[[str], int]) -> Expansion:
    """The most frequent of the words that a pattern fits.

    ``count`` says how many documents have a word. It is asked only where there are too many words; those that
    no document has any more are none then.
    """
    if len(fitting) <= MOST_WORDS:
        return Expansion(tuple(fitting), len(fitting))
    found = {word: frequency for word in fitting if (frequency := count(word))}
    chosen = nsmallest(MOST_WORDS, found, key=lambda word: (-found[word], word))
    return Expansion(tuple(chosen), len(found))


def find_cuts(expansions: Mapping[Pattern, Expansion]) -> tuple[Cut, ...]:
    """The patterns that fit more words than were chosen."""
    return tuple(Cut(str(pattern), len(expansion.words), expansion.total)
                 for pattern, expansion in expansions.items() if len(expansion.words) < expansion.total)


def find_beginning(pattern: Pattern) -> str:
    """How every word begins that the pattern fits."""
    match pattern:
        case Prefix(_, prefix):
            return prefix
        case Wildcard(_, text):
            return _SIGNS.split(text, maxsplit=1)[0]
        case Fuzzy(_, word):
            return word[:1]


def compile_pattern(pattern: Pattern) -> Callable[[str], bool]:
    """Whether the pattern fits a word, as a function of the word."""
    match pattern:
        case Prefix(_, prefix):
            return lambda word: word.startswith(prefix)
        case Wildcard(_, text):
            fits = re.compile(_write_expression(text), re.DOTALL).fullmatch
            return lambda word: fits(word) is not None
        case Fuzzy(_, wanted, distance):
            return _compile_fuzzy(wanted, distance)


def _compile_fuzzy(wanted: str, distance: int) -> Callable[[str], bool]:
    """Most words are told by their length and their letters: an edit changes the set of these by two at most."""
    letters, shortest, longest = frozenset(wanted), len(wanted) - distance, len(wanted) + distance

    def fits(word: str) -> bool:
        return (word[:1] == wanted[:1] and shortest <= len(word) <= longest
                and len(letters.symmetric_difference(word)) <= 2 * distance
                and count_edits(wanted, word, distance) <= distance)

    return fits


def _write_expression(text: str) -> str:
    """The pattern as a regular expression that never tries a star twice: the first place that fits will do."""
    first, *rest = (re.escape(part).replace(r"\?", ".") for part in text.split("*"))
    if not rest:
        return first
    *inner, last = rest
    return first + "".join(f"(?>.*?{part})" for part in inner if part) + ".*" + last
