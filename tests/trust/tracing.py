"""Stops a process at its n-th call to the system that changes files of a folder: Linux on x86-64, by ptrace.

Whoever makes the call is seen: Python, SQLite, tantivy's threads. The process is killed before the call, or when of
what was to be written one half is; or the call is not made and fails.
"""

import ctypes
import os
import platform
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

KNOWN = sys.platform == "linux" and platform.machine() == "x86_64"  # the system whose numbers these are
# Requests and options of ptrace(2), and what waitpid(2) wants to see threads.
TRACEME, POKEUSER, SYSCALL, SETOPTIONS, GET_SYSCALL_INFO = 0, 6, 24, 0x4200, 0x420E
TELL_CALLS, FOLLOW_FORKS, FOLLOW_CLONES, DIE_TOGETHER = 1, 2 | 4, 8, 0x100000
ALL_THREADS = 0x40000000
AT_CALL = signal.SIGTRAP | 0x80
OUTCOME, THIRD_ARGUMENT, WHICH = 10 * 8, 12 * 8, 15 * 8  # rax, rdx and orig_rax in struct user_regs_struct
NONE = -1  # the number of no call
ENTRY = 1
# The calls by number (asm/unistd_64.h): those that have a descriptor first, a path first, and a descriptor and a path.
BY_FILE = {1: "write", 18: "write", 20: "write", 296: "write", 40: "write", 326: "write", 74: "force", 75: "force",
           277: "force", 77: "truncate", 285: "truncate"}
BY_PATH = {82: "rename", 87: "unlink", 84: "unlink", 83: "mkdir", 76: "truncate", 86: "link", 85: "create"}
BY_BOTH = {264: "rename", 316: "rename", 263: "unlink", 258: "mkdir", 265: "link"}
OPEN, OPEN_AT = 2, 257
HALVED = (1, 18)  # write and pwrite64, whose third argument is how many bytes
NEED_ROOM = ("write", "truncate", "create", "mkdir")
LONGEST_PATH = 512
FAILED = 1  # exit code of a task that raised


class Call(NamedTuple):
    """A call that is about to be made: what it does, to which file, and the bytes it writes, if it can be halved."""

    name: str
    path: str
    size: int = 0


class Fate(NamedTuple):
    """What becomes of the call: the process is killed before it, or (``half``) when half of it is written; or it fails
    with an ``error``, and (``forever``) so does every later one that needs room.
    """

    error: int = 0
    forever: bool = False
    half: bool = False


KILL, HALF = Fate(), Fate(half=True)


class Traced(NamedTuple):
    """The calls that a task made, up to that at which it was killed, and its exit code; -9 where it was killed."""

    calls: list[Call]
    code: int


class Info(ctypes.Structure):
    """struct ptrace_syscall_info, as it is when a call begins."""

    _fields_ = [("op", ctypes.c_uint8), ("pad", ctypes.c_uint8 * 3), ("arch", ctypes.c_uint32),
                ("place", ctypes.c_uint64), ("stack", ctypes.c_uint64), ("number", ctypes.c_uint64),
                ("arguments", ctypes.c_uint64 * 6)]


_libc = ctypes.CDLL(None, use_errno=True) if KNOWN else None


def ptrace(request: int, process: int, where: int = 0, what: object = 0) -> None:
    """ptrace(2); of a process that has gone meanwhile there is nothing to ask. Raises OSError."""
    assert _libc
    data = ctypes.c_void_p(what) if isinstance(what, int) else what
    if _libc.ptrace(request, process, ctypes.c_void_p(where), data) < 0:
        problem = ctypes.get_errno()
        if problem != 3:  # ESRCH
            raise OSError(problem, os.strerror(problem))


def run_traced(task: Callable[[], int | None], folder: Path, number: int = 0, fate: Fate = KILL) -> Traced:
    """Run a task, which returns its exit code, in a process of its own; its call of this number meets its fate.

    One that raises has the exit code FAILED.
    """
    tracer = Tracer(begin_traced(task), folder, number, fate)
    return Traced(tracer.calls, tracer.follow())


def begin_traced(task: Callable[[], int | None]) -> int:
    """A process that is about to do a task, and waits for a Tracer to follow it."""
    child = os.fork()
    if not child:
        code: int | None = FAILED
        try:
            ptrace(TRACEME, 0)
            os.kill(os.getpid(), signal.SIGSTOP)
            code = task()
        except BaseException:
            traceback.print_exc()
        os._exit(code or 0)
    os.waitpid(child, 0)
    ptrace(SETOPTIONS, child, 0, TELL_CALLS | FOLLOW_FORKS | FOLLOW_CLONES | DIE_TOGETHER)
    return child


class Tracer:
    """Follows a process and its threads from call to call."""

    def __init__(self, child: int, folder: Path, number: int = 0, fate: Fate = KILL) -> None:
        self.calls: list[Call] = []
        self._child, self._folder, self._number, self._fate = child, str(folder), number, fate
        self._met: set[int] = set()  # the threads whose call is being made otherwise than they meant

    def follow(self) -> int:
        """Until the process has ended; its exit code."""
        ptrace(SYSCALL, self._child)
        while True:
            thread, status = os.waitpid(-1, ALL_THREADS)
            if not os.WIFSTOPPED(status):
                if thread == self._child:
                    return os.waitstatus_to_exitcode(status)
                continue
            stop = os.WSTOPSIG(status)
            if stop == AT_CALL:
                self._look(thread)
            is_ours = stop in (AT_CALL, signal.SIGSTOP, signal.SIGTRAP)
            ptrace(SYSCALL, thread, 0, 0 if is_ours else stop)

    def _look(self, thread: int) -> None:
        """Note the call that a thread begins, if it counts; see to its fate."""
        info = Info()
        ptrace(GET_SYSCALL_INFO, thread, ctypes.sizeof(info), ctypes.byref(info))
        if thread in self._met:
            self._met.discard(thread)
            self._finish(thread)
        elif info.op == ENTRY and (call := self._read(thread, info)):
            self.calls.append(call)
            is_later = len(self.calls) > self._number and self._fate.forever and call.name in NEED_ROOM
            if len(self.calls) == self._number or (self._number and is_later):
                self._meet(thread, call)

    def _meet(self, thread: int, call: Call) -> None:
        """A thread begins the call: kill, or have it do something else."""
        if self._fate.error:
            ptrace(POKEUSER, thread, WHICH, NONE)
        elif self._fate.half and call.size > 1:
            ptrace(POKEUSER, thread, THIRD_ARGUMENT, call.size // 2)
        else:
            os.kill(self._child, signal.SIGKILL)
            return
        self._met.add(thread)

    def _finish(self, thread: int) -> None:
        """A thread has done what it was made to do instead."""
        if self._fate.error:
            ptrace(POKEUSER, thread, OUTCOME, -self._fate.error)
        else:
            os.kill(self._child, signal.SIGKILL)

    def _read(self, thread: int, info: Info) -> Call | None:
        """The call that begins, if it changes a file of the folder."""
        number, arguments = info.number, info.arguments
        if number in BY_FILE:
            name, path = BY_FILE[number], read_link(f"/proc/{thread}/fd/{arguments[0]}")
        elif number in BY_PATH or (number == OPEN and arguments[1] & (os.O_CREAT | os.O_TRUNC)):
            name, path = BY_PATH.get(number, "create"), read_text(thread, arguments[0])
        elif number in BY_BOTH or (number == OPEN_AT and arguments[2] & (os.O_CREAT | os.O_TRUNC)):
            name, path = BY_BOTH.get(number, "create"), read_text(thread, arguments[1])
        else:
            return None
        inside = path.startswith(self._folder) or not path.startswith("/")
        return Call(name, Path(path).name, arguments[2] if number in HALVED else 0) if inside else None


def read_link(path: str) -> str:
    """What a link leads to; "/" where it is gone."""
    try:
        return str(Path(path).readlink())
    except OSError:
        return "/"


def read_text(process: int, place: int) -> str:
    """A path, where it stands in the memory of a process."""
    return os.fsdecode(read_memory(process, place, LONGEST_PATH).partition(b"\0")[0])


def read_memory(process: int, place: int, size: int) -> bytes:
    """So many bytes of the memory of a process, or as many as there are."""
    with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
        memory.seek(place)
        return memory.read(size)


def _is_allowed() -> bool:
    """Whether a process may follow another one here: containers can forbid it."""
    command = [sys.executable, "-m", "tests.trust.tracing"]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, timeout=60, check=False)
    return done.returncode == 0


AVAILABLE = KNOWN and (__name__ == "__main__" or _is_allowed())

if __name__ == "__main__":
    sys.exit(run_traced(int, Path(tempfile.gettempdir())).code)
