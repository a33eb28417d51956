"""Every engine, as a fixture. Adding an engine is one line in ENGINES.

The OpenSearch engine wants a server: without SEARCHKIT_OPENSEARCH_URL its tests are skipped by name
(``make test-opensearch`` starts one for them).
"""

import json
import os
import time
from importlib import import_module
from pathlib import Path

import pytest

from searchkit.engines import open_engine
from searchkit.engines.memory import MemoryEngine
from searchkit.engines.whoosh import WhooshEngine, plain, vectors


class Plain(WhooshEngine):
    """Answers all requests in plain Python, as a cold process does those that are simple."""

    def _choose(self, snapshot, request):
        return plain.answer


class Vectors(WhooshEngine):
    """Answers all requests in numpy arrays."""

    def _choose(self, snapshot, request):
        return vectors.answer


def load_tantivy():
    """The engine's class; the test is skipped where its library is not installed."""
    pytest.importorskip("tantivy", reason="tantivy is not installed")
    return import_module("searchkit.engines.tantivy").TantivyEngine


SERVER = os.environ.get("SEARCHKIT_OPENSEARCH_URL")


def open_opensearch(place: Path):
    place.mkdir(exist_ok=True)
    return open_engine("opensearch", place)


ENGINES = {
    "memory": lambda place: MemoryEngine(),
    "whoosh": lambda place: Vectors(place, create=True),
    "whoosh, plain": lambda place: Plain(place, create=True),
    "tantivy": lambda place: load_tantivy()(place, create=True),
    "opensearch": open_opensearch,
}
PERSISTENT = {  # opened again by place
    "whoosh": WhooshEngine, "tantivy": lambda place: load_tantivy()(place), "opensearch": open_opensearch}
MISSING = () if SERVER else ("opensearch",)


def list_engines(names=ENGINES):
    """Names of engines as parameters; those that have no server are skipped."""
    return [pytest.param(name, marks=pytest.mark.skipif(
        name in MISSING, reason="no OpenSearch server: SEARCHKIT_OPENSEARCH_URL is not set (make test-opensearch)"))
        for name in names]


@pytest.fixture(autouse=True)
def _tidy_server(tmp_path: Path):
    """What a test made on the server is removed."""
    yield
    if not SERVER:
        return
    for file in tmp_path.rglob(".opensearch.json"):
        remove_index(json.loads(file.read_text())["index"])


@pytest.fixture
def settle():
    """A function that lets an engine forget for good what was deleted.

    A server merges it away in its own time: not while a copy of the index might ask for it, which is settled every
    30 seconds.
    """
    def settle(engine) -> None:
        if name := getattr(engine, "index", ""):
            with connect() as client:
                for _ in range(60):
                    client.indices.flush(index=name, params={"force": "true"})
                    client.indices.forcemerge(index=name, params={"max_num_segments": 1})
                    client.indices.refresh(index=name)
                    if not client.indices.stats(index=name)["_all"]["primaries"]["docs"]["deleted"]:
                        return
                    time.sleep(1)
            raise AssertionError(f"{name} does not settle")

    return settle


def connect():
    from opensearchpy import OpenSearch

    return OpenSearch(SERVER.split(","))


def remove_index(name: str) -> None:
    with connect() as client:
        client.indices.delete(index=f"{name}-0*")
        client.indices.delete_index_template(name=name, params={"ignore": 404})


@pytest.fixture(params=list_engines())
def engine(request: pytest.FixtureRequest, tmp_path: Path):
    opened = ENGINES[request.param](tmp_path / "index")
    yield opened
    opened.close()


@pytest.fixture(params=list_engines(PERSISTENT))
def reopen(request: pytest.FixtureRequest, tmp_path: Path):
    """A function that opens the same index once more."""
    ENGINES[request.param](tmp_path / "index").close()
    return lambda: PERSISTENT[request.param](tmp_path / "index")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "index"
