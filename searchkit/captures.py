"""Which pages are captures of one address: the newest is the document, all are known.

A page with an address and a time of saving is a capture. Captures come in any order, from any number of
archives and runs, and the outcome is the same. Pages saved at the same time under the same address are no
captures of each other: none is newer, and each is a document.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

TABLES = """
CREATE TABLE IF NOT EXISTS captures (
    address TEXT, captured TEXT, location TEXT, path TEXT NOT NULL,
    PRIMARY KEY (address, captured, location)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS captures_by_location ON captures (location);
"""
NEWEST_FIRST = "ORDER BY captured DESC, location DESC"


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

    def take(self, address: str, capture: Capture) -> bool:
        """Remember a capture that makes a document; whether none is newer, so that it is a document."""
        self._database.execute("DELETE FROM captures WHERE location = ?", (capture.location,))
        self._database.execute("INSERT INTO captures VALUES (?, ?, ?, ?)",
                               (address, capture.captured, capture.location, capture.path))
        newest = self._database.execute("SELECT max(captured) FROM captures WHERE address = ?",
                                        (address,)).fetchone()[0]
        return bool(capture.captured == newest)

    def find(self, address: str) -> list[Capture]:
        """The captures of an address, the newest first."""
        rows = self._database.execute(
            f"SELECT captured, path, location FROM captures WHERE address = ? {NEWEST_FIRST}", (address,))
        return [Capture(*row) for row in rows]

    def find_older(self, address: str) -> list[str]:
        """The locations of those captures of an address than which there is a newer one."""
        found = self.find(address)
        return [capture.location for capture in found if capture.captured < found[0].captured]

    def forget(self, locations: Iterable[str]) -> list[str]:
        """Drop captures that are gone, or make no document any more.

        Returns the locations of those that are now the newest of their address, and must be read again.
        """
        heirs: dict[str, None] = {}
        for location in locations:
            for (address,) in self._database.execute(
                    "SELECT address FROM captures WHERE location = ?", (location,)).fetchall():
                older = self.find_older(address)
                self._database.execute("DELETE FROM captures WHERE location = ?", (location,))
                heirs.pop(location, None)
                still = set(self.find_older(address))
                heirs.update((place, None) for place in older if place != location and place not in still)
        return list(heirs)

    def clear(self) -> None:
        """Forget everything."""
        self._database.execute("DELETE FROM captures")
