"""Runs of capitalised words in a text: the only places where names are looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from searchkit.pipeline.entities.gazetteer import fold, load_gazetteer, load_words

# Capitals of the Latin, Greek and Cyrillic alphabets.
_CAPITALS = "".join(char for char in map(chr, [*range(0x530), *range(0x1E00, 0x1F00)]) if char.isupper())
_UPPER = f"[{_CAPITALS}]"
_ABBREVIATED = "Mrs?|Ms|Drs?|Prof|Sen|Rep|Gov|Gen|Lt|Col|Sgt|Capt|Rev|Hon|St|Jr|Sr|Adm|Maj|Cpl|Inc|Co|Corp|Ltd|Bros"
_WORD = (
    rf"(?:(?:{_UPPER}\.)+(?:{_UPPER}\b)?"  # U.S. · J.
    rf"|(?:{_ABBREVIATED})\."
    rf"|(?:al-)?[a-z]{{0,4}}{_UPPER}\w*(?:(?:[&'’‐‑-]|\.(?=(?:com|net|org|ru|de)\b))\w+)*)"  # O'Neill · AT&T · iPhone
)
_LINK = (
    "of|and|&|for|on|in|the|und|et|y|e"
    "|del?|della|der|den|des|du|da|dos?|di|la|le|les|el|al|bin|ibn|ben|van|von|zu|für"
)
_GAP = r"[^\S\n]+"
_RUN = re.compile(
    rf"(?<![\w&]){_WORD}(?:{_GAP}(?:(?:{_LINK}){_GAP}){{0,3}}(?:{_WORD}|\d{{1,4}}\w{{0,2}}(?![\w,.%])))*")
_TOKEN = re.compile(r"\S+")
_ELISION = re.compile(r"[dlDL]['’](?=\w)")
_HYPHEN = re.compile(r"[-‐‑]")
_POSSESSIVES = ("'s", "’s", "'S", "’S")
_WORD_BEFORE = re.compile(r"[^\S\n]*,?([\w'’.]+)")  # in a text read backwards
_WORD_AFTER = re.compile(r"[^\S\n]*([,(]?)[^\S\n]*([\w']+)")
# After one of these a capital may be that of a sentence or a line and says nothing of a name.
_OPENING = frozenset(".!?:;…•·–—|*>\n\"“”„«»‘'‚")
_SURROUNDINGS = 30  # characters looked at on each side: one long word
_SHOUTED_WORDS = 2  # from here on words in capitals in a row are not abbreviations but emphasis
# A paragraph in title case is short (a headline) and at least this part of its longer words begin with capitals.
_HEADLINE_WORDS = 20
_HEADLINE_CAPITALS = 0.7
_LONGER = 4  # letters; shorter words stay in lower case in headlines


class Token(NamedTuple):
    """A word of a run without possessive, its offsets and folded key; ``whole`` is its key with possessive.

    ``glued``: it is a part of a hyphenated compound; ``shouted``: it is one of several words in capitals.
    """

    text: str
    start: int
    end: int
    key: str
    whole: str
    possessive: bool = False
    glued: bool = False
    shouted: bool = False


class Run(NamedTuple):
    """Capitalised words in a row with what links them, and the words around (lower case, "" for none).

    ``opens``: the capital of the first word may be that of a sentence. ``quiet``: it stands in a headline or
    in a paragraph in capitals, where capitals say nothing at all.
    """

    tokens: tuple[Token, ...]
    before: str
    after: str
    comma: bool
    opens: bool
    quiet: bool


def find_runs(body: str) -> Iterator[tuple[re.Match[str], bool]]:
    """The runs of a text in order, each with whether it is quiet."""
    start = 0
    while start < len(body):
        stop = body.find("\n\n", start)
        stop = len(body) if stop < 0 else stop
        quiet = is_headline(body[start:stop])
        for match in _RUN.finditer(body, start, stop):
            yield match, quiet
        start = stop + 2


def is_headline(paragraph: str) -> bool:
    """Whether a paragraph is a line in title case or in capitals."""
    if paragraph.isupper():
        return True
    words = paragraph.split(None, _HEADLINE_WORDS)
    if len(words) > _HEADLINE_WORDS or len(words) < 2 or paragraph.rstrip().endswith((".", "!", "?", "”", '"')):
        return False
    longer = [word for word in words if len(word) >= _LONGER and word[0].isalpha()]
    return sum(word[0].isupper() for word in longer) >= _HEADLINE_CAPITALS * len(longer)


def describe(match: re.Match[str], quiet: bool, language: str | None) -> Run:
    """A run with its words and what stands around it."""
    body = match.string
    start, end = match.span()
    tokens = tuple(_split_run(match[0], start, language))
    before = body[max(0, start - _SURROUNDINGS):start]
    opens = _is_opening(before)
    earlier = None if opens else _WORD_BEFORE.match(before[::-1])
    later = _WORD_AFTER.match(body, end, min(len(body), end + _SURROUNDINGS))
    word_before, word_after = earlier[1][::-1].lower() if earlier else "", later[2].lower() if later else ""
    return Run(tokens, word_before, word_after, bool(later and later[1] == ","), opens, quiet)


def _split_run(text: str, start: int, language: str | None) -> list[Token]:
    """The words of a run."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        word, place = match[0], start + match.start()
        if word.isalpha():  # as most: without any sign
            tokens.append(_make_token(word, place, genitive=language == "de"))
        else:
            tokens += _split_word(word, place, language)
    return _mark_shouting(tokens)


def _is_opening(before: str) -> bool:
    """Whether a sentence or a line begins after this text."""
    stripped = before.rstrip(" \t\xa0([")
    return not stripped or stripped[-1] in _OPENING


def _split_word(text: str, start: int, language: str | None) -> Iterator[Token]:
    """A word as tokens: elided articles off ("l'Allemagne"), compounds apart ("US-China", "Bonn-based")."""
    elided = _ELISION.match(text)
    if elided and (text[0].islower() or language in ("fr", "it")):
        start += elided.end()
        text = text[elided.end():]
    parts = _HYPHEN.split(text)
    if len(parts) == 1 or not _is_compound(text, parts):
        yield _make_token(text, start, genitive=language == "de")
        return
    for part in parts:
        if part:
            yield _make_token(part, start, glued=True)
        start += len(part) + 1


def _is_compound(text: str, parts: list[str]) -> bool:
    """Whether hyphens join words of their own and not the parts of one name ("Ki-moon", "Coca-Cola")."""
    names, words = load_gazetteer(), load_words()
    if names.find(text, fold(text)) or names.find(text, fold(_strip_possessive(text))):
        return False
    if any(part.islower() and (len(part) > _LONGER or part in words["hyphen_tails"]) for part in parts[1:]):
        return True
    first, *rest = [(part, fold(_strip_possessive(part))) for part in parts]
    if first[0].isupper() and first[1] in names.abbreviations:
        return True
    independent = [bool(names.find(*part)) or part[1] in words["demonyms"] or part[1] in words["roles"]
                   for part in (first, *rest)]
    return all(independent)


def _make_token(text: str, start: int, glued: bool = False, genitive: bool = False) -> Token:
    whole = fold(text)
    if genitive and text.endswith("s") and not load_gazetteer().find(text, whole):
        known = load_gazetteer().find(text[:-1], whole[:-1])
        if known and known.type == "place":  # "Frankreichs"
            return Token(text[:-1], start, start + len(text) - 1, whole[:-1], whole, possessive=True)
    if not text.endswith(_POSSESSIVES):
        return Token(text, start, start + len(text), whole, whole, False, glued)
    owner = text[:-2]
    return Token(owner, start, start + len(owner), fold(owner), whole, True, glued)


def _strip_possessive(text: str) -> str:
    return text[:-2] if text.endswith(_POSSESSIVES) else text


def _mark_shouting(tokens: list[Token]) -> list[Token]:
    """The tokens, with those marked that stand in capitals in a row."""
    if len(tokens) < _SHOUTED_WORDS or sum(map(_is_shouted, tokens)) < _SHOUTED_WORDS:
        return tokens
    marked: list[Token] = []
    row: list[Token] = []
    for token in [*tokens, None]:
        if token and _is_shouted(token):
            row.append(token)
            continue
        shouted = sum(len(word.key) > 1 for word in row) >= _SHOUTED_WORDS
        marked += [word._replace(shouted=True) for word in row] if shouted else row
        row = []
        if token:
            marked.append(token)
    return marked


def _is_shouted(token: Token) -> bool:
    """Whether a word is in capitals, or a number, which may stand between such words."""
    text = token.text
    return not (text[-1].islower() or any(map(str.islower, text)) or "." in text)
