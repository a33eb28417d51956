"""Words near each other: the windows of a text that hold all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence


def find_windows(places: Mapping[str, Sequence[int]], terms: Sequence[str], slop: int) -> Iterator[tuple[int, int]]:
    """Windows that begin with one of the terms and hold all of them: [start, end) in places of tokens, in order.

    ``places`` has the places of each term, ascending; a window is as wide as there are terms, and ``slop`` more.
    A term that stands twice in ``terms`` stands twice in the window. Linear in the number of places.
    """
    width = len(terms) + slop
    needed = Counter(terms)
    if any(len(places.get(term, ())) < count for term, count in needed.items()):
        return
    marks = sorted((place, term) for term in needed for place in places[term])
    inside: Counter[str] = Counter()
    lacking = len(needed)
    last = 0
    for start, term in marks:
        while last < len(marks) and marks[last][0] < start + width:
            entering = marks[last][1]
            inside[entering] += 1
            lacking -= inside[entering] == needed[entering]
            last += 1
        if not lacking:
            yield start, start + width
        lacking += inside[term] == needed[term]
        inside[term] -= 1


def find_places(tokens: Iterable[str], terms: Iterable[str]) -> dict[str, list[int]]:
    """Where each of the terms stands among the tokens."""
    places: dict[str, list[int]] = {term: [] for term in terms}
    for place, token in enumerate(tokens):
        if token in places:
            places[token].append(place)
    return places
