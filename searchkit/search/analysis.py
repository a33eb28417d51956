"""The analyzer: one function from text to tokens, for index, query and snippet alike.

A token has two forms. Its ``term`` is what words are matched by: folded (``folding``), then stemmed in the language of
its document (``stemming``). Its ``written`` form is the folded word before stemming; prefixes are matched against it.
Scripts without spaces between words yield overlapping pairs of characters (``pairs``). Where a text is cut does not
depend on its language, but for elided words (l'économie), so that a query has as many tokens in each.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import count
from typing import NamedTuple

from searchkit.fields import DATE_FIELDS, KEYWORD_FIELDS, TEXT_FIELDS, Field
from searchkit.frozen import frozen
from searchkit.model import Document, Value
from searchkit.packing import pack, unpack
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
class Tokens(Value):
    """The tokens of a text, each as the number of a word: texts repeat themselves, and numbers cost little to send.

    ``numbers`` has one for each place; ``terms`` and ``written`` are the two forms of the words, by number. Words whose
    forms are equal may have several numbers. ``PASSAGE_GAP``, which takes a place but is no token, has one at most.
    """

    numbers: array[int]
    terms: tuple[str, ...]
    written: tuple[str, ...]

    def list_terms(self) -> tuple[str, ...]:
        """The term at each place."""
        return tuple(map(self.terms.__getitem__, self.numbers))

    def list_written(self) -> tuple[str, ...]:
        """The written form at each place."""
        return tuple(map(self.written.__getitem__, self.numbers))

    def count(self) -> int:
        """How many tokens there are."""
        gaps = self.numbers.count(self.terms.index(PASSAGE_GAP)) if PASSAGE_GAP in self.terms else 0
        return len(self.numbers) - gaps


@frozen
class Analysed(Value):
    """A document, ready for any engine: packed, with the tokens of each text field and the values of the others."""

    id: str
    packed: bytes
    tokens: dict[str, Tokens]
    keywords: dict[str, tuple[str, ...]]
    dates: dict[str, tuple[str, ...]]

    @property
    def document(self) -> Document:
        """The document, unpacked anew each time."""
        return unpack(self.packed)


def analyse(text: str, language: str | None = None) -> Iterator[Token]:
    """Tokens of a text in a language (a code as documents have it; None: English) in order of appearance."""
    find_forms = choose_forms(language)
    for start, end in _find_places(text, language):
        term, written = find_forms(text[start:end])
        if term:
            yield Token(term, written, start, end)


def analyse_document(document: Document) -> Analysed:
    """A document with the tokens of all its text fields, in its language, and the values of its other fields."""
    tokens = {field.name: analyse_field(document, field) for field in TEXT_FIELDS}
    keywords = {field.name: field.read(document) for field in KEYWORD_FIELDS}
    dates = {field.name: field.read(document) for field in DATE_FIELDS}
    return Analysed(document.id, pack(document), tokens, keywords, dates)


def analyse_field(document: Document, field: Field) -> Tokens:
    """The tokens of one of its text fields."""
    return _analyse_passages(field.read(document), document.language)


def _analyse_passages(passages: Sequence[str], language: str | None) -> Tokens:
    """The tokens of passages, with gaps between the passages."""
    whole = SEPARATOR.join(passages)
    if not _is_cut_by_place(whole, language):
        tokens = _number(find_words(whole), language)
        is_plain = tokens.terms.count(PASSAGE_GAP) == (len(passages) > 1) and tokens.terms[:1] != (PASSAGE_GAP,)
        if is_plain and len(tokens.numbers) - tokens.count() == len(passages) - 1:
            return tokens  # as nearly always: all separators are ours, and no word comes to nothing
    find_forms = choose_forms(language)
    words: list[str] = []
    for passage in passages:
        if words:
            words.append(SEPARATOR)
        words += [word for word in find_words(passage, language) if find_forms(word)[0]]
    return _number(words, language)


def _number(words: Sequence[str], language: str | None) -> Tokens:
    """Words of a text as tokens."""
    numbers: defaultdict[str, int] = defaultdict(count().__next__)  # in the order in which they were met
    places = array("I", map(numbers.__getitem__, words))
    terms, written = zip(*map(choose_forms(language), numbers), strict=True) if numbers else ((), ())
    return Tokens(places, terms, written)


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
