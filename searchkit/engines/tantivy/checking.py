"""Whether tantivy's files are as they were sealed."""

from __future__ import annotations

import json
from pathlib import Path

from searchkit import seals
from searchkit.engines.tantivy.files import CHANGING, LOCKS, SEAL, list_files, put_on_seal
from searchkit.errors import IndexDamaged
from searchkit.findings import Checked, Fault
from searchkit.seals import CHANGED, MISSING, Seen, find_fault, look_at, read_seal

META = CHANGING[0]


def check(folder: Path, full: bool) -> Checked:
    """What is wrong with the files of the engine; ``full``: with any byte of them."""
    seal, there = read_seal(folder / SEAL, of=META), list_files(folder)
    owned = frozenset({*there, *LOCKS, SEAL})
    if seal is None:
        what = CHANGED if (folder / SEAL).exists() else MISSING
        return Checked((Fault(SEAL, what),), (), owned)
    faults = {}
    for name, seen in seal.files.items():
        what = find_fault(folder / name, seen, full)
        if what and not (seal.broken and (name in CHANGING or what == MISSING)):
            faults[name] = _explain(folder / name, what, seal)
    notes = [f"{name}: not sealed, for a run was interrupted; the next one seals it"
             for name in sorted({*there} - seal.files.keys()) if seal.broken]
    if not seal.broken:
        notes += [f"{name}: left over by a run that did not end well; the next commit removes it"
                  for name in sorted({*there} - seal.files.keys())]
    return Checked(tuple(Fault(name, what) for name, what in faults.items()), tuple(notes), owned)


def mend(folder: Path) -> tuple[str, ...]:
    """Seal the files again, where nothing but the seal is wrong. Raises IndexDamaged where more is."""
    faults = check(folder, full=True).faults
    if any(fault.file != SEAL for fault in faults):
        raise IndexDamaged("files of tantivy that are damaged cannot be mended", str(folder / faults[0].file),
                           "build the index anew: searchkit index --rebuild PATH..., or restore a backup")
    if not faults:
        return ()
    from searchkit.engines.tantivy.adapter import TantivyEngine

    engine = TantivyEngine(folder)  # raises IndexDamaged for what tantivy itself cannot read
    after = None
    while ids := engine.list_ids(after, 500):
        engine.get(ids)
        after = ids[-1]
    engine.close()
    put_on_seal(folder)
    return (f"{SEAL}: all documents could be read, so the files are sealed again",)


def list_commit(folder: Path) -> tuple[dict[str, bytes], dict[str, Seen | None]]:
    """The newest commit: its table of contents, and what its segments were when they were written."""
    meta = (folder / META).read_bytes()
    seal = read_seal(folder / SEAL)
    try:
        stems = [segment["segment_id"].replace("-", "") for segment in json.loads(meta)["segments"]]
    except (ValueError, LookupError, TypeError) as problem:
        raise IndexDamaged(f"the newest commit cannot be read: {problem}", str(folder / META),
                           "restore a backup, or build the index anew") from None
    names = [name for name in list_files(folder) if name.partition(".")[0] in stems]
    known: dict[str, Seen | None] = {name: seal.files.get(name) if seal else None for name in names}
    managed = json.dumps([*names, META]).encode()
    return {META: meta, CHANGING[1]: managed}, known


def seal(folder: Path) -> None:
    """Seal the files that were copied."""
    put_on_seal(folder)


def _explain(path: Path, what: str, seal: seals.Seal) -> str:
    """What is wrong with a file; of one that has the content of another file it is said of which."""
    others = {seen: name for name, seen in seal.files.items() if name != path.name}
    if path.is_file() and (other := others.get(look_at(path))):
        return f"it has the content of {other}"
    return what
