"""Blocks become main content and chrome, each with a reason.

One mechanism for HTML and text dumps: each block has features of its text (``features``) and, in HTML, a
place among the elements around it (``surroundings``). Rules make a first guess of these (``scoring``,
``firstguess``); a learned model corrects it (``columns``, ``model``). What stands in the story
(``reasons``) or closes it (``ending``) and is no part of it is taken out again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from operator import mul

from searchkit.pipeline.block import Markup, Verdict
from searchkit.pipeline.boilerplate import ending, reasons
from searchkit.pipeline.boilerplate.features import Features, describe
from searchkit.pipeline.boilerplate.firstguess import Guess, guess
from searchkit.pipeline.boilerplate.model import Model, rate, read_model

_LIKELY = 0.5  # from this probability on a block is story on any page
_PERHAPS = 0.2  # from this one on a block is story that stands between two of it, if the rules agree
# When the story's element is kept whole; tried on the pages of ``tools/train_boilerplate.py``, where two of 539 are so.
_WHOLE = 100  # words there are in it at least
_TOO_LITTLE = 0.65  # of its words, if no more are kept
_MOSTLY = 0.65  # of what is kept on the whole page, if so much is in it
_SURE = 0.9  # so likely is the block below a story's first sentence
_OPENING = 12  # words of that sentence, at least
_LINE_WORDS = 0.5  # added to a block's words, so that blocks without words weigh something too


def judge(markup: Markup, model: Model | None = None) -> tuple[Verdict, ...]:
    """One verdict for each block, in their order; at least one is kept if there are any.

    ``model`` is the one to judge with instead of the package's own.
    """
    blocks = markup.blocks
    if not blocks:
        return ()
    features = describe(blocks)
    found = guess(markup, features)
    ratings = rate(markup, found, model or read_model(markup.kind))
    kept = choose(ratings, features)
    _bridge(found, ratings, kept)
    _open(found, ratings, kept)
    if not any(kept):
        kept[found.best] = True
    evidence = reasons.Evidence(features, found.places, found.sections, found.scores, ratings)
    verdicts = reasons.explain(markup, evidence, kept)
    if any(verdict.keep for verdict in verdicts):
        verdicts = ending.trim(blocks, features, verdicts)
        return _take_whole(markup, found, verdicts) if markup.kind == "html" else verdicts
    return (*verdicts[:found.best], Verdict(True, "story"), *verdicts[found.best + 1 :])


def _bridge(found: Guess, ratings: Sequence[float], kept: list[bool]) -> None:
    """Keep single blocks in the midst of the story, such as subheadings, that the model is in doubt of."""
    for index in range(1, len(kept) - 1):
        if (not kept[index] and found.kept[index] and ratings[index] >= _PERHAPS
                and min(ratings[index - 1], ratings[index + 1]) >= _LIKELY):
            kept[index] = True


def _open(found: Guess, ratings: Sequence[float], kept: list[bool]) -> None:
    """Keep the sentence right above the story that the model is in doubt of and the rules are not: its first."""
    first = kept.index(True) if True in kept else 0
    above = found.features[first - 1]
    if (first and found.kept[first - 1] and above.ends and above.words >= _OPENING and ratings[first - 1] >= _PERHAPS
            and ratings[first] >= _SURE):
        kept[first - 1] = True


def _take_whole(markup: Markup, found: Guess, verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """The verdicts, or all of the story's element kept, if most of what is kept is in it and much of it is not.

    Such are catalogues, recipes and result lists: lines of few words, of which none by itself looks like story. Only
    what is no link and in no part of the element that is named like furniture is kept.
    """
    words = [feature.words for feature in found.features]
    own = [place.inside and not (place.clue or place.hidden) and feature.links < 0.5
           for place, feature in zip(found.places, found.features, strict=True)]
    whole = sum(compress(words, own))
    page = sum(count for count, verdict in zip(words, verdicts, strict=True) if verdict.keep)
    kept = sum(count for count, mine, verdict in zip(words, own, verdicts, strict=True) if mine and verdict.keep)
    if whole < _WHOLE or kept > _TOO_LITTLE * whole or kept < _MOSTLY * page:
        return verdicts
    return tuple(
        Verdict(True, reasons.name_content(block, feature))
        if mine and not verdict.keep and verdict.reason != "headline" else verdict
        for block, feature, mine, verdict in zip(markup.blocks, found.features, own, verdicts, strict=True))


def choose(ratings: Sequence[float], features: Sequence[Features]) -> list[bool]:
    """Which blocks are kept, given how likely each is story.

    Those that promise the best F1 over words: where the story is plain that means what is likelier than not, on a
    page where nothing is sure also what is less likely.
    """
    weights = [feature.words + _LINE_WORDS for feature in features]
    expected = sum(map(mul, ratings, weights))
    right = size = best = 0.0
    least = _LIKELY
    for unlikely, index in sorted([(-rating, index) for index, rating in enumerate(ratings) if rating > 0]):
        right -= unlikely * weights[index]
        size += weights[index]
        promised = 2 * right / (size + expected)
        if promised > best:
            best = promised
            least = min(_LIKELY, -unlikely)
    return [rating >= least for rating in ratings]
