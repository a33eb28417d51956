"""A file of JSON Lines: each line a document that is extracted already."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from searchkit.model import READY, Page, Rejected
from searchkit.sources.file import MAX_BYTES, display, find_location, reject_special, reject_unreadable


def read(path: Path) -> Iterator[Page | Rejected]:
    """A page for each line that is not blank; its content is the line, its location the path and the line."""
    if not path.is_file():
        yield reject_special(path)
        return
    try:
        with path.open("rb") as raw:
            if path.suffix.lower() == ".gz":
                with gzip.open(raw) as lines:
                    yield from _read_lines(path, cast(BinaryIO, lines), raw)
            else:
                yield from _read_lines(path, raw, raw)
    except (OSError, EOFError, zlib.error) as problem:
        yield reject_unreadable(path, problem)


def _read_lines(path: Path, lines: BinaryIO, raw: BinaryIO) -> Iterator[Page | Rejected]:
    shown, location = display(path), find_location(path)
    number, done = 0, 0
    while line := lines.readline(MAX_BYTES + 1):
        number += 1
        if len(line) > MAX_BYTES:
            detail = f"the line has more than {MAX_BYTES // 2**20} MB; what follows it was not read"
            yield Rejected(f"{shown}#{number}", "too-large", detail)
            yield Rejected(shown, "unreadable", f"line {number} is too long to go on")
            return
        size, done = raw.tell() - done, raw.tell()
        if line.strip():
            yield Page(f"{shown}#{number}", line, f"{location}#{number}", READY, size=size)
