"""What a run did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from searchkit.model import Rejected


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a run did: every page that was read is counted once.

    ``warnings`` are those that became documents with less than usual: only their plain text was taken.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: tuple[Rejected, ...] = ()
    seconds: float = 0.0
    warnings: tuple[Rejected, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON as in ``searchkit index --json``."""
        return {
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "removed": self.removed,
            "rejected": [{"path": page.path, "reason": page.reason, "detail": page.detail}
                         for page in self.rejected],
            "seconds": self.seconds,
            "warnings": [{"path": page.path, "reason": page.reason, "detail": page.detail}
                         for page in self.warnings],
        }
