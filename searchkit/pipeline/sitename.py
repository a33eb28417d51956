"""The name of the site: as the page states it, and as a piece of its title that the page bears out."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cache

from searchkit.pipeline import structured, wording, wordlists
from searchkit.pipeline.block import Block, Markup, Verdict

# Between a headline and the name of a site, or of a section.
SEPARATOR = re.compile(r"\s+[|\-–—―·•»«:/]+\s+|\s*[|｜»]\s*|:\s+|\s+[-–—―]{1,3}(?=\S)")
_SIGN = re.compile(r"[|\-–—―·•»«:/｜]")  # without any of these there is no separator
_NOTICE = re.compile(r"©|\(c\)|copyright|all rights reserved|alle rechte vorbehalten", re.IGNORECASE)

# A name is short; what is longer is a slogan. Of 177 publishers in the development set the longest has 40.
LONGEST = 45
_MOST_WORDS = 6
# Where the notice of the owner stands: that many blocks from the end, and in no longer block.
_TAIL, _LONGEST_NOTICE = 80, 400
# A masthead is among the first blocks of a page, and a menu or a date lies between it and the headline;
# a kicker stands just above it.
_MASTHEAD, _APART = 4, 2

# A dump's first line with a name and a slogan is no longer.
_LONGEST_BANNER = 120

# How often the last piece of a title was the site's name in the development set, where it is shorter than the
# rest: 0.96 of 200 if it stands in a copyright notice, 0.93 of 130 if it stands by itself too, 0.86 of 260 if
# only the rest stands in the page, as a headline; 0.6 of all others. A little less here, for sections.
_LAST = {"notice": 0.88, "masthead": 0.85, "headline": 0.72}
# The first piece is the name more rarely; a topic that leads up to the headline looks the same.
_FIRST = {"notice": 0.75, "masthead": 0.75, "headline": 0.3}
_UNSUPPORTED = {"last": 0.42, "first": 0.25}


@dataclass(frozen=True, slots=True)
class Naming:
    """A piece of a document's title that may be the site's name, the rest of it, and how likely that is."""

    name: str
    rest: str
    confidence: float


def find_stated(markup: Markup) -> frozenset[str]:
    """Names of the site by its own words for machines and its address, folded and joined."""
    names = [text for _, text in structured.find_meta(markup, "og:site_name", "application-name", "twitter:site",
                                                      "apple-mobile-web-app-title", "publisher")]
    items = structured.read_items(markup)
    names += items.find_texts("publisher")
    names += [text for item in (*items.others, *items.pages) if item.get("@type") in ("WebSite", "Organization")
              for text in items.name_values(item.get("name"))]
    host = re.match(r"(?:https?:)?//(?:www\.)?([^/:?#]+)", markup.canonical or "")
    if host:
        names += [host[1], host[1].rsplit(".", 1)[0], host[1].split(".")[0]]
    folded = {wording.fold(name) for name in names}
    return frozenset(folded | {name.replace(" ", "") for name in folded} - {""})


def strip_site(text: str, names: frozenset[str]) -> str:
    """A title without parts at its ends that name the site."""
    text = text.strip()
    if not _SIGN.search(text):
        return text
    for _ in range(3):
        cuts = list(SEPARATOR.finditer(text))
        for cut in cuts:
            if _names_site(text[cut.end():], names):
                text = text[:cut.start()].strip()
                break
        else:
            if not cuts or not _names_site(text[:cuts[0].start()], names):
                return text
            text = text[cuts[0].end():].strip()
    return text


def strip_likely_site(text: str, names: frozenset[str]) -> str:
    """A document title without the site's name, known or only likely from its place after a separator."""
    stripped = strip_site(text, names)
    if stripped != text:
        return stripped
    cuts = [cut for cut in SEPARATOR.finditer(text) if not cut.group().startswith(":")]
    if cuts:
        head, tail = text[:cuts[-1].start()].strip(), text[cuts[-1].end():]
        sizes = len(wording.fold(head).split()), len(wording.fold(tail).split())
        if (sizes[0] >= 3 and sizes[1] <= 4) or len(head) > 3 * len(tail):
            return head
    return text


def read_title(markup: Markup, start: int) -> tuple[Naming, ...]:
    """What the last and the first piece of a document's title are worth as names; the story begins at ``start``.

    A piece is the more likely the name if it stands in the copyright notice or by itself at the page's top or
    bottom, and if the rest of the title stands in the page as a headline does.
    """
    title = structured.clean(markup.title or "")
    cuts = list(SEPARATOR.finditer(title))
    if not cuts:
        return ()
    last, first = cuts[-1], cuts[0]
    after, before = (title[last.end():], title[:last.start()]), (title[:first.start()], title[first.end():])
    page = _read_page(markup, start, {wording.fold(text).partition(" ")[0] for text in (*after, *before)} - {""})
    listed = (_judge("last", *after, last.group(), page), _judge("first", *before, first.group(), page))
    return tuple(naming for naming in listed if naming)


def read_banner(blocks: Sequence[Block], verdicts: Sequence[Verdict]) -> str | None:
    """The name in a dump's first line "Name: what it is about", if the name stands in the furniture below too.

    Teasers do not count: they name what other stories are about.
    """
    line = blocks[0].text if blocks and not verdicts[0].keep else ""
    cut = SEPARATOR.search(line) if len(line) <= _LONGEST_BANNER else None
    if not cut:
        return None
    name = line[:cut.start()].strip()
    size = len(name.split())
    topic = size < 2 and cut.group().startswith(":")  # "Exclusive: …"
    if (topic or size > _MOST_WORDS or not 2 < len(name) <= min(LONGEST, len(line) - cut.end())
            or not name[0].isalnum() or name[0].islower()):
        return None
    below = [block.text for block, verdict in zip(blocks[1:], verdicts[1:], strict=True)
             if not verdict.keep and verdict.reason != "teaser"]
    padded = f" {wording.fold(name)} "
    if name.casefold() in _furniture() or line in below:
        return None
    return name if any(name in text and padded in f" {wording.fold(text)} " for text in below) else None


@dataclass(frozen=True, slots=True)
class _Page:
    """Where short texts of a page stand that may hold a piece of its title, in folded form."""

    above: dict[str, int]
    below: frozenset[str]
    notices: tuple[str, ...]
    openings: dict[str, int]


def _read_page(markup: Markup, start: int, words: Set[str]) -> _Page:
    """The short texts that have one of some words, as each piece of the title has; a quick look spares the others."""
    blocks = markup.blocks
    openings: dict[str, int] = {}
    above: dict[str, int] = {}
    for place, block in enumerate(blocks[:start + 1]):
        if len(block.text) > _LONGEST_NOTICE or not _holds(block.text, words):
            continue
        folded = wording.fold(block.text)
        openings[folded] = place
        if block.tag != "li" and len(block.text) <= LONGEST:
            above.setdefault(folded, place)
    tail = blocks[max(start + 1, len(blocks) - _TAIL):]
    return _Page(
        above=above, openings=openings,
        below=frozenset(wording.fold(block.text) for block in tail
                        if len(block.text) <= LONGEST and _holds(block.text, words)),
        notices=tuple(_pad(block) for block in tail if len(block.text) <= _LONGEST_NOTICE
                      and _NOTICE.search(block.text)),
    )


def _holds(text: str, words: Set[str]) -> bool:
    """Whether one of some folded words may be in a text."""
    lowered = text.casefold()
    for word in words:  # noqa: SIM110 - any() costs more than what it looks for
        if word in lowered:
            return True
    return False


def _pad(block: Block) -> str:
    return f" {wording.fold(block.text)} "


def _judge(side: str, piece: str, rest: str, separator: str, page: _Page) -> Naming | None:
    """A piece of the title as a name, if it can be one."""
    folded, told = wording.fold(piece), wording.fold(rest)
    size = len(folded.split())
    if not folded or len(piece) > LONGEST or size > _MOST_WORDS or piece.casefold() in _furniture():
        return None
    headline = _find_opening(told, folded, page.openings) if told else None
    evidence = _weigh(side, folded, headline, page) if size < len(told.split()) or len(folded) < len(told) else None
    if evidence == "headline" and (separator.startswith(":") or "/" in separator):
        evidence = None  # "Talks fail: minister resigns", a headline of two halves
    confidence = (_LAST if side == "last" else _FIRST)[evidence] if evidence else _UNSUPPORTED[side]
    if "|" in separator and confidence < _LAST["headline"]:
        confidence += 0.1
    return Naming(piece.strip(), rest.strip(), confidence)


def _weigh(side: str, folded: str, headline: int | None, page: _Page) -> str | None:
    """The strongest evidence for a piece of the title as the name."""
    place = page.above.get(folded)
    if headline is None and (side == "first" or place is not None):
        return None
    if any(f" {folded} " in notice for notice in page.notices):
        return "notice"
    if headline is None:
        return None
    if side == "last":
        alone = place is not None or folded in page.below
    else:
        alone = place is not None and place < _MASTHEAD and headline - place >= _APART
    return "masthead" if alone else "headline"


def _find_opening(told: str, name: str, openings: dict[str, int]) -> int | None:
    """The position above the story where the rest of the title stands, by itself or before other words."""
    if told in openings:
        return openings[told]
    return next((place for text, place in openings.items()
                 if text.startswith(f"{told} ") and not text.endswith(f" {name}")), None)


@cache
def _furniture() -> frozenset[str]:
    return frozenset(wordlists.read_lines("site_words.txt"))


def _names_site(text: str, names: frozenset[str]) -> bool:
    """Whether a part of a title is the site's name, give or take ".com", "News" and "The"."""
    folded = wording.fold(text)
    forms = {folded, folded.replace(" ", ""), folded.removeprefix("the ").replace(" ", "")}
    if forms & names:
        return True
    joined = folded.replace(" ", "")
    return len(joined) > 3 and any(len(name) > 3 and (joined.startswith(name) or name.startswith(joined))
                                   for name in names)
