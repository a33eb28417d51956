"""Settings, resolved once: defaults < file (searchkit.toml) < environment (SEARCHKIT_…) < arguments."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from searchkit.errors import SettingsError
from searchkit.frozen import frozen

FILE = Path("searchkit.toml")
ALIASES = Path("aliases.toml")  # read unless another file is named; it need not be there
MANIFEST = "searchkit.json"  # the file by which the folder of an index is known
LEDGER = "ledger.sqlite"  # the file in it that says what was done
COLORS = ("auto", "always", "never")
RERANKS = {"auto": None, "on": True, "off": False}
MOST_WORKERS = 1_000  # processes; all of them start at once


@frozen
class Settings:
    """Where the index is, which engine it has (None = the one it was built with), and how output looks.

    Several indexes are a tuple, at least two of them; all are read together.
    ``workers`` is the number of processes that extract pages; 0 means one for each processor. ``aliases`` is
    the file of aliases (None = the default one, "none" = no aliases). ``ner`` names who gives a second opinion
    on names while pages are extracted. ``rerank`` says whether a model ranks the best hits again ("auto": where
    it is installed).
    """

    index: str | tuple[str, ...] = "index"
    engine: str | None = None
    workers: int = 0
    color: str = "auto"
    aliases: str | None = None
    ner: str = ""
    rerank: str = "auto"

    @property
    def wants_rerank(self) -> bool | None:
        """Whether hits are ranked again; None where it is as the installation has it."""
        return RERANKS[self.rerank]

    @property
    def only_index(self) -> str:
        """The index to write to. Raises SettingsError where there are several."""
        if isinstance(self.index, str):
            return self.index
        raise SettingsError("several indexes are only read together", ", ".join(self.index),
                            "give the one index that is meant: --index DIR")


NAMES = tuple(Settings.__annotations__)


def resolve(arguments: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None,
            file: Path = FILE) -> Settings:
    """Settings from all places; of each, the last place that says anything counts (None says nothing)."""
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for name, value in _read_file(file).items():
        values[name] = _check(name, value, str(file))
    for name in NAMES:
        variable = f"SEARCHKIT_{name.upper()}"
        if environment.get(variable):
            values[name] = _check(name, _split(name, environment[variable]), variable)
    for name, value in (arguments or {}).items():
        if value is not None:
            values[name] = _check(name, value, f"--{name}")
    return Settings(**values)


def _read_file(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    import tomllib

    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as problem:
        raise SettingsError("the settings cannot be read", str(file), str(problem)) from None


def _split(name: str, value: str) -> str | list[str]:
    """The value of a variable; that of the index may name several, as PATH does."""
    return [part for part in value.split(os.pathsep) if part] if name == "index" else value


def _check(name: str, value: Any, where: str) -> Any:  # noqa: ANN401
    """The value in its type. Raises SettingsError for a name or value that cannot be meant."""
    if name not in NAMES:
        raise SettingsError(f"unknown setting '{name}'", where, f"settings: {', '.join(NAMES)}")
    if name == "workers":
        try:
            if 0 <= int(value) <= MOST_WORKERS:
                return int(value)
        except (TypeError, ValueError, OverflowError):
            pass
        raise SettingsError(f"'{value}' is no number of workers", where,
                            f"give 0 (one a processor) to {MOST_WORKERS:,}")
    if name == "index" and isinstance(value, list | tuple):
        folders = tuple(_check(name, folder, where) for folder in value)
        if folders:
            return folders if len(folders) > 1 else folders[0]
    if name == "rerank" and isinstance(value, bool):
        return "on" if value else "off"
    if not isinstance(value, str):
        raise SettingsError(f"'{name}' wants text, not {value!r}", where, "put it in quotes")
    for choice, choices in (("color", COLORS), ("rerank", RERANKS)):
        if name == choice and value not in choices:
            raise SettingsError(f"unknown {name} '{value}'", where, f"give one of: {', '.join(choices)}")
    return value
