"""The mentions of one text, joined to entities: by rule within the text, never by likeness of spelling."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from searchkit.model import Entity
from searchkit.pipeline.entities.canonical import canonicalise, drop_initials
from searchkit.pipeline.entities.gazetteer import Known, fold, load_words
from searchkit.pipeline.entities.naming import GUESS, Mention

# An unknown name of no certain type, or an unknown abbreviation, must come so often to be worth showing.
RECURRING = 2
_WITH_MIDDLE_NAME = 3  # words
# What the tagger must have for all mentions of a name together; lower ones are more often wrong than right.
LEAST_VOTE = 4
_KINDS = ("person", "organisation", "place")
_SMALL_WORDS = frozenset(("of", "the", "and", "&", "for", "in", "on", "de", "der", "des", "du", "la", "et", "und", "y"))


@dataclass(slots=True)
class Group:
    """Mentions that are one thing. ``names`` counts the forms that may become its name, ``types`` their types."""

    known: Known | None = None
    names: dict[str, int] = field(default_factory=dict)
    types: dict[str, int] = field(default_factory=dict)
    mentions: list[Mention] = field(default_factory=list)
    firm: int = 0
    votes: list[int] = field(default_factory=list)

    @property
    def type(self) -> str | None:
        """The type that most mentions have, the first seen of equals; a guess must be made repeatedly."""
        if self.known:
            return self.known.type
        sure = {type_: count for type_, count in self.types.items() if type_ != GUESS}
        if sure:
            return max(sure, key=sure.__getitem__)
        if self.votes:
            return _KINDS[self.votes.index(max(self.votes))]
        return "person" if GUESS in self.types and self.firm >= RECURRING else None

    @property
    def name(self) -> str:
        """The known name, else the spelling most mentions have, capitals only for want of another."""
        if self.known:
            return self.known.name
        if len(self.names) == 1:
            return next(iter(self.names))
        return max(self.names, key=lambda name: (not name.isupper(), self.names[name]))

    def add(self, mention: Mention, name: str, known: Known | None) -> None:
        """Count a mention."""
        self.known = self.known or known
        self.names[name] = self.names.get(name, 0) + 1
        if mention.votes:
            self.votes = [before + more for before, more in zip(self.votes or (0, 0, 0), mention.votes, strict=True)]
        if mention.type and not mention.votes:
            self.types[mention.type] = self.types.get(mention.type, 0) + 1
        self.mentions.append(mention)
        self.firm += not mention.weak

    def absorb(self, other: Group) -> None:
        """Take the mentions of another form of this name; the name stays as it is."""
        self.mentions += other.mentions
        self.firm += other.firm


def merge(mentions: Sequence[Mention]) -> tuple[Entity, ...]:
    """The entities of a text, most frequent first, then by name."""
    groups = _group(mentions)
    _join_middle_names(groups)
    _join_abbreviations(groups, mentions)
    _join_short_forms(groups)
    entities = [_make_entity(group) for group in groups.values() if _is_worth_showing(group)]
    return tuple(sorted(entities, key=lambda entity: (-entity.count, entity.name, entity.type)))


def _group(mentions: Iterable[Mention]) -> dict[str, Group]:
    """Mentions by the key of their canonical name."""
    groups: dict[str, Group] = defaultdict(Group)
    for mention in mentions:
        known = mention.known
        key, name, known = (fold(known.name), known.name, known) if known else _name(mention.text, mention.type)
        if key:
            groups[key].add(mention, name, known)
    return dict(groups)


@lru_cache(maxsize=10_000)
def _name(text: str, kind: str | None) -> tuple[str, str, Known | None]:
    """The key of a form of a type, its canonical name, and what it is known as."""
    name, known = canonicalise(text, kind)
    if known and known.type != kind:
        name, known = text, None  # "Mr Ford" is not the firm.
    return fold(name if known or kind not in ("person", GUESS) else drop_initials(name)), name, known


def _join_middle_names(groups: dict[str, Group]) -> None:
    """"Ada Mary Lovelace" is "Ada Lovelace" where both are named."""
    for key in list(groups):
        words = key.split()
        if len(words) == _WITH_MIDDLE_NAME:
            short = f"{words[0]} {words[2]}"
            if short in groups and groups[short].type == groups[key].type == "person":
                _join(groups, key, short)


# -- abbreviations


def _join_abbreviations(groups: dict[str, Group], mentions: Sequence[Mention]) -> None:
    """"Bureau of Useful Things (BUT)" and later "BUT": one organisation under its full name."""
    expansions: dict[str, set[str]] = defaultdict(set)
    for key, group in groups.items():
        if len(key.split()) > 1 and group.type in ("organisation", "other"):
            expansions[initials(key)].add(key)
    for key in [key for key, group in groups.items() if _is_abbreviation(key, group)]:
        candidates = expansions.get(key, set())
        if len(candidates) == 1:
            _join(groups, key, next(iter(candidates)))


def _is_abbreviation(key: str, group: Group) -> bool:
    return " " not in key and not group.known and all(mention.text.isupper() for mention in group.mentions)


def initials(key: str) -> str:
    """The first letters of the words of a key but for the small ones."""
    return "".join(word[0] for word in key.split() if word not in _SMALL_WORDS)


# -- last names, first names, first words


def _join_short_forms(groups: dict[str, Group]) -> None:
    """"Lovelace" is the one person with this last name in the text, "Acme" the one firm that begins so."""
    persons, firms = _index_full_names(groups)
    for key in [key for key, group in groups.items() if " " not in key and not _is_settled(group, key, persons)]:
        candidates = persons.get(key) or firms.get(key, set())
        if len(candidates) == 1:
            _join(groups, key, next(iter(candidates)))
        elif candidates:
            del groups[key]


def _index_full_names(groups: dict[str, Group]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """The keys of persons by their last and first names, and of unknown organisations by their first words."""
    first_names = load_words()["first_names"]
    persons: dict[str, set[str]] = defaultdict(set)
    firms: dict[str, set[str]] = defaultdict(set)
    for key, group in groups.items():
        words = fold(group.name).split()
        if len(words) < 2:
            continue
        if group.type == "person" or GUESS in group.types:
            persons[words[-1]].add(key)
            if words[0] in first_names:
                persons[words[0]].add(key)
        elif group.type == "organisation" and not group.known:
            firms[words[0]].add(key)
    return persons, firms


def _is_settled(group: Group, key: str, persons: dict[str, set[str]]) -> bool:
    """Whether a group is something else than a short form for sure."""
    if group.known is None or group.known.type == "person":
        return False
    return not (key in persons and group.votes and max(group.votes) == group.votes[0])


def _join(groups: dict[str, Group], key: str, target: str) -> None:
    if key != target and target in groups:
        groups[target].absorb(groups.pop(key))


# -- to entities


def _is_worth_showing(group: Group) -> bool:
    """Whether a group is a name for sure: at least one mention is, and unknown ones have a type or recur."""
    if not group.firm:
        return False
    if group.known:
        return True
    if group.votes and not group.types:
        return max(group.votes) >= LEAST_VOTE
    abbreviation = group.name.isupper() and all(" " not in mention.text for mention in group.mentions)
    return (group.type is not None and not abbreviation) or group.firm >= RECURRING


def _make_entity(group: Group) -> Entity:
    mentions = sorted(group.mentions, key=lambda mention: mention.start)
    return Entity(
        name=group.name,
        type=group.type or "other",
        count=len(mentions),
        mentions=tuple(dict.fromkeys(mention.text for mention in mentions)),
    )
