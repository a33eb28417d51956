"""tantivy's files, which are sealed at each commit: it has checksums of its own, but compares them with nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

from searchkit import disk, seals
from searchkit.errors import IndexDamaged

SEAL = "tantivy" + seals.EXTENSION
CHANGING = ("meta.json", ".managed.json")  # written anew by each commit
PARTS = ("idx", "pos", "term", "store", "fast", "fieldnorm", "temp")
LOCKS = (".tantivy-writer.lock", ".tantivy-meta.lock")
SEGMENT_PATTERN = re.compile(r"[0-9a-f]{32}\..+")
MOST_SUMMED = 1 << 22  # bytes of files, the smallest first, that are compared when the index is opened (2 ms)
ATTEMPTS = 5


def list_files(folder: Path) -> list[str]:
    """The names of tantivy's files, locks apart."""
    return [path.name for path in folder.iterdir() if path.name in CHANGING or SEGMENT_PATTERN.fullmatch(path.name)]


def break_seal(folder: Path) -> None:
    """Say that the files are being written to, under tantivy's lock. What an interrupted run left is removed: tantivy
    would not write a file under a name that is taken.
    """
    seals.break_seal(folder / SEAL)
    if (folder / CHANGING[0]).exists():
        for name in {*list_files(folder)} - {*list_needed(folder)}:
            disk.discard(folder / name)


def put_on_seal(folder: Path) -> None:
    """Seal the files of the newest commit as they are; those of one that was given up may still change."""
    seals.put_on(folder / SEAL, list_needed(folder), CHANGING)


def list_needed(folder: Path) -> list[str]:
    """The names of the files that the newest commit needs."""
    beginnings = (*CHANGING, *_name_needed(folder))
    return [name for name in list_files(folder) if name.startswith(beginnings)]


def refuse_remains(folder: Path) -> None:
    """Raise IndexDamaged where the files of an index are, but not the one that says which they are."""
    if not folder.is_dir():
        return
    seal = seals.read_seal(folder / SEAL)
    if (seal and not seal.broken) or any(name not in CHANGING for name in list_files(folder)):
        raise IndexDamaged("a file of the index is missing", str(folder / CHANGING[0]),
                           "rebuild it, or restore a backup")


def check_seal(folder: Path) -> None:
    """Raise IndexDamaged for a file that is missing, has another length, or, of small ones, other content.

    Nothing is known while the seal is broken; what a writer changes meanwhile is looked at again.
    """
    for _ in range(ATTEMPTS):
        seal = seals.read_seal(folder / SEAL)
        if seal is None or seal.broken:
            return
        fault = _find_fault(folder, seal)
        if fault is None:
            return
        if seals.read_seal(folder / SEAL) == seal:
            raise IndexDamaged(f"the index cannot be read: {fault[1]}", str(folder / fault[0]),
                               "rebuild it, or restore a backup")


def _name_needed(folder: Path) -> tuple[str, ...]:
    """How the names of the files begin that the newest commit needs."""
    beginnings = []
    for segment in json.loads((folder / CHANGING[0]).read_bytes())["segments"]:
        name, deletes = segment["segment_id"].replace("-", ""), segment.get("deletes")
        beginnings += [f"{name}.{part}" for part in PARTS]
        if deletes:
            beginnings.append(f"{name}.{deletes['opstamp']}.del")
    return tuple(beginnings)


def _find_fault(folder: Path, seal: seals.Seal) -> tuple[str, str] | None:
    """The first file that is not as it was sealed, and what is wrong with it."""
    total = 0
    for name, seen in sorted(seal.files.items(), key=lambda item: item[1].length):
        path = folder / name
        try:
            if path.stat().st_size != seen.length:
                return name, "it has another length than it was written with"
            total += seen.length
            if total <= MOST_SUMMED and seals.sum_up(path) != seen.checksum:
                return name, "it is not as it was written"
        except FileNotFoundError:
            return name, "a file is missing"
    return None
