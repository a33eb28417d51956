"""How many edits lie between two words: letters put in, left out, replaced, or two neighbours swapped.

The optimal string alignment distance (Damerau 1964; no letter is edited twice).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator


def count_edits(one: str, other: str, most: int) -> int:
    """Edits between two words; ``most`` + 1 where there are more than ``most``."""
    start, end = 0, min(len(one), len(other))
    while start < end and one[start] == other[start]:
        start += 1
    cut = 0
    while cut < end - start and one[-1 - cut] == other[-1 - cut]:
        cut += 1
    one, other = one[start:len(one) - cut], other[start:len(other) - cut]
    if not one or not other:
        return min(len(one) + len(other), most + 1)
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, their in enumerate(other, 1):
            edits = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != their))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == their:
                edits = min(edits, older[j - 2] + 1)
            row.append(edits)
        if min(row) > most and min(before) > most:  # a swap goes two rows back
            return most + 1
    return min(row[-1], most + 1)


def list_edits(word: str, letters: Collection[str]) -> Iterator[str]:
    """The word, and what one edit makes of it that leaves its first letter and brings in only these letters."""
    yield word
    for place in range(1, len(word) + 1):
        head, tail = word[:place], word[place:]
        yield head + tail[1:]
        yield head + tail[1:2] + tail[:1] + tail[2:]
        for letter in letters:
            yield head + letter + tail
            yield head + letter + tail[1:]
