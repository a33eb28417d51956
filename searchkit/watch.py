"""Watching: an index is kept up to date with folders, by runs over what has changed in them.

The first run reads everything and prunes, so that nothing is missed that happened while nobody watched; it begins
when the folders are watched already. A watch that ends in whatever way loses nothing: the next one begins the same way.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import watchfiles

from searchkit import sources
from searchkit.errors import IndexLocked, SettingsError, SourceError
from searchkit.index import open_index
from searchkit.ledger import find_waiting, knows_below
from searchkit.report import IndexReport
from searchkit.settings import Settings

SETTLED = 1.0  # seconds without a change after which what has changed is read
LONGEST = 10  # times as long is waited for folders that never rest
POLLED = 5_000  # milliseconds between two looks at folders where the system does not tell
AGAIN = 1.0  # seconds after which a locked index is tried again


class Ended(KeyboardInterrupt):
    """The system asked the process to end (SIGTERM)."""


class Told(NamedTuple):
    """Who is told: of each run what it did, and of what else there is a sentence."""

    report: Callable[[IndexReport], None]
    say: Callable[[str], None]


def watch(folders: Sequence[str], settings: Settings, told: Told, settled: float = SETTLED) -> None:
    """Keep the index of the settings up to date with folders until a signal ends it.

    ``settled`` is in seconds. Raises KeyboardInterrupt for SIGINT and ``Ended`` for SIGTERM, after the batch that is
    being written; SourceError for what is no folder, also when it is one no longer (its documents are kept);
    and what a run raises. A locked index is waited for.
    """
    if not 0 < settled <= 3600:
        raise SettingsError(f"{settled:g} is no time to settle", "--settle", "give seconds: more than 0, up to 3600")
    places = [_Place.find(folder) for folder in folders]
    for place in places:
        place.check_filled(Path(settings.only_index))
    stop = _Stop()
    with stop.heed():
        run = _Run(settings, places, told, stop)
        for changed in _follow([place.absolute for place in places], stop, settled, told.say):
            for place in places:
                place.check()
            run.read([place.given for place in places] if changed is None else _choose(changed, places))
        stop.check()


def _follow(places: Sequence[Path], stop: _Stop, settled: float, say: Callable[[str], None]) -> Iterator[
        set[str] | None]:
    """What has changed, each time that the places have settled; None where it is not known: first, and after a fault
    of the watching. The system's messages are such a fault where they are about a name that is not Unicode, if only
    because it is read; from then on the places are looked through.
    """
    step, polls = round(settled * 1000), None
    while True:
        begun = False
        try:
            for changes in watchfiles.watch(
                    *places, watch_filter=None, step=step, debounce=LONGEST * step, rust_timeout=step,
                    yield_on_timeout=True, stop_event=stop.wished, force_polling=polls, poll_delay_ms=POLLED):
                if changes or not begun:
                    yield {path for _, path in changes} if begun else None
                begun = True
            return
        except (OSError, RuntimeError) as problem:  # the second is the parent of watchfiles' own
            if not begun:
                raise SourceError(f"the folder cannot be watched: {problem}", ", ".join(map(str, places)),
                                  "look at it from time to time instead: WATCHFILES_FORCE_POLLING=1") from None
            polls = True
            say(f"{problem}: everything is read again, and looked through every {POLLED // 1000} seconds from now on")


def _choose(changed: Iterable[str], places: Sequence[_Place]) -> list[Path]:
    """The paths that a run would come to, as it would name them, without those below others."""
    named = {found for path in changed if (found := _name(Path(path), places))}
    return sorted(path for path in named if named.isdisjoint(path.parents))


def _name(path: Path, places: Sequence[_Place]) -> Path | None:
    """How a run names a path; None where it would pass over it."""
    place = next((place for place in places if path.is_relative_to(place.absolute)), None)
    if place is None or not sources.comes_to(place.absolute, path):
        return None
    return place.given / path.relative_to(place.absolute)


class _Place(NamedTuple):
    """A folder, as it was given and as the watching names it, and the device that it is on."""

    given: Path
    absolute: Path
    device: int

    @classmethod
    def find(cls, folder: str) -> _Place:
        """The folder of this name."""
        given = Path(folder)
        absolute = given.resolve() if ".." in given.parts else given.absolute()
        if absolute.is_dir():
            return cls(given, absolute, absolute.stat().st_dev)
        if absolute.exists():
            raise SourceError("this is no folder, and only folders are watched", folder,
                              "give the folder that it is in")
        raise SourceError("there is no such folder", folder, "check the spelling of the path")

    def check(self) -> None:
        """Raise SourceError where there is no folder any more, or that of another device: it is not mounted."""
        if not self.absolute.is_dir() or self.absolute.stat().st_dev != self.device:
            raise SourceError("the folder is gone; its documents are kept", str(self.given),
                              "watch it again when it is back, or forget them: searchkit index --rebuild PATH...")

    def check_filled(self, index: Path) -> None:
        """Raise SourceError where nothing is in the folder and documents are known of it: it may not be mounted."""
        if not any(self.absolute.iterdir()) and knows_below(index, sources.locate(self.absolute)):
            raise SourceError("the folder is empty, and the index has documents of it", str(self.given),
                              "mount it, or forget them: searchkit index --prune PATH...")


@dataclass(slots=True)
class _Stop:
    """The wish to end. A run ends at its next page and keeps what it has; a second signal waits for nothing."""

    wished: threading.Event = field(default_factory=threading.Event)
    number: int = 0

    def take(self, number: int, _: FrameType | None) -> None:
        """Handle a signal."""
        self.number = number
        self.wished.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def check(self, *_: object) -> None:
        """Raise what the wish is; takes what a run tells of its progress."""
        if self.wished.is_set():
            raise Ended if self.number == signal.SIGTERM else KeyboardInterrupt

    @contextmanager
    def heed(self) -> Iterator[None]:
        """Take the signals until the end of the block."""
        before = {number: signal.signal(number, self.take) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@dataclass(slots=True)
class _Run:
    """One run after another, each with the index opened anew: others may write to it in between."""

    settings: Settings
    places: Sequence[_Place]
    told: Told
    stop: _Stop
    is_first: bool = True

    def read(self, changed: Sequence[Path]) -> None:
        """Bring the index up to date with paths, be they there or gone; then with captures that take their place."""
        report = self._read_patiently(changed) if changed else IndexReport()
        if report.removed:
            waiting = map(sources.find_file, find_waiting(Path(self.settings.only_index)))
            if heirs := {_name(file, self.places) or file for file in waiting if file}:
                self._read_patiently(sorted(heirs))

    def _read_patiently(self, changed: Sequence[Path]) -> IndexReport:
        """One run, as soon as nobody else writes to the index."""
        waits = False
        while True:
            self.stop.check()
            try:
                report = self._read(changed)
            except IndexLocked as locked:
                if not waits:
                    self.told.say(f"{locked.what}; waiting until it is done")
                waits = True
                self.stop.wished.wait(AGAIN)
            except SourceError:  # what was there a moment ago is gone
                if all(path.exists() for path in changed):
                    raise
            else:
                self.told.report(report)
                return report

    def _read(self, changed: Sequence[Path]) -> IndexReport:
        settings = self.settings
        there = [path for path in changed if path.exists()]
        gone = [path for path in changed if path not in there]
        with open_index(settings.only_index, settings.engine, create=self.is_first, aliases=None) as index:
            self.is_first = False
            return index.add(there, workers=settings.workers, prune=True, vanished=gone, ner=settings.ner,
                             progress=self.stop.check)
