"""The records of a WARC or ARC file, one after the other, and the gaps where there should be one.

warcio reads the headers. What frames the records is ours, because no library goes on after damage: a record
counts only if another one, or the end, follows where it says that it ends. Otherwise the next line that
begins a record is looked for.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException

from searchkit.sources.file import MAX_BYTES
from searchkit.sources.limits import TooLarge
from searchkit.sources.savetime import read_iso
from searchkit.sources.stream import Stream

MAX_HEAD = 256 * 2**10  # bytes of a record's header, or of the HTTP header in it; servers stop at 8 to 64 KB
_WRONG_LENGTH = "the record does not end where it says it does"
_NEAR = 20  # bytes by which a length may be wrong and its record still be whole but for a few characters
_VERSION = re.compile(rb"WARC/[01]\.\d{1,2}[ \t]*\r{0,2}\n")
_BLANK = b" \t\r\n\0"  # may stand between records and is no loss
_LENGTH = re.compile(r"[0-9]{1,15}")

logging.getLogger("warcio").addHandler(logging.NullHandler())  # or its warnings would reach the terminal


@dataclass(slots=True)
class Record:
    """A record: what its header says, and its block (in part, where it is long or not wanted).

    ``date`` is ISO 8601 or None; ``place`` is its offset in the file.
    """

    type: str
    url: str
    date: str | None
    media_type: str
    id: str | None
    length: int
    place: str
    block: bytes = b""


@dataclass(frozen=True, slots=True)
class Gap:
    """What could not be read: where it begins, and why; whether because it is too large."""

    place: str
    reason: str
    large: bool = False


def begins_record(data: bytes) -> bool:
    """Whether these are the first bytes of a record."""
    line = data.partition(b"\n")[0] + b"\n"
    return _VERSION.match(line) is not None or _is_arc_header(line)


def read_records(stream: Stream, wants: Callable[[Record], bool]) -> Iterator[Record | Gap]:
    """All records; the block is read to its end (up to MAX_BYTES) if ``wants`` says so of its first bytes."""
    found: Record | Gap | None = None
    while True:
        place, head = _find_head(stream)
        if place is not None and not isinstance(found, Gap):  # what follows a gap belongs to it
            yield Gap(stream.name_place(place), "there is no record where one should begin")
        if head is not None:
            found = _read_record(stream, head, stream.name_place(stream.tell() - len(head)), wants)
        elif (trouble := stream.trouble) is not None:
            found = _make_gap(stream.name_place(stream.tell()), trouble)
            stream.resume()
        else:
            return
        yield found


def _find_head(stream: Stream) -> tuple[int | None, bytes | None]:
    """Where something else stands before the next record (None: nothing does), and its header (None: no more)."""
    place = None
    while line := stream.readline(MAX_HEAD):
        found = _VERSION.search(line)
        other = (line[:found.start()] if found else line).strip(_BLANK)
        if not found and _is_arc_header(line):
            return place, line
        if other and place is None:
            place = stream.tell() - len(line)
        if found:
            return place, line[found.start():] + _read_lines(stream)
    return place, None


def _read_lines(stream: Stream) -> bytes:
    """The lines of a header up to the blank one."""
    lines, size = [], 0
    while size < MAX_HEAD and (line := stream.readline(MAX_HEAD)):
        lines.append(line)
        size += len(line)
        if not line.strip():
            break
    return b"".join(lines)


def _is_arc_header(line: bytes) -> bool:
    """An ARC record begins with one line: address, IP address, date, media type, length."""
    parts = line.rsplit(b" ", 4)
    return (len(parts) == 5 and b":" in parts[0] and parts[2].isdigit() and 8 <= len(parts[2]) <= 14
            and parts[4].strip().isdigit())


def _read_record(stream: Stream, head: bytes, place: str, wants: Callable[[Record], bool]) -> Record | Gap:
    start = stream.tell()
    record = _read_header(head, place)
    if record is None:
        return Gap(place, "the record's header cannot be read")
    ahead = stream.peek(record.length) if record.length else None
    if ahead is not None and not _ends_record(ahead):
        return Gap(place, _WRONG_LENGTH)
    record.block = stream.read(min(record.length, MAX_HEAD))
    rest = record.length - len(record.block)
    if rest and wants(record) and record.length <= MAX_BYTES:
        record.block += stream.read(rest)
        rest = record.length - len(record.block)
    elif rest:
        rest -= stream.skip(rest)
    if rest or not _ends_record(stream.peek(0) or b""):
        if (trouble := stream.trouble) is not None:
            stream.resume()
            return _make_gap(place, trouble)
        stream.rewind(start)
        return Gap(place, _WRONG_LENGTH)
    return record


def _make_gap(place: str, trouble: Exception) -> Gap:
    return Gap(place, str(trouble), isinstance(trouble, TooLarge))


def _ends_record(following: bytes) -> bool:
    """Whether a record can end before these bytes."""
    return following[:1] in (b"", b"\r", b"\n") or b"WARC/" in following[:_NEAR] or begins_record(following)


def _read_header(head: bytes, place: str) -> Record | None:
    kind = "warc" if head.startswith(b"WARC/") else "arc"
    try:
        headers = ArcWarcRecordLoader().parse_record_stream(
            io.BytesIO(head), known_format=kind, no_record_parse=True).rec_headers
    except (ArchiveLoadFailed, StatusAndHeadersParserException, ValueError, EOFError):
        return None
    length = headers.get_header("Content-Length") or ""
    if not _LENGTH.fullmatch(length):
        return None
    identity = headers.get_header("WARC-Record-ID") if kind == "warc" else None
    return Record(
        type=(headers.get_header("WARC-Type") or "").lower(),
        url=headers.get_header("WARC-Target-URI") or "",
        date=read_iso(headers.get_header("WARC-Date")),
        media_type=headers.get_header("Content-Type") or "",
        id=identity.strip("<> ") if identity else None,
        length=int(length),
        place=place,
    )
