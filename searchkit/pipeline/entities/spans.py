"""The words of a run, told apart and cut into spans: words that may be one name together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from searchkit.pipeline.entities.candidates import Run, Token
from searchkit.pipeline.entities.gazetteer import Known, load_gazetteer, load_words

OF = frozenset({"of", "for", "de", "du", "des", "der", "fur", "del", "della"})
LONGEST = 16  # units; no name is longer, but lists in title case are
AND = frozenset({"and", "&", "et", "y", "und", "the", "la", "le", "les", "el"})


class Unit(NamedTuple):
    """Tokens ``first`` to ``last`` (excluded) of a run, that are one known name, or one word of a ``kind``.

    Kinds: known, plain, adjective, role, honorific, link, break. ``common``: it is also an everyday word.
    """

    first: int
    last: int
    kind: str
    key: str
    known: Known | None = None
    common: bool = False

    @property
    def known_type(self) -> str | None:
        """The type of a known name."""
        return self.known.type if self.known else None


class Span(NamedTuple):
    """Units in a row that may be one name.

    ``cued``: an office or a title stands before, as of a person; ``titled``: a title ("Mrs") right before.
    ``headed``: it is of the form "Bank of …".
    """

    units: tuple[Unit, ...]
    cued: bool = False
    titled: bool = False
    headed: bool = False


def find_spans(run: Run, ordinary: frozenset[str]) -> Iterator[Span]:
    """The spans of a run in order; ``ordinary`` are the words that the text has in lower case."""
    words = load_words()
    titled = run.before.rstrip(".") in words["honorifics"]
    cued = titled or run.before in words["roles"]
    units = _mark(run, ordinary)
    if len(units) == 1:  # as most
        if units[0].kind in ("known", "plain"):
            yield Span(tuple(units), cued, titled)
        return
    for group in _group(units, run):
        if group[0].kind == "honorific":
            cued = titled = True
            continue
        for span in _split(group, cued):
            yield span._replace(titled=True) if titled else span
            titled = False
        cued = group[-1].kind == "role"


# -- words to units


def _mark(run: Run, ordinary: frozenset[str]) -> list[Unit]:
    units: list[Unit] = []
    position = 0
    while position < len(run.tokens):
        unit = _find_known(run, position, ordinary)
        if unit is None:
            key = run.tokens[position].key
            kind = _judge(run, position, units[-1] if units else None, ordinary)
            unit = Unit(position, position + 1, kind, key, common=is_common(key, ordinary))
        units.append(unit)
        position = unit.last
    return units


def is_common(key: str, ordinary: frozenset[str]) -> bool:
    """Whether a folded word is an everyday word, by our lists or by the text itself."""
    words = load_words()
    return key in ordinary or key in words["common_words"] or key in words["function_words"]


def _find_known(run: Run, position: int, ordinary: frozenset[str]) -> Unit | None:
    """The longest known name that begins here."""
    tokens, gazetteer = run.tokens, load_gazetteer()
    first = tokens[position]
    if first.text.islower():
        return None
    article = tokens[position - 1].key if position else run.before
    if article == "the" and (known := gazetteer.names.get("the " + first.key)):
        return Unit(position, position + 1, "known", first.key, known, is_common(first.key, ordinary))
    reach = gazetteer.reach.get(first.key.split(" ", 1)[0], 0)
    if first.possessive:
        reach = max(reach, gazetteer.reach.get(first.whole.split(" ", 1)[0], 0))
    for size in range(min(reach, len(tokens) - position), 0, -1):
        found = tokens[position:position + size]
        if known := _look_up(found):
            key = " ".join(token.key for token in found)
            common = size == 1 and is_common(key, ordinary)
            if not (common and first.shouted):
                return Unit(position, position + size, "known", key, known, common)
    return None


def _look_up(tokens: Sequence[Token]) -> Known | None:
    """What these words are known as, with the possessive of the last one or without."""
    before = [token.whole for token in tokens[:-1]]
    last = tokens[-1]
    if last.possessive and (known := load_gazetteer().names.get(" ".join([*before, last.whole]))):
        return known
    return load_gazetteer().find(" ".join(token.text for token in tokens), " ".join([*before, last.key]))


def _judge(run: Run, position: int, previous: Unit | None, ordinary: frozenset[str]) -> str:
    """The kind of a word that is no known name."""
    token, words = run.tokens[position], load_words()
    key = token.key
    if token.text.islower() or token.text == "&":
        return "break" if token.glued else "link"
    if not key or token.shouted or key in words["calendar"]:
        return "break"
    common_opening = run.opens and position == 0 and is_common(key, ordinary)
    if key in words["first_names"] and not common_opening:
        return "plain"
    after_first_name = previous is not None and previous.kind == "plain" and (
        previous.key in words["first_names"] and not run.tokens[position - 1].possessive)
    if after_first_name and key in words["particles"] and position + 1 < len(run.tokens):
        return "plain"
    if key in words["function_words"] and not is_initial(token):
        return "break"
    if key in words["honorifics"]:
        return "honorific"
    if after_first_name and key in words["surnames"]:
        return "plain"
    if key in words["roles"] or key in words["portfolios"]:
        return "role"
    return "adjective" if common_opening or key in words["demonyms"] else "plain"


def is_initial(token: Token) -> bool:
    """Whether a word is the first letter of a name: "F."."""
    return len(token.text) == 2 and token.text.endswith(".")


# -- units to spans


def _group(units: Sequence[Unit], run: Run) -> Iterator[list[Unit]]:
    """Units that may belong together: cut at breaks, titles, owners, parts of compounds and most links."""
    group: list[Unit] = []
    links: list[Unit] = []
    for unit in units:
        if unit.kind == "link":
            links.append(unit)
            continue
        if group and not _belongs(group, links, unit, run):
            yield group
            group, links = [], []
        if unit.kind != "break":
            group += [*links, unit] if group else [unit]
        links = []
    if group:
        yield group


def _belongs(group: Sequence[Unit], links: Sequence[Unit], unit: Unit, run: Run) -> bool:
    """Whether a unit may go on with the name in ``group``, over the ``links`` between."""
    last = group[-1]
    token = run.tokens[last.last - 1]
    if unit.kind == "break" or "honorific" in (last.kind, unit.kind):
        return False
    if run.tokens[last.first].glued or run.tokens[unit.first].glued:
        return False
    if token.possessive or len(group) >= LONGEST:
        return False
    office = unit.kind == "role" and unit.key not in load_words()["portfolios"]
    return not links or (not office and _links(group, links, unit))


def _links(group: Sequence[Unit], links: Sequence[Unit], unit: Unit) -> bool:
    """Whether the small words between two units join them to one name."""
    words = load_words()
    keys = [link.key or "&" for link in links]
    if keys == ["&"]:
        return unit.known is None and group[-1].known is None
    before = [link.key for link in group if link.kind == "link"]
    headed = any(key in OF for key in before)
    if headed and (unit.key in words["organisation_heads"] or (keys[0] in AND and keys[0] in before)):
        return False
    if keys[0] in OF and (group[-1].key in words["organisation_heads"] or group[-1].key in words["place_heads"]):
        return unit.known is None or unit.known.type != "organisation"
    if headed and unit.known is None:
        first_name = unit.key in words["first_names"]
        return keys[0] in OF | AND and not first_name
    personal = group[0].key in words["first_names"] or keys[0] in ("van", "von", "al", "bin", "ibn", "ben")
    return personal and unit.known is None and all(key in words["particles"] and key not in AND - {"la", "el"}
                                                   for key in keys)


def _split(group: list[Unit], cued: bool) -> Iterator[Span]:
    """A group as spans: whole if it ends or begins like an organisation, else cut at offices and adjectives."""
    words = load_words()
    start = 0
    while start < len(group) and group[start].kind == "role" and group[start].key not in words["portfolios"]:
        start += 1
        cued = True
    rest = group[start:]
    if len(rest) < 2:
        yield from _cut(rest, cued)
        return
    if any(unit.kind == "link" and unit.key in OF for unit in rest) and rest[0].key not in words["first_names"]:
        yield from _cut_headed(rest)
    elif is_ending(rest[-1]) and not any(unit.kind == "role" and unit.key not in words["portfolios"] for unit in rest):
        yield Span(tuple(rest))
    else:
        yield from _cut(rest, cued)


def is_ending(unit: Unit) -> bool:
    """Whether a word ends names of organisations, places or other things: "Bank", "River", "Award"."""
    words = load_words()
    return unit.kind in ("plain", "role") and any(
        unit.key in words[kind] for kind in ("organisation_endings", "place_endings", "thing_endings", "legal_forms"))


def _cut_headed(units: Sequence[Unit]) -> Iterator[Span]:
    """"… Office of Public Affairs Director John Smith": the headed name, then what follows the office."""
    portfolios = load_words()["portfolios"]
    for position, unit in enumerate(units):
        if unit.kind == "role" and unit.key not in portfolios and position:
            yield Span(tuple(units[:position]), headed=True)
            yield from _cut(units[position:], cued=True)
            return
    yield Span(tuple(units), headed=True)


def _cut(units: Sequence[Unit], cued: bool) -> Iterator[Span]:
    """Cut at offices and adjectives; a name after an office is cued."""
    part: list[Unit] = []
    for unit in units:
        if unit.kind in ("role", "adjective"):
            if part:
                yield Span(tuple(part), cued)
            part = []
            cued = unit.kind == "role" or (cued and not part)
        else:
            part.append(unit)
    if part:
        yield Span(tuple(part), cued)
