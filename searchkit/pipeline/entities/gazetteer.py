"""Known names and the words that tell kinds of names apart, read once from the files in ``data/``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from searchkit.pipeline.wordlists import read_kinds, read_lines, read_table

# Later files do not take a name from earlier ones: "Georgia" is the country, "Victoria" the state.
TABLES = (
    ("countries.tsv", "place"),
    ("places.tsv", "place"),
    ("organisations.tsv", "organisation"),
    ("people.tsv", "person"),
    ("things.tsv", "other"),
)
# The longest word that is taken for an abbreviation: "UNESCO" has six letters, but other names in capitals
# of that length ("HUAWEI") are words that also occur in lower case.
ABBREVIATION_LENGTH = 5


# Word lists of entity_words.toml that are features of a word, under a short name each.
_LISTS = {
    "honorifics": "hon", "roles": "role", "demonyms": "dem", "calendar": "cal", "portfolios": "port",
    "organisation_endings": "orge", "place_endings": "loce", "thing_endings": "thge", "organisation_heads": "orgh",
    "place_heads": "loch", "place_beginnings": "locb", "legal_forms": "legal", "speech_verbs": "say",
    "place_prepositions": "pin", "common_words": "com", "function_words": "fun",
}


@dataclass(frozen=True, slots=True)
class Known:
    """A name in the tables: the canonical form and the type (a member of ``model.ENTITY_TYPES``)."""

    name: str
    type: str


@dataclass(slots=True)
class Gazetteer:
    """All known names. Keys are folded; ``abbreviations`` match only text in capitals.

    ``reach`` holds for the first word of a key the number of words of the longest key that begins with it.
    ``possessives`` are those that end in "'s", with that as a word of its own. ``characters`` are names in
    scripts without capitals or spaces, found by search instead of by word.
    """

    names: dict[str, Known] = field(default_factory=dict)
    abbreviations: dict[str, Known] = field(default_factory=dict)
    reach: dict[str, int] = field(default_factory=dict)
    possessives: set[str] = field(default_factory=set)
    characters: dict[str, Known] = field(default_factory=dict)

    def add(self, alias: str, known: Known) -> None:
        """Learn one form of a name."""
        if is_ideographic(alias):
            self.characters.setdefault(alias, known)
            return
        key = fold(alias)
        short = is_abbreviation(alias)
        if short:
            self.abbreviations.setdefault(key, known)
        if not short or "&" in alias:
            self.names.setdefault(key, known)
        if _POSSESSIVE.search(alias):
            self.possessives.add(fold(alias[:-2]) + " s")
        words = key.split()
        if words:
            self.reach[words[0]] = max(len(words), self.reach.get(words[0], 0))

    def find(self, text: str, key: str) -> Known | None:
        """What ``text`` (with its folded ``key``) is known as."""
        if text.isupper():
            return self.abbreviations.get(key) or self.names.get(key)
        return self.names.get(key)


def fold(text: str) -> str:
    """The key under which spellings of a name meet: no accents, case, dots or apostrophes; hyphens are spaces."""
    return text.lower() if text.isascii() and text.isalpha() else _fold(text)


@lru_cache(maxsize=20_000)
def _fold(text: str) -> str:
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
        text = text.translate(_TYPOGRAPHY)
    return " ".join(text.casefold().translate(_DROPPED).split())


_POSSESSIVE = re.compile(r"['’]s$")
_TYPOGRAPHY = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‐": "-", "‑": "-", "–": "-", "ø": "o", "Ø": "O",
                             "ł": "l", "Ł": "L", "ı": "i"})
_DROPPED = str.maketrans({".": "", "'": "", "-": " "})


def is_abbreviation(text: str) -> bool:
    """Whether a name consists of a few capitals: "US", "U.S.", "AT&T"."""
    letters = text.replace(".", "")
    return letters.isupper() and len(letters) <= ABBREVIATION_LENGTH and " " not in letters


def is_ideographic(text: str) -> bool:
    """Whether a name is written in Chinese characters, kana or hangul."""
    return any("\u3040" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3" for char in text)


@cache
def load_gazetteer() -> Gazetteer:
    """All tables of names."""
    gazetteer = Gazetteer()
    for file, kind in TABLES:
        for name, aliases in _read_table(file):
            known = Known(name, kind)
            for alias in (name, *aliases):
                gazetteer.add(alias, known)
    return gazetteer


def _read_table(file: str) -> Iterator[tuple[str, list[str]]]:
    for line in read_lines(file):
        name, _, aliases = line.partition("\t")
        yield name, aliases.split("|") if aliases else []


@cache
def load_words() -> Mapping[str, frozenset[str]]:
    """The word lists of ``entity_words.toml``, folded, and the first names."""
    lists = {name: frozenset(map(fold, text.split())) for name, text in read_table("entity_words.toml").items()}
    lists["first_names"] = frozenset(fold(name) for line in read_lines("first_names.txt") for name in line.split())
    return lists


@cache
def load_lists() -> Mapping[str, tuple[str, ...]]:
    """For each folded word the short names of the lists that hold it, in alphabetical order."""
    lists = load_words()
    kinds: dict[str, Iterable[str]] = dict(read_kinds("gazetteer_words.txt.gz"))
    kinds |= {short: lists[name] for name, short in _LISTS.items()}
    found: dict[str, tuple[str, ...]] = {}
    for kind in sorted(kinds):
        alone = (kind,)
        for word in kinds[kind]:
            found[word] = found[word] + alone if word in found else alone
    return found
