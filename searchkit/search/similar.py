"""What is like a document: its most telling terms, as a query for any of them.

Telling is what tf-idf says (Salton and Buckley 1988): (1 + ln tf) × ln(N / df), tf being how often a term stands in
the document, df how many of N documents have it. The terms weigh in the query as they do here without the idf,
which the ranking brings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from math import log

from searchkit.fields import DEFAULT_FIELD
from searchkit.model import Document
from searchkit.results import Results
from searchkit.search.analysis import analyse
from searchkit.search.query import Boost, Or, Query, Term
from searchkit.search.stopwords import read_stopwords

TERMS = 25  # of the query, as in Lucene's "more like this"
SPARE = 10  # hits that are asked for besides those wanted, in place of copies
CANDIDATES = 200  # the most frequent terms, of which it is asked how many documents have them


def make_similar_query(document: Document, count: Callable[[Query], int], documents: int) -> Query:
    """A query for documents like this one. ``count`` says how many match a query, ``documents`` how many there are."""
    words = [token for text in (document.title or "", document.body) for token in analyse(text, document.language)]
    frequencies = Counter(token.term for token in words
                          if len(token.term) > 1 and not token.term.isdecimal()
                          and token.written not in read_stopwords(document.language))
    telling = []
    for term, frequency in frequencies.most_common(CANDIDATES):
        others = count(Term(DEFAULT_FIELD, term))
        if others > 1:  # else it finds the document itself and no more
            telling.append((-(1 + log(frequency)) * log(documents / others), term))
    return Or(tuple(Boost(Term(DEFAULT_FIELD, term), round(1 + log(frequencies[term]), 2))
                    for _, term in sorted(telling)[:TERMS]))


def leave_out_copies(answer: Callable[[int], Results], document: Document, first: int, end: int) -> Results:
    """The n-th to the last of the hits wanted, without the document itself and its copies, of which there are few
    among the first. ``answer`` gives as many hits as it is told.
    """
    count = end + SPARE
    while True:
        results = answer(count)
        others = [hit for hit in results if not is_copy(hit.document, document)]
        if len(others) >= end or len(results) < count:
            break
        count *= 2
    hits = tuple(replace(hit, rank=rank) for rank, hit in enumerate(others[:end], 1))
    same = {hit.document.group or f"id {hit.id}": 1 + hit.copies.count
            for hit in results if is_copy(hit.document, document)}
    return replace(results, hits=hits[first:], total=results.total - sum(same.values()),
                   distinct=results.distinct - len(same))


def is_copy(one: Document, other: Document) -> bool:
    """Whether two documents are one, or have the same story."""
    if one.id == other.id or (one.group and one.group == other.group):
        return True
    return bool(one.body.strip()) and one.body.split() == other.body.split()
