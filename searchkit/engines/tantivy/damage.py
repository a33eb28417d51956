"""What tantivy raises when its files are missing or not as it wrote them, translated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from searchkit.errors import IndexDamaged, IndexFault

DAMAGE = (ValueError, OSError, RuntimeError, LookupError, TypeError, AttributeError)
PANIC = "PanicException"  # of tantivy's own code; its class cannot be imported, and is no Exception


@contextmanager
def translate_damage(path: Path) -> Iterator[None]:
    """Around anything that reads tantivy's files."""
    try:
        yield
    except BaseException as problem:
        if not isinstance(problem, DAMAGE) and type(problem).__name__ != PANIC:
            raise
        raise IndexDamaged(f"the index cannot be read: {_describe(problem)}", str(path), "rebuild it") from problem


def explain_failure(problem: ValueError | OSError, path: Path) -> IndexFault:
    """What is to be said when tantivy cannot write."""
    return IndexFault(f"the index cannot be written: {_describe(problem)}", str(path),
                      "what was in it is unchanged")


def _describe(problem: BaseException) -> str:
    """The first line of what tantivy says."""
    return str(problem).partition("\n")[0][:200]
