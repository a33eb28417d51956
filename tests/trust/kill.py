"""An index is changed by a process that is killed at random moments: python -m tests.trust.kill ENGINE KILLS SEED

After each kill every change that was acknowledged must be there, the one that was under way wholly or not at all,
every file as it was written, and the next run must need no hand.
"""

import importlib
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from itertools import count
from pathlib import Path
from typing import NoReturn

from searchkit.index import open_index
from searchkit.verification import verify

from .story import REBUILD_EVERY, find_state, merge_often, perform, read_state

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # a kill loses nothing of what was written anywhere
LONGEST = 0.25  # seconds that a process lives at most


def play(folder: Path, engine: str, start: int, pipe: int) -> NoReturn:
    """Make changes for ever, each acknowledged by its number."""
    try:
        for number in count(start):
            perform(folder, engine, number)
            os.write(pipe, f"{number}\n".encode())
    except BaseException:
        traceback.print_exc()
    os._exit(1)


def kill_once(folder: Path, engine: str, start: int, pause: float) -> int:
    """Have changes made from a number on, and kill who makes them; the last one acknowledged."""
    reader, pipe = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        play(folder, engine, start, pipe)
    os.close(pipe)
    time.sleep(pause)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with open(reader, "rb") as acknowledged:
        numbers = acknowledged.read().split(b"\n")[:-1]
    if not os.WIFSIGNALED(status):
        raise AssertionError("a change failed")
    return int(numbers[-1]) if numbers else start - 1


def check(folder: Path, engine: str, last: int) -> None:
    """What must hold after a kill; then the change that was under way is made by the next run."""
    if (folder / "searchkit.json").exists() and (last + 1) % REBUILD_EVERY:
        with open_index(folder, aliases=None) as index:
            found, old, new = read_state(index), find_state(last) if last >= 0 else {}, find_state(last + 1)
            gone = {id_: version for id_, version in old.items() if id_ in new}
            assert found in (old, gone, new), f"acknowledged: {last}"
        faults = verify(folder, full=True).faults
        assert not faults, faults
    perform(folder, engine, last + 1)
    with open_index(folder, aliases=None) as index:
        assert read_state(index) == find_state(last + 1), f"done again: {last + 1}"
    faults = verify(folder, full=True).faults
    assert not faults, faults


def in_a_child(task, *arguments) -> bool:
    """Whether a task succeeds; threads that it starts die with its process."""
    child = os.fork()
    if not child:
        try:
            task(*arguments)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def main(engine: str, kills: int, seed: int) -> int:
    """Kill so many times; how many went wrong."""
    merge_often()
    importlib.import_module("searchkit.ingest")  # before it forks, so that no child must
    importlib.import_module(f"searchkit.engines.{engine}")
    dice, last, changes = random.Random(seed), -1, 0
    with tempfile.TemporaryDirectory(prefix="kill-", dir=MEMORY) as place:
        folder = Path(place, "index")
        for number in range(kills):
            acknowledged = kill_once(folder, engine, last + 1, dice.uniform(0, LONGEST))
            changes += acknowledged - last
            if not in_a_child(check, folder, engine, acknowledged):
                kept = Path(place).rename(f"{place}.kept")
                print(f"{engine}: kill {number + 1} of seed {seed} went wrong; the folder is {kept}")
                Path(place).mkdir()
                return 1
            last = acknowledged + 1
    print(f"{engine}: {kills:,} kills during {changes + kills:,} changes: 0 acknowledged lost, 0 locks stuck, 0 files "
          f"damaged (seed {seed})")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
