"""An index built through kills is the one built in one go: python -m tests.trust.parity ENGINE KILLS PAGES SEED

``searchkit index`` reads a folder of pages that come, change and go, and is killed at random, and run again, and killed
again. In the end the index must have the documents, and answer 300 queries as, an index that was made of the same pages
in one run. No run may need a hand, and none may leave a process behind.
"""

import json
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from searchkit.engines.whoosh import writer
from searchkit.index import Index, open_index
from searchkit.place import is_index
from searchkit.verification import verify

from .archive import PAPERS, Archive
from .kill import MEMORY

ROOT = Path(__file__).resolve().parents[2]
OFTEN = "often"  # the program, with small batches and many mergers
SMALL = 60  # documents of such a batch
KILLS_A_STEP = 5
LONGEST = 4.0  # seconds before a kill, at first
SHORTER, LONGER = 0.8, 1.1  # the next time, after a run that ended before, or that was killed before it did anything
AFTER = 0.05  # seconds after a file was made, at most
SORTS = ("relevance", "relevance", "newest", "oldest")
FACETS = ("publisher", "entity:20", "date:year", "date", "author", "language", "site")


class Run(NamedTuple):
    """A run of the program, in a session of its own, and the files of what it says: its workers would hold a pipe."""

    process: "subprocess.Popen[bytes]"
    said: Path
    complaint: Path

    def end(self) -> str:
        """What it said, when it has come to its end, or was killed."""
        code, complaint = self.process.wait(timeout=600), self.complaint.read_text()
        assert code in (0, -signal.SIGKILL) and "Traceback" not in complaint, f"exit code {code}: {complaint}"
        return self.said.read_text()

    def find_left(self) -> list[int]:
        """Those of its processes that are still there."""
        return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/stat")
                if read_session(path) == self.process.pid]


def read_session(path: Path) -> int | None:
    """The session of a process, by its file in /proc; None for one that has ended."""
    try:
        state, _, _, session = path.read_text().rpartition(")")[2].split()[:4]
    except OSError:
        return None
    return None if state in "ZX" else int(session)


class Runs(NamedTuple):
    """How to have an index brought up to date: the folders, and the engine."""

    pages: Path
    index: Path
    engine: str

    def start(self, workers: int, *, often: bool = True) -> Run:
        """Start a run."""
        program = ["tests.trust.parity", OFTEN] if often else ["searchkit"]
        arguments = ["index", self.pages, "--prune", "--json", "--engine", self.engine, "--index", self.index]
        said, complaint = (self.pages.with_name(name) for name in ("said", "complaint"))
        with said.open("w") as out, complaint.open("w") as beside:
            process = subprocess.Popen([sys.executable, "-m", *program, *arguments, "--workers", str(workers)],
                                       cwd=ROOT, stdout=out, stderr=beside, start_new_session=True)
        return Run(process, said, complaint)

    def finish(self, workers: int) -> None:
        """Run until there is nothing to do: of older captures it is known only afterwards that the newest is gone."""
        for _ in range(3):
            report = json.loads(self.start(workers).end())
            if not report["added"] + report["updated"] + report["removed"]:
                return
        raise AssertionError(f"it is never done: {report}")


def kill_once(runs: Runs, dice: random.Random, longest: float) -> Run:
    """Start a run and kill it, unless it ends before: at any moment, or soon after it has made a file."""
    before, run = list_names(runs.index), runs.start(dice.randint(1, 2))
    stop, at_a_file = time.monotonic() + dice.uniform(0, longest), dice.random() < 0.5
    while run.process.poll() is None and time.monotonic() < stop:
        if at_a_file and list_names(runs.index) - before:
            time.sleep(dice.uniform(0, AFTER))
            break
        time.sleep(0.002)
    run.process.send_signal(signal.SIGKILL)
    run.end()
    return run


def list_names(folder: Path) -> set[str]:
    """The names in a folder, if there is one; those of journals come and go all the time."""
    return {path.name for path in folder.iterdir() if not path.match("*-journal")} if folder.exists() else set()


def build(runs: Runs, kills: int, pages: int, seed: int) -> int:
    """Have an index built through so many kills; how many runs that took."""
    dice, archive = random.Random(seed), Archive(runs.pages, seed)
    steps = max(2, kills // KILLS_A_STEP)
    ended: list[Run] = []
    done, longest = 0, LONGEST
    for step in range(steps):
        archive.go_on(pages // steps)
        while done < kills * (step + 1) // steps:
            before, run = list_names(runs.index), kill_once(runs, dice, longest)
            killed, idle = run.process.returncode != 0, list_names(runs.index) == before
            done, longest = done + killed, longest * (SHORTER if not killed else LONGER if idle else 1)
            ended.append(run)
            if is_index(runs.index):
                faults = verify(runs.index, full=True).faults
                assert not faults, faults
        if dice.random() < 0.5:  # otherwise the pages change before a run has come to its end
            runs.finish(dice.randint(1, 2))
        print(f"{runs.engine}: {done} kills in {len(ended)} runs, step {step + 1} of {steps}", flush=True)
    runs.finish(1)
    left = [process for run in ended for process in run.find_left()]
    assert not left, f"processes that a killed run left behind: {left}"
    return len(ended)


def compare(found: Path, right: Path, seed: int, queries: int) -> int:
    """Compare the documents of two indexes, and their answers; how many documents there are."""
    with open_index(found, aliases=None) as one, open_index(right, aliases=None) as other:
        documents = read_documents(other)
        for id_, document in read_documents(one).items():
            wanted = documents.get(id_, {})
            differs = {name: (value, wanted.get(name)) for name, value in document.items() if value != wanted.get(name)}
            assert not differs, f"{id_} is another document: {differs}"
        assert one.count() == len(documents), f"{one.count()} documents instead of {len(documents)}"
        dice = random.Random(seed)
        texts = [document["body"] for _, document in sorted(documents.items())]
        for _ in range(queries):
            text, options = draw_query(dice, texts)
            answers = [strip(index.query(text, **options).to_dict()) for index in (one, other)]
            assert answers[0] == answers[1], f"{text!r} {options} is answered otherwise: {answers}"
    return len(documents)


def read_documents(index: Index) -> dict[str, dict[str, Any]]:
    """All documents by their ids, with all that is stored of them."""
    return {hit.id: hit.document.to_dict() for hit in index.query(limit=None, facets=(), collapse=False).hits}


def strip(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without the time it took."""
    return {name: value for name, value in answer.items() if name != "took_ms"}


def draw_query(dice: random.Random, texts: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """A question about one of the texts, filtered, sorted and faceted."""
    words = re.findall(r"\w{3,}", dice.choice(texts)) or ["report"]
    at = dice.randrange(len(words))
    text = dice.choice((
        "", words[at], " ".join(dice.sample(words, min(3, len(words)))), f'"{" ".join(words[at:at + 3])}"',
        f"{words[at][:4]}*", f"{words[at]}~", f"{words[at]} NOT {dice.choice(words)}",
        f"title:{words[at]} OR {dice.choice(words)}", f'"{words[at]} {dice.choice(words)}"~9'))
    options: dict[str, Any] = {
        "sort": dice.choice(SORTS), "facets": tuple(dice.sample(FACETS, 3)), "limit": dice.choice((3, 10, None)),
        "match": dice.choice(("all", "any")), "collapse": dice.random() < 0.7}
    if dice.random() < 0.3:
        options["publisher"] = dice.choice(PAPERS)
    if dice.random() < 0.3:
        options["after"] = f"{dice.randint(2016, 2019)}-06"
    return text, options


def main(engine: str, kills: int, pages: int, seed: int, queries: int = 300) -> None:
    """Build an index through kills, and one in one go, and compare them. Raises what differs."""
    with tempfile.TemporaryDirectory(prefix="parity-", dir=MEMORY) as place:
        killed = Runs(Path(place, "pages"), Path(place, "killed"), engine)
        whole = killed._replace(index=Path(place, "whole"))
        count = build(killed, kills, pages, seed)
        whole.start(2, often=False).end()
        documents = compare(killed.index, whole.index, seed, queries)
    print(f"{engine}: {kills} kills in {count} runs: {documents:,} documents and {queries} answers are those of an "
          f"index built in one go (seed {seed})")


def run_often() -> None:
    """The program itself, with small batches and many mergers."""
    from searchkit import entry, ingest

    ingest.BATCH_DOCUMENTS, writer.TIER = SMALL, 3
    entry.main()


if __name__ == "__main__":
    if sys.argv[1] == OFTEN:
        del sys.argv[1]
        run_often()
    main(sys.argv[1], *map(int, sys.argv[2:]))
