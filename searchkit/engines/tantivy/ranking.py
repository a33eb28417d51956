"""Which documents come first: tantivy chooses candidates by its own scores, and ours put them in order.

Ours are counted on the stored tokens and the same on every engine. tantivy rounds lengths down, so its scores are
never lower than ours: where one is lower than our last on the page, no document from there on can be among the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from itertools import takewhile
from typing import NamedTuple

from tantivy import DocAddress, Query

from searchkit.engines.base import Request
from searchkit.engines.tantivy.compilation import Compiler, both
from searchkit.engines.tantivy.schema import DAY_DIGITS, LAST_DAY, NEWEST, OLDEST, RECENCY, Row, find_id
from searchkit.engines.tantivy.scoring import Leaf
from searchkit.engines.tantivy.snapshot import GROUP, Found, Snapshot, find_place
from searchkit.search import query as q
from searchkit.search.languages import FIELD as LANGUAGE

Scores = Mapping[int, float]  # of documents, by their place among those that are scored
SLACK = 20  # candidates besides those that are asked for, at first
MOST_TIED = 1_000  # candidates besides, where tantivy's scores leave it open that one of many is among the first
CHUNK = 500  # documents whose tokens are in memory at once
ROUNDING = 1e-5  # of tantivy's scores, which are single floats


class Ranked(NamedTuple):
    """A match: its score, its place in the order by date, where it is, and, of a few, what is stored of it."""

    points: float
    newest: str
    address: DocAddress
    group: str | None
    row: Row | None

    @property
    def id(self) -> str:
        """The document's id."""
        return find_id(self.newest)


def choose_page(compiler: Compiler, request: Request, groups: Collection[str]) -> tuple[int, list[Ranked]]:
    """How many documents match, and the page that is asked for; ``groups`` have several matches."""
    if not request.limit:
        return compiler.snapshot.total(compiler.compile(request.query)), []
    begin, end = request.offset, request.offset + request.limit
    if not (request.collapse and groups):
        return _find_first(compiler, request, begin, end)
    wanted = end
    total, ranked = _find_first(compiler, request, 0, wanted)
    while len(shown := _collapse(ranked, groups)) < end and wanted < total:
        wanted = min(4 * wanted, total)
        total, ranked = _find_first(compiler, request, 0, wanted)
    return total, shown[begin:end]


def find_order(sort: str) -> Callable[[Ranked], tuple[float | str, ...]]:
    """What matches are ordered by, as a function of each."""
    if sort == "relevance":
        return lambda match: (-match.points, match.newest)
    if sort == "newest":
        return lambda match: (match.newest,)

    def find_oldest(match: Ranked) -> tuple[float | str, ...]:
        filed = int(match.newest[:DAY_DIGITS])
        return (filed if filed == LAST_DAY else LAST_DAY - filed), match.newest

    return find_oldest


def score_all(compiler: Compiler, query: q.Query, addresses: Sequence[DocAddress]) -> Iterator[Ranked]:
    """Documents that match, with their scores."""
    has_groups, few = compiler.snapshot.has_groups, len(addresses) <= CHUNK
    for start in range(0, len(addresses), CHUNK):
        part = addresses[start:start + CHUNK]
        scorer = Scorer(compiler, part)
        scores = scorer.score(query, frozenset(range(len(part))))
        for place, (address, row) in enumerate(zip(part, scorer.rows, strict=True)):
            yield Ranked(scores.get(place, 0.0), row.newest, address, row.first(GROUP) if has_groups else None,
                         row if few else None)


def find_constant(query: q.Query) -> float | None:
    """The score of every document that matches; None where they differ."""
    match query:
        case q.Term() | q.Phrase() | q.Near() | q.AtLeast():
            return None
        case q.Prefix() | q.Wildcard() | q.Fuzzy():
            return 1.0
        case q.And(children):
            parts = [points for child in children if (points := find_constant(child)) is not None]
            return sum(parts) if len(parts) == len(children) else None
        case q.Or(children):
            return 0.0 if all(find_constant(child) == 0.0 for child in children) else None
        case q.Boost(child, factor):
            points = find_constant(child)
            return None if points is None else factor * points
        case q.ByLanguage():
            constants = {find_constant(node) for node in query.nodes}
            return constants.pop() if len(constants) == 1 else None
        case q.Prefer(child, bonuses):
            return find_constant(child) if not bonuses else None
        case _:
            return 0.0


class Scorer:
    """Scores documents that match a query."""

    def __init__(self, compiler: Compiler, addresses: Sequence[DocAddress]) -> None:
        self._compiler = compiler
        self._addresses = addresses
        self.rows = [compiler.snapshot.load(address) for address in addresses]

    def score(self, query: q.Query, places: Set[int]) -> Scores:
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
            case q.ByLanguage():
                return _add_up(self.score(node, part) for node, part in self._split(query, places).items())
            case q.Boost(child, factor):
                return {place: factor * points for place, points in self.score(child, places).items()}
            case q.Prefer(child, bonuses):
                extra = (self.score(bonus, self._restrict(places, bonus)) for bonus in bonuses)
                return _add_up((self.score(child, places), *extra))
            case _:
                return {}

    def _split(self, query: q.ByLanguage, places: Set[int]) -> Mapping[q.Query, Set[int]]:
        """The documents by what is asked of their language."""
        nodes: dict[str | None, q.Query] = {}
        parts: defaultdict[q.Query, set[int]] = defaultdict(set)
        for place in places:
            language = self.rows[place].first(LANGUAGE)
            if language not in nodes:
                nodes[language] = query.choose(language)
            parts[nodes[language]].add(place)
        return parts

    def _score_leaf(self, leaf: Leaf, places: Set[int]) -> Scores:
        """Scores of those in which the leaf stands."""
        weigh_row, rows = self._compiler.weigher(leaf), self.rows
        return {place: points for place in places if (points := weigh_row(rows[place])[1])}

    def _restrict(self, places: Set[int], query: q.Query) -> Set[int]:
        """Those of the documents that match, where ``score`` needs to know."""
        if not places or _finds_its_own(query):
            return places
        return places & self._find(query)

    def _find(self, query: q.Query) -> Set[int]:
        snapshot = self._compiler.snapshot
        named = snapshot.name(self._addresses)
        _, hits = snapshot.search(both(named, self._compiler.compile(query)), len(self._addresses))
        found = {find_place(address) for _, address in hits}
        return {place for place, address in enumerate(self._addresses) if find_place(address) in found}


def _add_up(parts: Iterable[Scores]) -> Scores:
    """Sums by document, in the order of the parts: floating-point sums depend on it."""
    sums: dict[int, float] = {}
    for part in parts:
        for place, points in part.items():
            sums[place] = sums.get(place, 0.0) + points
    return sums


def _finds_its_own(query: q.Query) -> bool:
    """Whether a query that is scored over documents of which some do not match leaves these out by itself."""
    match query:
        case q.Term() | q.Phrase() | q.Near():
            return True
        case q.Boost(child):
            return _finds_its_own(child)
        case q.Or(children):
            return all(map(_finds_its_own, children))
        case q.ByLanguage():
            return all(map(_finds_its_own, query.nodes))
        case _:
            return False


def _find_first(compiler: Compiler, request: Request, begin: int, end: int) -> tuple[int, list[Ranked]]:
    """How many documents match, and those from a place in their order up to another one."""
    query, native = request.query, compiler.compile(request.query)
    if request.sort == "relevance" and find_constant(query) is None:
        total, ranked = _find_best(compiler, query, native, end)
        return total, sorted(ranked, key=find_order(request.sort))[begin:end]
    if not begin and request.sort != "oldest" and (found := _find_newest(compiler.snapshot, native, end)):
        total, addresses = found
        ranked = list(score_all(compiler, query, addresses))
        return total, sorted(ranked, key=find_order("newest"))[:end]
    order = OLDEST if request.sort == "oldest" else NEWEST
    total, hits = compiler.snapshot.search(native, end - begin, order, begin)
    return total, list(score_all(compiler, query, [address for _, address in hits]))


def _find_best(compiler: Compiler, query: q.Query, native: Query, end: int) -> tuple[int, list[Ranked]]:
    """How many documents match, and those of them that can be among the first."""
    snapshot, slack = compiler.snapshot, SLACK
    total, hits = snapshot.search(native, end + slack)
    ranked = list(score_all(compiler, query, _list_addresses(hits[:end])))
    # tantivy counts in the lengths of deleted documents, which can raise a score by as much as their number
    least = min((match.points for match in ranked), default=0.0) * (1 - ROUNDING) * snapshot.count / (
        snapshot.count_with_deleted or 1)
    while len(hits) == end + slack and slack < MOST_TIED and hits[-1][0] >= least:
        slack = min(4 * slack, MOST_TIED)
        total, hits = snapshot.search(native, end + slack)
    ranked += score_all(compiler, query, _list_addresses(takewhile(lambda found: found[0] >= least, hits[end:])))
    return total, ranked


def _find_newest(snapshot: Snapshot, native: Query, end: int) -> tuple[int, list[DocAddress]] | None:
    """How many documents match, and those of them that can be among the newest; None where they are too many."""
    total, hits = snapshot.search(native, end + SLACK, RECENCY)
    if len(hits) == end + SLACK and hits[-1][0] == hits[end - 1][0]:
        return None
    return total, _list_addresses(found for found in hits if found[0] <= hits[min(end, len(hits)) - 1][0])


def _list_addresses(hits: Iterable[Found]) -> list[DocAddress]:
    return [address for _, address in hits]


def _collapse(ranked: Iterable[Ranked], groups: Collection[str]) -> list[Ranked]:
    """The matches without all but the first of each group."""
    shown, seen = [], set()
    for match in ranked:
        if match.group is None or match.group not in groups:
            shown.append(match)
        elif match.group not in seen:
            seen.add(match.group)
            shown.append(match)
    return shown
