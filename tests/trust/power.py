"""The power is cut at any call: python -m tests.trust.power STATES SEED

What the Whoosh engine does to its files is written down. Then, for a call, a folder is made as a power cut at this call
may leave it: of what was not forced to the disk each file is there as it was, whole, cut short, or as long as it should
be and full of zeros; and each change of a name has happened or not. All that was acknowledged must be found there, and
the next run must need no hand.
"""

import random
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from searchkit.engines.base import Request
from searchkit.engines.whoosh import WhooshEngine
from searchkit.engines.whoosh.checking import check
from searchkit.search.analysis import analyse_document
from searchkit.search.query import Everything

from .kill import MEMORY
from .story import REBUILD_EVERY, State, find_state, make_document, merge_often
from .watching import watching

SECTOR = 512  # bytes that a disk writes whole or not at all


@dataclass
class Content:
    """The content of a file as programs see it, and as the disk has it (None: nothing was forced yet); and what was
    written since, with the place where it begins.
    """

    seen: bytearray = field(default_factory=bytearray)
    lasting: bytes | None = None
    written: list[tuple[int, bytes]] = field(default_factory=list)

    def write(self, start: int, content: bytes) -> None:
        if start > len(self.seen):
            self.seen.extend(bytes(start - len(self.seen)))
        self.seen[start:start + len(content)] = content
        self.written.append((start, content))

    def truncate(self, size: int) -> None:
        """Cut short, or made longer, at once for good: file systems log it, and SQLite counts on no more."""
        self.seen[:] = self.seen[:size].ljust(size, b"\0")
        if self.lasting is not None:
            self.lasting = self.lasting[:size]
        self.written = [(start, content[:max(0, size - start)]) for start, content in self.written]

    def force(self) -> None:
        self.lasting, self.written = bytes(self.seen), []


@dataclass
class Disk:
    """What was done so far: the files by name as the disk has them, and changes of names not forced yet.

    Of these any may be lost, or only those after the first that is (``ordered``).
    """

    ordered: bool = False
    lasting: dict[str, Content] = field(default_factory=dict)
    seen: dict[str, Content] = field(default_factory=dict)
    pending: list[tuple[str, str, Content | None]] = field(default_factory=list)  # what, name, content

    def follow(self, call: str, arguments: tuple[Any, ...]) -> None:
        if call == "done":
            return
        name = Path(arguments[0]).name
        if call == "create":
            self._link(name, Content())
        elif call == "write":
            self.seen[name].write(*arguments[1:])
        elif call == "truncate":
            self.seen[name].truncate(arguments[1])
        elif call == "force" and name in self.seen:
            self.seen[name].force()
        elif call == "force":
            self.lasting, self.pending = dict(self.seen), []
        elif call == "rename":
            content = self.seen[name]
            self._link(Path(arguments[1]).name, content)
            self._unlink(name)
        elif call == "remove" and name in self.seen:
            self._unlink(name)

    def _link(self, name: str, content: Content) -> None:
        self.seen[name] = content
        self.pending.append(("link", name, content))

    def _unlink(self, name: str) -> None:
        self.seen.pop(name, None)
        self.pending.append(("unlink", name, None))

    def cut(self, folder: Path, dice: random.Random) -> None:
        """Write a folder as a power cut may leave it."""
        names = dict(self.lasting)
        likely = dice.choice((0.0, 0.3, 0.7, 1.0))
        if self.ordered:
            changes = self.pending[:dice.choice((0, len(self.pending), dice.randint(0, len(self.pending))))]
        else:
            changes = [change for change in self.pending if dice.random() < likely or likely == 1.0]
        for what, name, content in changes:
            names.pop(name, None) if what == "unlink" or content is None else names.update({name: content})
        for name, content in names.items():
            found = _leave(content, dice)
            if found is not None:
                (folder / name).write_bytes(found)


def _leave(content: Content, dice: random.Random) -> bytes | None:
    """A file as a power cut leaves it."""
    seen = bytes(content.seen)
    if content.lasting == seen:
        return seen
    if content.lasting is None:
        return dice.choice([seen, b"", seen[:dice.randint(0, len(seen))], bytes(len(seen)), None])
    return _write_some(content, dice)


def _write_some(content: Content, dice: random.Random) -> bytes:
    """A file that was forced before, with some of what was written since: whole, or its first sectors."""
    left, likely = Content(bytearray(content.lasting or b"")), dice.choice((0.0, 0.3, 0.7, 1.0))
    for start, written in content.written:
        if dice.random() < likely:
            part = len(written) if dice.random() < 0.8 else dice.randrange(len(written) + 1) // SECTOR * SECTOR
            left.write(start, written[:part])
    length = dice.choice((len(left.seen), max(len(left.seen), len(content.seen))))
    return bytes(left.seen).ljust(length, b"\0")


def record(folder: Path, changes: int) -> list[tuple[str, tuple[Any, ...]]]:
    """All calls of a series of changes; "done" with the number of a change stands where it was acknowledged."""
    calls: list[tuple[str, tuple[Any, ...]]] = []
    with watching(lambda call, arguments: calls.append((call, arguments))):
        engine = WhooshEngine(folder, create=True)
        calls.append(("done", (0,)))
        for number in range(1, changes + 1):
            perform(engine, number)
            calls.append(("done", (number,)))
    return calls


def perform(engine: WhooshEngine, number: int) -> None:
    """Make a change of the story in one commit, which it is for the engine: deleting, or adding."""
    before, after = find_changed(number - 1), find_changed(number)
    if gone := before.keys() - after.keys():
        engine.delete(sorted(gone))
    else:
        engine.add(analyse_document(make_document(id_, version)) for id_, version in after.items()
                   if version == after_first(number))


def after_first(number: int) -> int:
    """The change of the story that is made as this one."""
    assert number <= REBUILD_EVERY
    return REBUILD_EVERY + number - 1


def find_changed(number: int) -> State:
    """The state after a change."""
    return find_state(after_first(number)) if number else {}


def check_state(folder: Path, last: int, following: int) -> None:
    """What was acknowledged is there, or that and what was under way; and the next run goes on."""
    engine = WhooshEngine(folder, create=True)
    found, old, new = read(engine), find_changed(last), find_changed(min(last + 1, following))
    assert found in (old, new), (last, found, old, new)
    assert not engine.notice, engine.notice
    if found == old and last < following:
        perform(engine, last + 1)
    engine.add([analyse_document(make_document("s00", 999))])
    assert read(engine) == (new if last < following else old) | {"s00": 999}
    faults = check(folder, full=True).faults
    assert not faults, faults
    engine.close()


def read(engine: WhooshEngine) -> State:
    """What the engine holds, each document compared with what was written."""
    matches = engine.search(Request(Everything(), limit=1000))
    state = {}
    for document in engine.get([id_ for id_, _ in matches.hits]):
        version = int(document.body.split()[1])
        assert document == make_document(document.id, version)
        state[document.id] = version
    return state


def main(states: int, seed: int, forced: bool = True) -> int:
    """Cut the power so many times. Raises what went wrong; with ``forced`` False as if nothing was ever forced."""
    merge_often()
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="power-", dir=MEMORY) as place:
        changes = 20
        calls = [call for call in record(Path(place, "index"), changes) if forced or call[0] != "force"]
        points = dice.choices(range(len(calls)), k=max(0, states - len(calls)))
        points += dice.sample(range(len(calls)), min(states, len(calls)))  # each once, if there are as many
        state, last, done = Disk(), -1, 0
        for point in sorted(points):
            while done < point:
                call, arguments = calls[done]
                last = arguments[0] if call == "done" else last
                state.follow(call, arguments)
                done += 1
            folder = Path(place, "cut")
            folder.mkdir()
            state.cut(folder, dice)
            try:
                check_state(folder, max(last, 0), changes)
            except BaseException:
                kept = shutil.copytree(folder, tempfile.mkdtemp(prefix="power-"), dirs_exist_ok=True)
                print(f"power cut at call {point} of seed {seed} went wrong; the folder is {kept}")
                raise
            shutil.rmtree(folder)
    print(f"whoosh: {states:,} power cuts at {len(calls):,} calls of {changes} commits: 0 acknowledged lost "
          f"(seed {seed})")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
