"""Copies among matches: documents of one group, read through in the order of groups, and counted one group at a time.

Only documents that belong to a group are read, and of these only identifiers and the values of facets: the server's own
count of different values is an estimate.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from searchkit.engines.base import MOST_COPIES, Copied, FacetRequest, Request, find_names, rank_values
from searchkit.engines.opensearch.compilation import Clause
from searchkit.engines.opensearch.connection import Answer, Connection
from searchkit.engines.opensearch.counting import Counting, find_field
from searchkit.engines.opensearch.mapping import decode
from searchkit.engines.opensearch.paging import PAGE, FoundHit, make_order, read_hit, read_through
from searchkit.results import FacetValue

GROUP = "group"
AT_ONCE = 1_000  # groups looked up in one search
Names = set[str | None]
Spare = Counter[str | None]


class Copies:
    """Reads the matches that are copies."""

    def __init__(self, connection: Connection, index: str) -> None:
        self._connection, self._index = connection, index

    def count_spare(self, clause: Clause, facets: Sequence[FacetRequest]) -> tuple[int, list[Spare]]:
        """How many matches are further copies of one that matches, too: in all, and by the values of each facet."""
        if not facets:
            pages = Counting(self._connection, self._index).read_pages(GROUP, clause)
            return sum(sum(page.values()) - len(page) for page in pages), []
        spare, total = [Spare() for _ in facets], 0
        body = {"query": {"bool": {"filter": [clause, {"exists": {"field": GROUP}}]}},
                "sort": [{GROUP: "asc"}, {"id": "asc"}], **_choose_fields(facets)}
        hits = read_through(self._connection, self._index, body, PAGE)
        for _, members in groupby(hits, key=lambda hit: hit["fields"][GROUP][0]):
            copies = list(members)
            total += len(copies) - 1
            for counted, facet in zip(spare, facets, strict=True) if len(copies) > 1 else ():
                found = Spare(name for hit in copies for name in _find_names(hit, facet))
                counted.update({name: count - 1 for name, count in found.items() if count > 1})
        return total, spare

    def describe(self, hits: Sequence[FoundHit], request: Request, clause: Clause) -> tuple[Copied, ...]:
        """The other matches of each hit's group."""
        members: defaultdict[str, list[Answer]] = defaultdict(list)
        groups = list(dict.fromkeys(hit.group for hit in hits if hit.group))
        for start in range(0, len(groups), AT_ONCE):
            chosen = {"terms": {GROUP: groups[start:start + AT_ONCE]}}
            body = {"query": {"bool": {"must": [clause], "filter": [chosen]}}, **make_order(request),
                    **_choose_fields([request.copied] if request.copied else ())}
            for hit in read_through(self._connection, self._index, body, PAGE):
                members[hit["fields"][GROUP][0]].append(hit)
        return tuple(_describe(hit.id, members.get(hit.group or "", ()), request.copied) for hit in hits)


def _describe(id_: str, members: Iterable[Answer], facet: FacetRequest | None) -> Copied:
    others = [hit for hit in members if read_hit(hit).id != id_]
    values: tuple[FacetValue, ...] = ()
    if facet:
        counts = Counter(name for hit in others for name in _find_names(hit, facet))
        values = rank_values(counts, facet, {name: count - 1 for name, count in counts.items()})
    return Copied(len(others), tuple(read_hit(hit).id for hit in others[:MOST_COPIES]), values)


def _choose_fields(facets: Sequence[FacetRequest]) -> Clause:
    """What is read of each document: its identifiers, and the values of facets."""
    fields = {"id", GROUP, *map(find_field, facets)} | ({"entity"} if any(facet.naming for facet in facets) else set())
    return {"docvalue_fields": sorted(fields), "_source": False}


def _find_names(hit: Answer, facet: FacetRequest) -> Names:
    """The names under which a document counts."""
    def read(field: str) -> Iterator[str]:
        return map(decode, hit["fields"].get(field, ()))

    if facet.field == "date":
        return set(read(find_field(facet))) or {None}
    return find_names(list(read(facet.field)), read("entity") if facet.naming else (), facet.naming)
