"""Years, months and days in which nothing was published, between those in which something was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from searchkit.engines.base import PERIODS
from searchkit.results import FacetValue

MOST_PERIODS = 40_000  # that are counted out: the days of a century, and the months of all that print has seen

_NAMES = {length: period for period, length in PERIODS.items()}


def fill_periods(values: Sequence[FacetValue], most: int = MOST_PERIODS) -> tuple[FacetValue, ...] | None:
    """The values of a date facet, with a count of 0 for each empty period between the first and the last.

    A date that is less precise than the others ("2018" among months) keeps its own group. None where more than
    ``most`` periods would be shown.
    """
    dated = {value.value: value for value in values if value.value is not None}
    length = max(map(len, dated), default=0)
    full = sorted(name for name in dated if len(name) == length)
    if not full:
        return tuple(values)
    if _count_periods(full[0], full[-1]) > most:
        return None
    for name in _list_periods(full[0], full[-1]):
        dated.setdefault(name, FacetValue(name, 0))
    return (*(dated[name] for name in sorted(dated)), *(value for value in values if value.value is None))


def show_gaps(values: Sequence[FacetValue], most: int) -> tuple[FacetValue, ...]:
    """Dates with the empty periods between them; where that makes more than ``most``, a run of empty ones is "…"."""
    filled = fill_periods(values)
    if filled is None or len(filled) <= most:
        return filled or tuple(values)
    shown: list[FacetValue] = []
    for is_empty, run in groupby(filled, lambda value: not value.count):
        periods = list(run)
        if is_empty and len(periods) > 1:
            periods = [FacetValue("…", 0)]
        shown += periods
    return tuple(shown)


def fold_months(values: Sequence[FacetValue], most: int) -> tuple[FacetValue, ...]:
    """Counts by month with the empty ones between them; by year, or by decade ("1990s"), where there would be more
    than ``most``, and the latest of them where there still are.
    """
    filled = fill_periods(values, most) or fill_periods(_fold(values, 4, ""), most)
    return filled or _fold(values, 3, "0s")[-most:]


def _fold(values: Sequence[FacetValue], length: int, ending: str) -> tuple[FacetValue, ...]:
    """Counts by so many characters of the date; the group without one stays last."""
    counts: Counter[str | None] = Counter()
    for value in values:
        counts[value.value and value.value[:length] + ending] += value.count
    return tuple(FacetValue(name, count) for name, count in counts.items())


def _count_periods(first: str, last: str) -> int:
    period = _NAMES[len(first)]
    if period == "day":
        return date.fromisoformat(last).toordinal() - date.fromisoformat(first).toordinal() + 1
    years = int(last[:4]) - int(first[:4])
    return years + 1 if period == "year" else 12 * years + int(last[5:]) - int(first[5:]) + 1


def _list_periods(first: str, last: str) -> Iterator[str]:
    """All periods from the first to the last, both included."""
    period = _NAMES[len(first)]
    if period == "year":
        yield from (f"{year:04}" for year in range(int(first), int(last) + 1))
    elif period == "month":
        start, end = (12 * int(name[:4]) + int(name[5:]) - 1 for name in (first, last))
        yield from (f"{month // 12:04}-{month % 12 + 1:02}" for month in range(start, end + 1))
    else:
        start_day = date.fromisoformat(first)
        yield from ((start_day + timedelta(days)).isoformat() for days in range(_count_periods(first, last)))
