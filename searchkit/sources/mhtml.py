"""The page in an MHTML file (.mht, .mhtml): a mail whose parts are the page and what it shows."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from searchkit.model import Page, Rejected
from searchkit.sources.file import display, find_location, read_content
from searchkit.sources.savetime import write_time

_DEEPEST = 5  # parts within parts: browsers and mail programs write two or three
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_HEADER_LINE = re.compile(rb"[!-9;-~]{1,80}:|[ \t]")  # or the line before it goes on
_LONGEST_HEADER = 64 * 2**10  # bytes


@dataclass(frozen=True, slots=True)
class _Part:
    header: Message
    body: bytes


def read(path: Path) -> Iterator[Page | Rejected]:
    """The page of a file."""
    content = read_content(path)
    if isinstance(content, Rejected):
        yield content
    else:
        yield make_page(content, display(path), find_location(path), path.stat().st_size)


def make_page(content: bytes, shown: str, location: str, size: int) -> Page | Rejected:
    """The page that a file's content holds: its main part, with its address and the day it was saved."""
    whole = _read_part(content)
    parts = [part for part in _find_leaves(whole, 0) if part.header.get_content_type() in (
        "text/html", "application/xhtml+xml")]
    if not parts:
        return Rejected(shown, "no-content", "there is no page among the parts of the file")
    snapshot, start = whole.header.get("Snapshot-Content-Location"), whole.header.get_param("start")
    main = next((part for part in parts if (snapshot and part.header.get("Content-Location") == snapshot)
                 or (start and part.header.get("Content-ID") == start)), parts[0])
    try:
        body = _decode(main)
    except binascii.Error as problem:
        return Rejected(shown, "unreadable", f"the page in it is damaged: {problem}")
    url = str(main.header.get("Content-Location") or snapshot or "").strip()
    return Page(shown, body, location, str(main.header.get("Content-Type")),
                url=url if url.startswith(("http://", "https://", "ftp://", "file://")) else None,
                captured=_read_time(whole.header), size=size)


def _read_part(data: bytes) -> _Part:
    """Header and body; lines that do not belong into a header are passed over."""
    data = data.lstrip(b"\r\n")
    end = _BLANK_LINE.search(data[:_LONGEST_HEADER])
    head = data[:end.start()] if end else data[:_LONGEST_HEADER]
    lines = [line for line in head.splitlines() if _HEADER_LINE.match(line)]
    return _Part(BytesHeaderParser().parsebytes(b"\n".join(lines) + b"\n\n"), data[end.end():] if end else b"")


def _find_leaves(part: _Part, depth: int) -> Iterator[_Part]:
    """The parts that have no parts, in order. Where the boundaries are missing, the whole is one part."""
    if part.header.get_content_maintype() != "multipart":
        yield part
    elif depth < _DEEPEST:
        pieces = _split(part.body, str(part.header.get_boundary("")))
        for piece in pieces or [part.body]:
            yield from _find_leaves(_read_part(piece), depth + 1)


def _split(body: bytes, boundary: str) -> list[bytes]:
    """What stands between the boundaries; the last piece may be cut short."""
    mark = b"--" + boundary.encode("ascii", "replace")
    if not boundary or mark not in body:
        return []
    pieces = (b"\n" + body).split(b"\n" + mark)[1:]
    return [piece for piece in pieces if not piece.startswith(b"--") and piece.strip()]


def _decode(part: _Part) -> bytes:
    coding = str(part.header.get("Content-Transfer-Encoding", "")).strip().lower()
    if coding == "quoted-printable":
        return binascii.a2b_qp(part.body)
    if coding == "base64":
        signs = re.sub(rb"[^A-Za-z0-9+/]", b"", part.body)
        whole = signs[:-1] if len(signs) % 4 == 1 else signs  # where it is cut short
        return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
    return part.body


def _read_time(header: Message) -> str | None:
    try:
        return write_time(parsedate_to_datetime(str(header.get("Date"))))
    except (ValueError, TypeError, OverflowError):
        return None
