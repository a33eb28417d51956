"""The headline of a page: from its heading, its head, its JSON-LD, or the lines above the story of a dump."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from searchkit.model import Clue
from searchkit.pipeline import datetext, structured
from searchkit.pipeline.block import Block, Markup, Verdict

# Between a headline and the name of a site, or of a section.
_SEPARATOR = re.compile(r"\s+[|\-–—―·•»«:/]+\s+|\s*[|｜»]\s*|:\s+|\s+[-–—―]{1,3}(?=\S)")
_WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"""[.。:;,…]["'”’»)]?$""")
_LETTER_RUNS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# A headline is hardly ever longer; the longest of 940 in the development set has 260 characters.
_LONGEST = 300
# How many blocks above the story a dump's headline is looked for: a share bar and a byline lie between.
_REACH = 30
# How far from the headline the byline may stand, in blocks, and how far the headline from the story.
_ABOVE, _BELOW, _FARTHEST = 6, 30, 60
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
    places = [place for place, block in enumerate(markup.blocks) if wanted and fold(block.text) == wanted]
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
    if headline is None or not start - _FARTHEST <= headline <= start + 3:
        return range(max(0, start - 12), min(start + 2, end))
    return range(max(0, headline - _ABOVE), min(max(start + 2, headline + 3), headline + _BELOW, end))


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
    clues = []
    for place, block in enumerate(markup.blocks):
        level = _heading_level(block)
        text = strip_site(block.text, names)
        if level is None or not text or len(text) > _LONGEST or fold(text) in names:
            continue
        agreement = max((_likeness(text, clue.value) for clue in told), default=0.0)
        if agreement >= _ALIKE:
            confidence = 0.86 + 0.1 * agreement - 0.03 * level
        else:
            near = place <= start + 1 and start - place < _REACH
            confidence = (0.62 if near and level == 0 else 0.4) - 0.05 * level - (0.2 if told else 0.0)
        clues.append(Clue(text, "heading", round(max(confidence, 0.05), 3), block.text))
    return sorted(clues, key=lambda clue: -clue.confidence)[:5]


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
        if len(fold(head).split()) >= 3 and len(fold(tail).split()) <= 4 or len(head) > 3 * len(tail):
            return head
    return text


def _likeness(one: str, other: str) -> float:
    """Share of words (or East Asian characters) that two titles have in common."""
    left, right = _count(one), _count(other)
    total = sum(left.values()) + sum(right.values())
    return 2 * sum((left & right).values()) / total if total else 0.0


def _count(text: str) -> Counter[str]:
    return Counter(_LETTER_RUNS.findall(text) or _WORD.findall(text.casefold()))


def _find_in_dump(markup: Markup, verdicts: Sequence[Verdict]) -> tuple[Clue, ...]:
    """The heading line above the story: said again elsewhere, with words of the story, set off by a gap."""
    start = find_start(verdicts)
    if start >= len(markup.blocks):
        return ()
    story = {word for block, verdict in zip(markup.blocks, verdicts, strict=True) if verdict.keep
             for word in _significant(block.text)}
    lines = Counter(fold(block.text) for block in markup.blocks)
    scored = [(_score_line(markup.blocks, place, start, story, lines, verdicts[place].reason), place)
              for place in _above(verdicts, start)]
    clues = {}
    for score, place in sorted(scored, reverse=True):
        if score > 0:
            text = markup.blocks[place].text
            clues.setdefault(fold(text), Clue(text, "heading", round(min(0.95, score / 4), 3), text))
    return tuple(clues.values())[:5]


def _above(verdicts: Sequence[Verdict], start: int) -> Iterable[int]:
    """Positions in which a dump's headline can stand: above the story, or its first line if it is a heading."""
    first = range(start, start + 1) if verdicts[start].reason in ("heading", "headline", "title") else range(0)
    return (*range(max(0, start - _REACH), start), *first)


def _score_line(blocks: Sequence[Block], place: int, start: int, story: set[str],
                lines: Counter[str], reason: str) -> float:
    """How much a line is like a headline; 0 or less is not at all."""
    block = blocks[place]
    text = block.text
    words = _count(text)
    size = sum(words.values())
    if not 3 <= size or len(text) > _LONGEST or not text[0].isprintable() or _is_furniture(text):
        return 0.0
    significant = _significant(text)
    told = sum(word in story for word in significant) / max(1, len(significant))
    score = 0.4 + 1.6 * told
    score += 0.9 if lines[fold(text)] > 1 else 0.0
    score += 1.0 if reason in ("headline", "title") else 0.0
    score += 0.4 if block.gap or place == 0 else 0.0
    score -= 0.6 if block.tag == "li" else 0.0
    score -= 0.8 if _SENTENCE_END.search(text) else 0.0
    score -= 0.5 if len(text) > 140 or size < 4 else 0.0
    score -= 0.03 * (start - place)
    return score


def _significant(text: str) -> list[str]:
    """The words of a line that carry its meaning, by their first six letters so that endings matter less."""
    return [word[:6] for word in _count(text) if len(word) > 3 or not word.isascii()]


def _is_furniture(text: str) -> bool:
    """Whether a line is a date, a byline or a count of comments rather than a headline."""
    dates = datetext.find_dates(text)
    if dates and len(text) < 60:
        return True
    return bool(re.match(r"(?i:by|von|par|por|di|da|door)\s+[A-ZÀ-Ý]|\d+ (comments?|shares?)\b|https?:|©", text))
