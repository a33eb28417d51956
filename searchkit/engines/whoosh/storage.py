"""Whoosh's files: read in place, and forced to the disk before a commit is announced.

Whoosh itself copies each file of a segment into memory when it opens it, and never asks for the disk.
"""

from __future__ import annotations

import mmap
import os
from contextlib import suppress
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile, StructFile


class MappedFile(BufferFile):  # type: ignore[misc]
    """A file of which only what is read comes into memory."""

    def __init__(self, path: Path, name: str) -> None:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        super().__init__(b"", name)
        self._buf = self.file = content


class Storage(FileStorage):  # type: ignore[misc]
    """A folder whose new files are on the disk when the table of contents that names them is."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._new: set[str] = set()

    def create_file(self, name: str, **kwargs: bool) -> StructFile:
        """A new file, open for writing."""
        self._new.add(name)
        return super().create_file(name, **kwargs)

    def open_file(self, name: str, **kwargs: bool) -> StructFile:
        """An existing file, open for reading."""
        return MappedFile(Path(self.folder, name), name)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Rename; for a table of contents, after everything new is on the disk."""
        commits = newname.endswith(".toc")
        if commits:
            for name in self._new:
                with suppress(FileNotFoundError):
                    _force(Path(self.folder, name))
            self._new.clear()
        super().rename_file(oldname, newname, safe)
        if commits and os.name == "posix":
            _force(Path(self.folder))


def _force(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
