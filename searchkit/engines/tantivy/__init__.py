"""The engine on tantivy: its index, its matching and its counts; our tokens, our scores."""

from __future__ import annotations

from pathlib import Path

from searchkit.engines.tantivy.adapter import TantivyEngine
from searchkit.errors import SettingsError

__all__ = ["TantivyEngine", "open_folder"]


def open_folder(folder: Path | None) -> TantivyEngine:
    """The engine in a folder; a new index is made where there is none. Raises SettingsError without a folder."""
    if folder is None:
        raise SettingsError("engine 'tantivy' keeps its index in a folder", "searchkit.open(None)",
                            "give a folder, or engine=\"memory\"")
    return TantivyEngine(folder, create=True)
