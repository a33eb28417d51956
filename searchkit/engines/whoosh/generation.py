"""Which segments make up the index: a list in JSON beside Whoosh's table of contents, which is a pickle.

The list is written first; it tells the table of contents that it belongs to by size and checksum, so that neither
an older list nor one of a commit that failed is taken for it.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

TOC_PATTERN = re.compile(r"_MAIN_([0-9]+)\.toc")
LIST_PATTERN = re.compile(r"_MAIN_([0-9]+)\.segments")


class State(NamedTuple):
    """What differs when anything was committed, or the index was made anew."""

    generation: int
    changed: int
    inode: int


class Part(NamedTuple):
    """A segment as a generation has it: its name and the numbers of its deleted documents."""

    name: str
    deleted: frozenset[int]


class Generation(NamedTuple):
    """The segments of one commit, and the names of the fields that they have."""

    parts: tuple[Part, ...]
    fields: tuple[str, ...]


def find_state(folder: Path) -> State | None:
    """The newest commit; None where there is none. Asked before every query, so without paths, which are slow."""
    names = os.listdir(folder)  # noqa: PTH208
    found = [int(match[1]) for name in names if name[-4:] == ".toc" and (match := TOC_PATTERN.fullmatch(name))]
    if not found:
        return None
    generation = max(found)
    status = os.stat(f"{folder}{os.sep}_MAIN_{generation}.toc")  # noqa: PTH116
    return State(generation, status.st_mtime_ns, status.st_ino)


def name_toc(folder: Path, generation: int) -> Path:
    """The path of a table of contents."""
    return folder / f"_MAIN_{generation}.toc"


def name_list(folder: Path, generation: int) -> Path:
    """The path of a list of segments."""
    return folder / f"_MAIN_{generation}.segments"


def write_generation(path: Path, generation: Generation, toc: bytes) -> None:
    """Write a list that belongs to this table of contents."""
    segments = [{"name": part.name, "deleted": sorted(part.deleted)} for part in generation.parts]
    data = {"toc": [len(toc), crc32(toc)], "fields": generation.fields, "segments": segments}
    path.write_text(json.dumps(data), encoding="utf-8")


def read_generation(folder: Path, number: int) -> Generation | None:
    """The list of a generation; None where there is none that belongs to its table of contents."""
    toc = name_toc(folder, number).read_bytes()
    try:
        data = json.loads(name_list(folder, number).read_bytes())
        if data["toc"] != [len(toc), crc32(toc)]:
            return None
        parts = tuple(Part(line["name"], frozenset(line["deleted"])) for line in data["segments"])
        return Generation(parts, tuple(data["fields"]))
    except (FileNotFoundError, ValueError, LookupError, TypeError):
        return None
