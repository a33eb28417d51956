"""The lines of ``aliases.toml``: a line is a correction, and deleting the line undoes it.

    [entity]
    "Huawei Technologies" = "Huawei"            # goes by this name
    "Apollo" = { type = "organisation" }        # is of this type; may have a name, too
    "Read More" = false                         # is no entity
    [publisher]
    "The Inquirer.net" = "The Inquirer"

Values are compared folded, as those of filters are. Whatever cannot be meant is refused with its line.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from searchkit.errors import AliasesBroken
from searchkit.model import ENTITY_TYPES
from searchkit.search.aliases import TABLES, Aliases, Correction
from searchkit.search.folding import fold_value

FORMS = '"value" = "name", "value" = { type = "person" } or "value" = false'
_KEY = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\s*=""")
_TABLE = re.compile(r"\s*\[([^\[\]]+)\]")


class _Rule(NamedTuple):
    """A line: the value as it is written, the name it gets (None: dropped), and the type."""

    value: str
    name: str | None
    type: str | None = None


class _Fault(Exception):
    """What is wrong with the line of a value, and what to do."""

    def __init__(self, what: str, table: str, value: str, hint: str = f"a line is {FORMS}") -> None:
        super().__init__(what)
        self.what, self.table, self.value, self.hint = what, table, value, hint


def parse_aliases(text: str, file: str) -> Aliases:
    """The aliases in the text of a file, whose name is for messages. Raises AliasesBroken."""
    try:
        tables = tomllib.loads(text + "\n")  # at the end of a text, tomllib names no line
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise AliasesBroken(f"the aliases are no TOML: {problem}", file, f"a line is {FORMS}") from None
    try:
        for table, values in tables.items():
            if table not in TABLES or not isinstance(values, dict):
                known = " and ".join(f"[{name}]" for name in TABLES)
                raise _Fault(f"unknown table '{table}'", "", table, f"tables are {known}")
        return Aliases(*(_resolve(table, _read_table(table, tables.get(table, {}))) for table in TABLES))
    except _Fault as fault:
        lines = [number for number, table, value in _find_lines(text) if (table, value) == (fault.table, fault.value)]
        where = f"{file}, line {lines[0]}" if lines else file
        raise AliasesBroken(fault.what, where, fault.hint) from None


def _read_table(table: str, values: Mapping[str, Any]) -> dict[str, _Rule]:
    """The lines of a table by folded value."""
    rules: dict[str, _Rule] = {}
    for value, meant in values.items():
        if not value.strip():
            raise _Fault("a line corrects an empty value", table, value)
        rule = _read_rule(table, value, meant)
        key = fold_value(value)
        known = rules.setdefault(key, rule)
        if _respells(known, key) != _respells(rule, key):
            rules[key] = rule if _respells(known, key) else known
        elif (known.name, known.type) != (rule.name, rule.type):
            raise _Fault(f"'{value}' contradicts '{known.value}', which is the same value", table, value,
                         "delete one of the two lines")
    return rules


def _respells(rule: _Rule, key: str) -> bool:
    """Whether a line only says how a value is written; one that says more of the same value has the last word."""
    return rule.name is not None and rule.type is None and fold_value(rule.name) == key


def _read_rule(table: str, value: str, meant: Any) -> _Rule:  # noqa: ANN401
    """The line of a value."""
    if meant is False:
        return _Rule(value, None)
    wishes = {"name": meant} if isinstance(meant, str) else meant
    if not isinstance(wishes, dict) or not wishes:
        raise _Fault(f"'{value}' cannot become {meant!r}", table, value)
    if unknown := wishes.keys() - {"name", "type"}:
        raise _Fault(f"'{value}' has an unknown '{min(unknown)}'", table, value,
                     f"a line is {FORMS}; a value with a dot in it stands in quotes")
    if table == "publisher" and "type" in wishes:
        raise _Fault(f"publisher '{value}' has no type", table, value, "write \"value\" = \"name\" or false")
    name, type_ = wishes.get("name", value), wishes.get("type")
    if not isinstance(name, str) or not name.strip():
        raise _Fault(f"'{value}' has no name", table, value, "false drops a value")
    if type_ is not None and type_ not in ENTITY_TYPES:
        raise _Fault(f"'{value}' has the unknown type '{type_}'", table, value, f"types are {', '.join(ENTITY_TYPES)}")
    return _Rule(value, " ".join(name.split()), type_)


def _resolve(table: str, rules: Mapping[str, _Rule]) -> dict[str, Correction]:
    """Where each value ends: a name that has a line itself goes on to what that one says."""
    ends: dict[str, Correction] = {}
    for key, rule in rules.items():
        following = fold_value(rule.name or "")
        if rule.name is None or following == key:
            ends[key] = Correction(rule.name, rule.type)
        elif following not in rules:
            ends.setdefault(following, Correction(rule.name))
    for key in rules:
        path: dict[str, _Rule] = {}
        while key not in ends:
            if key in path:
                chain = " → ".join(f"'{rule.value}'" for rule in [*path.values(), path[key]])
                raise _Fault(f"aliases go round in a circle: {chain}", table, path[key].value,
                             "delete one of the lines")
            path[key] = rules[key]
            key = fold_value(rules[key].name or "")
        end = ends[key]
        for passed, rule in reversed(path.items()):
            end = ends[passed] = _follow(table, rule, end)
    return ends


def _follow(table: str, rule: _Rule, end: Correction) -> Correction:
    """The end of a value that goes on to a name with this end."""
    if rule.type and end.type and rule.type != end.type:
        raise _Fault(f"'{rule.value}' is of type {rule.type}, but '{end.name}' of type {end.type}", table, rule.value,
                     "give both the same type, or one of them none")
    return Correction(end.name, end.type or rule.type if end.name is not None else None)


def _find_lines(text: str) -> Iterator[tuple[int, str, str]]:
    """The numbers of lines (from 1), the table each stands in, and the value or table that it begins."""
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if found := _TABLE.match(line):
            table = _unquote(found[1].strip())
            yield number, "", table
        elif found := _KEY.match(line):
            yield number, table, _unquote(found[1])


def _unquote(key: str) -> str:
    """A key as TOML means it."""
    if key.startswith('"'):
        with suppress(ValueError):
            return str(json.loads(key))
    return key.strip("'\"")
