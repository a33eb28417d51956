"""Messages between two processes, neither of which waits until the other one is free.

What was sent lies in memory that both share until it is taken; only word of it goes through a pipe. What finds no
room there goes through the pipe itself, for which its sender waits.
"""

from __future__ import annotations

import pickle
from collections import deque
from mmap import mmap
from multiprocessing.connection import Connection
from typing import Any

_COUNTER = 8  # bytes


class Box:
    """Shared memory for messages that are taken in the order in which they were put. It outlives a fork, no more.

    ``room`` is in bytes; without any, nothing can be put.
    """

    def __init__(self, room: int) -> None:
        self.room = room
        self._memory = memoryview(mmap(-1, _COUNTER + room)) if room else memoryview(b"")
        self._taken = self._memory[:_COUNTER].cast("Q")
        self._used: deque[tuple[int, int]] = deque()  # where messages lie that may not have been taken
        self._freed = 0

    def put(self, data: bytes) -> int | None:
        """Where the message lies now; None where there is no room for it."""
        if not self.room:
            return None
        while self._freed < self._taken[0]:
            self._used.popleft()
            self._freed += 1
        start = self._find_room(len(data))
        if start is not None:
            self._memory[start:start + len(data)] = data
            self._used.append((start, start + len(data)))
        return start

    def take(self, start: int, size: int) -> Any:  # noqa: ANN401 - whatever was sent
        """The oldest message that was not taken yet."""
        message = pickle.loads(self._memory[start:start + size])
        self._taken[0] += 1
        return message

    def _find_room(self, size: int) -> int | None:
        """The messages are one after another, from some place to the end and on from the beginning."""
        first, last, end = (self._used[0][0], *self._used[-1]) if self._used else (_COUNTER, _COUNTER, _COUNTER)
        if end + size <= (_COUNTER + self.room if last >= first else first):
            return end
        return _COUNTER if last >= first and _COUNTER + size <= first else None


class Mailbox:
    """One end: a pipe, the box for what is sent from here, and the box for what comes."""

    def __init__(self, link: Connection, sent: Box, coming: Box) -> None:
        self.link = link
        self._sent = sent
        self._coming = coming

    def send(self, message: Any, *, waiting: bool) -> bool:  # noqa: ANN401 - whatever can be pickled
        """Send a message; whether that was possible. ``waiting``: the other end takes it at once, however large it is.

        Raises OSError when there is no other end.
        """
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        place = self._sent.put(data)
        if place is None and not waiting:
            return False
        self.link.send((place, len(data)))
        if place is None:
            self.link.send_bytes(data)
        return True

    def receive(self) -> Any:  # noqa: ANN401 - whatever was sent
        """The next message, waited for. Raises EOFError or OSError when there is no other end."""
        place, size = self.link.recv()
        return pickle.loads(self.link.recv_bytes()) if place is None else self._coming.take(place, size)
