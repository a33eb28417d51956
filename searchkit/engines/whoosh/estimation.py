"""In which order the parts of a query are looked at: those with few matches first."""

from __future__ import annotations

from collections.abc import Callable

from searchkit.search import query as q


def estimate_matches(query: q.Query, count: Callable[[str, str], int], size: int) -> int:
    """About how many of ``size`` documents match; filters that look at each come last.

    ``count`` says how many documents have a term of a field.
    """
    match query:
        case q.Term(field, term):
            return count(field, term)
        case q.Phrase(field, terms) | q.Near(field, terms) if terms:
            return min(count(field, term) for term in terms)
        case q.And(children) if children:
            return min(estimate_matches(child, count, size) for child in children)
        case q.Or(children):
            return min(sum(estimate_matches(child, count, size) for child in children), size)
        case q.ByLanguage():
            return min(sum(estimate_matches(node, count, size) for node in query.nodes), size)
        case q.Boost(child) | q.Prefer(child) | q.AtLeast(_, child):
            return estimate_matches(child, count, size)
        case q.Keyword() | q.KeywordPrefix() | q.Prefix() | q.Wildcard() | q.Fuzzy():
            return size // 2
        case _:
            return size + 1
