"""Duplicates: which texts are copies of each other, told from small signatures.

A signature keeps the smallest hashes of a text's shingles (runs of words). Below the lower of the two texts' largest
kept hashes, the hashes of both are samples drawn at one rate, from which follow the share of shingles that two texts
have in common (resemblance) and the share of the smaller one's that the larger has (containment): Broder, "On the
resemblance and containment of documents", 1997; the smallest hashes of one function in place of one of each of many,
as in Cohen and Kaplan, "Summarizing data using bottom-k sketches", 2007. Pure functions over folded words.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from zlib import crc32

from searchkit.model import Value

# All were chosen on Reuters-21578 and BBC news by reading pairs on both sides of each line (docs/copies.md).
SHINGLE = 4  # words
SKETCH = 128  # hashes kept of a text
KEYS = 16  # of them by which candidates are found; copies with a quarter of the shingles in common miss 1 in 100
SHORT = 60  # shingles; of shorter texts only exact copies count: such notices differ in a figure alone
MUTE = 20  # words; shorter texts say too little by themselves, so copies have the same title, too
RESEMBLANCE = 0.6  # of copies, at least …
CONTAINMENT = 0.8  # … or so much of the shorter in the longer …
SMALLEST_PART = 1 / 3  # … which is at most so much longer: a digest of several stories is a copy of none
_LARGEST = 0xFFFFFFFF
_SPREAD = 0x9E3779B1  # 2**32 / golden ratio (Knuth, TAOCP 3, 6.4): CRCs of texts of one length differ regularly


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


def sign(words: Sequence[str], title: Sequence[str] = ()) -> Signature | None:
    """The signature of a text given as its folded words; None where there are none."""
    if not words:
        return None
    told = words if len(words) >= MUTE else (*title, "", *words)
    digest = blake2b(" ".join(told).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    number = int.from_bytes(digest, "big", signed=True)
    if len(words) < SHORT:
        return Signature(number)
    encoded = [word.encode("utf-8", "surrogatepass") for word in words]
    shingles = map(b" ".join, zip(*(encoded[start:] for start in range(SHINGLE)), strict=False))
    hashes = {checksum * _SPREAD & _LARGEST for checksum in set(map(crc32, shingles))}
    return Signature(number, len(hashes), tuple(sorted(hashes)[:SKETCH])) if len(hashes) >= SHORT else Signature(number)


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
    end = min(text.sketch[-1] if text.size > len(text.sketch) else _LARGEST for text in (one, other))
    sizes = [bisect_right(text.sketch, end) for text in (one, other)]
    return shared / (sum(sizes) - shared), shared / min(sizes)
