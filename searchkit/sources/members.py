"""A file of compressed members, one after the other, as one stream of what is in them.

Archives of the web are compressed record by record, so that each can be reached and lost alone. Where a
member is damaged, cut short or a bomb, the stream ends; ``resume`` goes on with the next that is whole.
"""

from __future__ import annotations

import io
import re
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from searchkit.sources.limits import TooLarge, check_growth

_BLOCK = 64 * 2**10  # bytes read from the file at once
_SCAN = 2**20  # bytes searched at once for the next member
_PROBE = 4 * 2**10  # bytes of a possible member that are unpacked to see whether it is one
_MOST_PROBES = 10_000  # of a file: random bytes look like a member's beginning once in 16 million


class Unpacker(Protocol):
    """What unpacks one member: the interface of ``zlib.decompressobj``."""

    @property
    def eof(self) -> bool: ...  # noqa: D102
    @property
    def unused_data(self) -> bytes: ...  # noqa: D102
    @property
    def unconsumed_tail(self) -> bytes: ...  # noqa: D102
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Codec:
    """A way of compressing: how its members begin, what unpacks one, and what that raises."""

    magic: bytes
    begin: Callable[[], Unpacker]
    error: type[Exception]


GZIP = Codec(b"\x1f\x8b\x08", lambda: zlib.decompressobj(31), zlib.error)


class Members(io.RawIOBase):
    """The stream; ``begins_record`` tells whether a member's first bytes are those of a record.

    ``trouble`` says why the stream ended before the file did. ``starts`` are the places of the members begun:
    (bytes unpacked before, offset in the file).
    """

    def __init__(self, file: BinaryIO, codec: Codec, begins_record: Callable[[bytes], object]) -> None:
        self._file, self._codec, self._begins_record = file, codec, begins_record
        self._input, self._end = b"", file.tell()
        self._member: Unpacker | None = None
        self._unpacked = self._probes = 0
        self.starts: deque[tuple[int, int]] = deque()
        self.trouble: Exception | None = None

    def readable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """How many bytes have been unpacked."""
        return self._unpacked

    @property
    def offset(self) -> int:
        """Where in the file the next byte is taken from."""
        return self._end - len(self._input)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes; none at the end of the file and where there is trouble."""
        try:
            while not self.trouble and (self._member or self._begin_member()):
                if part := self._unpack(len(buffer)):
                    buffer[:len(part)] = part
                    return len(part)
        except (self._codec.error, TooLarge, EOFError) as problem:
            self.trouble = problem
        return 0

    def resume(self, after: int) -> int | None:
        """Go on with the first member of a record that begins at or after this offset; None: there is none."""
        self.trouble = self._member = None
        place = self._find_member(after)
        self._input = b""
        self._end = self._file.seek(0, io.SEEK_END) if place is None else self._file.seek(place)
        return place

    def _begin_member(self) -> bool:
        """Whether there is one more; zeros that fill up a block of a tape or disk are passed over."""
        while not self._input.strip(b"\0"):
            self._input = b""
            if not self._fill():
                return False
        self._input = self._input.lstrip(b"\0")
        while len(self._input) < len(self._codec.magic) and self._fill():
            pass
        self.starts.append((self._unpacked, self.offset))
        if not self._input.startswith(self._codec.magic):
            raise EOFError("what stands there is not compressed as the rest is")
        self._member = self._codec.begin()
        return True

    def _unpack(self, most: int) -> bytes:
        member = self._member
        assert member is not None
        part = member.decompress(self._input, most)
        self._input = member.unused_data if member.eof else member.unconsumed_tail
        self._unpacked += len(part)
        start, offset = self.starts[-1]
        check_growth(self._unpacked - start, self.offset - offset)
        if member.eof:
            self._member = None
        elif not part and not self._input and not self._fill():
            raise EOFError("the file ends in the middle of it")
        return part

    def _fill(self) -> bool:
        block = self._file.read(_BLOCK)
        self._input += block
        self._end += len(block)
        return bool(block)

    def _find_member(self, place: int) -> int | None:
        magic = re.compile(re.escape(self._codec.magic))
        while True:
            self._file.seek(place)
            block = self._file.read(_SCAN)
            for found in magic.finditer(block):
                if self._is_member(place + found.start()):
                    return place + found.start()
            if len(block) < _SCAN or self._probes > _MOST_PROBES:
                return None
            place += len(block) - len(self._codec.magic) + 1

    def _is_member(self, place: int) -> bool:
        self._probes += 1
        if self._probes > _MOST_PROBES:
            return False
        self._file.seek(place)
        try:
            return bool(self._begins_record(self._codec.begin().decompress(self._file.read(_PROBE), _PROBE)))
        except self._codec.error:
            return False
