"""The program. A plain query is answered without Typer, which takes longer to import than the query to answer.

What is read here is read as Typer reads it. What is not understood at once (another command, help, a mistake, a shell
that completes) is Typer's, from the start.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from searchkit import asking
from searchkit.exits import prepare_streams, tell_errors

# Parameters of ``asking.query`` by their types: one that may be given more than once, one without a value, one that
# ``--no-`` turns off, text.
VALUES, SWITCH, TOGGLE, TEXT = "list[str] | None", "bool", "bool | None", ("str", "str | None")
OFF = "--no-"
COLLECT_AFTER = 100_000  # objects made before unreachable ones are looked for: one question leaves next to none
NAMES = {asking.name_flag(name): name for name in asking.query.__kwdefaults__ or ()}


def main() -> NoReturn:
    """Run the command of the program's arguments, and leave with its exit code."""
    gc.set_threshold(COLLECT_AFTER)
    try:
        _run()
    finally:
        gc.freeze()  # what is left need not be looked through before the process ends


def _run() -> NoReturn:
    parameters = read_query(sys.argv[1:]) if _is_plain() else None
    if parameters is None:
        from searchkit import cli

        cli.main()
    prepare_streams()
    with tell_errors():
        code = asking.query(**parameters)
    sys.exit(code)


def read_query(arguments: Sequence[str]) -> dict[str, Any] | None:
    """The parameters of ``query`` that the arguments give; None where they are not wholly understood."""
    if not arguments or arguments[0] != "query":
        return None
    given: dict[str, Any] = {}
    words: list[str] = []
    rest = iter(arguments[1:])
    for argument in rest:
        if argument == "--":
            words += rest
        elif argument[:1] != "-" or argument == "-":
            words.append(argument)
        elif not _read_option(argument, rest, given):
            return None
    if len(words) > 1:
        return None
    return given if not words else {**given, "text": words[0]}


def _read_option(argument: str, rest: Iterator[str], given: dict[str, Any]) -> bool:
    """Read an option and its value, the next of the rest or behind an equals sign; whether that went well."""
    flag, sign, value = argument.partition("=")
    name, is_on = _find_option(flag)
    if name is None:
        return False
    kind = asking.query.__annotations__[name]
    if kind in (SWITCH, TOGGLE):
        given[name] = is_on
        return not sign
    if not sign:
        found = next(rest, None)
        if found is None:
            return False
        value = found
    if kind == VALUES:
        given.setdefault(name, []).append(value)
    elif kind in TEXT:
        given[name] = value
    else:
        try:
            given[name] = int(value)
        except ValueError:
            return False
    return True


def _find_option(flag: str) -> tuple[str | None, bool]:
    """The parameter of a flag, and whether the flag turns it on."""
    name = NAMES.get(flag)
    if name is None and flag.startswith(OFF):
        name = NAMES.get(flag.replace(OFF, "--", 1))
        return (name, False) if name and asking.query.__annotations__[name] == TOGGLE else (None, False)
    return name, True


def _is_plain() -> bool:
    """Whether nobody but a person asks: no shell that completes, no system whose arguments Typer expands."""
    return sys.platform != "win32" and not any(name.endswith("_COMPLETE") for name in os.environ)
