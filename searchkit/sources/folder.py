"""A folder of pages, with everything below it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from searchkit.model import Rejected
from searchkit.settings import MANIFEST
from searchkit.sources.file import display, reject_unreadable

# Files about the folder and not in it, as their names have it by custom.
_ABOUT = re.compile(r"(?:readme|license|licence|copying|changelog)(?:\.(?:md|txt|rst))?", re.IGNORECASE)


def walk(folder: Path) -> Iterator[Path | Rejected]:
    """Regular files below a folder in order of their names; a folder that cannot be listed is a Rejected.

    Left out: hidden files and folders, links (what they lead to is read where it lies), searchkit's own
    indexes, and files that describe the folder (README, LICENSE …).
    """
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: os.fsencode(entry.name))
    except OSError as problem:
        yield reject_unreadable(folder, problem)
        return
    if any(entry.name == MANIFEST for entry in entries):
        return
    for entry in entries:
        path = folder / entry.name
        if entry.name.startswith(".") or entry.is_symlink():
            continue
        if entry.is_dir():
            yield from walk(path)
        elif not entry.is_file():
            yield Rejected(display(path), "not-a-file", "it is a device, pipe or socket")
        elif not _ABOUT.fullmatch(entry.name):
            yield path


def measure(place: Path) -> int:
    """Bytes of the files at and below a place, as they lie on the disk."""
    if not place.is_dir():
        return place.stat().st_size if place.exists() else 0
    return sum(path.stat().st_size for path in walk(place) if isinstance(path, Path) and path.exists())
