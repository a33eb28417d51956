"""A chart of grouped bars as SVG: a hundred lines of text need no library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 900, 360
LEFT, RIGHT, TOP, BOTTOM = 60, 10, 60, 30  # margins
COLORS = ("#1b6ca8", "#7fb2d9", "#d1662b", "#6b8e4e", "#8c8c8c")
GAP = 0.2  # of a group's width, left free


def draw_bars(title: str, groups: Sequence[str], series: Mapping[str, Sequence[float | None]]) -> str:
    """Bars in groups, a colour for each series, on a logarithmic scale; None draws no bar."""
    values = [value for row in series.values() for value in row if value]
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    high = max(high, low + 1)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
             f'font-size="12"><rect width="100%" height="100%" fill="white"/>'
             f'<text x="{LEFT}" y="20" font-size="14">{escape(title)}</text>',
             *_draw_scale(low, high), *_draw_legend(list(series))]
    room = (WIDTH - LEFT - RIGHT) / len(groups)
    thick = room * (1 - GAP) / len(series)
    for number, group in enumerate(groups):
        begin = LEFT + room * number
        parts.append(f'<text x="{begin + room / 2:.1f}" y="{HEIGHT - 10}" text-anchor="middle">{escape(group)}</text>')
        for place, row in enumerate(series.values()):
            if value := row[number]:
                top = _find_height(value, low, high)
                parts.append(f'<rect x="{begin + room * GAP / 2 + place * thick:.1f}" y="{top:.1f}" '
                             f'width="{thick * 0.92:.1f}" height="{HEIGHT - BOTTOM - top:.1f}" '
                             f'fill="{COLORS[place % len(COLORS)]}"><title>{value:.2f}</title></rect>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _draw_scale(low: int, high: int) -> Iterator[str]:
    for power in range(low, high + 1):
        at = _find_height(10.0 ** power, low, high)
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{10.0 ** power:g}</text>'


def _draw_legend(names: Sequence[str]) -> Iterator[str]:
    for number, name in enumerate(names):
        at = LEFT + number * 150
        yield f'<rect x="{at}" y="32" width="12" height="12" fill="{COLORS[number % len(COLORS)]}"/>'
        yield f'<text x="{at + 18}" y="42">{escape(name)}</text>'


def _find_height(value: float, low: int, high: int) -> float:
    """The y of a value; a bar that would be too small to see keeps a pixel."""
    share = (log10(value) - low) / (high - low)
    return HEIGHT - BOTTOM - max(1.0, share * (HEIGHT - TOP - BOTTOM))
