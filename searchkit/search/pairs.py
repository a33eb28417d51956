"""Pairs: how a run of characters without spaces between its words is cut into tokens.

Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese are matched by overlapping pairs of characters (bigrams: Nie and
Ren, "Chinese information retrieval: using characters or words?", 1999): a run ABCD is AB, BC, CD, D. Its last character
closes it, so that each character begins a token; behind a word of another script its first one stands before the pairs
(5月に: 5, 月, 月に, に), so that a phrase may end within a run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

# Characters of scripts that are cut into pairs, as the inside of a regular expression's class.
PAIRED = (
    "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"  # Chinese characters
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9d\u3105-\u312f"  # kana, Bopomofo
    "\uac00-\ud7a3\u1100-\u115f\u3131-\u318e"  # Hangul
    "\u0e01-\u0e2e\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eae\u0eb0\u0eb2\u0eb3\u0ebd\u0ec0-\u0ec6\u0edc-\u0edf"
    "\u1780-\u17b3\u17d7\u17dc\u1000-\u102a\u103f\u1050-\u1055\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070"
    "\u1075-\u1081\u108e"  # Thai, Lao; Khmer, Burmese
)
# Signs that belong to the character before them: sound marks, vowels and endings.
_SIGNS = (
    "\u3099\u309a\uff9e\uff9f\u1160-\u11ff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    "\u17b4-\u17d3\u17dd\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d"
    "\u108f\u0300-\u036f"
)
CHARACTER = rf"[{PAIRED}][{_SIGNS}]*"  # a regular expression
# The blocks that these characters are in, others besides: a test that is quicker than to compile the expression.
_BLOCKS = (("\u0e00", "\u1dff"), ("\u3005", "\ud7ff"), ("\uf900", "\ufaff"), ("\uff66", "\uff9f"),
           ("\U00020000", "\U0003fffd"))


@cache
def _compile_character() -> re.Pattern[str]:
    return re.compile(CHARACTER)


def is_paired(text: str, place: int = 0) -> bool:
    """Whether a character of such a script stands there."""
    return text[place:place + 1] > "\u0e00" and _compile_character().match(text, place) is not None


def has_paired(text: str) -> bool:
    """Whether a text may have any of them."""
    return not text.isascii() and any(
        first <= char <= last for char in set(text) if char >= _BLOCKS[0][0] for first, last in _BLOCKS)


def find_end(text: str, place: int) -> int:
    """Where the character of such a script ends that stands there, with its signs."""
    found = _compile_character().match(text, place)
    return found.end() if found else place


def cut_pairs(text: str, start: int, end: int, *, follows: bool) -> Iterator[tuple[int, int]]:
    """The tokens of the run in [start, end), each [start, end) in characters of the text; ``follows`` says whether a
    word of another script comes before it.
    """
    characters = [found.span() for found in _compile_character().finditer(text, start, end)]
    if follows and len(characters) > 1:
        yield characters[0]
    for (begin, _), (_, last) in pairwise(characters):
        yield begin, last
    yield characters[-1]
