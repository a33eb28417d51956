"""Duplicates: which texts are copies of each other, told from small signatures.

A signature keeps the smallest hashes of a text's shingles (runs of words). Below the lower of the two texts' largest
kept hashes, the hashes of both are samples drawn at one rate, from which follow the share of shingles that two texts
have in common (resemblance) and the share of the smaller one's that the larger has (containment): Broder, "On the
resemblance and containment of documents", 1997; the smallest hashes of one function in place of one of each of many,
as in Cohen and Kaplan, "Summarizing data using bottom-k sketches", 2007. Pure functions over folded words.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from hashlib import blake2b
from zlib import crc32

from searchkit.signatures import (
    CONTAINMENT,
    KEYS,
    LARGEST,
    RESEMBLANCE,
    SMALLEST_PART,
    Signature,
    are_copies,
    estimate,
)

__all__ = ["CONTAINMENT", "KEYS", "RESEMBLANCE", "SMALLEST_PART", "Signature", "are_copies", "estimate", "sign"]

# All were chosen on Reuters-21578 and BBC news by reading pairs on both sides of each line (docs/copies.md).
SHINGLE = 4  # words
SKETCH = 128  # hashes kept of a text
SHORT = 60  # shingles; of shorter texts only exact copies count: such notices differ in a figure alone
MUTE = 20  # words; shorter texts say too little by themselves, so copies have the same title, too
_SPREAD = 0x9E3779B1  # 2**32 / golden ratio (Knuth, TAOCP 3, 6.4): CRCs of texts of one length differ regularly


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
    checksums = set(map(crc32, shingles))
    return Signature(number, len(checksums), _sketch(checksums)) if len(checksums) >= SHORT else Signature(number)


def _sketch(checksums: Set[int]) -> tuple[int, ...]:
    """The smallest hashes, ascending; of so many that are spread evenly, those below a bound are enough as a rule."""
    hashes = [checksum * _SPREAD & LARGEST for checksum in checksums]
    bound = 2 * SKETCH * LARGEST // len(hashes)
    few = [number for number in hashes if number < bound]
    return tuple(sorted(few if len(few) >= SKETCH else hashes)[:SKETCH])
