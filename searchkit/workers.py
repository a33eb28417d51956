"""Worker processes: pages in, what each becomes out, in the order of the pages.

No parser is safe in time or memory, so a page is extracted in a process that can be ended without harm
(``budget`` says when). Of a page that was too much for its worker, another one takes the plain text.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from itertools import chain
from multiprocessing import current_process, get_context, parent_process
from multiprocessing.connection import Connection, wait
from threading import Thread

from searchkit import budget, pipeline
from searchkit.frozen import frozen
from searchkit.model import READY, Document, Page, Rejected
from searchkit.pipeline.duplicates import Signature, sign
from searchkit.pipeline.secondopinion import load_opinion
from searchkit.search.analysis import PASSAGE_GAP, Analysed, analyse_document

FEW = 16  # pages that are extracted faster here than in processes that must start first …
SMALL = 20_000  # … and bytes of all of them: too little even for a step that is quadratic in its input
COLLECT_AFTER = 100_000  # objects that a worker makes without looking for unreachable ones; a page leaves next to none
IN_FLIGHT = 4  # pages a worker may have waiting …
MOST_WAITING = 64 * 2**20  # … and bytes of all that wait, unless it is one page


@frozen
class Signed(Analysed):
    """A document with its tokens and the signature of its body (None: no words)."""

    signature: Signature | None = None


Outcome = Signed | Rejected
Warn = Callable[[Rejected], None]
_Answer = tuple[Outcome, Rejected | None]


def extract_pages(pages: Iterable[Page | Rejected], workers: int = 0, warn: Warn | None = None,
                  ner: str = "") -> Iterator[Outcome]:
    """What each page becomes, in the order of the pages.

    ``workers`` is the number of processes, 0 for one a processor. A few small pages are extracted in this
    process. ``warn`` is told of each page of which only the plain text was taken, and why. ``ner`` is the
    setting of that name. Raises SettingsError.
    """
    load_opinion(ner)  # here, for what is wrong with it to be told, and for the workers to share it
    stream = iter(pages)
    first, are_all = _take_few(stream)
    here = are_all or current_process().daemon  # a daemonic process may not start others
    count = 0 if here else workers or os.cpu_count() or 1
    every = chain(first, stream)
    here_done = (_extract_here(page, ner) for page in every)
    for task in _extract_in_processes(every, count, ner) if count else here_done:
        if warn and task.breach and isinstance(task.outcome, Signed):
            warn(task.breach)
        assert task.outcome is not None
        yield task.outcome


def extract_page(page: Page, ner: str = "") -> _Answer:
    """What a page becomes, with its tokens. A fault of ours costs the page all but its text, and never the run."""
    try:
        return _analyse(pipeline.extract(page, load_opinion(ner))), None
    except MemoryError:
        raise
    except Exception as fault:  # noqa: BLE001 - the last line of a worker: whatever it is, the rest goes on
        return extract_text(page, Rejected(page.path, "failed", f"{type(fault).__name__}: {fault}"))


def extract_text(page: Page, breach: Rejected) -> _Answer:
    """What a page becomes of which only the text is taken, and ``breach``, which says why; without text, only that."""
    if page.media_type == READY:
        return breach, breach
    try:
        outcome = _analyse(pipeline.extract_plainly(page))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - as above; the first fault is the one to tell of
        return breach, breach
    return breach if isinstance(outcome, Rejected) else outcome, breach


def _analyse(made: Document | Rejected) -> Outcome:
    return made if isinstance(made, Rejected) else sign_document(made)


def sign_document(document: Document) -> Signed:
    """A document with its tokens and the signature that tells its copies."""
    analysed = analyse_document(document)
    title, words = analysed.written["title"], analysed.written["body"]
    if PASSAGE_GAP in words:  # the headline is the first passage
        words = words[words.index(PASSAGE_GAP) + 1:]
    parts = {field.name: getattr(analysed, field.name) for field in fields(analysed)}
    return Signed(**parts, signature=sign(words, title) if document.body else None)


@dataclass(slots=True)
class _Task:
    """A page on its way. ``breach`` says why only its text is, or was, taken."""

    page: Page | Rejected
    breach: Rejected | None = None
    outcome: Outcome | None = None

    def measure(self) -> int:
        """Bytes (or characters) to extract."""
        return 0 if isinstance(self.page, Rejected) else len(self.page.content)


def _take_few(stream: Iterator[Page | Rejected]) -> tuple[list[Page | Rejected], bool]:
    """The first pages, and whether they are all, and so few and small that no process need be started."""
    taken: list[Page | Rejected] = []
    size = 0
    for page in stream:
        taken.append(page)
        size += _Task(page).measure()
        if len(taken) >= FEW or size > SMALL:
            return taken, False
    return taken, True


def _extract_here(page: Page | Rejected, ner: str) -> _Task:
    outcome, breach = (page, None) if isinstance(page, Rejected) else extract_page(page, ner)
    return _Task(page, breach, outcome)


def _extract_in_processes(pages: Iterable[Page | Rejected], count: int, ner: str) -> Iterator[_Task]:
    """As many pages wait as keep the workers busy."""
    waiting: deque[_Task] = deque()
    size = 0
    crew = _Crew(count, ner)
    try:
        for page in pages:
            task = _Task(page)
            waiting.append(task)
            size += task.measure()
            crew.take(task)
            while waiting and (len(waiting) >= count * IN_FLIGHT or size > MOST_WAITING or waiting[0].outcome):
                task = crew.finish(waiting.popleft())
                size -= task.measure()
                yield task
        while waiting:
            yield crew.finish(waiting.popleft())
    finally:
        crew.close()


@dataclass(slots=True)
class _Crew:
    """Workers, started when there is work for them and replaced when they die, and the tasks that none has yet."""

    count: int
    ner: str
    workers: list[_Worker] = field(default_factory=list)
    queue: deque[_Task] = field(default_factory=deque)

    def take(self, task: _Task) -> None:
        """See to a task as soon as a worker is free."""
        if isinstance(task.page, Rejected):
            task.outcome = task.page
            return
        self.queue.append(task)
        self._collect(0.0)

    def finish(self, task: _Task) -> _Task:
        """Wait until the task has its outcome."""
        while task.outcome is None:
            self._collect(budget.CLOCK_SECONDS)
        return task

    def close(self) -> None:
        """End all workers, whatever they do."""
        for worker in self.workers:
            worker.stop()
        self.workers.clear()

    def _collect(self, patience: float) -> None:
        """Take the answers that come within so many seconds, end the workers that are late, hand out tasks."""
        self._hand_out()
        busy = [worker for worker in self.workers if worker.task]
        nearest = min((worker.deadline for worker in busy), default=0.0) - time.monotonic()
        ready = wait([worker.link for worker in busy], max(0.0, min(patience, nearest)))
        for worker in busy:
            if worker.link in ready:
                self._receive(worker)
            elif time.monotonic() >= worker.deadline:
                self._replace(worker, ("too-slow", f"it took more than {budget.CLOCK_SECONDS:g} s"))
        if ready:
            self._hand_out()

    def _hand_out(self) -> None:
        while self.queue:
            worker = next((worker for worker in self.workers if not worker.task), None)
            if worker is None:
                if len(self.workers) >= self.count:
                    return
                worker = _Worker(self.ner)
                self.workers.append(worker)
            try:
                worker.send(self.queue.popleft())
            except OSError:  # it died: before, or while it read a page too large for it
                self._replace(worker)

    def _receive(self, worker: _Worker) -> None:
        task = worker.task
        assert task is not None
        try:
            task.outcome, task.breach = worker.link.recv()
            worker.task = None
        except (EOFError, OSError):
            self._replace(worker)

    def _replace(self, worker: _Worker, why: tuple[str, str] | None = None) -> None:
        """End a worker; of the page it failed on only the text is wanted now, or nothing if that failed, too."""
        task = worker.task
        assert task is not None and isinstance(task.page, Page)
        self.workers.remove(worker)
        exit_code = worker.stop()
        reason, detail = why or budget.explain(exit_code)
        if task.breach or task.page.media_type == READY:
            task.outcome = task.breach = task.breach or Rejected(task.page.path, reason, detail)
        else:
            task.breach = Rejected(task.page.path, reason, detail)
            self.queue.appendleft(task)


class _Worker:
    """A process, the link to it, and the task it is at, if any, with the time by which it must be done."""

    def __init__(self, ner: str) -> None:
        # On Linux a fork needs no start-up and no guarded main module; elsewhere the platform's own way.
        context = get_context("fork") if sys.platform == "linux" else get_context()
        self.task: _Task | None = None
        self.deadline = 0.0
        self.link, its_end = context.Pipe()
        self._process = context.Process(target=_work, args=(its_end, ner), daemon=True)
        with _hold_interruption():
            self._process.start()
        its_end.close()

    def send(self, task: _Task) -> None:
        """Give a task to the worker, which must be free: it reads what is sent and never blocks the sender."""
        self.task = task
        self.deadline = time.monotonic() + budget.CLOCK_SECONDS
        self.link.send((task.page, task.breach))

    def stop(self) -> int | None:
        """End the process; its exit code, which is its own if it had ended already."""
        self._process.kill()
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        self.link.close()
        return code


def _work(link: Connection, ner: str) -> None:
    """The life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interruption is the run's
    Thread(target=_follow_run, daemon=True).start()
    load_opinion(ner)
    gc.freeze()  # what it shares with the run stays shared
    gc.set_threshold(COLLECT_AFTER)
    budget.limit_memory()
    while True:
        try:
            page, breach = link.recv()
            budget.limit_time()
            link.send(extract_text(page, breach) if breach else extract_page(page, ner))
        except MemoryError:
            os._exit(budget.OUT_OF_MEMORY)
        except (EOFError, OSError):  # nobody listens any more
            os._exit(1)


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
