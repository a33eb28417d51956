"""The tagger: an averaged perceptron with whole weights that reads a text from left to right.

M. Collins, "Discriminative training methods for hidden Markov models: theory and experiments with perceptron
algorithms", EMNLP 2002; here with a greedy search. The weights of a feature for all tags are one integer, a field
of 16 bits for each tag, so that scores of all tags are summed in one addition.
"""

from __future__ import annotations

import json
import zlib
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import repeat
from sys import maxunicode
from typing import NamedTuple, TypeVar

from searchkit.pipeline.entities.features import (
    AFTER,
    AHEAD,
    BEFORE,
    BEHIND,
    Found,
    Opening,
    Row,
    Signs,
    describe,
    describe_beside,
    find_opening,
    observe_after,
    observe_behind,
    observe_earlier,
    observe_opening,
    observe_pair,
    observe_row,
    observe_signs,
    read_signs,
)
from searchkit.pipeline.entities.gazetteer import load_words
from searchkit.pipeline.entities.tokens import MOST_WORDS, Text, shape
from searchkit.pipeline.wordlists import read_bytes

FILE = "entity_model.bin"
KINDS = ("PER", "ORG", "LOC")
TAGS = ("O", *(f"{begin}-{kind}" for kind in KINDS for begin in "BI"))
_FIELD = 16  # bits of a tag's sum: weights are stored as 0 to 255, 128 for none, and a word has below 250 features
_MASK = (1 << _FIELD) - 1
_BEGINNINGS = (0, 1, 3, 5)
_INSIDE = {tag: TAGS.index("I" + tag[1:]) for tag in TAGS[1:]}
# Marks that may stand inside of a name, as the words of the list ``links``.
_MARKS = frozenset(("&", "-", "–", "‑", "/", "'", "’", ".", ",", '"', "'s", "’s"))
_ARTICLES = frozenset(("al", "el", "ul", "ash"))  # begin names, joined to them with a hyphen
_BIAS = 16  # of the sum of no name at all that is taken off: as many names are missed as invented then
_SECOND = 4  # letters of the second part of such a name
_REACH = 2  # a link is followed by a capital within so many words
_Key = TypeVar("_Key", bound=Hashable)


class Sums(dict[_Key, int]):
    """Sums of features by what makes them, each made when it is first asked for."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[_Key], int]) -> None:
        self._make = make

    def __missing__(self, key: _Key) -> int:
        self[key] = made = self._make(key)
        return made


class Model:
    """Weights by feature, how words in lower case fare, and sums for what was met before.

    Those for words are with the tag before: of the word that is judged, or of the one before it.
    """

    def __init__(self, weights: Mapping[str, int], common: Mapping[str, str]) -> None:
        self.weights, self.common = weights, common
        self._own = Sums[tuple[str, str]](lambda key: self.total(self._describe(*key)))
        self._before = Sums[tuple[str, str]](lambda key: self.total(self._describe_before(*key)))
        self._after = Sums[str](lambda word: self.total(describe_beside("+", word, common)))
        self._pairs = Sums[tuple[str, str]](lambda key: self.total(observe_pair(*key)))
        self._earlier = Sums[tuple[str, str]](lambda key: self.total(observe_earlier(*key)))
        self._rows = Sums[Row | None](lambda row: self.total(observe_row(row)))
        self._openings = Sums[Opening](lambda opening: self.total(observe_opening(opening)))
        names = sorted(weights)
        self._behind, self._ahead = dict(_take(weights, names, BEHIND)), dict(_take(weights, names, AHEAD))
        before = ((words.rpartition("|"), weight) for words, weight in _take(weights, names, BEFORE))
        after = ((words.partition("|"), weight) for words, weight in _take(weights, names, AFTER))
        self._pairs_before = {(other, key): weight for (other, _, key), weight in before}
        self._pairs_after = {(key, other): weight for (key, _, other), weight in after}

    def add(self, before: str, word: str, after: str, one: str, two: str) -> int:
        """The sum for a word between two others and after two tags, of what they are by themselves."""
        return self._own[word, one] + self._before[before, one] + self._after[after] + self._pairs[one, two]

    def add_text(self, text: Text, i: int, signs: Signs) -> int:
        """The sum of what the text says of the word at ``i``."""
        row, opening = signs.rows.get(i), find_opening(text, i, self.common)
        score = self._rows[row and row[0]] + self.total(observe_signs(text, i, signs)) + self._add_words(text.keys, i)
        return score + self._openings[opening] if opening else score

    def _add_words(self, keys: Sequence[str], i: int) -> int:
        """The sum of what ``observe_words`` sees, without a string for each."""
        key, last = keys[i], len(keys) - 1
        score = self._pairs_before.get((keys[i - 1] if i else "^", key), 0)
        score += self._pairs_after.get((key, keys[i + 1] if i < last else "$"), 0)
        if i > 1:
            score += self._behind.get(keys[i - 2], 0)
        if i + 1 < last:
            score += self._ahead.get(keys[i + 2], 0)
        return score

    def add_earlier(self, earlier: str, one: str) -> int:
        """The sum of what the tag of the same word earlier in the text says, with that of the word before."""
        return self._earlier[earlier, one]

    def forget(self) -> None:
        """Drop the sums when there are too many."""
        for sums in (self._own, self._before, self._after, self._openings):
            if len(sums) > MOST_WORDS:
                sums.clear()

    def total(self, features: Iterable[str]) -> int:
        """The sum of the features' weights, all tags in one number."""
        return sum(map(self.weights.get, features, repeat(0)))

    def _describe(self, word: str, one: str) -> list[str]:
        return [*describe(word, self.common), *observe_after(one, word.lower(), shape(word))]

    def _describe_before(self, before: str, one: str) -> list[str]:
        return [*describe_beside("-", before, self.common), observe_behind(one, before.lower())]


def _take(weights: Mapping[str, int], names: Sequence[str], side: str) -> Iterator[tuple[str, int]]:
    """The weights of the features that begin with a mark, by the rest of their names; all names in order."""
    first = bisect_left(names, side)
    for name in names[first:bisect_left(names, side + chr(maxunicode), first)]:
        yield name[len(side):], weights[name]


def continues(text: Text, i: int) -> bool:
    """Whether a name that began before may go on with a word without capitals."""
    key = text.keys[i]
    if key[0].isdigit() or _is_second(text, i) or (key == "-" and i + 1 < len(text.keys) and _is_second(text, i + 1)):
        return True
    links = load_words()["links"]
    if key in links or key in _MARKS:
        for following in text.words[i + 1:i + 1 + _REACH]:
            if following[0].isupper() or following[0].isdigit():
                return True
            if following.lower() not in links and following not in _MARKS:
                return False
    return False


def _is_second(text: Text, i: int) -> bool:
    """Whether a small word is joined to a capitalised one with a hyphen: "Ki-moon"."""
    return i > 1 and text.keys[i - 1] == "-" and text.starts[i - 1] == text.ends[i - 2] and (
        text.starts[i] == text.ends[i - 1] and len(text.keys[i]) <= _SECOND and text.words[i - 2][0].isupper()
        and text.keys[i].isalpha() and text.keys[i] not in load_words()["hyphen_tails"])


def begins(text: Text, i: int) -> bool:
    """Whether a word without capitals begins a name all the same: "al-Jazeera"."""
    return text.keys[i] in _ARTICLES and text.words[i + 1:i + 2] == ["-"] and any(
        word[0].isupper() for word in text.words[i + 2:i + 3])


class Tagged(NamedTuple):
    """A tag for each word: "O" for none, "B-" and a kind where a name begins, "I-" where it goes on.

    ``known`` are the names of the tables in the text, by word; ``scores`` the sums of the words that were judged.
    """

    tags: list[str]
    known: Mapping[int, Found]
    scores: dict[int, int]


def tag(text: Text, model: Model) -> Tagged:
    """Tag the words of a text."""
    signs = read_signs(text)
    model.forget()
    keys, forms, lines, size = text.keys, text.forms, text.lines, len(text.keys)
    tags, scores, seen = ["O"] * size, dict[int, int](), dict[str, str]()
    starting = text.capitals
    if not _ARTICLES.isdisjoint(text.ordinary):
        starting = sorted({*starting, *(i for i in range(size) if begins(text, i))})
    done = 0
    for i in starting:
        if i < done:
            continue
        while True:
            line = lines[i]
            one = tags[i - 1] if i and lines[i - 1] == line else "O"
            two = tags[i - 2] if i > 1 and lines[i - 2] == line else "O"
            key, after = keys[i], forms[i + 1] if i + 1 < size else "$"
            score = model.add(forms[i - 1] if i else "^", forms[i], after, one, two) + model.add_text(text, i, signs)
            if key in seen:
                score += model.add_earlier(seen[key], one)
            tags[i] = seen[key] = chosen = choose(score, one)
            scores[i] = score
            i += 1
            if chosen == "O" or i >= size or lines[i] != line or text.words[i] != keys[i] or not continues(text, i):
                break
        done = i
    return Tagged(tags, signs.known, scores)


def weigh(score: int) -> tuple[int, ...]:
    """How much more each kind of name is favoured than none, where a name begins."""
    none = score & _MASK
    return tuple(((score >> (_FIELD * number)) & _MASK) - none for number in _BEGINNINGS[1:])


def choose(score: int, before: str) -> str:
    """The tag with the highest sum of those that may follow the tag ``before``; the first of equals."""
    allowed = _BEGINNINGS if before == "O" else (*_BEGINNINGS, _INSIDE[before])
    best, most = 0, (score & _MASK) - _BIAS
    for number in allowed:
        weight = (score >> (_FIELD * number)) & _MASK
        if number and weight > most:
            best, most = number, weight
    return TAGS[best]


@cache
def read_model() -> Model:
    """The model that is part of the package."""
    return unpack(read_bytes(FILE))


def pack(weights: Mapping[str, Sequence[int]], common: Mapping[str, str]) -> bytes:
    """A model as the bytes of its file: a line of JSON, the names of the features, their weights tag by tag."""
    names = sorted(weights)
    words = {kind: " ".join(sorted(word for word, its in common.items() if its == kind)) for kind in "Llu"}
    head = json.dumps({"tags": TAGS, "features": len(names), "common": words}, ensure_ascii=False)
    columns = b"".join(bytes(128 + weights[name][number] for name in names) for number in range(len(TAGS)))
    return zlib.compress("\n".join([head, *names, ""]).encode() + columns, 9)


def unpack(packed: bytes) -> Model:
    """The inverse of ``pack``."""
    content = zlib.decompress(packed)
    size, count = json.loads(content[:content.index(b"\n")])["features"], len(TAGS)
    start = len(content) - size * count
    first, *names = content[:start].decode().split("\n")[:-1]
    rows = bytearray(2 * count * size)
    for number in range(count):
        rows[2 * number::2 * count] = content[start + number * size:start + (number + 1) * size]
    width = 2 * count
    values = [int.from_bytes(rows[at:at + width], "little") for at in range(0, len(rows), width)]
    common = {word: kind for kind, words in json.loads(first)["common"].items() for word in words.split()}
    return Model(dict(zip(names, values, strict=True)), common)
