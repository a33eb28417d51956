"""Who extracts: pages in, what each becomes out, in the order of the pages, with a bounded number on their way."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from multiprocessing import current_process
from typing import TYPE_CHECKING

from searchkit.crew import Crew, Task
from searchkit.executors import WIDTH, ExecutorCrew
from searchkit.model import Page, Rejected
from searchkit.outcomes import Outcome, Signed, extract_page
from searchkit.pipeline.secondopinion import load_opinion

if TYPE_CHECKING:
    from concurrent.futures import Executor

FEW = 16  # pages that are extracted faster here than in processes that must start first …
SMALL = 20_000  # … and bytes of all of them: too little even for a step that is quadratic in its input
IN_FLIGHT = 4  # pages for each worker that may be on their way at first; later also …
SHARE = 4  # … one for so many that are done, so that an interruption costs no more than this part of a run, …
MOST_IN_FLIGHT = 512  # … but no more for each worker than keep it busy while the engine is given a batch, …
MOST_WAITING = 64 * 2**20  # … and no more bytes of all on their way, unless it is one page

Warn = Callable[[Rejected], None]


def extract_pages(pages: Iterable[Page | Rejected], workers: int = 0, warn: Warn | None = None,
                  ner: str = "", executor: Executor | None = None) -> Iterator[Outcome]:
    """What each page becomes, in the order of the pages.

    ``workers`` is the number of processes, 0 for one a processor. A few small pages are extracted in this
    process. ``warn`` is told of each page of which only the plain text was taken, and why. ``ner`` is the
    setting of that name. ``executor`` does it instead of processes of our own, which help where it fails.
    Raises SettingsError.
    """
    load_opinion(ner)  # here, for what is wrong with it to be told, and for the workers to share it
    stream = iter(pages)
    first, are_all = _take_few(stream)
    here = are_all or current_process().daemon  # a daemonic process may not start others
    count = 0 if here else workers or os.cpu_count() or 1
    every = chain(first, stream)
    here_done = (_extract_here(page, ner) for page in every)
    crew = Crew(count, ner)
    elsewhere = (_extract_by(ExecutorCrew(executor, crew), every, WIDTH) if executor else
                 _extract_by(crew, every, count))
    for task in elsewhere if count else here_done:
        if warn and task.breach and isinstance(task.outcome, Signed):
            warn(task.breach)
        assert task.outcome is not None
        yield task.outcome


def _take_few(stream: Iterator[Page | Rejected]) -> tuple[list[Page | Rejected], bool]:
    """The first pages, and whether they are all, and so few and small that no process need be started."""
    taken: list[Page | Rejected] = []
    size = 0
    for page in stream:
        taken.append(page)
        size += Task(page).size
        if len(taken) >= FEW or size > SMALL:
            return taken, False
    return taken, True


def _extract_here(page: Page | Rejected, ner: str) -> Task:
    outcome, breach = (page, None) if isinstance(page, Rejected) else extract_page(page, ner)
    return Task(page, breach, outcome)


def _extract_by(crew: Crew | ExecutorCrew, pages: Iterable[Page | Rejected], count: int) -> Iterator[Task]:
    """As many pages are on their way as keep so many workers busy."""
    waiting: deque[Task] = deque()
    size = done = 0
    try:
        for page in pages:
            task = Task(page, outcome=page if isinstance(page, Rejected) else None)
            waiting.append(task)
            size += task.size
            if not task.outcome:
                crew.take(task)
            most = min(count * IN_FLIGHT + done // SHARE, count * MOST_IN_FLIGHT)
            while waiting and (len(waiting) >= most or size > MOST_WAITING or waiting[0].outcome):
                task = waiting.popleft()
                crew.finish(task)
                size -= task.size
                done += 1
                yield task
        while waiting:
            task = waiting.popleft()
            crew.finish(task)
            yield task
    finally:
        crew.close()
