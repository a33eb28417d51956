"""A request answered in numpy arrays, over all shards at once."""

from __future__ import annotations

import numpy as np

from searchkit.engines.base import Matches, Request
from searchkit.engines.whoosh.collection import Collection
from searchkit.engines.whoosh.copies import Copies
from searchkit.engines.whoosh.lists import Numbers
from searchkit.engines.whoosh.matching import Matching
from searchkit.engines.whoosh.ordering import choose_page, count_facet, find_keys
from searchkit.engines.whoosh.shard import Snapshot
from searchkit.engines.whoosh.wordlists import WordLists
from searchkit.search.expansion import find_cuts
from searchkit.search.query import Query, find_patterns


def answer(snapshot: Snapshot, request: Request) -> Matches:
    """What matches."""
    collection = find_collection(snapshot)
    words = WordLists(collection, (pattern for query in request.queries for pattern in find_patterns(query)))
    matching = Matching(collection, words)
    documents = matching.match(request.query)
    copies: dict[Query | None, Copies] = {None: Copies(collection, documents)}
    counted: dict[Query | None, Numbers] = {None: documents}
    for query in request.queries[1:]:
        if query not in counted:
            counted[query] = matching.match(query)
            copies[query] = Copies(collection, counted[query])
    page, scores = _choose(collection, matching, documents, copies[None], request)
    return Matches(
        total=len(documents),
        hits=tuple((id_, scores[place]) for id_, place in page),
        facets=tuple(count_facet(collection, counted[facet.query], facet, copies[facet.query].count_spare(facet))
                     for facet in request.facets),
        cuts=find_cuts(words.expansions),
        distinct=len(documents) - copies[None].spare,
        copies=tuple(copies[None].describe(place, id_, request.copied) for id_, place in page),
    )


def _choose(collection: Collection, matching: Matching, documents: Numbers, copies: Copies,
            request: Request) -> tuple[list[tuple[str, int]], dict[int, float]]:
    """The page asked for, and the scores of its hits, by their places among the documents."""
    if not request.limit:
        return [], {}
    ranks = request.sort == "relevance"
    scores = matching.score(request.query, documents) if ranks else None
    keys = find_keys(collection, documents, scores, request.sort)
    copies.rank(keys)
    shown = copies.find_shown() if request.collapse else None
    places = np.arange(len(documents)) if shown is None else np.flatnonzero(shown)
    page = choose_page(collection, documents, places, keys, request)
    hits = np.array(sorted(place for _, place in page), np.intp)
    of_hits = matching.score(request.query, documents[hits]) if scores is None else scores[hits]
    return page, dict(zip(hits.tolist(), of_hits.tolist(), strict=True))


def find_collection(snapshot: Snapshot) -> Collection:
    """The snapshot's collection."""
    collection: Collection | None = snapshot.kept.get("collection")
    if collection is None:
        collection = snapshot.kept["collection"] = Collection(snapshot)
    return collection
