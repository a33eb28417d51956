"""Pages given to an executor of somebody else's: threads, a pool of processes, a cluster.

It knows neither a page's deadline nor the end of a worker that took too much, and may break in the middle of a run.
So what it fails on twice, and whatever is left when it does not answer for ``PATIENCE``, a crew of our own extracts.
"""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from searchkit.crew import Crew, Task, measure
from searchkit.model import Page
from searchkit.outcomes import Answer, Order, extract_batch

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

BATCH_PAGES = 16  # submitted at once, if they are small …
BATCH_BYTES = 256 * 2**10  # … in bytes (or characters): about so many together
PATIENCE = 600.0  # seconds without an answer to the oldest batch, after which the executor is given up
WIDTH = 64  # workers that it is thought to have, for nobody tells


@dataclass(slots=True)
class _Batch:
    tasks: list[Task]
    future: Future[list[Answer]]


class ExecutorCrew:
    """What a ``Crew`` does, done by an executor as far as it can. ``own`` has no workers unless they are needed."""

    def __init__(self, executor: Executor, own: Crew) -> None:
        self._executor: Executor | None = executor  # None: it was given up
        self._own = own
        self._gathered: list[Task] = []
        self._batches: deque[_Batch] = deque()
        self._has_told = False

    def take(self, task: Task) -> None:
        """See to a task, which is submitted with others."""
        self._gathered.append(task)
        if len(self._gathered) >= BATCH_PAGES or measure(self._gathered) >= BATCH_BYTES:
            self._submit_gathered()
        while self._batches and self._batches[0].future.done():
            self._settle(self._batches.popleft())

    def finish(self, task: Task) -> None:
        """Wait until the task has its outcome; tasks are to be finished in the order in which they were taken."""
        if task.outcome is None:
            self._submit_gathered()
            if self._batches and self._batches[0].tasks[0] is task:
                self._settle(self._batches.popleft())
        self._own.finish(task)

    def close(self) -> None:
        """Take back what can be, and end the workers of our own."""
        for batch in self._batches:
            batch.future.cancel()
        self._batches.clear()
        self._own.close()

    def _submit_gathered(self) -> None:
        """Submit what has come together."""
        tasks, self._gathered = self._gathered, []
        try:
            if tasks:
                self._batches.append(_Batch(tasks, self._submit(tasks)))
        except Exception as fault:  # noqa: BLE001 - it is broken or shut down, whatever it calls that
            self._keep(tasks, fault)

    def _submit(self, tasks: Sequence[Task]) -> Future[list[Answer]]:
        """Raises whatever the executor does, TimeoutError where it was given up."""
        orders: list[Order] = [(task.page, None) for task in tasks if isinstance(task.page, Page)]
        if self._executor is None:
            raise TimeoutError
        return self._executor.submit(extract_batch, orders, self._own.ner)

    def _settle(self, batch: _Batch) -> None:
        """Wait for the answers to a batch. What fails is tried once more, then by the crew of our own."""
        fault = self._fill(batch.tasks, batch.future)
        if fault and not batch.future.done():
            batch.future.cancel()
            self._executor = None
        elif fault:
            fault = self._fill(batch.tasks)
        if fault:
            self._keep(batch.tasks, fault)

    def _fill(self, tasks: Sequence[Task], future: Future[list[Answer]] | None = None) -> Exception | None:
        """Note what became of pages that are, or are now, submitted; what was raised if nothing became of them."""
        try:
            answers = (future or self._submit(tasks)).result(PATIENCE if self._executor else 0.0)
        except Exception as fault:  # noqa: BLE001 - whatever an executor raises, or a network below it
            return fault
        for task, answer in zip(tasks, answers, strict=True):
            task.outcome, task.breach = answer
        return None

    def _keep(self, tasks: Sequence[Task], fault: Exception) -> None:
        """Let the crew of our own do it, and warn, once in a run: all may be slower than was meant."""
        for task in tasks:
            self._own.take(task)
        if not self._has_told:
            self._has_told = True
            reason = " ".join(f"{type(fault).__name__}: {fault}".split())[:300]
            warnings.warn(f"pages that the executor failed on are extracted by this process's own workers ({reason})",
                          RuntimeWarning, stacklevel=2)
