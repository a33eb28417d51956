"""What stands right below the end of a story though it is no part of it.

Calls to the reader, credits and the author's biography are written in whole sentences, in the column of the
story, so that neither their looks nor the elements around them tell them from it. Only what closes the story
is looked at, from the last kept block upwards, up to the first that is plainly story.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from searchkit.pipeline.block import Block, Verdict
from searchkit.pipeline.features import Features
from searchkit.pipeline.wordlists import read_kinds

# Lengths in words, from how such passages are commonly written; tried on the pages of ``scoring``.
_CALL = 60
_SHORT_CALL = 30
_CREDIT = 60
_EDITION = 30
_BIOGRAPHY = 120
_HEADING = 8
_NAME = range(2, 5)
_ABOVE = 2  # blocks above a biography in which its name may stand alone ("Ann Smith", "Reporter")

_QUOTED = re.compile("[“”„«»\"]")
_SENTENCE = re.compile(r"(?<=[.!?:;,–—])[)\]]*\s+")
_WORD = re.compile(r"[\w’'-]+")
_ADDRESS = re.compile(r"[\w.]@\w|(?<!\w)@\w{3}|\bhttps?:|\bwww\.|\b\d{3}[-.\s]\d{3,4}[-.\s]\d{3,4}\b")


def trim(blocks: Sequence[Block], features: Sequence[Features], verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """The verdicts, but for what closes the story and is none of it; something is always kept."""
    trimmed = list(verdicts)
    kept = [index for index, verdict in enumerate(verdicts) if verdict.keep]
    below: str | None = None
    for index in reversed(kept[1:]):
        reason = _explain(blocks, features, index, below)
        if reason is None:
            break
        trimmed[index] = Verdict(False, reason)
        below = reason
    return tuple(trimmed)


def _explain(blocks: Sequence[Block], features: Sequence[Features], index: int, below: str | None) -> str | None:
    """What the last block is, if it is no story; ``below`` is what stood under it."""
    text, feature = blocks[index].text, features[index]
    if feature.words > _BIOGRAPHY:
        return None
    if _is_biography(blocks, index):
        return "author bio"
    if below and feature.words <= _HEADING and text[0].isalpha() and (not feature.ends or text.endswith("?")):
        return below
    lower = text.casefold().replace("’", "'")
    if feature.words <= _CREDIT and _pattern("credit").search(lower):
        return "byline"
    if feature.words <= _EDITION and _pattern("edition").search(lower):
        return "footer"
    return "form" if feature.words <= _CALL and _is_call(lower, feature.words) else None


def _is_call(text: str, words: int) -> bool:
    """Whether the site speaks to its reader: asks to act, by its own name or through an address."""
    if _QUOTED.search(text):
        return False
    acts = any(_pattern("do").match(sentence) for sentence in _SENTENCE.split(text))
    us = _pattern("us").search(text) is not None
    reach = _pattern("reach").search(text) or _ADDRESS.search(text)
    if acts and reach:
        return True
    if words > _SHORT_CALL:
        return False
    if acts:
        return us or "?" in text or "!" in text
    return us and _pattern("you").search(text) is not None


def _is_biography(blocks: Sequence[Block], index: int) -> bool:
    """Whether a text begins with a name, says what kind of writer that is, or has the name alone above it."""
    text = blocks[index].text
    words = text.split(maxsplit=12)
    name = 0
    while name < len(words) and words[name][0].isupper() and name < _NAME.stop:
        name += 1
    if name not in _NAME or name == len(words):
        return False
    alone = any(blocks[above].text == " ".join(words[:name]) for above in range(max(0, index - _ABOVE), index))
    return (words[name].casefold() in read_kinds("ending_words.txt")["is"]
            and (alone or _pattern("role").search(" ".join(words[name : 12]).casefold()) is not None))


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    """Any of the words of a kind, as whole words."""
    words = sorted(read_kinds("ending_words.txt")[kind], key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")
