"""CPU time and memory of processes. Times are those of the processor, for other work goes on beside."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

STATUS = Path("/proc/self/status")  # Linux
RUNS = 20  # of a short command; the least counts


def read_peak() -> float:
    """The most memory that this process has held so far, in MB.

    Where the system tells (VmHWM in Linux) it is this program's alone; ``ru_maxrss`` knows what ran before in the same
    process, too.
    """
    if STATUS.exists():
        return next(int(line.split()[1]) for line in STATUS.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 1024


def read_cpu() -> float:
    """CPU seconds so far, user and system, of this process and of those that it has waited for."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in used)


def run_stage(*arguments: str) -> Any:  # noqa: ANN401 - whatever the stage found
    """What a stage says, in a process of its own."""
    done = subprocess.run([sys.executable, str(Path(__file__).with_name("stage.py")), *arguments],
                          stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def measure_command(command: Sequence[str], runs: int = RUNS) -> float:
    """CPU milliseconds of a command: the least of so many runs, after one that fills the caches."""
    least = float("inf")
    for number in range(runs + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if number:
            least = min(least, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return least * 1000
