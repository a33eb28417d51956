"""How often words follow each other, or stand near each other, in documents. In plain Python."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import compress, count, repeat
from operator import rshift, sub

from searchkit.engines.whoosh.segment import Postings
from searchkit.search.nearness import find_windows
from searchkit.search.query import Near

FEW = 8  # a list is searched, not walked, for documents that are fewer than an eighth of it
PLACE_BITS = 32  # of a number that stands for a place in a document


def count_starts(documents: Set[int], lists: list[Postings]) -> Mapping[int, int]:
    """At how many places of each document a phrase begins, where it does. All lists have all the documents."""
    first, *others = lists
    starts = set(_list_keys(first, documents))
    for shift, postings in enumerate(others, 1):
        starts.intersection_update(map(sub, _list_keys(postings, documents), repeat(shift)))
    return Counter(map(rshift, starts, repeat(PLACE_BITS)))


def _list_keys(postings: Postings, documents: Set[int]) -> Iterator[int]:
    """A number for each place in these documents; those of places side by side follow each other."""
    if len(documents) * FEW < len(postings.documents):
        numbers: Iterable[int] = map(bisect_left, repeat(postings.documents), documents)
    else:
        numbers = compress(count(), map(documents.__contains__, postings.documents))
    owners, places, starts = postings.documents, postings.places, postings.starts
    return ((owners[number] << PLACE_BITS) + place
            for number in numbers for place in places[starts[number]:starts[number + 1]])


def count_windows(document: int, lists: list[Postings], near: Near) -> int:
    """How many windows of a document hold the terms. All lists have the document."""
    places = {term: postings.read_places(document)
              for term, postings in dict(zip(near.terms, lists, strict=True)).items()}
    return sum(1 for _ in find_windows(places, near.terms, near.slop))
