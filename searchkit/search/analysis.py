"""The analyzer: one function from text to tokens, for index, query and snippet alike.

A token has two forms. Its ``term`` is what words are matched by: folded (``folding``), then stemmed in the language of
its document (``stemming``). Its ``written`` form is the folded word before stemming; prefixes are matched against it.
Scripts without spaces between words yield overlapping pairs of characters (``pairs``). Where a text is cut does not
depend on its language, but for elided words (l'économie), so that a query has as many tokens in each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from searchkit.fields import KEYWORD_FIELDS, TEXT_FIELDS
from searchkit.frozen import frozen
from searchkit.model import Document, Value
from searchkit.search.marks import MARKS
from searchkit.search.pairs import CHARACTER, PAIRED, cut_pairs, has_paired, is_paired
from searchkit.search.stemming import SEPARATOR, choose_forms, find_start, read_elided

VERSION = 2  # of the tokens in an index: an index made with another one must be rebuilt
PASSAGE_GAP = ""  # stands between two passages of a field, so that no phrase runs across


def _write_word(but: str = "", *, plain: bool = False) -> str:
    """A regular expression for a word without some of the letters; for ASCII alone, where nothing has marks, it is
    compiled in a tenth of the time.
    """
    # Accents and vowel signs that are characters of their own belong to the letter before them.
    joined = "['`&]" if plain else rf"[{MARKS}]+[^\W_{but}]*|['’‘ʼʻ＇`´&＆]"
    common = "" if plain else "[a-zA-Z]++(?=[ ,])|"  # most words; in ASCII alone it would save no time
    return (
        rf"{common}"
        rf"[^\W\d_{but}](?:\.[^\W\d_{but}]){{1,9}}\b\.?"  # initials: U.S., e.g. (bounded: matching stays linear)
        r"|\d+(?:[.,]\d+)+"  # 1,299 and 3.5
        rf"|[^\W_{but}]+"  # any other word: O'Neill, AT&T, C++, C#
        rf"(?:{joined}[^\W_{but}]+|\+\+|#(?!\w))*"
        rf"|{SEPARATOR}"
    )


@cache
def _compile_word(plain: bool) -> re.Pattern[str]:
    """A word where no script has pairs: in ASCII alone, or in any script."""
    return re.compile(_write_word(plain=plain))


@cache
def _compile_runs() -> re.Pattern[str]:
    """A run of a script that is cut into pairs, or a word of another one."""
    return re.compile(f"(?:{CHARACTER})+|{_write_word(PAIRED)}")


class Token(NamedTuple):
    """A word of a text: its two forms, and where it stands ([start, end), in characters)."""

    term: str
    written: str
    start: int
    end: int


@frozen
class Analysed(Value):
    """A document with its tokens, ready for any engine.

    ``terms`` and ``written`` hold, for each text field, the two forms of the n-th token at place n;
    ``PASSAGE_GAP`` takes a place but is no token. ``keywords`` holds, for each keyword field, its values.
    """

    document: Document
    terms: dict[str, tuple[str, ...]]
    written: dict[str, tuple[str, ...]]
    keywords: dict[str, tuple[str, ...]]


def analyse(text: str, language: str | None = None) -> Iterator[Token]:
    """Tokens of a text in a language (a code as documents have it; None: English) in order of appearance."""
    find_forms = choose_forms(language)
    for start, end in _find_places(text, language):
        term, written = find_forms(text[start:end])
        if term:
            yield Token(term, written, start, end)


def analyse_document(document: Document) -> Analysed:
    """A document with the tokens of all its text fields, in its language, and the values of its keyword fields."""
    terms, written = {}, {}
    for field in TEXT_FIELDS:
        terms[field.name], written[field.name] = _analyse_passages(field.read(document), document.language)
    keywords = {field.name: field.read(document) for field in KEYWORD_FIELDS}
    return Analysed(document, terms, written, keywords)


def _analyse_passages(passages: Sequence[str], language: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The two forms of all tokens of passages, with gaps between the passages."""
    find_forms = choose_forms(language)
    whole = SEPARATOR.join(passages)
    if not _is_cut_by_place(whole, language):
        found = tuple(zip(*map(find_forms, find_words(whole)), strict=True))
        if found and found[0].count(PASSAGE_GAP) == len(passages) - 1 and found[0][0] != PASSAGE_GAP:
            return found[0], found[1]  # as nearly always: all separators are ours, and no word comes to nothing
    forms: list[tuple[str, str]] = []
    for passage in passages:
        if forms:
            forms.append((PASSAGE_GAP, PASSAGE_GAP))
        forms.extend(filter(itemgetter(0), map(find_forms, find_words(passage, language))))
    terms, written = zip(*forms, strict=True) if forms else ((), ())
    return terms, written


def analyse_word(word: str, language: str | None = None) -> tuple[str, str]:
    """The term and the written form of one word of ``find_words``."""
    return choose_forms(language)(word)


def find_words(text: str, language: str | None = None) -> list[str]:
    """The words of a text as they stand there, each to be given to ``analyse_word``."""
    if _is_cut_by_place(text, language):
        return [text[start:end] for start, end in _find_places(text, language)]
    return _compile_word(text.isascii()).findall(text)


def _is_cut_by_place(text: str, language: str | None) -> bool:
    """Whether it depends on what stands around a word where it begins: behind an elided one, or in pairs."""
    return bool(read_elided(language)) or has_paired(text)


def _find_places(text: str, language: str | None) -> Iterator[tuple[int, int]]:
    """Where the words of a text stand: [start, end) in characters."""
    elides = bool(read_elided(language))
    pairs = has_paired(text)
    follows = False  # whether the word before is of a script with spaces
    for found in (_compile_runs() if pairs else _compile_word(text.isascii())).finditer(text):
        start, end = found.span()
        if pairs and is_paired(text, start):
            yield from cut_pairs(text, start, end, follows=follows)
            follows = False
        else:
            yield start + find_start(found.group(), language) if elides else start, end
            follows = True
