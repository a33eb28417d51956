"""The ledger: which pages an index has seen, in which state, and what became of them.

It is why a second run finds everything unchanged, an interrupted one goes on where it stopped, and pages
that vanished can be pruned. It is written after the engine has taken the documents: what is lost in a crash
is only the knowledge that a page need not be read again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searchkit import disk, seals
from searchkit.captures import NEWEST_FIRST, Capture, CaptureLedger
from searchkit.errors import IndexDamaged, IndexFault
from searchkit.groups import GroupLedger
from searchkit.lines import LineLedger, list_lines
from searchkit.model import Rejected
from searchkit.pipeline.duplicates import Signature
from searchkit.pipeline.siblings import Lines
from searchkit.place import REBUILD
from searchkit.settings import LEDGER

FILE = LEDGER
SEAL = FILE + seals.EXTENSION
MOST_SEALED = 1 << 28  # bytes: a larger ledger is not sealed at the end of each run, which would take too long (0.3 s)
OLDER = "older-capture"  # why a page has no document: a newer capture of its address has one
_TABLES = """
CREATE TABLE IF NOT EXISTS pages (
    location TEXT PRIMARY KEY, path TEXT NOT NULL, digest BLOB NOT NULL,
    document TEXT, reason TEXT, detail TEXT, run INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pages_by_document ON pages (document);
CREATE TABLE IF NOT EXISTS orphans (document TEXT PRIMARY KEY) WITHOUT ROWID;
"""
FAULTS = (sqlite3.DatabaseError, UnicodeDecodeError)  # the latter where SQLite quotes damage that is no text
_BY_DISK = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")  # how names of errors begin
_LAST = "\U0010ffff"  # no location goes on with a later character
_ENTRY = "location, path, digest, document, reason, detail"


@dataclass(frozen=True, slots=True)
class Entry:
    """A page as it was last read: its digest, and the id of its document or why it was rejected."""

    location: str
    path: str
    digest: bytes
    document: str | None = None
    reason: str | None = None
    detail: str | None = None

    def to_rejected(self) -> Rejected:
        """The rejection that this entry remembers."""
        return Rejected(self.path, self.reason or "", self.detail or "")


class Ledger:
    """One run's view of the ledger in a folder; without a folder it is kept until it is closed.

    ``groups`` are those of an index without a folder, which outlive the run.
    """

    def __init__(self, folder: Path | None, groups: GroupLedger | None = None) -> None:
        self._where = str(folder / FILE) if folder else ""  # a nameless database, on disk when it grows
        try:
            self._database = sqlite3.connect(self._where)
        except FAULTS as problem:
            raise _explain(self._where, problem) from None
        try:
            self._database.executescript(_TABLES)
            self.lines = LineLedger(self._database)
            self.captures = CaptureLedger(self._database)
            self.groups = groups or GroupLedger(self._database)
            last = self._database.execute("SELECT max(run) FROM pages").fetchone()[0]
        except FAULTS as problem:
            self._database.close()
            raise _explain(self._where, problem) from None
        self._run = (last or 0) + 1

    def find(self, location: str) -> Entry | None:
        """What is known of a page."""
        row = self._database.execute(
            f"SELECT {_ENTRY} FROM pages WHERE location = ?", (location,)).fetchone()
        return Entry(*row) if row else None

    def record(self, entries: Iterable[Entry], lines: Iterable[tuple[str, str, Lines]] = ()) -> None:
        """Remember pages as seen in this run, and of those that are new (site, document, lines)."""
        with self._database:
            for site, document, found in lines:
                self.lines.record(site, document, list_lines(found))
            self._database.executemany(
                "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?)",
                ((e.location, e.path, e.digest, e.document, e.reason, e.detail, self._run) for e in entries))

    def announce(self, entries: Sequence[Entry]) -> None:
        """Note pages whose documents the engine is about to be given: not as read, but it may have their documents."""
        self.orphan(entry.document for entry in entries)
        with self._database:
            self._database.executemany("INSERT OR IGNORE INTO pages VALUES (?, ?, x'', ?, NULL, NULL, 0)",
                                       [(entry.location, entry.path, entry.document) for entry in entries])

    def sign(self, signatures: Mapping[str, Signature | None]) -> None:
        """Remember the signatures of documents that the engine has just been given."""
        with self._database:
            self.groups.record(signatures)

    def label(self, groups: Mapping[str, str | None]) -> None:
        """Remember which groups of copies the engine has been told of."""
        with self._database:
            self.groups.label(groups)

    def settle_copies(self) -> None:
        """Drop the notes about copies, which have been acted on."""
        with self._database:
            self.groups.settle()

    def find_unseen(self, roots: Sequence[str]) -> Iterator[Entry]:
        """Pages at or below these locations that this run has not seen."""
        for root in dict.fromkeys(roots):
            below, part = root.rstrip("/") + "/", root + "#"
            yield from (Entry(*row) for row in self._database.execute(
                f"SELECT {_ENTRY} FROM pages WHERE run <> ? AND (location = ? OR location BETWEEN ? AND ? "
                "OR location BETWEEN ? AND ?)",
                (self._run, root, below, below + _LAST, part, part + _LAST)))

    def forget(self, entries: Iterable[Entry]) -> None:
        """Drop these pages; their documents become orphans."""
        gone = list(entries)
        self.orphan(entry.document for entry in gone)
        self.drop_captures(entry.location for entry in gone)
        with self._database:
            self._database.executemany("DELETE FROM pages WHERE location = ?", [(e.location,) for e in gone])

    def drop_captures(self, locations: Iterable[str]) -> None:
        """Drop captures that are gone; the pages that are now the newest of their address are read again."""
        with self._database:
            heirs = self.captures.forget(locations)
            self._database.executemany("UPDATE pages SET digest = x'' WHERE location = ?", [(h,) for h in heirs])

    def supersede(self, addresses: Iterable[str]) -> None:
        """Of these addresses' captures, let only the newest be documents; those of the others become orphans."""
        older = [location for address in addresses for location in self.captures.find_older(address)]
        self.orphan(entry.document for location in older if (entry := self.find(location)))
        with self._database:
            self._database.executemany("UPDATE pages SET document = NULL, reason = ? WHERE location = ?",
                                       [(OLDER, location) for location in older])

    def orphan(self, documents: Iterable[str | None]) -> None:
        """Note documents whose page has become another document, or none."""
        with self._database:
            self._database.executemany("INSERT OR IGNORE INTO orphans VALUES (?)",
                                       [(document,) for document in documents if document is not None])

    def find_orphans(self) -> Iterator[str]:
        """Documents noted as orphans that no page has become meanwhile."""
        rows = self._database.execute("SELECT document FROM orphans WHERE document NOT IN "
                                      "(SELECT document FROM pages WHERE document IS NOT NULL)")
        for (document,) in rows:
            yield document

    def forget_orphans(self, documents: Sequence[str]) -> None:
        """Drop the notes about orphans, these of which are deleted."""
        with self._database:
            self.lines.forget(documents)
            self._database.execute("DELETE FROM orphans")
        self.forget_copies(documents)

    def forget_copies(self, documents: Iterable[str]) -> None:
        """Drop the texts of documents that are deleted."""
        with self._database:
            self.groups.forget(documents)

    def clear(self) -> None:
        """Forget everything."""
        with self._database:
            self._database.executescript("DELETE FROM pages; DELETE FROM orphans")
            self.lines.clear()
            self.captures.clear()
            self.groups.clear()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


def count_rejected(folder: Path) -> dict[str, int]:
    """How many of the pages last seen were rejected, by reason."""
    rows = _read(folder, "SELECT reason, count(*) FROM pages WHERE document IS NULL AND reason <> ? "
                         "GROUP BY reason ORDER BY 2 DESC, 1", OLDER)
    return dict(rows)


def find_waiting(folder: Path) -> list[str]:
    """The locations of older captures of which the newer one is gone: the next run that reads them takes them."""
    return [location for (location,) in _read(
        folder, "SELECT location FROM pages WHERE reason = ? AND digest = x''", OLDER)]


def knows_below(folder: Path, root: str) -> bool:
    """Whether there are documents of pages below a location."""
    below = root.rstrip("/") + "/"
    return bool(_read(folder, "SELECT 1 FROM pages WHERE location BETWEEN ? AND ? AND document IS NOT NULL LIMIT 1",
                      below, below + _LAST))


def find_captures(folder: Path, document: str) -> list[Capture]:
    """The captures of a document's address, the newest first; none for a page that is no capture."""
    rows = _read(folder, "SELECT captured, path, location FROM captures WHERE address IN (SELECT address "
                         "FROM captures JOIN pages USING (location) WHERE document = ?) " + NEWEST_FIRST, document)
    return [Capture(*row) for row in rows]


def copy_ledger(folder: Path, target: Path) -> None:
    """Take the ledger of a folder, where it has one, to another folder, in place of what is there."""
    if not (folder / FILE).exists():
        return
    try:
        with closing(_open_read_only(folder)) as ledger, closing(sqlite3.connect(target / FILE)) as copy:
            ledger.backup(copy)
        seal_ledger(target)
    except FAULTS as problem:
        raise _explain(folder / FILE, problem) from None


def _read(folder: Path, query: str, *values: str) -> list[Any]:
    """Rows of a ledger that is not written to; none where there is no ledger."""
    if not (folder / FILE).exists():
        return []
    try:
        with closing(_open_read_only(folder)) as database:
            return database.execute(query, values).fetchall()
    except FAULTS as problem:
        raise _explain(folder / FILE, problem) from None


def _open_read_only(folder: Path) -> sqlite3.Connection:
    """The ledger to be read; where a run was killed, SQLite must be let undo what it had begun."""
    mode = "rw" if (folder / f"{FILE}-journal").exists() else "ro"
    return sqlite3.connect(f"{(folder / FILE).absolute().as_uri()}?mode={mode}", uri=True)


@contextmanager
def open_ledger(folder: Path | None, groups: GroupLedger | None = None) -> Iterator[Ledger]:
    """A ledger for one run. Raises IndexFault for whatever its database runs into, be it a full disk."""
    if folder:
        seals.break_seal(folder / SEAL)
    ledger = Ledger(folder, groups)
    try:
        yield ledger
    except sqlite3.DatabaseError as problem:
        raise _explain(FILE if folder is None else folder / FILE, problem) from None
    finally:
        ledger.close()
        if folder:
            seal_ledger(folder)


def seal_ledger(folder: Path) -> None:
    """Seal a ledger that nobody writes to, unless it is large."""
    if (folder / FILE).stat().st_size <= MOST_SEALED:
        seals.put_on(folder / SEAL, [FILE], changing=[FILE])


def _explain(file: Path | str, problem: sqlite3.DatabaseError | UnicodeDecodeError) -> IndexFault:
    """What is to be said when SQLite cannot go on: it is the disk, or the file that is not as it was written."""
    what = f"the ledger of the index cannot be used: {problem}"
    if getattr(problem, "sqlite_errorname", "").startswith(_BY_DISK):
        return IndexFault(what, str(file), disk.MAKE_ROOM)
    return IndexDamaged(what, str(file), REBUILD)
