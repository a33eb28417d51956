"""A query tree as JSON, so that a saved query means the same later.

    {"version": 2, "analysis": 2, "query": {"kind": "and", "children": [{"kind": "term", "field": "body", …}]}}

``version`` is that of the tree's form, ``analysis`` that of the analyzer which made its terms. A tree of another
version of either is refused and not guessed at; version 1 is read, too: it has no nodes by language. Days are the ISO
dates that were meant when it was saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any, get_args

from searchkit.errors import QueryError
from searchkit.fields import BY_NAME
from searchkit.search.analysis import VERSION as ANALYSIS
from searchkit.search.query import AtLeast, Near, Phrase, Query, Term

VERSION = 2
_READABLE = (1, VERSION)
MAX_DEPTH = 300  # levels; the parser's limits allow for about 200
_KINDS = {kind.__name__.lower(): kind for kind in get_args(Query)}
_SINGLE, _SEVERAL, _DAYS = ("child", "default"), ("children", "bonuses"), ("first", "last")  # names of what nodes have
_TYPES: dict[str, type | tuple[type, ...]] = {
    "term": str, "prefix": str, "pattern": str, "word": str, "value": str,
    "slop": int, "distance": int, "count": int, "factor": (int, float),
}


def to_json(query: Query) -> dict[str, Any]:
    """The tree as plain values, ready for JSON."""
    return {"version": VERSION, "analysis": ANALYSIS, "query": _write(query)}


def from_json(data: object) -> Query:
    """The inverse of ``to_json``. Raises QueryError for what is no tree of this version."""
    if not isinstance(data, Mapping):
        raise _refuse("it is no object")
    for name, known in (("version", _READABLE), ("analysis", (ANALYSIS,))):
        if data.get(name) not in known:
            raise _refuse(f"its {name} is {data.get(name)!r}, not {known[-1]}")
    return _read(data.get("query"), MAX_DEPTH)


def _write(query: Query) -> dict[str, object]:
    written: dict[str, object] = {"kind": type(query).__name__.lower()}
    for field in fields(query):
        value = getattr(query, field.name)
        if field.name in _SEVERAL:
            value = [_write(child) for child in value]
        elif field.name in _SINGLE:
            value = _write(value)
        elif field.name == "choices":
            value = [{"languages": list(languages), "node": _write(node)} for languages, node in value]
        elif field.name in _DAYS and value is not None:
            value = date.fromordinal(value).isoformat()
        written[field.name] = list(value) if isinstance(value, tuple) else value
    return written


def _read(data: object, depth: int) -> Query:
    """One node with all below it: a call a level, so that the deepest tree that is allowed can be read."""
    kind = _KINDS.get(str(data.get("kind"))) if isinstance(data, Mapping) else None
    if kind is None or not isinstance(data, Mapping):
        raise _refuse("a node has no kind that is known")
    if not depth:
        raise _refuse(f"it is nested more than {MAX_DEPTH} deep")
    values: dict[str, Any] = {name: value for name, value in data.items() if name != "kind"}
    if values.keys() != {field.name for field in fields(kind)}:
        raise _refuse(f"a node '{data['kind']}' has other parts than it must")
    for name, value in values.items():
        if name in _SINGLE:
            values[name] = _read(value, depth - 1)
        elif name == "choices" and isinstance(value, list):
            choices = []
            for choice in value:
                languages, child = _read_choice(choice)
                choices.append((languages, _read(child, depth - 1)))
            values[name] = tuple(choices)
        elif name in _SEVERAL and isinstance(value, list):
            children = []
            for child in value:
                children.append(_read(child, depth - 1))  # a comprehension would be a call more
            values[name] = tuple(children)
        else:
            values[name] = _read_value(name, value)
    node: Query = kind(**values)
    if isinstance(node, AtLeast) and not isinstance(node.child, Term | Phrase | Near):
        raise _refuse("'atleast' counts a term, a phrase or terms near each other")
    return node


def _read_choice(data: object) -> tuple[tuple[str, ...], object]:
    """The languages of a choice, and its node as it is written."""
    languages = data.get("languages") if isinstance(data, Mapping) and data.keys() == {"languages", "node"} else None
    if not isinstance(data, Mapping) or not isinstance(languages, list) or not all(
            isinstance(language, str) for language in languages):
        raise _refuse("a choice by language has other parts than it must")
    return tuple(languages), data["node"]


def _read_value(name: str, value: object) -> object:
    """A value below which there are no nodes."""
    if name == "field" and isinstance(value, str) and value in BY_NAME:
        return BY_NAME[value].name
    if name in _DAYS and isinstance(value, str | None):
        return _read_day(value)
    if name in ("terms", "excluded") and isinstance(value, list) and all(isinstance(word, str) for word in value):
        return tuple(value)
    if name in _TYPES and isinstance(value, _TYPES[name]) and not isinstance(value, bool):
        return value
    raise _refuse(f"a node has a {name} that it cannot have")


def _read_day(text: str | None) -> int | None:
    try:
        return None if text is None else date.fromisoformat(text).toordinal()
    except ValueError:
        raise _refuse("a day is no date") from None


def _refuse(reason: str) -> QueryError:
    return QueryError(f"this is no saved query: {reason}", hint="write the query anew and save it")
