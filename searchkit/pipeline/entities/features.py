"""What the tagger sees of a word: its letters, its neighbours, what the lists know of it, where else it stands.

A feature is a short string. Those that depend on a word alone are made once a word (``describe``,
``describe_beside``); ``observe`` and its sisters make those that depend on the text. The tool that trains the
model and the tagger that uses it call the same functions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from searchkit.pipeline.entities.gazetteer import Known, fold, load_gazetteer, load_lists
from searchkit.pipeline.entities.tokens import PLAIN, Line, Text, shape

# Lists that also tell something of the words beside.
_BESIDE = frozenset(("hon", "role", "orge", "loce", "thge", "legal", "say", "first", "last", "city", "large_city",
                     "dem", "com", "fun"))
_SEEN = 2  # counts in a text are cut to this


def describe(word: str, common: Mapping[str, str]) -> list[str]:
    """The features of a word that is judged; ``common`` tells how words in lower case fare in the training texts."""
    key = word.lower()
    lists = load_lists().get(_flatten(key), ())
    found = [f"w={key}", f"s={shape(word)}", f"p3={key[:3]}", f"x3={key[-3:]}", f"x2={key[-2:]}", f"p4={key[:4]}",
             f"x4={key[-4:]}", f"c={common.get(key, '-')}"]
    if lists:
        found += [f"g={name}" for name in lists]
        if len(lists) > 1:
            found.append("gg=" + "+".join(lists))
    return found


def describe_beside(side: str, word: str, common: Mapping[str, str]) -> list[str]:
    """The features that a word makes for the next one (``side`` is "-") or for the one before ("+")."""
    key = word.lower()
    found = [f"{side}={key}", f"{side}s={shape(word)}"]
    found += [f"{side}g={name}" for name in load_lists().get(_flatten(key), ()) if name in _BESIDE]
    if word[0].isupper():
        found.append(f"{side}c={common.get(key, '-')}")
    return found


class Found(NamedTuple):
    """A name of the tables at the words ``first`` to ``last`` (excluded) of a text."""

    first: int
    last: int
    known: Known


class Signs(NamedTuple):
    """What a text says of its capitalised words, by their numbers but for ``evidence``, which is by word.

    ``known`` are names of the tables, ``rows`` features of the capitalised words in a row, ``evidence`` features
    of what stands beside the word anywhere in the text.
    """

    known: Mapping[int, Found]
    rows: Mapping[int, tuple[str, ...]]
    evidence: Mapping[str, str]


def read_signs(text: Text) -> Signs:
    """All signs of a text."""
    return Signs(find_known(text), find_rows(text), gather(text))


def find_known(text: Text) -> dict[int, Found]:
    """The names of the tables in a text, the longest from left to right, by each of their words."""
    gazetteer, tree = load_gazetteer(), load_tree()
    body, keys, starts, ends, lines = text.body, text.keys, text.starts, text.ends, text.lines
    found: dict[int, Found] = {}
    done = 0
    for first in text.capitals:
        node = tree.get(_flatten(keys[first])) if first >= done else None
        if node is None:
            continue
        if first and keys[first - 1] == "the" and (known := gazetteer.names.get("the " + keys[first])):
            found[first] = Found(first, first + 1, known)
        for last in reversed(list(_list_ends(node, keys, first + 1))):
            surface = body[starts[first]:ends[last - 1]]
            known = gazetteer.find(surface, fold(surface)) if lines[last - 1] == lines[first] else None
            if known:
                found.update(dict.fromkeys(range(first, last), Found(first, last, known)))
                done = last
                break
    return found


def _list_ends(node: Tree, keys: Sequence[str], last: int) -> Iterator[int]:
    """Where a name of the tables may end whose words before ``last`` have led to ``node``."""
    while True:
        if "" in node:
            yield last
        while last < len(keys) and keys[last] in _HYPHENS:
            last += 1
        following = node.get(_flatten(keys[last])) if last < len(keys) else None
        if following is None:
            return
        node, last = following, last + 1


def may_hold_phrase(line: Line) -> bool:
    """Whether words of a line may be a name of the tables that ends with a word in lower case."""
    tree, words, keys = load_tree(), line.words, line.keys
    for first in line.capitals:
        node = tree.get(_flatten(keys[first]))
        if node and any(last > first + 1 and words[last - 1].islower() for last in _list_ends(node, keys, first + 1)):
            return True
    return False


_HYPHENS = frozenset("-‐‑–,")
Tree = dict[str, "Tree"]


@cache
def load_tree() -> Tree:
    """The names of the tables, word by word: a name ends where "" is a branch."""
    tree: Tree = {}
    gazetteer = load_gazetteer()
    for name in (*gazetteer.names, *gazetteer.abbreviations, *gazetteer.possessives):
        node = tree
        for word in name.replace(",", " ").split():
            node = node.setdefault(word, {})
        node[""] = {}
    for name in gazetteer.names:
        if name.startswith("the "):
            tree.setdefault(name[4:].split()[0], {})
    return tree


@cache
def _flatten(key: str) -> str:
    """A word as the tables have it."""
    return key if key.isascii() and key.isalnum() else fold(key)


def name_known(found: Found, i: int) -> str:
    """The feature of a word of a known name: the type, whether it has several words, and whether it begins there."""
    several = "1" if found.last - found.first == 1 else "2"
    return f"k={found.known.type[:3]}{several}{'B' if i == found.first else 'I'}"


def gather(text: Text) -> dict[str, str]:
    """For each capitalised word, what stands beside it anywhere in the text: evidence for all its mentions."""
    lists, words, keys, styles = load_lists(), text.words, text.keys, text.styles
    evidence: dict[str, set[str]] = {}
    last = len(words) - 1
    for i in text.capitals:
        if styles[i] != PLAIN:
            continue
        before = lists.get(_flatten(keys[i - 1])) if i else None
        after = lists.get(_flatten(keys[i + 1])) if i < last else None
        if before or after:
            signs = [sign for sign in before or () if sign in _BEFORE_SIGNS]
            signs += ["+" + sign for sign in after or () if sign in _AFTER_SIGNS]
            if signs:
                evidence.setdefault(words[i], set()).update(signs)
    return {word: "e=" + "".join(sorted(signs)) for word, signs in evidence.items()}


_BEFORE_SIGNS = frozenset(("hon", "first", "role", "pin"))
_AFTER_SIGNS = frozenset(("say", "legal", "orge", "loce"))


def find_rows(text: Text) -> dict[int, tuple[str, ...]]:
    """Features of the capitalised words in a row that a word stands in: how many, how it begins and ends."""
    lists, keys, lines = load_lists(), text.keys, text.lines
    found: dict[int, tuple[str, ...]] = {}
    row: list[int] = []
    for i in [*text.capitals, -1]:
        if row and (i - row[-1] == 1 or (i - row[-1] == 2 and keys[i - 1] in _JOINTS)) and lines[i] == lines[row[-1]]:
            row.append(i)
            continue
        if 1 < len(row) <= _LONGEST_ROW:
            ending = "".join(sign for sign in lists.get(_flatten(keys[row[-1]]), ()) if sign in _ROW_SIGNS)
            head = "".join(sign for sign in lists.get(_flatten(keys[row[0]]), ()) if sign in _ROW_SIGNS)
            for position, member in enumerate(row):
                place, rest = min(position, 2), min(len(row) - position - 1, 2)
                found[member] = (f"r{place}{rest}", f"r{rest}l{ending}", f"r{place}f{head}",
                                 f"rl={keys[row[-1]]}" if rest else "rl")
        row = [i]
    return found


_JOINTS = frozenset(("of", "&", "-", "–", "the", "de", "for"))
_LONGEST_ROW = 8
_ROW_SIGNS = frozenset(("hon", "role", "orge", "loce", "thge", "orgh", "loch", "locb", "legal", "first", "last", "city",
                        "large_city", "dem", "cal"))


def observe(text: Text, i: int, signs: Signs, common: Mapping[str, str]) -> list[str]:
    """The features of the word at ``i`` that depend on the text but not on the tags before."""
    keys, last = text.keys, len(text.keys) - 1
    key, word = keys[i], text.words[i]
    found = [f"b={keys[i - 1] if i else '^'}|{key}", f"a={key}|{keys[i + 1] if i < last else '$'}",
             *signs.rows.get(i, _ALONE)]
    if i > 1:
        found.append("-2=" + keys[i - 2])
    if i + 1 < last:
        found.append("+2=" + keys[i + 2])
    if i in signs.known:
        found.append(name_known(signs.known[i], i))
    if i + 1 in signs.known:
        found.append("+" + name_known(signs.known[i + 1], i + 1))
    if word in signs.evidence:
        found.append(signs.evidence[word])
    style, opens = text.styles[i], i in text.opening
    if opens or style != PLAIN:
        place = f"o{int(opens)}{style}"
        found.append(f"{place}{int(key in text.ordinary)}{min(text.inner.get(word, 0), _SEEN)}")
        found.append(f"{place}c{common.get(key, '-')}")
        found.append(f"{place}{shape(word)}")
    return found


_ALONE = ("r",)


def observe_tags(one: str, two: str, key: str, before: str, form: str) -> tuple[str, ...]:
    """The features that the tags of the two words before make, with the word, the word before and the shape."""
    return *observe_pair(one, two), *observe_after(one, key, form), observe_behind(one, before)


def observe_pair(one: str, two: str) -> tuple[str, str]:
    """Those of the tags alone."""
    return f"t={one}", f"tt={two}{one}"


def observe_after(one: str, key: str, form: str) -> tuple[str, str]:
    """Those of the tag before, with a word and its shape."""
    return f"t={one}={key}", f"t={one}s{form}"


def observe_behind(one: str, before: str) -> str:
    """That of the tag before, with its word."""
    return f"t={one}-{before}"


def observe_earlier(earlier: str, one: str) -> tuple[str, ...]:
    """The features that the tag of the same word earlier in the text makes, with that of the word before."""
    return (f"h={earlier}", f"h={earlier}{one}")


def count_commonness(lower: Counter[str], capitalised: Counter[str], least: int = 3) -> dict[str, str]:
    """How words that occur in lower case are mostly written: "L" so, "l" often so, "u" rather with a capital."""
    found = {}
    for word in sorted(lower):
        if lower[word] >= least:
            share = lower[word] / (lower[word] + capitalised[word])
            found[word] = "L" if share > 0.9 else "l" if share > 0.5 else "u"
    return found
