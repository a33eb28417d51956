"""A file of named arrays, mapped into memory: a header, the arrays, and a table in JSON that says where each lies.

The table stands at the end, so that arrays can be written as they come. Numbers are little-endian. Every block of the
arrays has a checksum; what is read is compared with it first, but for large arrays that are read here and there.
"""

from __future__ import annotations

import json
import mmap
import sys
from array import array
from pathlib import Path
from struct import Struct
from typing import IO, Any
from zlib import crc32

VERSION = 2
HEADER = Struct("<8sQII")  # tag; where the table begins, how long it is, its checksum
TAG = b"skarrays"
ALIGNMENT = 8
CHUNK = 1 << 20  # bytes that are copied at a time
BLOCK = 1 << 16  # bytes that have a checksum; the first block begins after the header
WHOLE = 1 << 19  # bytes of an array up to which all of it is checked when it is first looked at (0.2 ms)


class ArrayFile:
    """The arrays of a file, each a ``memoryview`` of its numbers.

    ``seal`` is the checksum of the table, which has that of the checksums: with it all of the file is known.
    """

    def __init__(self, content: memoryview, mapped: mmap.mmap | None = None) -> None:
        self._mapped = mapped
        tag, start, length, checksum = HEADER.unpack_from(content)
        if tag != TAG:
            raise ValueError("not a file of arrays")
        table = bytes(content[start:start + length])
        if len(table) != length or crc32(table) != checksum or start + length != len(content):
            raise ValueError("the file was cut short or changed")
        facts = json.loads(table)
        if (facts["version"], facts["byteorder"]) != (VERSION, sys.byteorder):
            raise ValueError("made by another version, or on another kind of machine")
        self.seal: int = checksum
        self.facts: dict[str, Any] = facts["facts"]
        self._places: dict[str, tuple[int, int, str]] = facts["places"]
        self._content = content
        self._end, end, check = facts["checksums"]  # where the arrays end; and the checksums
        if crc32(content[self._end:end]) != check:
            raise ValueError("its checksums were changed")
        self._checksums = content[self._end:end].cast("I")
        self._sound = bytearray(len(self._checksums))  # 1: the block has been compared
        self._views: dict[str, memoryview] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def view(self, name: str) -> memoryview:
        """The numbers of an array; they lie in the file. Raises ValueError where they are not as they were written."""
        if name not in self._views:
            start, end, code = self._places[name]
            if end - start <= WHOLE:
                self._check(start, end)
            self._views[name] = self._content[start:end].cast(code)  # type: ignore[call-overload]
        return self._views[name]

    def check_part(self, name: str, start: int, count: int) -> None:
        """Raise ValueError unless so many numbers of an array are as they were written."""
        first, end, code = self._places[name]
        if end - first > WHOLE:
            size = array(code).itemsize
            self._check(first + start * size, min(end, first + (start + count) * size))

    def check(self) -> None:
        """Raise ValueError unless all numbers are as they were written."""
        for start in range(0, len(self._sound), CHUNK // BLOCK):
            self._check(HEADER.size + start * BLOCK, min(self._end, HEADER.size + start * BLOCK + CHUNK))
            self.release()

    def release(self) -> None:
        """Let go of what was read into memory; it is read again when it is looked at."""
        if self._mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._mapped.madvise(mmap.MADV_DONTNEED)

    def _check(self, start: int, end: int) -> None:
        """Compare the blocks in which these bytes lie with their checksums."""
        first, last = (start - HEADER.size) // BLOCK, (end - HEADER.size + BLOCK - 1) // BLOCK
        if self._sound.count(1, first, last) == last - first:
            return
        for block in range(first, last):
            if not self._sound[block]:
                begin = HEADER.size + block * BLOCK
                if crc32(self._content[begin:min(begin + BLOCK, self._end)]) != self._checksums[block]:
                    raise ValueError(f"the {BLOCK:,} bytes at {begin:,} are not as they were written")
                self._sound[block] = 1


def open_arrays(path: Path, seal: int | None = None) -> ArrayFile:
    """A file, mapped. Raises OSError, or ValueError for what is not a whole file of arrays, or has another seal."""
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            opened = ArrayFile(memoryview(mapped), mapped)
        except (ValueError, LookupError, TypeError, ArithmeticError) as problem:
            raise ValueError(f"{path.name}: {problem}") from problem
    if seal not in (None, opened.seal):
        raise ValueError(f"{path.name}: another file than the one that was written here")
    return opened


def read_seal(path: Path) -> int:
    """The seal of a file that has just been written."""
    with path.open("rb") as file:
        _, _, _, checksum = HEADER.unpack(file.read(HEADER.size))
    seal: int = checksum
    return seal


class ArrayWriter:
    """Writes arrays one after another, and the table at last."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._places: dict[str, tuple[int, int, str]] = {}
        self._size = file.write(bytes(HEADER.size))
        self._checksums = array("I")
        self._checksum = 0  # of the block that is being written

    def add(self, name: str, code: str, content: bytes | memoryview) -> None:
        """Write an array whose numbers have this type code."""
        self._align()
        start = self._size
        self._write(content)
        self._places[name] = start, self._size, code

    def add_file(self, name: str, code: str, source: IO[bytes]) -> None:
        """Write an array that another file holds."""
        self._align()
        start = self._size
        source.seek(0)
        while part := source.read(CHUNK):
            self._write(part)
        self._places[name] = start, self._size, code

    def finish(self, facts: dict[str, Any]) -> None:
        """Write the table, with facts in JSON about the whole."""
        self._align()
        end = self._size
        if (end - HEADER.size) % BLOCK:
            self._checksums.append(self._checksum)
        checksums = self._checksums.tobytes()
        self._file.write(checksums)
        table = json.dumps({"version": VERSION, "byteorder": sys.byteorder, "facts": facts, "places": self._places,
                            "checksums": (end, end + len(checksums), crc32(checksums))}).encode()
        self._file.write(table)
        self._file.seek(0)
        self._file.write(HEADER.pack(TAG, end + len(checksums), len(table), crc32(table)))

    def _write(self, content: bytes | memoryview) -> None:
        """Write bytes, and keep the checksum of each block."""
        rest = memoryview(content).cast("B")
        self._file.write(rest)
        while rest:
            part = rest[:BLOCK - (self._size - HEADER.size) % BLOCK]
            self._checksum = crc32(part, self._checksum)
            self._size += len(part)
            if not (self._size - HEADER.size) % BLOCK:
                self._checksums.append(self._checksum)
                self._checksum = 0
            rest = rest[len(part):]

    def _align(self) -> None:
        self._write(bytes(-self._size % ALIGNMENT))
