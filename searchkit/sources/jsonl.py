"""A file of JSON Lines: each line a document that is extracted already."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from searchkit.model import READY, Page, Rejected
from searchkit.sources.file import MAX_BYTES, read_opened


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
