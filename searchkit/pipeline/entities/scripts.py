"""Known names in text that is not in Latin letters: countries, large cities, and what the tables spell so.

Nothing else is looked for there. Where words are not parted by spaces (Chinese, Japanese) a name is found wherever
it stands; elsewhere only as a whole word, with the endings and prefixes that the language puts on names of places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from searchkit.pipeline.entities.gazetteer import Known, fold, load_gazetteer
from searchkit.pipeline.entities.naming import Mention
from searchkit.pipeline.wordlists import read_lines

_FILE = "gazetteer_scripts.tsv.gz"
_OTHER = re.compile(r"[\u0370-\u1fff\u3040-\ud7a3]")
_WORD = re.compile(r"[^\W\d_a-zA-Z]+(?:-[^\W\d_a-zA-Z]+)*")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_LONGEST = 3  # words of a name
_SHORTEST = 2  # characters of a name
# Arabic and Hebrew write "and", "in", "to", "from", "as" as the first letter of the word that follows.
_PREFIXES = ("و", "ب", "ل", "ف", "ك", "وب", "ول", "ו", "ב", "ל", "מ", "ה", "ש")
_PREFIX_LETTERS = frozenset(prefix[0] for prefix in _PREFIXES)
_PARTICLES = frozenset(("은", "는", "이", "가", "을", "를", "의", "에", "에서", "에게", "와", "과", "도", "로",
                        "으로", "만", "부터", "까지", "측", "산", "인"))
# Russian and Ukrainian: the ending of a place's name → those of its other cases.
_CASES = (("ия", ("ии", "ию", "ией")), ("ія", ("ії", "ію", "ією")), ("а", ("ы", "и", "е", "і", "у", "ой", "ою")),
          ("я", ("и", "е", "ю", "ей")), ("й", ("я", "ю", "ем", "е")), ("ь", ("я", "ю", "ем", "е", "и")))
_HARD = ("а", "у", "ом", "е", "і")  # cases of a name that ends in a consonant


def find_names(body: str) -> Iterator[Mention]:
    """The known names in other scripts, in order for each way of writing."""
    if body.isascii() or not _OTHER.search(body):
        return
    yield from _find_words(body)
    if _IDEOGRAPH.search(body):
        for match in _compile_ideographic().finditer(body):
            known = load_names()[match[0]]
            yield Mention(match.start(), match.end(), match[0], known.type, known)


def _find_words(body: str) -> Iterator[Mention]:
    """Names that are whole words, the longest first."""
    spans = [match.span() for match in _WORD.finditer(body) if not _IDEOGRAPH.match(match[0])]
    done, beginnings = 0, _load_beginnings()
    for i, (start, first) in enumerate(spans):
        if i < done:
            continue
        longest = _LONGEST if body[start:first] in beginnings else 1
        for size in range(min(longest, len(spans) - i), 0, -1):
            end = spans[i + size - 1][1]
            text = body[start:end]
            known = _look_up(text)
            if known:
                yield Mention(start, end, text, known.type, known)
                done = i + size
                break


def _look_up(text: str) -> Known | None:
    """What a word or words are known as, with endings and prefixes taken off."""
    names = load_names()
    if text in names or len(text) <= _SHORTEST:
        return names.get(text)
    if _HANGUL.match(text):
        return next((names[text[:size]] for size in range(len(text) - 1, _SHORTEST - 1, -1)
                     if text[:size] in names and text[size:] in _PARTICLES), None)
    if text[0] not in _PREFIX_LETTERS:
        return None
    return next((names[text[len(prefix):]] for prefix in _PREFIXES
                 if text.startswith(prefix) and text[len(prefix):] in names), None)


@cache
def load_names() -> dict[str, Known]:
    """Names in other scripts, with their cases; the tables go before the list that a tool made."""
    gazetteer = load_gazetteer()
    names = dict(gazetteer.characters)
    for line in read_lines(_FILE):
        name, _, aliases = line.partition("\t")
        known = gazetteer.find(name, fold(name)) or Known(name, "place")
        for alias in aliases.split("|"):
            if len(alias) >= _SHORTEST and known.type == "place":
                for form in (alias, *_decline(alias)):
                    names.setdefault(form, known)
    return names


@cache
def _load_beginnings() -> frozenset[str]:
    """The first words of names of several words, also with prefixes."""
    firsts = {match[0] for name in load_names() if not name.isalpha() and (match := _WORD.match(name))}
    return frozenset(prefix + first for first in firsts for prefix in ("", *_PREFIXES))


def _decline(name: str) -> Iterator[str]:
    """The cases of a name in Cyrillic letters."""
    if not "\u0400" <= name[-1] <= "\u04ff" or " " in name or len(name) <= _SHORTEST + 1 or name.isupper():
        return
    for ending, others in _CASES:
        if name.endswith(ending):
            yield from (name[:-len(ending)] + other for other in others)
            return
    if name[-1] not in "оеиіуэюыё":
        yield from (name + other for other in _HARD)


@cache
def _compile_ideographic() -> re.Pattern[str]:
    """The longest known name first; not where a word for a language or a people goes on ("日本語", "法国人")."""
    names = sorted(filter(_IDEOGRAPH.match, load_names()), key=lambda name: (-len(name), name))
    return re.compile(f"(?:{'|'.join(map(re.escape, names))})(?![語语人])")
