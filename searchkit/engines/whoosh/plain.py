"""A request answered in plain Python, shard by shard."""

from __future__ import annotations

from collections.abc import Iterable

from searchkit.engines.base import Matches, Request
from searchkit.engines.whoosh.collapsing import Groups
from searchkit.engines.whoosh.counting import Matched, choose_page, count_facet
from searchkit.engines.whoosh.evaluation import Evaluation, Rarity
from searchkit.engines.whoosh.patterns import Patterns
from searchkit.engines.whoosh.shard import Snapshot
from searchkit.search import query as q
from searchkit.search.expansion import find_cuts

LONG_PHRASE = 32  # words; where they stand at 100,000 places of a document, plain Python takes seconds for more
TOO_MUCH = 2**40
FILTERS = q.Keyword | q.KeywordPrefix | q.DateRange | q.Missing | q.Not  # they look at what other words have left


def answer(snapshot: Snapshot, request: Request) -> Matches:
    """What matches."""
    rarity = Rarity(snapshot)
    patterns = Patterns(snapshot, (pattern for query in request.queries for pattern in q.find_patterns(query)))
    evaluations = [Evaluation(shard, snapshot, rarity, patterns) for shard in snapshot.shards]
    matches = _match(evaluations, request.query)
    counted: dict[q.Query | None, list[Matched]] = {None: matches}
    for facet in request.facets:
        if facet.query is not None and facet.query not in counted:
            counted[facet.query] = _match(evaluations, facet.query)
    total = sum(len(part.documents) for part in matches)
    groups = {query: Groups(parts) for query, parts in counted.items()}
    if request.limit and request.sort == "relevance":
        whole = total if groups[None].spare else request.offset + request.limit  # copies are ranked, wherever they are
        matches = [part._replace(scores=part.evaluation.score_first(request.query, part.documents, whole))
                   for part in matches]
    if request.limit:
        groups[None].rank(matches, request)
    page = choose_page(groups[None].collapse(matches) if request.collapse and request.limit else matches, request)
    return Matches(
        total=total,
        hits=tuple(_name_hit(*hit, request) for hit in page),
        facets=tuple(count_facet(counted[facet.query], facet, groups[facet.query].count_spare(facet))
                     for facet in request.facets),
        cuts=find_cuts(patterns.expansions),
        distinct=total - groups[None].spare,
        copies=tuple(groups[None].describe(*hit, request.copied) for hit in page),
    )


def estimate_work(snapshot: Snapshot, request: Request) -> int:
    """About how many postings and documents have to be looked at."""
    return sum(_estimate(snapshot, query) for query in request.queries)


def _estimate(snapshot: Snapshot, query: q.Query) -> int:
    match query:
        case q.Term(field, term):
            return snapshot.find_frequency(field, term)
        case q.Phrase(_, terms) if len(terms) > LONG_PHRASE:
            return TOO_MUCH
        case q.Phrase(field, terms) | q.Near(field, terms):
            return sum(snapshot.find_frequency(field, term) for term in terms)
        case q.And(children):
            words = [child for child in children if not isinstance(child, FILTERS)]
            return sum(_estimate(snapshot, child) for child in words) if words else snapshot.count
        case q.Or(children):
            return sum(_estimate(snapshot, child) for child in children)
        case q.ByLanguage():
            return sum(_estimate(snapshot, node) for node in query.nodes)
        case q.Prefer(child, bonuses):
            return sum(_estimate(snapshot, part) for part in (child, *bonuses))
        case q.Boost(child) | q.AtLeast(_, child):
            return _estimate(snapshot, child)
        case _:
            return snapshot.count


def _match(evaluations: Iterable[Evaluation], query: q.Query) -> list[Matched]:
    """Matches in the shards that have any."""
    found = [(evaluation, evaluation.match(query)) for evaluation in evaluations]
    return [Matched(evaluation.shard, evaluation, documents) for evaluation, documents in found if documents]


def _name_hit(part: Matched, document: int, request: Request) -> tuple[str, float]:
    """A hit's id and score; where another order was asked for, only the page's hits are scored."""
    scores = part.scores
    if request.sort != "relevance":
        scores = part.evaluation.score(request.query, {document})
    return part.shard.segment.name_document(document), scores.get(document, 0.0)
