"""The analyzer: one function from text to tokens, for index, query and snippet alike.

A token has two forms. Its ``term`` is what words are matched by: case, accents, width and apostrophes
folded, then stemmed with the Snowball English stemmer (https://snowballstem.org). Its ``written`` form is
the folded word before stemming; prefixes are matched against it. Scripts without spaces between words
(Chinese, Japanese) yield one token a character, and a run of them is searched as a phrase.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import Stemmer

from searchkit.fields import KEYWORD_FIELDS, TEXT_FIELDS
from searchkit.frozen import dataclass
from searchkit.model import Document
from searchkit.search.marks import MARKS

VERSION = 1  # of the tokens in an index: an index made with another one must be rebuilt
LONGEST_WORD = 64  # characters; what follows in a longer run (base64, a DNA string) is not a word
PASSAGE_GAP = ""  # stands between two passages of a field, so that no phrase runs across

IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"  # each is a word by itself
# Accents and vowel signs that are characters of their own belong to the letter before them.
_WORD_OF_ANY_SCRIPT = (
    rf"[{IDEOGRAPHS}][\u3099\u309a\uff9e\uff9f]?"  # one character of Chinese or Japanese
    r"|[^\W\d_](?:\.[^\W\d_]){1,9}\b\.?"  # initials: U.S., e.g. (bounded, so that matching stays linear)
    r"|\d+(?:[.,]\d+)+"  # 1,299 and 3.5
    rf"|[^\W_{IDEOGRAPHS}]+"  # any other word: O'Neill, AT&T, C++, C#
    rf"(?:[{MARKS}]+[^\W_{IDEOGRAPHS}]*|['’‘ʼʻ＇`´&＆][^\W_{IDEOGRAPHS}]+|\+\+|#(?!\w))*"
)
# The same for ASCII alone, where there are no ideographs and no marks: compiling it takes a tenth of the time.
_PLAIN_WORD = (r"[^\W\d_](?:\.[^\W\d_]){1,9}\b\.?|\d+(?:[.,]\d+)+"
               r"|[^\W_]+(?:['`&][^\W_]+|\+\+|#(?!\w))*")
_FOLDS = str.maketrans("’‘ʼʻ＇`´＆", "'''''''&")


class Token(NamedTuple):
    """A word of a text: its two forms, and where it stands ([start, end), in characters)."""

    term: str
    written: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Analysed:
    """A document with its tokens, ready for any engine.

    ``terms`` and ``written`` hold, for each text field, the two forms of the n-th token at place n;
    ``PASSAGE_GAP`` takes a place but is no token. ``keywords`` holds, for each keyword field, its values.
    """

    document: Document
    terms: dict[str, tuple[str, ...]]
    written: dict[str, tuple[str, ...]]
    keywords: dict[str, tuple[str, ...]]


def analyse(text: str) -> Iterator[Token]:
    """Tokens of a text in order of appearance."""
    for match in _compile_word(text.isascii()).finditer(text):
        term, written = analyse_word(match.group())
        if term:
            yield Token(term, written, match.start(), match.end())


def analyse_document(document: Document) -> Analysed:
    """A document with the tokens of all its text fields and the values of its keyword fields."""
    terms, written = {}, {}
    for field in TEXT_FIELDS:
        forms: list[tuple[str, str]] = []
        for passage in field.read(document):
            if forms:
                forms.append((PASSAGE_GAP, PASSAGE_GAP))
            forms.extend(form for word in find_words(passage) if (form := analyse_word(word))[0])
        terms[field.name], written[field.name] = zip(*forms, strict=True) if forms else ((), ())
    keywords = {field.name: field.read(document) for field in KEYWORD_FIELDS}
    return Analysed(document, terms, written, keywords)


def find_words(text: str) -> list[str]:
    """The words of a text as they stand there, each to be given to ``analyse_word``."""
    return _compile_word(text.isascii()).findall(text)


@cache
def _compile_word(plain: bool) -> re.Pattern[str]:
    """What a word is, in ASCII or in any script."""
    return re.compile(_PLAIN_WORD if plain else _WORD_OF_ANY_SCRIPT)


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


class _Forms(dict[str, tuple[str, str]]):
    """Memory of analysed words: a text has few different ones. Emptied when full, to stay bounded."""

    LIMIT = 200_000

    def __missing__(self, word: str) -> tuple[str, str]:
        if len(self) >= self.LIMIT:
            self.clear()
        written = fold(word[:LONGEST_WORD]).strip("'")
        if written.endswith("'s"):
            written = written[:-2]
        if len(written) > 1 and written[0].isdigit():
            written = written.replace(",", "")
        if "." in written and not written[0].isdigit():
            written = written.rstrip(".") + "."  # "U.S" and "U.S." are one word
        forms = self[word] = (_stemmer().stemWord(written), written)
        return forms


_forms = _Forms()
analyse_word = _forms.__getitem__  # the (term, written) of one word of ``find_words``


def fold(text: str) -> str:
    """Text without differences of case, width, accent (Latin and Greek letters) or apostrophe."""
    if text.isascii():
        return text.lower().replace("`", "'")
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text.translate(_FOLDS)).casefold())
    kept: list[str] = []
    base = ""
    for char in text:
        if not unicodedata.combining(char):
            base = char
        elif "\u0300" <= char <= "\u036f" and not "\u0400" <= base <= "\u1dff":
            continue
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


def fold_value(value: str) -> str:
    """A keyword value as it is compared: folded, with single spaces."""
    return " ".join(fold(value).split())
