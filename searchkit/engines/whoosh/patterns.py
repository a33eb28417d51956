"""The words that the patterns of a query stand for, over all shards of a snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from searchkit.engines.whoosh.layout import WRITTEN, decode_term, encode_term
from searchkit.engines.whoosh.shard import Shard, Snapshot
from searchkit.search import expansion
from searchkit.search.expansion import Expansion
from searchkit.search.query import Pattern

Places = list[tuple[int, int]]  # the shards (by number) that have a word, and its number in each


class Patterns:
    """Patterns with their words, and the postings of these."""

    def __init__(self, snapshot: Snapshot, patterns: Iterable[Pattern]) -> None:
        self._snapshot = snapshot
        self._listed: dict[tuple[str, str], dict[str, Places]] = {}
        self.expansions = {pattern: self._expand(pattern) for pattern in dict.fromkeys(patterns)}

    def match(self, pattern: Pattern, shard: Shard) -> set[int]:
        """Documents of a shard with one of the words."""
        listed = self._list(pattern)
        number = self._snapshot.shards.index(shard)
        inverted = shard.segment.inverted(pattern.field + WRITTEN)
        found: set[int] = set()
        for word in self.expansions[pattern].words:
            for place, term in listed[word]:
                if place == number:
                    found.update(inverted.read(term).documents)
        return found - shard.deleted

    def _expand(self, pattern: Pattern) -> Expansion:
        listed, shards = self._list(pattern), self._snapshot.shards
        fitting = list(filter(expansion.compile_pattern(pattern), listed))
        return expansion.choose_words(
            fitting, lambda word: sum(shards[number].count_documents(pattern.field + WRITTEN, term)
                                      for number, term in listed[word]))

    def _list(self, pattern: Pattern) -> dict[str, Places]:
        """All words that begin as those of the pattern do."""
        beginning = expansion.find_beginning(pattern)
        if (pattern.field, beginning) not in self._listed:
            words: defaultdict[str, Places] = defaultdict(list)
            for number, shard in enumerate(self._snapshot.shards):
                terms = shard.segment.inverted(pattern.field + WRITTEN).terms
                found = terms.find_range(encode_term(beginning))
                for place, term in zip(found, terms.list_terms(found), strict=True):
                    words[decode_term(term)].append((number, place))
            self._listed[pattern.field, beginning] = words
        return self._listed[pattern.field, beginning]
