"""An archive as a stream of bytes, plain or compressed, that can step back to where a damaged record began."""

from __future__ import annotations

import io
from collections.abc import Callable
from importlib import import_module
from typing import BinaryIO, Protocol

from searchkit.sources.members import GZIP, Codec, Members

_SKIP = 2**20  # bytes passed over at once
_AHEAD = 4 * 2**10  # bytes looked at to see whether a record ends there: the line of an ARC record fits in
_MOST_REWINDS = 20  # of a compressed file: each may unpack up to a page's worth a second time


class MissingLibrary(Exception):
    """What a file is compressed with needs a package that is not installed."""


class Stream(Protocol):
    """What the reader of records needs."""

    @property
    def trouble(self) -> Exception | None:
        """Why the stream ended before the file did."""

    def read(self, size: int, /) -> bytes: ...  # noqa: D102
    def readline(self, size: int, /) -> bytes: ...  # noqa: D102
    def tell(self) -> int: ...  # noqa: D102

    def peek(self, ahead: int) -> bytes | None:
        """A few bytes that stand so many ahead; None when that cannot be known without reading up to them."""
    def skip(self, size: int) -> int:
        """Pass over so many bytes; how many there were."""
    def name_place(self, position: int) -> str:
        """A position, none before those asked for earlier, as an offset in the file."""
    def rewind(self, position: int) -> bool:
        """Whether reading goes on nearer to this position (which lies behind)."""
    def resume(self) -> None:
        """Go on after the trouble."""
    def count_read(self) -> int:
        """How many bytes of the file have been read."""


class Plain:
    """A file that is not compressed, or what another container unpacks for us."""

    trouble: Exception | None = None

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.read, self.readline, self.tell = file.read, file.readline, file.tell
        start = file.tell()
        self._size = file.seek(0, io.SEEK_END)
        file.seek(start)

    def peek(self, ahead: int) -> bytes | None:
        """What stands there; beyond the end there are zeros, which end no record."""
        place = self._file.tell()
        if place + ahead > self._size:
            return b"\0"
        self._file.seek(place + ahead)
        found = self._file.read(_AHEAD)
        self._file.seek(place)
        return found

    def skip(self, size: int) -> int:
        """By seeking."""
        place = self._file.tell()
        return self._file.seek(min(place + size, self._size)) - place

    def name_place(self, position: int) -> str:
        """As it is."""
        return str(position)

    def rewind(self, position: int) -> bool:
        """Always possible."""
        self._file.seek(position)
        return True

    def resume(self) -> None:
        """There is no trouble."""

    def count_read(self) -> int:
        """As far as it stands."""
        return self._file.tell()


class Packed:
    """A file of compressed members."""

    def __init__(self, file: BinaryIO, codec: Codec, begins_record: Callable[[bytes], object]) -> None:
        self._members = Members(file, codec, begins_record)
        self._buffer = io.BufferedReader(self._members, _SKIP // 16)
        self._rewinds = 0

    @property
    def trouble(self) -> Exception | None:
        """Once all that was unpacked before it has been read."""
        return None if self._buffer.peek(1) else self._members.trouble

    def read(self, size: int, /) -> bytes:
        """From as many members as it takes."""
        return self._buffer.read(size)

    def readline(self, size: int, /) -> bytes:
        """A line, or its first bytes."""
        return self._buffer.readline(size)

    def tell(self) -> int:
        """How many unpacked bytes stand before."""
        return self._buffer.tell()

    def peek(self, ahead: int) -> bytes | None:
        """Only what comes next can be known."""
        return self._buffer.peek(_AHEAD) if ahead == 0 else None

    def skip(self, size: int) -> int:
        """By unpacking."""
        done = 0
        while done < size and (part := self._buffer.read(min(_SKIP, size - done))):
            done += len(part)
        return done

    def name_place(self, position: int) -> str:
        """The offset of the member, and for what does not stand at its beginning, how far into it."""
        starts = self._members.starts
        while len(starts) > 1 and starts[1][0] <= position:
            starts.popleft()
        start, offset = starts[0] if starts else (0, 0)
        return f"{offset}+{position - start}" if position > start else str(offset)

    def rewind(self, position: int) -> bool:
        """To the next member that begins a record, if one has been begun since."""
        self._rewinds += 1
        place = next((offset for start, offset in self._members.starts if start > position), None)
        if place is None or self._rewinds > _MOST_REWINDS:
            return False
        self._go_on(place)
        return True

    def resume(self) -> None:
        """With the first member that begins a record after the one with the trouble."""
        self._go_on(self._members.starts[-1][1] + 1)

    def count_read(self) -> int:
        """Of the packed bytes."""
        return self._members.offset

    def _go_on(self, place: int) -> None:
        self._members.resume(place)
        self._buffer.detach()
        self._buffer = io.BufferedReader(self._members, _SKIP // 16)


def open_stream(file: BinaryIO, begins_record: Callable[[bytes], object]) -> Stream:
    """The stream for a file, by its first bytes. Raises MissingLibrary."""
    head = file.read(4)
    file.seek(0)
    if head.startswith(GZIP.magic):
        return Packed(file, GZIP, begins_record)
    if head in (b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18"):
        try:
            codec = import_module("searchkit.sources.zstd").open_codec(file)
        except ImportError as missing:
            raise MissingLibrary(
                f"Zstandard needs a package: pip install 'searchkit[archives]' ({missing})") from None
        return Packed(file, codec, begins_record)
    return Plain(file)
