"""What can be seen of each block on its own and among the others of its page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from searchkit.pipeline.block import Block
from searchkit.pipeline.boilerplate import chromewords
from searchkit.pipeline.wordlists import read_lines

_LOOKED_AT = 2000  # characters: more of a block tells nothing more, and one may be megabytes long
_CLOSE = 20  # characters in which a text ends, its closing quotes and signs included
_LINE = 30  # words; furniture words are looked for in what is no longer
_PARAGRAPH = 12  # words; the words of paragraphs about the site are looked for in what is no shorter
_SITE_WORDS, _SITE_SHARE = 3, 0.04  # at least so many of them, and of all words
_SENTENCE = 8  # words of the shortest sentence that counts as prose
_ONCE = 15  # words; of a longer text that stands twice only the second is a repetition
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_EAST_ASIAN_FILLERS = re.compile("[的是了在和不这這はのをにがでと]")
_SENTENCE_END = re.compile(r"[.!?…。！？।]['\"”’»)\]]*(?=\s|$)|[。！？]")
_ENDS = re.compile(r"[.!?:;…。！？।]['\"”’»)\]µ■●]*\s*[µ■●∎]?$")
_CUT_SHORT = re.compile(r"(?:…|\.\.\.|\[\W*\])['\"”’]?$")
_WHEN = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{1,2}:\d\d\b|年\d{1,2}月"
    r"|\b(?:\d+|an?|one)\s+(?:sec\w*|min\w*|hours?|hrs?|days?|weeks?|months?|years?)\s+ago\b|\b\d+[hd] ago\b"
    r"|\b(?:vor|il y a|hace|há)\s+\d+\s+\w+",
    re.IGNORECASE)
_MAY_SAY_WHEN = re.compile(r"\d|ago\b", re.IGNORECASE)  # without either ``_WHEN`` finds nothing, and slowly
_AGO = re.compile(r"\bago\b|\b(?:vor|il y a|hace|há)\s+\d+", re.IGNORECASE)
_COPYRIGHT = re.compile(r"©|\(c\)\s*(?:19|20)\d\d|\bcopyright\b|&copy;")  # in lower case
_QUOTE = re.compile("[\"“”„«»]")
_TOPIC = 3  # letters of the shortest word that says what a text is about
_DATE_WORDS = 9  # words of a line that says little more than when


class Features(NamedTuple):
    """A block in numbers. ``words`` counts words (two characters of East Asian text make one)."""

    words: int
    fillers: float  # share of function words
    sentences: int  # ends of sentences in the text
    ends: bool  # the last character ends a sentence
    cut_short: bool  # the text ends in dots: a teaser
    links: float  # share of characters inside links
    listed: bool
    heading: bool
    dated: bool  # a short line that says when
    copyright: bool
    repeated: bool  # the same text stands elsewhere on the page
    section: str | None  # the kind of section a line heads
    lead: str | None  # what the words before a line's colon make of it
    furniture: str | None  # what the furniture words of a line make of it
    furniture_words: int
    about_site: str | None  # what a paragraph about the site itself is about
    goes_on: bool  # begins in lower case or with punctuation, after a block that ends no sentence
    capitals: float  # share of words that begin with a capital
    commas: int
    quoted: bool  # there is a quotation mark
    topics: frozenset[str]  # the words that say what it is about: all but function words and the shortest


def describe(blocks: Sequence[Block]) -> list[Features]:
    """The features of every block."""
    texts = [block.text.casefold() for block in blocks]
    times = Counter(texts)
    seen: set[str] = set()
    found: list[Features] = []
    for block, text in zip(blocks, texts, strict=True):
        feature = _describe(block, text, times[text] > 1)
        if feature.goes_on and (not found or found[-1].ends):
            feature = feature._replace(goes_on=False)
        if feature.repeated and feature.words >= _ONCE and feature.ends and text not in seen:
            feature = feature._replace(repeated=False)
        seen.add(text)
        found.append(feature)
    return found


def measure_prose(feature: Features) -> float:
    """How many words of prose there are in a block."""
    if feature.words < _SENTENCE or not feature.sentences or feature.links > 0.5 or feature.cut_short:
        return 0.0
    return feature.words * (1 - feature.links) * min(1.0, feature.fillers * 3)


def find_topics(words: Iterable[str]) -> frozenset[str]:
    """The words that say what a text is about."""
    return frozenset(word for word in words if len(word) >= _TOPIC) - chromewords.function_words()


def _describe(block: Block, lower: str, repeated: bool) -> Features:
    """``lower`` is the block's text, case-folded."""
    text = block.text[:_LOOKED_AT]
    close = text[-_CLOSE:]
    words = chromewords.split_words(text)
    count, fillers = _count(text, words)
    is_line = len(words) <= _LINE
    furniture, furniture_words = chromewords.find_phrases(words) if is_line else (None, 0)
    site, site_words = chromewords.find_phrases(words, "site") if len(words) >= _PARAGRAPH else (None, 0)
    lead = chromewords.find_lead(text) if is_line else None
    return Features(
        words=max(count, len(block.text) // 12 if len(block.text) > _LOOKED_AT else 0),
        fillers=fillers,
        sentences=len(_SENTENCE_END.findall(text)),
        ends=_ENDS.search(close) is not None if len(block.text) <= _LOOKED_AT else True,
        cut_short=_CUT_SHORT.search(close) is not None,
        links=block.link_chars / (len(block.text) or 1),
        listed=block.tag in ("li", "dt", "dd", "option"),
        heading=block.tag in ("h1", "h2", "h3", "h4", "h5", "h6"),
        dated=_is_dated(text, words),
        copyright=_is_copyright(lower[:_LOOKED_AT]),
        repeated=repeated,
        section=chromewords.find_section(words) if is_line and not lead else None,
        lead=lead,
        furniture=furniture,
        furniture_words=furniture_words,
        about_site=site if site_words >= max(_SITE_WORDS, len(words) * _SITE_SHARE) else None,
        goes_on=text[:1].islower() or text[:1] in ",;:).”’…",
        capitals=sum(word[0].isupper() for word in text.split()) / (count or 1),
        commas=text.count(","),
        quoted=_QUOTE.search(text) is not None,
        topics=find_topics(words),
    )


def _is_copyright(lower: str) -> bool:
    """Looks for the letters first, as a search for them is many times faster than one for the pattern."""
    return (("©" in lower or "(c)" in lower or "cop" in lower) and _COPYRIGHT.search(lower) is not None)


def _count(text: str, words: list[str]) -> tuple[int, float]:
    """How many words, and the share of function words among them."""
    known = chromewords.function_words()
    count, fillers = len(words), sum(map(known.__contains__, words))
    if not text.isascii() and (eastern := len(_EAST_ASIAN.findall(text))):
        count += eastern // 2
        fillers += len(_EAST_ASIAN_FILLERS.findall(text))
    return count, min(1.0, fillers / (count or 1))


@cache
def _month_names() -> frozenset[str]:
    return frozenset(name for line in read_lines("months.txt") for name in line.replace("/", " ").split()[1:])


def _is_dated(text: str, words: list[str]) -> bool:
    """Whether a line says when and hardly more."""
    if len(words) > _DATE_WORDS or not _MAY_SAY_WHEN.search(text) or not (found := _WHEN.search(text)):
        return False
    if _AGO.search(text) or not found[0].isdigit():
        return True
    return len(words) <= 3 or any(word in _month_names() for word in words)
