"""The default engine: an ordinary Whoosh index, written in bulk and read a posting list at a time."""

from __future__ import annotations

from pathlib import Path

from searchkit.engines.whoosh.adapter import WhooshEngine
from searchkit.errors import SettingsError

__all__ = ["WhooshEngine", "open_folder"]


def open_folder(folder: Path | None) -> WhooshEngine:
    """The engine in a folder; a new index is made where there is none. Raises SettingsError without a folder."""
    if folder is None:
        raise SettingsError("engine 'whoosh' keeps its index in a folder", "searchkit.open(None)",
                            "give a folder, or engine=\"memory\"")
    return WhooshEngine(folder, create=True)
