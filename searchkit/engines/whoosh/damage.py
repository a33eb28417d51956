"""What is raised when files of the index are missing or not as they were written, translated."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import TypeVar

from searchkit.errors import IndexDamaged, IndexNotFound

DAMAGE = (zlib.error, struct.error, EOFError, ValueError, TypeError, LookupError, AttributeError, NameError,
          AssertionError, MemoryError, OverflowError, RecursionError)
HINT = "rebuild it, or see what is left of it: searchkit verify --full"
ATTEMPTS = 5
PAUSE = 0.01  # seconds after the first attempt, so much more after each further one
Answer = TypeVar("Answer")


def try_again(read: Callable[[], Answer]) -> Answer:
    """What ``read`` returns; another process may commit and remove files just when it wants them."""
    for attempt in range(1, ATTEMPTS):
        try:
            return read()
        except (FileNotFoundError, IndexNotFound):
            sleep(PAUSE * attempt)
    return read()


@contextmanager
def translate_damage(path: Path) -> Iterator[None]:
    """Around anything that reads files of the index."""
    try:
        yield
    except FileNotFoundError as error:
        raise IndexDamaged("a file of the index is missing", str(error.filename or path), HINT) from error
    except DAMAGE as error:
        raise IndexDamaged(f"the index cannot be read: {error}", str(path), HINT) from error
