"""One step of a comparison, in a process of its own; what it found is printed as JSON.

    python bench/stage.py build CONTENDER FOLDER CORPUS COUNT    index so many documents
    python bench/stage.py open CONTENDER FOLDER                  open the index for reading and do no more
    python bench/stage.py ask CONTENDER FOLDER CASES             answer the queries that ``draw_cases`` drew (a pickle)
    python bench/stage.py nothing                                start and leave
"""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from contenders import CONTENDERS
from measuring import read_cpu, read_peak

REPEATS = 3  # of a query, after one that warms up; the least counts


def main() -> None:
    """Do what the arguments say."""
    step, *arguments = sys.argv[1:]
    print(json.dumps(STEPS[step](*arguments)))


def build(contender: str, folder: str, corpus: str, count: str) -> dict[str, float]:
    """Seconds, but for those that reading the documents takes; the peak of memory, in MB; bytes of the index.

    The seconds are the processor's, where the contender does not tell its own.
    """
    import warnings

    from corpus import read_rows

    warnings.simplefilter("ignore")
    module = import_module(CONTENDERS[contender][0])
    read_time = getattr(module, "read_time", read_cpu)
    begun = read_time()
    for _ in read_rows(Path(corpus), int(count)):
        pass
    read = read_time()
    module.build(read_rows(Path(corpus), int(count)), Path(folder))
    seconds = (read_time() - read) - (read - begun)
    size = getattr(module, "measure_size", measure_size)(Path(folder))
    return {"seconds": seconds, "peak_mb": read_peak(), "bytes": size}


def measure_size(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def open_index(contender: str, folder: str) -> dict[str, float]:
    """The peak of memory in MB, of all that the process loaded."""
    reader = import_module(CONTENDERS[contender][0]).open_reader(Path(folder))
    return {"peak_mb": read_peak(), "open": bool(reader)}


def ask(contender: str, folder: str, drawn: str) -> dict[str, Any]:
    """For each query its kind, CPU milliseconds and number of matches; None where the engine cannot answer."""
    import warnings
    from time import process_time

    warnings.simplefilter("ignore")
    cases = pickle.loads(Path(drawn).read_bytes())
    module = import_module(CONTENDERS[contender][0])
    prepare, read_time = module.open_reader(Path(folder)), getattr(module, "read_time", process_time)
    answers = []
    for case in cases:
        run = prepare(case)
        answers.append([case.kind, *(_measure(run, read_time) if run else (None, None))])
    return {"answers": answers}


def start_and_leave() -> dict[str, float]:
    """The peak of memory of a process that does nothing but be measured."""
    return {"peak_mb": read_peak()}


def _measure(run: Callable[[], int], read_time: Callable[[], float]) -> tuple[float, int]:
    total, times = run(), []
    for _ in range(REPEATS):
        start = read_time()
        run()
        times.append(read_time() - start)
    return min(times) * 1000, total


STEPS: dict[str, Callable[..., Any]] = {"build": build, "open": open_index, "ask": ask, "nothing": start_and_leave}

if __name__ == "__main__":
    main()
