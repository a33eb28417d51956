"""A file of JSON Lines: each line a document that is extracted already."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from searchkit.model import READY, Page, Rejected
from searchkit.sources.file import MAX_BYTES, read_opened
from searchkit.sources.limits import TooLarge, check_growth

_PART = 2**20  # bytes that are read at once
_AHEAD = 128 * 2**10  # bytes of a packed file that may have been read before the line that they hold


def read(path: Path) -> Iterator[Page | Rejected]:
    """A page for each line that is not blank; its content is the line, its location the path and the line."""
    return read_opened(path, _read_packed)


def _read_packed(raw: BinaryIO, shown: str, location: str) -> Iterator[Page | Rejected]:
    if shown.lower().endswith(".gz"):
        with gzip.open(raw) as lines:
            yield from _read_lines(cast(BinaryIO, lines), raw, shown, location)
    else:
        yield from _read_lines(raw, raw, shown, location)


def _read_lines(lines: BinaryIO, raw: BinaryIO, shown: str, location: str) -> Iterator[Page | Rejected]:
    number, done = 0, 0
    while True:
        number += 1
        try:
            line = _read_line(lines, raw)
        except TooLarge as problem:
            yield Rejected(f"{shown}#{number}", "too-large", f"{problem}; what follows it was not read")
            yield Rejected(shown, "unreadable", f"line {number} is too long to go on")
            return
        if not line:
            return
        size, done = raw.tell() - done, raw.tell()
        if line.strip():
            yield Page(f"{shown}#{number}", line, f"{location}#{number}", READY, size=size)


def _read_line(lines: BinaryIO, raw: BinaryIO) -> bytes:
    """The next line; empty at the end. Raises TooLarge where it is too long, or no honest content of its file."""
    parts, size, begun = [], 0, raw.tell()
    while part := lines.readline(_PART):
        parts.append(part)
        size += len(part)
        if size > MAX_BYTES:
            raise TooLarge(f"the line has more than {MAX_BYTES // 2**20} MB")
        if part.endswith(b"\n"):
            break
        check_growth(size, raw.tell() - begun + _AHEAD)
    return parts[0] if len(parts) == 1 else b"".join(parts)
