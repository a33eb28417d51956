"""A new index, which needs no numpy: a run starts its workers before that is loaded."""

from __future__ import annotations

from pathlib import Path

from searchkit.engines.whoosh.committing import make_commit
from searchkit.engines.whoosh.schema import make_schema


def create(folder: Path) -> None:
    """Make an index without documents."""
    folder.mkdir(parents=True, exist_ok=True)
    make_commit(folder, 0, make_schema(), [])
