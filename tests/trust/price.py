"""What forcing costs: python -m tests.trust.price ROUNDS

The same commits, with and without forcing files to the disk, turn by turn on the disk of the working folder.
"""

import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from searchkit import disk
from searchkit.engines.whoosh import WhooshEngine
from searchkit.model import Document
from searchkit.search.analysis import Analysed, analyse_document

DOCUMENTS = 500  # of a commit, as a run hands them over
LENGTH = 400  # words of a story
VOCABULARY = [f"word{n}" for n in range(20_000)]


def measure(engine: WhooshEngine, documents: list[Analysed], forced: bool) -> float:
    """Seconds that a commit takes."""
    force = disk.force
    if not forced:
        disk.force = lambda path: None  # type: ignore[assignment]
    try:
        start = time.perf_counter()
        engine.add(documents)
        return time.perf_counter() - start
    finally:
        disk.force = force


def main(rounds: int) -> float:
    """The ratio of the median times, printed."""
    dice = random.Random(1)
    times: dict[bool, list[float]] = {True: [], False: []}
    with tempfile.TemporaryDirectory(prefix="price-", dir=".") as place:
        engines = {forced: WhooshEngine(Path(place, str(forced)), create=True) for forced in times}
        for number in range(rounds):
            documents = [analyse_document(Document(f"{number} {n}", "p", " ".join(dice.choices(VOCABULARY, k=LENGTH))))
                         for n in range(DOCUMENTS)]
            for forced in dice.sample([True, False], 2):
                times[forced].append(measure(engines[forced], documents, forced))
    with_, without = (statistics.median(times[forced]) for forced in (True, False))
    print(f"whoosh: a commit of {DOCUMENTS} stories takes {with_ / without:.2f} times as long as without forcing "
          f"(medians of {rounds}: {1000 * with_:.0f} and {1000 * without:.0f} ms)")
    return with_ / without


if __name__ == "__main__":
    main(int(sys.argv[1]))
