"""Zstandard, where the library for it is there: frames as members, and the dictionary some crawlers share."""

from __future__ import annotations

import struct
from typing import BinaryIO

import zstandard

from searchkit.sources.members import Codec

_MAGIC = b"\x28\xb5\x2f\xfd"
_DICTIONARY = b"\x5d\x2a\x4d\x18"  # a frame that decoders pass over; warc-zstd keeps the dictionary in it
_MOST_DICTIONARY = 2**24  # bytes, packed or not
_WINDOW = 2**26  # bytes a frame may make us hold
_PIECE = 256  # bytes unpacked at once: at most 256 / 4 blocks of 128 KB come out of them


class _Frame:
    """One frame with the interface of ``zlib.decompressobj``: the library's own cannot stop half-way."""

    def __init__(self, decompressor: zstandard.ZstdDecompressor) -> None:
        self._unpacker = decompressor.decompressobj()
        self._ready = memoryview(b"")
        self.unconsumed_tail = self.unused_data = b""

    @property
    def eof(self) -> bool:
        return self._unpacker.eof and not self._ready

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        done = 0
        while not self._ready and not self._unpacker.eof and done < len(data):
            piece = data[done:done + _PIECE]
            self._ready = memoryview(self._unpacker.decompress(piece))
            done += len(piece) - len(self._unpacker.unused_data)
        part, self._ready = bytes(self._ready[:max_length]), self._ready[max_length:]
        self.unconsumed_tail = self.unused_data = data[done:]
        return part


def open_codec(file: BinaryIO) -> Codec:
    """The codec for a file that stands at its beginning; it stands at the first frame afterwards."""
    dictionary = _read_dictionary(file)
    decompressor = zstandard.ZstdDecompressor(dictionary, max_window_size=_WINDOW)
    return Codec(_MAGIC, lambda: _Frame(decompressor), zstandard.ZstdError)


def _read_dictionary(file: BinaryIO) -> zstandard.ZstdCompressionDict | None:
    head = file.read(8)
    if not head.startswith(_DICTIONARY) or len(head) < 8:
        file.seek(-len(head), 1)
        return None
    data = file.read(min(struct.unpack("<I", head[4:])[0], _MOST_DICTIONARY))
    if data.startswith(_MAGIC):
        data = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompress(data, _MOST_DICTIONARY)
    return zstandard.ZstdCompressionDict(data)
