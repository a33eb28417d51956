"""What the tagger sees of a word: its letters, its neighbours, what the lists know of it, where else it stands.

A feature is a short string. Those that depend on a word alone are made once a word (``describe``,
``describe_beside``); ``observe`` and its sisters make those that depend on the text. The tool that trains the
model and the tagger that uses it call the same functions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from searchkit.pipeline.entities.gazetteer import Known, fold, load_gazetteer, load_lists
from searchkit.pipeline.entities.tokens import MOST_WORDS, PLAIN, Line, Text, shape

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


# A place in a row of capitalised words: how many stand before and behind, and the lists of the last and the first.
Row = tuple[int, int, str, str]


class Signs(NamedTuple):
    """What a text says of its capitalised words, by their numbers but for ``evidence``, which is by word.

    ``known`` are names of the tables, ``rows`` the places in rows of capitalised words, with the last word of the
    row where it goes on, ``evidence`` features of what stands beside the word anywhere in the text.
    """

    known: Mapping[int, Found]
    rows: Mapping[int, tuple[Row, str]]
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


@lru_cache(maxsize=MOST_WORDS)
def _flatten(key: str) -> str:
    """A word as the tables have it."""
    return key if key.isascii() and key.isalnum() else fold(key)


def name_known(found: Found, i: int) -> str:
    """The feature of a word of a known name: the type, whether it has several words, and whether it begins there."""
    several = "1" if found.last - found.first == 1 else "2"
    return f"k={found.known.type[:3]}{several}{'B' if i == found.first else 'I'}"


def gather(text: Text) -> dict[str, str]:
    """For each capitalised word, what stands beside it anywhere in the text: evidence for all its mentions."""
    words, keys, styles = text.words, text.keys, text.styles
    evidence: dict[str, set[str]] = {}
    last = len(words) - 1
    for i in text.capitals:
        if styles[i] == PLAIN:
            before = _tell_next(keys[i - 1]) if i else ()
            after = _tell_previous(keys[i + 1]) if i < last else ()
            if before or after:
                evidence.setdefault(words[i], set()).update(before, after)
    return {word: "e=" + "".join(sorted(signs)) for word, signs in evidence.items()}


_BEFORE_SIGNS = frozenset(("hon", "first", "role", "pin"))
_AFTER_SIGNS = frozenset(("say", "legal", "orge", "loce"))


@lru_cache(maxsize=MOST_WORDS)
def _tell_next(key: str) -> tuple[str, ...]:
    """What a word says of the next one."""
    return tuple([sign for sign in load_lists().get(_flatten(key), ()) if sign in _BEFORE_SIGNS])


@lru_cache(maxsize=MOST_WORDS)
def _tell_previous(key: str) -> tuple[str, ...]:
    """What a word says of the one before."""
    return tuple(["+" + sign for sign in load_lists().get(_flatten(key), ()) if sign in _AFTER_SIGNS])


@lru_cache(maxsize=MOST_WORDS)
def _tell_row(key: str) -> str:
    """What a word says of a row that it begins or ends."""
    return "".join([sign for sign in load_lists().get(_flatten(key), ()) if sign in _ROW_SIGNS])


def find_rows(text: Text) -> dict[int, tuple[Row, str]]:
    """Where the words of rows of capitalised words stand in these."""
    keys, lines = text.keys, text.lines
    found: dict[int, tuple[Row, str]] = {}
    row: list[int] = []
    for i in [*text.capitals, -1]:
        if row and (i - row[-1] == 1 or (i - row[-1] == 2 and keys[i - 1] in _JOINTS)) and lines[i] == lines[row[-1]]:
            row.append(i)
            continue
        if 1 < len(row) <= _LONGEST_ROW:
            last = keys[row[-1]]
            ending, head = _tell_row(last), _tell_row(keys[row[0]])
            for position, member in enumerate(row):
                rest = len(row) - position - 1
                found[member] = (min(position, 2), min(rest, 2), ending, head), last if rest else ""
        row = [i]
    return found


_JOINTS = frozenset(("of", "&", "-", "–", "the", "de", "for"))
_LONGEST_ROW = 8
_ROW_SIGNS = frozenset(("hon", "role", "orge", "loce", "thge", "orgh", "loch", "locb", "legal", "first", "last", "city",
                        "large_city", "dem", "cal"))


def observe_all(text: Text, i: int, signs: Signs, common: Mapping[str, str]) -> list[str]:
    """The features of the word at ``i`` that depend on the text but not on the tags before."""
    row, opening = signs.rows.get(i), find_opening(text, i, common)
    found = [*observe_words(text.keys, i), *observe_signs(text, i, signs), *observe_row(row and row[0])]
    return [*found, *observe_opening(opening)] if opening else found


def observe_words(keys: Sequence[str], i: int) -> list[str]:
    """The features of the words around the one at ``i``."""
    last, key = len(keys) - 1, keys[i]
    found = [f"{BEFORE}{keys[i - 1] if i else '^'}|{key}", f"{AFTER}{key}|{keys[i + 1] if i < last else '$'}"]
    if i > 1:
        found.append(BEHIND + keys[i - 2])
    if i + 1 < last:
        found.append(AHEAD + keys[i + 2])
    return found


BEFORE, AFTER, BEHIND, AHEAD = "b=", "a=", "-2=", "+2="


def observe_signs(text: Text, i: int, signs: Signs) -> list[str]:
    """The features of known names, of what stands beside the word elsewhere, and of the last word of its row."""
    found, word = [], text.words[i]
    if i in signs.known:
        found.append(name_known(signs.known[i], i))
    if i + 1 in signs.known:
        found.append("+" + name_known(signs.known[i + 1], i + 1))
    if word in signs.evidence:
        found.append(signs.evidence[word])
    if i in signs.rows and signs.rows[i][1]:
        found.append("rl=" + signs.rows[i][1])
    return found


def observe_row(row: Row | None) -> tuple[str, ...]:
    """The features of a place in a row of capitalised words, or in none."""
    if row is None:
        return ("r",)
    place, rest, ending, head = row
    return f"r{place}{rest}", f"r{rest}l{ending}", f"r{place}f{head}", *(() if rest else ("rl",))


# Of a word with which a sentence or a line begins, or one of a line in title case or in capitals: whether it
# begins, the style of the line, whether the text has it without a capital, how often with one inside of sentences,
# how it fares in lower case, its shape.
Opening = tuple[bool, int, bool, int, str, str]


def find_opening(text: Text, i: int, common: Mapping[str, str]) -> Opening | None:
    """What says that the capital of a word may say nothing."""
    style, opens = text.styles[i], i in text.opening
    if not opens and style == PLAIN:
        return None
    word, key = text.words[i], text.keys[i]
    return opens, style, key in text.ordinary, min(text.inner.get(word, 0), _SEEN), common.get(key, "-"), shape(word)


def observe_opening(opening: Opening) -> tuple[str, str, str]:
    """The features of such a word."""
    opens, style, ordinary, inner, fares, form = opening
    place = f"o{int(opens)}{style}"
    return f"{place}{int(ordinary)}{inner}", f"{place}c{fares}", f"{place}{form}"


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
