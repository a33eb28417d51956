"""Copies among matches. tantivy counts them by group; only documents that have a copy among the matches are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from searchkit.engines.base import MOST_COPIES, PERIODS, Copied, FacetRequest, Request, find_names, rank_values
from searchkit.engines.tantivy.compilation import Compiler, both
from searchkit.engines.tantivy.ranking import Ranked, find_order, score_all
from searchkit.engines.tantivy.schema import DATE, Values, split_term
from searchkit.engines.tantivy.snapshot import EXACT, GROUP, MOST
from searchkit.results import FacetValue
from searchkit.search import query as q

NONE = Copied()


class Groups:
    """The matches of a query that are copies of each other; of each group there are two at least."""

    def __init__(self, compiler: Compiler, query: q.Query) -> None:
        self._snapshot = compiler.snapshot
        self._compiler = compiler
        self._query = query
        self._native = compiler.compile(query)
        self._members: list[Values] | None = None
        sizes = self._count() if self._snapshot.has_groups else {}
        self.terms = {split_term(term)[1]: term for term in sizes}
        self.spare = sum(sizes.values()) - len(sizes)

    def count_spare(self, request: FacetRequest) -> Counter[str | None]:
        """Of the matches counted under a value of a facet, how many are further copies of one counted there."""
        spare: Counter[str | None] = Counter()
        if not self.terms:
            return spare
        counts = Counter((*values[GROUP], name) for values in self._read() for name in _find_names(values, request))
        for (_, name), count in counts.items():
            spare[name] += count - 1
        return spare

    def describe(self, hit: Ranked, request: Request) -> Copied:
        """The copies of a hit."""
        term = self.terms.get(hit.group or "") if self.terms else None
        if term is None:
            return NONE
        natives = both(self._native, self._snapshot.any_of({GROUP: [term]}))
        addresses = [address for _, address in self._snapshot.find_all(natives)]
        members = sorted(score_all(self._compiler, self._query, addresses), key=find_order(request.sort))
        others = [member for member in members if member.id != hit.id]
        values: tuple[FacetValue, ...] = ()
        if request.copied:
            values = _count_names((self._snapshot.load(member.address).values for member in others), request.copied)
        return Copied(len(others), tuple(member.id for member in others[:MOST_COPIES]), values)

    def _count(self) -> dict[str, int]:
        """How many matches there are of each group that has several."""
        wanted = {"terms": {"field": GROUP, "size": MOST, "segment_size": EXACT, "min_doc_count": 2}}
        counted = self._snapshot.aggregate(self._native, {GROUP: wanted})
        if counted is not None:
            return counted[GROUP]
        return {term: count for term, count in self._snapshot.list_terms(GROUP, "", self._native) if count > 1}

    def _read(self) -> Sequence[Values]:
        """The values of the matches that have copies."""
        if self._members is None:
            members = both(self._native, self._snapshot.any_of({GROUP: list(self.terms.values())}))
            self._members = [self._snapshot.load(address).values for _, address in self._snapshot.find_all(members)]
        return self._members


def _count_names(members: Iterable[Values], request: FacetRequest) -> tuple[FacetValue, ...]:
    """The values of a facet over copies of one text: under each value all but the first are spare."""
    counts = Counter(name for values in members for name in _find_names(values, request))
    return rank_values(counts, request, {name: count - 1 for name, count in counts.items()})


def _find_names(document: Values, request: FacetRequest) -> set[str | None]:
    """The names of a facet under which a document counts."""
    values = document.get(request.field, [])
    if request.field == DATE:
        return {value[:PERIODS[request.period]] for value in values} or {None}
    return find_names(values, document.get("entity", []), request.naming)
