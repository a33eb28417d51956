"""Opening: which engine answers from a folder, after the folder has been made ready for it."""

from __future__ import annotations

from pathlib import Path

from searchkit import engines
from searchkit.errors import EngineNotInstalled, IndexOutdated
from searchkit.place import REBUILD, find_engine, is_index, make, read_manifest


def settle_engine(folder: Path, engine: str | None, *, create: bool, rebuild: bool) -> str:
    """The name of the engine to open. Raises SettingsError or an IndexFault where none can be."""
    if engine:
        engines.check_name(engine)
    exists = is_index(folder)
    if rebuild or (create and not exists):
        found = find_engine(folder) if exists else None
        name = engine or (found if found in engines.KEPT else engines.DEFAULT)
        if name in engines.KEPT:  # any other says itself why it cannot
            make(folder, name)
        return name
    manifest = read_manifest(folder)
    if engine and engine != manifest.engine:
        raise IndexOutdated(f"the index was built with engine '{manifest.engine}', not '{engine}'",
                            str(folder), f"leave --engine out, or {REBUILD}")
    if manifest.engine not in engines.KEPT:
        raise EngineNotInstalled(f"no engine '{manifest.engine}' here, with which the index was built",
                                 str(folder), f"use the searchkit that built it, or {REBUILD}")
    return manifest.engine
