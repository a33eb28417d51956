"""Copies among matches. Only documents that belong to a group are looked at, which few do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from searchkit.engines.base import (
    MOST_COPIES,
    PERIODS,
    Copied,
    FacetRequest,
    Request,
    find_names,
    rank_values,
)
from searchkit.engines.whoosh.counting import Matched, find_measures
from searchkit.results import FacetValue

Counts = Counter[str | None]  # documents by name


class Place(NamedTuple):
    """A match."""

    part: Matched
    document: int

    @property
    def id(self) -> str:
        """The document's id."""
        return self.part.shard.segment.name_document(self.document)

    def read(self, field: str) -> list[str]:
        """The document's values of a keyword or date field."""
        keywords = self.part.shard.segment.keywords(field)
        return [keywords.name(number) for number in keywords.list_numbers(self.document)]


class Groups:
    """The matches that are copies of each other, by group; of each group there are two at least."""

    def __init__(self, matches: Iterable[Matched]) -> None:
        found: dict[str, list[Place]] = {}
        for part in matches:
            for name, documents in _find_grouped(part):
                found.setdefault(name, []).extend(Place(part, document) for document in documents)
        self.members = {name: places for name, places in found.items() if len(places) > 1}
        self.spare = sum(map(len, self.members.values())) - len(self.members)
        self._counts: dict[str, Counts] = {}

    def count_spare(self, request: FacetRequest) -> Counts:
        """Of the matches counted under a value of a facet, how many are further copies of one counted there."""
        spare: Counts = Counter()
        for places in self.members.values():
            spare.update({name: count - 1 for name, count in _count_names(places, request).items() if count > 1})
        return spare

    def rank(self, matches: Iterable[Matched], request: Request) -> None:
        """Put the copies of each group in the order in which they would be hits, as these matches are scored."""
        measures = find_measures(request)
        scored = {id(part.shard): part for part in matches}
        for places in self.members.values():
            places.sort(key=lambda place: (
                [measure(scored[id(place.part.shard)], [place.document])[0] for measure in measures], place.id))

    def collapse(self, matches: Sequence[Matched]) -> list[Matched]:
        """The matches without all but the first of each group, which must be ranked."""
        spare: dict[int, set[int]] = {number: set() for number, _ in enumerate(matches)}
        numbers = {id(part.shard): number for number, part in enumerate(matches)}
        for places in self.members.values():
            for place in places[1:]:
                spare[numbers[id(place.part.shard)]].add(place.document)
        return [part._replace(documents=part.documents - spare[number]) if spare[number] else part
                for number, part in enumerate(matches)]

    def describe(self, part: Matched, document: int, copied: FacetRequest | None) -> Copied:
        """The copies of a hit."""
        hit = Place(part, document)
        name = next(iter(hit.read("group")), "") if self.members else ""
        places = self.members.get(name)
        if not places:
            return Copied()
        ids = [id_ for place in places[:MOST_COPIES + 1] if (id_ := place.id) != hit.id][:MOST_COPIES]
        values: tuple[FacetValue, ...] = ()
        if copied:
            if name not in self._counts:
                self._counts[name] = _count_names(places, copied)
            counts = self._counts[name] - Counter(_name(hit, copied))
            values = rank_values(counts, copied, {value: count - 1 for value, count in counts.items()})
        return Copied(len(places) - 1, tuple(ids), values)


def _find_grouped(part: Matched) -> Iterable[tuple[str, list[int]]]:
    """The matches in a shard that belong to a group, by its name."""
    matched, keywords = part.documents, part.shard.segment.keywords("group")
    if not len(keywords.inverted.terms):
        return
    numbers = keywords.single
    assert numbers is not None  # a document is in one group at most
    found: dict[int, list[int]] = {}
    for document in matched:
        if numbers[document]:
            found.setdefault(numbers[document] - 1, []).append(document)
    for number, documents in found.items():
        yield keywords.name(number), documents


def _count_names(places: Iterable[Place], request: FacetRequest) -> Counts:
    """How many of the documents count under each name of a facet."""
    return Counter(name for place in places for name in _name(place, request))


def _name(place: Place, request: FacetRequest) -> set[str | None]:
    """The names of a facet under which a document counts."""
    values = place.read(request.field)
    if request.field == "date":
        return {value[:PERIODS[request.period]] for value in values} or {None}
    naming = request.naming
    return find_names(values, place.read("entity") if naming and naming.adopted else (), naming)
