"""What can be seen of each block on its own and among the others of its page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
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
_SENTENCE_END = re.compile(r"[.!?…。！？।](?:['\"”’»)\]]*(?=\s|$)|(?<=[。！？]))")
_ENDS = re.compile(r"[.!?:;…。！？।]['\"”’»)\]µ■●]*\s*[µ■●∎]?$")
_CUT_SHORT = re.compile(r"(?:…|\.\.\.|\[\W*\])['\"”’]?$")
_WHEN = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{1,2}:\d\d\b|年\d{1,2}月"
    r"|\b(?:\d+|an?|one)\s+(?:sec\w*|min\w*|hours?|hrs?|days?|weeks?|months?|years?)\s+ago\b|\b\d+[hd] ago\b"
    r"|\b(?:vor|il y a|hace|há)\s+\d+\s+\w+",
    re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_AGO = re.compile(r"\bago\b|\b(?:vor|il y a|hace|há)\s+\d+", re.IGNORECASE)
_COPYRIGHT = re.compile(r"©|\(c\)\s*(?:19|20)\d\d|\bcopyright\b|&copy;")  # in lower case
_QUOTE = re.compile("[\"“”„«»]")
_TOPIC = 3  # letters of the shortest word that says what a text is about
_STOP = re.compile(r"[.!?:;…。！？।\[]")  # without any of these a text neither ends a sentence nor is cut short
_LINE_LENGTH = 80  # characters; shorter texts are described once
_ITEMS = ("li", "dt", "dd", "option")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
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
    prose: float  # words of prose
    signed: bool  # a line opens as a byline does
    topics: frozenset[str]  # the words that say what it is about: all but function words and the shortest


_REPEATED, _GOES_ON = map(Features._fields.index, ("repeated", "goes_on"))


def describe(blocks: Sequence[Block]) -> list[Features]:
    """The features of every block."""
    texts = [block.text.casefold() for block in blocks]
    times = Counter(texts)
    seen: set[str] = set()
    found: list[Features] = []
    after_end = True  # whether the block before ends a sentence, or there is none
    for block, text in zip(blocks, texts, strict=True):
        feature = (_describe_line if len(text) <= _LINE_LENGTH else _describe)(block.text, block.tag, block.link_chars)
        is_repeated = False
        if times[text] > 1:
            is_repeated = text in seen or feature.words < _ONCE or not feature.ends
            seen.add(text)
        if is_repeated or (after_end and feature.goes_on):
            values = list(feature)  # ``_replace`` takes nearly three times as long
            values[_REPEATED], values[_GOES_ON] = is_repeated, feature.goes_on and not after_end
            feature = Features._make(values)
        found.append(feature)
        after_end = feature.ends
    return found


def _describe(full: str, tag: str, link_chars: int) -> Features:
    """The features of a text with ``link_chars`` characters in links, as if it stood alone on its page."""
    text = full[:_LOOKED_AT]
    lower = text.casefold()
    words = chromewords.find_words(lower)
    known = chromewords.function_words()
    telling = [word for word in words if word not in known]
    count, fillers = _count(text, len(words), len(words) - len(telling))
    is_line = len(words) <= _LINE and not chromewords.are_plain(words)
    furniture, furniture_words = chromewords.find_phrases(words) if is_line else (None, 0)
    lead = chromewords.find_lead(text) if is_line else None
    section = chromewords.find_section(words) if is_line and not lead else None
    close = text[-_CLOSE:]
    stops = _STOP.search(text) is not None
    links = link_chars / (len(full) or 1)
    size = max(count, len(full) // 12 if len(full) > _LOOKED_AT else 0)
    sentences = len(_SENTENCE_END.findall(text)) if stops else 0
    ends = stops and _ENDS.search(close) is not None if len(full) <= _LOOKED_AT else True
    cut_short = stops and _CUT_SHORT.search(close) is not None
    prose = 0.0 if cut_short or not sentences else _measure_prose(size, links, fillers)
    first = text[:1]
    goes_on = first.islower() or first in ",;:).”’…"
    capitals = [word[0].isupper() for word in text.split()].count(True) / (count or 1)
    signed = is_line and chromewords.opens_with(words, "byline")
    topics = frozenset([word for word in telling if len(word) >= _TOPIC])
    return Features(  # by place: by name it takes three times as long
        size, fillers, sentences, ends, cut_short, links, tag in _ITEMS, tag in _HEADINGS,
        _is_dated(text, lower, words), _is_copyright(lower), False, section, lead, furniture, furniture_words,
        _find_site_words(words), goes_on, capitals, text.count(","), _QUOTE.search(text) is not None, prose, signed,
        topics)


_describe_line = lru_cache(maxsize=8192)(_describe)  # lines stand on many pages of a site


def _measure_prose(words: int, links: float, fillers: float) -> float:
    """How many words of prose there are in so many words with these shares in links and of function words."""
    return 0.0 if words < _SENTENCE or links > 0.5 else words * (1 - links) * min(1.0, fillers * 3)


def _find_site_words(words: list[str]) -> str | None:
    """What a paragraph with many of the words that sites say of themselves is about."""
    if len(words) < _PARAGRAPH:
        return None
    site, found = chromewords.find_phrases(words, "site")
    return site if found >= max(_SITE_WORDS, len(words) * _SITE_SHARE) else None


def _is_copyright(lower: str) -> bool:
    """Looks for the letters first, as a search for them is many times faster than one for the pattern."""
    return (("©" in lower or "(c)" in lower or "cop" in lower) and _COPYRIGHT.search(lower) is not None)


def _count(text: str, words: int, fillers: int) -> tuple[int, float]:
    """How many words, and the share of function words (``fillers``) among them."""
    if not text.isascii() and (eastern := len(_EAST_ASIAN.findall(text))):
        words += eastern // 2
        fillers += len(_EAST_ASIAN_FILLERS.findall(text))
    return words, min(1.0, fillers / (words or 1))


@cache
def _month_names() -> frozenset[str]:
    return frozenset(name for line in read_lines("months.txt") for name in line.replace("/", " ").split()[1:])


def _is_dated(text: str, lower: str, words: list[str]) -> bool:
    """Whether a line says when and hardly more."""
    if len(words) > _DATE_WORDS or not ("ago" in lower or _DIGIT.search(text)):  # then ``_WHEN`` finds nothing, slowly
        return False
    found = _WHEN.search(text)
    if not found:
        return False
    if _AGO.search(text) or not found[0].isdigit():
        return True
    return len(words) <= 3 or any(word in _month_names() for word in words)
