"""What the learned model looks at: for each quantity a column with one number a block.

The model compares single numbers with thresholds, of a block or of one a few places above or below it, so columns
need no common scale. What each block is made of comes from ``features`` and ``firstguess``; here it is put into
numbers, summed over windows, and measured from the ends of the page and from landmarks such as dates.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate, compress, pairwise
from operator import or_, sub

from searchkit.pipeline.block import Block, Markup
from searchkit.pipeline.boilerplate import chromewords
from searchkit.pipeline.boilerplate.features import Features
from searchkit.pipeline.boilerplate.firstguess import Guess

Columns = dict[str, list[float]]  # true counts as 1

_AS_THEY_ARE = ("fillers", "sentences", "ends", "cut_short", "links", "listed", "heading", "capitals", "commas",
                "quoted", "repeated")
_CLUES = {clue: float(number) for number, clue in enumerate((
    "comments", "cookies", "advertisement", "share", "teaser", "navigation", "footer", "form", "sidebar", "author bio",
    "byline", "tags", "caption"), 1)}
_SECTIONS = {"comments": 3.0, "teaser": 2.0, "author bio": 1.0}
_MOST = 200  # words; longer paragraphs count no more
_FAR = 99.0  # blocks; a landmark farther away, or none at all
_NEAR = [float(count) for count in range(int(_FAR))]
_LANDMARK = 20  # words of a paragraph that is a landmark
_SPEAKS = 8  # words of a block whose topics count as the story's
_LONGEST_SHIFT = 20  # columns of a dump's indentation
_ARTICLE_BODY = re.compile(r'"articleBody"\s*:\s*"((?:[^"\\]|\\.)*+)"')
_LEAST_BODY = 300  # characters of a JSON-LD articleBody that is not just a summary
_REACH = 5  # blocks around a paragraph that may be story; what stands farther from any is not
_PROSE = 12.0  # words of prose within reach
_KEPT_REACH = 6  # blocks around what the rules keep that may be story too
BESIDE = 2  # blocks from a candidate up to which its neighbours' topics are looked at
_SHINGLE = 3  # words in a row that a block and the articleBody share
_MARK = re.compile("<[^<>]+>")


def build_columns(markup: Markup, found: Guess) -> Columns:
    """All columns of the first look at a page. What is costly to know is 0 where no candidate is near."""
    columns = _read_features(found)
    columns |= _measure_layout(markup.blocks, columns["prose"], markup.kind == "html")
    columns |= _measure_position(found, columns["prose"])
    columns |= _measure_distances(found.features, columns["prose"])
    columns |= _sum_windows(columns, found.features)
    columns["candidate"] = candidates = _mark_candidates(columns)
    columns["covered"] = _measure_cover(markup, candidates)
    columns["cohesion"] = _measure_cohesion(found.features, found.kept, _widen(candidates))
    return columns


def _read_features(found: Guess) -> Columns:
    places = found.places
    told = dict(zip(Features._fields, map(list, zip(*found.features, strict=True)), strict=True))
    return {name: told[name] for name in _AS_THEY_ARE} | {
        "words": _limit(told["words"], 0, _MOST),
        "prose": _limit(told["prose"], 0, _MOST),
        "furniture": _limit(told["furniture_words"], 0, 3),
        "about_site": [kind is not None for kind in told["about_site"]],
        "rule": list(found.scores),
        "kept": list(found.kept),
        "strength": list(found.strengths),
        "section": [_SECTIONS.get(section, 0.0) if section else 0.0 for section in found.sections],
        "clue": [_CLUES.get(place.clue, 0.0) if place.clue else 0.0 for place in places],
        "inside": [place.inside for place in places],
        "hidden": [place.hidden for place in places],
    }


def _limit(values: Iterable[float], least: float, most: float) -> list[float]:
    return [least if value < least else most if value > most else value for value in values]


def _measure_layout(blocks: Sequence[Block], prose: Sequence[float], is_html: bool) -> Columns:
    """How much prose stands in the same element, or at the same indentation of a dump; -1 for what there is not."""
    total = sum(prose) or 1.0
    nothing = [-1.0] * len(blocks)
    if is_html:
        numbers: dict[tuple[str, ...], int] = {}  # of the elements
        elements = [numbers.setdefault(block.context[:-1], len(numbers)) for block in blocks]
        held = {element: words / total for element, words in _add_up(elements, prose).items()}
        sizes = Counter(elements)
        return {"element_prose": [held[element] for element in elements], "indent_prose": nothing, "shift": nothing,
                "element_size": [sizes[element] for element in elements]}
    indents = [block.indent for block in blocks]
    by_indent = _add_up(indents, prose)
    usual = max(by_indent, key=lambda indent: by_indent[indent])
    shares = {indent: words / total for indent, words in by_indent.items()}
    shifts = {indent: float(max(-_LONGEST_SHIFT, min(_LONGEST_SHIFT, indent - usual))) for indent in by_indent}
    return {"indent_prose": [shares[indent] for indent in indents], "element_prose": nothing, "element_size": nothing,
            "shift": [shifts[indent] for indent in indents]}


def _add_up(keys: Sequence[int], values: Sequence[float]) -> dict[int, float]:
    """The sum of the values of each key."""
    sums = dict.fromkeys(keys, 0.0)
    for key, value in zip(keys, values, strict=True):
        if value:
            sums[key] += value
    return sums


def _measure_position(found: Guess, prose: Sequence[float]) -> Columns:
    """Where in the page, in its prose, and in what the rules keep of it a block stands."""
    size = len(prose)
    words = [feature.words for feature in found.features]
    kept = [float(count) if keep else 0.0 for count, keep in zip(words, found.kept, strict=True)]
    before, after = _measure_shares(prose)
    kept_before, kept_after = _measure_shares(kept)
    return {
        "place": [float(index) for index in range(size)],
        "from_end": [float(size - index) for index in range(size)],
        "blocks": [float(size)] * size,
        "page_prose": [sum(prose)] * size,
        "kept_share": [sum(kept) / (sum(words) or 1)] * size,
        "before": before, "after": after, "kept_before": kept_before, "kept_after": kept_after,
    }


def _measure_shares(values: Sequence[float]) -> tuple[list[float], list[float]]:
    """For each block the shares of the sum of all values that stand before and after it."""
    sums = list(accumulate(values, initial=0.0))
    total = sums[-1] or 1.0
    return [value / total for value in sums[:-1]], [1.0 - value / total for value in sums[1:]]


def _measure_distances(features: Sequence[Features], prose: Sequence[float]) -> Columns:
    """How many blocks above and below the next date, heading of a section, copyright line, paragraph are."""
    columns: Columns = {}
    for name, flags in (
        ("date", [feature.dated for feature in features]),
        ("section", [feature.section is not None for feature in features]),
        ("copyright", [feature.copyright for feature in features]),
        ("paragraph", [words > _LANDMARK for words in prose]),
    ):
        columns["since_" + name] = _count_since(flags)
        columns["to_" + name] = _count_since(flags[::-1])[::-1]
    return columns


def _count_since(flags: Sequence[bool]) -> list[float]:
    counts = [_FAR] * len(flags)
    places = [*compress(range(len(flags)), flags), len(flags)]
    for place, stop in pairwise(places):
        near = min(stop, place + len(_NEAR))
        counts[place:near] = _NEAR[: near - place]
    return counts


def _sum_windows(columns: Columns, features: Sequence[Features]) -> Columns:
    """Sums over the blocks above ("prose-8") and below ("prose+8")."""
    short = [feature.words < _SPEAKS and not feature.ends for feature in features]
    rule = _limit(columns["rule"], -3.0, 6.0)
    windows: Columns = {}
    for name, values, reaches in (("prose", columns["prose"], (3, 8, 20)), ("short", short, (10,)),
                                  ("furniture", columns["furniture"], (6,)), ("rule", rule, (5, 12)),
                                  ("kept", columns["kept"], (6,))):
        sums = list(accumulate(values, initial=0.0))
        for reach in reaches:
            windows[f"{name}-{reach}"], windows[f"{name}+{reach}"] = _sum_around(sums, reach)
    return windows


def _sum_around(sums: list[float], reach: int) -> tuple[list[float], list[float]]:
    """For each block the sums over the ``reach`` blocks above it and below it, given the sums from the page's start."""
    windows = list(map(sub, sums + [sums[-1]] * reach, [0.0] * reach + sums))  # by the block before which each ends
    return windows[: len(sums) - 1], windows[reach + 1 :]


def _mark_candidates(columns: Columns) -> list[float]:
    """Which blocks may be story at all: those near a paragraph, or near what the rules keep."""
    told = []
    for name, reach, least in (("prose", _REACH, _PROSE), ("kept", _KEPT_REACH, 0.0)):
        values = columns[name]
        entering = values[reach:] + [0.0] * reach
        leaving = [0.0] * (reach + 1) + values
        total = sum(values[:reach])
        near = []
        for _, enters, leaves in zip(values, entering, leaving, strict=False):
            total += enters
            total -= leaves
            near.append(total > least + 1e-6)  # sums of floats that should be 0 are not quite
        told.append(near)
    return list(map(or_, *told))


def _widen(candidates: Sequence[float]) -> list[bool]:
    """Which blocks are candidates or so near one that the model looks at them for it."""
    near = [False] * len(candidates)
    for index in compress(range(len(candidates)), candidates):
        near[max(0, index - BESIDE) : index + BESIDE + 1] = [True] * (BESIDE + min(BESIDE, index) + 1)
    return near[: len(candidates)]


def _measure_cohesion(features: Sequence[Features], kept: Sequence[bool], near: Sequence[bool]) -> list[float]:
    """For each block that is near a candidate the share of its topics that other blocks of the story have too."""
    speaks = [keep and feature.words >= _SPEAKS for feature, keep in zip(features, kept, strict=True)]
    said: set[str] = set()
    often: set[str] = set()  # by more blocks than one
    for feature in compress(features, speaks):
        often |= said & feature.topics
        said |= feature.topics
    cohesion = [0.0] * len(features)
    for index in compress(range(len(features)), near):
        topics = features[index].topics
        if topics:
            cohesion[index] = len(topics & (often if speaks[index] else said)) / len(topics)
    return cohesion


def _measure_cover(markup: Markup, candidates: Sequence[float]) -> list[float]:
    """For each candidate the share of it that the JSON-LD's articleBody holds; -1 if there is none to speak of."""
    bodies = [text for script in markup.json_ld for text in _read_bodies(script) if len(text) > _LEAST_BODY]
    if not bodies:
        return [-1.0] * len(markup.blocks)
    known = {shingle for text in bodies for shingle in _cut(text)}
    cover = [0.0] * len(markup.blocks)
    for index in compress(range(len(cover)), candidates):
        own = list(_cut(markup.blocks[index].text))
        cover[index] = sum(map(known.__contains__, own)) / len(own) if own else -0.5
    return cover


def _read_bodies(script: str) -> Iterable[str]:
    """The article bodies in a script of JSON-LD, also if the script as a whole is no JSON."""
    for found in _ARTICLE_BODY.finditer(script):
        try:
            yield _MARK.sub(" ", json.loads(f'"{found[1]}"', strict=False))
        except ValueError:
            continue


def _cut(text: str) -> Iterable[tuple[str, ...]]:
    words = chromewords.split_words(text)
    return zip(*(words[start:] for start in range(_SHINGLE)), strict=False)
