"""Everything that makes, moves, removes or forces files of an index goes through here, and can be watched here.

A file is published in three steps: written under another name and forced to the disk, renamed, and the folder forced
to the disk. What a reader sees under the name is then whole, whenever the power goes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from searchkit.errors import IndexFault

DRAFT = ".draft"  # ends the name of a file that is not yet published
MAKE_ROOM = "make room, or see who may write there; then do the same again"


@contextmanager
def tell_failure(path: Path) -> Iterator[None]:
    """Around what is written for an index: turns an OSError into an IndexFault."""
    try:
        yield
    except OSError as problem:
        raise IndexFault(f"the index cannot be written: {problem.strerror}", str(problem.filename or path),
                         MAKE_ROOM) from problem


def create(path: Path) -> IO[bytes]:
    """A new file, open for writing and reading, in place of one that is there."""
    return path.open("w+b")


def write(path: Path, content: bytes) -> None:
    """Write a file and force it to the disk."""
    with create(path) as file:
        file.write(content)
    force(path)


def force(path: Path) -> None:
    """Have the content of a file, or the names in a folder, survive a power cut."""
    if os.name != "posix" and path.is_dir():
        return  # Windows forces names with files
    descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def rename(old: Path, new: Path) -> None:
    """Give a file another name, at once for everybody; one that has that name goes."""
    old.replace(new)


def remove(path: Path) -> None:
    """Remove a file. Raises OSError."""
    path.unlink()


def discard(path: Path) -> None:
    """Remove a file if that can be done."""
    with suppress(OSError):
        remove(path)


def publish(path: Path, content: bytes) -> None:
    """Put a file in the place of another one, at once and for good. A draft stays, after an error, if there was one."""
    draft = path.with_name(path.name + DRAFT)
    is_new = not draft.exists()
    try:
        write(draft, content)
        rename(draft, path)
    except BaseException:
        if is_new:
            discard(draft)
        raise
    force(path.parent)
