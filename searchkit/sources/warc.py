"""The pages in an archive of the web: WARC, ARC and WET, plain or compressed.

Only text becomes pages: images, styles, errors and redirects are passed over and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from searchkit.model import Page, Rejected
from searchkit.sources.file import MAX_BYTES, read_opened, reject_large
from searchkit.sources.limits import TooLarge
from searchkit.sources.payload import Answer, Undecodable, decode_body, read_answer
from searchkit.sources.records import Gap, Record, begins_record, read_records
from searchkit.sources.stream import MissingLibrary, Stream, open_stream
from searchkit.sources.tally import Tally, name_kind

_PAGES = ("text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml", "text/plain", "text/markdown")
_HTML = re.compile(rb"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_WEB = re.compile(r"(?:https?|ftp|file)://", re.IGNORECASE)
_ROBOTS = re.compile(r"https?://[^/]+/robots\.txt$", re.IGNORECASE)
_NOTES = "notes"  # what a crawler keeps for itself: requests, logs, look-ups
_TOLD_GAPS = 20  # damaged places of a file that are told one by one
_SHOWN_URL = 300  # characters of an address in a path


def read(path: Path) -> Iterator[Page | Rejected]:
    """The pages of a file."""
    return read_opened(path, read_archive)


def read_archive(file: BinaryIO, shown: str, location: str) -> Iterator[Page | Rejected]:
    """The pages of an open file, shown and located under these names; then what it holds beside them."""
    try:
        stream = open_stream(file, begins_record)
    except MissingLibrary as problem:
        yield Rejected(shown, "unreadable", str(problem))
        return
    reader = _Reader(stream, shown, location)
    yield from reader.read()


class _Reader:
    def __init__(self, stream: Stream, shown: str, location: str) -> None:
        self._stream, self._shown, self._location = stream, shown, location
        self._tally = Tally()
        self._told = 0

    def read(self) -> Iterator[Page | Rejected]:
        records, gaps = False, 0
        for found in read_records(self._stream, _is_promising):
            if isinstance(found, Gap):
                gaps += 1
                if gaps <= _TOLD_GAPS:
                    yield Rejected(self._shown, "too-large" if found.large else "unreadable",
                                   f"at {found.place}: {found.reason}")
                continue
            records = True
            result = self._make_page(found)
            if not isinstance(result, str):
                yield result
            elif result != _NOTES:
                self._tally.pass_over(result)
        if gaps > _TOLD_GAPS:
            yield Rejected(self._shown, "unreadable", f"it is damaged in {gaps - _TOLD_GAPS:,} more places")
        if not records:
            yield Rejected(self._shown, "unreadable", "there is no record of a WARC or ARC file in it")
        yield from self._tally.report(self._shown)

    def _make_page(self, record: Record) -> Page | Rejected | str:
        """The page in a record, or what kind of thing it is instead."""
        answer = read_answer(record.block) if record.type == "response" else None
        if other := _find_other(record, answer):
            return other
        path = f"{self._shown}#{_shorten(record.url)}"
        if record.length > MAX_BYTES:
            return reject_large(path)
        try:
            body = decode_body(record.block[answer.start:], answer) if answer else record.block
        except TooLarge as problem:
            return Rejected(path, "too-large", str(problem))
        except Undecodable as problem:
            return Rejected(path, "unreadable", str(problem))
        if not body.strip():
            return "empty answers"
        size, self._told = self._stream.count_read() - self._told, self._stream.count_read()
        return Page(path, body, f"{self._location}#{record.place}", _find_type(record, answer),
                    url=record.url if _WEB.match(record.url) else None, captured=record.date,
                    record=record.id, size=size)


def _is_promising(record: Record) -> bool:
    """Whether the rest of a record is worth reading."""
    return _find_other(record, read_answer(record.block) if record.type == "response" else None) == ""


def _find_other(record: Record, answer: Answer | None) -> str:
    """What kind of thing a record is if it is no page, else nothing."""
    if record.type == "revisit":
        return "further captures of the same content"
    if record.type not in ("response", "resource", "conversion"):
        return _NOTES
    if not answer and not _WEB.match(record.url):
        return _NOTES
    if not answer and record.type == "response":
        return "answers without an HTTP header"
    if answer and answer.status // 100 != 2:
        return "redirects" if answer.status // 100 == 3 else "errors"
    if _ROBOTS.match(record.url):
        return "robots.txt"
    kind = _find_type(record, answer)
    return "" if kind.partition(";")[0].strip().lower() in _PAGES else name_kind(kind)


def _find_type(record: Record, answer: Answer | None) -> str:
    """The media type of the content, guessed where the server did not say."""
    said = answer.media_type if answer else record.media_type
    if not said and _HTML.match(record.block, answer.start if answer else 0):
        return "text/html"
    return said


def _shorten(url: str) -> str:
    return url if len(url) <= _SHOWN_URL else url[:_SHOWN_URL] + "…"
