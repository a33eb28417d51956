"""Zip files and their members as files, within bounds; and what a broken zip file still holds."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import BinaryIO

from searchkit.sources.limits import TooLarge, check_growth

FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error)
ENCRYPTED = 0x1  # bit of a member's flags

_MOST_DIRECTORY = 32 * 2**20  # bytes of the list of members, which must be held: some 300,000 of them
_TAIL = 2**16 + 128  # bytes at the end of a file within which that list is announced
_COPY = 2**20  # bytes unpacked, or searched, at once
_MEMBER = b"PK\x03\x04"
_HEADER = struct.Struct("<4sHHHHHIIIHH")  # of a member: magic … flags, method … sizes, lengths of name and extra


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """The zip file; raises TooLarge when its list of members is, and FAULTS."""
    file.seek(max(0, file.seek(0, io.SEEK_END) - _TAIL))
    tail = file.read()
    wide, narrow = tail.rfind(b"PK\x06\x06"), tail.rfind(b"PK\x05\x06")
    size = 0
    if 0 <= wide <= len(tail) - 48:
        size = struct.unpack_from("<Q", tail, wide + 40)[0]
    elif 0 <= narrow <= len(tail) - 16:
        size = struct.unpack_from("<I", tail, narrow + 12)[0]
    if size > _MOST_DIRECTORY:
        raise TooLarge("its list of members is too long")
    return zipfile.ZipFile(file)


@contextmanager
def open_member(members: zipfile.ZipFile, info: zipfile.ZipInfo, file: BinaryIO) -> Iterator[BinaryIO]:
    """A member that can be read from any place: where it lies, or unpacked into a nameless file."""
    if info.compress_type == zipfile.ZIP_STORED:
        with io.BufferedReader(_Stored(file, info)) as stored:
            yield stored
        return
    with TemporaryFile() as copy, members.open(info) as packed:
        while part := packed.read(_COPY):
            copy.write(part)
            check_growth(copy.tell(), info.compress_size)
        copy.seek(0)
        yield copy


def salvage(file: BinaryIO, most: int) -> Iterator[tuple[str, bytes]]:
    """Name and content of the members that are whole and not too large, when the list of them is lost."""
    place = 0
    while (place := _find(file, place)) >= 0:
        head = file.read(_HEADER.size)
        if len(head) < _HEADER.size:
            return
        _, _, flags, method, *_, packed, _, name_size, extra_size = _HEADER.unpack(head)
        name = file.read(name_size).decode("utf-8" if flags & 0x800 else "cp437", "replace")
        file.seek(extra_size, io.SEEK_CUR)
        place += len(_MEMBER)
        if flags & ENCRYPTED or packed > most or method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            continue
        content = _read_salvaged(file.read(packed or most), packed, method, most)
        if content is not None:
            yield name, content


def _read_salvaged(data: bytes, packed: int, method: int, most: int) -> bytes | None:
    """The content if it is whole; a size of 0 means that it is told only after the data."""
    if method == zipfile.ZIP_STORED:
        return data if packed and len(data) == packed else None
    unpacker = zlib.decompressobj(-15)
    try:
        content = unpacker.decompress(data, most)
    except zlib.error:
        return None
    return content if unpacker.eof else None


def _find(file: BinaryIO, place: int) -> int:
    """Where the next member begins, and the file stands there; -1: nowhere."""
    while True:
        file.seek(place)
        block = file.read(_COPY)
        found = block.find(_MEMBER)
        if found >= 0:
            return file.seek(place + found)
        if len(block) < _COPY:
            return -1
        place += len(block) - len(_MEMBER) + 1


class _Stored(io.RawIOBase):
    """A member that is not compressed."""

    def __init__(self, file: BinaryIO, info: zipfile.ZipInfo) -> None:
        file.seek(info.header_offset)
        head = file.read(_HEADER.size)
        if len(head) < _HEADER.size or not head.startswith(_MEMBER):
            raise zipfile.BadZipFile("a member is not where the list of them says")
        *_, name, extra = _HEADER.unpack(head)
        self._file, self._start, self._place = file, info.header_offset + _HEADER.size + name + extra, 0
        self._size = min(info.file_size, info.compress_size)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._place = offset + (0, self._place, self._size)[whence]
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._file.seek(self._start + self._place)
        part = self._file.read(max(0, min(len(buffer), self._size - self._place)))
        buffer[:len(part)] = part
        self._place += len(part)
        return len(part)
