"""Whoosh's storage, in which a commit is announced only when all that it needs is on the disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile, StructFile


class Storage(FileStorage):  # type: ignore[misc]
    """A folder whose new files are on the disk when the table of contents that names them is."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._new: set[Path] = set()
        self.announce: Callable[[bytes], Path] | None = None  # writes what belongs to a table of contents

    def note(self, path: Path) -> None:
        """Have a new file forced to the disk by the next commit."""
        self._new.add(path)

    def create_file(self, name: str, **kwargs: bool) -> StructFile:
        """A new file, open for writing."""
        self.note(Path(self.folder, name))
        return super().create_file(name, **kwargs)

    def open_file(self, name: str, **kwargs: bool) -> BufferFile:
        """An existing file, read whole: Whoosh leaves a file open when what it reads is damaged."""
        return BufferFile(Path(self.folder, name).read_bytes(), name)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Rename; for a table of contents, after everything new is on the disk."""
        commits = newname.endswith(".toc")
        if commits:
            if self.announce:
                self.note(self.announce(Path(self.folder, oldname).read_bytes()))
            for path in self._new:
                with suppress(FileNotFoundError):
                    _force(path)
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
