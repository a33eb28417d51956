"""How much may come out of little: what is packed is unpacked only as far as an honest page reaches."""

from __future__ import annotations

import zlib

FREE_BYTES = 8 * 2**20  # may come out of anything; only above it is the ratio looked at
MAX_RATIO = 200  # unpacked to packed; pages come to 5 or 10, logs to 50, bombs to 1,000


class TooLarge(Exception):
    """What is packed has more than a page may have, or far more than honest content of its size has."""


def check_growth(unpacked: int, packed: int) -> None:
    """Raise TooLarge when so many bytes out of so few are no honest content."""
    if unpacked > FREE_BYTES and unpacked > MAX_RATIO * packed:
        raise TooLarge(f"it unpacks to more than {MAX_RATIO} times its size")


def inflate(data: bytes, window: int, most: int) -> bytes:
    """What zlib makes of data (``window`` is its ``wbits``), as far as the data goes.

    Raises TooLarge above ``most`` bytes, zlib.error where the data is damaged.
    """
    unpacker, rest, parts, size = zlib.decompressobj(window), data, [], 0
    while not unpacker.eof and (part := unpacker.decompress(rest, FREE_BYTES)):
        rest = unpacker.unconsumed_tail
        size += len(part)
        check_growth(size, len(data) - len(rest))
        if size > most:
            raise TooLarge(f"it unpacks to more than {most // 2**20} MB")
        parts.append(part)
    return b"".join(parts)
