"""Snippets: the excerpts of a text in which the query's words stand closest together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from searchkit.fields import DEFAULT_FIELD
from searchkit.model import Document, Snippet
from searchkit.search.analysis import Token, analyse, analyse_word, find_words
from searchkit.search.expansion import compile_pattern
from searchkit.search.nearness import find_places, find_windows
from searchkit.search.query import Near, Pattern, Phrase, Query, Term, find_leaves

WIDTH = 220  # characters of a snippet, about three lines of a terminal
LEAD = 60  # characters before its first highlighted word, at most
_SPACE = re.compile(r"\s")
_SENTENCE_START = re.compile(r"(?:[.!?…][\"”’')]*\s+|\n\n)(?=\S)")

Span = tuple[int, int, str]  # [start, end) of a word to highlight, and its term


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a query looks for in a text field: single terms, phrases, terms near each other, written words.

    ``fits`` are tests of a word as written: of prefixes, wildcard patterns and fuzzy words.
    """

    terms: frozenset[str]
    phrases: tuple[tuple[str, ...], ...]
    nears: tuple[tuple[tuple[str, ...], int], ...]
    fits: tuple[Callable[[str], bool], ...]

    def __bool__(self) -> bool:
        return bool(self.terms or self.phrases or self.nears or self.fits)


def find_wanted(query: Query, fields: Iterable[str]) -> Wanted:
    """The words that a query looks for in these text fields; those it excludes are not among them."""
    names = set(fields)
    leaves = [leaf for leaf in find_leaves(query) if isinstance(leaf, Term | Phrase | Near | Pattern)]
    leaves = [leaf for leaf in dict.fromkeys(leaves) if leaf.field in names]
    return Wanted(
        frozenset(leaf.term for leaf in leaves if isinstance(leaf, Term)),
        tuple(dict.fromkeys(leaf.terms for leaf in leaves if isinstance(leaf, Phrase))),
        tuple(dict.fromkeys((leaf.terms, leaf.slop) for leaf in leaves if isinstance(leaf, Near))),
        tuple(compile_pattern(leaf) for leaf in leaves if isinstance(leaf, Pattern)),
    )


def make_document_snippets(document: Document, query: Query, count: int = 1) -> tuple[Snippet, ...]:
    """Up to ``count`` snippets of a document: of its body, and of its chrome where the query asks for that.

    A snippet of the chrome has the field "chrome"; its ``start`` is the offset in that stripped block.
    """
    found: list[Snippet] = []
    if count < 1:
        return ()
    if wanted := find_wanted(query, ("chrome",)):
        for part in document.chrome:
            if spans := _find_spans(part.text, wanted):
                found += [Snippet(s.text, s.start, s.highlights, "chrome")
                          for s in _cut_snippets(part.text, spans, count - len(found))]
            if len(found) >= count:
                return tuple(found)
    return (*found, *make_snippets(document.body, query, count - len(found)))[:count]


def make_snippets(body: str, query: Query, count: int = 1) -> tuple[Snippet, ...]:
    """Up to ``count`` snippets of a body in reading order; its beginning when no word is found."""
    spans = _find_spans(body, find_wanted(query, (DEFAULT_FIELD, "title")))
    if count < 1 or not body:
        return ()
    return _cut_snippets(body, spans, count) if spans else (_cut(body, 0, ()),)


def highlight(text: str, query: Query) -> tuple[tuple[int, int], ...]:
    """Where the query's words stand in a title: [start, end) in characters."""
    spans = _find_spans(text, find_wanted(query, (DEFAULT_FIELD, "title")))
    return tuple((start, end) for start, end, _ in spans)


def _find_spans(text: str, wanted: Wanted) -> list[Span]:
    """Each word to highlight, in order."""
    forms = {word: analyse_word(word) for word in set(find_words(text))} if wanted else {}
    present = {term for term, _ in forms.values()}
    if any(present.issuperset(terms) for terms in (*wanted.phrases, *(terms for terms, _ in wanted.nears))):
        tokens = list(analyse(text))
        chosen = _find_runs(tokens, wanted.phrases) | _find_near(tokens, wanted.nears)
        return [(token.start, token.end, token.term) for place, token in enumerate(tokens)
                if place in chosen or _is_wanted(token.term, token.written, wanted)]
    words = [word for word, (term, written) in forms.items() if _is_wanted(term, written, wanted)]
    return [(start + token.start, start + token.end, token.term)
            for start, end in _find_chunks(text, words) for token in analyse(text[start:end])
            if _is_wanted(token.term, token.written, wanted)]


def _is_wanted(term: str, written: str, wanted: Wanted) -> bool:
    return term in wanted.terms or any(fits(written) for fits in wanted.fits)


def _find_chunks(text: str, words: Iterable[str]) -> Iterator[tuple[int, int]]:
    """The runs without spaces in which one of the words stands, in order.

    No token reaches beyond such a run, so that only these need be cut into tokens.
    """
    places = sorted(place for word in words for place in _find_places(text, word))
    end = 0
    for place in places:
        if place < end:
            continue
        start = place
        while start > end and not text[start - 1].isspace():
            start -= 1
        found = _SPACE.search(text, place)
        end = found.start() if found else len(text)
        yield start, end


def _find_places(text: str, word: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + len(word))


def _find_runs(tokens: Sequence[Token], phrases: Iterable[tuple[str, ...]]) -> set[int]:
    """Places of the tokens that belong to an occurrence of a phrase."""
    terms = [token.term for token in tokens]
    places: set[int] = set()
    for phrase in phrases:
        width = len(phrase)
        for i, term in enumerate(terms):
            if term == phrase[0] and tuple(terms[i:i + width]) == phrase:
                places.update(range(i, i + width))
    return places


def _find_near(tokens: Sequence[Token], nears: Iterable[tuple[tuple[str, ...], int]]) -> set[int]:
    """Places of the tokens by which a window holds all the terms."""
    chosen: set[int] = set()
    for terms, slop in nears:
        places = find_places([token.term for token in tokens], terms)
        inside = {place for start, end in find_windows(places, terms, slop) for place in range(start, end)}
        chosen.update(place for of_term in places.values() for place in of_term if place in inside)
    return chosen


def _cut_snippets(text: str, spans: Sequence[Span], count: int) -> tuple[Snippet, ...]:
    """The ``count`` best windows that do not overlap, in reading order."""
    starts: list[int] = []
    for first in _rank_windows(spans):
        begin = spans[first][0]
        if all(abs(begin - other) > WIDTH + LEAD for other in starts):
            starts.append(begin)
        if len(starts) == count:
            break
    return tuple(_cut(text, _find_start(text, begin), spans) for begin in sorted(starts))


def _rank_windows(spans: Sequence[Span]) -> list[int]:
    """Indices of the spans that open a window, best first: most different words, then most words."""
    inside: Counter[str] = Counter()
    ranked: list[tuple[int, int, int]] = []
    last = 0
    for first, (start, _, term) in enumerate(spans):
        while last < len(spans) and spans[last][1] <= start + WIDTH - LEAD:
            inside[spans[last][2]] += 1
            last += 1
        ranked.append((-len(inside), first - last, first))
        inside[term] -= 1
        if inside[term] <= 0:
            del inside[term]
        last = max(last, first + 1)
    return [first for _, _, first in sorted(ranked)]


def _find_start(text: str, word: int) -> int:
    """Where a snippet begins whose first highlight is here: at a sentence if one is near, else at a word."""
    floor = max(0, word - LEAD)
    if floor == 0:
        return 0
    breaks = [found.end() for found in _SENTENCE_START.finditer(text, floor, word + 1)]
    if breaks:
        return breaks[0]
    space = text.find(" ", floor, word)
    return space + 1 if space >= 0 else floor


def _cut(text: str, start: int, spans: Sequence[Span]) -> Snippet:
    """The snippet that begins at ``start``, ended at a word; the highlights that lie within it."""
    while start < len(text) and text[start].isspace():
        start += 1
    end = min(len(text), start + WIDTH)
    if end < len(text):
        space = max(text.rfind(" ", start + WIDTH // 2, end), text.rfind("\n", start + WIDTH // 2, end))
        end = space if space > 0 else end
    excerpt = text[start:end].rstrip()
    inside = tuple((s - start, e - start) for s, e, _ in spans if s >= start and e <= start + len(excerpt))
    return Snippet(excerpt, start, inside)
