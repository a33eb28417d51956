"""Files of an index are damaged in every way: python -m tests.trust.damage ENGINE CASES SEED

A bit is flipped, a file cut short, a block zeroed, a file removed, two are swapped, a pickle is planted that runs code.
``verify --full`` must name the file; a query must answer as before, or as the commit before and say so, or raise an
error that says what to do; no code may run, and nothing else may be raised. Of each case the index is then repaired:
it is sound afterwards, or the error says what to do, and no document is another than it was.
"""

import importlib
import os
import pickle
import random
import resource
import shutil
import signal
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from searchkit.errors import SearchkitError
from searchkit.index import Index, open_index
from searchkit.results import Results
from searchkit.verification import verify

from .kill import MEMORY
from .story import REBUILD_EVERY, merge_often, perform, read_state

LOCKS = ("searchkit.lock", "MAIN_WRITELOCK", ".tantivy-writer.lock", ".tantivy-meta.lock")  # nothing is in them
CHANGES = 14
BLOCK = 512
QUERIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ferry", {}), ("frost harbour", {"facets": ("publisher", "date")}), ('"tram ferry"', {}), ("harb*", {}),
    ("storm OR flood", {"sort": "newest"}), ("union NOT mayor", {"publisher": "Post"}), ("title:s03", {}),
    ("", {"facets": ("publisher:0",), "limit": None}), ("markte", {}), ("strike", {"match": "any", "limit": 3}))


class Damage(NamedTuple):
    """What was done, and to which files."""

    how: str
    files: tuple[str, ...]


class Planted:
    """Runs code when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self._canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self._canary,)


def ask(index: Index) -> list[Any]:
    """Answers to all queries, without what differs from run to run."""
    return [_strip(index.query(text, **options)) for text, options in QUERIES] + [read_state(index)]


def _strip(results: Results) -> dict[str, Any]:
    found = results.to_dict()
    return {name: value for name, value in found.items() if name not in ("took_ms", "warnings")}


def harm(folder: Path, dice: random.Random, canary: Path) -> Damage | None:
    """Damage a file; None where that changed nothing."""
    names = sorted(path.name for path in folder.iterdir() if path.name not in LOCKS)
    how = dice.choice(("flip", "flip", "cut", "zero", "missing", "swap", "plant"))
    path = folder / dice.choice(names)
    content = path.read_bytes()
    changed = bytearray(content)
    if how == "flip" and content:
        changed[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    elif how == "cut":
        del changed[dice.randrange(len(content) + 1):]
    elif how == "zero":
        start = dice.randrange(len(content) + 1) // BLOCK * BLOCK
        changed[start:start + BLOCK] = bytes(len(changed[start:start + BLOCK]))
    elif how == "plant":
        changed[:] = pickle.dumps(Planted(canary))
    elif how == "missing":
        path.unlink()
        return Damage(how, (path.name,))
    elif how == "swap":
        other = folder / dice.choice(names)
        if other.read_bytes() == content:
            return None
        path.write_bytes(other.read_bytes())
        other.write_bytes(content)
        return Damage(how, (path.name, other.name))
    if changed == content:
        return None
    path.write_bytes(changed)
    return Damage(how, (path.name,))


def judge(folder: Path, damage: Damage, right: list[Any], older: list[Any], canary: Path) -> str:
    """What the index does after a damage: one word. Raises AssertionError for what it must not do."""
    outcome = "answered"
    try:
        with open_index(folder, aliases=None) as index:
            found = ask(index)
            warned = index.query("ferry").warnings
        if found != right:
            assert found == older and any("the one before it" in warning for warning in warned), "silently wrong"
            outcome = "older, and said so"
    except SearchkitError as error:
        assert error.what and error.where and error.hint, error
        outcome = "error"
    assert not canary.exists(), "code was run"
    faults = verify(folder, full=True).faults
    assert {fault.file for fault in faults} & {*damage.files}, f"verify names {faults}"
    _repair(folder, right[-1], {} if older is right else older[-1])
    assert not canary.exists(), "code was run by the repair"
    return outcome


def _repair(folder: Path, state: dict[str, int], older: dict[str, int]) -> None:
    try:
        mended = verify(folder, repair=True)
    except SearchkitError as error:
        assert "rebuild" in error.hint or "backup" in error.hint, error
        return
    assert not mended.faults, mended
    with open_index(folder, aliases=None) as index:
        found = read_state(index)
    assert all(version in (state.get(id_), older.get(id_)) for id_, version in found.items()), "another document"
    if not any("could not be read" in line or "lost" in line or "of its" in line for line in mended.mended):
        assert found == state, "documents are lost, and nothing was said"


def run_case(whole: Path, place: Path, seed: int, right: list[Any], older: list[Any]) -> tuple[str, str]:
    """Damage a copy in a process of its own, with little memory and time; how it was damaged, and what happened."""
    folder, canary = place / "case", place / "canary"
    dice = random.Random(seed)
    while True:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(whole, folder)
        damage = harm(folder, dice, canary)
        if damage:
            break
    reader, pipe = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(60)
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
        try:
            outcome = judge(folder, damage, right, older, canary)
        except BaseException:
            outcome = f"WRONG: {traceback.format_exc()}"
        os.write(pipe, outcome.encode()[:4000])
        os._exit(0)
    os.close(pipe)
    with open(reader, "rb") as told:
        outcome = told.read().decode()
    os.waitpid(child, 0)
    return f"{damage.how} {' and '.join(damage.files)}", outcome or "WRONG: it died"


def build(engine: str, whole: Path) -> tuple[list[Any], list[Any]]:
    """An index after several changes; its answers, and those of the commit before."""
    pipe, sender = os.pipe()
    if not os.fork():
        merge_often()
        for number in range(REBUILD_EVERY, REBUILD_EVERY + CHANGES):
            perform(whole, engine, number)
        answers = []
        with open_index(whole, engine, aliases=None) as index:
            answers.append(ask(index))
        if engine == "whoosh":
            older = whole.with_name("older")
            shutil.copytree(whole, older)
            newest = max(older.glob("_MAIN_*.toc"), key=lambda path: int(path.stem.split("_")[2]))
            newest.with_suffix(".segments").unlink()
            newest.unlink()
            with open_index(older, engine, aliases=None) as index:
                answers.append(ask(index))
            shutil.rmtree(older)
        with open(sender, "wb") as told:
            pickle.dump((answers[0], answers[-1]), told)
        os._exit(0)
    os.close(sender)
    with open(pipe, "rb") as told:
        right, older_answers = pickle.load(told)
    os.wait()
    return right, right if right == older_answers else older_answers


def main(engine: str, cases: int, seed: int) -> int:
    """Damage so many copies; how many went wrong."""
    for name in ("searchkit.ingest", f"searchkit.engines.{engine}"):
        importlib.import_module(name)  # before it forks
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="damage-", dir=MEMORY) as place:
        right, older = build(engine, Path(place, "whole"))
        for number in range(cases):
            what, outcome = run_case(Path(place, "whole"), Path(place), seed + number, right, older)
            if outcome.startswith("WRONG"):
                print(f"{engine}: case {seed + number}, {what}: {outcome}")
                outcome = "WRONG"
            outcomes[outcome] += 1
    told = ", ".join(f"{count:,} {outcome}" for outcome, count in outcomes.most_common())
    print(f"{engine}: {cases:,} damaged copies from seed {seed}: {told}; {outcomes['WRONG']} silently wrong, not "
          "found, with code run, or with a traceback")
    return outcomes["WRONG"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])) > 0)
