"""Whoosh's files, forced to the disk before a commit is announced: Whoosh itself never does."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile


class Storage(FileStorage):  # type: ignore[misc]
    """A folder whose new files are on the disk when the table of contents that names them is."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._new: set[str] = set()

    def create_file(self, name: str, **kwargs: bool) -> StructFile:
        """A new file, open for writing."""
        self._new.add(name)
        return super().create_file(name, **kwargs)

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
