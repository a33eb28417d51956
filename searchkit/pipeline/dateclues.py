"""Every place of a page where a date stands, and how likely it is the day on which the page was published.

Days of changes, of comments and of other stories are clues as well, too weak to be taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from searchkit.model import Clue
from searchkit.pipeline import datetext, structured, wordlists
from searchkit.pipeline.block import Block, Markup, Verdict
from searchkit.pipeline.landmarks import Landmarks

# Confidences are the shares of right days of each source among the 969 dated pages of the development set,
# rounded. Below 0.5 a clue alone is not taken.
_JSON_LD = (("datePublished", 0.93), ("dateCreated", 0.7), ("uploadDate", 0.45), ("dateModified", 0.3))
_META = {
    "article:published_time": 0.93, "article:published": 0.93, "article.published": 0.93,
    "og:article:published_time": 0.9, "og:published_time": 0.9, "datepublished": 0.92, "pubdate": 0.92,
    "pub_date": 0.9, "published_at": 0.9, "publishdate": 0.92, "publish-date": 0.92, "publish_date": 0.92,
    "publication_date": 0.92, "published": 0.85, "publisheddate": 0.9, "sailthru.date": 0.9,
    "parsely-pub-date": 0.9, "cxenseparse:recs:publishtime": 0.93, "cxenseparse:publishtime": 0.9,
    "dc.date.issued": 0.92, "dcterms.issued": 0.9, "dc.date": 0.8, "dc.date.created": 0.8,
    "dcterms.created": 0.8, "dcterms.date": 0.8, "prism.publicationdate": 0.9, "citation_publication_date": 0.85,
    "citation_date": 0.8, "bt:pubdate": 0.9, "date": 0.8, "datecreated": 0.75, "article:created": 0.75,
    "og:pubdate": 0.9, "og:datepublished": 0.9, "date.created": 0.75, "article.created": 0.8,
    "article:modified_time": 0.3, "article:modified": 0.3, "datemodified": 0.3, "og:updated_time": 0.25,
    "dcterms.modified": 0.25, "last-modified": 0.2, "lastmod": 0.2,
}
_LONE_YEAR_MONTH = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?$")
_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](\d\d?|[a-z]{3,9})[/-](\d\d?)(?![\d])", re.IGNORECASE)
_ADDRESS_COMPACT = re.compile(r"(?<![\d])(20\d\d)([01]\d)([0-3]\d)(?!\d)")
_ELSEWHERE_REASONS = frozenset(("comments", "comment", "teaser", "related"))
_DATE_CLASS = re.compile(r"date|time|byline|publi|posted|meta|stamp|autor|author|info")
_CHANGE_CLASS = re.compile(r"updat|modif|chang")
_ELSEWHERE_CLASS = re.compile(r"comment|related|sidebar|footer|teaser|recommend|widget|popular|latest|recent|trending|"
                              r"archive|calendar|aside\b|nav\b|card|carousel|more-|event|read-?next")
_DIGIT = re.compile(r"\d")
_CREDIT = re.compile(r"(?i)(?:photo|foto|image|bild|getty|picture|credit|crédit|audio|video|quelle|source)\b\s?[:|/©]")

# A line that carries the date carries little else; a label before it carries nothing else.
BYLINE_LENGTH = 160
_LABEL_LENGTH = 30
# What stands beside the date in a line that is nothing but the date: the day of the week, the time, "Published".
_BESIDE_DATE = 22
# A sentence ends so; the byline of a dump, which has no classes, can be as long, but does not.
_STOPS = (".", "!", "?", "。", "”", "\"")
# Where a day is labelled as that of publication below the story or in the furniture, and where it is said
# of another story; ``pubdate`` raises the first where the page names no other.
LABELLED = 0.32
_ELSEWHERE = 0.15


@dataclass(frozen=True, slots=True)
class Seen:
    """A clue and who it depends on: clues of one family copy from one another."""

    clue: Clue
    family: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a place on a page is judged by: the page, which blocks are kept, where the parts of the story stand."""

    markup: Markup
    verdicts: Sequence[Verdict]
    marks: Landmarks
    month_first: bool | None


def find_clues(markup: Markup, verdicts: Sequence[Verdict], marks: Landmarks, url: str | None) -> list[Seen]:
    """All dates that stand on a page outside its running text, and those that open its story."""
    around = Surroundings(markup, verdicts, marks, guess_order(markup))
    return [*_from_head(around), *_from_marks(around), *_from_address(url or ""), *_from_lines(around)]


def guess_order(markup: Markup) -> bool | None:
    """Whether the page writes months first: by its language and country, else by a date that only fits so."""
    stated = [markup.language, *(value for _, value in structured.find_meta(
        markup, "og:locale", "content-language", "language", "dc.language"))]
    for language in stated:
        order = datetext.reads_month_first(language)
        if order is not None:
            return order
    return datetext.guess_order(block.text for block in markup.blocks[:400] if len(block.text) < 200)


def is_comment(block: Block, verdict: Verdict) -> bool:
    """Whether a block belongs to what readers wrote."""
    return (verdict.reason in ("comments", "comment") or _says_comment(block.text)
            or any("comment" in part for part in block.context[-5:]))


def _from_head(around: Surroundings) -> Iterator[Seen]:
    """Clues from JSON-LD and meta elements."""
    items = structured.read_items(around.markup)
    for key, confidence in _JSON_LD:
        for text in items.find_texts(key)[:2]:
            yield from _read_stated(text, "json-ld" if confidence > 0.5 else "modified", confidence, around)
    for name, text in structured.find_meta(around.markup, *_META):
        confidence = _META[name]
        yield from _read_stated(text, "meta" if confidence > 0.5 else "modified", confidence, around)


def _read_stated(text: str, source: str, confidence: float, around: Surroundings) -> Iterator[Seen]:
    """The clue in a value that is stated for machines, in whatever form."""
    value = datetext.read_machine(text)
    if value is not None:
        yield Seen(Clue(value, source, round(confidence, 3), text[:100]), "machine")
        return
    for date in datetext.find_dates(text[:100], around.month_first)[:1]:
        yield Seen(Clue(date.value, source, round(confidence * (1.0 if date.sure else 0.5), 3), text[:100]), "machine")
        yield from _read_otherwise(date, source, confidence * 0.4, text, "machine")
        return
    if _LONE_YEAR_MONTH.match(text):
        yield Seen(Clue(text, source, round(confidence * 0.6, 3), text[:100]), "machine")


def _read_otherwise(date: datetext.FoundDate, source: str, confidence: float, text: str, family: str) -> Iterator[Seen]:
    """The clue that a day such as 03/04/2018 gives, read the other way round."""
    if date.other:
        yield Seen(Clue(date.other, source, round(min(confidence, 0.4), 3), text[:100]), family)


def _from_marks(around: Surroundings) -> Iterator[Seen]:
    """Clues from microdata and ``time`` elements, by where they stand."""
    blocks = around.markup.blocks
    for name, confidence in (("datepublished", 0.93), ("datecreated", 0.7), ("datemodified", 0.3)):
        for place, block in enumerate(blocks):
            for mark, text in block.marks:
                if mark.lower() == "itemprop:" + name and not _is_elsewhere(around, place):
                    yield from _read_stated(text, "itemprop" if confidence > 0.5 else "modified", confidence, around)
    for place, text in structured.find_marks(around.markup, "time"):
        value = datetext.read_machine(text)
        if value is not None:
            yield Seen(Clue(value, "time", _judge_time(around, place), text[:100]), "time")


def _judge_time(around: Surroundings, place: int) -> float:
    """How likely a ``time`` element's day is the story's."""
    block = around.markup.blocks[place]
    inner = " ".join(block.context[-2:])
    if _is_elsewhere(around, place):
        return _ELSEWHERE
    if _CHANGE_CLASS.search(inner) or _kind_before(block.text, len(block.text)) == "updated":
        return 0.3
    if place in around.marks.byline or "published" in inner or "pubdate" in inner or "entry-date" in inner:
        return 0.9
    return 0.3


def _from_address(url: str) -> Iterator[Seen]:
    """The clue in an address such as /2018/03/22/ or -20180322."""
    match = _ADDRESS.search(url)
    compact = None if match else _ADDRESS_COMPACT.search(url)
    parts = match or compact
    if parts:
        found = datetext.find_dates(f"{parts[1]} {parts[2]} {parts[3]}" if parts[2].isalpha()
                                    else f"{parts[1]}-{parts[2]}-{parts[3]}")
        if found:
            yield Seen(Clue(found[0].value, "url", 0.9 if match else 0.7, parts[0].strip("/")), "address")


def _from_lines(around: Surroundings) -> Iterator[Seen]:
    """Clues from what readers see: by the line's place, its neighbours and its class."""
    start = around.marks.start
    for place, block in enumerate(around.markup.blocks):
        if len(block.text) > BYLINE_LENGTH and place not in (start, start + 1):
            continue
        for date in datetext.find_dates(block.text[:BYLINE_LENGTH], around.month_first)[:3]:
            confidence, source = _judge_line(around, place, date)
            if date.precision != "day":
                confidence *= 0.65
            sure = confidence if date.sure else confidence * 0.6
            yield Seen(Clue(date.value, source, round(sure, 3), block.text[:100]), "line")
            yield from _read_otherwise(date, source, confidence * 0.4, block.text, "line")


def _judge_line(around: Surroundings, place: int, date: datetext.FoundDate) -> tuple[float, str]:
    """How likely a date in a line is the story's, and what to call the line."""
    block, verdict, near = around.markup.blocks[place], around.verdicts[place], place in around.marks.byline
    kind = _kind_before(block.text, date.start) or _kind_of_label(around, place, date)
    if kind == "other":
        return 0.05, "notice"
    if kind is None and _kind_after(block.text, date.end) == "updated":
        kind = "updated"
    remark = not near and (_says_comment(block.text) or "comment" in verdict.reason)
    if remark or _is_elsewhere(around, place):
        labelled = kind == "published" and "comment" not in verdict.reason and place > around.marks.end
        other = "modified" if kind == "updated" else "teaser"
        return (LABELLED, "below") if labelled else (0.1, "comment") if remark else (_ELSEWHERE, other)
    if kind == "updated":
        return 0.35, "modified"
    if len(block.text) > BYLINE_LENGTH or (verdict.keep and len(block.text) > 90):
        return (0.6, "dateline") if near and _is_dateline(block.text, date) else (0.05, "story")
    if kind != "published" and _is_caption(block, date):
        return 0.15, "caption"
    marked = kind == "published" or bool(_DATE_CLASS.search(" ".join(block.context[-2:])))
    if near:
        return _judge_byline(around, place, date, marked), "byline"
    if kind == "published":
        return 0.7, "byline"
    if around.marks.end < place <= around.marks.end + 6:
        return 0.5 if marked else 0.35, "below"
    return 0.2, "page"


def _judge_byline(around: Surroundings, place: int, date: datetext.FoundDate, marked: bool) -> float:
    """How likely a date near the headline is the story's: surest in a line that holds nothing else."""
    text = around.markup.blocks[place].text
    if place == around.marks.headline:
        return 0.4
    if len(text) - (date.end - date.start) <= _BESIDE_DATE:
        return 0.87
    if marked or len(text) < 60:
        return 0.85
    return 0.7 if around.markup.kind == "text" and not text.endswith(_STOPS) else 0.45


def _is_caption(block: Block, date: datetext.FoundDate) -> bool:
    """Whether a line says when a picture was taken or a report was on air."""
    return bool(_CREDIT.search(block.text[:date.start])) or (
        block.tag == "figcaption" and len(block.text) - (date.end - date.start) > _BESIDE_DATE)


def _kind_of_label(around: Surroundings, place: int, date: datetext.FoundDate) -> str | None:
    """What the short block before says of a date that begins its block: "Date:", then "22 March 2018"."""
    if place == 0 or date.start > 0:
        return None
    label = around.markup.blocks[place - 1].text.casefold().rstrip(" :")
    if len(label) > _LABEL_LENGTH:
        return None
    return next((kind for kind, pattern in _kinds() if kind != "comment"
                 for match in pattern.finditer(label) if match.end() == len(label)), None)


def _is_elsewhere(around: Surroundings, place: int) -> bool:
    """Whether a block away from the headline belongs to comments, teasers and the like, not to the story."""
    if place in around.marks.byline:
        return False
    context = around.markup.blocks[place].context
    return (around.verdicts[place].reason in _ELSEWHERE_REASONS
            or bool(_ELSEWHERE_CLASS.search(" ".join(context[-5:]))))


def _is_dateline(text: str, date: datetext.FoundDate) -> bool:
    """Whether a date stands before a story's first sentence: "PARIS, 3 May 2018 (Agency) – …"."""
    after = text[date.end:date.end + 30]
    if date.start == 0 and re.match(r"\s*[„“\"«»]?[A-ZÀ-Ý]", after):
        return True
    return date.start < 60 and bool(re.match(r"[\s,.]*(?:\([^()]{1,25}\)|/[\w ]{1,20}/)?\s*[-–—:)]", after))


def _kind_before(text: str, end: int) -> str | None:
    """What the last telling word before a date in a line says of it: "published", "updated" or "other"."""
    before = text[max(0, end - 80):end].casefold()
    found = [(match.end(), kind) for kind, pattern in _kinds() if kind != "comment"
             for match in pattern.finditer(before)]
    return max(found)[1] if found else None


def _kind_after(text: str, start: int) -> str | None:
    """What the word that follows a date at a line's end says of it: "2019.03.26 update"."""
    after = text[start:].strip(" ()[]:-–").casefold()
    return _kind_before(after, len(after)) if len(after) <= _BESIDE_DATE and not _DIGIT.search(after) else None


def _says_comment(text: str) -> bool:
    """Whether a line has a word that stands beside comments: "Jane, 3 May 2018, Reply"."""
    return any(pattern.search(text.casefold()) for kind, pattern in _kinds() if kind == "comment")


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Patterns of the words that tell kinds of dates, by kind."""
    return tuple((kind, re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, words))})(?![a-zà-ÿ])"))
                 for kind, words in wordlists.read_kinds("date_words.txt").items())
