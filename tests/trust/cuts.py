"""The power is cut at any call, whoever makes it: python -m tests.trust.cuts ENGINE STATES SEED

``power`` does so for the default engine alone, from what it asks of ``searchkit.disk``. Here it is what the system was
asked for while an index was changed: by SQLite for the ledger, by tantivy, by the lock, too. A folder is made as a
power cut may leave it; what was acknowledged must be found there, and the next run must need no hand. Changes of
names come to the disk in their order, as with a journal: tantivy counts on it, ``power`` does without.
"""

import importlib
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from .kill import MEMORY, check, in_a_child
from .power import Disk
from .recording import Event, record_events
from .story import REBUILD_EVERY, merge_often, perform
from .tracing import AVAILABLE

FIRST, LAST = REBUILD_EVERY, REBUILD_EVERY + 14  # changes: an index is made, and changed, with mergers


def play(folder: Path, engine: str, marks: Path) -> None:
    """Make the changes, each acknowledged by its number."""
    for number in range(FIRST, LAST):
        perform(folder, engine, number)
        marks.write_bytes(b"%d" % number)


def follow(events: list[Event], points: list[int]) -> Iterator[tuple[int, Disk, int]]:
    """Each point with the disk before the call there, and the last change that was acknowledged until then."""
    disk, last, done = Disk(ordered=True), FIRST - 1, 0
    for point in points:
        for call, arguments in events[done:point]:
            last = arguments[0] if call == "done" else last
            disk.follow(call, arguments)
        done = point
        yield point, disk, last


def main(engine: str, states: int, seed: int, *, forced: bool = True) -> None:
    """Cut the power so many times. Raises what went wrong; with ``forced`` False as if nothing was ever forced."""
    merge_often()
    importlib.import_module("searchkit.ingest")  # before it forks
    importlib.import_module(f"searchkit.engines.{engine}")
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="cuts-", dir=MEMORY) as place:
        folder, cut = Path(place, "index"), Path(place, "cut")
        folder.mkdir()
        events = record_events(partial(play, folder, engine, Path(place, "marks")), folder, Path(place, "marks"))
        for _, disk, _ in follow(events, [len(events)]):
            assert {name: bytes(content.seen) for name, content in disk.seen.items()} == {
                path.name: path.read_bytes() for path in folder.iterdir()}, "not all was written down"
        events = [event for event in events if forced or event[0] != "force"]
        for point, disk, last in follow(events, sorted(dice.choices(range(len(events)), k=states))):
            cut.mkdir()
            disk.cut(cut, dice)
            left = shutil.copytree(cut, Path(place, "left"))
            if not in_a_child(check, cut, engine, last):
                kept = shutil.move(left, f"{place}.kept") if forced else "not kept"
                raise AssertionError(f"power cut at call {point}, {events[point][0]}; the folder is {kept}")
            shutil.rmtree(left)
            shutil.rmtree(cut)
    print(f"{engine}: {states:,} power cuts at {len(events):,} calls of {LAST - FIRST} changes: 0 acknowledged lost "
          f"(seed {seed})")


if __name__ == "__main__":
    if not AVAILABLE:
        sys.exit("calls to the system can be followed on Linux on x86-64 only")
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), forced=sys.argv[4:] != ["unforced"])
