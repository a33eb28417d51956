"""How often a leaf of the query tree stands in a document, and what that scores: counted on the stored tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from searchkit.engines.tantivy.schema import Row, frame
from searchkit.engines.tantivy.snapshot import Snapshot
from searchkit.search import query as q
from searchkit.search.nearness import find_windows
from searchkit.search.ranking import score, weigh_length

Leaf = q.Term | q.Phrase | q.Near
Weigh = Callable[[Row], tuple[int, float]]  # of a document: how often the leaf stands there, and its BM25


def make_weigher(snapshot: Snapshot, leaf: Leaf) -> Weigh:
    """How to weigh a leaf, as one term with the idf of all its terms."""
    count, idf, average = _make_counter(leaf), weigh(snapshot, leaf), snapshot.average_length(leaf.field)
    field = leaf.field

    def weigh_row(row: Row) -> tuple[int, float]:
        times = count(row.tokens(field))
        return times, score(idf, times, weigh_length(row.length(field), average)) if times else 0.0

    return weigh_row


def weigh(snapshot: Snapshot, leaf: Leaf) -> float:
    """The idf of a leaf: as one term, with that of all its terms."""
    return snapshot.rarity(leaf.field, list_terms(leaf))


def list_terms(leaf: Leaf) -> tuple[str, ...]:
    """The terms of a leaf."""
    return (leaf.term,) if isinstance(leaf, q.Term) else leaf.terms


def _make_counter(leaf: Leaf) -> Callable[[bytes], int]:
    """How often the terms stand in a text in the manner of the leaf, as a function of its tokens."""
    match leaf:
        case q.Near(_, terms, slop):
            return lambda tokens: sum(1 for _ in find_windows(_find_places(tokens, terms), terms, slop))
        case q.Phrase(_, ()):
            return lambda _: 1  # it stands in every document, and scores 0
        case q.Phrase(_, (_, _, *_)):
            wanted = frame(leaf.terms)
            return lambda tokens: sum(1 for _ in _find_starts(tokens, wanted))  # it may overlap itself
        case _:
            wanted = frame(list_terms(leaf))
            return lambda tokens: tokens.count(wanted)


def _find_places(tokens: bytes, terms: Iterable[str]) -> dict[str, list[int]]:
    """Where each of the terms stands among the tokens: each of these before it has two line ends."""
    places: dict[str, list[int]] = {}
    for term in terms:
        places[term], ends, last = [], 0, 0
        for start in _find_starts(tokens, frame([term])):
            ends += tokens.count(b"\n", last, start)
            places[term].append(ends // 2)
            last = start
    return places


def _find_starts(tokens: bytes, wanted: bytes) -> Iterator[int]:
    """Where a term or a phrase begins, as an offset."""
    start = tokens.find(wanted)
    while start >= 0:
        yield start
        start = tokens.find(wanted, start + 1)
