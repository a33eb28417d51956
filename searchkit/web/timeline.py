"""The timeline of a page: a bar for each day, month, year or decade, as geometry for an SVG, and where each leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from searchkit.periods import fold_months
from searchkit.results import FacetValue
from searchkit.web.dates import name_date
from searchkit.web.parameters import Address

MOST_BARS = 72
WIDTH, HEIGHT = 720, 64  # units of the drawing
FEWEST = 12  # bars that fill the drawing; fewer leave room at its right
DAYS_UP_TO = 2  # months: a range of so many is shown by day
_DECADE = len("1990s")


class Bar(NamedTuple):
    """A period: how it is called, how many there are, its first and last part as a filter takes them, its place."""

    name: str
    documents: int
    after: str
    before: str
    link: str
    x: float
    y: float
    width: float
    height: float


class Timeline(NamedTuple):
    """The bars, whether they fill the drawing, and how many documents stand on none: known by year only, or undated."""

    bars: tuple[Bar, ...]
    is_full: bool
    vague: int
    undated: int


def choose_period(address: Address) -> str:
    """The facet that a timeline is drawn from: days where the range is short, else months."""
    after, before = address.get("after"), address.get("before")
    try:
        first, last = (12 * int(day[:4]) + int(day[5:7]) for day in (after, before))
    except ValueError:
        return "date"
    return "date:day" if 0 <= last - first < DAYS_UP_TO else "date"


def draw_timeline(values: Sequence[FacetValue], address: Address) -> Timeline:
    """The timeline of a date facet."""
    length = max((len(value.value) for value in values if value.value), default=0)
    full = [value for value in values if value.value and len(value.value) == length]
    vague = sum(value.count for value in values if value.value) - sum(value.count for value in full)
    undated = sum(value.count for value in values if value.value is None)
    shown = fold_months(full, MOST_BARS) if full else ()
    most = max((value.count for value in shown), default=0)
    pitch = WIDTH / max(len(shown), FEWEST)
    bars = []
    for place, value in enumerate(shown):
        name = value.value or ""
        after, before = (name[:4], f"{name[:3]}9") if len(name) == _DECADE else (name, name)
        height = max(2.0, value.count / most * HEIGHT) if value.count else 0.0
        bars.append(Bar(name_date(name), value.count, after, before, address.put(after=after, before=before).link(),
                        round(place * pitch, 2), round(HEIGHT - height, 2), round(max(pitch - 2, pitch * 0.7), 2),
                        round(height, 2)))
    return Timeline(tuple(bars), len(bars) >= FEWEST, vague, undated)
