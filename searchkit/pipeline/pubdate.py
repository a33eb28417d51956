"""The day on which a page was first published: what all the clues on it come to.

Places that do not copy from each other (what is stated for machines, the address, what readers see) confirm
one another; days of changes, comments and other stories are kept as clues, too weak to be taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from searchkit.model import Clue, PublicationDate
from searchkit.pipeline import dateclues, datetext
from searchkit.pipeline.block import Markup, Verdict
from searchkit.pipeline.dateclues import Seen
from searchkit.pipeline.landmarks import Landmarks

_UTC = re.compile(r"\d[T ]\d\d:\d\d[\d:.]*(?:Z|[+-]00:?00| GMT| UTC)$")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:.](\d\d)(?!\d|[.]\d)")
_STAMP = re.compile(r"\d[T ](\d\d):(\d\d)")
_MOST_CLUES = 20
# From how likely a clue is, it can speak for or against another.
_STRONG = 0.69
# From how likely a clue is, it counts as a place that names a day.
_TELLING = 0.3
# Of 21 such days of the development set 16 are right.
_LONE_DAY = 0.6
# How often a day that only machines are told was right in the development set: where readers are shown none
# (52 of 55); where they are shown another one (6 of 20: most of the answers there are the day that is shown,
# which mostly is that of a change); and where machines are told several days and at most one other kind of
# place bears out the first (15 of 19).
_UNSEEN, _CONTRADICTED, _DIVIDED = 0.89, 0.5, 0.8
_OF_OTHERS = frozenset(("story", "notice", "comment", "modified", "caption"))


@dataclass(frozen=True, slots=True)
class Dates:
    """The publication date, if any; the clues, best first; the latest day it can be where there is no date."""

    date: PublicationDate | None
    clues: tuple[Clue, ...]
    not_after: str | None


def find_dates(markup: Markup, verdicts: Sequence[Verdict], marks: Landmarks, url: str | None,
               captured: str | None) -> Dates:
    """When a page was published; ``captured`` is the ISO day on which it was saved, if known."""
    seen = dateclues.find_clues(markup, verdicts, marks, url)
    if captured:
        seen = [each for each in seen if each.clue.value[:10] <= captured[:10]]
    seen = _doubt_changes(_correct_zones(_drop_archives(seen)))
    if markup.kind == "html":
        seen = _trust_lone_day(_trust_label(seen))
    ranked = _weigh(seen)
    clues = tuple(clue for clue, _ in ranked)[:_MOST_CLUES]
    date = None
    if ranked and ranked[0][1] >= 0.5:
        best, confidence = ranked[0]
        confidence = min(confidence, _bound_confidence(best.value, seen))
        date = PublicationDate(best.value, _precision(best.value), best.source, round(confidence, 3))
    return Dates(date, clues, None if date else _find_bound(markup, verdicts, marks.end, captured))


def _drop_archives(seen: list[Seen]) -> list[Seen]:
    """Clues without the months of a list of archives: of several bare months none is the story's."""
    bylines = [each for each in seen if len(each.clue.value) == 7 and each.clue.source == "byline"]
    if len({each.clue.value for each in bylines}) < 2:
        return seen
    return [_change(each, 0.3) if each in bylines else each for each in seen]


def _correct_zones(seen: list[Seen]) -> list[Seen]:
    """Clues of machines doubted where readers see the day before or after, for the same moment: theirs counts.

    A moment is the same if the machine's is in universal time, or both show the same minute of the hour.
    """
    shown = [each.clue for each in seen if each.family in ("address", "line") and each.clue.confidence >= _STRONG]
    days = {clue.value for clue in shown}
    corrected = []
    for each in seen:
        clue = each.clue
        if each.family in ("machine", "time") and clue.value not in days:
            near = [other for other in shown if _adjoin(clue.value, other.value)]
            if any(_UTC.search(clue.text) or _same_minute(clue.text, other.text) for other in near):
                each = _change(each, 0.6)
        corrected.append(each)
    return corrected


def _same_minute(stamp: str, line: str) -> bool:
    """Whether a machine's time and one that readers see can be one moment in different zones."""
    moment, clock = _STAMP.search(stamp), _CLOCK.search(line)
    return bool(moment and clock and moment[2] == clock[2] and moment[1] + moment[2] != "0000")


def _adjoin(one: str, other: str) -> bool:
    """Whether two days follow each other."""
    return len(one) == len(other) == 10 and abs(datetext.to_ordinal(one) - datetext.to_ordinal(other)) == 1


def _doubt_changes(seen: list[Seen]) -> list[Seen]:
    """Clues that readers see doubted where they show the day that machines are told is that of the last change."""
    stated = {each.clue.value for each in seen if each.family == "machine" and each.clue.confidence >= _STRONG}
    changed = {each.clue.value for each in seen if each.family == "machine" and each.clue.source == "modified"}
    if not stated:
        return seen
    return [_change(each, 0.6) if each.family in ("line", "time") and each.clue.value in changed - stated
            and each.clue.confidence >= _STRONG else each for each in seen]


def _change(each: Seen, share: float) -> Seen:
    return replace(each, clue=replace(each.clue, confidence=round(each.clue.confidence * share, 3)))


def _trust_label(seen: list[Seen]) -> list[Seen]:
    """The same clues; a day labelled as that of publication away from the headline, and no other, is made likely."""
    if any(each.clue.confidence >= 0.5 for each in seen):
        return seen
    return _trust_only(seen, lambda each: each.clue.confidence == dateclues.LABELLED)


def _trust_lone_day(seen: list[Seen]) -> list[Seen]:
    """The same clues; a day that is the only one seen on the page outside story and comments is made likely."""
    if any(each.clue.confidence >= 0.5 for each in seen):
        return seen
    return _trust_only(seen, lambda each: each.clue.source not in _OF_OTHERS)


def _trust_only(seen: list[Seen], fits: Callable[[Seen], bool]) -> list[Seen]:
    """The same clues, and if those that fit agree on one day, a likely one for it."""
    fitting = [each for each in seen if fits(each)]
    if len({each.clue.value for each in fitting}) != 1:
        return seen
    lone = fitting[0]
    return [*seen, replace(lone, clue=replace(lone.clue, source="only", confidence=_LONE_DAY))]


def _weigh(seen: Sequence[Seen]) -> list[tuple[Clue, float]]:
    """Clues with how likely their value is with all that speaks for it, most likely first."""
    doubts: dict[str, dict[str, float]] = {}
    for each in seen:
        families = doubts.setdefault(each.clue.value, {})
        families[each.family] = min(families.get(each.family, 1.0), 1 - each.clue.confidence)
    scores = {}
    for value, families in doubts.items():
        doubt = 1.0
        for share in families.values():
            doubt *= share
        scores[value] = min(0.99, 1 - doubt)
    unique = {(each.clue.value, each.clue.source): each.clue
              for each in sorted(seen, key=lambda each: each.clue.confidence)}
    return sorted(((clue, scores[clue.value]) for clue in unique.values()),
                  key=lambda pair: (-pair[1], -pair[0].confidence, pair[0].value))


def _bound_confidence(value: str, seen: Sequence[Seen]) -> float:
    """How sure a day can be at most, by which kinds of places name it and which name another."""
    telling = [each for each in seen if each.clue.confidence >= _TELLING]
    families = {each.family for each in telling if each.clue.value == value and each.clue.source != "modified"}
    others = [each for each in telling if each.clue.value != value]
    if families == {"machine"}:
        return _CONTRADICTED if any(each.family != "machine" for each in others) else _UNSEEN
    divided = any(each.family == "machine" and each.clue.confidence >= _STRONG for each in others)
    return _DIVIDED if divided and len(families) < 3 else 1.0


def _precision(value: str) -> str:
    return {4: "year", 7: "month"}.get(len(value), "day")


def _find_bound(markup: Markup, verdicts: Sequence[Verdict], end: int, captured: str | None) -> str | None:
    """The latest day a story without a date can be from: that of its first comment, or of its capture."""
    month_first = dateclues.guess_order(markup)
    days = []
    for place in range(end + 1, len(markup.blocks)):
        block = markup.blocks[place]
        if len(block.text) > dateclues.BYLINE_LENGTH or not dateclues.is_comment(block, verdicts[place]):
            continue
        days += [date.value for date in datetext.find_dates(block.text, month_first)
                 if date.precision == "day" and date.sure]
    return min(days, default=captured[:10] if captured else None)
