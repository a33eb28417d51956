"""Where a text may have a word that begins in a certain way: told by looking for the beginnings, without cutting all
of the text into words.

It is told of texts in which one character folds to one: of most in languages with Latin letters. Of another text
nothing is told, and all of its words have to be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache

from searchkit.search.folding import fold
from searchkit.search.stemming import ENGLISH, keeps_beginning, settle_language

# An English term differs from its words in the last letter, and after it; "die", "lie" and "tie", the terms of "dying",
# "lying" and "tying", in the last two (https://snowballstem.org/algorithms/english/stemmer.html).
ENDING = 2
_LATIN = range(0xa0, 0x180)
_PUNCTUATION = "\u2010-\u205e\u20a0-\u20bf\u2122\u2212\u2190-\u21ff"  # no word has these, but for the quotes
_SPACE = re.compile(r"\s")


def find_beginning(term: str, language: str | None) -> str:
    """How each word of a language begins whose term this is; nothing where that is not known."""
    if settle_language(language) == ENGLISH:
        return term[:max(1, len(term) - ENDING)]
    return term[:1] if keeps_beginning(language) else ""


def find_chunks(text: str, beginnings: Collection[str]) -> list[tuple[int, int]] | None:
    """The runs without spaces that may have a word that begins so, folded: [start, end), in order. None where it
    cannot be told.

    No word reaches beyond such a run.
    """
    flat = _flatten(text)
    if flat is None or "" in beginnings:
        return None
    places = {place for beginning in beginnings for place in _find_starts(flat, beginning)}
    return list(cut_chunks(text, places))


def cut_chunks(text: str, places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The runs without spaces in which one of the places is, in order."""
    end = 0
    for place in sorted(places):
        if place < end:
            continue
        start = place
        while start > end and not text[start - 1].isspace():
            start -= 1
        found = _SPACE.search(text, place)
        end = found.start() if found else len(text)
        yield start, end


def _find_starts(flat: str, beginning: str) -> Iterator[int]:
    """Where it stands and no letter is before it. A number may have commas: where its first digit stands."""
    if beginning[0].isdigit():
        beginning = beginning[0]
    place = flat.find(beginning)
    while place >= 0:
        if not place or not flat[place - 1].isalpha():
            yield place
        place = flat.find(beginning, place + 1)


def _flatten(text: str) -> str | None:
    """The text folded character by character; None where that is not what folding does."""
    if text.isascii():
        flat = text.lower()
        return flat.replace("`", "'") if "`" in flat else flat
    plain, table = _make_table()
    return text.translate(table) if plain.fullmatch(text) else None


@cache
def _make_table() -> tuple[re.Pattern[str], dict[int, str]]:
    """The texts that are folded so, and the characters that change."""
    table = {code: chr(code).lower() for code in range(0x41, 0x5b)}
    table.update((ord(quote), "'") for quote in "’‘`´")
    kept = []
    for code in _LATIN:
        folded = fold(f"x{chr(code)}")[1:]
        if len(folded) == 1:
            table[code] = folded
            kept.append(re.escape(chr(code)))
    return re.compile(f"[\x00-\x7f{''.join(kept)}{_PUNCTUATION}]*"), table
