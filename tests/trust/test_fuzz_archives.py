"""Archives that were damaged at random, read as a run reads them. At length: ``make fuzz``."""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from searchkit.model import Page, Rejected
from searchkit.sources import read

from .mutation import CONTAINERS, Mutator, make_archive, read_samples

COUNT = int(os.environ.get("FUZZ_ARCHIVES", "400"))
SEED = os.environ.get("FUZZ_SEED", "1")
LONGEST = 5  # seconds of the processor


class TooSlow(BaseException):
    """Not an Exception, so that no code takes it for damage in a file."""


@contextmanager
def ending_after(seconds: float) -> Iterator[None]:
    """Raise TooSlow in what takes more seconds of the processor."""
    def stop(*_: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def read_one(path: Path) -> tuple[int, int]:
    """How many pages and refusals a file gives; all of them are looked at."""
    pages = refused = 0
    for found in read([path]):
        if isinstance(found, Page):
            pages += 1
            assert found.path and found.content is not None
        else:
            refused += 1
            assert isinstance(found, Rejected) and found.reason and found.path
            assert found.reason != "failed", found.detail  # a fault of ours, from which the run was saved
    return pages, refused


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="wants a timer of the processor")
def test_no_archive_breaks_or_holds_up_a_run(tmp_path: Path) -> None:
    samples, faults, slowest = read_samples(), [], (0.0, "")
    sums: Counter[str] = Counter()
    for number in range(COUNT):
        name, content = make_archive(Mutator(f"{SEED} archive {number}", samples), samples)
        path = tmp_path / name
        path.write_bytes(content)
        begun = time.process_time()
        try:
            with ending_after(LONGEST):
                pages, refused = read_one(path)
        except (Exception, TooSlow):
            faults.append(f"{number} {name}: {traceback.format_exc()[-600:]}")
        else:
            sums.update(pages=pages, refused=refused, silent=not pages and not refused)
        slowest = max(slowest, (time.process_time() - begun, f"{number} {name}"))
    print(f"\n{COUNT:,} archives of {len(CONTAINERS)} kinds, seed {SEED}: {sums['pages']:,} pages, "
          f"{sums['refused']:,} refusals, {sums['silent']:,} with neither, {len(faults):,} crashes or more than "
          f"{LONGEST} s; the slowest took {slowest[0]:.2f} s ({slowest[1]})")
    assert faults == []
    assert sums["silent"] == 0  # what is no page has a reason
    assert sums["pages"] > COUNT and sums["refused"] > COUNT / 10


def test_the_archives_are_sound_before_they_are_damaged(tmp_path: Path) -> None:
    samples = read_samples()
    for name, pack in CONTAINERS:
        (tmp_path / name).write_bytes(pack(samples[:3]))
        pages, refused = read_one(tmp_path / name)
        assert (pages > 0, refused) == (True, 0), name


def test_a_loop_is_ended_though_the_code_catches_every_exception() -> None:
    with pytest.raises(TooSlow), ending_after(0.05):
        while True:
            try:
                list(range(1000))
            except Exception:
                continue

