"""Which documents come first: tantivy chooses candidates by its own scores, and ours put them in order.

Ours are counted on the stored tokens and the same on every engine. Only a document that tantivy's rounding of
lengths puts more than ``SLACK`` places too low could be missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from tantivy import DocAddress

from searchkit.engines.base import Request
from searchkit.engines.tantivy.compilation import Compiler, both
from searchkit.engines.tantivy.schema import NEWEST, OLDEST, find_id
from searchkit.engines.tantivy.scoring import Leaf, Text, Wanted, collect_terms, weigh, weigh_text
from searchkit.engines.tantivy.snapshot import Place, find_place
from searchkit.search import query as q

Scores = Mapping[Place, float]
SLACK = 50  # candidates besides those that are asked for
MOST_TIED = 1_000  # candidates besides, where tantivy scores many the same as the last that is asked for
CHUNK = 500  # documents whose tokens are in memory at once
ROUNDING = 1e-5  # of tantivy's scores, which are single floats


def choose_page(compiler: Compiler, request: Request) -> tuple[int, list[tuple[str, float]]]:
    """How many documents match, and the ids and scores of the page that is asked for."""
    query, snapshot = request.query, compiler.snapshot
    points = find_constant(query)
    if request.limit and request.sort == "relevance" and points is None:
        total, candidates = _find_candidates(compiler, request)
        ranked = sorted((-points, newest) for newest, points in _score_all(compiler, query, candidates))
        page = ranked[request.offset:request.offset + request.limit]
        return total, [(find_id(newest), -points) for points, newest in page]
    order = OLDEST if request.sort == "oldest" else NEWEST
    total, hits = snapshot.search(compiler.compile(query), request.limit, order, request.offset)
    if points is not None:
        return total, [(find_id(value), points) for value, _ in hits]
    scored = _score_all(compiler, query, [address for _, address in hits])
    return total, [(find_id(newest), points) for newest, points in scored]


def find_constant(query: q.Query) -> float | None:
    """The score of every document that matches; None where they differ."""
    match query:
        case q.Term() | q.Phrase() | q.Near() | q.AtLeast():
            return None
        case q.Prefix() | q.Wildcard() | q.Fuzzy():
            return 1.0
        case q.And(children):
            constants = [points for child in children if (points := find_constant(child)) is not None]
            return sum(constants) if len(constants) == len(children) else None
        case q.Or(children):
            return 0.0 if all(find_constant(child) == 0.0 for child in children) else None
        case q.Boost(child, factor):
            points = find_constant(child)
            return None if points is None else factor * points
        case q.Prefer(child, bonuses):
            return find_constant(child) if not bonuses else None
        case _:
            return 0.0


class Scorer:
    """Scores documents that match a query, by the terms that are wanted for it."""

    def __init__(self, compiler: Compiler, wanted: Wanted, addresses: Iterable[DocAddress]) -> None:
        self._compiler = compiler
        self._wanted = wanted
        self._texts: dict[str, dict[Place, Text]] = {}
        self._addresses = {find_place(address): address for address in addresses}
        loaded = {place: compiler.snapshot.load(self._addresses[place]) for place in sorted(self._addresses)}
        self.rows = {place: loaded[place] for place in self._addresses}  # read as they are stored, kept as they came

    def score(self, query: q.Query, places: Set[Place]) -> Scores:
        """Scores of documents that match; those that score 0 may be left out."""
        match query:
            case q.Term() | q.Phrase() | q.Near():
                return self._score_leaf(query, places)
            case q.AtLeast(_, child):
                return self.score(child, places)
            case q.Prefix() | q.Wildcard() | q.Fuzzy():
                return dict.fromkeys(places, 1.0)
            case q.And(children):
                return _add_up(self.score(child, places) for child in children)
            case q.Or(children):
                return _add_up(self.score(child, self._restrict(places, child)) for child in children)
            case q.Boost(child, factor):
                return {place: factor * points for place, points in self.score(child, places).items()}
            case q.Prefer(child, bonuses):
                extra = (self.score(bonus, self._restrict(places, bonus)) for bonus in bonuses)
                return _add_up((self.score(child, places), *extra))
            case _:
                return {}

    def _score_leaf(self, leaf: Leaf, places: Set[Place]) -> Scores:
        """Scores of those in which the leaf stands."""
        texts, idf = self._read(leaf.field), weigh(self._compiler.snapshot, leaf)
        weighed = ((place, *weigh_text(texts[place], leaf, idf)) for place in places)
        return {place: points for place, times, points in weighed if times}

    def _read(self, field: str) -> Mapping[Place, Text]:
        """A text field of all documents."""
        if field not in self._texts:
            average = self._compiler.snapshot.average_length(field)
            self._texts[field] = {place: Text(row.terms(field), self._wanted[field], average)
                                  for place, row in self.rows.items()}
        return self._texts[field]

    def _restrict(self, places: Set[Place], query: q.Query) -> Set[Place]:
        """Those of the documents that match, where ``score`` needs to know: leaves find their own."""
        while isinstance(query, q.Boost):
            query = query.child
        if isinstance(query, Leaf) or not places:
            return places
        return places & self._find(query)

    def _find(self, query: q.Query) -> Set[Place]:
        named = self._compiler.snapshot.name(list(self._addresses.values()))
        _, hits = self._compiler.snapshot.search(both(named, self._compiler.compile(query)), len(self._addresses))
        return {find_place(address) for _, address in hits}


def _add_up(parts: Iterable[Scores]) -> Scores:
    """Sums by document, in the order of the parts: floating-point sums depend on it."""
    sums: dict[Place, float] = {}
    for part in parts:
        for place, points in part.items():
            sums[place] = sums.get(place, 0.0) + points
    return sums


def _find_candidates(compiler: Compiler, request: Request) -> tuple[int, list[DocAddress]]:
    """How many documents match, and those of them that can be on the page."""
    native, end = compiler.compile(request.query), request.offset + request.limit
    slack = SLACK
    total, hits = compiler.snapshot.search(native, end + slack)
    while len(hits) == end + slack and slack < MOST_TIED and hits[-1][0] >= hits[end - 1][0] * (1 - ROUNDING):
        slack = min(4 * slack, MOST_TIED)
        total, hits = compiler.snapshot.search(native, end + slack)
    return total, [address for _, address in hits]


def _score_all(compiler: Compiler, query: q.Query, addresses: Sequence[DocAddress]) -> Iterator[tuple[str, float]]:
    """Place in the order by date, and score, of documents that match."""
    wanted = collect_terms(query)
    for start in range(0, len(addresses), CHUNK):
        scorer = Scorer(compiler, wanted, addresses[start:start + CHUNK])
        scores = scorer.score(query, scorer.rows.keys())
        yield from ((row.newest, scores.get(place, 0.0)) for place, row in scorer.rows.items())
