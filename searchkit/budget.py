"""What extracting a page may cost a worker: seconds of the processor, bytes of memory.

The system enforces both, for no parser asks it for permission: a worker that goes too far is ended, or gets
a MemoryError. Windows has no such limits, and only Linux tells (and keeps) the size of an address space.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

if sys.platform != "win32":
    import resource

# Ordinary pages take 0.01 to 0.5 s and 10 MB. With the start of a worker, and the plain text after it, a page
# that takes all it may have of the processor is done in 10 s.
PROCESSOR_SECONDS = 6
CLOCK_SECONDS = 30.0  # for machines with more to do than processors; kept by who waits for the worker
MEMORY = 2**30  # bytes of address space on top of what a worker starts with

OUT_OF_MEMORY = 77  # the exit code of a worker that ended itself for want of memory


def limit_memory() -> None:
    """Bound what this process may take from now on, where the platform can."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        _lower(resource.RLIMIT_AS, pages * resource.getpagesize() + MEMORY)
    if sys.platform != "win32":
        _lower(resource.RLIMIT_CORE, 0)  # nobody wants to see what was left of it


def limit_time() -> None:
    """Let this process have so many more seconds of the processor, where the platform can.

    A timer from now on, and no RLIMIT_CPU: the system counts for that from the start of the process, in ticks, which on
    a busy machine drift away from what any clock says; the drift of an hour would end a worker on a page of no length.
    """
    if sys.platform != "win32":
        signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the process, whatever it is at
        signal.setitimer(signal.ITIMER_PROF, PROCESSOR_SECONDS + 1)


def explain(exit_code: int | None) -> tuple[str, str]:
    """Reason and detail for the page on which a worker ended."""
    if sys.platform != "win32" and exit_code == -signal.SIGPROF:
        return "too-slow", f"it took more than {PROCESSOR_SECONDS} s of processor time"
    if exit_code == OUT_OF_MEMORY:
        return "out-of-memory", f"it took more than {MEMORY // 2**20} MB of memory"
    return "crashed", "the process that extracted it died"


def _lower(kind: int, value: int) -> None:
    """Set a limit, as far as the hard one allows."""
    if sys.platform != "win32":
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
