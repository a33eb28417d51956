"""A folder of pages, with everything below it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from searchkit.model import Rejected
from searchkit.settings import MANIFEST
from searchkit.sources.file import exists, reject_special, reject_unreadable

# Files about the folder and not in it, as their names have it by custom.
_ABOUT = re.compile(r"(?:readme|license|licence|copying|changelog)(?:\.(?:md|txt|rst))?", re.IGNORECASE)


def walk(folder: Path) -> Iterator[Path | Rejected]:
    """Regular files below a folder in order of their names; a folder that cannot be listed is a Rejected.

    Left out: hidden files and folders, links (what they lead to is read where it lies), searchkit's own
    indexes, and files that describe the folder (README, LICENSE …).
    """
    waiting: list[Path | Rejected] = [folder]  # the next one last; no recursion, however deep the folders are
    while waiting:
        place = waiting.pop()
        if isinstance(place, Rejected) or not place.is_dir():
            yield place
        else:
            waiting += reversed(_list_folder(place))


def _list_folder(folder: Path) -> list[Path | Rejected]:
    """What is of interest in a folder, in order of the names."""
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: os.fsencode(entry.name))
    except OSError as problem:
        return [reject_unreadable(folder, problem)]
    if any(entry.name == MANIFEST for entry in entries):
        return []
    found: list[Path | Rejected] = []
    for entry in entries:
        path = folder / entry.name
        if entry.name.startswith(".") or entry.is_symlink():
            continue
        if not entry.is_dir() and not entry.is_file():
            found.append(reject_special(path))
        elif entry.is_dir() or not _ABOUT.fullmatch(entry.name):
            found.append(path)
    return found


def measure(place: Path) -> int:
    """Bytes of the files at and below a place, as they lie on the disk."""
    files = walk(place) if exists(place) else ()
    return sum(path.stat().st_size for path in files if isinstance(path, Path) and path.exists())
