"""How much each block looks like a paragraph of a story: weights set by hand on pages with known answers.

The unit is ten words of plain prose; all weights were tuned together on 539 news pages, as HTML and as text
dumps, and none of them matters much alone (a change by a third moves the quality by a few thousandths).
"""

from __future__ import annotations

from searchkit.pipeline.boilerplate.features import Features
from searchkit.pipeline.boilerplate.surroundings import Place

_SHORT = -1.2  # a line that is no sentence
_MOST = 60  # words; longer paragraphs count no more
_FULL_FILLERS = 0.3  # share of function words from which a text is surely prose
_SENTENCE = 8  # words of the shortest sentence that speaks for a story
_LONG = 15  # words of a text that may be prose though it ends in mid-sentence

_ITEM = -0.8  # a short item of a list
_OPEN_ITEM = -0.3  # at most, for an item that is no sentence: lists of headlines
_FURNITURE = -1.5  # for each word of furniture in a line
_SHARE_FACTOR = 4.0  # one such word in a sentence says less than one in a line of four
_REPEATED = -1.0
_CUT_SHORT = -1.0
_SECTION = -2.0
_ABOUT_SITE = -2.0
_COPYRIGHT = -4.0
_HEADING = -0.5  # at least, for a heading

_CLUE = -2.5  # an element around is named like furniture
_HIDDEN = -2.0
_NAMED_STORY = 0.5
_OUTSIDE = -1.0  # not in the element with most of the prose
_NEAR = -0.3  # but in the one around it


def score(feature: Features, place: Place) -> float:
    """Above 0 for what looks like a story, below for what looks like furniture."""
    return _score_place(_score_text(feature), place)


def _score_text(feature: Features) -> float:
    words = feature.words
    value = _score_prose(feature)
    if feature.cut_short and words < 40:
        value = min(value, 0.0) + _CUT_SHORT
    if feature.listed and words < 12:
        value += _ITEM
    if feature.furniture and words < 25:
        share = feature.furniture_words / words if words else 1.0
        value += _FURNITURE * feature.furniture_words * min(1.0, share * _SHARE_FACTOR)
    if feature.repeated:
        value = min(value, 0.0) + _REPEATED
    if feature.about_site:
        value = min(value, 0.0) + _ABOUT_SITE
    if feature.listed and not feature.ends:
        value = min(value, _OPEN_ITEM)
    if feature.copyright:
        value = min(value, 0.0) + _COPYRIGHT
    if feature.section:
        value += _SECTION
    if feature.links > 0.5 and value > 0:
        value *= 1 - feature.links
    return max(value, _HEADING) if feature.heading else value


def _score_prose(feature: Features) -> float:
    words = min(feature.words, _MOST)
    if words >= _SENTENCE and feature.ends:
        return words / 10 * (0.4 + min(1.0, feature.fillers / _FULL_FILLERS))
    if words >= _LONG:
        return words / 20
    return 0.1 if feature.goes_on else _SHORT


def _score_place(value: float, place: Place) -> float:
    if place.clue:
        value = min(value * 0.3, 0.0) + _CLUE
    if place.hidden:
        value = min(value * 0.3, 0.0) + _HIDDEN
    if place.story:
        value += _NAMED_STORY
    if not place.inside:
        value += _NEAR if place.near else _OUTSIDE
    return value
