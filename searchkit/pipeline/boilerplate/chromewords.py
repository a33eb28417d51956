"""The words that tell furniture from story: lists kept as data, and how a line is compared with them."""

from __future__ import annotations

import re
from functools import cache

from searchkit.pipeline.wordlists import read_lines, read_table

_WORD = re.compile(r"\w+")
_LONGEST = 4  # words of the longest phrase that is looked for inside a line
_AFTER_HEADING = 4  # words that may follow a section's phrase: "More from the Gazette"


def split_words(text: str) -> list[str]:
    """The words of a text, case-folded."""
    return find_words(text.casefold())


def find_words(folded: str) -> list[str]:
    """The words of a text that is case-folded already."""
    return _WORD.findall(folded)


@cache
def function_words() -> frozenset[str]:
    """The words that fill sentences, of all languages together."""
    return frozenset(word for line in read_lines("function_words.txt") for word in line.split()[1:])


@cache
def _phrases(table: str) -> dict[str, str]:
    """What each phrase of a table is a sign of."""
    lists = read_table("chrome_words.toml")[table]
    return {" ".join(split_words(phrase)): reason for reason, phrases in lists.items() for phrase in phrases}


@cache
def _firsts(*tables: str) -> frozenset[str]:
    """The words that any phrase of the tables begins with."""
    return frozenset(phrase.partition(" ")[0] for table in tables for phrase in _phrases(table))


def are_plain(words: list[str]) -> bool:
    """Whether no phrase of a line, of a section's heading or of a lead can be among the words: most have none."""
    return _firsts("word", "section", "lead").isdisjoint(words)


def find_section(words: list[str]) -> str | None:
    """What kind of section a line heads, if it says what heads one and little more.

    After a number ("3 Responses to …") anything may follow.
    """
    counted = bool(words) and words[0].isdigit()
    rest = words[1:] if counted else words
    if not rest or rest[0] not in _firsts("section"):
        return None
    headings = _phrases("section")
    for size in range(min(len(rest), _LONGEST + 2), 0, -1):
        reason = headings.get(" ".join(rest[:size]))
        if reason is None:
            continue
        after = len(rest) - size
        if after == 0 or (size > 1 and (after <= _AFTER_HEADING or (counted and reason == "comments"))):
            return reason
    return None


def find_lead(text: str) -> str | None:
    """What a line is that opens with a phrase and a colon ("Also read: …", "Photo: …")."""
    start = text[:60]
    if ":" not in start and "：" not in start:
        return None
    head, colon, rest = start.replace("：", ":").partition(":")
    return _phrases("lead").get(" ".join(split_words(head))) if colon and rest.strip() else None


def opens_with(words: list[str], reason: str) -> bool:
    """Whether a line opens with one of the leads of a reason, with a colon or without."""
    if len(words) < 2 or words[0] not in _firsts("lead"):
        return False
    leads = _phrases("lead")
    return any(leads.get(" ".join(words[:size])) == reason for size in (3, 2, 1))


def find_phrases(words: list[str], kind: str = "word") -> tuple[str | None, int]:
    """The reason that most of a line's furniture words point to, and how many words those are."""
    firsts = _firsts(kind)
    if firsts.isdisjoint(words):
        return None, 0
    table = _phrases(kind)
    counts: dict[str, int] = {}
    stop = 0  # of the last phrase that was found
    for place in [place for place, word in enumerate(words) if word in firsts]:
        for size in range(min(_LONGEST, len(words) - place), 0, -1) if place >= stop else ():
            reason = table.get(words[place] if size == 1 else " ".join(words[place : place + size]))
            if reason:
                counts[reason] = counts.get(reason, 0) + size
                stop = place + size
                break
    if not counts:
        return None, 0
    return max(counts, key=lambda reason: counts[reason]), sum(counts.values())
