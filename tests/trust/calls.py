"""A process is stopped at every call by which it changes its index: python -m tests.trust.calls ENGINE [STEP]

``faults`` stands in for what searchkit itself does to the disk; here are all who write: the engine's own code, SQLite
for the ledger, the lock. An index is made, built anew, added to, deleted from, and its segments are merged. Each of
these is done again and again: killed before call 1, 2, 3 … until none is left; killed with that call done by half, if
it writes; with an I/O error there, and with a full disk from there on. An error must say what, where, and what to do.
"""

import errno
import importlib
import json
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from searchkit.engines.whoosh.generation import list_generations, read_generation
from searchkit.errors import SearchkitError

from .kill import MEMORY, check, in_a_child
from .story import REBUILD_EVERY, change, find_state, merge_often, perform
from .tracing import AVAILABLE, HALF, KILL, Call, Fate, run_traced

FIRST = REBUILD_EVERY  # a change that builds the index anew
FATES = {KILL: "killed", HALF: "killed half-way", Fate(errno.EIO): "an I/O error",
         Fate(errno.ENOSPC, forever=True): "a full disk"}
REFUSED = 3  # exit code of a change that was refused


class Case(NamedTuple):
    """A change, and the folder of the index before it (None: there is none)."""

    what: str
    number: int
    before: Path | None


def list_segments(folder: Path, engine: str) -> set[str]:
    """The segments of the newest commit."""
    if engine == "tantivy":
        return {segment["segment_id"] for segment in json.loads((folder / "meta.json").read_bytes())["segments"]}
    newest = read_generation(folder, max(list_generations(folder)))
    assert newest
    return {part.name for part in newest.parts}


def find_cases(engine: str, place: Path) -> list[Case]:
    """Making an index, building it anew, and of the changes that follow the first that deletes, adds, and merges."""
    folder = place / "story"
    assert in_a_child(perform, folder, engine, FIRST)
    cases = [Case("an index is made", FIRST, None)]
    wanted = {"documents are deleted", "documents are added", "segments are merged"}
    for number in range(FIRST + 1, 2 * REBUILD_EVERY):
        before = Path(shutil.copytree(folder, place / f"before-{number}"))
        if number == FIRST + 1:
            cases.append(Case("an index is built anew", FIRST, before))
        assert in_a_child(perform, folder, engine, number)
        after = list_segments(folder, engine)
        merged = len(list_segments(before, engine) - after) > 1
        state = find_state(number - 1)
        deletes = len(change(number, state)) < len(state)
        what = "segments are merged" if merged else "documents are deleted" if deletes else "documents are added"
        if what in wanted:
            wanted.remove(what)
            cases.append(Case(what, number, before))
    assert not wanted, f"the story does not tell how {wanted}"
    return cases


def attempt(folder: Path, engine: str, number: int) -> int:
    """Make a change; REFUSED where an error said what, where, and what to do."""
    try:
        perform(folder, engine, number)
    except SearchkitError as error:
        assert error.what and error.where and error.hint, error
        return REFUSED
    return 0


def try_call(case: Case, engine: str, folder: Path, number: int, fate: Fate) -> Call | None:
    """Make a change whose call of this number meets a fate, and look at what is left; the call, None where there are
    fewer.
    """
    shutil.rmtree(folder, ignore_errors=True)
    if case.before:
        shutil.copytree(case.before, folder)
    calls, code = run_traced(partial(attempt, folder, engine, case.number), folder, number, fate)
    if len(calls) < number:
        return None
    call = calls[number - 1]
    is_silent = fate.error and not code and call.name == "force" and is_used(call.path, folder, engine, calls[number:])
    is_right = code in ((0, REFUSED) if fate.error else (-signal.SIGKILL,)) and not is_silent
    if not is_right or not in_a_child(check, folder, engine, case.number - bool(code)):
        kept = shutil.move(folder, f"{folder.parent}.kept") if folder.exists() else "not there"
        raise AssertionError(f"{case.what}: {fate} at call {number}, {call}: code {code}; the folder is {kept}")
    return call


def is_used(name: str, folder: Path, engine: str, later: Sequence[Call]) -> bool:
    """Whether a file is part of the index that could not be forced to the disk, and of which nothing was said.

    SQLite does not mind where it is the folder; tantivy does without a merger or a list of its files.
    """
    if any(call.name == "rename" and call.path == name for call in later):
        return True
    if engine == "tantivy":
        from searchkit.engines.tantivy.files import SEGMENT_PATTERN, list_needed

        if SEGMENT_PATTERN.fullmatch(name):
            return name in list_needed(folder)
    return (folder / name).exists()


def run_case(case: Case, engine: str, folder: Path, fate: Fate, step: int) -> Counter[str]:
    """Have every ``step``-th call of a change meet a fate; how often which did."""
    told: Counter[str] = Counter()
    number = 1 + case.number % step
    while call := try_call(case, engine, folder, number, fate):
        told[call.name] += not fate.half or call.size > 1
        number += step
    kinds = ", ".join(f"{count:,} × {name}" for name, count in told.most_common())
    print(f"{engine}: {case.what}: {FATES[fate]} at {told.total():,} calls: {kinds}", flush=True)
    return told


def main(engine: str, step: int = 1) -> None:
    """Kill, or refuse, at every ``step``-th call of each change. Raises what went wrong."""
    merge_often()
    importlib.import_module("searchkit.ingest")  # before it forks
    importlib.import_module(f"searchkit.engines.{engine}")
    with tempfile.TemporaryDirectory(prefix="calls-", dir=MEMORY) as place:
        cases = find_cases(engine, Path(place))
        counts = {name: sum(run_case(case, engine, Path(place, "index"), fate, step).total() for case in cases)
                  for fate, name in FATES.items()}
    which = "every call to the system" if step == 1 else f"every {step}th call to the system"
    print(f"{engine}: {', '.join(f'{count:,} × {name}' for name, count in counts.items())}, at {which} of {len(cases)} "
          "changes: 0 acknowledged lost, 0 locks stuck, every error said what and where, every next run went on")


if __name__ == "__main__":
    if not AVAILABLE:
        sys.exit("calls to the system can be followed on Linux on x86-64 only")
    main(sys.argv[1], *map(int, sys.argv[2:]))
