"""A copy of an index, taken while others read and write it, checked byte by byte before it counts as one.

The ledger is copied first, then one commit of the engine, whose files nobody changes: what the engine knows beyond the
ledger is only read again by the next run. A commit whose files a writer removes meanwhile is given up for the next one.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from searchkit import disk, engines
from searchkit.engines.base import Checking
from searchkit.errors import IndexDamaged, IndexLocked
from searchkit.findings import Verified
from searchkit.ledger import copy_ledger
from searchkit.place import LOCK, lock, make_ready, read_manifest, write_manifest
from searchkit.seals import Seen, look_at
from searchkit.settings import ALIASES
from searchkit.verification import verify

NOTE = "backup.json"  # in a folder that is being copied to
ATTEMPTS = 20  # commits that a writer may take away while they are copied


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What was copied, and where to."""

    folder: str
    documents: int | None
    files: int
    bytes: int

    def to_dict(self) -> dict[str, Any]:
        """JSON as in ``searchkit backup --json``."""
        return asdict(self)

    def __str__(self) -> str:
        size = f"{self.documents or 0:,} documents in {self.files} files of {self.bytes:,} bytes"
        return f"{size} are in {self.folder}, and all of them were compared"


def back_up(folder: Path, target: Path) -> BackedUp:
    """Copy an index to a new folder; it may be written to meanwhile.

    Raises SettingsError for a folder that holds anything, IndexDamaged where the copy is not sound.
    """
    name = read_manifest(folder).engine
    checking = engines.find_checking(name)
    with suppress(FileNotFoundError):
        checking.list_commit(folder)  # raises SettingsError where there is nothing to copy
    begun = make_ready(target, NOTE)
    with lock(target), disk.tell_failure(target):
        if begun:
            _empty(target)
        disk.write(target / NOTE, b"{}\n")
        copy_ledger(folder, target)
        _copy_commit(checking, folder, target)
        if (folder / ALIASES).exists():
            shutil.copyfile(folder / ALIASES, target / ALIASES)
        engines.open_engine(name, target).close()
        write_manifest(target, name)
        disk.remove(target / NOTE)
    return _tell(verify(target, full=True), target)


def restore(backup: Path, folder: Path) -> BackedUp:
    """Copy a backup to a new folder, after every byte of it was compared.

    Raises IndexDamaged for a backup that is not sound, SettingsError for a folder that holds anything.
    """
    _tell(verify(backup, full=True), backup)
    return back_up(backup, folder)


def _copy_commit(checking: Checking, folder: Path, target: Path) -> None:
    for _ in range(ATTEMPTS):
        try:
            contents, files = checking.list_commit(folder)
            for name, seen in files.items():
                _copy(folder / name, target / name, seen)
        except FileNotFoundError as missing:
            gone = missing
            continue
        for name, content in contents.items():
            disk.write(target / name, content)
        _drop_others(checking, target, {*contents, *files})
        checking.seal(target)
        return
    raise IndexLocked("the index is written to so often that no commit lasts as long as it takes to copy it",
                      str(gone.filename or folder), "try again when less is written")


def _copy(source: Path, target: Path, seen: Seen | None) -> None:
    """Copy a file, unless it is there. Raises IndexDamaged where the copy is not what once was written."""
    if target.exists() and seen and look_at(target) == seen:
        return
    shutil.copyfile(source, target)
    disk.force(target)
    if seen and look_at(target) != seen:
        raise IndexDamaged("a file of the index is not as it was written", str(source),
                           "mend it first: searchkit verify --repair")


def _drop_others(checking: Checking, target: Path, names: set[str]) -> None:
    """Remove what was copied of commits that were given up."""
    for name in checking.check(target, full=False).files - names:
        disk.discard(target / name)


def _empty(target: Path) -> None:
    """Remove what an interrupted copy left."""
    for path in target.iterdir():
        if path.is_file() and path.name not in (NOTE, LOCK):
            disk.discard(path)


def _tell(found: Verified, folder: Path) -> BackedUp:
    if not found.is_sound:
        raise IndexDamaged(f"{len(found.faults)} files are not as they were written, the first: {found.faults[0]}",
                           str(folder), "see all of them: searchkit verify --full")
    return BackedUp(str(folder), found.documents, found.files, found.bytes)
