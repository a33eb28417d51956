"""Readers: a few threads that answer from the index, each with an ``Index`` of its own, so that none waits for a lock.

What is asked beyond what they can take on is refused at once (503) and not queued without end. A thread cannot be
ended: what takes too long is given up by whoever asked, and holds its reader until it is done. What a query may cost
is bounded by the query language.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from searchkit.errors import EngineUnavailable, IndexFault
from searchkit.index import Index

READERS = 2  # one index in memory each; more answer no sooner, for one Python computes at a time
WAITING = 64  # requests that wait for a reader
SECONDS = 20.0  # until an answer is given up
AGAIN = 2  # seconds after which to ask again, as a refusal says

Answer = TypeVar("Answer")


class Readers:
    """Asks an index that ``open_index`` opens, once in each thread and again after it turned out to be faulty."""

    def __init__(self, open_index: Callable[[], Index], *, readers: int = READERS, waiting: int = WAITING,
                 seconds: float = SECONDS) -> None:
        self._open = open_index
        self._threads = ThreadPoolExecutor(readers, "reader")
        self._most = readers + waiting
        self._seconds = seconds
        self._asked = 0
        self._counting = threading.Lock()
        self._own = threading.local()
        self._opened: list[Index] = []

    async def ask(self, question: Callable[[Index], Answer]) -> Answer:
        """The answer to a question. Raises EngineUnavailable when there are too many, or it takes too long."""
        with self._counting:
            if self._asked >= self._most:
                raise EngineUnavailable("too many requests at once", "server", f"ask again in {AGAIN} seconds")
            self._asked += 1
        future = self._threads.submit(self._answer, question)
        future.add_done_callback(self._count_off)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._seconds)
        except TimeoutError:
            raise EngineUnavailable(f"no answer within {self._seconds:g} seconds", "server",
                                    "ask for less, or again later") from None

    def close(self) -> None:
        """Wait for what is being answered, and let go of the index."""
        self._threads.shutdown(cancel_futures=True)
        for index in self._opened:
            index.close()

    def _count_off(self, _: Future[Answer]) -> None:
        with self._counting:
            self._asked -= 1

    def _answer(self, question: Callable[[Index], Answer]) -> Answer:
        try:
            return question(self._get_index())
        except IndexFault:
            self._let_go()  # it may be made anew: the next question opens it again
            raise

    def _let_go(self) -> None:
        index: Index | None = getattr(self._own, "index", None)
        if index is not None:
            self._own.index = None
            self._opened.remove(index)
            index.close()

    def _get_index(self) -> Index:
        index: Index | None = getattr(self._own, "index", None)
        if index is None:
            index = self._own.index = self._open()
            self._opened.append(index)
        return index
