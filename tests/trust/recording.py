"""Writes down what a process does to the files of a folder, by whatever code, in the words of ``power``."""

import ctypes
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .tracing import ENTRY, GET_SYSCALL_INFO, Info, Tracer, begin_traced, ptrace, read_link, read_memory, read_text

WRITE, WRITE_AT, TRUNCATE = 1, 18, 77
FORCE = (74, 75)
RENAME, RENAME_AT, RENAME_AT_2 = 82, 264, 316
UNLINK, UNLINK_AT = 87, 263
OPEN, OPEN_AT = 2, 257
Event = tuple[str, tuple[Any, ...]]


def record_events(task: Callable[[], int | None], folder: Path, marks: Path) -> list[Event]:
    """What a task does to the files of a folder, in its order; what it writes to ``marks`` stands there as "done"."""
    recorder = Recorder(begin_traced(task), folder, str(marks))
    code = recorder.follow()
    assert not code, f"the task ended with {code}"
    return recorder.events


class Recorder(Tracer):
    """Follows a process, and notes each call when it has been made."""

    def __init__(self, child: int, folder: Path, marks: str) -> None:
        super().__init__(child, folder)
        self.events: list[Event] = []
        self._marks = marks
        self._begun: dict[int, Event] = {}  # by thread

    def _look(self, thread: int) -> None:
        info = Info()
        ptrace(GET_SYSCALL_INFO, thread, ctypes.sizeof(info), ctypes.byref(info))
        if info.op == ENTRY:
            if event := self._read_event(thread, info.number, info.arguments):
                self._begun[thread] = event
        elif (event := self._begun.pop(thread, None)) and ctypes.c_int64(info.number).value >= 0:
            self.events.append(event)

    def _read_event(self, thread: int, number: int, arguments: Any) -> Event | None:
        if number in (WRITE, WRITE_AT):
            path = self._find_file(thread, arguments[0])
            content = read_memory(thread, arguments[1], arguments[2]) if path else b""
            if path == self._marks:
                return "done", (int(content),)
            start = arguments[3] if number == WRITE_AT else _find_position(thread, arguments[0])
            return ("write", (path, start, content)) if path else None
        if number in FORCE:
            path = self._find_file(thread, arguments[0])
            return ("force", (path,)) if path else None
        if number == TRUNCATE:
            path = self._find_file(thread, arguments[0])
            return ("truncate", (path, arguments[1])) if path else None
        return self._read_change_of_name(thread, number, arguments)

    def _read_change_of_name(self, thread: int, number: int, arguments: Any) -> Event | None:
        if number in (RENAME, RENAME_AT, RENAME_AT_2):
            places = (0, 1) if number == RENAME else (1, 3)
            old, new = (self._find_path(thread, arguments[place]) for place in places)
            return ("rename", (old, new)) if old and new else None
        if number in (UNLINK, UNLINK_AT):
            path = self._find_path(thread, arguments[number == UNLINK_AT])
            return ("remove", (path,)) if path else None
        if number in (OPEN, OPEN_AT):
            flags, path = arguments[1 + (number == OPEN_AT)], self._find_path(thread, arguments[number == OPEN_AT])
            if path and Path(path).exists():
                return ("truncate", (path, 0)) if flags & os.O_TRUNC else None
            return ("create", (path,)) if path and flags & os.O_CREAT else None
        return None

    def _find_file(self, thread: int, descriptor: int) -> str:
        """The path behind a descriptor, if it counts."""
        return self._keep(read_link(f"/proc/{thread}/fd/{descriptor}"))

    def _find_path(self, thread: int, place: int) -> str:
        path = self._keep(read_text(thread, place))
        return "" if path == self._marks else path

    def _keep(self, path: str) -> str:
        """The path, if it is that of the folder, of a file in it that has a name, or of the marks."""
        inside = Path(path).parent == Path(self._folder) and not path.endswith(" (deleted)")
        return path if inside or path in (self._folder, self._marks) else ""


def _find_position(thread: int, descriptor: int) -> int:
    """Where the next byte goes."""
    lines = dict(line.split(":\t") for line in Path(f"/proc/{thread}/fdinfo/{descriptor}").read_text().splitlines()[:2])
    return int(lines["pos"])
