"""Each call that an index makes to the disk fails, one after the other: python -m tests.trust.faults ENGINE [STEP]

A commit and a merger are done again and again, with an I/O error or a full disk at call 1, 2, 3 … until none is left.
Each time an error must say what and where, everything that was acknowledged must be readable, and the next run must
need no hand. Then the same with a process that kills itself there.
"""

import errno
import importlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from searchkit.errors import IndexFault
from searchkit.index import open_index
from searchkit.verification import verify

from .kill import MEMORY
from .story import REBUILD_EVERY, find_state, merge_often, perform, read_state
from .watching import Watch, watching

KINDS = ((errno.EIO, False), (errno.ENOSPC, True), (errno.EACCES, False), None)  # error, for good; None: a kill
FIRST, LAST = REBUILD_EVERY, REBUILD_EVERY + 4  # changes: a rebuild, a deletion, additions with mergers


class Never(AssertionError):
    """What should have failed did not."""


def stop_at(number: int, stop: Callable[[], None], forever: bool) -> tuple[Watch, list[str]]:
    """A watch that stops at a call, or at all from this one on but those that make room; and the calls so far."""
    calls: list[str] = []

    def watch(call: str, _: tuple[object, ...]) -> None:
        calls.append(call)
        if len(calls) == number or (forever and len(calls) > number and call != "remove"):
            stop()

    return watch, calls


def fail(code: int) -> Callable[[], None]:
    def stop() -> None:
        raise OSError(code, os.strerror(code))

    return stop


def try_change(folder: Path, engine: str, number: int, call: int, code: int, forever: bool) -> bool:
    """Make a change with a fault; False where there are fewer calls."""
    watch, calls = stop_at(call, fail(code), forever)
    try:
        with watching(watch):
            perform(folder, engine, number)
    except IndexFault as error:
        assert error.what and error.where and error.hint and os.strerror(code) in str(error), error
    else:
        if len(calls) >= call and calls[call - 1] != "remove":
            raise Never(f"{calls[call - 1]} failed, and nothing was said")
    check(folder, engine, number)
    return len(calls) >= call


def kill_at(folder: Path, engine: str, number: int, call: int) -> bool:
    """Make a change in a process that kills itself at a call; False where there are fewer calls."""
    child = os.fork()
    if not child:
        watch, _ = stop_at(call, lambda: os.kill(os.getpid(), signal.SIGKILL), forever=False)
        with watching(watch):
            perform(folder, engine, number)
        os._exit(0)
    killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
    check(folder, engine, number)
    return killed


def check(folder: Path, engine: str, number: int) -> None:
    """The state before or after the change is there, and it can be made again."""
    if number % REBUILD_EVERY:
        with open_index(folder, aliases=None) as index:
            old, new, found = find_state(number - 1), find_state(number), read_state(index)
            assert found in (old, new, {id_: version for id_, version in old.items() if id_ in new})
    perform(folder, engine, number)
    with open_index(folder, aliases=None) as index:
        assert read_state(index) == find_state(number)
    faults = verify(folder, full=True).faults
    assert not faults, faults


def run(engine: str, changes: range, step: int = 1) -> tuple[int, int]:
    """Faults and kills at every ``step``-th call of each change; how many of either there were."""
    merge_often()
    faults = kills = 0
    with tempfile.TemporaryDirectory(prefix="faults-", dir=MEMORY) as place:
        folder, before = Path(place, "index"), Path(place, "before")
        for number in changes:
            if number > FIRST:
                shutil.rmtree(before, ignore_errors=True)
                shutil.copytree(folder, before)
            for kind in KINDS:
                call = 1 + number % step
                while True:
                    if before.exists():
                        shutil.rmtree(folder, ignore_errors=True)
                        shutil.copytree(before, folder)
                    more = kill_at(folder, engine, number, call) if kind is None else try_change(
                        folder, engine, number, call, *kind)
                    if not more:
                        break
                    faults, kills = faults + (kind is not None), kills + (kind is None)
                    call += step
    return faults, kills


def main(engine: str, step: int = 1) -> None:
    """Faults and kills at every ``step``-th call. Raises what went wrong."""
    importlib.import_module("searchkit.ingest")  # before it forks
    faults, kills = run(engine, range(FIRST, LAST), step)
    which = "every call" if step == 1 else f"every {step}th call"
    print(f"{engine}: {faults:,} I/O errors and {kills:,} kills, at {which} of {LAST - FIRST} changes: "
          "0 acknowledged lost, every error said what and where, every next run went on")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
