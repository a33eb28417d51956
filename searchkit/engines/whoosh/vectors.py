"""A request answered in numpy arrays, over all shards at once."""

from __future__ import annotations

from searchkit.engines.base import Matches, Request
from searchkit.engines.whoosh.collection import Collection
from searchkit.engines.whoosh.matching import Matching
from searchkit.engines.whoosh.ordering import choose_page, count_facet
from searchkit.engines.whoosh.shard import Snapshot
from searchkit.engines.whoosh.wordlists import WordLists
from searchkit.search.expansion import find_cuts
from searchkit.search.query import find_patterns


def answer(snapshot: Snapshot, request: Request) -> Matches:
    """What matches."""
    collection = find_collection(snapshot)
    words = WordLists(collection, (pattern for query in request.queries for pattern in find_patterns(query)))
    matching = Matching(collection, words)
    documents = matching.match(request.query)
    counted = [documents if facet.query is None else matching.match(facet.query) for facet in request.facets]
    ranks = request.limit > 0 and request.sort == "relevance"
    scores = matching.score(request.query, documents) if ranks else None
    page = choose_page(collection, documents, scores, request)
    if page and scores is None:
        shown = documents[sorted(place for _, place in page)]
        of_page = dict(zip(shown.tolist(), matching.score(request.query, shown).tolist(), strict=True))
        hits = tuple((id_, of_page[int(documents[place])]) for id_, place in page)
    else:
        hits = tuple((id_, float(scores[place])) for id_, place in page if scores is not None)
    return Matches(
        total=len(documents),
        hits=hits,
        facets=tuple(count_facet(collection, found, facet)
                     for found, facet in zip(counted, request.facets, strict=True)),
        cuts=find_cuts(words.expansions),
    )


def find_collection(snapshot: Snapshot) -> Collection:
    """The snapshot's collection."""
    collection: Collection | None = snapshot.kept.get("collection")
    if collection is None:
        collection = snapshot.kept["collection"] = Collection(snapshot)
    return collection
