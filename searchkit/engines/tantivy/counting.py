"""Facets: values counted by tantivy over all matches, and under the names that aliases give them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from tantivy import Query

from searchkit.engines.base import PERIODS, FacetRequest, rank_values
from searchkit.engines.tantivy.collapsing import Groups
from searchkit.engines.tantivy.compilation import Compiler, both, exclude
from searchkit.engines.tantivy.schema import DATE, MONTH, SEPARATOR, encode_term, split_term
from searchkit.engines.tantivy.snapshot import EXACT, MOST, Snapshot
from searchkit.results import FacetValue
from searchkit.search import query as q
from searchkit.search.aliases import Naming

MARGIN = 50  # values besides those asked for: among equal counts it is the name that decides
Counts = dict[str, int]  # documents by term


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
        counted = _count_terms(compiler.snapshot, native, [requests[number] for number in numbers])
        for number, counts in zip(numbers, counted, strict=True):
            named = _name_counts(compiler.snapshot, native, requests[number], counts)
            found[number] = rank_values(named, requests[number], copies.count_spare(requests[number]))
    return found


def _count_terms(snapshot: Snapshot, query: Query, requests: Sequence[FacetRequest]) -> list[Counts]:
    """The terms of each facet's field, at least as many of the most frequent as are asked for."""
    sizes = [_find_size(request) for request in requests]
    wanted = {str(number): {"terms": {"field": _find_field(request), "size": size, "segment_size": EXACT}}
              for number, (request, size) in enumerate(zip(requests, sizes, strict=True))}
    try:
        answer = snapshot.searcher.aggregate(query, wanted)
    except ValueError as problem:
        if "bucket limit" not in str(problem):
            raise
        answer = {}
    found = []
    for number, (request, size) in enumerate(zip(requests, sizes, strict=True)):
        buckets = answer[str(number)]["buckets"] if answer else []
        counts = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
        if not answer or (len(buckets) == size and not _is_settled(list(counts.values()), request.limit)):
            counts = dict(snapshot.list_terms(_find_field(request), "", query))
        found.append(counts)
    return found


def _find_field(request: FacetRequest) -> str:
    """The field of tantivy's that is counted: months for all longer periods, for there are fewer of them."""
    return MONTH if request.field == DATE and request.period != "day" else request.field


def _find_size(request: FacetRequest) -> int:
    """How many values tantivy is asked for."""
    if request.limit is None or request.naming or request.field == DATE:
        return MOST
    return min(request.limit + MARGIN, MOST)


def _is_settled(counts: Sequence[int], limit: int | None) -> bool:
    """Whether values that were left out all have fewer documents than the last that is asked for."""
    return limit is not None and (limit == 0 or counts[limit - 1] > counts[-1])


def _name_counts(snapshot: Snapshot, query: Query, request: FacetRequest, counts: Counts) -> dict[str | None, int]:
    """The counts under the names of the facet; under None the documents without a value."""
    without = snapshot.total(exclude(query, Query.exists_query(request.field)))
    named: dict[str | None, int] = {None: without}
    if request.field == DATE:
        for value, count in counts.items():
            period = value[:PERIODS[request.period]]
            named[period] = named.get(period, 0) + count
        return named
    if request.naming:
        counts, renamed, emptied = _rename(snapshot, query, request, counts)
        named.update(renamed)
        named[None] = without + emptied
    for term, count in counts.items():
        name = split_term(term)[1]
        named[name] = named.get(name, 0) + count
    return named


def _rename(snapshot: Snapshot, query: Query, request: FacetRequest,
            counts: Counts) -> tuple[Counts, Counts, int]:
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
    renamed = {name: _count_any(snapshot, query, terms) for name, terms in groups.items() if name is not None}
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
