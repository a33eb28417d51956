"""What a commit consists of: its manifest, a file of JSON beside Whoosh's table of contents, which is a pickle.

The manifest makes the commit: it is renamed into its place when all files that it names are on the disk. It names each
with its length and its digest, and begins with a checksum and a digest of itself. The table of contents is for Whoosh;
ours ends with a seal, which Whoosh passes over, so that one that another program wrote is known.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from searchkit.version import VERSION

if TYPE_CHECKING:
    from searchkit.seals import Seen

FORMAT = 1  # of the manifest
TOC_PATTERN = re.compile(r"_MAIN_([0-9]+)\.toc")
LIST_PATTERN = re.compile(r"_MAIN_([0-9]+)\.segments")
SEGMENT_PATTERN = r"(MAIN_[0-9a-z]{16})\.[A-Za-z0-9_.]+"  # compiled when it is needed: no query does
LEFT_PATTERN = r"_MAIN_[0-9]+\.(toc|segments)\..+"  # drafts
SEAL = b"\nsearchkit sealed this: "  # ends a table of contents, with a digest of what is before


class State(NamedTuple):
    """What differs when anything was committed, or the index was made anew."""

    generation: int
    changed: int
    inode: int


class Part(NamedTuple):
    """A segment as a generation has it: its name, the numbers of its deleted documents, how many it has with these,
    and the seal of its file (None: not known).
    """

    name: str
    deleted: frozenset[int]
    size: int = 0
    seal: int | None = None


class Generation(NamedTuple):
    """The segments of one commit, the names of the fields that they have, and its files, each with
    length, checksum and digest (none: not known); ``list_files`` makes values of them.
    """

    parts: tuple[Part, ...]
    fields: tuple[str, ...]
    files: Mapping[str, Sequence[Any]] = {}


def find_state(folder: Path) -> State | None:
    """The newest commit; None where there is none. Asked before every query, so without paths, which are slow."""
    numbers = list_generations(folder)
    if not numbers:
        return None
    stem = f"{folder}{os.sep}_MAIN_{numbers[0]}"
    try:
        status = os.stat(f"{stem}.toc")  # noqa: PTH116
    except FileNotFoundError:
        status = os.stat(f"{stem}.segments")  # noqa: PTH116
    return State(numbers[0], status.st_mtime_ns, status.st_ino)


def list_generations(folder: Path) -> list[int]:
    """The numbers of the commits that a folder has, the newest first."""
    found = set()
    for name in os.listdir(folder):  # noqa: PTH208
        if name.startswith("_MAIN_") and (match := LIST_PATTERN.fullmatch(name) or TOC_PATTERN.fullmatch(name)):
            found.add(int(match[1]))
    return sorted(found, reverse=True)


def name_toc(folder: Path, generation: int) -> Path:
    """The path of a table of contents."""
    return folder / f"_MAIN_{generation}.toc"


def name_list(folder: Path, generation: int) -> Path:
    """The path of a manifest."""
    return folder / f"_MAIN_{generation}.segments"


def encode_generation(number: int, generation: Generation) -> bytes:
    """The manifest of a commit."""
    segments = [{"name": part.name, "size": part.size, "deleted": sorted(part.deleted), "seal": part.seal}
                for part in generation.parts]
    from searchkit.seals import digest

    data = {"format": FORMAT, "engine": "whoosh", "searchkit": VERSION, "generation": number,
            "fields": generation.fields, "segments": segments, "files": generation.files}
    body = json.dumps(data).encode()
    return f"{crc32(body):08x} {digest(body)}\n".encode() + body


def read_generation(folder: Path, number: int) -> Generation | None:
    """The commit as its manifest has it; None where there is none that can be used."""
    try:
        head, _, body = name_list(folder, number).read_bytes().partition(b"\n")
        data = json.loads(body)
        if head[:8] != b"%08x" % crc32(body) or (data["format"], data["generation"]) != (FORMAT, number):
            return None
        return _decode(data)
    except (FileNotFoundError, ValueError, LookupError, TypeError, RecursionError):
        return None


def is_whole(manifest: bytes) -> bool:
    """Whether a manifest has the digest with which it begins."""
    from searchkit.seals import digest

    head, _, body = manifest.partition(b"\n")
    return head == f"{crc32(body):08x} {digest(body)}".encode()


def seal(toc: bytes) -> bytes:
    """A table of contents with our seal."""
    from searchkit.seals import digest

    return toc + SEAL + digest(toc).encode()


def find_seal(toc: bytes) -> bool | None:
    """Whether the seal of a table of contents is right; None where it has none: another program wrote it."""
    from searchkit.seals import digest

    content, mark, found = toc.rpartition(SEAL)
    return found == digest(content).encode() if mark else None


def list_owned(folder: Path) -> Iterable[str]:
    """The names of the files in a folder that belong to the engine, its lock apart."""
    patterns = (TOC_PATTERN, LIST_PATTERN, SEGMENT_PATTERN, LEFT_PATTERN)
    return [path.name for path in folder.iterdir() if any(re.fullmatch(pattern, path.name) for pattern in patterns)]


def _decode(data: dict[str, Any]) -> Generation:
    parts = tuple(Part(line["name"], frozenset(line["deleted"]), line["size"], line["seal"])
                  for line in data["segments"])
    return Generation(parts, tuple(data["fields"]), data["files"])


def list_files(generation: Generation) -> dict[str, Seen]:
    """The files of a commit, and what each was when it was written."""
    from searchkit.seals import Seen

    return {name: Seen(*seen) for name, seen in generation.files.items()}
