"""The folder of an index: its manifest, which says what made it, and its lock: who writes to it."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

from searchkit import disk
from searchkit.errors import IndexDamaged, IndexFault, IndexLocked, IndexNotFound, IndexOutdated, SettingsError
from searchkit.frozen import frozen
from searchkit.search import analysis
from searchkit.settings import LEDGER, MANIFEST
from searchkit.version import VERSION

LOCK = "searchkit.lock"
DRAFT = MANIFEST + disk.DRAFT
FORMAT = 3  # of the whole folder; a folder with another one is refused
CHECKED = 3  # the first format whose manifest has a checksum
REBUILD = "build it anew: searchkit index --rebuild PATH..."
_held: set[BinaryIO] = set()  # files by which this process holds locks


@frozen
class Manifest:
    """What made an index."""

    engine: str
    format: int = FORMAT
    analyzer: int = analysis.VERSION
    searchkit: str = VERSION

    def to_dict(self) -> dict[str, str | int]:
        """What stands in its file."""
        return {"engine": self.engine, "format": self.format, "analyzer": self.analyzer, "searchkit": self.searchkit}


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the index in a folder. Raises an IndexFault when there is none that can be used."""
    try:
        data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(data["engine"], data["format"], data["analyzer"], data["searchkit"])
    except (FileNotFoundError, NotADirectoryError):
        raise IndexNotFound("there is no index here", str(folder),
                            "make one: searchkit index PATH...") from None
    except (ValueError, KeyError, TypeError, RecursionError, OSError) as problem:
        raise IndexDamaged(f"the manifest of the index cannot be read: {_describe(problem)}",
                           str(folder / MANIFEST), REBUILD) from None
    if not isinstance(manifest.engine, str):
        raise IndexDamaged("the manifest of the index names no engine", str(folder / MANIFEST), REBUILD)
    if (manifest.format, manifest.analyzer) != (FORMAT, analysis.VERSION):
        raise IndexOutdated(f"the index was made by searchkit {manifest.searchkit} in another format",
                            str(folder), REBUILD)
    return manifest


def is_index(folder: Path) -> bool:
    """Whether there is an index, in whatever state."""
    try:
        return (folder / MANIFEST).exists()
    except OSError:
        return False


def find_engine(folder: Path) -> str | None:
    """The engine named by a manifest of whatever format; None when that cannot be read."""
    try:
        name = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["engine"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return name if isinstance(name, str) else None


def make(folder: Path, engine: str, begin: Callable[[], object] = tuple) -> None:
    """Make the folder ready for a new index; one that is there already is removed.

    ``begin`` makes what the engine needs; until then there is no manifest but its draft, so that nobody else opens what
    is half made, and whoever was stopped meanwhile can begin again.
    Raises SettingsError for a folder that holds anything else: nothing of it is touched.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        others = [path for path in folder.iterdir() if not path.name.startswith(".") and path.name not in (LOCK, DRAFT)]
    except OSError as problem:
        raise SettingsError(f"no index can be made here: {problem.strerror}", str(folder),
                            "give another folder: --index DIR") from None
    is_new = not (folder / MANIFEST).exists()
    if others and is_new and not (folder / DRAFT).exists():
        raise SettingsError("this folder holds other things than an index", str(folder),
                            "give an empty or a new folder: --index DIR")
    with lock(folder), disk.tell_failure(folder):
        if is_new:
            disk.write(folder / DRAFT, b"")
            disk.force(folder)
        else:
            _empty([path for path in others if path.is_file() and path.name != MANIFEST])
        begin()
        write_manifest(folder, engine)


def _empty(files: list[Path]) -> None:
    """Remove files; the ledger first, and for good: it must not know pages whose documents are gone."""
    for path in sorted(files, key=lambda path: path.name != LEDGER):
        disk.remove(path)
        if path.name == LEDGER:
            disk.force(path.parent)


def make_ready(folder: Path, begun: str) -> bool:
    """Make a folder ready for an index that is not one until ``write_manifest``; whether it was begun before.

    What was begun is known by a file of this name. Raises SettingsError for a folder that holds anything else.
    """
    if is_index(folder):
        raise SettingsError("there is an index here already", str(folder), "give an empty or a new folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / begun).exists():
            return True
        others = any(path.name not in (LOCK, DRAFT, begun + disk.DRAFT) for path in folder.iterdir())
    except OSError as problem:
        raise SettingsError(f"no index can be made here: {problem.strerror}", str(folder),
                            "give another folder") from None
    if others:
        raise SettingsError("this folder holds other things than an index", str(folder),
                            "give an empty or a new folder")
    return False


def measure(folder: Path) -> int:
    """Bytes on disk."""
    size = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # a writer may just have removed it
            size += path.stat().st_size if path.is_file() else 0
    return size


def _describe(problem: Exception) -> str:
    return f"{problem} is missing" if isinstance(problem, KeyError) else str(problem)


def write_manifest(folder: Path, engine: str) -> None:
    """Make the folder known as an index of this engine."""
    with disk.tell_failure(folder):
        disk.publish(folder / MANIFEST, encode_manifest(Manifest(engine)))


def encode_manifest(manifest: Manifest) -> bytes:
    """The bytes of its file, with a checksum of what it says."""
    data = manifest.to_dict()
    return (json.dumps({**data, "check": crc32(json.dumps(data).encode())}, indent=1) + "\n").encode()


def is_as_written(folder: Path) -> bool:
    """Whether the manifest of an index, of whatever format, is byte for byte as it was written."""
    try:
        content = (folder / MANIFEST).read_bytes()
        data = json.loads(content)
        if "check" not in data:
            return bool(data["format"] < CHECKED)
        del data["check"]
        return content == encode_manifest(Manifest(**data))
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return False


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Be the only one who writes to the index. The lock dies with the process that holds it.

    Raises IndexLocked, which names the holder, at once.
    """
    try:
        opened = (folder / LOCK).open("a+b", buffering=0)
    except OSError as problem:
        raise IndexFault(f"the index cannot be written to: {problem.strerror}", str(folder),
                         "what is in it can still be searched") from None
    with opened as file:
        if not _try_lock(file):
            raise IndexLocked(f"the index is being written to by {_read_holder(file)}", str(folder),
                              "wait until it is done, or end it; reading goes on meanwhile")
        _note_holder(file)
        _held.add(file)
        try:
            yield
        finally:
            _held.discard(file)
            with suppress(OSError):
                file.truncate(0)


def _note_holder(file: BinaryIO) -> None:
    """Say in the file of a lock who holds it, if there is room: the lock holds without."""
    import socket  # for one name, which no query needs

    holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
    with suppress(OSError):
        file.truncate(0)
        file.write(json.dumps(holder).encode())


def _let_go() -> None:
    """In a process that was forked: close the files of locks, which would be held until it, too, has ended."""
    for file in _held:
        file.close()
    _held.clear()


def _read_holder(file: BinaryIO) -> str:
    file.seek(0)
    try:
        holder = json.loads(file.read())
        return f"process {holder['pid']} on {holder['host']} since {holder['since']}"
    except (ValueError, KeyError, TypeError):
        return "another process"


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: BinaryIO) -> bool:
        try:
            file.seek(2**30)  # a byte beyond the text, which stays readable for others
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    os.register_at_fork(after_in_child=_let_go)

    def _try_lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
