"""The story by rules alone: what the learned model starts from.

Scores of blocks add up to runs; the best runs are the story, with what stands among them in the same element and
the standfirst above.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from searchkit.pipeline.block import Block, Markup
from searchkit.pipeline.boilerplate.features import Features
from searchkit.pipeline.boilerplate.scoring import score
from searchkit.pipeline.boilerplate.surroundings import Place, find_places

# Tuned with the weights of ``scoring`` and on the same pages.
_GAP = 40.0  # how far below its height the score of a run may fall before the run is over
_SECOND = 0.4  # of the best run's sum: other runs that reach it are story too (galleries cut stories in two)
_INSIDE = 0.6  # share of a run's blocks in the element with most prose that makes it story too
_IN_SECTION = (0.25, -0.5)  # factor and summand of scores under a heading such as "Comments"

_SOME_PROSE = 20  # words of prose in a paragraph; teasers have fewer
_MUCH_PROSE = 45  # in one paragraph: the story goes on
_ENOUGH_PROSE = 60  # words of story before a heading "Comments"; else it is only a link to them
_STORY_SHARE = 0.3  # and the share of all the page's prose

_STANDFIRST_REACH = 20  # blocks before the story in which its standfirst is looked for
_STANDFIRST = 8  # words


class Guess(NamedTuple):
    """What the rules make of each block.

    ``features`` and ``places`` are what they look at, ``sections`` the kind of section the block is in, if that is
    none of the story's, ``scores`` how much it looks like a paragraph of a story, ``strengths`` the sum of its run
    as a share of the best run's, ``kept`` whether the rules would keep it, ``best`` the likeliest block of all.
    """

    features: Sequence[Features]
    places: Sequence[Place]
    sections: Sequence[str | None]
    scores: Sequence[float]
    strengths: Sequence[float]
    kept: Sequence[bool]
    best: int


class _Run(NamedTuple):
    """Blocks ``first`` to before ``stop``, whose scores add up to ``total``."""

    total: float
    first: int
    stop: int


def guess(markup: Markup, features: Sequence[Features]) -> Guess:
    """What the rules make of a page with at least one block."""
    blocks = markup.blocks
    places = find_places(blocks, features)
    sections = _find_sections(features)
    factor, summand = _IN_SECTION
    scores = []
    for feature, place, section in zip(features, places, sections, strict=True):
        value = score(feature, place)
        scores.append(value if section is None else min(value, value * factor + summand))
    best = -max(zip(scores, [feature.words for feature in features], range(0, -len(blocks), -1), strict=True))[2]
    runs = _find_runs(scores)
    kept = _choose(runs, best, places)
    if markup.kind == "html":
        _fill(features, places, sections, kept)
        _add_standfirst(blocks, features, places, kept)
    return Guess(features, places, sections, scores, _compare(runs, len(blocks)), kept, best)


def _compare(runs: Sequence[_Run], size: int) -> list[float]:
    """For each block the sum of its run as a share of the best run's; 0 outside of runs."""
    best = max((run.total for run in runs), default=1.0)
    strengths = [0.0] * size
    for total, first, stop in runs:
        strengths[first:stop] = [total / best] * (stop - first)
    return strengths


def _find_sections(features: Sequence[Features]) -> list[str | None]:
    """For each block the kind of section that it is in, if that is none of the story's."""
    prose = [feature.prose for feature in features]
    total = sum(prose)
    sections: list[str | None] = []
    before = 0.0
    current = None
    for index, feature in enumerate(features):
        if feature.section == "comments":
            if before > max(_ENOUGH_PROSE, _STORY_SHARE * total):
                current = "comments"
        elif feature.section in ("teaser", "author bio"):
            current = current if current == "comments" else feature.section
        elif current in ("teaser", "author bio") and prose[index] > _SOME_PROSE:
            following = max(prose[index + 1 : index + 3], default=0.0)
            if prose[index] > _MUCH_PROSE or before < _ENOUGH_PROSE or following > _SOME_PROSE:
                current = None
        before += prose[index]
        sections.append(current)
    return sections


def _find_runs(scores: Sequence[float]) -> list[_Run]:
    """The runs of blocks whose scores add up, each as long as it can be."""
    runs = []
    total = best = 0.0
    first = stop = 0
    for index, value in enumerate([*scores, float("-inf")]):
        if total <= 0:
            total = best = 0.0
            first = index
        total += value
        if total > best:
            best, stop = total, index + 1
        elif best > 0 and (total <= 0 or best - total > _GAP):
            runs.append(_Run(best, first, stop))
            total = best = 0.0
            first = index + 1
    return runs


def _choose(runs: Sequence[_Run], fallback: int, places: Sequence[Place]) -> list[bool]:
    """Which blocks are in a run that is story; without any run only the fallback."""
    kept = [False] * len(places)
    if not runs:
        kept[fallback] = True
        return kept
    best = max(runs).total
    everywhere = all(place.inside for place in places)
    for total, first, stop in runs:
        inside = not everywhere and sum(place.inside for place in places[first:stop]) > _INSIDE * (stop - first)
        if total > _SECOND * best or inside:
            kept[first:stop] = [True] * (stop - first)
    return kept


def _fill(features: Sequence[Features], places: Sequence[Place], sections: Sequence[str | None],
          kept: list[bool]) -> None:
    """Keep what stands in the element with most of the prose and has no sign of furniture."""
    for index, (feature, place) in enumerate(zip(features, places, strict=True)):
        if place.inside and not place.clue and not place.hidden and not sections[index] and _is_plain(feature):
            kept[index] = True


def _is_plain(feature: Features) -> bool:
    return feature.links < 0.5 and not (
        feature.furniture or feature.section or feature.lead or feature.repeated or feature.dated
        or feature.copyright or feature.about_site or feature.cut_short)


def _add_standfirst(blocks: Sequence[Block], features: Sequence[Features], places: Sequence[Place],
                    kept: list[bool]) -> None:
    """Keep a standfirst, which often stands apart from the story, under the headline."""
    first = kept.index(True)
    for index in range(first - 1, max(first - _STANDFIRST_REACH, 0) - 1, -1):
        if blocks[index].tag == "h1":
            return
        if (places[index].standfirst and features[index].words >= _STANDFIRST and _is_plain(features[index])
                and places[index].clue in (None, "navigation", "teaser", "byline")):
            kept[index] = True
