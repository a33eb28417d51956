"""Every engine, as a fixture. Adding an engine is one line in ENGINES."""

from importlib import import_module
from pathlib import Path

import pytest

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


ENGINES = {
    "memory": lambda place: MemoryEngine(),
    "whoosh": lambda place: Vectors(place, create=True),
    "whoosh, plain": lambda place: Plain(place, create=True),
    "tantivy": lambda place: load_tantivy()(place, create=True),
}
PERSISTENT = {"whoosh": WhooshEngine, "tantivy": lambda place: load_tantivy()(place)}  # opened again by place


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path):
    opened = ENGINES[request.param](tmp_path / "index")
    yield opened
    opened.close()


@pytest.fixture(params=PERSISTENT)
def reopen(request: pytest.FixtureRequest, tmp_path: Path):
    """A function that opens the same index once more."""
    ENGINES[request.param](tmp_path / "index").close()
    return lambda: PERSISTENT[request.param](tmp_path / "index")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "index"
