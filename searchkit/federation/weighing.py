"""Scores of several indexes made comparable: a word weighs by how rare it is in all of them together.

Every engine scores a term by BM25 with the idf of its own documents (``search.ranking``). That idf is known: it follows
from how many documents there are and how many have the term, which any engine counts. So each index is asked for the
term boosted by the idf over all indexes divided by its own, and the product is the global score. Only the average
length, by which BM25 judges the length of a text, stays that of each index.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isclose

from searchkit.search.query import (
    And,
    AtLeast,
    Boost,
    ByLanguage,
    Near,
    Not,
    Or,
    Phrase,
    Prefer,
    Query,
    Term,
)
from searchkit.search.ranking import weigh_rarity

Scored = Term | Phrase | Near | AtLeast


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of each index, in order: how many documents it has, and how many of them have each term."""

    documents: Sequence[int]
    frequencies: Mapping[Term, Sequence[int]]

    def weigh(self, home: int, leaf: Scored) -> Query:
        """A leaf as an index is asked for it."""
        terms = list_terms(leaf)
        own = sum(weigh_rarity(self.documents[home], self.frequencies[term][home]) for term in terms)
        everywhere = sum(weigh_rarity(sum(self.documents), sum(self.frequencies[term])) for term in terms)
        return leaf if isclose(own, everywhere, rel_tol=1e-12) else Boost(leaf, everywhere / own)


def list_terms(leaf: Scored) -> list[Term]:
    """The terms by whose rarity a leaf is scored."""
    match leaf:
        case Term():
            return [leaf]
        case AtLeast(_, child):
            return list_terms(child)
        case Phrase(field, terms) | Near(field, terms):
            return [Term(field, term) for term in terms]


def change_leaves(query: Query, change: Callable[[Query], Query]) -> Query:
    """The query with others in place of its leaves; ``AtLeast`` is one."""
    match query:
        case And(children):
            return And(tuple([change_leaves(child, change) for child in children]))
        case Or(children):
            return Or(tuple([change_leaves(child, change) for child in children]))
        case Not(child):
            return Not(change_leaves(child, change))
        case Boost(child, factor):
            return Boost(change_leaves(child, change), factor)
        case Prefer(child, bonuses):
            return Prefer(change_leaves(child, change), tuple([change_leaves(bonus, change) for bonus in bonuses]))
        case ByLanguage():
            return query.map(lambda node: change_leaves(node, change))
        case _:
            return change(query)


def list_leaves(query: Query) -> list[Query]:
    """All leaves of a query, left to right, those below a ``Not`` too."""
    found: list[Query] = []

    def note(leaf: Query) -> Query:
        found.append(leaf)
        return leaf

    change_leaves(query, note)
    return found
