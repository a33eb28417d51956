"""What each index of a federation is asked, so that one answer can be made of theirs."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from searchkit.engines.base import Matches, Request
from searchkit.federation.counting import Names, Shelf, Tangled, list_names
from searchkit.federation.member import Member
from searchkit.federation.merging import Place
from searchkit.federation.overlap import GROUP, Overlap
from searchkit.federation.weighing import Statistics, change_leaves, list_leaves
from searchkit.search.query import AtLeast, Everything, Keyword, Near, Phrase, Query, Term, either


class Asking:
    """One request to all indexes."""

    def __init__(self, members: Sequence[Member], overlap: Overlap, shelf: Shelf, request: Request,
                 statistics: Statistics | None) -> None:
        self._members, self._overlap, self._shelf = members, overlap, shelf
        self._request, self._statistics = request, statistics
        self.parts: Mapping[Query, Sequence[Tangled]] = {
            query: [self._sift(home, query) for home in range(len(members))]
            for query in dict.fromkeys(request.queries)}

    def ask(self) -> list[Matches]:
        """What the indexes answer: all values of facets, and so many of the first hits as may be needed."""
        return [member.search(self._make_request(home)) for home, member in enumerate(self._members)]

    @cached_property
    def names(self) -> Sequence[Mapping[Place, Names]]:
        """For each facet, the names under which the documents count that do not simply add up."""
        facets = self._request.facets
        names: list[dict[Place, Names]] = [{} for _ in facets]
        for home in range(len(self._members) if facets else 0):
            ids = {id_ for parts in self.parts.values()
                   for hits in (parts[home].counted, parts[home].counting) for id_, _ in hits}
            for id_, values in self._shelf.find(home, sorted(ids)):
                for found, facet in zip(names, facets, strict=True):
                    found[home, id_] = list_names(values, facet)
        return names

    def _make_request(self, home: int) -> Request:
        request, part = self._request, self.parts[self._request.query][home]
        facets = [replace(facet, limit=None, query=facet.query and self._translate(home, facet.query))
                  for facet in request.facets]
        limit = request.offset + request.limit + len(part.counted) if request.limit else 0
        return replace(request, query=self._translate(home, request.query, self._statistics),
                       facets=tuple(facets), limit=limit, offset=0)

    def _sift(self, home: int, query: Query) -> Tangled:
        """The matches in an index that do not simply add up."""
        tangles = self._overlap.tangles[home]
        if not tangles:
            return Tangled(home)
        is_ranked = query == self._request.query
        counted = self._list_hits(home, query, tangles, is_ranked=is_ranked)
        asked = {leaf.key for leaf in list_leaves(query) if isinstance(leaf, Keyword) and leaf.field == GROUP}
        alone = {id_: tangle.group for id_, tangle in tangles.items()
                 if tangle.own is None and tangle.group in asked and not tangle.shadowed}
        runs = [[hit for hit in counted if hit[0] not in alone and not tangles[hit[0]].shadowed]]
        for group in sorted(filter(None, {*alone.values()})):
            wanted = {id_ for id_, name in alone.items() if name == group}
            runs.append(self._list_hits(home, _assume(query, group), wanted, is_ranked=is_ranked))
        return Tangled(home, tangles, counted, runs)

    def _list_hits(self, home: int, query: Query, wanted: Container[str], *,
                   is_ranked: bool) -> list[tuple[str, float]]:
        """Those of the wanted documents that match; in the order of the request, if they are to be ranked."""
        statistics, member = self._statistics if is_ranked else None, self._members[home]
        matches = member.search(Request(self._translate(home, query, statistics), limit=member.count(),
                                        sort=self._request.sort if statistics else "newest"))
        return [hit for hit in matches.hits if hit[0] in wanted]

    def _translate(self, home: int, query: Query, statistics: Statistics | None = None) -> Query:
        """A query as an index is asked it: by its own names of groups, its words weighing as in all indexes."""

        def change(leaf: Query) -> Query:
            match leaf:
                case Term() | Phrase() | Near() | AtLeast() if statistics:
                    return statistics.weigh(home, leaf)
                case Keyword("group"):
                    own = [name for name in self._overlap.list_own(home, leaf.key) if name != leaf.key]
                    return either(leaf, *(Keyword(GROUP, name) for name in own))
                case _:
                    return leaf

        return change_leaves(query, change)


def _assume(query: Query, group: str) -> Query:
    """What is asked of a document that the federation, but not its index, counts among a group."""

    def change(leaf: Query) -> Query:
        is_asked = isinstance(leaf, Keyword) and leaf.field == GROUP and leaf.key == group
        return Everything() if is_asked else leaf

    return change_leaves(query, change)
