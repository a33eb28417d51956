"""What Whoosh raises when its files are missing or not as it wrote them, translated."""

from __future__ import annotations

import pickle
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import TypeVar

from whoosh.filedb.filestore import StorageError
from whoosh.filedb.filetables import FileFormatError
from whoosh.index import EmptyIndexError
from whoosh.index import IndexError as WhooshIndexError

from searchkit.errors import IndexDamaged, IndexNotFound

DAMAGE = (WhooshIndexError, FileFormatError, StorageError, pickle.UnpicklingError, zlib.error, struct.error,
          EOFError, ValueError, TypeError, LookupError, AttributeError, NameError, ImportError,
          AssertionError, MemoryError, OverflowError, RecursionError)


ATTEMPTS = 5
PAUSE = 0.01  # seconds after the first attempt, so much more after each further one
Answer = TypeVar("Answer")


def try_again(read: Callable[[], Answer]) -> Answer:
    """What ``read`` returns; another process may commit and remove files just when it wants them."""
    for attempt in range(1, ATTEMPTS):
        try:
            return read()
        except (FileNotFoundError, EmptyIndexError):
            sleep(PAUSE * attempt)
    return read()


@contextmanager
def translate_damage(path: Path) -> Iterator[None]:
    """Around anything that reads Whoosh's files."""
    try:
        yield
    except EmptyIndexError:
        raise IndexNotFound("there is no index", str(path), "make one: searchkit index <pages>") from None
    except FileNotFoundError as error:
        place = str(error.filename or path)
        raise IndexDamaged("a file of the index is missing", place, "rebuild it") from error
    except DAMAGE as error:
        raise IndexDamaged("the index cannot be read", str(path), "rebuild it") from error
