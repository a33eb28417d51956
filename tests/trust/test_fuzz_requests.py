"""Requests that were changed at random, sent to a real server. At length: ``make fuzz``."""

from __future__ import annotations

import os
import re
import select
import socket
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import IO, Any
from urllib.parse import urlsplit

import pytest

pytest.importorskip("uvicorn", reason="wants the extra web")

from tests.web.conftest import make_index, run_server

from .mutation import Mutator

COUNT = int(os.environ.get("FUZZ_REQUESTS", "100"))
SEED = os.environ.get("FUZZ_SEED", "1")
CLIENTS = 8
LONGEST = 5.0  # seconds
PATIENCE = 0.4  # seconds until a request without an answer is taken for half of one, and ended
HOST = b"Host: 127.0.0.1\r\n"
REQUESTS = [
    b"GET / HTTP/1.1\r\n" + HOST + b"Accept: text/html\r\n\r\n",
    b"GET /?q=ferry&publisher=Coast+Gazette&sort=newest HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /api/query?q=ferry+OR+tram&facet=date%3Ayear&limit=5&offset=1 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /api/query?q=%22ferry+crews%22~3&after=2018-01&match=any HTTP/1.0\r\n" + HOST + b"\r\n",
    b"GET /api/export.csv?q=ferry HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n",
    b"GET /api/facets/entity?q=berg HTTP/1.1\r\n" + HOST + b"Accept-Encoding: gzip\r\n\r\n",
    b"GET /read?id=ferry&q=ferry HTTP/1.1\r\n" + HOST + b"Cookie: a=b; c=d\r\n\r\n",
    b"GET /explain?q=ferry+zebra HTTP/1.1\r\n" + HOST + b"Origin: http://127.0.0.1\r\n\r\n",
    b"HEAD /static/style.css HTTP/1.1\r\n" + HOST + b"If-None-Match: \"x\"\r\n\r\n",
    b"POST /api/query HTTP/1.1\r\n" + HOST + b"Content-Length: 7\r\n\r\nq=ferry",
    b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nq=a\r\n0\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /openapi.json HTTP/1.1\r\n" + HOST + b"X: " + b"y" * 5_000 + b"\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200)),
]
STATUS = re.compile(rb"HTTP/1\.1 ([0-9]{3})")


@dataclass
class Tally:
    """What came back: how often which status (0: none), and what should not have been."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0


def make_request(number: int) -> tuple[bytes, Mutator]:
    """The bytes of a case, and what decides how they are sent."""
    dice = Mutator(f"{SEED} request {number}", REQUESTS)
    request = dice.choice(REQUESTS)
    if dice.random() < 0.7:  # the address, which reaches furthest
        begin, end = request.find(b"?") + 1, request.find(b" HTTP/")
        changed = dice.mutate(request[begin:end], 3) if 0 < begin < end else b""
        quoted = re.sub(rb"[\x00-\x20\x7f-\xff]", lambda found: b"%%%02x" % found[0][0], changed)
        return request[:begin] + quoted + request[max(begin, end):], dice
    return dice.mutate(request, 3), dice


def send(place: tuple[str, int], request: bytes, dice: Mutator) -> tuple[bytes, float]:
    """What comes back until the server closes, and after how many seconds the longest silence ended."""
    with socket.create_connection(place, timeout=LONGEST) as link:
        try:
            for part in _cut(request, dice):
                link.sendall(part)
            if dice.random() < 0.05:  # gone, without waiting for an answer
                return b"", 0.0
            return _receive(link)
        except (ConnectionResetError, BrokenPipeError):  # the server had enough of it
            return b"", 0.0


def _receive(link: socket.socket) -> tuple[bytes, float]:
    answer, begun = b"", time.monotonic()
    if select.select([link], [], [], PATIENCE)[0]:
        answer = link.recv(65_536)
        took = time.monotonic() - begun
    else:
        took = 0.0
    with suppress(OSError):  # it has closed already
        link.shutdown(socket.SHUT_WR)
    begun = time.monotonic()
    while part := link.recv(65_536):
        answer += part
    return answer, max(took, time.monotonic() - begun)


def _cut(request: bytes, dice: Mutator) -> Sequence[bytes]:
    """The request at once, or in pieces."""
    if dice.random() < 0.8:
        return [request]
    at = dice.randrange(len(request) + 1)
    return [request[:at], request[at:]]


def ask(place: tuple[str, int], number: int, tally: Tally) -> None:
    request, dice = make_request(number)
    try:
        answer, took = send(place, request, dice)
    except OSError as fault:  # no connection, or no answer in time
        tally.faults.append(f"{number}: {fault!r} {request[:300]!r}")
        return
    statuses = [int(found) for found in STATUS.findall(answer)] or [0]
    tally.statuses.update(statuses)
    tally.slowest = max(tally.slowest, took)
    if took > LONGEST or any(status >= 500 for status in statuses) or (answer and not answer.startswith(b"HTTP/1.1 ")):
        tally.faults.append(f"{number}: {statuses}, {took:.1f} s, {request[:300]!r} {answer[:300]!r}")


def drain(stream: IO[str], said: list[str]) -> Thread:
    """Read what a server says, so that it need not wait for a reader."""
    thread = Thread(target=lambda: said.extend(stream), daemon=True)
    thread.start()
    return thread


def test_no_request_breaks_or_holds_up_the_server(tmp_path: Path, stories: list[dict[str, Any]]) -> None:
    tally, said = Tally(), list[str]()
    with run_server(make_index(tmp_path, stories)) as server:
        drained = drain(server.process.stderr, said)
        parts = urlsplit(server.url)
        place = (parts.hostname or "", parts.port or 0)
        with ThreadPoolExecutor(CLIENTS) as clients:
            list(clients.map(lambda number: ask(place, number, tally), range(COUNT)))
        assert sorted(server.find(q="ferry")) == ["ferry", "note", "tram"]
        assert server.process.poll() is None
        server.process.terminate()
        server.process.wait(20)
        drained.join(20)
    tracebacks = [number for number, line in enumerate(said) if "Traceback" in line]
    shown = ", ".join(f"{status or 'none'} {count:,}" for status, count in sorted(tally.statuses.items()))
    print(f"\n{COUNT:,} requests, seed {SEED}: {len(tally.faults):,} faults, {len(tracebacks):,} tracebacks, "
          f"the slowest answer took {tally.slowest:.2f} s; by status: {shown}")
    assert tally.faults == []
    assert tracebacks == [], "".join(said[max(0, tracebacks[0] - 3):tracebacks[0] + 80])
    assert tally.statuses[200] and tally.statuses[400]
