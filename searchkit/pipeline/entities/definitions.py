"""Names that a sentence defines: "Bakken is a village in …", "The Tides (formed in 1990) were a rock band"."""

from __future__ import annotations

from collections.abc import Iterator

from searchkit.pipeline.entities.features import Found
from searchkit.pipeline.entities.gazetteer import Known, load_words
from searchkit.pipeline.entities.tokens import PLAIN, Text

_IS = frozenset(("is", "was", "are", "were"))
_ARTICLES = frozenset(("a", "an", "the", "one"))
_STOPS = frozenset((".", ",", ";", ":", "(", "in", "on", "at", "who", "which", "that", "from", "by", "for", "located",
                    "based", "with", "and", "is", "was", "to"))
_DIRECT = frozenset(("village", "district", "river", "lake", "suburb", "island", "hamlet", "province"))  # "district X"
_LONGEST = 6  # words of a name
_ASIDE = 40  # words in brackets, or between commas, behind it
_REACH = 12  # words in which it is said what it is
_KINDS = ("person", "organisation", "place")


def find_definitions(text: Text) -> Iterator[Found]:
    """The names at the beginning of sentences that go on with what the name is of."""
    size, words, keys, lines = len(text.words), text.words, text.keys, text.lines
    small = load_words()["function_words"]
    for i in text.capitals:
        if text.styles[i] != PLAIN or i not in text.opening:
            continue
        first = i + (keys[i] == "the")
        if first == size or keys[first] in small:
            continue
        last = _find_end(text, first)
        if last == first:
            continue
        behind = _skip_aside(text, last)
        if behind + 2 < size and lines[behind + 2] == lines[i] and keys[behind] in _IS and (
                keys[behind + 1] in _ARTICLES and not words[behind][0].isupper()):
            kind = _read_kind(text, behind + 2)
            if kind:
                yield Found(first, last, Known("", kind))


def find_apposed(text: Text) -> Iterator[Found]:
    """The names that a word before them says what they are: "the village of Bakken", "the band, Tin Herons"."""
    words, keys = load_words(), text.keys
    organisations, places = words["defined_organisation"], words["defined_place"]
    done = 0
    for i in text.capitals:
        if i < max(done, 1) or text.styles[i] != PLAIN or text.lines[i - 1] != text.lines[i]:
            continue
        before = i - 1 - (keys[i - 1] in ("of", ",", "called", "named", "\"", "“", "the"))
        if before < 0 or text.words[before] != keys[before]:
            continue
        noun = keys[before]
        kind = "organisation" if noun in organisations else "place" if noun in places else ""
        if not kind or not _may_stand_between(keys[i - 1] if before < i - 1 else "", kind, noun):
            continue
        done = _find_end(text, i)
        if done > i and not any(key in words["roles"] or key in words["honorifics"] for key in keys[i:done]):
            yield Found(i, done, Known("", kind))


def _may_stand_between(link: str, kind: str, noun: str) -> bool:
    """Whether a noun and what links it to a name say what that is: "city of", "firm,", but not "firm of"."""
    if kind == "organisation":
        return link != "of"
    return link in ("of", "called", "named") or (not link and noun in _DIRECT)


def _find_end(text: Text, first: int) -> int:
    """Where the capitalised words end; where they begin, if these are no name, as far as that can be told."""
    last, common = first, load_words()
    while last < min(len(text.words), first + _LONGEST) and text.lines[last] == text.lines[first] and (
            text.words[last][0].isupper() or (last > first and text.words[last] == "-")):
        last += 1
    keys = text.keys[first:last]
    while len(keys) > 1 and (keys[-1] == "-" or keys[-1] in common["calendar"]):
        keys.pop()
        last -= 1
    if not keys or keys[0] in common["function_words"] or (
            len(keys) == 1 and (keys[0] in text.ordinary or keys[0] in common["common_words"])):
        return first
    return first if all(key in common["calendar"] or key in common["demonyms"] for key in keys) else last


def _skip_aside(text: Text, at: int) -> int:
    """The word behind a remark in brackets or between commas that begins here, or behind both."""
    for sign, end in ((",", ","), ("(", ")"), (",", ",")):
        if text.words[at:at + 1] == [sign]:
            at = next((place + 1 for place in range(at + 1, min(at + _ASIDE, len(text.words)))
                       if text.words[place] == end), at)
    return at


def _read_kind(text: Text, at: int) -> str:
    """What the words from here on say that something is; of several such words the last counts."""
    words, found = load_words(), ""
    for place in range(at, min(at + _REACH, len(text.words))):
        key = text.keys[place]
        if key in _STOPS or text.lines[place] != text.lines[at]:
            break
        if key == "of":
            if found:
                break
            continue
        found = next((kind for kind in _KINDS if key in words["defined_" + kind]), found)
    return found
