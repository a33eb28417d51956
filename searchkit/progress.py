"""The bar that shows how far a run is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from searchkit import render


class Progress:
    """A bar on standard error while it is a terminal; nothing otherwise, not even the measuring."""

    def __init__(self, measure: Callable[[], int]) -> None:
        self._begun = self._shown = time.monotonic()
        self._wanted = sys.stderr.isatty()
        self._whole = measure() if self._wanted else 0

    def show(self, pages: int, done: int) -> None:
        """Draw the bar anew, at most ten times a second."""
        now = time.monotonic()
        if self._wanted and now - self._shown > 0.1:
            self._shown = now
            line = render.render_progress(pages, done, self._whole, now - self._begun)
            sys.stderr.write(f"\r{line}\x1b[K")
            sys.stderr.flush()

    def clear(self) -> None:
        """Leave no trace."""
        if self._wanted:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
