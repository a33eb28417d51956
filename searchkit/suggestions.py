"""Suggested aliases: values of a facet that seem to be one thing, each pair with its evidence; none is applied.

Names are joined by rule, never by likeness: the same words but for case, accents, punctuation, spacing, a
leading "the", a possessive or a legal form; an abbreviation and the one full name with these initials that
stands beside it; a surname and the one full name of the index that ends with it; for publishers, a domain and
the name in it. Values are grouped by keys, so the time grows with their number; evidence is counted for few.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from searchkit.pipeline.wordlists import read_lines
from searchkit.results import FacetValue
from searchkit.search.analysis import find_words
from searchkit.search.folding import fold, fold_value
from searchkit.search.query import Keyword, Query, both

MOST_ASKED = 300  # pairs that evidence is counted for, those of the most documents: some tenths of a second
MOST_EXPANSIONS = 10  # full names that an abbreviation is tried with, the most frequent ones

_ABBREVIATION = re.compile(r"[A-Z](?:\.?[A-Z]){1,5}\.?")
_DOMAIN = re.compile(r"(?<=[^\W_]{3})(?:\.[a-z]{2,12}){1,2}$")  # the end of example.com and example.co.uk
_NOT_SAID = re.compile(r"[^\w+#]|_")
_ESCAPED = re.compile("[\x00-\x1f\"\\\\\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

Count = Callable[[Query], int]
Types = Mapping[str, Collection[str]]  # of an entity's name, in all documents


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value that may go by a name: in how many documents each stands, and in how many both.

    Of values that differ in case or accents only, to which queries are blind, that is not known.
    """

    value: str
    name: str
    why: str
    documents: int
    documents_of_name: int
    documents_of_both: int | None

    def to_dict(self) -> dict[str, Any]:
        """JSON as in ``searchkit facets entity --suggest-aliases --json``."""
        return {name: getattr(self, name) for name in self.__slots__} | {"line": self.to_line()}

    def to_line(self) -> str:
        """The line for ``aliases.toml``, its evidence in a comment."""
        beside = "" if self.documents_of_both is None else f", {self.documents_of_both:,} with both"
        counts = f"{self.documents:,} and {self.documents_of_name:,} documents{beside}"
        return f"{_quote(self.value)} = {_quote(self.name)}  # {self.why}; {counts}"


@dataclass(frozen=True, slots=True)
class _Pair:
    """A value and a name for it; ``rank`` 0 is the most convincing kind of evidence."""

    rank: int
    value: str
    name: str
    why: str
    both: int | None = None


@dataclass(slots=True)
class _Values:
    """The values of a facet with their counts; ``types`` of entities; ``ask`` counts documents with two of them."""

    counts: dict[str, int]
    types: Types
    table: str
    count: Count
    asked: int = 0
    known: dict[tuple[str, str], int] = field(default_factory=dict)

    def count_both(self, value: str, name: str) -> int | None:
        if fold_value(value) == fold_value(name):
            return None
        if (value, name) not in self.known:
            self.asked += 1
            self.known[value, name] = self.count(both(Keyword(self.table, value), Keyword(self.table, name)))
        return self.known[value, name]

    def may_be_one(self, value: str, name: str) -> bool:
        mine, other = self.types.get(value, ()), self.types.get(name, ())
        return not mine or not other or not set(mine).isdisjoint(other)

    def is_type(self, value: str, *types: str) -> bool:
        return set(self.types.get(value, ())) <= set(types)


def suggest(table: str, counted: Sequence[FacetValue], types: Types, count: Count,
            limit: int | None) -> tuple[Suggestion, ...]:
    """Merges of the values of a table, most convincing first, at most so many.

    ``counted`` are all values, ``count`` says how many documents a query finds.
    """
    counts = {value.value: value.count for value in counted if value.value is not None and _is_text(value.value)}
    values = _Values(counts, types, table, count)
    leaders = _lead(values)
    pairs = [*_pair_spellings(values, leaders)]
    if table == "publisher":
        pairs += _pair_domains(values)
    else:
        names = set(leaders.values())
        pairs += _pair_abbreviations(values, names)
        pairs += _pair_surnames(values, names)
    pairs.sort(key=lambda pair: (pair.rank, -(pair.both or 0), -counts[pair.value], pair.value))
    chosen: dict[str, _Pair] = {}
    for pair in pairs:
        chosen.setdefault(pair.value, pair)
    return tuple(Suggestion(pair.value, pair.name, pair.why, counts[pair.value], counts[pair.name],
                            values.count_both(pair.value, pair.name)) for pair in list(chosen.values())[:limit])


def make_key(value: str, *, is_organisation: bool) -> str:
    """What spellings of one name share.

    An abbreviation that, without its capitals, is an ordinary word keeps them: US is neither us nor Us.
    """
    words = _split(value)
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    if is_organisation:
        words = _strip_legal_forms(words)
    key = "".join(words)
    letters = [char for char in value if char.isalpha()]
    if len(key) <= 2 or key in _ordinary_words():
        return key.upper() if all(char.isupper() for char in letters) else key
    return key


def _lead(values: _Values) -> dict[str, str]:
    """For each value, the most frequent one with its key; domains of publishers have none."""
    groups: dict[str, list[str]] = defaultdict(list)
    for value in values.counts:
        if values.table == "publisher" and _DOMAIN.search(value):
            continue
        is_organisation = values.table == "publisher" or values.is_type(value, "organisation", "other")
        key = make_key(value, is_organisation=is_organisation)
        if key and (key,) not in _legal_forms():
            groups[key].append(value)
    leaders: dict[str, str] = {}
    for members in groups.values():
        first = max(members, key=lambda value: (values.counts[value], value))
        leaders.update((value, first if values.may_be_one(value, first) else value) for value in members)
    return leaders


def _pair_spellings(values: _Values, leaders: Mapping[str, str]) -> Iterator[_Pair]:
    for value, name in leaders.items():
        if value == name:
            continue
        if fold_value(value) == fold_value(name):
            yield _Pair(0, value, name, "the same but for case or accents")
        elif "".join(_split(value)) == "".join(_split(name)):
            yield _Pair(0, value, name, "the same but for punctuation or spacing")
        else:
            yield _Pair(1, value, name, "the same but for a legal form, a possessive or \"the\"")


def _pair_domains(values: _Values) -> Iterator[_Pair]:
    """"harbourpost.example" is The Harbour Post, and so is "The Harbour Post.example"."""
    names: dict[str, str] = {}
    for value in values.counts:
        if not _DOMAIN.search(value):
            for key in (_join(value), make_key(value, is_organisation=True)):
                names.setdefault(key, value)
    for value in values.counts:
        bare = _DOMAIN.sub("", value.removeprefix("www."))
        name = names.get(_join(bare)) or names.get(make_key(bare, is_organisation=True))
        if _DOMAIN.search(value) and name:
            site = fold_value(value).removeprefix("www.")
            from_there = values.count(both(Keyword("site", site), Keyword("publisher", name)))
            seen = f", {from_there:,} of whose documents are from there" if from_there else ""
            yield _Pair(2, value, name, f"the domain of this name{seen}", 0)


def _pair_abbreviations(values: _Values, names: Collection[str]) -> Iterator[_Pair]:
    """An abbreviation and the full name with its initials that stands in the same documents most often."""
    expansions: dict[str, list[str]] = defaultdict(list)
    for name in _order(names, values):
        words = name.replace("-", " ").split()
        if len(words) > 1 and not values.is_type(name, "person"):
            expansions["".join(word[0] for word in words if word[0].isupper())].append(name)
    for value in _order(names, values):
        if not _ABBREVIATION.fullmatch(value) or values.asked >= MOST_ASKED:
            continue
        found = expansions.get(value.replace(".", ""), [])[:MOST_EXPANSIONS]
        beside = {name: values.count_both(value, name) or 0 for name in found if values.may_be_one(value, name)}
        best = max(beside, key=beside.__getitem__, default="")
        if best and beside[best] and list(beside.values()).count(beside[best]) == 1:
            yield _Pair(2, value, best, "an abbreviation of it", beside[best])


def _pair_surnames(values: _Values, names: Collection[str]) -> Iterator[_Pair]:
    """A surname and the only full name that ends with it, where no thing but a person has the surname's name."""
    full: dict[str, list[str]] = defaultdict(list)
    for name in names:
        words = fold_value(name).split()
        if len(words) > 1 and values.types.get(name) and values.is_type(name, "person"):
            full[words[-1]].append(name)
    asked = 0
    for value in _order(names, values):
        found = full.get(fold_value(value), [])
        if len(found) != 1 or not values.is_type(value, "person", "other") or asked >= MOST_ASKED:
            continue
        asked += 1
        beside = values.count_both(value, found[0])
        if beside or values.counts[found[0]] >= values.counts[value]:  # a first name is more frequent than its owner
            yield _Pair(3 if beside else 4, value, found[0], "the only full name that ends with it", beside)


def _order(names: Iterable[str], values: _Values) -> list[str]:
    """Names, the most frequent first."""
    return sorted(names, key=lambda name: (-values.counts[name], name))


def _split(value: str) -> list[str]:
    """The words of a value, folded, without signs and the possessive at its end."""
    words = find_words(fold_value(value).removesuffix("'s"))
    return [said for word in words if (said := _NOT_SAID.sub("", word))]


def _join(value: str) -> str:
    return "".join(_split(value))


@cache
def _legal_forms() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(_split(form)) for form in read_lines("legal_forms.txt"))


@cache
def _ordinary_words() -> frozenset[str]:
    """Small words of the languages that are told apart."""
    lines = (line.split("\t", 1) for line in read_lines("stopwords.txt"))
    return frozenset(fold(word) for _, words in lines for word in words.split())


def _strip_legal_forms(words: list[str]) -> list[str]:
    longest = max(map(len, _legal_forms()))
    size = min(longest, len(words) - 1)
    while size > 0:
        if tuple(words[-size:]) in _legal_forms():
            words = words[:-size]
            size = min(longest, len(words) - 1)
        else:
            size -= 1
    return words


def _is_text(value: str) -> bool:
    """Whether a file can hold a value: no lone surrogates."""
    return not any("\ud800" <= char <= "\udfff" for char in value)


def _quote(value: str) -> str:
    """A TOML string; what could command a terminal is escaped."""
    return '"' + _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", value) + '"'
