"""Whoever extracts the pages, and whatever becomes of him: nothing is lost, nothing comes twice, the order stays."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from searchkit import cluster, executors, pipeline, workers
from searchkit.errors import ExecutorUnavailable
from searchkit.exits import find_exit_code
from searchkit.index import Index, open_index
from searchkit.model import Document, Page, Rejected
from searchkit.outcomes import Outcome, Signed

HELP = "pages that the executor failed on"
# What is extracted after an executor has failed is so in forked processes, beside the threads of the executor.
pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
forks = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a worker does not inherit what a test changes")


def make_pages(number: int) -> list[Page]:
    return [Page(f"p{n}", f"<title>Ferry {n}</title><p>{'The ferry lay at the quay until noon. ' * 20}</p>"
                          f"<p>There were {n} people on it, and nobody said a word about the tide.</p>")
            for n in range(number)]


def run(executor: Executor, pages: list[Page]) -> tuple[list[Outcome], list[tuple[str, str]]]:
    warned: list[Rejected] = []
    outcomes = list(workers.extract_pages(pages, 2, warned.append, executor=executor))
    assert [made.document.path for made in outcomes if isinstance(made, Signed)] == [page.path for page in pages]
    return outcomes, [(page.path, page.reason) for page in warned]


@pytest.fixture
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork") if sys.platform == "linux" else None) as pool:
        yield pool


def test_any_executor_makes_of_pages_what_workers_of_our_own_make(pool: ProcessPoolExecutor) -> None:
    pages = make_pages(60)
    ours = list(workers.extract_pages(pages, 2))
    assert run(pool, pages) == (ours, [])
    with ThreadPoolExecutor(3) as threads:
        assert run(threads, pages) == (ours, [])


def test_a_pool_that_loses_a_process_costs_no_page(pool: ProcessPoolExecutor, tmp_path: Path) -> None:
    pages = make_pages(600)

    def kill(count: int, size: int) -> None:
        if count == 400:
            os.kill(next(iter(pool._processes)), signal.SIGKILL)

    with open_index(tmp_path / "index", create=True) as index:
        with pytest.warns(RuntimeWarning, match=HELP):
            report = index.add(pages, executor=pool, progress=kill)
        check_all_are_there(index, report, 600)


def check_all_are_there(index: Index, report: Any, number: int) -> None:
    assert (report.added, report.updated, report.rejected, report.warnings) == (number, 0, (), ())
    paths = [hit.document.path for hit in index.query("ferry", limit=None, facets=(), collapse=False)]
    assert sorted(paths) == sorted(f"p{n}" for n in range(number))


@forks
def test_of_a_page_that_kills_whoever_extracts_it_the_text_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    real = pipeline.extract

    def extract(page: Page, *rest: Any) -> Document | Rejected:
        return os._exit(9) if page.path == "p37" else real(page, *rest)

    monkeypatch.setattr(pipeline, "extract", extract)
    with (pytest.warns(RuntimeWarning, match=HELP),
          ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool):
        _, warned = run(pool, make_pages(80))
    assert warned == [("p37", "crashed")]


class Unsteady(ThreadPoolExecutor):
    """Gives back what ``spoil`` makes of the n-th future."""

    def __init__(self, spoil: Callable[[int, Future[Any]], Future[Any]]) -> None:
        super().__init__(2)
        self.spoil = spoil
        self.submitted = 0

    def submit(self, *what: Any, **more: Any) -> Future[Any]:
        self.submitted += 1
        return self.spoil(self.submitted, super().submit(*what, **more))


def fail(future: Future[Any]) -> Future[Any]:
    failed: Future[Any] = Future()
    failed.set_exception(ConnectionResetError("gone"))
    return failed


def test_a_batch_that_failed_is_tried_once_more() -> None:
    with Unsteady(lambda number, future: fail(future) if number == 2 else future) as executor:
        _, warned = run(executor, make_pages(100))
        assert warned == [] and executor.submitted == -(-100 // executors.BATCH_PAGES) + 1


def test_what_fails_again_is_extracted_here_and_told_once() -> None:
    with (Unsteady(lambda number, future: fail(future)) as executor,
          pytest.warns(RuntimeWarning, match="ConnectionResetError: gone") as told):
        run(executor, make_pages(50))
    assert len([each for each in told if each.category is RuntimeWarning]) == 1


def test_what_is_never_answered_is_extracted_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "PATIENCE", 0.2)
    with (Unsteady(lambda number, future: Future()) as executor, pytest.warns(RuntimeWarning, match="TimeoutError")):
        run(executor, make_pages(400))
    assert executor.submitted * executors.BATCH_PAGES <= executors.WIDTH * workers.IN_FLIGHT  # then it is given up


def test_an_executor_that_takes_nothing_costs_no_page() -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.warns(RuntimeWarning, match="after shutdown"):
        run(executor, make_pages(40))


def test_pages_at_an_executor_are_bounded_in_number_and_size(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(number: int, size: int) -> int:
        asked = []
        pages = (asked.append(n) or Page(f"p{n}", "<p>Some words of a story.</p>".ljust(size)) for n in range(number))
        with ThreadPoolExecutor(2) as executor:
            made = workers.extract_pages(pages, 2, executor=executor)
            next(made)
            made.close()
        return len(asked)

    assert ask(2_000, 100) <= executors.WIDTH * workers.IN_FLIGHT + 1
    monkeypatch.setattr(workers, "MOST_WAITING", 1_000_000)
    assert ask(200, 50_000) <= 21


# A cluster: a scheduler and two workers, each a process.

def start(module: str, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.{module}", *words, "--host", "127.0.0.1", "--no-dashboard"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """The address of a scheduler without workers."""
    pytest.importorskip("distributed", reason="Dask is not installed: pip install 'searchkit[dask]'")
    file = tmp_path / "scheduler.json"
    process = start("dask_scheduler", "--port", "0", "--scheduler-file", str(file))
    try:
        while not file.exists() or not file.read_text():
            assert process.poll() is None
            time.sleep(0.05)
        yield json.loads(file.read_text())["address"]
    finally:
        stop(process)


@pytest.fixture
def machines(scheduler: str, tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The processes of two workers of it."""
    processes = [start("dask_worker", scheduler, "--nthreads", "1", "--no-nanny",
                       "--local-directory", str(tmp_path)) for _ in range(2)]
    yield processes
    for process in processes:
        stop(process)


def wait_for(machines: list[subprocess.Popen[bytes]], scheduler: str) -> None:
    from distributed import Client

    with Client(scheduler, set_as_default=False) as client:
        client.wait_for_workers(len(machines), timeout=60)


def test_a_cluster_that_loses_a_machine_loses_no_page_and_makes_none_twice(
        scheduler: str, machines: list[subprocess.Popen[bytes]], tmp_path: Path) -> None:
    def kill(count: int, size: int) -> None:
        if count == 400:
            machines[0].send_signal(signal.SIGKILL)

    wait_for(machines, scheduler)
    with cluster.connect(scheduler) as executor, open_index(tmp_path / "index", create=True) as index:
        report = index.add(make_pages(800), executor=executor, progress=kill)
        check_all_are_there(index, report, 800)
    assert machines[0].wait() == -signal.SIGKILL and machines[1].poll() is None


def index_by(address: str, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    pages = folder / "pages"
    pages.mkdir(exist_ok=True)
    for page in make_pages(40):
        (pages / f"{page.path}.html").write_text(str(page.content))
    return subprocess.run([sys.executable, "-m", "searchkit", "index", str(pages), "--index", str(folder / "index"),
                           "--scheduler", address, *more], capture_output=True, text=True, timeout=120)


def test_the_command_line_lets_a_cluster_extract(scheduler: str, machines: list[subprocess.Popen[bytes]],
                                                 tmp_path: Path) -> None:
    done = index_by(scheduler, tmp_path, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["added"] == 40


def test_workers_of_another_version_are_told_of_in_a_line(scheduler: str, machines: list[subprocess.Popen[bytes]],
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "VERSION", "99")
    with pytest.raises(ExecutorUnavailable, match=r"has searchkit .*, this machine has 99"), cluster.connect(scheduler):
        pass


def test_a_cluster_without_workers_is_told_of_in_a_line(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "SECONDS", 0.5)
    with pytest.raises(ExecutorUnavailable, match="no workers"), cluster.connect(scheduler):
        pass


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere.invalid:1", "what://is:1", "nonsense"])
def test_no_scheduler_is_one_line_and_exit_3(address: str, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed: pip install 'searchkit[dask]'")
    done = index_by(address, tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("searchkit: no Dask scheduler answers: ") and done.stderr.count("\n") == 1
    assert not (tmp_path / "index").exists()


def test_no_dask_is_one_line_and_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ExecutorUnavailable, match=r"pip install 'searchkit\[dask\]'") as raised, cluster.connect("x:1"):
        pass
    assert find_exit_code(raised.value) == 3
