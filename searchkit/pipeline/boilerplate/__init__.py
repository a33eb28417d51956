"""Blocks become main content and chrome, each with a reason.

One mechanism for HTML and text dumps: each block has features of its text (``features``) and, in HTML, a
place among the elements around it (``surroundings``). Rules make a first guess of these (``scoring``,
``firstguess``); a learned model corrects it (``columns``, ``model``). What stands in the story
(``reasons``) or closes it (``ending``) and is no part of it is taken out again.
"""

from __future__ import annotations

from collections.abc import Sequence

from searchkit.pipeline.block import Markup, Verdict
from searchkit.pipeline.boilerplate import ending, reasons
from searchkit.pipeline.boilerplate.features import Features, describe
from searchkit.pipeline.boilerplate.firstguess import Guess, guess
from searchkit.pipeline.boilerplate.model import Model, rate, read_model

_LIKELY = 0.5  # from this probability on a block is story on any page
_PERHAPS = 0.2  # from this one on a block is story that stands between two of it, if the rules agree
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
    ratings = rate(markup, found, model or read_model())
    kept = choose(ratings, features)
    _bridge(found, ratings, kept)
    if not any(kept):
        kept[found.best] = True
    evidence = reasons.Evidence(features, found.places, found.sections, found.scores, ratings)
    verdicts = reasons.explain(markup, evidence, kept)
    if any(verdict.keep for verdict in verdicts):
        return ending.trim(blocks, features, verdicts)
    return (*verdicts[:found.best], Verdict(True, "story"), *verdicts[found.best + 1 :])


def _bridge(found: Guess, ratings: Sequence[float], kept: list[bool]) -> None:
    """Keep single blocks in the midst of the story, such as subheadings, that the model is in doubt of."""
    for index in range(1, len(kept) - 1):
        if (not kept[index] and found.kept[index] and ratings[index] >= _PERHAPS
                and min(ratings[index - 1], ratings[index + 1]) >= _LIKELY):
            kept[index] = True


def choose(ratings: Sequence[float], features: Sequence[Features]) -> list[bool]:
    """Which blocks are kept, given how likely each is story.

    Those that promise the best F1 over words: where the story is plain that means what is likelier than not, on a
    page where nothing is sure also what is less likely.
    """
    weights = [feature.words + _LINE_WORDS for feature in features]
    expected = sum(rating * weight for rating, weight in zip(ratings, weights, strict=True))
    right = size = best = 0.0
    least = _LIKELY
    for index in sorted(range(len(ratings)), key=lambda index: (-ratings[index], index)):
        if ratings[index] <= 0:
            break
        right += ratings[index] * weights[index]
        size += weights[index]
        if 2 * right / (size + expected) > best:
            best = 2 * right / (size + expected)
            least = min(_LIKELY, ratings[index])
    return [rating >= least for rating in ratings]
