"""Signatures: what a text leaves behind by which its copies are known, and how two of them are compared.

How a text is signed is in ``pipeline.duplicates``; whoever only compares needs nothing of the pipeline.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from searchkit.model import Value

# All were chosen on Reuters-21578 and BBC news by reading pairs on both sides of each line (docs/copies.md).
KEYS = 16  # hashes by which candidates are found; copies with a quarter of the shingles in common miss 1 in 100
RESEMBLANCE = 0.6  # of copies, at least …
CONTAINMENT = 0.8  # … or so much of the shorter in the longer …
SMALLEST_PART = 1 / 3  # … which is at most so much longer: a digest of several stories is a copy of none
LARGEST = 0xFFFFFFFF  # hash


@dataclass(frozen=True, slots=True)
class Signature(Value):
    """What tells copies of a text: ``digest`` (64-bit, signed) of all its words; ``size``, how many different shingles
    it has; and the smallest hashes of these (32-bit), ascending; none for a short text.
    """

    digest: int
    size: int = 0
    sketch: tuple[int, ...] = ()

    @property
    def keys(self) -> tuple[int, ...]:
        """Hashes of which copies share at least one, as a rule."""
        return self.sketch[:KEYS]


def are_copies(one: Signature, other: Signature) -> bool:
    """Whether two texts are copies: the same, nearly the same, or one a good part of the other."""
    if one.digest == other.digest:
        return True
    small, large = sorted((one.size, other.size))
    if small < SMALLEST_PART * large or not small:
        return False
    resemblance, containment = estimate(one, other)
    return resemblance >= RESEMBLANCE or containment >= CONTAINMENT


def estimate(one: Signature, other: Signature) -> tuple[float, float]:
    """Resemblance and containment of two texts, 0 to 1 each; 0 where a text is short."""
    shared = len(set(one.sketch).intersection(other.sketch))
    if not shared:
        return 0.0, 0.0
    end = min(text.sketch[-1] if text.size > len(text.sketch) else LARGEST for text in (one, other))
    sizes = [bisect_right(text.sketch, end) for text in (one, other)]
    return shared / (sum(sizes) - shared), shared / min(sizes)
