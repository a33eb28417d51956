"""A crew of worker processes, each of which always has pages ahead of it, so that it need not wait for the run.

No parser is safe in time or memory, so a page is extracted in a process that can be ended without harm
(``budget`` says when). Of a page that was too much for its worker, another one takes the plain text; the
pages that the worker had ahead of it are given to others as if nothing had been.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from threading import Thread
from typing import TYPE_CHECKING

from searchkit import budget
from searchkit.mailbox import Box, Mailbox
from searchkit.model import READY, Page, Rejected
from searchkit.outcomes import Answer, Outcome, extract_batch, prepare
from searchkit.pipeline.secondopinion import load_opinion

if TYPE_CHECKING:
    from ctypes import Array, c_double

FORKS = sys.platform == "linux"  # there a start costs next to nothing and needs no guarded main module
COLLECT_AFTER = 1_000_000  # objects that a worker makes without looking for unreachable ones; a page leaves none
BUNDLE_PAGES = 32  # sent at once, if they are small …
BUNDLE_BYTES = 64 * 2**10  # … in bytes (or characters): no more than this together
ROOM = 8 * 2**20  # bytes of shared memory for what a worker has ahead of it; as many for its answers
MOST_AHEAD = 64  # bundles that a worker has ahead of it; word of them fits in a pipe


@dataclass(slots=True)
class Task:
    """A page on its way. ``breach`` says why only its text is, or was, taken."""

    page: Page | Rejected
    breach: Rejected | None = None
    outcome: Outcome | None = None
    number: int = 0

    @property
    def size(self) -> int:
        """Bytes (or characters) to extract."""
        return 0 if isinstance(self.page, Rejected) else len(self.page.content)


@dataclass(slots=True)
class Crew:
    """Workers, started when there is work for them and replaced when they die, and the tasks that none has yet."""

    count: int
    ner: str
    workers: list[Worker] = field(default_factory=list)
    queue: deque[Task] = field(default_factory=deque)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def take(self, task: Task) -> None:
        """See to a task, which is sent at once to a worker that is free, else with others."""
        self.queue.append(task)
        self._collect(0.0, eagerly=False)

    def finish(self, task: Task) -> None:
        """Wait until the task has its outcome."""
        while task.outcome is None:
            self._collect(budget.CLOCK_SECONDS, eagerly=True)

    def close(self) -> None:
        """End all workers, whatever they do."""
        for worker in self.workers:
            worker.stop()
        self.workers.clear()

    def _collect(self, patience: float, *, eagerly: bool) -> None:
        """Take the answers that come within so many seconds, end the workers that are late, hand out tasks."""
        self._hand_out(eagerly)
        busy = [worker for worker in self.workers if worker.bundles]
        nearest = min((worker.deadline for worker in busy), default=0.0) - time.monotonic() if patience else 0.0
        ready = wait([worker.mailbox.link for worker in busy], max(0.0, min(patience, nearest)))
        for worker in busy:
            if worker.mailbox.link in ready:
                self._receive(worker)
            elif time.monotonic() >= worker.deadline:
                self._replace(worker, ("too-slow", f"it took more than {budget.CLOCK_SECONDS:g} s"))
        if ready:
            self._hand_out(eagerly)

    def _hand_out(self, eagerly: bool) -> None:
        """Send tasks. A worker that is busy is sent a full bundle, or (``eagerly``) whatever there is."""
        while self.queue:
            bundle = self._bundle()
            worker = self._choose(bundle)
            if worker is None or (worker.bundles and not eagerly and len(bundle) == len(self.queue) < BUNDLE_PAGES
                                  and measure(bundle) < BUNDLE_BYTES):
                return
            for _ in bundle:
                self.queue.popleft()
            try:
                if not worker.send(bundle):
                    self.queue.extendleft(reversed(bundle))
                    return
            except OSError:  # it died: before, or while it read a page too large for it
                self._replace(worker)

    def _bundle(self) -> list[Task]:
        """The tasks that are sent together next: one, or several small ones."""
        bundle: list[Task] = []
        size = 0
        for task in islice(self.queue, BUNDLE_PAGES):
            size += task.size
            if bundle and (size > BUNDLE_BYTES or task.breach):
                break
            bundle.append(task)
            task.number = task.number or next(self.numbers)
            if task.breach:
                break
        return bundle

    def _choose(self, bundle: list[Task]) -> Worker | None:
        """Who gets these tasks: one that is free, or can be started, or has the least ahead of it and room for them."""
        least = min(self.workers, key=lambda worker: (len(worker.bundles) > 0, worker.load), default=None)
        if (least is None or least.bundles) and len(self.workers) < self.count:
            if FORKS and not self.workers:
                prepare()
            least = Worker(self.ner)
            self.workers.append(least)
        if least is None or not least.bundles:
            return least
        fits = least.load + measure(bundle) <= ROOM * 3 // 4 and len(least.bundles) < MOST_AHEAD
        return least if FORKS and fits else None

    def _receive(self, worker: Worker) -> None:
        try:
            worker.receive()
        except (EOFError, OSError):
            self._replace(worker)

    def _replace(self, worker: Worker, why: tuple[str, str] | None = None) -> None:
        """End a worker; of the page it failed on only the text is wanted now, or nothing if that failed, too."""
        self.workers.remove(worker)
        task, others = worker.split_tasks()
        exit_code = worker.stop()
        assert isinstance(task.page, Page)
        self.queue.extendleft(reversed(others))
        reason, detail = why or budget.explain(exit_code)
        if task.breach or task.page.media_type == READY:
            task.outcome = task.breach = task.breach or Rejected(task.page.path, reason, detail)
        else:
            task.breach = Rejected(task.page.path, reason, detail)
            self.queue.appendleft(task)


class Worker:
    """A process, the mailbox to it, and the bundles of tasks that it has not answered yet."""

    def __init__(self, ner: str) -> None:
        # On Linux a fork needs no start-up and no guarded main module; elsewhere the platform's own way.
        context = get_context("fork") if FORKS else get_context()
        self.bundles: deque[list[Task]] = deque()
        self.load = 0  # bytes (or characters) of them
        link, its_end = context.Pipe()
        to_it, from_it = (Box(ROOM), Box(ROOM)) if FORKS else (Box(0), Box(0))
        self.mailbox = Mailbox(link, to_it, from_it)
        self._heard = 0.0  # when it was last sent something to begin with at once, or last answered
        self._at = context.RawArray("d", 2)  # the number of the page that it is at, and since when
        boxes = (from_it, to_it) if FORKS else None
        self._process = context.Process(target=_work, args=(its_end, boxes, self._at, ner), daemon=True)
        with _hold_interruption():
            self._process.start()
        its_end.close()

    @property
    def deadline(self) -> float:
        """When the page that it is at must be done; of one that has just answered, the next page it will be at."""
        return max(self._heard, float(self._at[1])) + budget.CLOCK_SECONDS

    def send(self, bundle: list[Task]) -> bool:
        """Give tasks to the worker; False where it has no room for them. It never blocks the sender: a worker that is
        free reads at once what is sent, and one that is busy is sent only what it has room for.
        """
        is_free = not self.bundles
        if is_free:
            self._heard = time.monotonic()
        self.bundles.append(bundle)
        if not self.mailbox.send([(task.number, task.page, task.breach) for task in bundle], waiting=is_free):
            self.bundles.pop()
            return False
        self.load += measure(bundle)
        return True

    def receive(self) -> None:
        """Take the answers to the oldest bundle. Raises EOFError or OSError where the worker died."""
        answers: list[Answer] = self.mailbox.receive()
        bundle = self.bundles.popleft()
        self.load -= measure(bundle)
        self._heard = time.monotonic()  # it may have waited for this, and not begun with what is next
        for task, answer in zip(bundle, answers, strict=True):
            task.outcome, task.breach = answer

    def split_tasks(self) -> tuple[Task, list[Task]]:
        """The task that the worker is at, or would have begun with, and the others that it has."""
        tasks = [task for bundle in self.bundles for task in bundle]
        at = next((task for task in tasks if task.number == self._at[0]), tasks[0])
        return at, [task for task in tasks if task is not at]

    def stop(self) -> int | None:
        """End the process; its exit code, which is its own if it had ended already."""
        self._process.kill()
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        self.mailbox.link.close()
        return code


def measure(tasks: Iterable[Task]) -> int:
    """Bytes (or characters) to extract."""
    return sum(task.size for task in tasks)


def _work(link: Connection, boxes: tuple[Box, Box] | None, at: Array[c_double], ner: str) -> None:
    """The life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interruption is the run's
    Thread(target=_follow_run, daemon=True).start()
    load_opinion(ner)
    if not FORKS:  # else the run did it
        prepare()
    gc.freeze()  # word lists and models stay, and what it shares with the run stays shared
    gc.set_threshold(COLLECT_AFTER)
    budget.limit_memory()
    mailbox = Mailbox(link, *(boxes or (Box(0), Box(0))))
    while True:
        try:
            bundle: list[tuple[int, Page, Rejected | None]] = mailbox.receive()
            mailbox.send([_extract(order, at, ner) for order in bundle], waiting=True)
        except MemoryError:
            os._exit(budget.OUT_OF_MEMORY)
        except (EOFError, OSError):  # nobody listens any more
            os._exit(1)


def _extract(order: tuple[int, Page, Rejected | None], at: Array[c_double], ner: str) -> Answer:
    """What becomes of a page, after it was noted which one it is, and since when."""
    number, page, breach = order
    at[1] = time.monotonic()
    at[0] = number
    budget.limit_time()
    return extract_batch([(page, breach)], ner)[0]


def _follow_run() -> None:
    """End with the run: a worker left behind would hold its lock."""
    run = parent_process()
    if run is not None:
        run.join()
        os._exit(1)


@contextmanager
def _hold_interruption() -> Iterator[None]:
    """No SIGINT until the end of the block; processes that are started in it never see one."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
