"""Blocks become main content and chrome, each with a reason.

One mechanism for HTML and text dumps: each block gets a score from its features (``features``) and, in
HTML, from the elements around it (``surroundings``); the best run of blocks is the story; rules then take
out what stands between its paragraphs and is no part of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from searchkit.pipeline.block import Block, Markup, Verdict
from searchkit.pipeline.features import Features, describe
from searchkit.pipeline.surroundings import Place, find_places, measure_prose

ALPHA = 0.4
SITE = 2.0
LISTEND = -0.3
COMM = 0.3
DATED = 0.0
SHORT = 1.2
LIST = 0.8
_GAP = 40.0
_ENOUGH_PROSE = 60.0  # words; before them a heading such as "Comments" is only a link to the section


def judge(markup: Markup) -> tuple[Verdict, ...]:
    """One verdict for each block, in their order."""
    blocks = markup.blocks
    if not blocks:
        return ()
    features = describe(markup)
    places = find_places(blocks, features)
    scores = [score(block, feature, place)
              for block, feature, place in zip(blocks, features, places, strict=True)]
    sections = _find_sections(features, places)
    scores = [value if section is None else min(value, value * 0.25 - 0.5)
              for value, section in zip(scores, sections, strict=True)]
    runs = _find_runs(scores)
    runs = [(t + DATED * any(g.dated for g in features[max(0, a - 12) : a]), a, b) for t, a, b in runs]
    kept = _choose(runs, scores, places)
    return tuple(_explain(index, features, places, sections, scores, kept) for index in range(len(blocks)))


def score(block: Block, feature: Features, place: Place) -> float:
    """How much a block looks like a paragraph of a story (above 0) or like furniture (below)."""
    words = feature.words
    value = -SHORT
    if words >= 8 and feature.ends:
        value = min(words, 60) / 10 * (0.4 + min(1.0, feature.fillers / 0.3))
    elif words >= 15:
        value = min(words, 60) / 20
    elif feature.lower:
        value = 0.1
    if feature.cut_short and words < 40:
        value = min(value, 0) - 1.0
    if feature.listed and words < 12:
        value -= LIST
    if feature.furniture and words < 25:
        value -= 1.5 * feature.furniture_words
    if feature.repeated:
        value = min(value, 0) - 1.0
    if feature.site:
        value = min(value, 0) - SITE
    if feature.listed and not feature.ends:
        value = min(value, LISTEND)
    if feature.copyright:
        value = min(value, 0) - 4.0
    if feature.section:
        value -= 2.0
    if feature.links > 0.5 and value > 0:
        value *= 1 - feature.links
    if feature.heading:
        value = max(value, -0.5)
    if place.clue:
        value = min(value * 0.3, 0) - 2.5
    if place.hidden:
        value = min(value * 0.3, 0) - 2.0
    if place.story:
        value += 0.5
    if not place.inside:
        value -= 0.3 if place.near else 1.0
    return value


def _find_sections(features: Sequence[Features], places: Sequence[Place]) -> list[str | None]:
    """For each block the kind of section that it is in, if that is none of the story's."""
    prose = [measure_prose(feature) for feature in features]
    total = sum(prose)
    sections: list[str | None] = []
    before = 0.0
    current = None
    for index, feature in enumerate(features):
        if feature.section in ("comments", "teaser", "author bio"):
            if feature.section != "comments" or before > max(_ENOUGH_PROSE, COMM * total):
                current = feature.section
        elif current in ("teaser", "author bio") and prose[index] > 20 and (
                prose[index] > 45 or before < _ENOUGH_PROSE or max(prose[index + 1 : index + 3], default=0) > 20):
            current = None
        before += prose[index]
        sections.append(current)
    return sections


def _find_runs(scores: Sequence[float]) -> list[tuple[float, int, int]]:
    """The runs of blocks whose scores add up, as (sum, first, after last)."""
    runs = []
    total = best = 0.0
    first = last = 0
    for index, value in enumerate([*scores, -1e9]):
        if total <= 0:
            total, best, first = 0.0, 0.0, index
        total += value
        if total > best:
            best, last = total, index + 1
        elif best > 0 and (total <= 0 or best - total > _GAP):
            runs.append((best, first, last))
            total = best = 0.0
            first = index + 1
    return runs


def _choose(runs: Sequence[tuple[float, int, int]], scores: Sequence[float], places: Sequence[Place]) -> list[bool]:
    kept = [False] * len(scores)
    if not runs:
        kept[max(range(len(scores)), key=lambda index: scores[index])] = True
        return kept
    best = max(runs)
    html = not all(p.inside for p in places)
    for run in runs:
        total, first, last = run
        if run == best or (total > ALPHA * best[0]) or (html and sum(p.inside for p in places[first:last]) > 0.6 * (last - first)) :
            for index in range(first, last):
                kept[index] = True
    return kept


def _explain(index: int, features: Sequence[Features], places: Sequence[Place],
             sections: Sequence[str | None], scores: Sequence[float], kept: Sequence[bool]) -> Verdict:
    feature, place = features[index], places[index]
    if kept[index]:
        drop = (place.clue or (feature.furniture and feature.words < 12 and scores[index] < 0)
                or feature.repeated or feature.lead or sections[index])
        if not drop:
            return Verdict(True, "story")
    return Verdict(False, place.clue or feature.lead or sections[index] or feature.furniture or "navigation")
