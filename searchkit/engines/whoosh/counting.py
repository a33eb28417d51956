"""Facets and order in plain Python: what is made of all matches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from heapq import nlargest, nsmallest
from itertools import chain, compress, repeat
from operator import eq, gt, itemgetter
from typing import NamedTuple, TypeVar

from searchkit.engines.base import PERIODS, FacetRequest, Request, rank_values
from searchkit.engines.whoosh.evaluation import Evaluation
from searchkit.engines.whoosh.naming import rename_counts
from searchkit.engines.whoosh.shard import Shard
from searchkit.results import FacetValue

INFINITE = float("inf")


class Matched(NamedTuple):
    """Matches in one shard."""

    shard: Shard
    evaluation: Evaluation
    documents: Set[int]
    scores: Mapping[int, float] = {}


Group = tuple[Matched, list[int]]
Measure = Callable[[Matched, Sequence[int]], list[float]]  # what sorts first is less
Value = TypeVar("Value")


def count_facet(matches: Sequence[Matched], request: FacetRequest,
                spare: Mapping[str | None, int] | None = None) -> tuple[FacetValue, ...]:
    """The values of a facet among the matches, of which ``spare`` are further copies."""
    totals: dict[str | None, int] = {}
    without = 0
    for part in matches:
        missing, numbers = _count_numbers(part, request.field)
        without += missing
        if request.naming:
            numbers, named, emptied = rename_counts(part.shard, part.documents, request.field, request.naming, numbers)
            without += emptied
            for name, count in named.items():
                totals[name] = totals.get(name, 0) + count
        width = PERIODS[request.period] if request.field == "date" else None
        if width is None and len(matches) == 1:
            numbers = _keep_most(numbers, request.limit)
        find_name = part.shard.segment.keywords(request.field).name
        for number, count in numbers.items():
            name = find_name(number)[:width]
            totals[name] = totals.get(name, 0) + count
    if request.field != "date":
        totals = _keep_most(totals, request.limit)
    totals[None] = without
    return rank_values(totals, request, spare)


def choose_page(matches: Sequence[Matched], request: Request) -> list[tuple[Matched, int]]:
    """The matches on the page asked for, in order."""
    end = request.offset + request.limit
    if not request.limit:
        return []
    measures = find_measures(request)
    groups = [(part, list(part.documents)) for part in matches]
    rows: list[tuple[tuple[float, ...], str, Matched, int]] = []
    for part, documents in _keep_first(groups, measures, end):
        name = part.shard.segment.name_document
        keys = zip(*(measure(part, documents) for measure in measures), strict=True)
        rows += [(key, name(document), part, document) for key, document in zip(keys, documents, strict=True)]
    rows.sort(key=itemgetter(0, 1))
    return [(part, document) for _, _, part, document in rows[request.offset:end]]


def find_measures(request: Request) -> tuple[Measure, ...]:
    """What a request orders its matches by, the first first; after these by id."""
    return {"relevance": (_measure_score, _measure_age), "newest": (_measure_age,),
            "oldest": (_measure_day, _measure_age)}[request.sort]


def _keep_first(groups: list[Group], measures: Sequence[Measure], count: int) -> list[Group]:
    """At least the first ``count`` documents by the measures, without sorting all; ties stay together."""
    if not measures or sum(len(documents) for _, documents in groups) <= count:
        return groups
    keys = [measures[0](part, documents) for part, documents in groups]
    bound = nsmallest(count, chain.from_iterable(keys))[-1]
    before, tied = [], []
    for (part, documents), values in zip(groups, keys, strict=True):
        before.append((part, list(compress(documents, map(gt, repeat(bound), values)))))
        tied.append((part, list(compress(documents, map(eq, repeat(bound), values)))))
    missing = count - sum(len(documents) for _, documents in before)
    return before + _keep_first(tied, measures[1:], missing)


def _measure_score(part: Matched, documents: Sequence[int]) -> list[float]:
    get = part.scores.get
    return [-get(document, 0.0) for document in documents]


def _measure_age(part: Matched, documents: Sequence[int]) -> list[float]:
    return [-day if day else INFINITE for day in map(part.shard.segment.find_day, documents)]


def _measure_day(part: Matched, documents: Sequence[int]) -> list[float]:
    return [day or INFINITE for day in map(part.shard.segment.find_day, documents)]


def _count_numbers(part: Matched, field: str) -> tuple[int, Mapping[int, int]]:
    """How many documents have no value, and counts by number of value."""
    keywords = part.shard.segment.keywords(field)
    documents = part.documents
    if keywords.single is not None:
        counts = Counter(map(keywords.single.__getitem__, documents))
        without = counts.pop(0, 0)
        return without, {number - 1: count for number, count in counts.items()}
    starts, numbers = keywords.starts, keywords.numbers
    slices = [numbers[starts[document]:starts[document + 1]] for document in documents]
    together = memoryview(b"".join(slices)).cast(numbers.format)  # type: ignore[call-overload]
    return list(map(len, slices)).count(0), Counter(together.tolist())


def _keep_most(counts: Mapping[Value, int], limit: int | None) -> dict[Value, int]:
    """The ``limit`` largest counts and those that equal the least of them."""
    if limit is None or len(counts) <= limit:
        return dict(counts)
    bound = nlargest(limit, counts.values())[-1] if limit else INFINITE
    return {value: count for value, count in counts.items() if count >= bound}
