"""A file that is a page, plain or gzipped; and what reading any file has in common."""

from __future__ import annotations

import gzip
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from searchkit.model import Page, Rejected
from searchkit.sources.limits import TooLarge, check_growth
from searchkit.sources.singlefile import read_note

MAX_BYTES = 64 * 2**20  # of a page, unpacked: no article is longer, and a worker must hold it
_PART = 2**20  # bytes that are unpacked at once
ASSETS = frozenset((  # what browsers save beside a page, and other files that are none
    ".css", ".js", ".mjs", ".map", ".json", ".xml", ".rss", ".ico", ".png", ".jpg", ".jpeg", ".gif",
    ".webp", ".avif", ".svg", ".bmp", ".mp3", ".mp4", ".webm", ".woff", ".woff2", ".ttf", ".otf", ".eot",
    ".swf", ".pdf", ".py", ".toml", ".yaml", ".yml", ".sqlite"))


def display(path: Path) -> str:
    """A path as text that can be shown and stored, whatever bytes its name has."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def find_location(path: Path) -> str:
    """The same text for the same file from wherever, and however, it was named (but for links)."""
    return display(path.resolve() if ".." in path.parts else path.absolute())


def find_file(location: str) -> Path | None:
    """The file that a location leads to, or leads into; None where there is none any more."""
    ends = [len(location), *(place for place in reversed(range(len(location))) if location[place] == "#")]
    return next((file for end in ends if (file := Path(location[:end])).is_file()), None)


def exists(path: Path) -> bool:
    """Whether there is something of that name; no error for a name that nothing can have."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def reject_special(path: Path) -> Rejected:
    """The rejection of what can be read but once, or never ends."""
    return Rejected(display(path), "not-a-file", "it is a folder, device, pipe or socket")


def reject_unreadable(path: Path, problem: OSError | EOFError | zlib.error) -> Rejected:
    """The rejection of a file that the system, or its compression, does not let us read."""
    detail = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
    return Rejected(display(path), "unreadable", detail)


def reject_large(shown: str) -> Rejected:
    """The rejection of a page that no worker should hold."""
    return Rejected(shown, "too-large", f"it has more than {MAX_BYTES // 2**20} MB")


def is_asset(name: str) -> bool:
    """Whether a file's name says that it is no page."""
    return _find_suffix(name) in ASSETS


def read_file(path: Path) -> Page | Rejected:
    """The page in a file, or why there is none."""
    if is_asset(path.name):
        return Rejected(display(path), "not-a-page", f"{_find_suffix(path.name)} files are no pages")
    content = read_content(path)
    if isinstance(content, Rejected):
        return content
    return make_page(content, display(path), find_location(path), path.stat().st_size)


def read_opened(path: Path, read: Callable[[BinaryIO, str, str], Iterator[Page | Rejected]]) -> Iterator[
        Page | Rejected]:
    """The pages that ``read`` finds in an open file, shown and located by these names; or why it cannot be read."""
    if not path.is_file():
        yield reject_special(path)
        return
    try:
        with path.open("rb") as file:
            yield from read(file, display(path), find_location(path))
    except (OSError, EOFError, zlib.error) as problem:
        yield reject_unreadable(path, problem)


def read_content(path: Path) -> bytes | Rejected:
    """The bytes of a file, unpacked, if there are not too many."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return reject_special(path)
        with path.open("rb") as file:
            packed = path.suffix.lower() == ".gz"
            content = _unpack(file) if packed else file.read(MAX_BYTES + 1)
    except TooLarge as problem:
        return Rejected(display(path), "too-large", str(problem))
    except (OSError, EOFError, zlib.error) as problem:
        return reject_unreadable(path, problem)
    return reject_large(display(path)) if len(content) > MAX_BYTES else content


def _unpack(file: BinaryIO) -> bytes:
    """What a gzipped file holds, up to one byte too many. Raises TooLarge for what is no honest content."""
    parts, size = [], 0
    with gzip.open(file) as unpacked:
        while part := unpacked.read(min(_PART, MAX_BYTES + 1 - size)):
            size += len(part)
            check_growth(size, file.tell())
            parts.append(part)
    return b"".join(parts)


def make_page(content: bytes, shown: str, location: str, size: int) -> Page:
    """The page with this content; what the browser that saved it noted about it is read."""
    url, captured = read_note(content)
    return Page(shown, content, location, url=url, captured=captured, size=size)


def _find_suffix(name: str) -> str:
    return os.path.splitext(name.lower().removesuffix(".gz"))[1]  # noqa: PTH122 - a name, not a path
