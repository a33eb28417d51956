"""Seals: what files were when they were last written, by length, checksum and digest, in a file of their own.

A seal is broken, durably, before its files are written to, and put on again afterwards; while it is broken nothing is
known of them. A seal begins with a digest of itself.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from searchkit import disk

EXTENSION = ".seal"
DIGEST_BYTES = 32
READ = 1 << 20  # bytes at a time
MISSING, CHANGED = "it is missing", "it is not as it was written"


class Seen(NamedTuple):
    """Length, CRC-32 and BLAKE2b (32 bytes, in hexadecimal) of a file."""

    length: int
    checksum: int
    digest: str


class Seal(NamedTuple):
    """What is known of files, by name; of those of a broken seal nothing is."""

    broken: bool
    files: Mapping[str, Seen]


def digest(content: bytes) -> str:
    """BLAKE2b of bytes."""
    from hashlib import blake2b  # no query needs it

    return blake2b(content, digest_size=DIGEST_BYTES).hexdigest()


def look_at(path: Path) -> Seen:
    """What a file is. Raises OSError."""
    from hashlib import blake2b

    found, checksum, length = blake2b(digest_size=DIGEST_BYTES), 0, 0
    with path.open("rb") as file:
        while content := file.read(READ):
            found.update(content)
            checksum = crc32(content, checksum)
            length += len(content)
    return Seen(length, checksum, found.hexdigest())


def sum_up(path: Path) -> int:
    """CRC-32 of a file: quicker, and enough to tell that a file was damaged. Raises OSError."""
    checksum = 0
    with path.open("rb") as file:
        while content := file.read(READ):
            checksum = crc32(content, checksum)
    return checksum


def read_seal(path: Path, of: str = "") -> Seal | None:
    """A seal; None where there is none that is whole, or it is not ``of`` this file: another seal lies there."""
    try:
        head, _, body = path.read_bytes().partition(b"\n")
        if head != b"%08x" % crc32(body):
            return None
        data = json.loads(body)
        files = {name: Seen(*seen) for name, seen in data["files"].items()}
        is_other = of and of not in files and (files or not data["broken"])
        return None if is_other else Seal(data["broken"], files)
    except (FileNotFoundError, NotADirectoryError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def find_fault(path: Path, seen: Seen, full: bool) -> str:
    """What is wrong with a file that was once seen: with its length, or its content (``full``); empty: nothing."""
    try:
        length = path.stat().st_size
        if length != seen.length:
            return f"it has {length:,} bytes instead of {seen.length:,}"
        return CHANGED if full and look_at(path) != seen else ""
    except FileNotFoundError:
        return MISSING
    except OSError as problem:
        return f"it cannot be read: {problem.strerror}"


def break_seal(path: Path) -> bool:
    """Say that the files are being written to; what was known of them is kept, for those that stay.

    Returns whether it was so already: a run was interrupted.
    """
    known = read_seal(path)
    if known is None or not known.broken:
        _write(path, Seal(True, known.files if known else {}))
    return known is None or known.broken


def put_on(path: Path, names: Iterable[str], changing: Collection[str]) -> None:
    """Seal files beside the seal. Those that are not ``changing`` are never written to twice, so that they are read
    only when no file of their name and length was sealed before.
    """
    before, files = read_seal(path), {}
    for name in sorted(names):
        file = path.with_name(name)
        known = before.files.get(name) if before and name not in changing else None
        files[name] = known if known and known.length == file.stat().st_size else look_at(file)
    _write(path, Seal(False, files))


def _write(path: Path, seal: Seal) -> None:
    body = json.dumps(seal._asdict()).encode()
    with disk.tell_failure(path):
        disk.publish(path, b"%08x\n" % crc32(body) + body)
