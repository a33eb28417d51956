"""Stemming: what a word of a language is matched by.

Words are folded first and stemmed then, with the Snowball stemmer of their language (https://snowballstem.org), so that
each meets its spelling without accents, whoever left them out; docs/languages.md says what that costs. A text without
a known language is stemmed as English, one in a language without a stemmer not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

import Stemmer

from searchkit.search.folding import fold

SEPARATOR = "\x1e"  # ASCII's separator of records; between two texts it is a word that comes to nothing
LONGEST_WORD = 64  # characters; what follows in a longer run (base64, a DNA string) is not a word
MOST_CODES = 1_000  # of languages, as documents have them, that are remembered
MOST_REMEMBERED = 200_000  # words of all languages together
ENGLISH, UNSTEMMED = "en", "qaa"  # the latter from the codes that ISO 639 leaves to local use

# Codes of ISO 639 (two letters, three letters) and Snowball's names. An installed version may have fewer of them.
_ALGORITHMS = """
    ar ara arabic, hy hye armenian, eu eus basque, ca cat catalan, cs ces czech, da dan danish, nl nld dutch,
    en eng english, eo epo esperanto, et est estonian, fi fin finnish, fr fra french, de deu german, el ell greek,
    hi hin hindi, hu hun hungarian, id ind indonesian, ga gle irish, it ita italian, lt lit lithuanian, ne nep nepali,
    no nor norwegian, nb nob norwegian, nn nno norwegian, fa fas persian, pl pol polish, pt por portuguese,
    ro ron romanian, ru rus russian, sr srp serbian, st sot sesotho, es spa spanish, sv swe swedish, ta tam tamil,
    tr tur turkish, yi yid yiddish
"""
_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id"}
_CODE = re.compile(r"\s*([a-z]{2,3})(?![a-z])", re.IGNORECASE)
_NO_LANGUAGE = frozenset(("und", "mul", "mis", "zxx"))
# Words that lose their vowel before another one: what stands before the apostrophe is a word of its own.
_ELIDED = {
    "fr": "c d j l m n qu s t jusqu lorsqu puisqu quoiqu quelqu presqu",
    "it": "agl all c coll d dagl dall degl dell gl l m n negl nell pell s sugl sull t un v quell quest",
    "ca": "d l m n s t",
}
# Languages whose stems may begin otherwise than their words: prefixes come off, or Cyrillic letters become Latin ones.
_OTHER_BEGINNINGS = frozenset(("ar", "id", "ga", "nl", "sr", "ta", "yi"))
_APOSTROPHE = re.compile("['’‘ʼʻ＇`´]")

_NO_LETTERS = "'" + SEPARATOR

Forms = Callable[[str], tuple[str, str]]


@lru_cache(maxsize=MOST_CODES)
def settle_language(language: str | None) -> str:
    """The language as which a text is analysed, by the code that a document has ("en-GB"): a code of two letters for
    which there is a stemmer; English where none is known; ``UNSTEMMED`` for others. It settles what it gives as it is.
    """
    found = _CODE.match(language or "")
    code = found[1].lower() if found else "und"
    if code in _NO_LANGUAGE:
        return ENGLISH
    settled, algorithm = _read_algorithms().get(code, (UNSTEMMED, ""))
    return settled if algorithm in Stemmer.algorithms() else UNSTEMMED


def name_algorithm(language: str | None) -> str:
    """Snowball's name for the stemmer of a language; "" where it has none."""
    return _read_algorithms().get(settle_language(language), ("", ""))[1]


@lru_cache(maxsize=MOST_CODES)
def choose_forms(language: str | None) -> Forms:
    """The function from a word of this language, as it stands in a text, to its term and its written form."""
    settled = settle_language(language)
    return _remember(settled).__getitem__


def keeps_beginning(language: str | None) -> bool:
    """Whether a term of this language differs from its words at the end only."""
    return settle_language(language) not in _OTHER_BEGINNINGS


def find_start(word: str, language: str | None) -> int:
    """Where in a word that stands in a text the word itself begins: behind an elided one (l'|économie)."""
    elided = read_elided(language)
    found = _APOSTROPHE.search(word) if elided else None
    return found.end() if found and fold(word[:found.start()]) in elided else 0


@lru_cache(maxsize=MOST_CODES)
def read_elided(language: str | None) -> frozenset[str]:
    """The elided words of a language, folded."""
    return frozenset(_ELIDED.get(settle_language(language), "").split())


@cache
def _read_algorithms() -> dict[str, tuple[str, str]]:
    """By each code the code of two letters under which a language is known here, and its stemmer."""
    rows = [row.split() for row in _ALGORITHMS.split(",")]
    return {code: (_SAME.get(short, short), name) for short, long, name in rows for code in (short, long)}


class _Forms(dict[str, tuple[str, str]]):
    """Memory of analysed words of a language: a text has few different ones. All are emptied when they are too many."""

    remembered = 0  # words of all languages

    def __init__(self, stem: Callable[[str], str]) -> None:
        super().__init__()
        self._stem = stem

    def __missing__(self, word: str) -> tuple[str, str]:
        if _Forms.remembered >= MOST_REMEMBERED:
            for memory in _memories:
                memory.clear()
            _Forms.remembered = 0
        _Forms.remembered += 1
        written = fold(word[:LONGEST_WORD])
        if not written.isalpha():
            written = _settle_signs(written)
        term = self._stem(written)
        forms = self[word] = (written if term == written else term, written)  # one string, where it is the same
        return forms


def _settle_signs(word: str) -> str:
    """A folded word with signs or digits in it, without signs that make no other word of it."""
    word = word.strip(_NO_LETTERS)
    if word.endswith("'s"):
        word = word[:-2]
    if len(word) > 1 and word[0].isdigit():
        word = word.replace(",", "")
    if "." in word and not word[0].isdigit():
        word = word.rstrip(".") + "."  # "U.S" and "U.S." are one word
    return word


_memories: list[_Forms] = []


@cache
def _remember(settled: str) -> _Forms:
    """The memory of a settled language, its stemmer loaded."""
    algorithm = name_algorithm(settled)
    stem = Stemmer.Stemmer(algorithm, 0).stemWord if algorithm else str  # 0: its own memory costs more than it saves
    memory = _Forms(stem if settled != "ar" else lambda written: stem(_end_as_written(written)))
    _memories.append(memory)
    return memory


def _end_as_written(word: str) -> str:
    """An Arabic word with the ending that its stemmer knows: folding made one of two letters that people mix up."""
    return word[:-1] + "ة" if word.endswith("ه") else word
