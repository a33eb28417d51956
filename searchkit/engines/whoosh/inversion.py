"""New documents become a segment: tokens are numbered as they come, and sorted once."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection
from itertools import count
from pathlib import Path
from typing import IO

import numpy as np

from searchkit.engines.whoosh.arrayfile import ArrayWriter
from searchkit.engines.whoosh.layout import (
    ID,
    INDEXED,
    KEYWORD_NAMES,
    SEPARATOR,
    TEXT_NAMES,
    VALUE_NAMES,
    WRITTEN,
    WRITTEN_NAMES,
    encode_term,
)
from searchkit.engines.whoosh.lists import Numbers, Posted
from searchkit.engines.whoosh.listwriter import (
    FieldWriter,
    LetterWriter,
    OrdinalWriter,
    add_numbers,
)
from searchkit.search.analysis import PASSAGE_GAP, Analysed, Tokens
from searchkit.search.folding import fold_value


class _Stream:
    """The tokens of a field, document after document."""

    def __init__(self, has_gaps: bool) -> None:
        self._has_gaps = has_gaps
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)  # in the order in which they were met
        self._tokens = array("I")
        self._sizes = array("I")

    def __len__(self) -> int:
        return len(self._tokens)

    def add(self, tokens: Collection[str]) -> None:
        before = len(self._tokens)
        self._tokens.extend(map(self._numbers.__getitem__, tokens))
        self._sizes.append(len(self._tokens) - before)

    def add_numbered(self, tokens: Tokens) -> None:
        """The terms of a text, each of which is looked up once."""
        known = np.fromiter(map(self._numbers.__getitem__, tokens.terms), np.uint32, len(tokens.terms))
        self._tokens.frombytes(known[np.asarray(tokens.numbers)].tobytes())
        self._sizes.append(len(tokens.numbers))

    def invert(self, has_places: bool) -> tuple[list[bytes], Posted]:
        """The terms in order, and their postings. Passage gaps are none."""
        words = sorted(self._numbers)
        has_gap = self._has_gaps and PASSAGE_GAP in self._numbers
        ranks = np.zeros(len(words), np.int64)
        ranks[np.fromiter(map(self._numbers.__getitem__, words), np.intp, len(words))] = np.arange(len(words))
        if has_gap:  # it is before all words, and comes behind them
            ranks = (ranks - 1) % len(words)
        terms = [encode_term(word) for word in words[has_gap:]]
        tokens, sizes = ranks[np.asarray(self._tokens)], np.asarray(self._sizes, np.intp)
        invert = _invert_places if has_places else _invert_documents
        return terms, invert(tokens, sizes, len(terms))


def _invert_places(tokens: Numbers, sizes: Numbers, terms: int) -> Posted:
    """Postings of tokens, which are numbers of terms; those that are no term are passed over."""
    keys = tokens << 32 | np.arange(len(tokens))
    keys.sort()
    keys = keys[:np.searchsorted(keys, terms << 32)]
    tokens, places = keys >> 32, keys & 0xffffffff
    del keys
    documents = np.repeat(np.arange(len(sizes)), sizes)[places]
    places -= (np.cumsum(sizes) - sizes)[documents]
    first = np.ones(len(tokens), np.bool_)
    first[1:] = (tokens[1:] != tokens[:-1]) | (documents[1:] != documents[:-1])
    starts = np.flatnonzero(first)
    frequencies = np.diff(starts, append=len(tokens))
    return Posted(np.bincount(tokens[starts], minlength=terms), documents[starts], frequencies, places)


def _invert_documents(tokens: Numbers, sizes: Numbers, terms: int) -> Posted:
    """The same without places."""
    keys = tokens << 32 | np.repeat(np.arange(len(sizes)), sizes)
    keys.sort()
    keys = keys[:np.searchsorted(keys, terms << 32)]
    first = np.ones(len(keys), np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    keys = keys[first]
    return Posted(np.bincount(keys >> 32, minlength=terms), keys & 0xffffffff, None, None)


class Inversion:
    """The documents of one segment in the making."""

    def __init__(self) -> None:
        self.count = 0
        self._streams = {name: _Stream(has_gaps=name not in VALUE_NAMES) for name in INDEXED}
        self._lengths = {name: array("I") for name in TEXT_NAMES}
        self._stored: list[bytes] = []

    @property
    def size(self) -> int:
        """How many tokens there are, and values."""
        return sum(map(len, self._streams.values()))

    def add(self, analysed: Analysed) -> None:
        """Take in a document; one that fails takes nothing along."""
        tokens: dict[str, Collection[str]] = {ID: (analysed.id,), **analysed.dates}
        for name in TEXT_NAMES:
            tokens[name + WRITTEN] = set(analysed.tokens[name].written)
        for name in KEYWORD_NAMES:
            tokens[name] = {fold_value(value) + SEPARATOR + value for value in analysed.keywords[name]}
        for name, stream in self._streams.items():
            if name in analysed.tokens:
                stream.add_numbered(analysed.tokens[name])
            else:
                stream.add(tokens[name])
        for name, lengths in self._lengths.items():
            lengths.append(analysed.tokens[name].count())
        self._stored.append(analysed.packed)
        self.count += 1

    def write(self, file: IO[bytes], folder: Path) -> None:
        """Write the segment. Temporary files come into the folder and leave it."""
        writer = ArrayWriter(file)
        ends = np.cumsum([0, *map(len, self._stored)])
        writer.add("stored", "B", b"".join(self._stored))
        add_numbers(writer, "stored/ends", ends)
        for name, lengths in self._lengths.items():
            add_numbers(writer, f"{name}/lengths", np.asarray(lengths))
        for name in INDEXED:
            field = FieldWriter(folder, name, has_places=name in TEXT_NAMES)
            terms, posted = self._streams.pop(name).invert(name in TEXT_NAMES)
            field.add(terms, posted)
            field.finish(writer)
            if name in WRITTEN_NAMES:
                letters = LetterWriter(name)
                letters.add(terms)
                letters.finish(writer)
            if name in VALUE_NAMES:
                ordinals = OrdinalWriter(name)
                ordinals.add(posted.counts, posted.documents)
                ordinals.finish(writer, self.count)
        writer.finish({"count": self.count, "totals": {name: sum(of) for name, of in self._lengths.items()}})
