"""Order and counts: what is made of all matches, in numpy arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from searchkit.engines.base import FacetRequest, Request, rank_values
from searchkit.engines.whoosh.collection import Collection
from searchkit.engines.whoosh.facetcolumns import find_column
from searchkit.engines.whoosh.layout import ID
from searchkit.engines.whoosh.lists import Numbers, Scores
from searchkit.results import FacetValue

Key = Callable[[Numbers], NDArray[Any]]  # what the documents at these places are sorted by, the least first
LAST = 1 << 30  # sorts after every day


def count_facet(collection: Collection, documents: Numbers, request: FacetRequest,
                spare: Mapping[str | None, int]) -> tuple[FacetValue, ...]:
    """The values of a facet among the documents, of which ``spare`` are further copies."""
    column = find_column(collection, request)
    counts, without = column.count_names(documents)
    numbers = np.flatnonzero(counts)
    if request.field != "date" and request.limit is not None and len(numbers) > request.limit:
        numbers = numbers[_keep_most(counts[numbers], request.limit)]
    named = zip(numbers.tolist(), counts[numbers].tolist(), strict=True)
    totals: dict[str | None, int] = {column.names[number]: count for number, count in named}
    totals[None] = without
    return rank_values(totals, request, spare)


def find_keys(collection: Collection, documents: Numbers, scores: Scores | None, sort: str) -> list[Key]:
    """What matches are ordered by, the first first; after these by id."""
    def find_scores(places: Numbers) -> Scores:
        return np.zeros(len(places)) if scores is None else -scores[places]

    def find_oldest(places: Numbers) -> Numbers:
        days = collection.days[documents[places]]
        return np.where(days, days, LAST)

    def find_newest(places: Numbers) -> Numbers:
        days = collection.days[documents[places]]
        return np.where(days, -days, LAST)

    orders: dict[str, list[Key]] = {"relevance": [find_scores, find_newest], "newest": [find_newest],
                                    "oldest": [find_oldest, find_newest]}
    return orders[sort]


def choose_page(collection: Collection, documents: Numbers, places: Numbers, keys: list[Key],
                request: Request) -> list[tuple[str, int]]:
    """Ids of the matches on the page asked for, in order, each with its place among the documents. ``places`` are
    those that may be on it.
    """
    end = request.offset + request.limit
    if not request.limit or not len(places):
        return []
    chosen = _keep_first(keys, end, places, collection, documents)
    names = name_documents(collection, documents[chosen])
    rows = sorted(zip(*(key(chosen).tolist() for key in keys), names, chosen.tolist(), strict=True))
    page = [(row[-2], row[-1]) for row in rows[request.offset:end]]
    collection.snapshot.shown = {id_: collection.find_shard(int(documents[place])) for id_, place in page}
    return page


def name_documents(collection: Collection, documents: Numbers) -> list[str]:
    """Their ids."""
    found = map(collection.find_shard, documents.tolist())
    return [shard.segment.name_document(number) for shard, number in found]


def _keep_first(keys: list[Key], count: int, places: Numbers, collection: Collection,
                documents: Numbers) -> Numbers:
    """At least the first ``count`` of the places by the keys, without sorting all."""
    if len(places) <= count:
        return places
    if not keys:
        return _keep_first_ids(collection, documents, places, count)
    values = keys[0](places)
    bound = np.partition(values, count - 1)[count - 1]
    before, tied = places[values < bound], places[values == bound]
    rest = _keep_first(keys[1:], count - len(before), tied, collection, documents)
    return np.concatenate((before, rest))


def _keep_first_ids(collection: Collection, documents: Numbers, places: Numbers, count: int) -> Numbers:
    """Of each shard the documents with the first ids: these are numbered in their order."""
    kept = []
    numbers = documents[places]
    for base, shard in collection.list_shards():
        low, high = np.searchsorted(numbers, (base, base + shard.segment.size))
        ordinals = np.asarray(shard.segment.keywords(ID).single)[numbers[low:high] - base]
        chosen = np.argpartition(ordinals, count - 1)[:count] if len(ordinals) > count else np.arange(len(ordinals))
        kept.append(places[low:high][chosen])
    return np.concatenate(kept)


def _keep_most(counts: Numbers, limit: int) -> Numbers:
    """The places of the ``limit`` largest counts, and of those that equal the least of them."""
    if not limit:
        return np.flatnonzero(counts < 0)
    bound = np.partition(counts, len(counts) - limit)[len(counts) - limit]
    return np.flatnonzero(counts >= bound)
