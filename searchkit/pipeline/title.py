"""The headline of a page: from its heading, its head, its JSON-LD, or the lines above the story of a dump."""

from __future__ import annotations

import math
import operator
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from searchkit.model import Clue
from searchkit.pipeline import datetext, structured
from searchkit.pipeline.block import Block, Markup, Verdict

# Between a headline and the name of a site, or of a section.
_SEPARATOR = re.compile(r"\s+[|\-–—―·•»«:/]+\s+|\s*[|｜»]\s*|:\s+|\s+[-–—―]{1,3}(?=\S)")
_WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"""[.。:;,…]["'”’»)]?$""")
_LETTER_RUNS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

_CREDIT = re.compile(r"(?i)\b(?:photo|foto|image|bild|getty|picture|credit|crédit|shutterstock|afp|reuters)\b|©")
_TRAIL = re.compile(r"[|»›>]|\s/\s")
_BYLINE = re.compile(r"(?i:by|von|par|por|di|da|door|posted)\s+[A-ZÀ-Ý]|\d+ (?:comments?|shares?)\b|https?:")

# Weights of the features in ``describe_line``, by regression on the headlines of the development set's dumps,
# against there being none (0).
_WEIGHTS = (-3.05, 0.95, 1.18, 0.40, 0.99, 0.20, -0.76, 0.95, 1.30, -2.32, -1.00, -1.57, -1.64, -1.11, -0.42, -2.72,
            1.61, -0.83, -1.54, -1.02, -1.49, 0.71, -0.39, 1.93, 0.33, 0.11, -0.67)

# A headline is hardly ever longer; the longest of 940 in the development set has 260 characters.
_LONGEST = 300
# From how many words a page's only main heading is its headline, whatever the page's head says.
_LONE_WORDS = 4
# How many blocks above the story a dump's headline is looked for: a share bar and a byline lie between.
_REACH = 60
# How far above and below the headline the byline may stand, in blocks.
_ABOVE, _BELOW = 6, 30
# From how alike (share of words in common) two forms of a headline count as the same.
_ALIKE = 0.6


def find_titles(markup: Markup, verdicts: Sequence[Verdict]) -> tuple[Clue, ...]:
    """What the headline may be, most likely first."""
    if markup.kind == "text":
        return _find_in_dump(markup, verdicts)
    names = _site_names(markup)
    told = _told_titles(markup, names)
    clues = [*_judge_headings(markup, verdicts, told, names), *told]
    if not clues:
        return _find_in_dump(markup, verdicts)
    best: dict[str, Clue] = {}
    for clue in sorted(clues, key=lambda each: -each.confidence):
        best.setdefault(fold(clue.value), clue)
    return tuple(best.values())


def locate_headline(markup: Markup, verdicts: Sequence[Verdict]) -> int | None:
    """The position of the block that is the headline, the last before the story if it is repeated."""
    clues = find_titles(markup, verdicts)
    wanted = fold(clues[0].value) if clues else ""
    start = find_start(verdicts)
    places = [place for place, block in enumerate(markup.blocks)
              if wanted and len(block.text) <= 2 * _LONGEST and fold(block.text) == wanted]
    before = [place for place in places if place <= start]
    if before:
        return before[-1]
    if places:
        return places[0]
    headings = [place for place, block in enumerate(markup.blocks[:start + 1]) if block.tag == "h1"]
    return headings[-1] if headings else None


def locate_byline(markup: Markup, verdicts: Sequence[Verdict]) -> range:
    """The positions among which date and author stand: about the headline, down to the story's second block."""
    start, end = find_start(verdicts), len(markup.blocks)
    headline = locate_headline(markup, verdicts)
    if headline is None:
        return range(max(0, start - 2 * _ABOVE), min(start + 2, end))
    below = max((place for place, verdict in enumerate(verdicts) if verdict.keep), default=end)
    last = below + 1 if below >= headline else end
    return range(max(0, headline - _ABOVE), min(max(start + 2, headline + 3), headline + _BELOW, last, end))


def find_start(verdicts: Sequence[Verdict]) -> int:
    """The position of the first block of the story; the number of blocks if there is none."""
    return next((place for place, verdict in enumerate(verdicts) if verdict.keep), len(verdicts))


def fold(text: str) -> str:
    """Text by its words alone, lower case."""
    return " ".join(_WORD.findall(text.casefold()))


def _told_titles(markup: Markup, names: frozenset[str]) -> list[Clue]:
    """Titles that the page states for machines, without the site's name."""
    clues = [Clue(strip_site(text, names), "json-ld", 0.82, text)
             for text in structured.read_items(markup).find_texts("headline")[:3]]
    for name, confidence in (("og:title", 0.8), ("twitter:title", 0.7), ("dc.title", 0.7), ("title", 0.6)):
        clues += [Clue(strip_site(text, names), "meta", confidence, text)
                  for _, text in structured.find_meta(markup, name)[:1]]
    if markup.title and markup.title.strip():
        text = structured.clean(markup.title)
        clues.append(Clue(_strip_any_site(text, names), "title-tag", 0.65, text))
    return [clue for clue in clues if clue.value and fold(clue.value) not in names]


def _judge_headings(markup: Markup, verdicts: Sequence[Verdict], told: list[Clue],
                    names: frozenset[str]) -> list[Clue]:
    """Headings in the page, by how well they agree with what its head says and by where they stand."""
    start = find_start(verdicts)
    stated = [_count(clue.value) for clue in told]
    lone = sum(_heading_level(block) == 0 for block in markup.blocks) == 1
    clues = []
    for place, block in enumerate(markup.blocks):
        level = _heading_level(block)
        if level is None or len(block.text) > _LONGEST:
            continue
        text = _strip_kicker(strip_site(block.text.replace("\u00ad", ""), names), told)
        if not text or fold(text) in names:
            continue
        words = _count(text)
        agreement = max((_likeness(words, other) for other in stated), default=0.0)
        if agreement >= _ALIKE:
            confidence = 0.86 + 0.1 * agreement - 0.03 * level
        else:
            near = place <= start + 1 and start - place < _REACH
            confidence = (0.62 if near and level == 0 else 0.4) - 0.05 * level - (0.2 if told else 0.0)
            if level == 0 and lone and words.total() >= _LONE_WORDS:
                confidence = 0.83
        clues.append(Clue(text, "heading", round(max(confidence, 0.05), 3), block.text))
    return sorted(clues, key=lambda clue: -clue.confidence)[:5]


def _strip_kicker(text: str, told: list[Clue]) -> str:
    """A heading without the words before the headline, where the page's head gives the headline without them."""
    folded = fold(text)
    for clue in told:
        if clue.source in ("json-ld", "meta") and len(clue.value) > _LONE_WORDS and folded.endswith(
                " " + fold(clue.value)) and _SEPARATOR.search(text[:len(text) - len(clue.value) + 1]):
            return clue.value
    return text


def _heading_level(block: Block) -> int | None:
    """0 for a main heading or what is marked as the headline, 1 for h2, 2 for other things like headings."""
    if any(name in ("itemprop:headline",) and value == block.text for name, value in block.marks):
        return 0
    if block.tag in ("h1", "h2"):
        return int(block.tag[1]) - 1
    last = block.context[-1] if block.context else ""
    if block.tag in ("h3", "h4") or "headline" in last or "title" in last:
        return 2
    return None


def _site_names(markup: Markup) -> frozenset[str]:
    """Names of the site in folded form, by its own words and its address."""
    names = [text for _, text in structured.find_meta(markup, "og:site_name", "application-name", "twitter:site",
                                                      "apple-mobile-web-app-title", "publisher")]
    items = structured.read_items(markup)
    names += items.find_texts("publisher")
    names += [text for item in (*items.others, *items.pages) if item.get("@type") in ("WebSite", "Organization")
              for text in items.name_values(item.get("name"))]
    host = re.match(r"(?:https?:)?//(?:www\.)?([^/:?#]+)", markup.canonical or "")
    if host:
        names += [host[1], host[1].rsplit(".", 1)[0], host[1].split(".")[0]]
    folded = {fold(name) for name in names}
    return frozenset(folded | {name.replace(" ", "") for name in folded} - {""})


def _names_site(text: str, names: frozenset[str]) -> bool:
    """Whether a part of a title is the site's name, give or take ".com", "News" and "The"."""
    folded = fold(text)
    forms = {folded, folded.replace(" ", ""), folded.removeprefix("the ").replace(" ", "")}
    if forms & names:
        return True
    joined = folded.replace(" ", "")
    return len(joined) > 3 and any(len(name) > 3 and (joined.startswith(name) or name.startswith(joined))
                                   for name in names)


def strip_site(text: str, names: frozenset[str]) -> str:
    """A title without parts at its ends that name the site."""
    text = text.strip()
    for _ in range(3):
        cuts = list(_SEPARATOR.finditer(text))
        for cut in cuts:
            if _names_site(text[cut.end():], names):
                text = text[:cut.start()].strip()
                break
        else:
            if not cuts or not _names_site(text[:cuts[0].start()], names):
                return text
            text = text[cuts[0].end():].strip()
    return text


def _strip_any_site(text: str, names: frozenset[str]) -> str:
    """A document title without the site's name, known or only likely from its place after a separator."""
    stripped = strip_site(text, names)
    if stripped != text:
        return stripped
    cuts = [cut for cut in _SEPARATOR.finditer(text) if not cut.group().strip().startswith(":")]
    if cuts:
        head, tail = text[:cuts[-1].start()].strip(), text[cuts[-1].end():]
        if (len(fold(head).split()) >= 3 and len(fold(tail).split()) <= 4) or len(head) > 3 * len(tail):
            return head
    return text


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Share of words (or East Asian characters) that two titles have in common."""
    total = one.total() + other.total()
    return 2 * sum(min(count, other[word]) for word, count in one.items() if word in other) / total if total else 0.0


def _count(text: str) -> Counter[str]:
    return Counter(_LETTER_RUNS.findall(text) or _WORD.findall(text.casefold()))


def _find_in_dump(markup: Markup, verdicts: Sequence[Verdict]) -> tuple[Clue, ...]:
    """The heading line above the story: said again elsewhere, with words of the story, set off by a gap."""
    lines = _read_lines(markup, verdicts)
    scored = [(math.exp(sum(map(operator.mul, _WEIGHTS, describe_line(lines, place)))), place)
              for place in lines.candidates]
    total = 1.0 + sum(score for score, _ in scored)
    clues: dict[str, Clue] = {}
    for _, place in sorted(scored, reverse=True)[:8]:
        text = markup.blocks[place].text
        share = sum(other for other, twin in scored if markup.blocks[twin].text == text) / total
        clues.setdefault(fold(text), Clue(text, "heading", round(share, 3), text))
    return tuple(clues.values())[:5]


@dataclass(frozen=True, slots=True)
class _Lines:
    """What is needed to compare the lines above a dump's story."""

    blocks: Sequence[Block]
    start: int
    candidates: tuple[int, ...]
    story: frozenset[str]
    opening: frozenset[str]
    around: str
    dated: frozenset[int]
    reasons: tuple[str, ...]


def _read_lines(markup: Markup, verdicts: Sequence[Verdict]) -> _Lines:
    blocks, start = markup.blocks, find_start(verdicts)
    kept = [block.text for block, verdict in zip(blocks, verdicts, strict=True) if verdict.keep]
    end = max((place for place, verdict in enumerate(verdicts) if verdict.keep), default=-1)
    first = max(0, start - _REACH)
    above = range(first, start) if kept else range(0)
    if kept and len(kept[0]) < 150:
        above = range(first, start + 1)
    return _Lines(
        blocks=blocks, start=start,
        candidates=tuple(place for place in above if len(blocks[place].text) <= _LONGEST
                         and sum(_count(blocks[place].text).values()) >= 2),
        story=frozenset(word for text in kept for word in _significant(text)),
        opening=frozenset(word for text in kept[:4] for word in _significant(text)),
        around="\n".join(block.text[:_LONGEST] for block in (*blocks[first:start + 1], *blocks[end + 1:end + _REACH])),
        dated=frozenset(place for place in above if _is_furniture(blocks[place].text)),
        reasons=tuple(verdict.reason for verdict in verdicts),
    )


def describe_line(lines: _Lines, place: int) -> tuple[float, ...]:
    """The features by which a headline is told from the lines around it, in the order of the weights."""
    block, text = lines.blocks[place], lines.blocks[place].text
    significant = _significant(text)
    size = max(1, len(significant))
    following = lines.blocks[place + 1] if place + 1 < len(lines.blocks) else None
    distance = lines.start - place
    said = lines.around.count(text)
    told = sum(word in lines.story for word in significant) / size
    return (
        1.0,
        told,
        sum(word in lines.opening for word in significant) / size,
        min(len(significant), 8) / 8,
        float(said > 1), float(said > 2),
        float(block.tag == "li"),
        float(block.gap > 0 or place == 0),
        float(following is not None and following.gap > 0),
        float(text.endswith((".", "。"))), float(text.endswith((":", ";", ",", "…", "..."))),
        float(len(text) < 25), float(len(text) > 110),
        min(distance, _REACH) / _REACH, float(distance <= 3), float(distance == 0),
        float(any(place < other <= place + 8 for other in lines.dated)),
        float(place in lines.dated),
        float(_CREDIT.search(text) is not None), float(_TRAIL.search(text) is not None),
        float(block.indent > 0),
        float(place == 0 or len(lines.blocks[place - 1].text) < 25),
        float(not text[0].isalpha() and text[0] not in "\"“„‘«'¿¡"),
        told * min(len(significant), 8) / 8,
        float(lines.reasons[place] == "headline"), float(lines.reasons[place] == "teaser"),
        float(len(text) < 40 and text.istitle()),
    )


def _significant(text: str) -> list[str]:
    """The words of a line that carry its meaning, by their first six letters so that endings matter less."""
    return [word[:6] for word in _count(text) if len(word) > 3 or not word.isascii()]


def _is_furniture(text: str) -> bool:
    """Whether a line is a date, a byline or a count of comments rather than a headline."""
    return len(text) < 90 and (bool(_BYLINE.match(text)) or bool(datetext.find_dates(text)))
