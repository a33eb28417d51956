"""How many edits lie between one word and many, in numpy arrays: what ``search.edits`` says of two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def count_all_edits(word: str, others: Sequence[str], most: int) -> list[int]:
    """Edits between a word and each of the others; ``most`` + 1 where there are more than ``most``.

    The rows of the table of Damerau's distance are filled for all words at once, as far from its diagonal as counts.
    """
    sizes = np.fromiter(map(len, others), np.intp, len(others))
    longest = min(int(sizes.max(initial=0)), len(word) + most)
    letters = _spread(others, sizes, longest)
    far = np.full(len(others), most + 1, np.int8)
    older: list[NDArray[np.int8]] = []
    before = [np.minimum(far, np.int8(min(column, most + 1))) for column in range(longest + 1)]
    for row, letter in enumerate(map(ord, word), 1):
        now = [far] * (longest + 1)
        if row <= most:
            now[0] = np.full(len(others), row, np.int8)
        for column in range(max(1, row - most), min(longest, row + most) + 1):
            here = letters[column - 1]
            edits = np.minimum(np.minimum(before[column], now[column - 1]) + np.int8(1),
                               before[column - 1] + (here != letter))
            if row > 1 and column > 1:
                swapped = (here == ord(word[row - 2])) & (letters[column - 2] == letter)
                edits = np.where(swapped, np.minimum(edits, older[column - 2] + np.int8(1)), edits)
            now[column] = np.minimum(edits, far)
        older, before = before, now
    table = np.array(before)
    reached = np.where(sizes <= longest, table[np.minimum(sizes, longest), np.arange(len(others))], most + 1)
    counts: list[int] = reached.tolist()
    return counts


def _spread(words: Sequence[str], sizes: NDArray[np.intp], longest: int) -> NDArray[np.uint32]:
    """The n-th letter of each word in row n; 0 behind its end."""
    flat = np.frombuffer("".join(word[:longest] for word in words).encode("utf-32-le", "surrogatepass"), np.uint32)
    spread = np.zeros((len(words), longest), np.uint32)
    spread[np.arange(longest) < sizes[:, None]] = flat
    return np.ascontiguousarray(spread.T)
