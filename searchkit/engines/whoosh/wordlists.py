"""The words that the patterns of a query stand for, and the documents that have them, over the whole collection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from searchkit.engines.whoosh.collection import Collection
from searchkit.engines.whoosh.layout import LONGEST, WRITTEN, decode_term, encode_term
from searchkit.engines.whoosh.lists import Flags, Numbers
from searchkit.search import expansion
from searchkit.search.expansion import Expansion
from searchkit.search.query import Fuzzy, Pattern, Prefix
from searchkit.search.vocabulary import find_letters

Found = list[Numbers]  # the numbers of words, shard by shard


class WordLists:
    """Patterns with their words."""

    def __init__(self, collection: Collection, patterns: Iterable[Pattern]) -> None:
        self._collection = collection
        self._found: dict[Pattern, Found] = {}
        self.expansions: dict[Pattern, Expansion] = {}
        for pattern in dict.fromkeys(patterns):
            self._found[pattern], self.expansions[pattern] = self._expand(pattern)

    def find_documents(self, pattern: Pattern) -> Numbers:
        """Documents with one of the words."""
        return self._collection.unite(pattern.field + WRITTEN, self._found[pattern])

    def _expand(self, pattern: Pattern) -> tuple[Found, Expansion]:
        found = [self._find(pattern, number) for number in range(len(self._collection.snapshot.shards))]
        if sum(map(len, found)) <= expansion.MOST_WORDS:
            return found, Expansion((), 0)
        return self._choose(pattern.field + WRITTEN, found)

    def _find(self, pattern: Pattern, shard: int) -> Numbers:
        """The numbers of the words of one shard that the pattern fits."""
        inverted = self._collection.lists(shard, pattern.field + WRITTEN).inverted
        numbers = inverted.terms.find_range(encode_term(expansion.find_beginning(pattern)))
        fitting = np.arange(numbers.start, numbers.stop)
        if isinstance(pattern, Prefix):
            return fitting
        if isinstance(pattern, Fuzzy):
            fitting = fitting[_sift(pattern, np.asarray(inverted.view("letters"))[numbers.start:numbers.stop],
                                    np.asarray(inverted.view("sizes"))[numbers.start:numbers.stop])]
            words = [inverted.terms[number] for number in fitting.tolist()]
        else:
            words = inverted.terms.list_terms(numbers)
        fits = expansion.compile_pattern(pattern)
        return fitting[np.fromiter(map(fits, map(decode_term, words)), np.bool_, len(words))]

    def _choose(self, field: str, found: Found) -> tuple[Found, Expansion]:
        """The most frequent words, where there are too many."""
        frequencies: dict[str, int] = {}
        numbered: list[dict[str, int]] = []
        for shard, numbers in enumerate(found):
            terms = self._collection.lists(shard, field).inverted.terms
            words = [decode_term(terms[number]) for number in numbers.tolist()]
            numbered.append(dict(zip(words, numbers.tolist(), strict=True)))
            for word, count in zip(words, self._count(shard, field, numbers).tolist(), strict=True):
                frequencies[word] = frequencies.get(word, 0) + count
        chosen = expansion.choose_words(frequencies, frequencies.__getitem__)
        kept = [np.array([of[word] for word in chosen.words if word in of], np.intp) for of in numbered]
        return kept, chosen

    def _count(self, shard: int, field: str, numbers: Numbers) -> Numbers:
        """How many documents have each word."""
        lists, live = self._collection.lists(shard, field), self._collection.live
        counts = lists.counts[numbers].astype(np.intp)
        if live is None or not self._collection.snapshot.shards[shard].deleted or not len(numbers):
            return counts
        kept = live[lists.find_documents(numbers) + self._collection.bases[shard]]
        return np.add.reduceat(kept, np.cumsum(counts) - counts, dtype=np.intp)


def sift(letters: Sequence[int], wanted: int, reach: int) -> list[int]:
    """What ``vocabulary.sift`` finds."""
    found: list[int] = np.flatnonzero(_find_similar(np.asarray(letters), wanted, reach)).tolist()
    return found


def _sift(pattern: Fuzzy, letters: NDArray[np.uint32], sizes: NDArray[np.uint8]) -> Numbers:
    """The places of words that may be near enough, by their letters and their lengths."""
    length, distance = len(pattern.word), pattern.distance
    near = (sizes >= min(length - distance, LONGEST)) & ((sizes <= length + distance) | (sizes == LONGEST))
    return np.flatnonzero(near & _find_similar(letters, find_letters(pattern.word), distance))


def _find_similar(letters: NDArray[np.uint32], wanted: int, reach: int) -> Flags:
    """Which words have all but a few of the wanted letters, and few others: an edit brings in one letter at most, and
    takes away one.
    """
    mine = np.uint32(wanted)
    similar: Flags = (np.bitwise_count(mine & ~letters) <= reach) & (np.bitwise_count(letters & ~mine) <= reach)
    return similar
