"""Worker processes: pages in, what each becomes out, in the order of the pages."""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from threading import Thread

from searchkit import pipeline
from searchkit.model import Page, Rejected
from searchkit.search.analysis import Analysed, analyse_document

IN_FLIGHT = 4  # pages a worker may have waiting
FEW = 16  # pages that are extracted faster here than in processes that must start first

Outcome = Analysed | Rejected


def extract_page(page: Page | Rejected) -> Outcome:
    """What a page becomes, with its tokens. A fault of ours costs this page and is reported, never the run."""
    if isinstance(page, Rejected):
        return page
    try:
        document = pipeline.extract(page)
        return document if isinstance(document, Rejected) else analyse_document(document)
    except Exception as fault:  # noqa: BLE001 - the last line of a worker: whatever it is, the rest goes on
        return Rejected(page.path, "failed", f"{type(fault).__name__}: {fault}")


def extract_pages(pages: Iterable[Page | Rejected], workers: int = 0) -> Iterator[Outcome]:
    """What each page becomes, in the order of the pages. Few pages are extracted in this process.

    ``workers`` is the number of processes, 0 for one a processor.
    """
    count = workers or os.cpu_count() or 1
    stream = iter(pages)
    first = list(islice(stream, FEW)) if count > 1 else []
    if count > 1 and len(first) == FEW:
        yield from _extract_in_processes(chain(first, stream), count)
    else:
        yield from map(extract_page, chain(first, stream))


def _extract_in_processes(pages: Iterable[Page | Rejected], count: int) -> Iterator[Outcome]:
    """As many pages wait as keep the workers busy; a worker that dies costs the page that killed it."""
    waiting: deque[tuple[Page | Rejected, Future[Outcome]]] = deque()
    workers = _Workers(count)
    try:
        for page in pages:
            waiting.append((page, workers.submit(page)))
            if len(waiting) >= count * IN_FLIGHT:
                yield _finish(*waiting.popleft())
        while waiting:
            yield _finish(*waiting.popleft())
    finally:
        workers.close()


def _finish(page: Page | Rejected, future: Future[Outcome]) -> Outcome:
    """The outcome of a page; if a worker died meanwhile, the page is tried once more in one of its own."""
    try:
        return future.result()
    except BrokenProcessPool:
        alone = _Workers(1)
    try:
        return alone.submit(page).result()
    except BrokenProcessPool:
        return Rejected(page.path, "crashed", "the process that extracted it died")
    finally:
        alone.close()


class _Workers:
    """A pool of processes that is made anew when one of them has died."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool = self._start()

    def submit(self, page: Page | Rejected) -> Future[Outcome]:
        try:
            return self._pool.submit(extract_page, page)
        except BrokenProcessPool:
            self._pool = self._start()
            return self._pool.submit(extract_page, page)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _start(self) -> ProcessPoolExecutor:
        # On Linux a fork needs no start-up and no guarded main module; elsewhere the platform's own way.
        context = get_context("fork" if sys.platform == "linux" else None)
        return ProcessPoolExecutor(self._count, mp_context=context, initializer=_begin_worker)


def _begin_worker() -> None:
    """Leave an interruption to the run, and end with it: a worker left behind would hold its lock."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_follow_run, daemon=True).start()


def _follow_run() -> None:
    run = parent_process()
    if run is not None:
        run.join()
        os._exit(1)
