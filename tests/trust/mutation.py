"""Bytes that begin as something honest and are changed at random, the same for the same seed."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 200_000  # bytes of a mutant; how size is bounded has tests of its own
MOST_CHANGES = 12
TOKENS = [b"<", b">", b"</", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<script>", b"</script>", b"<style>", b"<table>",
          b"<svg>", b"<math>", b"<template>", b"<noscript>", b"<textarea>", b"<title>", b"<base href=x>",
          b"<plaintext>", b"<meta charset=utf-16>", b"<meta charset=x-user-defined>", b"<meta charset=utf-7>",
          b"<meta charset=\x00>",
          b'<script type="application/ld+json">', b'{"@graph":[{"datePublished":1e999}]}', b'"datePublished":"',
          b"<time datetime='99999-99-99T99:99'>", b"2018-02-30", b"31 February 0000", b"99999999999999999999",
          b'<meta property="article:published_time" content="', b"&#x110000;", b"&#0;", b"&#xd800;", b"&amp", b"&;",
          b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x1b[31m", b"\x9b2J", b"\r",
          "\u202e\u0301\u200b\ufeff\u2028".encode(), "ﷺİẞ華🚢".encode(), b"http://[::1", b"http://\xff/", b"://",
          b"\r\n\r\n", b"Content-Length: -1\r\n", b"Content-Length: 99999999999999999999\r\n", b"Content-Type: ;;=\r\n",
          b"Transfer-Encoding: chunked\r\n", b"WARC/1.1\r\n", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08\x00",
          b"%00%ff%", b"\"", b"'", b"{", b"}", b"[", b"]", b"\\u", b"=", b" "]
ENCODINGS = ["utf-16", "utf-32", "utf-8-sig", "utf-7", "cp1252", "shift_jis", "gb18030", "cp037"]


def read_samples() -> list[bytes]:
    """The sample pages, as bytes."""
    files = sorted((ROOT / "seeds").glob("*.html")) + sorted((ROOT / "seeds").glob("*.txt"))
    return [path.read_bytes() for path in files]


class Mutator(random.Random):
    """Changes bytes. Each kind of change has its method; ``others`` is what foreign parts are taken from."""

    def __init__(self, seed: str, others: Sequence[bytes]) -> None:
        super().__init__(seed)
        self._others = others

    def mutate(self, data: bytes, most: int = MOST_CHANGES) -> bytes:
        """The data with up to so many changes, at least one."""
        kinds: list[Callable[[bytes], bytes]] = [
            self.flip, self.flip, self.overwrite, self.insert, self.insert, self.insert, self.remove, self.repeat,
            self.swap, self.splice, self.cut]
        for _ in range(self.randint(1, most)):
            data = self.choice(kinds)(data)[:LARGEST]
        return data

    def find_part(self, data: bytes, longest: int = 2_000) -> tuple[int, int]:
        """Where a part of the data begins and ends."""
        begin = self.randrange(len(data) + 1)
        return begin, min(len(data), begin + self.randrange(longest))

    def flip(self, data: bytes) -> bytes:
        """A few bits are others."""
        changed = bytearray(data)
        for _ in range(self.choice((1, 1, 4, 50)) if data else 0):
            changed[self.randrange(len(changed))] ^= 1 << self.randrange(8)
        return bytes(changed)

    def overwrite(self, data: bytes) -> bytes:
        """A part is noise."""
        begin, end = self.find_part(data, 50)
        return data[:begin] + self.randbytes(end - begin) + data[end:]

    def insert(self, data: bytes) -> bytes:
        """A token stands where it does not belong, perhaps many times."""
        at = self.randrange(len(data) + 1)
        return data[:at] + self.choice(TOKENS) * self.choice((1, 1, 1, 3, 2_000)) + data[at:]

    def remove(self, data: bytes) -> bytes:
        """A part is gone."""
        begin, end = self.find_part(data)
        return data[:begin] + data[end:]

    def repeat(self, data: bytes) -> bytes:
        """A part stands there again and again."""
        begin, end = self.find_part(data, self.choice((10, 300)))
        return data[:end] + data[begin:end] * self.choice((1, 10, 500)) + data[end:]

    def swap(self, data: bytes) -> bytes:
        """A part stands elsewhere."""
        begin, end = self.find_part(data)
        rest = data[:begin] + data[end:]
        at = self.randrange(len(rest) + 1)
        return rest[:at] + data[begin:end] + rest[at:]

    def splice(self, data: bytes) -> bytes:
        """It goes on as something else does."""
        other = self.choice(self._others)
        return data[:self.randrange(len(data) + 1)] + other[self.randrange(len(other) + 1):]

    def cut(self, data: bytes) -> bytes:
        """It ends early, seldom very early."""
        return data[:len(data) - self.randrange(min(len(data), 3_000) + 1)]


def make_page(dice: Mutator, samples: Sequence[bytes]) -> bytes:
    """A page that was changed, now and then in another encoding."""
    page = dice.mutate(dice.choice(samples))
    if dice.random() < 0.1:
        page = page.decode("utf-8", "replace").encode(dice.choice(ENCODINGS), "replace")
    return page


def make_archive(dice: Mutator, samples: Sequence[bytes]) -> tuple[str, bytes]:
    """The name of a file and its content, which began as a sound container of pages."""
    name, pack = dice.choice(CONTAINERS)
    inner = [page if dice.random() < 0.8 else dice.mutate(page, 3) for page in dice.choices(samples, k=3)]
    content = pack(inner)
    if name.endswith(".gz") and dice.random() < 0.5:  # damage in what is packed, not in the packing
        return name, gzip.compress(dice.mutate(gzip.decompress(content)), 1)
    return name, dice.mutate(content)


def pack_warc(pages: Sequence[bytes]) -> bytes:
    """A WARC file of answers."""
    return b"".join(map(_pack_record, range(len(pages)), pages))


def _pack_record(number: int, page: bytes) -> bytes:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page)
    return (b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://coast.example/%d\r\nWARC-Date: "
            b"2023-06-01T12:00:00Z\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n"
            b"%s\r\n\r\n" % (number, len(answer), answer))


def pack_packed_warc(pages: Sequence[bytes]) -> bytes:
    """A WARC file whose records are compressed one by one."""
    return b"".join(gzip.compress(_pack_record(number, page), 1) for number, page in enumerate(pages))


def pack_deflated_warc(pages: Sequence[bytes]) -> bytes:
    """A WARC file of answers whose bodies are compressed and sent in chunks."""
    records = []
    for number, page in enumerate(pages):
        body = zlib.compress(page)
        chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        answer = (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: deflate\r\n"
                  b"Transfer-Encoding: chunked\r\n\r\n" + chunk)
        records.append(b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://coast.example/%d\r\n"
                       b"Content-Type: application/http\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
                       % (number, len(answer), answer))
    return b"".join(records)


def pack_arc(pages: Sequence[bytes]) -> bytes:
    """An ARC file, which came before WARC."""
    head = b"filedesc://a.arc 0.0.0.0 20060101000000 text/plain 13\n1 0 Coasters\n\n"
    answers = [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page for page in pages]
    return head + b"".join(b"http://coast.example/%d 192.0.2.1 20060101000000 text/html %d\n%s\n"
                           % (number, len(answer), answer) for number, answer in enumerate(answers))


def pack_zip(pages: Sequence[bytes], names: str = "{}.html") -> bytes:
    """A zip file of pages."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for number, page in enumerate(pages):
            file.writestr(zipfile.ZipInfo(names.format(number)), page, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def pack_wacz(pages: Sequence[bytes]) -> bytes:
    """A WACZ file."""
    lines = "".join(json.dumps(line) + "\n" for line in (
        {"format": "json-pages-1.0"}, {"url": "http://coast.example/0", "title": "Coast"}))
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as file:
        file.writestr(zipfile.ZipInfo("archive/data.warc.gz"), pack_packed_warc(pages))
        file.writestr(zipfile.ZipInfo("pages/pages.jsonl"), lines)
        file.writestr(zipfile.ZipInfo("datapackage.json"), json.dumps({"profile": "data-package"}))
    return whole.getvalue()


def pack_mhtml(pages: Sequence[bytes]) -> bytes:
    """A page as browsers save it, with others as its frames."""
    parts = b"".join(b"--cut\r\nContent-Type: text/html; charset=utf-8\r\nContent-Location: http://coast.example/%d\r\n"
                     b"Content-Transfer-Encoding: 8bit\r\n\r\n%s\r\n" % (number, page)
                     for number, page in enumerate(pages))
    return (b"From: <saved by a browser>\r\nSnapshot-Content-Location: http://coast.example/0\r\n"
            b"Date: Thu, 1 Jun 2023 12:00:00 -0000\r\nMIME-Version: 1.0\r\n"
            b'Content-Type: multipart/related; type="text/html"; boundary="cut"\r\n\r\n' + parts + b"--cut--\r\n")


def pack_lines(pages: Sequence[bytes]) -> bytes:
    """Documents that are extracted already, one a line."""
    return b"".join(json.dumps({"id": f"{number}", "title": "A", "date": "2018-03-22", "publisher": "P",
                                "entities": [{"name": "Bergen", "type": "place"}],
                                "body": page.decode("utf-8", "replace")}).encode() + b"\n"
                    for number, page in enumerate(pages))


CONTAINERS: list[tuple[str, Callable[[Sequence[bytes]], bytes]]] = [
    ("a.warc", pack_warc), ("a.warc.gz", pack_packed_warc), ("b.warc", pack_deflated_warc), ("a.arc", pack_arc),
    ("a.zip", pack_zip), ("a.wacz", pack_wacz), ("a.mhtml", pack_mhtml), ("a.jsonl", pack_lines),
    ("a.jsonl.gz", lambda pages: gzip.compress(pack_lines(pages), 1)),
    ("a.html.gz", lambda pages: gzip.compress(pages[0], 1)),
    ("b.zip", lambda pages: pack_zip([pack_packed_warc(pages)], "{}.warc.gz"))]
