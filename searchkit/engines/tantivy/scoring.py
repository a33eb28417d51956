"""How often a leaf of the query tree stands in a document, and what that scores: counted on the stored tokens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from searchkit.engines.tantivy.snapshot import Snapshot
from searchkit.search import query as q
from searchkit.search.analysis import PASSAGE_GAP
from searchkit.search.nearness import find_places, find_windows
from searchkit.search.ranking import score, weigh_length

Leaf = q.Term | q.Phrase | q.Near
Wanted = Mapping[str, Collection[str]]  # terms by field


class Text:
    """Where the wanted terms stand in a text field of a document, and the norm of its length."""

    def __init__(self, tokens: Sequence[str], wanted: Collection[str], average: float) -> None:
        self.places = find_places(tokens, wanted)
        self.norm = weigh_length(len(tokens) - tokens.count(PASSAGE_GAP), average)

    def count(self, leaf: Leaf) -> int:
        """How often the terms stand there in the manner of the leaf."""
        if isinstance(leaf, q.Term):
            return len(self.places[leaf.term])
        match leaf:
            case q.Phrase(_, (first, *others)):
                starts = set(self.places[first])
                for shift, term in enumerate(others, 1):
                    starts.intersection_update([place - shift for place in self.places[term]])
                return len(starts)
            case q.Near(_, terms, slop):
                return sum(1 for _ in find_windows(self.places, terms, slop))
            case _:
                return 1  # a phrase of no words: it stands in every document, and scores 0


def weigh(snapshot: Snapshot, leaf: Leaf) -> float:
    """The idf of a leaf: as one term, with that of all its terms."""
    return snapshot.rarity(leaf.field, list_terms(leaf))


def list_terms(leaf: Leaf) -> tuple[str, ...]:
    """The terms of a leaf."""
    return (leaf.term,) if isinstance(leaf, q.Term) else leaf.terms


def collect_terms(*queries: q.Query) -> Wanted:
    """The terms that documents can score by, by field."""
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    todo = list(queries)
    while todo:
        match todo.pop():
            case q.Term() | q.Phrase() | q.Near() as leaf:
                wanted[leaf.field].update(list_terms(leaf))
            case q.And(children) | q.Or(children):
                todo += children
            case q.Boost(child) | q.AtLeast(_, child):
                todo.append(child)
            case q.Prefer(child, bonuses):
                todo += (child, *bonuses)
            case q.ByLanguage() as choice:
                todo += choice.nodes
    return wanted


def weigh_text(text: Text, leaf: Leaf, idf: float) -> tuple[int, float]:
    """How often the leaf stands in a text, and its BM25."""
    times = text.count(leaf)
    return times, score(idf, times, text.norm) if times else 0.0
