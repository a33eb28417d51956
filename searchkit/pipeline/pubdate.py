"""The day on which a page was first published: from JSON-LD, meta elements, its address, its byline.

Every place where a date stands gives a clue. Places that do not copy from each other (what is stated for
machines, the address, what readers see) confirm one another; dates of changes, comments and other stories
are kept as clues, too weak to be taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from searchkit.model import Clue, PublicationDate
from searchkit.pipeline import datetext, structured, title, wordlists
from searchkit.pipeline.block import Block, Markup, Verdict

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
_UTC = re.compile(r"\d[T ]\d\d:\d\d[\d:.]*(?:Z|[+-]00:?00| GMT| UTC)$")
_LONE_YEAR_MONTH = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?$")
_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](\d\d?|[a-z]{3,9})[/-](\d\d?)(?![\d])", re.IGNORECASE)
_ADDRESS_COMPACT = re.compile(r"(?<![\d])(20\d\d)([01]\d)([0-3]\d)(?!\d)")
_ELSEWHERE_REASONS = frozenset(("comments", "comment", "teaser", "related"))
_DATE_CLASS = re.compile(r"date|time|byline|publi|posted|meta|stamp|autor|author|info")
_CHANGE_CLASS = re.compile(r"updat|modif|chang")
_ELSEWHERE_CLASS = re.compile(r"comment|related|sidebar|footer|teaser|recommend|widget|popular|latest|recent|trending|"
                              r"archive|calendar|aside\b|nav\b|card|carousel|more-|event|read-?next")

# A line that carries the date carries little else.
_BYLINE_LENGTH = 160
_MOST_CLUES = 20
# Of 21 such days of the development set 16 are right.
_LONE_DAY = 0.6
_OF_OTHERS = frozenset(("story", "notice", "comment", "modified"))


@dataclass(frozen=True, slots=True)
class Dates:
    """The publication date, if any; the clues, best first; the latest day it can be where there is no date."""

    date: PublicationDate | None
    clues: tuple[Clue, ...]
    not_after: str | None


@dataclass(frozen=True, slots=True)
class _Seen:
    """A clue and who it depends on: clues of one family copy from one another."""

    clue: Clue
    family: str


def find_dates(markup: Markup, verdicts: Sequence[Verdict], url: str | None, captured: str | None) -> Dates:
    """When a page was published; ``captured`` is the ISO day on which it was saved, if known."""
    month_first = _guess_order(markup)
    near = title.locate_byline(markup, verdicts)
    seen = [*_from_head(markup, month_first), *_from_marks(markup, verdicts, near), *_from_address(url or ""),
            *_from_lines(markup, verdicts, near, month_first)]
    if markup.kind == "html":
        seen = _trust_lone_day(seen)
    if captured:
        seen = [each for each in seen if each.clue.value[:10] <= captured[:10]]
    ranked = _weigh(_correct_zones(seen))
    clues = tuple(clue for clue, _ in ranked)[:_MOST_CLUES]
    date = None
    if ranked and ranked[0][1] >= 0.5:
        best, confidence = ranked[0]
        date = PublicationDate(best.value, _precision(best.value), best.source, round(confidence, 3))
    return Dates(date, clues, None if date else _find_bound(markup, verdicts, month_first, captured))


def _guess_order(markup: Markup) -> bool | None:
    """Whether the page writes months first: by its language and country, else by a date that only fits so."""
    stated = [markup.language, *(value for _, value in structured.find_meta(
        markup, "og:locale", "content-language", "language", "dc.language"))]
    for language in stated:
        order = datetext.reads_month_first(language)
        if order is not None:
            return order
    return datetext.guess_order(block.text for block in markup.blocks[:400] if len(block.text) < 200)


def _from_head(markup: Markup, month_first: bool | None) -> Iterator[_Seen]:
    """Clues from JSON-LD and meta elements."""
    items = structured.read_items(markup)
    for key, confidence in _JSON_LD:
        for text in items.find_texts(key)[:2]:
            yield from _read_stated(text, "json-ld" if confidence > 0.5 else "modified", confidence, month_first)
    for name, text in structured.find_meta(markup, *_META):
        confidence = _META[name]
        yield from _read_stated(text, "meta" if confidence > 0.5 else "modified", confidence, month_first)


def _read_stated(text: str, source: str, confidence: float, month_first: bool | None) -> Iterator[_Seen]:
    """The clue in a value that is stated for machines, in whatever form."""
    value = datetext.read_machine(text)
    if value is None:
        for date in datetext.find_dates(text[:100], month_first)[:1]:
            value, confidence = date.value, confidence * (1.0 if date.sure else 0.5)
    if value is None and _LONE_YEAR_MONTH.match(text):
        value, confidence = text, confidence * 0.6
    if value is not None:
        yield _Seen(Clue(value, source, round(confidence, 3), text[:100]), "machine")


def _from_marks(markup: Markup, verdicts: Sequence[Verdict], near: range) -> Iterator[_Seen]:
    """Clues from microdata and ``time`` elements, by where they stand."""
    for name, confidence in (("datepublished", 0.93), ("datecreated", 0.7), ("datemodified", 0.3)):
        for place, block in enumerate(markup.blocks):
            for mark, text in block.marks:
                if mark.lower() == "itemprop:" + name and not _is_elsewhere(block, verdicts[place], place, near):
                    yield from _read_stated(text, "itemprop" if confidence > 0.5 else "modified", confidence, None)
    for place, text in structured.find_marks(markup, "time"):
        block = markup.blocks[place]
        value = datetext.read_machine(text)
        if value is None:
            continue
        inner = " ".join(block.context[-2:])
        confidence = 0.9 if place in near else 0.3
        if _is_elsewhere(block, verdicts[place], place, near):
            confidence = 0.15
        elif _CHANGE_CLASS.search(inner) or _kind_before(block.text, len(block.text)) == "updated":
            confidence = 0.3
        elif "published" in inner or "pubdate" in inner or "entry-date" in inner:
            confidence = 0.9
        yield _Seen(Clue(value, "time", confidence, text[:100]), "time")


def _from_address(url: str) -> Iterator[_Seen]:
    """The clue in an address such as /2018/03/22/ or -20180322."""
    match = _ADDRESS.search(url)
    compact = None if match else _ADDRESS_COMPACT.search(url)
    parts = match or compact
    if parts:
        found = datetext.find_dates(f"{parts[1]} {parts[2]} {parts[3]}" if parts[2].isalpha()
                                    else f"{parts[1]}-{parts[2]}-{parts[3]}")
        if found:
            yield _Seen(Clue(found[0].value, "url", 0.9 if match else 0.7, parts[0].strip("/")), "address")


def _from_lines(markup: Markup, verdicts: Sequence[Verdict], near: range,
                month_first: bool | None) -> Iterator[_Seen]:
    """Clues from what readers see: by the line's place, its neighbours and its class."""
    end = max((place for place, verdict in enumerate(verdicts) if verdict.keep), default=-1)
    start = title.find_start(verdicts)
    for place, block in enumerate(markup.blocks):
        if len(block.text) > _BYLINE_LENGTH and place not in (start, start + 1):
            continue
        for date in datetext.find_dates(block.text[:_BYLINE_LENGTH], month_first)[:3]:
            confidence, source = _judge_line(block, verdicts[place], place, near, end, date)
            if not date.sure:
                confidence *= 0.6
            if date.precision != "day":
                confidence *= 0.65
            yield _Seen(Clue(date.value, source, round(confidence, 3), block.text[:100]), "line")


def _judge_line(block: Block, verdict: Verdict, place: int, near: range, end: int,
                date: datetext.FoundDate) -> tuple[float, str]:
    """How likely a date in a line is the story's, and what to call the line."""
    kind = _kind_before(block.text, date.start)
    if kind == "other":
        return 0.05, "notice"
    remark = place not in near and (_says_comment(block.text) or "comment" in verdict.reason)
    if remark or _is_elsewhere(block, verdict, place, near):
        return (0.1, "comment") if remark else (0.15, "teaser")
    if kind == "updated":
        return 0.35, "modified"
    if len(block.text) > _BYLINE_LENGTH or (verdict.keep and len(block.text) > 90):
        return (0.6, "dateline") if place in near and _is_dateline(block.text, date) else (0.05, "story")
    inner = " ".join(block.context[-2:])
    marked = kind == "published" or bool(_DATE_CLASS.search(inner))
    if place in near:
        return 0.85 if marked or len(block.text) < 60 else 0.7, "byline"
    if kind == "published":
        return 0.7, "byline"
    if end < place <= end + 6:
        return 0.5 if marked else 0.35, "below"
    return 0.2, "page"


def _is_elsewhere(block: Block, verdict: Verdict, place: int, near: range) -> bool:
    """Whether a block away from the headline belongs to comments, teasers and the like, not to the story."""
    if place in near:
        return False
    return verdict.reason in _ELSEWHERE_REASONS or bool(_ELSEWHERE_CLASS.search(" ".join(block.context[-5:])))


def _is_dateline(text: str, date: datetext.FoundDate) -> bool:
    """Whether a date stands before a story's first sentence: "PARIS, 3 May 2018 (Agency) – …"."""
    after = text[date.end:date.end + 30]
    return date.start < 60 and bool(re.match(r"[\s,.]*(?:\([^()]{1,25}\)|/[\w ]{1,20}/)?\s*[-–—:)]", after))


def _kind_before(text: str, end: int) -> str | None:
    """What the last telling word before a date in a line says of it: "published", "updated" or "other"."""
    before = text[max(0, end - 80):end].casefold()
    found = [(match.end(), kind) for kind, pattern in _kinds() if kind != "comment"
             for match in pattern.finditer(before)]
    return max(found)[1] if found else None


def _says_comment(text: str) -> bool:
    """Whether a line has a word that stands beside comments: "Jane, 3 May 2018, Reply"."""
    return any(pattern.search(text.casefold()) for kind, pattern in _kinds() if kind == "comment")


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Patterns of the words that tell kinds of dates, by kind."""
    return tuple((kind, re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, words))})(?![a-zà-ÿ])"))
                 for kind, words in wordlists.read_kinds("date_words.txt").items())


def _trust_lone_day(seen: list[_Seen]) -> list[_Seen]:
    """The same clues; a day that is the only one seen on the page outside story and comments is made likely."""
    seen_days = [each for each in seen if each.clue.source not in _OF_OTHERS]
    if len({each.clue.value for each in seen_days}) != 1 or max(each.clue.confidence for each in seen_days) >= 0.5:
        return seen
    lone = seen_days[0]
    return [*seen, replace(lone, clue=replace(lone.clue, source="only", confidence=_LONE_DAY))]


def _correct_zones(seen: list[_Seen]) -> list[_Seen]:
    """Clues in universal time doubted where readers see the day before or after: theirs counts."""
    days = {each.clue.value for each in seen if each.family in ("address", "line") and each.clue.confidence >= 0.7}
    corrected = []
    for each in seen:
        clue = each.clue
        if clue.value not in days and _UTC.search(clue.text) and any(_adjoin(clue.value, day) for day in days):
            each = replace(each, clue=replace(clue, confidence=round(clue.confidence * 0.7, 3)))
        corrected.append(each)
    return corrected


def _adjoin(one: str, other: str) -> bool:
    """Whether two days follow each other."""
    return len(one) == len(other) == 10 and abs(datetext.to_ordinal(one) - datetext.to_ordinal(other)) == 1


def _weigh(seen: Sequence[_Seen]) -> list[tuple[Clue, float]]:
    """Clues with how likely their value is with all that speaks for it, most likely first."""
    doubts: dict[str, dict[str, float]] = {}
    for each in seen:
        families = doubts.setdefault(each.clue.value, {})
        families[each.family] = min(families.get(each.family, 1.0), 1 - each.clue.confidence)
    scores = {}
    for value, families in doubts.items():
        doubt = 1.0
        for share in families.values():
            doubt *= share
        scores[value] = min(0.99, 1 - doubt)
    unique = {(each.clue.value, each.clue.source): each.clue
              for each in sorted(seen, key=lambda each: each.clue.confidence)}
    return sorted(((clue, scores[clue.value]) for clue in unique.values()),
                  key=lambda pair: (-pair[1], -pair[0].confidence, pair[0].value))


def _precision(value: str) -> str:
    return {4: "year", 7: "month"}.get(len(value), "day")


def _find_bound(markup: Markup, verdicts: Sequence[Verdict], month_first: bool | None,
                captured: str | None) -> str | None:
    """The latest day a story without a date can be from: that of its first comment, or of its capture."""
    end = max((place for place, verdict in enumerate(verdicts) if verdict.keep), default=-1)
    days = []
    for place in range(end + 1, len(markup.blocks)):
        block = markup.blocks[place]
        if len(block.text) > _BYLINE_LENGTH or not _is_comment(block, verdicts[place]):
            continue
        days += [date.value for date in datetext.find_dates(block.text, month_first)
                 if date.precision == "day" and date.sure]
    return min(days, default=captured[:10] if captured else None)


def _is_comment(block: Block, verdict: Verdict) -> bool:
    return (verdict.reason in ("comments", "comment") or _says_comment(block.text)
            or any("comment" in part for part in block.context[-5:]))
