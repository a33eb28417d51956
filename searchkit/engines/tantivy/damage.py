"""What tantivy raises when its files are missing or not as it wrote them, or cannot be written, translated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from searchkit import disk
from searchkit.errors import IndexDamaged, IndexFault

DAMAGE = (ValueError, OSError, RuntimeError, LookupError, TypeError, AttributeError)
PANIC = "PanicException"  # of tantivy's own code; its class cannot be imported, and is no Exception
OF_SYSTEM = ("(os error ", "acquire Lockfile")  # what it says when the system refuses something: no damage


@contextmanager
def translate_damage(path: Path) -> Iterator[None]:
    """Around anything that reads tantivy's files."""
    try:
        yield
    except BaseException as problem:
        if not isinstance(problem, DAMAGE) and type(problem).__name__ != PANIC:
            raise
        if any(sign in str(problem) for sign in OF_SYSTEM):
            raise IndexFault(f"the index cannot be used: {_describe(problem)}", str(path), disk.MAKE_ROOM) from problem
        raise IndexDamaged(f"the index cannot be read: {_describe(problem)}", str(path), "rebuild it") from problem


@contextmanager
def translate_failure(path: Path) -> Iterator[None]:
    """Around anything that has tantivy write files; from an error on its threads, any call of it may fail."""
    try:
        yield
    except BaseException as problem:
        if not isinstance(problem, ValueError | OSError) and type(problem).__name__ != PANIC:
            raise
        raise explain_failure(problem, path) from problem


def explain_failure(problem: BaseException, path: Path) -> IndexFault:
    """What is to be said when tantivy cannot write."""
    return IndexFault(f"the index cannot be written: {_describe(problem)}", str(path),
                      f"what was in it is unchanged; {disk.MAKE_ROOM}")


def _describe(problem: BaseException) -> str:
    """The first line of what tantivy says."""
    return str(problem).partition("\n")[0][:200]
