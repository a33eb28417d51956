"""The headline of a page: from its heading, its head, its JSON-LD, or the lines above the story of a dump."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from searchkit.model import Clue
from searchkit.pipeline import dumptitle, landmarks, sitename, structured, wording
from searchkit.pipeline.block import Block, Markup, Verdict
from searchkit.pipeline.sitename import Naming

# From how many words a page's only main heading is its headline, whatever the page's head says.
_LONE_WORDS = 4
# How many blocks above the story its heading is looked for.
_REACH = 60
# From how likely a piece of the document's title is the site's name it is left out of every title.
_NAMED = 0.7
# From how alike (share of words in common) two forms of a headline count as the same.
_ALIKE = 0.6


def find_titles(markup: Markup, verdicts: Sequence[Verdict], namings: Sequence[Naming]) -> tuple[Clue, ...]:
    """What the headline may be, most likely first; ``namings`` are the site's names in the document's title."""
    start = landmarks.find_start(verdicts)
    if markup.kind == "text":
        return dumptitle.find_lines(markup, verdicts, start)
    names = sitename.find_stated(markup)
    names |= {wording.fold(naming.name) for naming in namings if naming.confidence >= _NAMED}
    told = _told_titles(markup, names)
    clues = [*_judge_headings(markup, verdicts, told, names), *told]
    if not clues:
        return dumptitle.find_lines(markup, verdicts, start)
    best: dict[str, Clue] = {}
    for clue in sorted(clues, key=lambda each: -each.confidence):
        best.setdefault(wording.fold(clue.value), clue)
    return tuple(best.values())


def _told_titles(markup: Markup, names: frozenset[str]) -> list[Clue]:
    """Titles that the page states for machines, without the site's name."""
    clues = [Clue(sitename.strip_site(text, names), "json-ld", 0.82, text)
             for text in structured.read_items(markup).find_texts("headline")[:3]]
    for name, confidence in (("og:title", 0.8), ("twitter:title", 0.7), ("dc.title", 0.7), ("title", 0.6)):
        clues += [Clue(sitename.strip_site(text, names), "meta", confidence, text)
                  for _, text in structured.find_meta(markup, name)[:1]]
    if markup.title and markup.title.strip():
        text = structured.clean(markup.title)
        clues.append(Clue(sitename.strip_likely_site(text, names), "title-tag", 0.65, text))
    return [clue for clue in clues if clue.value and wording.fold(clue.value) not in names]


def _judge_headings(markup: Markup, verdicts: Sequence[Verdict], told: list[Clue],
                    names: frozenset[str]) -> list[Clue]:
    """Headings in the page, by how well they agree with what its head says and by where they stand."""
    start = landmarks.find_start(verdicts)
    stated = [wording.count_words(clue.value) for clue in told]
    known = frozenset(word for words in stated for word in words)
    kickers = [(clue.value, " " + wording.fold(clue.value)) for clue in told
               if clue.source in ("json-ld", "meta") and len(clue.value) > _LONE_WORDS]
    levels = [_heading_level(block) for block in markup.blocks]
    lone = levels.count(0) == 1
    clues = []
    for place, (block, level) in enumerate(zip(markup.blocks, levels, strict=True)):
        if level is None or len(block.text) > dumptitle.LONGEST:
            continue
        text = _strip_kicker(sitename.strip_site(block.text.replace("\u00ad", ""), names), kickers).lstrip(" :|")
        if not text or wording.fold(text) in names:
            continue
        words = wording.list_words(text)
        agreement = 0.0 if known.isdisjoint(words) else _compare(words, stated)
        if agreement >= _ALIKE:
            confidence = 0.86 + 0.1 * agreement - 0.03 * level
        else:
            near = place <= start + 1 and start - place < _REACH
            confidence = (0.62 if near and level == 0 else 0.4) - 0.05 * level - (0.2 if told else 0.0)
            if level == 0 and lone and len(words) >= _LONE_WORDS:
                confidence = 0.83
        clues.append(Clue(text, "heading", round(max(confidence, 0.05), 3), block.text))
    return sorted(clues, key=lambda clue: -clue.confidence)[:5]


def _compare(words: Sequence[str], stated: Sequence[Counter[str]]) -> float:
    """How alike the words of a heading and those of the most similar stated title are."""
    counted = Counter(words)
    return max(wording.measure_likeness(counted, each) for each in stated)


def _strip_kicker(text: str, told: Sequence[tuple[str, str]]) -> str:
    """A heading without the words before the headline, where the page's head gives the headline without them.

    ``told`` are the headlines that it gives, each also folded, with a space before it.
    """
    folded = wording.fold(text)
    for headline, ending in told:
        if folded.endswith(ending) and sitename.SEPARATOR.search(text[:len(text) - len(headline) + 1]):
            return headline
    return text


def _heading_level(block: Block) -> int | None:
    """0 for a main heading or what is marked as the headline, 1 for h2, 2 for other things like headings."""
    if block.marks and ("itemprop:headline", block.text) in block.marks:
        return 0
    if block.tag in ("h1", "h2"):
        return int(block.tag[1]) - 1
    last = block.context[-1] if block.context else ""
    if block.tag in ("h3", "h4") or "headline" in last or "title" in last:
        return 2
    return None
