"""Engines: each adapter knows one library and nothing of the others; it is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from searchkit.engines.base import Checking, Engine
from searchkit.errors import EngineNotInstalled, SettingsError

DEFAULT = "whoosh"
# Name → module that has open(folder), and what to install for it. A new engine is one line here and its file.
ENGINES = {
    "memory": ("searchkit.engines.memory", ""),
    "whoosh": ("searchkit.engines.whoosh", ""),
    "tantivy": ("searchkit.engines.tantivy", "searchkit[tantivy]"),
    "opensearch": ("searchkit.engines.opensearch", "searchkit[opensearch]"),
}
KEPT = tuple(name for name in ENGINES if name != "memory")  # those that keep an index in a folder


def check_name(name: str) -> None:
    """Raise SettingsError for a name that no engine has."""
    if name not in ENGINES:
        raise SettingsError(f"no engine '{name}'", "--engine", f"there are: {', '.join(ENGINES)}")


def find_checking(name: str) -> Checking:
    """What checks the files of an engine. Its library need not be installed."""
    check_name(name)
    checking: Checking = import_module(f"searchkit.engines.{name}.checking")
    return checking


def open_engine(name: str, folder: Path | None) -> Engine:
    """The engine of this name in a folder that exists; None asks for one that keeps nothing on disk."""
    check_name(name)
    module, extra = ENGINES[name]
    try:
        opener = import_module(module).open_folder
    except ImportError as missing:
        if not extra:
            raise
        raise EngineNotInstalled(f"no engine '{name}' here", f"--engine {name}",
                                 f"install it: pip install '{extra}' ({missing})") from None
    engine: Engine = opener(folder)
    return engine
