"""One order of the hits of several indexes.

Each index gives its own in order. They are merged by what comes first: the score (or the day), the day, the id. Scores
that differ beyond the ninth decimal are equal: sums that are added up in another order are not the same to the last
digit. Days are read only where they decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from heapq import merge
from math import inf

from searchkit.engines.base import Copied, find_day
from searchkit.federation.member import Member

DECIMALS = 9
AHEAD = 20  # documents whose days are read at once
MOST_DAYS = 200_000  # remembered

Place = tuple[int, str]  # of a document: its index, and its id


class Days:
    """The days of documents, as they are asked for."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members
        self._days: dict[Place, int | None] = {}

    def find(self, home: int, ids: Sequence[str]) -> int | None:
        """The day of the first of these documents of an index, under which it is filed; the others come after it."""
        place = home, ids[0]
        if place not in self._days:
            if len(self._days) > MOST_DAYS:
                self._days.clear()
            for document in self._members[home].read(ids[:AHEAD]):
                self._days[home, document.id] = find_day(document.date.value) if document.date else None
        return self._days[place]

    def forget(self) -> None:
        """Read them anew: an index has changed."""
        self._days.clear()


class Ranked:
    """A hit among those of all indexes; the lesser comes first."""

    __slots__ = ("_find_day", "_sort", "copied", "home", "id", "points")

    def __init__(self, hit: tuple[str, float], home: int, sort: str, find_day: Callable[[], int | None]) -> None:
        self.id, points = hit
        self.points = round(points, DECIMALS)
        self.home = home
        self.copied = Copied()
        self._sort, self._find_day = sort, find_day

    def __lt__(self, other: Ranked) -> bool:
        if self._sort == "relevance" and self.points != other.points:
            return self.points > other.points
        return self._make_key() < other._make_key()

    def _make_key(self) -> tuple[float, float, str]:
        day = self._find_day()
        newest = inf if day is None else -day
        return inf if day is None else day if self._sort == "oldest" else newest, newest, self.id


def rank(hits: Sequence[tuple[str, float]], home: int, sort: str, days: Days,
         copies: Sequence[Copied] = ()) -> Iterator[Ranked]:
    """The hits of one index, in its order; with their copies, where these are given."""
    ids = [id_ for id_, _ in hits]
    for number, hit in enumerate(hits):
        ranked = Ranked(hit, home, sort, partial(days.find, home, ids[number:number + AHEAD]))
        if copies:
            ranked.copied = copies[number]
        yield ranked


def merge_ranked(parts: Iterable[Iterable[Ranked]]) -> Iterator[Ranked]:
    """The hits of all parts in one order; each part has its own in that order."""
    return merge(*parts)
