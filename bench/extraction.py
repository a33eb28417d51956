"""The extraction beside its peers: the same pages, scorer, machine and minutes.

    python bench/extraction.py [--sample 200] [--forms html,resili,wet,w3m] [--peers searchkit,trafilatura]
                               [--data FOLDER] [--scorer FILE.py] [--json]

FOLDER holds gold.jsonl, html/*.html.gz and dumps/*.jsonl.xz; FILE.py has ``score(rows, predictions, bootstrap)``.
Peers come with ``pip install -e '.[bench-extraction]'``; those that are not installed are named and left out.

Each peer has a process of its own. They take turns, a few pages at a time and in changing order, and only one
works at any time, so that whatever else the machine does falls on all of them. Times are CPU time on one core
(``process_time``) of the extraction alone: imports, reading of files and a warm-up are not in it. A page on
which a peer raises counts as empty. Memory is the peak of the peer's process, Python and imports included.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib.util
import json
import logging
import lzma
import multiprocessing
import sys
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import process_time
from types import ModuleType
from typing import Any

from extraction_peers import BASE, BASE_FULL, DUMP, HTML, Peer

SHARED = Path(__file__).resolve().parents[2] / "shared"
FORMS = ("html", "resili", "wet", "w3m")
BATCH = 20  # pages a turn
WARM_UP = 10  # pages that do not count: libraries load word lists and the like when they first need them
PATIENCE = 600  # seconds for a turn; a peer that needs longer is left out from then on

Pages = list[tuple[str, bytes]]  # id and content


@dataclass
class Run:
    """What one peer did on the pages of one form."""

    peer: str
    version: str
    pages: int = 0
    seconds: float = 0.0
    raised: int = 0
    peak_mb: float = 0.0
    scores: dict[str, Any] = field(default_factory=dict)
    against_base: float | None = None
    against_full: float | None = None


def main() -> int:
    """Run, score and print."""
    options = _read_options()
    if not (options.data / "gold.jsonl").exists() or not options.scorer.exists():
        print(f"no saved pages in {options.data} or no scorer {options.scorer}: see --data and --scorer",
              file=sys.stderr)
        return 2
    scorer = load_scorer(options.scorer)
    gold = {row["id"]: row for row in scorer.read_jsonl(options.data / "gold.jsonl")}
    results = {}
    for form in options.forms.split(","):
        pages = _choose(read_pages(options.data, form), options.sample)
        runs = run_peers(form, _find_installed(HTML if form == "html" else DUMP, options.peers), pages, scorer, gold)
        results[form] = runs
        if not options.json:
            _print_table(form, runs, len(pages))
    if options.json:
        print(json.dumps({form: [asdict(run) for run in runs] for form, runs in results.items()}, indent=1))
    return 0


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "extraction")
    parser.add_argument("--scorer", type=Path, default=SHARED / "eval" / "extraction.py")
    parser.add_argument("--sample", type=int, help="so many pages of each form, by hash of their ids")
    parser.add_argument("--forms", default=",".join(FORMS))
    parser.add_argument("--peers", help="packages, with commas between them; all that are installed if not given")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def load_scorer(path: Path) -> ModuleType:
    """The module of a scorer."""
    spec = importlib.util.spec_from_file_location("extraction_scorer", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_pages(data: Path, form: str) -> Iterator[tuple[str, bytes]]:
    """Ids and contents of the pages of one form."""
    if form == "html":
        for file in (data / "html").glob("*.html.gz"):
            yield file.name.removesuffix(".html.gz"), gzip.decompress(file.read_bytes())
        return
    with lzma.open(data / "dumps" / f"{form}.jsonl.xz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            yield row["id"], row["text"].encode("utf-8", "replace")


def _choose(pages: Iterable[tuple[str, bytes]], count: int | None) -> Pages:
    """Pages in the order of their ids' hashes, so that sources are mixed and a sample is the same every time."""
    return sorted(pages, key=lambda page: hashlib.sha256(page[0].encode()).digest())[:count]


def _find_installed(peers: tuple[Peer, ...], wanted: str | None) -> list[Peer]:
    packages = wanted.lower().split(",") if wanted else None
    found = []
    for peer in peers:
        if packages and peer.package.lower() not in packages:
            continue
        try:
            version(peer.package)
        except PackageNotFoundError:
            print(f"{peer.name}: not installed, left out", file=sys.stderr)
        else:
            found.append(peer)
    return found


def run_peers(form: str, peers: list[Peer], pages: Pages, scorer: ModuleType, gold: dict[str, Any]) -> list[Run]:
    """Every peer over the pages, in turns, and scored."""
    workers = [Worker(form, peer) for peer in peers]
    try:
        for worker in workers:
            worker.start(pages[:WARM_UP])
        for turn, start in enumerate(range(0, len(pages), BATCH)):
            shift = turn % max(len(workers), 1)
            for worker in workers[shift:] + workers[:shift]:
                worker.work(pages[start:start + BATCH])
            if sys.stderr.isatty():
                print(f"\r{form}: {min(start + BATCH, len(pages))} of {len(pages)}", end="", file=sys.stderr)
    finally:
        for worker in workers:
            worker.stop()
    rows = [gold[name] for name, _ in pages if name in gold]
    for worker in workers:
        worker.run.scores = _score(scorer, rows, worker.predictions)
    runs = [worker.run for worker in workers if worker.alive]
    _compare_speeds(runs)
    return runs


def _score(scorer: ModuleType, rows: list[dict[str, Any]], predictions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The scores of what the peer offers at all."""
    offered = {name for fields in predictions.values() for name in fields}
    scores, _ = scorer.score(rows, predictions, 0)
    return {name: value for name, value in scores.items()
            if name in offered or (name == "segments" and "body" in offered)}


def _compare_speeds(runs: list[Run]) -> None:
    times = {run.peer: run.seconds for run in runs}
    for run in runs:
        if run.seconds:
            run.against_base, run.against_full = (
                times[base] / run.seconds if base in times else None for base in (BASE, BASE_FULL))


class Worker:
    """A peer in a process of its own."""

    def __init__(self, form: str, peer: Peer) -> None:
        self.run = Run(peer.name, version(peer.package))
        self.predictions: dict[str, dict[str, Any]] = {}
        self.alive = True
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process: BaseProcess = context.Process(target=serve, args=(other, form, peer.name), daemon=True)
        self.process.start()
        other.close()

    def start(self, pages: Pages) -> None:
        """Import, and warm up on pages that do not count."""
        self._ask(pages)

    def work(self, pages: Pages) -> None:
        """Take a turn."""
        if not (answer := self._ask(pages)):
            return
        found, seconds, raised, peak = answer
        self.predictions.update(found)
        self.run.pages += len(pages)
        self.run.seconds += seconds
        self.run.raised += raised
        self.run.peak_mb = peak

    def stop(self) -> None:
        """End the process."""
        if self.alive:
            self.pipe.send(None)
            self.process.join(5)
        self.process.kill()

    def _ask(self, pages: Pages) -> tuple[dict[str, dict[str, Any]], float, int, float] | None:
        if not self.alive:
            return None
        try:
            self.pipe.send(pages)
            if self.pipe.poll(PATIENCE):
                return self.pipe.recv()  # type: ignore[no-any-return]
            problem = f"took more than {PATIENCE} s"
        except (EOFError, OSError):
            problem = "its process died"
        print(f"{self.run.peer}: {problem}, left out", file=sys.stderr)
        self.alive = False
        return None


def serve(pipe: Connection, form: str, name: str) -> None:
    """The life of a peer's process: pages in; fields, CPU seconds, failures and peak memory out."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    extract = next(peer for peer in (HTML if form == "html" else DUMP) if peer.name == name).make()
    while (pages := pipe.recv()) is not None:
        found: dict[str, dict[str, Any]] = {}
        seconds, raised = 0.0, 0
        for page_id, content in pages:
            start = process_time()
            try:
                fields = extract(content)
            except Exception:  # noqa: BLE001  (whatever a peer raises, its page is lost)
                fields = {}
                raised += 1
            seconds += process_time() - start
            found[page_id] = {name: _as_text(value) for name, value in fields.items()}
        pipe.send((found, seconds, raised, _measure_peak()))


def _as_text(value: object) -> str | None:
    """Some peers give a list where a page says a thing twice."""
    return "; ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value) if value else None


def _measure_peak() -> float:
    """Peak memory of this process in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # unlike ``getrusage`` without what the parent held when it started this process
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _print_table(form: str, runs: list[Run], pages: int) -> None:
    """A table in Markdown."""
    html = form == "html"
    head = ["", "F1", "precision", "recall", "under .5", "segments", "date right / wrong", "title exact",
            "publisher exact / lenient", "author", "pages/s", "× trafilatura", "× with metadata", "MB", "raised"]
    rows = [_describe(run) for run in runs]
    if not html:
        keep = [0, 1, 2, 3, 4, 10, 13, 14]
        head, rows = [head[index] for index in keep], [[row[index] for index in keep] for row in rows]
    bodies = max((run.scores.get("body", {}).get("n", 0) for run in runs), default=0)
    print(f"\n{form}: {pages} pages, {bodies} of them with a known body\n")
    for cells in (head, ["---"] * len(head), *rows):
        print("| " + " | ".join(cells) + " |")
    sys.stdout.flush()


def _describe(run: Run) -> list[str]:
    def read(part: str, *names: str) -> str:
        values = run.scores.get(part) or {}
        return " / ".join(_shorten(values[name]) for name in names) if values else "-"

    date = run.scores.get("date")
    dates = " / ".join(_shorten(date[name] / date["n"]) for name in ("right", "wrong")) if date else "-"
    speed = f"{run.pages / run.seconds:.0f}" if run.seconds else "-"
    ratios = [f"{ratio:.2f}" if ratio else "-" for ratio in (run.against_base, run.against_full)]
    return [f"{run.peer} ({run.version})", *(read("body", name) for name in ("f1", "precision", "recall", "failed")),
            read("segments", "f1"), dates, read("title", "exact"), read("publisher", "exact", "lenient"),
            read("author", "token_f1"), speed, *ratios, f"{run.peak_mb:.0f}", str(run.raised)]


def _shorten(value: float | int) -> str:
    return f"{value:.3f}".removeprefix("0") if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main())
