"""An answer of a web server, as archives keep it: header and body, the codings of the transfer undone."""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import dataclass
from importlib import import_module

from warcio.statusandheaders import StatusAndHeadersParser

from searchkit.sources.file import MAX_BYTES
from searchkit.sources.limits import FREE_BYTES, TooLarge, check_growth, inflate

_CHUNK = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r?\n")


class Undecodable(Exception):
    """A body that is damaged, or coded in a way that cannot be undone here."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The header of an answer; the body begins at ``start`` of the block."""

    status: int
    media_type: str
    codings: tuple[str, ...]
    chunked: bool
    start: int


def read_answer(block: bytes) -> Answer | None:
    """The header of the answer that begins a block; None when there is none."""
    if not block.startswith(b"HTTP/"):
        return None
    stream = io.BytesIO(block)
    headers = StatusAndHeadersParser((), verify=False).parse(stream)
    status = headers.statusline[:3]
    return Answer(
        status=int(status) if re.fullmatch("[0-9]{3}", status) else 0,
        media_type=headers.get_header("Content-Type") or "",
        codings=tuple(filter(None, re.split(r"[\s,]+", (headers.get_header("Content-Encoding") or "").lower()))),
        chunked="chunked" in (headers.get_header("Transfer-Encoding") or "").lower(),
        start=stream.tell(),
    )


def decode_body(body: bytes, answer: Answer) -> bytes:
    """The body as the browser saw it. Raises TooLarge and Undecodable."""
    if answer.chunked:
        body = _join_chunks(body)
    for coding in reversed(answer.codings):
        try:
            body = _undo(body, coding)
        except zlib.error as problem:
            raise Undecodable(f"its {coding} coding is damaged: {problem}") from None
    return body


def _join_chunks(body: bytes) -> bytes:
    """The chunks without their lengths; as it is what says chunked and is not, or from there on is not."""
    parts, place = [], 0
    while place < len(body):
        size = _CHUNK.match(body, place)
        if not size:
            parts.append(body[place:])
            break
        length = int(size[1], 16)
        if not length:
            break
        parts.append(body[size.end():size.end() + length])
        place = size.end() + length
        place += 2 if body[place:place + 2] == b"\r\n" else body[place:place + 1] == b"\n"
    return b"".join(parts)


def _undo(body: bytes, coding: str) -> bytes:
    if coding in ("gzip", "x-gzip"):  # many archives hold it undone and keep the header
        return inflate(body, 31, MAX_BYTES) if body.startswith(b"\x1f\x8b") else body
    if coding == "deflate":
        if body.lstrip()[:1] == b"<":
            return body
        zlib_header = body[:1] == b"\x78" and int.from_bytes(body[:2]) % 31 == 0
        return inflate(body, 15 if zlib_header else -15, MAX_BYTES)
    if coding == "br":
        return _undo_brotli(body)
    if coding in ("identity", "none", "utf-8"):
        return body
    raise Undecodable(f"its coding '{coding[:20]}' is not known")


def _undo_brotli(body: bytes) -> bytes:
    if body.lstrip()[:1] == b"<":
        return body
    try:
        brotli = import_module("brotli")
    except ImportError as missing:
        raise Undecodable(f"Brotli needs a package: pip install 'searchkit[archives]' ({missing})") from None
    unpacker, parts, size, rest = brotli.Decompressor(), [], 0, body
    try:
        while not unpacker.is_finished() and (
                part := unpacker.process(rest, output_buffer_limit=FREE_BYTES)):
            rest = b""
            size += len(part)
            check_growth(size, len(body))
            if size > MAX_BYTES:
                raise TooLarge(f"it unpacks to more than {MAX_BYTES // 2**20} MB")
            parts.append(part)
    except brotli.error as problem:
        raise Undecodable(f"its br coding is damaged: {problem}") from None
    return b"".join(parts)
