"""Which pages are captures of one address: the newest that makes a document is the document, all are known.

A page with an address and a time of saving is a capture; its document has the address's id. Captures come in
any order, from any number of archives and runs, and the outcome is the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

TABLES = """
CREATE TABLE IF NOT EXISTS captures (
    document TEXT, captured TEXT, location TEXT, path TEXT NOT NULL,
    PRIMARY KEY (document, captured, location)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS captures_by_location ON captures (location);
"""


@dataclass(frozen=True, slots=True)
class Capture:
    """One of the captures of an address: when it was saved (ISO 8601, UTC), and where it lies."""

    captured: str
    path: str
    location: str


class CaptureLedger:
    """The captures of an index, in the database of its ledger; what commits that commits these."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.executescript(TABLES)

    def take(self, document: str, capture: Capture) -> bool:
        """Remember a capture that makes a document; whether it is the newest so far, and so the document."""
        self._database.execute("DELETE FROM captures WHERE location = ?", (capture.location,))
        self._database.execute("INSERT INTO captures VALUES (?, ?, ?, ?)",
                               (document, capture.captured, capture.location, capture.path))
        newest = self._database.execute("SELECT location FROM captures WHERE document = ? "
                                        "ORDER BY captured DESC, location DESC LIMIT 1", (document,)).fetchone()
        return bool(newest[0] == capture.location)

    def find(self, document: str) -> list[Capture]:
        """The captures of a document, the newest first."""
        rows = self._database.execute("SELECT captured, path, location FROM captures WHERE document = ? "
                                      "ORDER BY captured DESC, location DESC", (document,))
        return [Capture(*row) for row in rows]

    def forget(self, locations: Iterable[str]) -> list[str]:
        """Drop captures that are gone, or make no document any more.

        Returns the locations of those that are now the newest of their address, and must be read again.
        """
        heirs: dict[str, None] = {}
        for location in locations:
            for (document,) in self._database.execute(
                    "SELECT document FROM captures WHERE location = ?", (location,)).fetchall():
                newest = self.find(document)[0].location
                self._database.execute("DELETE FROM captures WHERE location = ?", (location,))
                heirs.pop(location, None)
                if newest == location and (rest := self.find(document)):
                    heirs[rest[0].location] = None
        return list(heirs)

    def clear(self) -> None:
        """Forget everything."""
        self._database.execute("DELETE FROM captures")
