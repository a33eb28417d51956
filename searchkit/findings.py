"""What a check of an index found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """A file of an index, by its name in the folder, and what is wrong with it."""

    file: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of some files found: faults, notes on what is no fault, and the names of all that belong there."""

    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    files: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of an index found. ``full``: every byte was compared. ``mended`` says what was repaired first."""

    folder: str
    full: bool
    files: int
    bytes: int
    documents: int | None
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def to_dict(self) -> dict[str, Any]:
        """JSON as in ``searchkit verify --json``."""
        return {
            "folder": self.folder, "sound": self.is_sound, "full": self.full, "files": self.files,
            "bytes": self.bytes, "documents": self.documents,
            "faults": [{"file": fault.file, "what": fault.what} for fault in self.faults],
            "notes": list(self.notes), "mended": list(self.mended),
        }
