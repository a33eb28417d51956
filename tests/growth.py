"""How the time of a piece of work grows with its input: a ratio within one run, for the clocks of machines differ."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

FACTOR = 8  # the larger input is so many times the smaller one
MOST = 24  # a linear step takes 8 times as long, and some more on a busy machine, a quadratic one 64 times
LEAST = 0.002  # seconds below which the clock says nothing
TRIALS = 3


def grows_with_its_input(work: Callable[[int], object], size: int) -> bool:
    """Whether ``work`` on an input of ``FACTOR`` times this size takes not much more than so many times as long."""
    gc.collect()
    small, large = (min(_measure(work, count) for _ in range(TRIALS)) for count in (size, size * FACTOR))
    return large < MOST * max(small, LEAST)


def _measure(work: Callable[[int], object], size: int) -> float:
    """Seconds of the processor."""
    begun = time.process_time()
    work(size)
    return time.process_time() - begun
