"""Every engine, as a fixture. Adding an engine is one line in FOLDERS."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from searchkit.engines.memory import MemoryEngine

FOLDERS = {  # engines that keep an index in a folder: their class, and the library without which they are left out
    "whoosh": ("searchkit.engines.whoosh", "WhooshEngine", "whoosh"),
    "tantivy": ("searchkit.engines.tantivy", "TantivyEngine", "tantivy"),
}


def load(name: str):
    """An engine's class; the test is skipped where its library is not installed."""
    module, kind, library = FOLDERS[name]
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    return getattr(import_module(module), kind)


def make_opener(name: str):
    return lambda place: load(name)(place, create=True)


ENGINES = {"memory": lambda place: MemoryEngine(), **{name: make_opener(name) for name in FOLDERS}}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path):
    opened = ENGINES[request.param](tmp_path / "index")
    yield opened
    opened.close()


@pytest.fixture(params=FOLDERS)
def reopen(request: pytest.FixtureRequest, tmp_path: Path):
    """A function that opens the same index once more."""
    ENGINES[request.param](tmp_path / "index").close()
    return lambda: load(request.param)(tmp_path / "index")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "index"
