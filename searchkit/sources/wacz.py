"""The pages in a WACZ file: a zip file with a package's description, and WARC files below ``archive/``."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from searchkit.model import Page, Rejected
from searchkit.sources import warc
from searchkit.sources.file import read_opened
from searchkit.sources.kinds import WARC, find_kind
from searchkit.sources.limits import TooLarge
from searchkit.sources.zipfiles import ENCRYPTED, FAULTS, open_member, open_zip

_DESCRIPTION = "datapackage.json"
_MOST_DESCRIPTION = 16 * 2**20  # bytes
_FOLDER = "archive/"


def read(path: Path) -> Iterator[Page | Rejected]:
    """The pages of all its WARC files, in order of their names."""
    return read_opened(path, _read_package)


def _read_package(file: BinaryIO, shown: str, location: str) -> Iterator[Page | Rejected]:
    try:
        members = open_zip(file)
        problem = _find_problem(members)
    except (*FAULTS, TooLarge) as fault:
        yield Rejected(shown, "unreadable", f"it is no whole WACZ file: {fault}")
        return
    if problem:
        yield Rejected(shown, "unreadable", f"it is no WACZ file: {problem}")
        return
    for info in sorted(_find_archives(members), key=lambda info: info.filename):
        name = info.filename
        try:
            with open_member(members, info, file) as archive:
                yield from warc.read_archive(archive, f"{shown}#{name}", f"{location}#{name}")
        except TooLarge as fault:
            yield Rejected(f"{shown}#{name}", "too-large", str(fault))
        except FAULTS as fault:
            yield Rejected(f"{shown}#{name}", "unreadable", str(fault))


def _find_archives(members: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [info for info in members.infolist() if info.filename.startswith(_FOLDER)
            and find_kind(info.filename) == WARC and not info.flag_bits & ENCRYPTED]


def _find_problem(members: zipfile.ZipFile) -> str | None:
    """Why this is no WACZ file, if it is none."""
    try:
        info = members.getinfo(_DESCRIPTION)
    except KeyError:
        return f"there is no {_DESCRIPTION} in it"
    if info.file_size > _MOST_DESCRIPTION:
        return f"its {_DESCRIPTION} is too large"
    try:
        described = isinstance(json.loads(members.read(info)), dict)
    except (ValueError, RecursionError):
        described = False
    if not described:
        return f"its {_DESCRIPTION} is no JSON object"
    return None if _find_archives(members) else f"there is no WARC file below {_FOLDER} in it"
