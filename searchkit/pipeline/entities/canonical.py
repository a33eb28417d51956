"""One canonical name for the spellings of a person, organisation or place."""

from __future__ import annotations

import re

from searchkit.pipeline.entities.gazetteer import Known, fold, load_gazetteer, load_words

_INITIAL = re.compile(r"(?<=\w )(?:[^\W\d_]\.? )+(?=\w)")
# A shorter name is an abbreviation and keeps its capitals.
_SHOUTED_LENGTH = 6
_SHORT_LENGTH = 3  # of a person or a place


def clean(text: str) -> str:
    """A name as it is shown: single spaces, straight apostrophes, no article, dots or quotes around."""
    if text.isalpha():
        return text
    text = " ".join(text.split()).replace("’", "'").strip(" ,;:'\"“”‘")
    if text[:4].casefold() == "the ":
        text = text[4:]
    return text


def strip_legal_forms(name: str) -> str:
    """A company's name without "Inc", "Co Ltd", "GmbH" …; unchanged if nothing else would remain."""
    forms = load_words()["legal_forms"]
    words = name.split(" ")
    while len(words) > 1 and fold(words[-1]) in forms:
        words.pop()
    return " ".join(words).rstrip(" ,&")


def strip_honorifics(name: str) -> str:
    """A person's name without "Dr", "President", "Sir" … before it and the middle initials in it."""
    words = load_words()
    parts = name.split(" ")
    while len(parts) > 1 and (fold(parts[0]) in words["honorifics"] or fold(parts[0]) in words["roles"]):
        parts.pop(0)
    return " ".join(parts)


def drop_initials(name: str) -> str:
    """A person's name without middle initials: "Ada B. Lovelace" is "Ada Lovelace"."""
    return _INITIAL.sub("", name) if name.count(" ") > 1 else name


def canonicalise(text: str, kind: str | None) -> tuple[str, Known | None]:
    """The canonical name of a form of the given type, and what it is known as after stripping."""
    name = clean(text)
    if kind == "person":
        name = strip_honorifics(name)
    elif kind == "organisation":
        name = strip_legal_forms(name)
    known = _look_up(name, kind)
    if known:
        return known.name, known
    if name.isupper() and "." not in name and (
            len(name) > _SHOUTED_LENGTH or (kind in ("person", "place") and len(name) > _SHORT_LENGTH)):
        name = name.title()
    return name, None


def _look_up(name: str, kind: str | None) -> Known | None:
    """What a name is known as, or would be with fewer words of the kind that firms put at the end of theirs."""
    find = load_gazetteer().find
    known = find(name, fold(name))
    if known:
        return known
    if kind == "person":
        shorter = drop_initials(name)
        return find(shorter, fold(shorter)) if shorter != name else None
    if kind == "organisation":
        words, tails = name.split(" "), load_words()["company_tails"]
        while len(words) > 1 and fold(words[-1]) in tails:
            words.pop()
            shorter = " ".join(words).rstrip(" ,&")
            known = find(shorter, fold(shorter))
            if known:
                return known if known.type == "organisation" else None
    return None
