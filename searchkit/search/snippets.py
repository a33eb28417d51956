"""Snippets: the passages of a text that show most of what a query looks for.

The first is the window with most different words of the query, each further one that which adds most of those not
yet shown (greedy cover: within 1 - 1/e of the best choice, Nemhauser, Wolsey and Fisher 1978); among equals that
with more matches, then the earlier. A passage begins and ends with a sentence where the matches leave room for
that, else with a word.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from searchkit.fields import DEFAULT_FIELD
from searchkit.model import Document, Entity
from searchkit.results import Snippet
from searchkit.search.highlight import READ_FIELDS, Span, Wanted, cut_words, find_spans, find_wanted
from searchkit.search.pairs import is_paired
from searchkit.search.query import Query

WIDTH = 220  # characters of a snippet at most, about three lines of a terminal
LEAD = 60  # characters before its first match, at most, where no sentence begins there
SENTENCE_LEAD = 160  # the same where one does
MOST_READ = 1_000_000  # characters of a text: a book
MOST_CUT = 100_000  # of them that are cut into words, where the words of a query are everywhere
FULL = 130  # characters from which on a snippet may end before the room is used up

# A sentence begins behind a full stop, unless that ends an initial or a small letter follows; or in a new paragraph.
# That it begins with a set of characters lets a search pass over all others.
_SENTENCE_START = re.compile(r"[.!?…。！？\n](?:(?<=[.!?…])(?<!\b[^\W\d_].)[\"”’')\]]*\s+(?![a-zà-öø-ÿ])|(?<=[。！？])"
                             r"|(?<=\n)\n)(?=\S)")
_SPACE = re.compile(r"\s+")

Cut = tuple[int, int]  # [start, end) of a passage


class Window(NamedTuple):
    """Matches that fit into one snippet, from the n-th on: best is least."""

    new_words: int  # parts of the query that are not yet shown, negative; first words, then names
    new_names: int
    different: int  # parts of the query, negative
    matches: int  # negative
    first: int


def make_document_snippets(document: Document, query: Query, count: int = 1) -> tuple[Snippet, ...]:
    """Up to ``count`` snippets of a document: of its body, and of its chrome where the query asks for that.

    A snippet of the chrome has the field "chrome"; its ``start`` is the offset in that stripped block.
    """
    found: list[Snippet] = []
    if count < 1:
        return ()
    if wanted := find_wanted(query, ("chrome",), (), document.language):
        for part in document.chrome:
            if spans := _find(part.text, wanted):
                found += [Snippet(s.text, s.start, s.highlights, "chrome")
                          for s in _cut_snippets(part.text, spans, count - len(found))]
            if len(found) >= count:
                return tuple(found)
    return (*found, *make_snippets(document.body, query, count - len(found), document.entities,
                                    document.language))


def make_snippets(body: str, query: Query, count: int = 1, entities: Iterable[Entity] = (),
                  language: str | None = None) -> tuple[Snippet, ...]:
    """Up to ``count`` snippets of a body in a language, in reading order; its beginning when nothing is found."""
    if count < 1 or not body:
        return ()
    spans = _find(body, find_wanted(query, READ_FIELDS, entities, language))
    return _cut_snippets(body, spans, count) or (_make_snippet(body, _cut(body, 0, 0, (0, len(body))), ()),)


def _find(text: str, wanted: Wanted) -> list[Span]:
    """The matches, as far as they can be found while somebody waits."""
    return find_spans(cut_words(text, MOST_READ), wanted, MOST_CUT)


def _cut_snippets(text: str, spans: Sequence[Span], count: int) -> tuple[Snippet, ...]:
    cuts = _cover(text, spans, count)
    _fill(text, spans, count, cuts)
    return tuple(_make_snippet(text, cut, spans) for cut in cuts)


def _cover(text: str, spans: Sequence[Span], count: int) -> list[Cut]:
    """Passages that together show as many parts of the query as they can."""
    cuts: list[Cut] = []
    hidden = set().union(*(span.keys for span in spans))
    while hidden and len(cuts) < count:
        windows = ((window, gap) for gap in _list_gaps(cuts, len(text))
                   for window in _weigh_windows(spans, gap, hidden))
        best, gap = min(windows, default=(None, (0, 0)))
        if best is None or not best.new_words + best.new_names:
            break
        cut = _cut_window(text, spans, best.first, gap)
        insort(cuts, cut)
        if len(cuts) == count:
            break
        hidden -= spans[best.first].keys.union(*(span.keys for span in _find_inside(spans, cut)))
    return cuts


def _fill(text: str, spans: Sequence[Span], count: int, cuts: list[Cut]) -> None:
    """Further passages, the best first, between those that are there."""
    if len(cuts) >= count:
        return
    for window in sorted(_weigh_windows(spans, (0, len(text)), set())):
        start, end, _ = spans[window.first]
        place = bisect_left(cuts, (start + 1,))
        low = cuts[place - 1][1] if place else 0
        high = cuts[place][0] if place < len(cuts) else len(text)
        if low <= start and end <= high:
            cuts.insert(place, _cut_window(text, spans, window.first, (low, high)))
            if len(cuts) == count:
                return


def _list_gaps(cuts: Sequence[Cut], length: int) -> Iterator[Cut]:
    """What the passages leave of the text."""
    edges = [0, *(edge for cut in cuts for edge in cut), length]
    return zip(edges[::2], edges[1::2], strict=True)


def _weigh_windows(spans: Sequence[Span], gap: Cut, hidden: set[str]) -> Iterator[Window]:
    """For each match in the gap what a snippet that begins with it can hold."""
    inside: dict[str, int] = {}
    asked = [key for key in hidden if key.startswith("=")]
    first = last = bisect_left(spans, gap[0], key=lambda span: span.start)
    while first < len(spans) and spans[first].end <= gap[1]:
        end = min(gap[1], spans[first].start + WIDTH)
        while last < len(spans) and spans[last].end <= end:
            for key in spans[last].keys:
                inside[key] = inside.get(key, 0) + 1
            last += 1
        names = sum(key in inside for key in asked) if asked else 0
        yield Window(names - len(hidden.intersection(inside)), -names, -len(inside), first - last, first)
        if last == first:  # longer than a snippet
            last += 1
        else:
            _take_out(inside, spans[first].keys)
        first += 1


def _take_out(inside: dict[str, int], keys: Iterable[str]) -> None:
    for key in keys:
        inside[key] -= 1
        if not inside[key]:
            del inside[key]


def _cut_window(text: str, spans: Sequence[Span], first: int, gap: Cut) -> Cut:
    """The passage for the matches from the n-th on."""
    start, need, shown = spans[first].start, min(spans[first].end, spans[first].start + WIDTH), set(spans[first].keys)
    for place in range(first + 1, len(spans)):
        span = spans[place]
        if span.end > min(gap[1], start + WIDTH):
            break
        if not span.keys <= shown:
            shown |= span.keys
            need = span.end
    return _cut(text, start, need, gap)


def _cut(text: str, first: int, need: int, gap: Cut) -> Cut:
    """A passage within the gap that holds the text from ``first`` to ``need`` and what belongs to it."""
    start = _find_start(text, first, need, gap)
    while start < first and text[start].isspace():
        start += 1
    end = _find_end(text, start, need, gap[1])
    return start, start + len(text[start:end].rstrip())


def _find_start(text: str, first: int, need: int, gap: Cut) -> int:
    """Where a passage begins: with the sentence of its first match, with an earlier one where the text ends soon,
    else with a word.
    """
    room = max(0, WIDTH - (need - first))
    lead = SENTENCE_LEAD if gap[1] - first >= FULL else WIDTH
    floor = max(gap[0], first - min(room, lead))
    starts = [found.end() for found in _SENTENCE_START.finditer(text, floor, min(first + 1, len(text)))]
    if floor == gap[0]:
        starts.insert(0, floor)
    if starts:
        early = [start for start in starts if gap[1] - start <= WIDTH]
        return early[0] if early and gap[1] - starts[-1] < FULL else starts[-1]
    floor = max(floor, first - LEAD)
    space = _SPACE.search(text, floor, first)
    if space:
        return space.end()
    return floor if is_paired(text, floor) else first


def _find_end(text: str, start: int, need: int, high: int) -> int:
    """Where it ends: with a sentence that leaves no more than a line empty, else with a word."""
    end = min(high, start + WIDTH)
    if end == len(text):
        return end
    floor = max(need, start)
    least = max(floor, min(start + FULL, end))
    sentences = [found.end() for found in _SENTENCE_START.finditer(text, least, min(end + 1, len(text)))]
    if sentences:
        return sentences[-1]
    if _SPACE.match(text, end):
        return end
    spaces = [found.start() for found in _SPACE.finditer(text, floor, end)]
    if spaces:
        return spaces[-1]
    return end if need <= start or is_paired(text, end) else need


def _find_inside(spans: Sequence[Span], cut: Cut) -> Iterator[Span]:
    """The matches within a passage."""
    for place in range(bisect_left(spans, cut[0], key=lambda span: span.start), len(spans)):
        if spans[place].start >= cut[1]:
            return
        if spans[place].end <= cut[1]:
            yield spans[place]


def _make_snippet(text: str, cut: Cut, spans: Sequence[Span]) -> Snippet:
    start, end = cut
    marked = tuple((span.start - start, span.end - start) for span in _find_inside(spans, cut))
    return Snippet(text[start:end], start, marked, DEFAULT_FIELD)
