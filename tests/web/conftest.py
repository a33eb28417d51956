"""A real server at 127.0.0.1, in a process of its own, and a client of the standard library that asks it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import pytest

pytest.importorskip("uvicorn", reason="wants the extra web")
pytest.importorskip("starlette", reason="wants the extra web")
pytest.importorskip("jinja2", reason="wants the extra web")

import searchkit

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-m", "searchkit"]
STOP_SECONDS = 20


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    def json(self) -> Any:
        return json.loads(self.body)


class Server(NamedTuple):
    """A server that runs: its process, where it is, and where its index is."""

    process: subprocess.Popen[str]
    url: str
    index: Path

    def get(self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET",
            body: Any = None, **parameters: Any) -> Answer:
        """Ask for a path; a parameter may have several values."""
        place = urlsplit(self.url)
        connection = HTTPConnection(place.hostname or "", place.port or 0, timeout=30)
        target = path + ("?" + urlencode(parameters, doseq=True) if parameters else "")
        try:
            connection.request(method, target, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def find(self, **parameters: Any) -> list[str]:
        """Ids of the hits of a query."""
        return [hit["id"] for hit in self.get("/api/query", **parameters).json()["hits"]]


@contextmanager
def run_server(index: Path, *options: str, program: Iterable[str] = PROGRAM,
               environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server for an index, which ends with the block."""
    command = [*program, "serve", "--index", str(index), "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=index.parent,
                               env={**os.environ, **(environment or {})})
    try:
        assert process.stderr
        line = process.stderr.readline()
        found = re.fullmatch(r"searchkit is at (http://\S+/) \(to stop: Ctrl-C\)\n", line)
        assert found, line + process.stderr.read()
        yield Server(process, found[1], index)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()


def make_index(folder: Path, stories: Iterable[Mapping[str, Any]]) -> Path:
    """An index of stories."""
    source = folder / "stories.jsonl"
    source.write_text("".join(json.dumps(story) + "\n" for story in stories), encoding="utf-8")
    with searchkit.open(folder / "index", aliases=None) as index:
        index.add(source)
    return folder / "index"


@pytest.fixture
def start(tmp_path: Path, stories: list[dict[str, Any]]) -> Callable[..., Any]:
    """A function that starts a server for the stories, or for those given."""

    def start_server(*options: str, given: Iterable[Mapping[str, Any]] | None = None, **more: Any) -> Any:
        return run_server(make_index(tmp_path, stories if given is None else given), *options, **more)

    return start_server


@pytest.fixture(scope="session")
def seeds_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for the sample pages, the same one for all tests: nobody writes there."""
    folder = tmp_path_factory.mktemp("seeds")
    with searchkit.open(folder / "index", aliases=None) as index:
        index.add(ROOT / "seeds")
    with run_server(folder / "index") as server:
        yield server
