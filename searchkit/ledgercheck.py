"""Whether the ledger of an index is as it was written; what is done where it is not, or where documents are lost.

The ledger is derived from the pages: whatever it does not know is read again by the next run.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from searchkit import disk
from searchkit.errors import DocumentNotFound
from searchkit.findings import Checked, Fault
from searchkit.ledger import FAULTS, FILE, SEAL, seal_ledger
from searchkit.model import Document
from searchkit.seals import CHANGED, MISSING, break_seal, find_fault, read_seal

BESIDE = ("-journal", "-wal", "-shm")  # what SQLite puts beside a database
DAMAGED = ".damaged"


def check_ledger(folder: Path, full: bool) -> Checked:
    """What is wrong with the ledger: by its seal, and by what SQLite finds (``full``: in all of it)."""
    files = frozenset({FILE, SEAL, *(FILE + end for end in BESIDE)})
    seal, faults, notes = read_seal(folder / SEAL, of=FILE), [], []
    if not (folder / FILE).exists():
        return Checked((Fault(FILE, MISSING),) if (folder / SEAL).exists() else (), (), files)
    if seal is None:
        faults.append(Fault(SEAL, CHANGED if (folder / SEAL).exists() else MISSING))
    elif seal.broken:
        notes.append(f"{FILE}: not sealed, for a run was interrupted, or it is large; SQLite's own check must do")
    elif what := find_fault(folder / FILE, seal.files[FILE], full):
        faults.append(Fault(FILE, what))
    found = _ask_sqlite(folder, full)
    if found and not faults:
        faults.append(Fault(FILE, f"SQLite finds: {found}"))
    return Checked(tuple(faults), tuple(notes), files)


def mend_ledger(folder: Path) -> list[str]:
    """Have the pages read again of which a damaged ledger tells; what was done."""
    if not check_ledger(folder, full=True).faults:
        return []
    break_seal(folder / SEAL)
    if not (folder / FILE).exists():
        disk.discard(folder / SEAL)
        return [f"{FILE}: it is gone; the next run reads all pages again"]
    if _ask_sqlite(folder, full=True):
        disk.rename(folder / FILE, folder / (FILE + DAMAGED))
        disk.discard(folder / f"{FILE}-journal")
        disk.discard(folder / SEAL)
        return [f"{FILE}: kept as {FILE}{DAMAGED}; the next run reads all pages again"]
    with closing(sqlite3.connect(folder / FILE)) as database, database:
        database.execute("UPDATE pages SET digest = x''")
    seal_ledger(folder)
    return [f"{FILE}: sealed again; as it may not be what it was, the next run reads all pages again"]


def forget_lost(folder: Path, get: Callable[[Sequence[str]], list[Document]]) -> list[str]:
    """Have the pages read again whose documents the index has lost; what was done."""
    if not (folder / FILE).exists():
        return []
    break_seal(folder / SEAL)
    with closing(sqlite3.connect(folder / FILE)) as database, database:
        known = database.execute("SELECT document FROM text_documents").fetchall()
        lost = [row for row in known if not _has(get, row[0])]
        pages = database.executemany("UPDATE pages SET digest = x'' WHERE document = ?", lost).rowcount if lost else 0
    seal_ledger(folder)
    if not lost:
        return []
    return [f"{len(lost):,} documents could not be read; the next run reads {pages:,} pages again that they came from"]


def _has(get: Callable[[Sequence[str]], list[Document]], document: str) -> bool:
    try:
        return bool(get([document]))
    except DocumentNotFound:
        return False


def _ask_sqlite(folder: Path, full: bool) -> str:
    """What SQLite finds wrong; empty: nothing."""
    try:
        with closing(sqlite3.connect(folder / FILE)) as database:
            found = database.execute(f"PRAGMA {'integrity_check' if full else 'quick_check'}(1)").fetchone()
            database.execute("SELECT max(run) FROM pages").fetchone()
    except FAULTS as problem:
        return str(problem)
    return "" if found == ("ok",) else str(found[0])
