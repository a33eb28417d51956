"""Aliases: corrections of entities and publishers, applied to what is asked and to what is shown.

The index keeps the values that extraction found. A value goes by the name that its line in ``aliases.toml``
gives it, or by none; a query is turned into one for the values that now go by what was asked, a facet is
counted under the names they go by, and documents are shown with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from searchkit.fields import BY_NAME
from searchkit.model import ENTITY_TYPES, Document, Entity
from searchkit.search.folding import fold_value
from searchkit.search.query import And, Boost, Keyword, KeywordPrefix, Missing, Not, Or, Query, either

TABLES = ("entity", "publisher")
TYPED = tuple(type_ for type_ in ENTITY_TYPES if type_ in BY_NAME)  # fields with the entities of one type


class Correction(NamedTuple):
    """The name that a value goes by (None: it is no such value at all), and its type (None: as found)."""

    name: str | None
    type: str | None = None


class Naming(NamedTuple):
    """Under which names the values of a facet are counted. A document counts once under each name.

    ``names`` has, for folded values of the field, the name they are counted under, None for those that are
    not counted; every name stands in it for itself. Values that are not in it keep theirs. ``adopted`` has
    folded values of the field ``entity`` that are counted, too, whatever their type. Where ``empties``,
    documents of which no value is counted belong to those without one.
    """

    names: Mapping[str, str | None]
    adopted: Mapping[str, str] = MappingProxyType({})
    empties: bool = False


Corrections = Mapping[str, Correction]


class Aliases:
    """Corrections by table and folded value. Every name that one gives stands among them for itself."""

    def __init__(self, entity: Corrections, publisher: Corrections) -> None:
        self._corrections = {"entity": entity, "publisher": publisher, **dict.fromkeys(TYPED, entity)}
        self._values = {table: _group(self._corrections[table]) for table in TABLES}
        self._namings: dict[str, Naming | None] = {}

    def correct_query(self, query: Query) -> Query:
        """The query for the values that now go by the names in it; old names find the same as new ones."""
        match query:
            case And(children):
                return And(tuple(map(self.correct_query, children)))
            case Or(children):
                return Or(tuple(map(self.correct_query, children)))
            case Not(child):
                return Not(self.correct_query(child))
            case Boost(child, factor):
                return Boost(self.correct_query(child), factor)
            case Keyword(name) if self._corrections.get(name):
                return self._correct_keyword(query)
            case KeywordPrefix(name) if self._corrections.get(name):
                return self._correct_prefix(query)
            case Missing("publisher"):
                dropped = [Keyword("publisher", key) for key in self._values["publisher"].get(None, ())]
                return either(query, *dropped)
            case _:
                return query

    def find_naming(self, name: str) -> Naming | None:
        """How the values of a facet are counted; None: as they are."""
        if name not in self._namings:
            corrections = self._corrections.get(name)
            self._namings[name] = _make_naming(name, corrections) if corrections else None
        return self._namings[name]

    def correct_document(self, document: Document) -> Document:
        """The document as it is shown."""
        found = self._corrections["publisher"].get(fold_value(document.publisher or ""))
        if found and found.name != document.publisher:
            source = document.publisher_source if found.name else None
            document = replace(document, publisher=found.name, publisher_source=source)
        corrections = self._corrections["entity"]
        if corrections and any(fold_value(entity.name) in corrections for entity in document.entities):
            document = replace(document, entities=_correct_entities(document.entities, corrections))
        return document

    def _correct_keyword(self, query: Keyword) -> Query:
        corrections = self._corrections[query.field]
        found = corrections.get(query.key)
        if found is None:
            return query
        if found.name is None:
            return Or(())
        keys = self._values[_find_table(query.field)][fold_value(found.name)]
        places = [(key, _find_field(query.field, corrections[key])) for key in keys]
        return either(*(Keyword(place, key) for key, place in places if place))

    def _correct_prefix(self, query: KeywordPrefix) -> Query:
        """Values whose old or new name begins so."""
        prefix = query.key
        gone, come = [], []
        for key, correction in self._corrections[query.field].items():
            begins = key.startswith(prefix)
            place = _find_field(query.field, correction) if correction.name is not None else None
            if begins and place != query.field:
                gone.append(key)
            if place and (begins or fold_value(correction.name or "").startswith(prefix)) and not (
                    begins and place == query.field):
                come.append(Keyword(place, key))
        return either(replace(query, excluded=tuple(gone)), *come)


def _group(corrections: Corrections) -> dict[str | None, list[str]]:
    """The values that go by each folded name; under None those that are dropped."""
    groups: dict[str | None, list[str]] = {}
    for key, correction in corrections.items():
        name = None if correction.name is None else fold_value(correction.name)
        groups.setdefault(name, []).append(key)
    return groups


def _find_table(name: str) -> str:
    return "publisher" if name == "publisher" else "entity"


def _find_field(name: str, correction: Correction) -> str | None:
    """In which field a corrected value of a field is looked up; None: it is of another type."""
    if name not in TYPED or correction.type is None:
        return name
    return "entity" if correction.type == name else None


def _make_naming(name: str, corrections: Corrections) -> Naming:
    names = {key: correction.name if _find_field(name, correction) else None
             for key, correction in corrections.items()}
    adopted = {key: correction.name for key, correction in corrections.items()
               if correction.name is not None and name in TYPED and correction.type == name}
    return Naming(names, adopted, empties=name == "publisher")


def _correct_entities(entities: tuple[Entity, ...], corrections: Corrections) -> tuple[Entity, ...]:
    """Entities by their names; those of one name and type are one, with the mentions of all."""
    merged: dict[tuple[str, str], Entity] = {}
    for entity in entities:
        found = corrections.get(fold_value(entity.name), Correction(entity.name))
        if found.name is None:
            continue
        type_ = found.type or entity.type
        known = merged.get((found.name, type_), Entity(found.name, type_, 0))
        mentions = tuple(dict.fromkeys((*known.mentions, *entity.mentions)))
        merged[found.name, type_] = Entity(found.name, type_, known.count + entity.count, mentions)
    return tuple(sorted(merged.values(), key=lambda entity: (-entity.count, entity.name, entity.type)))


NO_ALIASES = Aliases({}, {})
