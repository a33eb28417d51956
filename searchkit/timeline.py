"""The timeline: how many of the matches each month has, drawn with blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from searchkit.periods import fold_months
from searchkit.render import Style
from searchkit.results import FacetValue

HEIGHT = 6  # lines of the longest bar
WIDEST = 4  # columns of a bar at most, the gap behind it among them
BLOCKS = " ▁▂▃▄▅▆▇█"
_MONTH = len("2018-03")


def render_timeline(values: Sequence[FacetValue], style: Style) -> Iterator[str]:
    """Lines: a bar for each month, or for each year or decade where the terminal is too narrow for months, and
    what stands on no month.
    """
    months = [value for value in values if value.value and len(value.value) >= _MONTH]
    vague = sum(value.count for value in values if value.value) - sum(value.count for value in months)
    without = sum(value.count for value in values if value.value is None)
    if months:
        yield from _render_bars(months, style)
    noted = [f"{count:,} {said}" for count, said in ((vague, "known by year only"), (without, "without a date"))
             if count]
    if noted or not months:
        yield style.dim(", ".join(noted) or "no dates")
    yield ""


def _render_bars(months: Sequence[FacetValue], style: Style) -> Iterator[str]:
    most = max(value.count for value in months)
    label = len(f"{most:,}")
    bars = fold_months(months, max(1, style.width - label - 2))
    most = max(bar.count for bar in bars)
    label = len(f"{most:,}")
    width = max(1, min(WIDEST, (style.width - label - 2) // len(bars)))
    for row in reversed(range(HEIGHT)):
        name = f"{most:,}" if row == HEIGHT - 1 else ""
        drawn = "".join((_draw(bar.count, most, row) * max(1, width - 1)).ljust(width) for bar in bars).rstrip()
        yield f"{style.dim(f'{name:>{label}}')} {style.paint(drawn, '36')}".rstrip()
    yield " " * (label + 1) + style.dim(_name_ends(bars, width * len(bars)))


def _draw(count: int, most: int, row: int) -> str:
    """The block of a bar in a row (0 is the lowest); what is not empty is seen."""
    eighths = max(1, round(count / most * HEIGHT * 8)) if count else 0
    return BLOCKS[min(8, max(0, eighths - 8 * row))]


def _name_ends(bars: Sequence[FacetValue], columns: int) -> str:
    """The first and the last period below their bars, the last beside the first where there is no room."""
    first, last = bars[0].value or "", bars[-1].value or ""
    if first == last:
        return first
    return first + " – ".rjust(3) + last if columns < len(first) + len(last) + 3 else (
        first + last.rjust(columns - len(first)))
