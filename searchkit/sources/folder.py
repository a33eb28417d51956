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
ABOUT = re.compile(r"(?:readme|license|licence|copying|changelog)(?:\.(?:md|txt|rst))?", re.IGNORECASE)


def walk(folder: Path) -> Iterator[Path | Rejected]:
    """Regular files below a folder in order of their names; a folder that cannot be listed is a Rejected.

    Left out: hidden files and folders, links (what they lead to is read where it lies), searchkit's own
    indexes, and files that describe the folder (README, LICENSE …).
    """
    waiting: list[tuple[Path | Rejected, bool]] = [(folder, True)]  # the next one last; no recursion, however deep
    while waiting:
        place, is_folder = waiting.pop()
        if is_folder and isinstance(place, Path):
            waiting += reversed(_list_folder(place))
        else:
            yield place


def _list_folder(folder: Path) -> list[tuple[Path | Rejected, bool]]:
    """What is of interest in a folder, in order of the names; whether each is a folder itself."""
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: os.fsencode(entry.name))
    except OSError as problem:
        return [(reject_unreadable(folder, problem), False)]
    if any(entry.name == MANIFEST for entry in entries):
        return []
    found: list[tuple[Path | Rejected, bool]] = []
    for entry in entries:
        path = folder / entry.name
        if entry.name.startswith(".") or entry.is_symlink():
            continue
        if entry.is_dir():
            found.append((path, True))
        elif not entry.is_file():
            found.append((reject_special(path), False))
        elif not ABOUT.fullmatch(entry.name):
            found.append((path, False))
    return found


def comes_to(folder: Path, place: Path) -> bool:
    """Whether ``walk`` of a folder comes to this place at or below it, or did while the place was there."""
    steps = [step for step in (place, *place.parents) if step.is_relative_to(folder)]
    if any(step != folder and (step.name.startswith(".") or step.is_symlink()) for step in steps):
        return False
    if any((step / MANIFEST).exists() for step in steps):
        return False
    return not (place.is_file() and ABOUT.fullmatch(place.name))


def measure(place: Path) -> int:
    """Bytes of the files at and below a place, as they lie on the disk."""
    if not exists(place):
        return 0
    files = walk(place) if place.is_dir() else [place]
    return sum(path.stat().st_size for path in files if isinstance(path, Path) and exists(path))
