"""A file of named arrays, mapped into memory: a header, the arrays, and a table in JSON that says where each lies.

The table stands at the end, so that arrays can be written as they come. Numbers are little-endian.
"""

from __future__ import annotations

import json
import mmap
import sys
from pathlib import Path
from struct import Struct
from typing import IO, Any
from zlib import crc32

VERSION = 1
HEADER = Struct("<8sQII")  # tag; where the table begins, how long it is, its checksum
TAG = b"skarrays"
ALIGNMENT = 8
CHUNK = 1 << 20  # bytes that are copied at a time


class ArrayFile:
    """The arrays of a file, each a ``memoryview`` of its numbers."""

    def __init__(self, content: memoryview, mapped: mmap.mmap | None = None) -> None:
        self._mapped = mapped
        tag, start, length, checksum = HEADER.unpack_from(content)
        if tag != TAG:
            raise ValueError("not a file of arrays")
        table = bytes(content[start:start + length])
        if len(table) != length or crc32(table) != checksum or start + length != len(content):
            raise ValueError("the file was cut short")
        facts = json.loads(table)
        if (facts["version"], facts["byteorder"]) != (VERSION, sys.byteorder):
            raise ValueError("made by another version, or on another kind of machine")
        self.facts: dict[str, Any] = facts["facts"]
        self._places: dict[str, tuple[int, int, str]] = facts["places"]
        self._content = content

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def view(self, name: str) -> memoryview:
        """The numbers of an array; they lie in the file."""
        start, end, code = self._places[name]
        numbers: memoryview[int] = self._content[start:end].cast(code)  # type: ignore[call-overload]
        return numbers

    def release(self) -> None:
        """Let go of what was read into memory; it is read again when it is looked at."""
        if self._mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._mapped.madvise(mmap.MADV_DONTNEED)


def open_arrays(path: Path) -> ArrayFile:
    """A file, mapped. Raises OSError, or ValueError for anything that is not a whole file of arrays."""
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return ArrayFile(memoryview(mapped), mapped)


class ArrayWriter:
    """Writes arrays one after another, and the table at last."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._places: dict[str, tuple[int, int, str]] = {}
        self._size = file.write(bytes(HEADER.size))

    def add(self, name: str, code: str, content: bytes | memoryview) -> None:
        """Write an array whose numbers have this type code."""
        self._align()
        start = self._size
        self._size += self._file.write(content)
        self._places[name] = start, self._size, code

    def add_file(self, name: str, code: str, source: IO[bytes]) -> None:
        """Write an array that another file holds."""
        self._align()
        start = self._size
        source.seek(0)
        while part := source.read(CHUNK):
            self._size += self._file.write(part)
        self._places[name] = start, self._size, code

    def finish(self, facts: dict[str, Any]) -> None:
        """Write the table, with facts in JSON about the whole."""
        self._align()
        table = json.dumps({"version": VERSION, "byteorder": sys.byteorder, "facts": facts,
                            "places": self._places}).encode()
        self._file.write(table)
        self._file.seek(0)
        self._file.write(HEADER.pack(TAG, self._size, len(table), crc32(table)))

    def _align(self) -> None:
        self._size += self._file.write(bytes(-self._size % ALIGNMENT))
