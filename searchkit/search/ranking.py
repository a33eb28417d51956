"""The score of a match: BM25, the same on every engine.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the inverse
document frequency that Lucene uses, which is never negative:

    idf(t)      = ln(1 + (N - df + 0.5) / (df + 0.5))
    score(t, d) = idf(t) * tf / (tf + K1 * (1 - B + B * length(d) / average length))

A phrase scores as one term whose idf is the sum of its words' idf.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import log

K1 = 1.2
B = 0.75


def weigh_rarity(documents: int, frequency: int) -> float:
    """The idf of a term that ``frequency`` of ``documents`` documents contain."""
    return log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def weigh_length(length: int, average: float) -> float:
    """The part of BM25's denominator that depends on the document only. Lengths are in tokens."""
    return K1 * (1 - B + B * length / average) if average else K1


def score(idf: float, frequency: int, norm: float) -> float:
    """BM25 of a term that stands ``frequency`` times in a document of this ``weigh_length``."""
    return idf * frequency / (frequency + norm)


def score_all(idf: float, frequencies: Iterable[int], norms: Iterable[float]) -> list[float]:
    """``score`` of many documents, without a call for each."""
    return [idf * frequency / (frequency + norm) for frequency, norm in zip(frequencies, norms, strict=False)]
