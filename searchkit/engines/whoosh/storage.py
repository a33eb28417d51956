"""Whoosh's storage, by which it locks the index and reads what other programs wrote."""

from __future__ import annotations

from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile


class Storage(FileStorage):  # type: ignore[misc]
    """A folder that Whoosh reads."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))

    def open_file(self, name: str, **kwargs: bool) -> BufferFile:
        """An existing file, read whole: Whoosh leaves a file open when what it reads is damaged."""
        return BufferFile(Path(self.folder, name).read_bytes(), name)
