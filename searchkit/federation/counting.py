"""Facets of several indexes counted as one.

What each index has counted is added up. Of the documents that do not simply add up (``overlap``), what their own index
has counted is taken off, and what they count for in the federation is put in its place.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from searchkit.engines.base import PERIODS, FacetRequest, find_names, rank_values
from searchkit.federation.member import Member
from searchkit.federation.merging import Place
from searchkit.federation.overlap import GROUP, Tangle, name_text
from searchkit.fields import FIELDS
from searchkit.results import FacetValue

MOST_VALUES = 50_000  # documents whose values are remembered, about 1 kB each
Names = set[str | None]
Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Tangled:
    """The matches of one index that do not simply add up: those that it has counted itself, and those that count,
    in runs of (id, score), each run in the index's order.
    """

    home: int = 0
    tangles: Mapping[str, Tangle] = field(default_factory=dict)
    counted: Sequence[tuple[str, float]] = ()
    runs: Sequence[Sequence[tuple[str, float]]] = ()

    @property
    def counting(self) -> list[tuple[str, float]]:
        """The matches that count."""
        return [hit for run in self.runs for hit in run]


def count_total(totals: Iterable[int], parts: Sequence[Tangled]) -> int:
    """How many documents match."""
    return sum(totals) + sum(len(part.counting) - len(part.counted) for part in parts)


def count_distinct(numbers: Iterable[int], parts: Sequence[Tangled]) -> int:
    """How many texts match."""
    own = {(part.home, name_text(part.tangles[id_].own, id_)) for part in parts for id_, _ in part.counted}
    kept = {name_text(part.tangles[id_].group, id_) for part in parts for id_, _ in part.counting}
    return sum(numbers) - len(own) + len(kept)


def merge_facet(facet: FacetRequest, answers: Iterable[Sequence[FacetValue]], parts: Sequence[Tangled],
                names: Mapping[Place, Names]) -> tuple[FacetValue, ...]:
    """A facet over all indexes, each of which has answered with all values. ``names`` are those of the documents."""
    counts: Counter[str | None] = Counter()
    distinct: Counter[str | None] = Counter()
    for values in answers:
        for value in values:
            counts[value.value] += value.count
            distinct[value.value] += value.distinct
    for sign, texts in ((-1, _list_counted(facet, parts, names)), (1, _list_counting(facet, parts, names))):
        for name, found in texts.items():
            counts[name] += sign * len(found)
            distinct[name] += sign * len(set(found))
    return rank_values(counts, facet, {name: counts[name] - distinct[name] for name in counts})


class Shelf:
    """The values of documents that do not simply add up, read once as long as no index changes."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members
        self._values: dict[Place, Values] = {}

    def find(self, home: int, ids: Sequence[str]) -> Iterator[tuple[str, Values]]:
        """The values of an index's documents, by field."""
        missing = [id_ for id_ in ids if (home, id_) not in self._values]
        for document in self._members[home].read(missing):
            values = {field.name: field.read(document) for field in FIELDS if field.facet}
            if len(self._values) < MOST_VALUES:
                self._values[home, document.id] = values
            else:
                yield document.id, values
        yield from ((id_, self._values[home, id_]) for id_ in ids if (home, id_) in self._values)

    def forget(self) -> None:
        """Read them anew: an index has changed."""
        self._values.clear()


def list_names(values: Values, facet: FacetRequest) -> Names:
    """The names under which a document with these values counts."""
    if facet.field == "date":
        return {value[:PERIODS[facet.period]] for value in values["date"]} or {None}
    return find_names(values.get(facet.field, ()), values["entity"], facet.naming)


def _list_counted(facet: FacetRequest, parts: Iterable[Tangled],
                  names: Mapping[Place, Names]) -> Mapping[str | None, list[tuple[int, str]]]:
    """The texts that the indexes have counted under each value, one for each document."""
    found: defaultdict[str | None, list[tuple[int, str]]] = defaultdict(list)
    for part in parts:
        for id_, _ in part.counted:
            own = part.tangles[id_].own
            for name in {own} if facet.field == GROUP else names[part.home, id_]:
                found[name].append((part.home, name_text(own, id_)))
    return found


def _list_counting(facet: FacetRequest, parts: Iterable[Tangled],
                   names: Mapping[Place, Names]) -> Mapping[str | None, list[str]]:
    """The texts that count under each value, one for each document."""
    found: defaultdict[str | None, list[str]] = defaultdict(list)
    for part in parts:
        for id_, _ in part.counting:
            group = part.tangles[id_].group
            for name in {group} if facet.field == GROUP else names[part.home, id_]:
                found[name].append(name_text(group, id_))
    return found
