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
from searchkit.pipeline.boilerplate.chromewords import function_words
from searchkit.pipeline.boilerplate.features import Features
from searchkit.pipeline.wordlists import read_kinds

# Most words of each, from how such passages are commonly written; tried on the pages of ``scoring``.
_CALL, _SHORT_CALL = 60, 30
_CREDIT = 40
_BIOGRAPHY = 120
_LINE = 8
_NAME = 4
_ABOVE = 2  # blocks above a biography in which its name may stand alone ("Ann Smith", "Reporter")
_ROLE_REACH = 12  # words from the start of a biography in which the role is named

_QUOTED = re.compile("[“„«\"][^“”„«»\"]*[”“»\"]")
_QUOTE = re.compile("[“”„«»\"]")
_PART = re.compile(r"(?<=[.!?:;,–—)])\s+")
_ADDRESS = re.compile(r"[\w.]@\w|(?<!\w)@\w{3}|\bhttps?:|\bwww\.|\b\d{3}[-.\s]\d{3,4}[-.\s]\d{3,4}\b")


def trim(blocks: Sequence[Block], features: Sequence[Features], verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """The verdicts, but for what closes the story and is none of it; something is always kept.

    Blocks that may be anything (a question, a line, a sentence in the second person) go with a neighbour
    that is surely none of the story, above them or below.
    """
    trimmed = list(verdicts)
    kept = [index for index, verdict in enumerate(verdicts) if verdict.keep]
    if len(kept) > 1 and _is_signature(blocks, verdicts, kept[-1]):
        trimmed[kept.pop()] = Verdict(False, "byline")
    doubtful: list[int] = []
    below: str | None = None
    for index in reversed(kept[1:]):
        reason = _explain(blocks, features, index)
        if reason is None:
            if not _may_be_call(blocks[index].text, features[index], bool(below or doubtful)):
                break
            doubtful.append(index)
            if below is None:
                continue
        below = reason or below or "form"
        for each in (*doubtful, index):
            trimmed[each] = Verdict(False, below)
        doubtful.clear()
    return tuple(trimmed)


def _is_signature(blocks: Sequence[Block], verdicts: Sequence[Verdict], index: int) -> bool:
    """Whether a last line is the name with which what is stripped right below it begins: above a biography."""
    name = blocks[index].text
    below = blocks[index + 1].text if index + 1 < len(blocks) and not verdicts[index + 1].keep else ""
    return len(name.split()) <= _NAME and name[0].isupper() and below.startswith(name + " ")


def _explain(blocks: Sequence[Block], features: Sequence[Features], index: int) -> str | None:
    """What a block at the end is, if it is surely no story."""
    words = features[index].words
    if words > _BIOGRAPHY:
        return None
    if _is_biography(blocks, index):
        return "author bio"
    text = _fold(blocks[index].text)
    if words <= _CREDIT:
        if _find("credit").search(text) or _begins(text.lstrip("("), "made"):
            return "byline"
        if _find("edition").search(text):
            return "footer"
    return "form" if words <= _CALL and _is_call(text, words) else None


def _is_call(text: str, words: int) -> bool:
    """Whether the reader is asked to do something for the site, or with it."""
    text = _QUOTED.sub("", text)
    if _QUOTE.search(text) or not _begins(text, "do"):
        return False
    if _find("reach").search(text) or _ADDRESS.search(text):
        return True
    return words <= _SHORT_CALL and ("?" in text or "!" in text or _find("us").search(text) is not None)


def _may_be_call(text: str, feature: Features, above_call: bool) -> bool:
    """Whether a block may go with a call next to it; a question or a line only when it stands above one."""
    if feature.words <= _LINE and text[0].isalpha() and (text.endswith("?") or not feature.ends):
        return above_call
    folded = _fold(text)
    return (feature.words <= _SHORT_CALL and not _QUOTE.search(text)
            and _find("us").search(folded) is not None and _find("you").search(folded) is not None)


def _is_biography(blocks: Sequence[Block], index: int) -> bool:
    """Whether a text begins with a name and says what kind of writer that is, or has the name alone above it."""
    words = blocks[index].text.split(maxsplit=_ROLE_REACH)[:_ROLE_REACH]
    name = next((place for place, word in enumerate(words) if not word[0].isupper()), 0)
    if not 1 <= name <= _NAME or words[name].casefold() not in read_kinds("ending_words.txt")["is"]:
        return False
    if words[0].casefold() in function_words():  # "She was a reporter" may end a story about her
        return False
    alone = " ".join(words[:name])
    return (_find("role").search(_fold(" ".join(words[name:]))) is not None
            or (name > 1 and any(block.text == alone for block in blocks[max(0, index - _ABOVE) : index])))


def _fold(text: str) -> str:
    return text.casefold().replace("’", "'")


def _begins(text: str, kind: str) -> bool:
    """Whether any part of a text, between its punctuation, begins with words of a kind."""
    return any(_find(kind).match(part) for part in _PART.split(text))


@cache
def _find(kind: str) -> re.Pattern[str]:
    """Any of the words of a kind, as whole words."""
    words = sorted(read_kinds("ending_words.txt")[kind], key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")
