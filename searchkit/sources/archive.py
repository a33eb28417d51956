"""The pages in a zip file, and in what its members are if they are containers themselves.

Nothing is unpacked to a place of its name: a name is but what a page is called by.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from searchkit.model import READY, Page, Rejected
from searchkit.sources import mhtml, warc
from searchkit.sources.file import MAX_BYTES, is_asset, make_page, read_opened, reject_large
from searchkit.sources.folder import ABOUT
from searchkit.sources.kinds import JSONL, MHTML, WACZ, WARC, ZIP, find_kind
from searchkit.sources.limits import TooLarge, check_growth, inflate
from searchkit.sources.tally import Tally
from searchkit.sources.zipfiles import ENCRYPTED, FAULTS, open_member, open_zip, salvage

_SEPARATOR = re.compile(r"[/\\]+")
_RESOURCES = "__MACOSX"  # a folder of what only its maker's system understands


def read(path: Path) -> Iterator[Page | Rejected]:
    """The pages in a file; where its list of members is lost, those that are whole."""
    return read_opened(path, lambda file, shown, location: _Reader(file, shown, location).read())


class _Reader:
    """Goes through the members of one zip file."""

    def __init__(self, file: BinaryIO, shown: str, location: str) -> None:
        self._file, self._shown, self._location = file, shown, location
        self._tally = Tally()

    def read(self) -> Iterator[Page | Rejected]:
        try:
            members = open_zip(self._file)
        except TooLarge as problem:
            yield Rejected(self._shown, "too-large", str(problem))
            return
        except FAULTS as problem:
            yield Rejected(self._shown, "unreadable", f"it is no whole zip file: {problem}")
            for name, content in salvage(self._file, MAX_BYTES):
                if _is_of_interest(clean := _clean_name(name)) and not is_asset(clean):
                    yield from self._read_content(clean, content, len(content))
            return
        yield from self._read_members(members)
        yield from self._tally.report(self._shown)

    def _read_members(self, members: zipfile.ZipFile) -> Iterator[Page | Rejected]:
        seen: dict[str, int] = {}
        for info in members.infolist():
            name = _clean_name(info.filename)
            if info.is_dir() or not _is_of_interest(name):
                continue
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > 1:  # a zip file may hold several members of one name
                name = f"{name}#{seen[name]}"
            try:
                yield from self._read_member(members, info, name)
            except TooLarge as problem:
                yield Rejected(f"{self._shown}#{name}", "too-large", str(problem))
            except FAULTS as problem:
                yield Rejected(f"{self._shown}#{name}", "unreadable", str(problem))

    def _read_member(self, members: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Iterator[Page | Rejected]:
        shown = f"{self._shown}#{name}"
        kind = find_kind(info.filename)
        if kind in (ZIP, WACZ) or is_asset(info.filename):
            self._tally.pass_over(f"{PurePosixPath(info.filename).suffix.lower()} files")
            return
        if info.flag_bits & ENCRYPTED:
            yield Rejected(shown, "unreadable", "it is encrypted")
            return
        check_growth(info.file_size, info.compress_size)
        if kind == WARC:
            with open_member(members, info, self._file) as file:
                yield from warc.read_archive(file, shown, f"{self._location}#{name}")
        elif info.file_size > MAX_BYTES:
            yield reject_large(shown)
        else:
            yield from self._read_content(name, members.read(info), info.compress_size)

    def _read_content(self, name: str, content: bytes, size: int) -> Iterator[Page | Rejected]:
        shown, location = f"{self._shown}#{name}", f"{self._location}#{name}"
        if name.lower().endswith(".gz"):
            content = inflate(content, 31, MAX_BYTES)
        kind = find_kind(name)
        if kind == MHTML:
            yield mhtml.make_page(content, shown, location, size)
        elif kind == JSONL:
            for number, line in enumerate(content.split(b"\n"), 1):
                if line.strip():
                    yield Page(f"{shown}#{number}", line, f"{location}#{number}", READY)
        else:
            yield make_page(content, shown, location, size)


def _clean_name(name: str) -> str:
    """A member's name as a path below the zip file, whatever it was meant to reach."""
    return "/".join(part for part in _SEPARATOR.split(name) if part not in ("", ".", ".."))


def _is_of_interest(name: str) -> bool:
    """Whether a member would be read if it lay in a folder."""
    parts = name.split("/")
    return bool(name) and parts[0] != _RESOURCES and not any(part.startswith(".") for part in parts) \
        and not ABOUT.fullmatch(parts[-1])
