"""Where words follow each other, or stand near each other: by keys of a document and a place, in numpy arrays.

A key is the number of a document, among those that have all the words, times 2**32, and a place; keys ascend, so
that a window never reaches from one document into the next.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from searchkit.engines.whoosh.collection import NOTHING, Collection, Postings
from searchkit.engines.whoosh.lists import Flags, Numbers, count_along

SHIFT = 32


def count_phrase(collection: Collection, words: dict[str, Postings], terms: tuple[str, ...],
                 within: Numbers | None) -> tuple[Numbers, Numbers]:
    """The documents in which the terms follow each other, and how often in each.

    The beginnings that the rarest word leaves are looked for among the places of the others: a word is listed once,
    however often it stands in the phrase.
    """
    shared = _find_shared(collection, list(words.values()), within)
    starts: Numbers | None = None
    for term in sorted(words, key=lambda term: len(words[term].documents)):
        keys = _list_keys(collection, words[term], shared)
        for shift in (shift for shift, other in enumerate(terms) if other == term):
            if starts is None:
                starts = keys[(keys & ((1 << SHIFT) - 1)) >= shift] - shift
            else:
                starts = starts[_are_among(keys, starts + shift)]
    return _count_keys(NOTHING if starts is None else starts, shared)


def count_windows(collection: Collection, words: dict[str, Postings], terms: tuple[str, ...], slop: int,
                  within: Numbers | None) -> tuple[Numbers, Numbers]:
    """The documents in which the terms stand near each other, and how many windows of each hold them."""
    shared = _find_shared(collection, list(words.values()), within)
    keys = {term: _list_keys(collection, postings, shared) for term, postings in words.items()}
    starts = np.sort(np.concatenate(list(keys.values()))) if keys else NOTHING
    ends = starts + len(terms) + slop
    for term, needed in Counter(terms).items():
        inside = np.searchsorted(keys[term], ends) - np.searchsorted(keys[term], starts)
        holds = inside >= needed
        starts, ends = starts[holds], ends[holds]
    return _count_keys(starts, shared)


def _find_shared(collection: Collection, words: list[Postings], within: Numbers | None) -> Numbers:
    """The documents that have all words, of those asked for."""
    shared = within
    for postings in sorted(words, key=lambda postings: len(postings.documents)):
        if shared is None:
            shared = postings.documents
        elif len(postings.documents) < len(shared):
            shared = postings.documents[collection.contains(shared, postings.documents)]
        else:
            shared = shared[collection.contains(postings.documents, shared)]
    return NOTHING if shared is None else shared


def _list_keys(collection: Collection, postings: Postings, shared: Numbers) -> Numbers:
    """The keys of a word, which all of these documents have."""
    if not len(shared):
        return NOTHING
    starts, places = postings.read_places()
    counts = postings.count_tokens()
    if len(shared) < len(postings.documents):
        numbers = np.searchsorted(postings.documents, shared)
        starts, counts = starts[numbers], counts[numbers]
    return (np.repeat(np.arange(len(shared)) << SHIFT, counts)
            + places[count_along(starts, counts)].astype(np.intp))


def _are_among(keys: Numbers, wanted: Numbers) -> Flags:
    """Which of the wanted keys are among those, both ascending."""
    if not len(keys):
        return np.zeros(len(wanted), np.bool_)
    places = np.searchsorted(keys, wanted)
    places[places == len(keys)] = 0
    found: Flags = keys[places] == wanted
    return found


def _count_keys(keys: Numbers, shared: Numbers) -> tuple[Numbers, Numbers]:
    counts = np.bincount(keys >> SHIFT, minlength=len(shared))
    found = counts > 0
    return shared[found], counts[found]
