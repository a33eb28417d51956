"""How often a leaf of the query tree stands in a document, and what that scores: counted on the stored tokens."""

from __future__ import annotations

from searchkit.engines.tantivy.schema import Row
from searchkit.engines.tantivy.snapshot import Snapshot
from searchkit.search import query as q
from searchkit.search.analysis import PASSAGE_GAP
from searchkit.search.nearness import find_places, find_windows
from searchkit.search.ranking import score, weigh_length

Leaf = q.Term | q.Phrase | q.Near


def count(row: Row, leaf: Leaf) -> int:
    """How often the terms stand in the document in the manner of the leaf."""
    terms = row.terms(leaf.field)
    match leaf:
        case q.Term(_, term):
            return terms.count(term)
        case q.Phrase(_, ()):
            return len(terms) + 1
        case q.Phrase(_, phrase):
            wanted = list(phrase)
            starts = find_places(terms, phrase[:1])[phrase[0]]
            return sum(terms[start:start + len(wanted)] == wanted for start in starts)
        case q.Near(_, near, slop):
            return sum(1 for _ in find_windows(find_places(terms, near), near, slop))


def weigh(snapshot: Snapshot, leaf: Leaf, row: Row, times: int) -> float:
    """BM25 of a leaf that stands so often in a document."""
    terms = row.terms(leaf.field)
    length = len(terms) - terms.count(PASSAGE_GAP)
    idf = snapshot.rarity(leaf.field, (leaf.term,) if isinstance(leaf, q.Term) else leaf.terms)
    return score(idf, times, weigh_length(length, snapshot.average_length(leaf.field)))
