"""Spans become mentions: which of the words are a name, and of what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from searchkit.pipeline.entities.candidates import Run
from searchkit.pipeline.entities.gazetteer import Known, fold, load_lists, load_words
from searchkit.pipeline.entities.spans import Span, Unit, is_ending

# The languages in which capitals inside a sentence mean a name; in others unknown words need more evidence.
CAPITALS_MEAN_NAMES = ("en", None)
# Those in which all nouns have capitals, so that a word after an office is hardly a name for that.
NOUNS_HAVE_CAPITALS = ("de", "lb")
CITIES = frozenset(("city", "large_city"))
_PERSONAL = frozenset(("first", "last"))
PERSON_WORDS = 4  # a person's name has at most so many words, particles not counted
UNKNOWN_WORDS = 3  # longer rows of words that nothing is known about are titles, not names
GUESS = "person?"
ABBREVIATION = range(2, 7)  # letters of an abbreviation that is not in the tables


class Mention(NamedTuple):
    """A name where it stands in the text. ``type`` is None where nothing tells it.

    GUESS stands for "a person, if the name comes again". ``weak``: its capitals may have another reason; it
    counts only if the name is also mentioned elsewhere. ``votes``: how much the tagger favours a person, an
    organisation, a place over no name at all, in units of its own; empty where it was not asked.
    """

    start: int
    end: int
    text: str
    type: str | None
    known: Known | None = None
    weak: bool = False
    votes: tuple[int, ...] = ()


def name_span(span: Span, run: Run, body: str, language: str | None) -> Iterator[Mention]:
    """The names in a span: one, several known ones in a row, or none."""
    units = span.units
    while units and units[-1].kind == "link":
        units = units[:-1]
    if not units:
        return
    if len(units) < len(span.units):
        span = span._replace(units=units)
    for type_, part in _read(span, run, language):
        known = part[0].known if len(part) == 1 and type_ == part[0].known_type else None
        start, end = _locate(part, run, body)
        weak = _is_weak(part, known, type_, run, language)
        yield Mention(start, end, body[start:end], type_, known, weak)


def _locate(part: Sequence[Unit], run: Run, body: str) -> tuple[int, int]:
    """Where a name begins and ends; the possessive belongs to it if the name is known so ("Macy's")."""
    start, last = run.tokens[part[0].first].start, run.tokens[part[-1].last - 1]
    owned = body[start:last.end + 2]
    own = last.possessive and len(part) == 1 and part[0].known and fold(owned) == fold(part[0].known.name)
    return start, last.end + 2 if own else last.end


def _is_weak(part: Sequence[Unit], known: Known | None, type_: str | None, run: Run, language: str | None) -> bool:
    """Whether the capitals of a name may have another reason than that it is a name."""
    unit = part[0]
    if known is None and (run.quiet or (type_ is None and language not in CAPITALS_MEAN_NAMES)):
        return True
    single = len(part) == 1 and unit.last - unit.first == 1
    opening = run.opens and unit.first == 0
    return single and (opening or run.quiet) and (unit.common or known is None)


Named = tuple[str | None, Sequence[Unit]]


def _read(span: Span, run: Run, language: str | None) -> Iterator[Named]:
    """Names as (type, units)."""
    units = span.units
    first = units[0]
    if len(units) == 1 and first.known:
        person = span.titled and first.last - first.first == 1 and first.known.type in ("organisation", "place")
        yield "person" if person else first.known.type, units
    elif all(unit.known for unit in units) and not _is_person(units):
        yield from ((unit.known.type, (unit,)) for unit in units if unit.known)
    elif span.headed:
        yield from _read_headed(units)
    elif len(units) > 1 and is_ending(units[-1]):
        yield from _read_ending(units)
    elif any(unit.known for unit in units):
        yield from _read_mixed(units, span.cued)
    else:
        yield from _read_unknown(span, run, language)


def _read_headed(units: Sequence[Unit]) -> Iterator[Named]:
    """"Bank of …", "Gulf of …": one name."""
    words = load_words()
    head = next(i for i, unit in enumerate(units) if i + 1 < len(units) and units[i + 1].kind == "link")
    kind = "place" if units[head].key in words["place_heads"] else "organisation"
    yield kind, _strip_adjectives(units)


def _strip_adjectives(units: Sequence[Unit]) -> Sequence[Unit]:
    """Without words at the front that are only capitalised because a sentence begins there."""
    common_opening = len(units) > 2 and units[0].kind == "adjective" and units[0].common
    return units[1:] if common_opening and units[1].kind != "link" else units


def _read_ending(units: Sequence[Unit]) -> Iterator[Named]:
    """"… Bank", "… River", "… Award", "… Inc"."""
    words = load_words()
    ending = units[-1].key
    before = units[:-1]
    first = units[0].known
    own = ending in words["independent_endings"] or not first or first.type == "place"
    if ending in words["legal_forms"] and not (len(before) == 1 and before[0].common and not first):
        yield "organisation", _strip_adjectives(units)
    elif first and first.type in ("organisation", "person") and not own and all(
            unit.common for unit in before[1:]):
        yield first.type, units[:1]
    elif all(unit.common or unit.kind in ("adjective", "role") for unit in before) and (
            len(before) < 2 and not (before[0].kind == "adjective" and not before[0].common)):
        return
    elif _is_person(before) and ending in words["thing_endings"]:
        yield "other", units
    else:
        yield _type_by_ending(ending), _strip_adjectives(units)


def _type_by_ending(ending: str) -> str:
    words = load_words()
    if ending in words["organisation_endings"] or ending in words["legal_forms"]:
        return "organisation"
    return "place" if ending in words["place_endings"] else "other"


def _read_mixed(units: Sequence[Unit], cued: bool) -> Iterator[Named]:
    """Known names and other words in a row."""
    words = load_words()
    if _is_person(units):
        yield "person", units
        return
    first, last = units[0], units[-1]
    others = [unit for unit in units if not unit.known and unit.kind != "link"]
    place = last.known and last.known.type == "place"
    if place and len(units) == 2 and first.key in words["place_beginnings"]:
        yield "place", units
    elif place and cued and len(units) == 2 and not first.common:
        yield "person", units
    elif first.known and first.known.type == "place" and len(units) <= UNKNOWN_WORDS and not all(
            unit.common for unit in others):
        return
    else:
        yield from ((unit.known.type, (unit,)) for unit in units if unit.known)


def _is_person(units: Sequence[Unit]) -> bool:
    """Whether units read like "First Last": a first name and something that may be a last name."""
    if len(units) < 2:
        return False
    words = load_words()
    named = [unit for unit in units if unit.kind != "link"]
    if not 1 < len(named) <= PERSON_WORDS or named[0].key not in words["first_names"]:
        return False
    if any(unit.known and (unit.last - unit.first > 1 or unit.known.type == "other") for unit in named):
        return False
    if named[0].known and (named[0].known.type == "organisation" or named[1].known):
        return False
    return not (named[-1].common and named[-1].kind != "plain")


def _may_be_cued(named: Sequence[Unit], run: Run, language: str | None) -> bool:
    """Whether words after an office or a title may be a person's name."""
    if len(named) > PERSON_WORDS or named[0].common:
        return False
    if language in NOUNS_HAVE_CAPITALS:
        lists = load_lists()
        if not any(not _PERSONAL.isdisjoint(lists.get(unit.key, ())) for unit in named):
            return False
    return named[0].key.isalpha() or "-" in run.tokens[named[0].first].text


def _read_unknown(span: Span, run: Run, language: str | None) -> Iterator[Named]:
    """Words that are in no table."""
    words = load_words()
    units = span.units
    if run.opens and units[0].first == 0 and len(units) > 2 and _is_person(units[1:]):
        units = units[1:]
    named = [unit for unit in units if unit.kind != "link"]
    if _is_person(units) or (span.cued and _may_be_cued(named, run, language)):
        yield "person", units
        return
    if len(named) > UNKNOWN_WORDS or all(unit.common for unit in named):
        return
    if language not in CAPITALS_MEAN_NAMES:
        if len(named) == 1:
            near = units[0].first == 0 and run.before in words["place_prepositions"]
            city = near and not CITIES.isdisjoint(load_lists().get(named[0].key, ()))
            yield ("place" if city else None), units
        return
    text = run.tokens[units[0].first].text
    starts = units[0].first == 0
    ends = units[-1].last == len(run.tokens)
    spoken = (starts and run.before in words["speech_verbs"]) or (ends and run.after in words["speech_verbs"])
    if len(named) == 1 and text.isupper():
        if text.isalpha() and len(text) in ABBREVIATION:
            yield "organisation", units
    elif starts and run.before in words["place_prepositions"]:
        yield "place", units
    elif len(named) > 1 and not any(unit.common or any(map(str.isdigit, unit.key)) for unit in named):
        yield ("person" if spoken else GUESS), units
    elif not named[0].common:
        yield ("person" if spoken else None), units
