"""Every engine, as a fixture. Adding an engine is one line in ENGINES.

The OpenSearch engine wants a server: without SEARCHKIT_OPENSEARCH_URL its tests are skipped by name
(``make test-opensearch`` starts one for them).
"""

import json
import os
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from zlib import crc32

import pytest

from searchkit.engines import open_engine
from searchkit.engines.memory import MemoryEngine
from searchkit.engines.whoosh import WhooshEngine, plain, vectors
from searchkit.federation import Federation, Member
from searchkit.search.analysis import analyse_document


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


class Split(Federation):
    """Keeps documents in three engines, by their ids. With ``overlaps`` the last of them has another version of every
    fifth document, which counts for nothing.
    """

    def __init__(self, place: Path, *, overlaps: bool = False) -> None:
        engines = [MemoryEngine(), Vectors(place / "whoosh", create=True),
                   load_tantivy()(place / "tantivy", create=True)]
        super().__init__([Member(str(number), engine) for number, engine in enumerate(engines)])
        self._overlaps = overlaps

    def add(self, documents):
        given = list(documents)
        for home, member in enumerate(self._members):
            member.engine.add(analysed for analysed in given if find_home(analysed) == home)
        if self._overlaps:
            self._members[-1].engine.add(spoil(analysed) for analysed in given
                                         if find_home(analysed) < 2 and hash_id(analysed) % 5 == 0)
        self._state = ()

    def delete(self, ids):
        gone = list(ids)
        deleted = {id_ for member in self._members for id_ in member.engine.list_ids(None, 1000) if id_ in gone}
        for member in self._members:
            member.engine.delete(gone)
        self._state = ()
        return len(deleted)

    def clear(self):
        for member in self._members:
            member.engine.clear()
        self._state = ()


def hash_id(analysed):
    return crc32(analysed.document.id.encode("utf-8", "surrogatepass"))


def find_home(analysed):
    """The place of the engine that keeps a document."""
    return hash_id(analysed) // 7 % 3


def spoil(analysed):
    """Another version of a document, in the same group."""
    document = analysed.document
    return analyse_document(replace(document, title="red north sea", body=f"{document.body} oil", publisher="Post"))


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
    "federation": Split,
    "federation of overlapping indexes": lambda place: Split(place, overlaps=True),
}
PERSISTENT = {  # opened again by place
    "whoosh": WhooshEngine, "tantivy": lambda place: load_tantivy()(place), "opensearch": open_opensearch}
OWN_AVERAGES = {  # tests of scores: each index of a federation scores by the average length of its own texts
    "test_scores_are_bm25_over_the_documents_that_are_there": "federation",
    "test_matches_are_ordered_by_score_then_date_then_id": "federation of overlapping indexes",
}
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
    if request.param.startswith(OWN_AVERAGES.get(request.node.originalname, "no engine")):
        pytest.skip("each index of a federation scores by the average length of its own texts")
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
