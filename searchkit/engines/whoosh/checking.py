"""Whether the files of an index are as they were written: those of the newest commit, and of the one before it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from searchkit import disk
from searchkit.engines.whoosh.arrayfile import open_arrays
from searchkit.engines.whoosh.generation import (
    Generation,
    find_seal,
    is_whole,
    list_files,
    list_generations,
    list_owned,
    name_list,
    name_toc,
    read_generation,
)
from searchkit.engines.whoosh.layout import EXTENSION
from searchkit.engines.whoosh.opening import is_foreign
from searchkit.errors import IndexDamaged
from searchkit.findings import Checked, Fault
from searchkit.seals import CHANGED, MISSING, Seen, find_fault, look_at

LOCK_FILE = "MAIN_WRITELOCK"
KEPT = 2  # commits: the newest, and the one before it


def check(folder: Path, full: bool) -> Checked:
    """What is wrong with the files of the engine; ``full``: with any byte of them."""
    numbers = list_generations(folder)
    if not numbers:
        return Checked((Fault("_MAIN_0.segments", "no commit is there"),), (), frozenset(list_owned(folder)))
    faults: dict[str, str] = {}
    notes: list[str] = []
    known: dict[str, Seen] = {}
    for number in numbers[:KEPT]:
        generation = _check_manifest(folder, number, faults, notes)
        if generation:
            known |= list_files(generation)
            _check_files(folder, generation, full, faults)
            if faults.get(name_toc(folder, number).name) == MISSING and _has_draft(folder, number):
                notes.append(f"{name_toc(folder, number).name}: a run was interrupted just before it was "
                             "put in its place; it is not needed, and the next commit makes another")
                del faults[name_toc(folder, number).name]
    owned = {*list_owned(folder), LOCK_FILE}
    notes += [f"{name}: left over by a run that was interrupted; the next commit removes it"
              for name in sorted(owned - {LOCK_FILE} - _name_needed(folder, numbers[:KEPT], known))]
    return Checked(tuple(Fault(name, _explain(folder / name, what, known)) for name, what in faults.items()),
                   tuple(notes), frozenset(owned))


def mend(folder: Path) -> tuple[str, ...]:
    """Make anew what can be derived from the documents that can be read; what was done."""
    from searchkit.engines.whoosh.mending import mend_folder

    return mend_folder(folder, {fault.file for fault in check(folder, full=True).faults})


def list_commit(folder: Path) -> tuple[dict[str, bytes], dict[str, Seen | None]]:
    """The newest commit: its table of contents and manifest, and what its segments were when they were written."""
    number = list_generations(folder)[0]
    generation = read_generation(folder, number)
    if generation is None or is_foreign(folder, number, generation):
        if list_generations(folder)[0] != number:
            raise FileNotFoundError(f"commit {number}, which was removed meanwhile")
        raise IndexDamaged("the newest commit has no manifest that is whole", str(name_list(folder, number)),
                           "mend it: searchkit verify --repair; or where another program made it, add to it first")
    toc, listed = name_toc(folder, number), name_list(folder, number)
    contents = {listed.name: listed.read_bytes()}
    if toc.exists():
        contents[toc.name] = toc.read_bytes()
    return contents, {name: seen for name, seen in list_files(generation).items() if name != toc.name}


def seal(folder: Path) -> None:
    """Nothing: the manifest says it."""


def _check_manifest(folder: Path, number: int, faults: dict[str, str], notes: list[str]) -> Generation | None:
    """The commit by its manifest, where that is as it was written."""
    listed, toc = name_list(folder, number), name_toc(folder, number)
    seal = find_seal(toc.read_bytes()) if toc.exists() else None
    generation = read_generation(folder, number)
    if toc.exists() and seal is None and _is_foreign(folder, number, generation):
        notes.append(f"{toc.name}: another program made this commit; what it wrote cannot be checked")
        return None
    if not listed.exists():
        faults[listed.name] = MISSING
    elif generation is None or not is_whole(listed.read_bytes()):
        faults[listed.name] = CHANGED
        generation = None
    if generation is None and toc.exists() and not seal:
        faults[toc.name] = CHANGED
    return generation


def _is_foreign(folder: Path, number: int, generation: Generation | None) -> bool:
    if generation:
        return is_foreign(folder, number, generation)
    from searchkit.engines.whoosh.foreign import has_other_segments

    return has_other_segments(folder, number, Generation((), ()))


def _check_files(folder: Path, generation: Generation, full: bool, faults: dict[str, str]) -> None:
    for name, seen in list_files(generation).items():
        what = find_fault(folder / name, seen, full or not name.endswith(EXTENSION))
        if what:
            faults[name] = what
    for part in generation.parts:
        name = part.name + EXTENSION
        if name not in faults:
            try:
                open_arrays(folder / name, part.seal)
            except (OSError, ValueError) as problem:
                faults[name] = str(problem).removeprefix(f"{name}: ")


def _has_draft(folder: Path, number: int) -> bool:
    toc = name_toc(folder, number)
    return toc.with_name(toc.name + disk.DRAFT).exists()


def _name_needed(folder: Path, numbers: list[int], known: dict[str, Seen]) -> set[str]:
    """The names of files that belong to these commits, or may: another program's, or segments of a lost manifest."""
    needed = {*known, *(path(folder, number).name for number in numbers for path in (name_toc, name_list))}
    if any(read_generation(folder, number) is None for number in numbers):
        needed |= {name for name in list_owned(folder) if not name.startswith("_")}
    return needed


def _explain(path: Path, what: str, known: dict[str, Seen]) -> str:
    """What is wrong with a file; of one that has the content of another file it is said of which."""
    others = dict(_name_contents(known, path.name))
    if others and path.is_file() and (other := others.get(look_at(path))):
        return f"it has the content of {other}"
    return what


def _name_contents(known: dict[str, Seen], but: str) -> Iterator[tuple[Seen, str]]:
    return ((seen, name) for name, seen in known.items() if name != but)
