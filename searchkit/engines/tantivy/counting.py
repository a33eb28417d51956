"""Facets: values counted by tantivy over all matches, and under the names that aliases give them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tantivy import Query

from searchkit.engines.base import PERIODS, FacetRequest, rank_values
from searchkit.engines.tantivy.collapsing import Groups
from searchkit.engines.tantivy.compilation import Compiler, both, exclude
from searchkit.engines.tantivy.schema import (
    BITS,
    DATE,
    FILLED,
    MONTH,
    NUMBER,
    NUMBERED,
    SEPARATOR,
    encode_term,
    read_month,
    split_term,
)
from searchkit.engines.tantivy.snapshot import EXACT, FEW, MOST, Snapshot
from searchkit.results import FacetValue
from searchkit.search import query as q
from searchkit.search.aliases import Naming

MARGIN = 50  # values besides those asked for: among equal counts it is the name that decides
Counts = dict[str, int]  # documents by term
Names = dict[str | None, int]  # documents by name; those without a value under None


def count_facets(compiler: Compiler, query: q.Query, groups: Groups,
                 requests: Sequence[FacetRequest]) -> list[tuple[FacetValue, ...]]:
    """The values of each facet, over the matches of a query (with their groups of copies) or of the facet's own."""
    numbers_of: defaultdict[q.Query | None, list[int]] = defaultdict(list)
    found: list[tuple[FacetValue, ...]] = [()] * len(requests)
    for number, request in enumerate(requests):
        numbers_of[request.query].append(number)
    for own, numbers in numbers_of.items():
        native = compiler.compile(query if own is None else own)
        copies = groups if own is None else Groups(compiler, own)
        counted = _count_all(compiler.snapshot, native, [requests[number] for number in numbers])
        for number, counts in zip(numbers, counted, strict=True):
            found[number] = rank_values(counts, requests[number], copies.count_spare(requests[number]))
    return found


def _count_all(snapshot: Snapshot, query: Query, requests: Sequence[FacetRequest]) -> Iterator[Names]:
    """Each facet's values, at least those that are asked for: all are counted in one run over the matches."""
    wanted = {str(place): _make_wanted(request) for place, request in enumerate(requests)}
    filled = {FILLED: {"terms": {"field": FILLED, "size": MOST}}}
    answer = snapshot.aggregate(query, filled | wanted) or snapshot.aggregate(query, filled) or {}
    for place, request in enumerate(requests):
        without = sum(count for bits, count in answer[FILLED].items() if not bits & BITS[request.field])
        yield _name_counts(snapshot, query, request, answer.get(str(place)), without)


def _name_counts(snapshot: Snapshot, query: Query, request: FacetRequest, counts: dict[Any, int] | None,
                 without: int) -> Names:
    """What tantivy counted under the names of the facet; None: more than it counts at once."""
    if counts is not None and _is_numbered(request):
        found = _read_numbers(snapshot, request, counts)
        if found is not None:
            return {None: without} | found
        counts = None
    if counts is not None and _is_monthly(request):
        length = PERIODS[request.period]
        return {None: without} | _add_up((read_month(month)[:length], count) for month, count in counts.items())
    if counts is None:
        counts = _count_terms(snapshot, query, request)
    return _name_terms(snapshot, query, request, counts, without)


def _make_wanted(request: FacetRequest) -> dict[str, dict[str, str | int]]:
    """What tantivy is asked: numbers, where names are needed of a few only; months for all longer periods."""
    field, size = request.field, MOST
    if _is_numbered(request):
        field, size = field + NUMBER, (request.limit or 0) + MARGIN
    elif _is_monthly(request):
        field = MONTH
    return {"terms": {"field": field, "size": size, "segment_size": EXACT}}


def _is_numbered(request: FacetRequest) -> bool:
    """Whether so few values are asked for that numbers can be counted, and their names looked up."""
    return request.field in NUMBERED and request.limit is not None and request.limit <= FEW and not request.naming


def _is_monthly(request: FacetRequest) -> bool:
    """Whether months are counted for the facet's periods: there are fewer of them than days."""
    return request.field == DATE and request.period != "day"


def _read_numbers(snapshot: Snapshot, request: FacetRequest, counts: Mapping[int, int]) -> Names | None:
    """The names of the most frequent values; None where it is left open which are among those asked for."""
    ordered, limit = sorted(counts.values(), reverse=True), request.limit or 0
    if not limit:
        return {}
    least = ordered[limit - 1] if limit <= len(ordered) else 1
    if len(ordered) == limit + MARGIN and ordered[-1] == least:
        return None
    return {snapshot.name_value(request.field, number): count for number, count in counts.items() if count >= least}


def _count_terms(snapshot: Snapshot, query: Query, request: FacetRequest) -> Counts:
    """All terms of the facet's field; more than tantivy counts at once are counted through its dictionary."""
    wanted = {"terms": {"field": request.field, "size": MOST, "segment_size": EXACT}}
    counted = snapshot.aggregate(query, {request.field: wanted})
    return dict(snapshot.list_terms(request.field, "", query)) if counted is None else counted[request.field]


def _name_terms(snapshot: Snapshot, query: Query, request: FacetRequest, counts: Counts, without: int) -> Names:
    """The counts of terms under the names of the facet."""
    if request.field == DATE:
        return {None: without} | _add_up((value[:PERIODS[request.period]], count) for value, count in counts.items())
    renamed: Names = {}
    if request.naming:
        counts, renamed, emptied = _rename(snapshot, query, request, counts)
        without += emptied
    return _add_up((*renamed.items(), *((split_term(term)[1], count) for term, count in counts.items()),
                    (None, without)))


def _add_up(counts: Iterable[tuple[str | None, int]]) -> Names:
    """The sums by name."""
    sums: Names = {}
    for name, count in counts:
        sums[name] = sums.get(name, 0) + count
    return sums


def _rename(snapshot: Snapshot, query: Query, request: FacetRequest,
            counts: Counts) -> tuple[Counts, Names, int]:
    """The counts of terms that keep their names, those under new names, and how many documents lost all values."""
    naming: Naming = request.naming or Naming({})
    encoded = {encode_term(key): name for key, name in naming.names.items()}
    kept: Counts = {}
    groups: defaultdict[str | None, list[tuple[str, str]]] = defaultdict(list)
    for term, count in counts.items():
        key = term.partition(SEPARATOR)[0]
        if key in encoded:
            groups[encoded[key]].append((request.field, term))
        else:
            kept[term] = count
    for key, name in naming.adopted.items():
        groups[name] += (("entity", term) for term in snapshot.list_values("entity", key))
    dropped = groups.pop(None, [])
    renamed: Names = {name: _count_any(snapshot, query, terms) for name, terms in groups.items() if name is not None}
    emptied = 0
    if naming.empties and dropped:
        others = [*((request.field, term) for term in kept), *(place for places in groups.values() for place in places)]
        emptied = _count_any(snapshot, exclude(query, _any_of(snapshot, others)), dropped)
    return kept, renamed, emptied


def _count_any(snapshot: Snapshot, query: Query, places: Iterable[tuple[str, str]]) -> int:
    """How many matches have one of these terms, each given with its field."""
    return snapshot.total(both(query, _any_of(snapshot, places)))


def _any_of(snapshot: Snapshot, places: Iterable[tuple[str, str]]) -> Query:
    fields: defaultdict[str, list[str]] = defaultdict(list)
    for field, term in places:
        fields[field].append(term)
    return snapshot.any_of(fields)
