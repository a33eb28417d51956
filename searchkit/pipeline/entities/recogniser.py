"""Names in English text: what the tagger finds, set right by the tables of known names and by the text itself."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from searchkit.pipeline.entities.definitions import find_apposed, find_definitions
from searchkit.pipeline.entities.features import Found
from searchkit.pipeline.entities.gazetteer import Known, fold, load_gazetteer, load_lists, load_words
from searchkit.pipeline.entities.naming import CITIES, Mention
from searchkit.pipeline.entities.tagger import Tagged, read_model, tag, weigh
from searchkit.pipeline.entities.tokens import PLAIN, SHOUTED, Text, split

_TYPES = {"PER": "person", "ORG": "organisation", "LOC": "place"}
_SHORTEST_ECHO = 3  # letters of a name that is looked for in the rest of the text
_LONGEST_ECHO = 12  # words
_ABBREVIATION = range(2, 9)  # letters of one that may follow its expansion
_NATIONAL = 2  # "U.S. Department of …": the country and the organisation
_SMALL = frozenset(("of", "the", "and", "&", "for", "in", "on", "de", "to"))
_OVER = frozenset(("for", "to", "in", "on", "at"))  # link words over which one organisation may be two


def recognise(body: str) -> list[Mention]:
    """The names of a text in the order in which they stand, none over another."""
    text = split(body)
    tagged = tag(text, read_model())
    covered = [False] * len(text.words)
    mentions = []
    for found in _find_expansions(text):
        mentions.append(_make(text, found, "organisation", covered))
    for found in find_definitions(text):
        if not any(covered[found.first:found.last]) and not _list_known(tagged.known, found.first, found.last):
            mentions.append(_make(text, found, found.known.type, covered))
    for name in _read_tags(text, tagged.tags):
        if not any(covered[name.first:name.last]):
            mentions += _reconcile(text, name, tagged, covered)
    mentions += _find_missed(text, tagged.known, covered)
    for found in find_apposed(text):
        if not any(covered[found.first:found.last]):
            mentions.append(_make(text, found, found.known.type, covered))
    mentions += _find_echoes(text, mentions, covered)
    return sorted(mentions, key=itemgetter(0))  # where they begin


def _make(text: Text, found: Found, kind: str, covered: list[bool], known: Known | None = None,
          votes: tuple[int, ...] = ()) -> Mention:
    """A mention, its words marked as covered."""
    first, last = found.first, found.last
    covered[first:last] = [True] * (last - first)
    start, end = text.starts[first], text.ends[last - 1]
    return Mention(start, end, text.body[start:end], kind, known, votes=votes)


class Name(NamedTuple):
    """Words ``first`` to ``last`` (excluded) that are one name of a type; ``judged``: the first tagged, or -1."""

    first: int
    last: int
    type: str
    judged: int


def _read_tags(text: Text, tags: Sequence[str]) -> Iterator[Name]:
    """The tagged names in order."""
    size = len(tags)
    done = 0
    for i in text.capitals:
        first = i if i >= done else done
        while first > done and tags[first].startswith("I"):
            first -= 1  # "al-" has no capital
        if first >= size or tags[first] == "O" or first < done:
            continue
        kind = tags[first][2:]
        last = first + 1
        while last < size and tags[last] == "I-" + kind:
            last += 1
        done = last
        yield from _cut(text, Name(first, last, _TYPES[kind], first))


def _cut(text: Text, name: Name) -> Iterator[Name]:
    """"Fed Chairman Ada Quill" is an organisation and a person, "University of X for the Ministry of Y" two of one."""
    words, keys, (first, last, kind, judged) = load_words(), text.keys, name
    for i in range(last - 2, first, -1):
        if keys[i] in words["roles"] and keys[i] not in words["surnames"] and _is_known(text, first, i) and (
                kind == "person" or "first" in load_lists().get(keys[i + 1], ())):
            yield Name(first, i, "organisation", judged)
            yield Name(i + 1, last, "person", -1)
            return
    for i in range(first + 2, last - 2) if kind == "organisation" else ():
        head = i + 1 + (keys[i + 1] == "the")
        if keys[i] in _OVER and keys[head] in words["organisation_heads"]:
            yield Name(first, i, kind, judged)
            yield Name(head, last, kind, -1)
            return
    yield name


def _is_title(key: str) -> bool:
    """Whether a word is an office or a title of persons."""
    return key in load_words()["roles"] or key in load_words()["honorifics"]


def _is_generic(key: str) -> bool:
    """Whether a word alone only says what kind of organisation or place is meant: "the Court", "the Island"."""
    words = load_words()
    return any(key in words[kind] for kind in _GENERIC)


_GENERIC = ("organisation_heads", "organisation_endings", "place_heads", "place_endings", "place_beginnings")


def _is_known(text: Text, first: int, last: int) -> bool:
    """Whether words are a known name."""
    surface = text.body[text.starts[first]:text.ends[last - 1]]
    return load_gazetteer().find(surface, fold(surface)) is not None


def _reconcile(text: Text, name: Name, tagged: Tagged, covered: list[bool]) -> Iterator[Mention]:
    """A tagged name as the tables know it: another type, a longer name, several names; or no name at all."""
    first, last, kind, judged = name
    votes = weigh(tagged.scores[judged]) if judged in tagged.scores else ()
    inside = _list_known(tagged.known, first, last)
    found = Found(first, last, Known("", kind))
    if inside and inside[0].first <= first and inside[-1].last >= last and (
            sum(part.last - part.first for part in inside) == inside[-1].last - inside[0].first):
        if len(inside) > 1 and kind == "person":
            yield _make(text, found, kind, covered, None, votes)
        else:
            yield from _take_known(text, inside, kind, covered, votes)
        return
    words = load_words()
    keys = [key.strip(".") for key in text.keys[first:last]]
    while len(keys) > 1 and keys[-1] in words["calendar"]:
        keys.pop()
    if all(key in words["calendar"] or key in words["demonyms"] or _is_title(key) for key in keys):
        return
    if len(keys) == 1 and kind != "person" and not inside and _is_generic(keys[0]):
        return
    if len(keys) > 1 and (keys[-1] in words["legal_forms"] or (kind != "organisation" and _is_team(keys, inside))):
        kind, votes = "organisation", ()
    elif kind == "person" and first and _is_title(text.keys[first - 1].strip(".")):
        votes = ()  # an office before it leaves no doubt
    elif inside and text.styles[first] != PLAIN and not _stands_elsewhere(text, first, last):
        yield from _take_known(text, inside, kind, covered, votes)
        return
    yield _make(text, Found(first, first + len(keys), found.known), kind, covered, None, votes)


def _is_team(keys: Sequence[str], inside: Sequence[Found]) -> bool:
    """Whether words name a team: "FC Lausanne", or a known city and a plural, "Jacksonville Suns"."""
    words = load_words()
    if keys[0] in words["team_marks"] or keys[-1] in words["team_marks"] or keys[-1] in words["body_endings"]:
        return True
    city = bool(inside) and inside[0].known.type == "place" and not CITIES.isdisjoint(load_lists().get(keys[0], ()))
    return (city and keys[-1].endswith("s") and not keys[-1].endswith("ss") and keys[-1] not in words["place_endings"]
            and keys[-1] not in words["place_plurals"])


def _stands_elsewhere(text: Text, first: int, last: int) -> bool:
    """Whether words of a headline are capitalised in plain sentences too."""
    return any(form in text.inner for form in text.forms[first:last])


def _take_known(text: Text, inside: Sequence[Found], kind: str, covered: list[bool],
                votes: tuple[int, ...]) -> Iterator[Mention]:
    """The known names that a tagged one consists of."""
    if len(inside) == _NATIONAL and kind == "organisation" == inside[1].known.type and (
            inside[0].known.name == "United States"):
        yield _make(text, Found(inside[0].first, inside[1].last, inside[1].known), kind, covered, inside[1].known)
        return
    for name in inside:
        if text.styles[name.first] == SHOUTED and name.last - name.first == 1 and (
                text.keys[name.first] in load_words()["function_words"]):
            continue  # "US" or "us", "WHO" or "who"
        known = None if _is_other(text, name, kind) else name.known
        yield _make(text, name, known.type if known else kind, covered, known, votes)


def _list_known(known: Mapping[int, Found], first: int, last: int) -> list[Found]:
    """The known names that have words between two."""
    names: list[Found] = []
    for i in range(first, last):
        if i in known and (not names or names[-1] is not known[i]):
            names.append(known[i])
    return names


def _is_other(text: Text, name: Found, kind: str) -> bool:
    """Whether a known name of one word is something else here: "Mr Ford", "Princeton" the town, "Jordan" the player."""
    if name.known.type == kind or name.last - name.first > 1:
        return False
    before = text.keys[name.first - 1].strip(".") if name.first else ""
    lists = load_lists().get(text.keys[name.first], ())
    if kind == "person":
        return before in load_words()["honorifics"] or (name.known.type == "place" and "first" in lists)
    return kind == "place" and not CITIES.isdisjoint(lists)


def _find_missed(text: Text, known: Mapping[int, Found], covered: list[bool]) -> Iterator[Mention]:
    """Known names that the tagger passed over, but for everyday words where a capital says nothing."""
    words = load_words()
    for i, found in known.items():
        if found.first != i or any(covered[found.first:found.last]):
            continue
        key = text.keys[i]
        if found.last - found.first == 1 and (
                key in text.ordinary or key in words["common_words"] or key in words["function_words"]):
            style = text.styles[i]
            loud = style == SHOUTED if text.words[i].isupper() else style != PLAIN or i in text.opening
            if loud or (found.known.type != "organisation" and not text.words[i].isupper()):
                continue
        yield _make(text, found, found.known.type, covered, found.known)


def _find_expansions(text: Text) -> Iterator[Found]:
    """"Bureau of Useful Things (BUT)": the words before an abbreviation in brackets that it is made of."""
    words = text.words
    for i in text.capitals:
        word = words[i]
        if not (word.isupper() and len(word) in _ABBREVIATION and i > 2 and words[i - 1] == "("
                and words[i + 1:i + 2] == [")"]):
            continue
        letters, first = list(word), i - 1
        while letters and first and text.lines[first - 1] == text.lines[i]:
            before = words[first - 1]
            if before[0] == letters[-1]:
                letters.pop()
            elif before.lower() not in _SMALL:
                break
            first -= 1
        if not letters and words[first][0].isupper() and i - 1 - first > 1:
            yield Found(first, i - 1, Known("", "organisation"))


def _find_echoes(text: Text, mentions: Sequence[Mention], covered: list[bool]) -> Iterator[Mention]:
    """Names that were found elsewhere in the text, the longest from left to right."""
    named: dict[str, Mention] = {}
    reach: dict[str, int] = {}
    words, body = load_words(), text.body
    for mention in mentions:
        name = mention.text
        key = name.lower()
        if len(name) >= _SHORTEST_ECHO and (" " in name or not (key in text.ordinary or key in words["common_words"])):
            named.setdefault(name, mention)
            first = body[mention.start:text.ends[bisect_left(text.starts, mention.start)]]
            reach[first] = max(reach.get(first, 0), len(name))
    for i in text.capitals:
        longest = reach.get(text.words[i], 0)
        if covered[i] or not longest:
            continue
        last = bisect_right(text.ends, text.starts[i] + longest)
        for end in range(min(last, i + _LONGEST_ECHO), i, -1):
            its = named.get(body[text.starts[i]:text.ends[end - 1]])
            if its and not any(covered[i:end]):
                kind = its.type or ""
                yield _make(text, Found(i, end, Known("", kind)), kind, covered, its.known, its.votes)
                break
