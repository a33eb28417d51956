"""The headline of a text dump: which of the lines above the story it is, by what tells it from the others."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass

from searchkit.model import Clue
from searchkit.pipeline import datetext, sitename, wording
from searchkit.pipeline.block import Block, Markup, Verdict

# A headline is hardly ever longer; the longest of 940 in the development set has 260 characters.
LONGEST = 300
# How many blocks above the story a headline is looked for: a share bar and a byline lie between.
_REACH = 60
_CREDIT = re.compile(r"(?i)\b(?:photo|foto|image|bild|getty|picture|credit|crédit|shutterstock|afp|reuters)\b|©")
_TRAIL = re.compile(r"[|»›>]|\s/\s")
_BYLINE = re.compile(r"(?i:by|von|par|por|di|da|door|posted)\s+[A-ZÀ-Ý]|\d+ (?:comments?|shares?)\b|https?:")

_QUOTES = str.maketrans(dict.fromkeys("“”„«»‘’'", '"'))

# Weights of the features in ``describe_line``, by regression on the headlines of the development set's dumps,
# against there being none (0).
_WEIGHTS = (-3.05, 0.95, 1.18, 0.40, 0.99, 0.20, -0.76, 0.95, 1.30, -2.32, -1.00, -1.57, -1.64, -1.11, -0.42, -2.72,
            1.61, -0.83, -1.54, -1.02, -1.49, 0.71, -0.39, 1.93, 0.33, 0.11, -0.67, 2.0, -2.5)


def find_lines(markup: Markup, verdicts: Sequence[Verdict], start: int) -> tuple[Clue, ...]:
    """The heading line above the story: said again elsewhere, with words of the story, set off by a gap."""
    lines = _read_lines(markup, verdicts, start)
    scored = [(math.exp(sum(map(operator.mul, _WEIGHTS, describe_line(lines, place)))), place)
              for place in lines.candidates]
    total = 1.0 + sum(score for score, _ in scored)
    clues: dict[str, Clue] = {}
    for _, place in sorted(scored, reverse=True)[:8]:
        text = markup.blocks[place].text
        share = sum(other for other, twin in scored if markup.blocks[twin].text == text) / total
        clues.setdefault(wording.fold(text), Clue(text, "heading", round(share, 3), text))
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
    quotes: str
    banner: bool


def _read_lines(markup: Markup, verdicts: Sequence[Verdict], start: int) -> _Lines:
    blocks = markup.blocks
    kept = [block.text for block, verdict in zip(blocks, verdicts, strict=True) if verdict.keep]
    end = max((place for place, verdict in enumerate(verdicts) if verdict.keep), default=-1)
    first = max(0, start - _REACH)
    above = range(first, start) if kept else range(0)
    if kept and len(kept[0]) < 150:
        above = range(first, start + 1)
    return _Lines(
        blocks=blocks, start=start,
        candidates=tuple(place for place in above if len(blocks[place].text) <= LONGEST
                         and sum(wording.count_words(blocks[place].text).values()) >= 2),
        story=frozenset(word for text in kept for word in _significant(text)),
        opening=frozenset(word for text in kept[:4] for word in _significant(text)),
        around="\n".join(block.text[:LONGEST] for block in (*blocks[first:start + 1], *blocks[end + 1:end + _REACH])),
        dated=frozenset(place for place in above if _is_furniture(blocks[place].text)),
        reasons=tuple(verdict.reason for verdict in verdicts),
        quotes="\n".join(block.text[:2 * LONGEST] for block in blocks[end + 1:end + _REACH]).translate(_QUOTES),
        banner=sitename.read_banner(blocks, verdicts) is not None,
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
        float(f'"{text.translate(_QUOTES)}"' in lines.quotes),
        float(lines.banner and place == 0),
    )


def _significant(text: str) -> list[str]:
    """The words of a line that carry its meaning, by their first six letters so that endings matter less."""
    return [word[:6] for word in wording.count_words(text) if len(word) > 3 or not word.isascii()]


def _is_furniture(text: str) -> bool:
    """Whether a line is a date, a byline or a count of comments rather than a headline."""
    return len(text) < 90 and (bool(_BYLINE.match(text)) or bool(datetext.find_dates(text)))
