"""Why a block is kept or stripped; and what is stripped though it stands in the midst of the story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from searchkit.pipeline.block import Block, Markup, Verdict
from searchkit.pipeline.boilerplate.features import Features
from searchkit.pipeline.boilerplate.surroundings import Place

_SURE = 0.6  # from this probability on a block is story though it has signs of furniture
_LINE = 12  # words of a line in the story that its furniture words may take out of it
_FURNITURE_SHARE = 0.34  # if they are more than this share of its words
_BYLINE = 9  # words; longer lines that begin with "by" are prose
_HEADLINE = range(3, 31)  # words of a headline
_HEADLINE_REACH = 12  # blocks before the story in which a dump's headline is looked for
_TEASER = 5  # words; shorter lines after the story are rather navigation
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_KEPT_TAGS = {"li": "list", "dd": "list", "dt": "list", "blockquote": "quote", "figcaption": "caption",
              "caption": "caption", "td": "table", "th": "table", "pre": "preformatted"}
_verdict = cache(Verdict)  # there are few that differ


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of each block: its features, place, the section it is in, its score, how likely it is story."""

    features: Sequence[Features]
    places: Sequence[Place]
    sections: Sequence[str | None]
    scores: Sequence[float]
    ratings: Sequence[float]


def explain(markup: Markup, evidence: Evidence, kept: Sequence[bool]) -> tuple[Verdict, ...]:
    """The verdicts, given which blocks are in the story's runs; some of these are stripped all the same."""
    blocks = markup.blocks
    first = kept.index(True)
    last = len(kept) - 1 - list(reversed(kept)).index(True)
    headlines = _find_headlines(markup, evidence, first)
    longest = max(map(len, headlines), default=0)
    verdicts = []
    for index, block in enumerate(blocks):
        if len(block.text) <= longest and block.text.casefold() in headlines:
            verdicts.append(_verdict(False, "headline"))
        elif not kept[index]:
            verdicts.append(_verdict(False, _name_chrome(index, block, evidence, last)))
        elif intrusion := _find_intrusion(index, block, evidence):
            verdicts.append(_verdict(False, intrusion))
        else:
            verdicts.append(_verdict(True, name_content(block, evidence.features[index])))
    return tuple(verdicts)


def _find_headlines(markup: Markup, evidence: Evidence, first: int) -> set[str]:
    """The texts that are the page's headline, case-folded."""
    blocks, features = markup.blocks, evidence.features
    title = (markup.title or "").casefold()
    found = {block.text.casefold() for block, feature in zip(blocks, features, strict=True)
             if block.tag in ("h1", "h2") and feature.words in _HEADLINE and block.text.casefold() in title}
    if found or markup.kind == "html":
        heads = [block.text.casefold() for block in blocks[: first + 1] if block.tag == "h1"]
        return found or set(heads[-1:])
    above = range(first - 1, max(first - _HEADLINE_REACH, 0) - 1, -1)
    lines = [index for index in above if _could_be_headline(blocks[index], features[index])]
    repeated = [index for index in lines if features[index].repeated]
    return {blocks[index].text.casefold() for index in (repeated or lines)[:1]}


def _could_be_headline(block: Block, feature: Features) -> bool:
    return (block.tag != "li" and feature.words in _HEADLINE and not feature.cut_short
            and feature.furniture_words <= feature.words * _FURNITURE_SHARE
            and not (feature.section or feature.lead or feature.dated or feature.copyright)
            and not _is_byline(block, feature))


def _find_intrusion(index: int, block: Block, evidence: Evidence) -> str | None:
    """What a block in the midst of the story is, if it is none of it."""
    feature, place = evidence.features[index], evidence.places[index]
    if feature.copyright and evidence.scores[index] < 0:
        return "footer" if feature.furniture == "footer" else "caption"
    if feature.lead:
        return feature.lead
    if place.hidden:
        return "hidden"
    if feature.dated and _is_byline(block, feature):
        return "byline"
    if feature.repeated and feature.words > _LINE:
        return "repeated"
    if evidence.ratings[index] >= _SURE:
        return None
    if evidence.sections[index]:
        return evidence.sections[index]
    if place.clue and not place.standfirst:
        return place.clue
    if feature.repeated:
        return "repeated"
    if feature.furniture_words > feature.words * _FURNITURE_SHARE and feature.words < _LINE:
        return feature.furniture
    return None


def _name_chrome(index: int, block: Block, evidence: Evidence, last: int) -> str:
    """What a stripped block is, by its strongest sign."""
    feature, place = evidence.features[index], evidence.places[index]
    if feature.copyright:
        return "footer"
    if feature.dated and place.clue in (None, "byline", "navigation"):
        return evidence.sections[index] or ("teaser" if index > last else "date")
    if _is_byline(block, feature):
        return "byline"
    known = (place.clue or feature.lead or evidence.sections[index] or feature.section or feature.about_site
             or feature.furniture or ("hidden" if place.hidden else None))
    if known:
        return known
    return "teaser" if index > last and feature.words >= _TEASER else "navigation"


def _is_byline(block: Block, feature: Features) -> bool:
    if block.marks and ("rel", "author") in block.marks and feature.words <= _BYLINE:
        return True
    return feature.signed and feature.words <= _BYLINE and not feature.ends


def name_content(block: Block, feature: Features) -> str:
    """What a kept block is."""
    if block.tag in _HEADINGS or (not feature.ends and feature.words < _LINE and block.tag == "p"):
        return "heading"
    return _KEPT_TAGS.get(block.tag, "story")
