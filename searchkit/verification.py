"""Whether an index is as it was written: each file that is damaged, missing, swapped or foreign, by its name.

Files are compared by length and structure, or, in full, by the digest of every byte. To repair is to make anew what
can be derived from the documents; what cannot be read is kept, and the pages that it came from are read again.
"""

from __future__ import annotations

import os
import stat
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from searchkit import disk, engines
from searchkit.errors import EngineNotInstalled, SearchkitError
from searchkit.findings import Fault, Verified
from searchkit.ledgercheck import check_ledger, forget_lost, mend_ledger
from searchkit.place import DRAFT, LOCK, is_as_written, lock, read_manifest, write_manifest
from searchkit.seals import CHANGED, MISSING
from searchkit.settings import ALIASES, MANIFEST

LOST = ".damaged"  # ends the name of what a repair could not read
FILES = {"_MAIN_*": "whoosh", "MAIN_*.arrays": "whoosh", "meta.json": "tantivy", "opensearch.json": "opensearch"}


def verify(folder: Path, full: bool = False, repair: bool = False) -> Verified:
    """What is wrong with the index in a folder, after a repair where that is asked for.

    Raises IndexNotFound where there is none, IndexOutdated for one of another format, IndexLocked while it is being
    written to, IndexDamaged where it cannot be repaired.
    """
    name = _find_engine(folder)
    with lock(folder) if os.access(folder, os.W_OK) else nullcontext():
        if not repair:
            return _look(folder, name, full)
        mended = _mend(folder, name)
        return replace(_look(folder, name, full=True), mended=mended)


def _find_engine(folder: Path) -> str:
    """The engine of the index; where its manifest is damaged, that whose files are there. Raises SearchkitError."""
    name = next((name for file, name in FILES.items() if any(folder.glob(file))), None)
    if name is None or is_as_written(folder):
        name = read_manifest(folder).engine
    if name not in engines.KEPT:
        raise EngineNotInstalled(f"no engine '{name}' here, with which the index was built", str(folder),
                                 "use the searchkit that built it")
    return name


def _look(folder: Path, name: str, full: bool) -> Verified:
    found = engines.find_checking(name).check(folder, full)
    ledger = check_ledger(folder, full)
    faults = [*_check_manifest(folder), *found.faults, *ledger.faults]
    notes = [*found.notes, *ledger.notes]
    _check_others(folder, found.files | ledger.files, faults, notes)
    documents = None if faults else _count(folder, name, faults)
    files = [path for path in folder.iterdir() if path.is_file()]
    return Verified(str(folder), full, len(files), sum(path.stat().st_size for path in files), documents,
                    tuple(faults), tuple(notes))


def _count(folder: Path, name: str, faults: list[Fault]) -> int | None:
    """How many documents the index holds. An engine with damaged files is not asked: it might begin a new index."""
    try:
        engine = engines.open_engine(name, folder)
        try:
            if engine.notice:
                faults.append(Fault(".", engine.notice))
            return engine.count()
        finally:
            engine.close()
    except SearchkitError as problem:
        faults.append(Fault(".", str(problem)))
        return None


def _check_manifest(folder: Path) -> tuple[Fault, ...]:
    if is_as_written(folder):
        return ()
    return (Fault(MANIFEST, CHANGED if (folder / MANIFEST).exists() else MISSING),)


def _check_others(folder: Path, known: frozenset[str], faults: list[Fault], notes: list[str]) -> None:
    """Files that no index has."""
    for path in sorted(folder.iterdir()):
        name = path.name
        if name in known or name in (MANIFEST, LOCK, str(ALIASES)):
            continue
        if name.endswith(LOST):
            notes.append(f"{name}: kept by a repair, which could not read all of it")
        elif name in (DRAFT, *(file + disk.DRAFT for file in known)):
            notes.append(f"{name}: left over by a run that was interrupted")
        elif not name.startswith(".") or not stat.S_ISREG(path.lstat().st_mode):
            faults.append(Fault(name, "it is no file of the index"))


def _mend(folder: Path, name: str) -> tuple[str, ...]:
    """Make anew what can be; what was done."""
    mended = [*engines.find_checking(name).mend(folder)]
    if _check_manifest(folder):
        write_manifest(folder, name)
        mended.append(f"{MANIFEST}: written anew")
    mended += mend_ledger(folder)
    if mended:
        engine = engines.open_engine(name, folder)
        mended += forget_lost(folder, engine.get)
        engine.close()
    return tuple(mended)
