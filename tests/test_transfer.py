"""An index taken to another engine: everything arrives, or nothing is called an index."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from searchkit import engines, transfer
from searchkit.cli import app
from searchkit.errors import IndexDamaged, IndexFault, IndexLocked, IndexNotFound, SettingsError
from searchkit.index import Index, open_index
from searchkit.ledger import FILE
from searchkit.model import Document
from searchkit.place import lock
from searchkit.settings import MANIFEST

STORY = "The harbour of the old town froze over in the night, and {} ships could not leave it until the morning. "
SERVER = os.environ.get("SEARCHKIT_OPENSEARCH_URL")
PAIRS = [(one, other) for one in engines.KEPT for other in engines.KEPT]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def _tidy_server(home: Path) -> Iterator[None]:
    """What a test made on a server is removed."""
    yield
    if not SERVER:
        return
    from opensearchpy import OpenSearch

    with OpenSearch(SERVER.split(",")) as client:
        for file in home.rglob(".opensearch.json"):
            name = json.loads(file.read_text())["index"]
            client.indices.delete(index=f"{name}-0*")
            client.indices.delete_index_template(name=name, params={"ignore": 404})


@pytest.fixture
def pages(home: Path) -> Path:
    folder = home / "pages"
    folder.mkdir()
    for n in range(30):
        (folder / f"{n}.html").write_text(f"<title>Ships {n}</title><article><h1>Ships {n}</h1><p>"
                                          f"{STORY.format(n) * 4}</p><p>Ann Lee of Bergen saw it.</p></article>")
    return folder


@pytest.fixture
def filled(pages: Path) -> Iterator[Index]:
    with open_index("index", create=True, aliases=None) as index:
        index.add(pages)
        yield index


def need(engine: str) -> str:
    if engine == "tantivy":
        pytest.importorskip("tantivy", reason="tantivy is not installed")
    if engine == "opensearch" and not SERVER:
        pytest.skip("no OpenSearch server: SEARCHKIT_OPENSEARCH_URL is not set")
    return engine


def show(index: Index) -> list[dict[str, Any]]:
    """Answers without what may differ: the time they took."""
    found = [index.query(text, limit=None) for text in ("", "harbour ships", "ship*", 'entity:"Ann Lee" OR "7 ships"')]
    return [{**results.to_dict(), "took_ms": 0} for results in found]


def drop_order(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Answers without scores, and hits by id."""
    return [{**answer, "hits": sorted(({**hit, "rank": 0, "score": 0} for hit in answer["hits"]),
                                      key=lambda hit: hit["id"])} for answer in answers]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_a_copy_answers_as_the_index_does_and_finds_its_pages_unchanged(pages, one, other):
    with open_index("index", need(one), create=True, aliases=None) as index:
        index.add(pages)
        copied = index.copy(f"{need(other)}:copy")
        expected = show(index)
    assert (copied.documents, copied.copied, copied.engine) == (30, 30, other)
    same = drop_order if "opensearch" in (one, other) else list  # it counts what was deleted until it merges
    with open_index("copy", aliases=None) as copy:
        assert copy.engine_name == other
        assert same(show(copy)) == same(expected)
        report = copy.add(pages)
    assert (report.added, report.updated, report.unchanged) == (0, 0, 30)


def test_the_digest_tells_of_any_difference_and_of_no_order(filled):
    documents = [filled.get(hit.id) for hit in filled.query(limit=None)]

    def digest(*parts: list[Document]) -> transfer.Content:
        with open_index(None) as index:
            for part in parts:
                index.add(part)
            return transfer.measure_content(index._engine)

    whole = digest(documents)
    assert whole.documents == 30
    assert digest(documents[9:], documents[:9]) == whole
    assert digest(documents[1:]).digest != whole.digest
    changed = replace(documents[0], author="Somebody")
    assert digest([changed, *documents[1:]]).digest != whole.digest


class Interrupted(Exception):
    """What stops a copy in a test."""


def stop_after(monkeypatch: pytest.MonkeyPatch, calls: int) -> None:
    """Let the engine that is copied to fail at a later call of ``add``."""
    opener = engines.open_engine

    def open_failing(name: str, folder: Path | None) -> engines.Engine:
        engine, left = opener(name, folder), [calls]
        add = engine.add

        def fail(documents: Any) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise Interrupted
            add(documents)

        engine.add = fail
        return engine

    monkeypatch.setattr(transfer.engines, "open_engine", open_failing)


def test_a_copy_that_was_interrupted_goes_on_where_it_stopped(filled, monkeypatch):
    need("tantivy")
    monkeypatch.setattr(transfer, "BATCH", 8)
    with monkeypatch.context() as patch:
        stop_after(patch, 2)
        with pytest.raises(Interrupted):
            filled.copy("tantivy:copy")
    with pytest.raises(IndexNotFound):
        open_index("copy")
    copied = filled.copy("tantivy:copy")
    assert (copied.copied, copied.documents) == (14, 30)
    with open_index("copy", aliases=None) as copy:
        assert show(copy) == show(filled)
    assert not Path("copy", transfer.NOTE).exists()


def test_what_was_changed_in_between_is_noticed(filled, monkeypatch):
    monkeypatch.setattr(transfer, "BATCH", 8)
    with monkeypatch.context() as patch:
        stop_after(patch, 1)
        with pytest.raises(Interrupted):
            filled.copy("whoosh:copy")
    note = json.loads(Path("copy", transfer.NOTE).read_text())
    (first, *_) = filled._engine.list_ids(None, 1)
    document = filled.get(first)
    filled.delete([first])
    with pytest.raises(IndexDamaged, match=r"30 documents .* 29"):
        filled.copy("whoosh:copy")
    filled.add([document])
    filled.delete([note["after"]])
    Path("copy", transfer.NOTE).write_text(json.dumps(note))
    with pytest.raises(IndexFault, match="has changed since"):
        filled.copy("whoosh:copy")
    with pytest.raises(IndexNotFound):
        open_index("copy")


def test_a_place_with_other_things_is_left_alone(filled, home):
    (home / "mine").mkdir()
    (home / "mine" / "letter.txt").write_text("dear")
    for place in ("mine", "index", "mine/letter.txt"):
        before = sorted(path.name for path in home.rglob("*"))
        with pytest.raises(SettingsError):
            filled.copy(f"whoosh:{place}")
        assert sorted(path.name for path in home.rglob("*")) == before


def test_a_copy_is_not_gone_on_with_from_another_index(filled, monkeypatch):
    with monkeypatch.context() as patch:
        stop_after(patch, 0)
        with pytest.raises(Interrupted):
            filled.copy("whoosh:copy")
    with open_index("other", create=True) as other:
        other.add([Document("1", "1", "A ship.")])
        with pytest.raises(SettingsError, match="another copy was begun"):
            other.copy("whoosh:copy")


def test_nobody_else_writes_meanwhile(filled):
    Path("copy").mkdir()
    with lock(Path("copy")), pytest.raises(IndexLocked):
        filled.copy("whoosh:copy")
    with lock(Path("index")), pytest.raises(IndexLocked):
        filled.copy("whoosh:elsewhere")


@pytest.mark.parametrize("to", ["", "whoosh", "whoosh:", "memory:x", "lucene:x", ":x"])
def test_where_to_must_be_an_engine_and_a_place(filled, to):
    with pytest.raises(SettingsError, match="ENGINE:PLACE"):
        filled.copy(to)


def test_an_empty_index_and_one_without_a_ledger_can_be_copied():
    with open_index("index", create=True) as index:
        assert index.copy("whoosh:copy").documents == 0
    with open_index(None) as index:
        index.add([Document("1", "1", "A ship.")])
        Path("folder").mkdir()
        assert index.copy("whoosh:folder").documents == 1
    with open_index("folder", aliases=None) as copy:
        assert copy.query("ship").total == 1


def test_aliases_that_lie_in_the_folder_go_along(filled):
    text = '[entity]\n"Ann Lee" = "Anna Lee"\n'
    Path("index", "aliases.toml").write_text(text)
    filled.copy("whoosh:copy")
    assert Path("copy", "aliases.toml").read_text() == text


def test_a_ledger_that_cannot_be_read_stops_the_copy(filled):
    Path("index", FILE).write_bytes(b"no database" * 100)
    with pytest.raises(IndexDamaged, match="ledger"):
        filled.copy("whoosh:copy")
    assert not Path("copy", MANIFEST).exists()


def test_the_whole_ledger_goes_along(filled):
    filled.copy("whoosh:copy")

    def dump(folder: str) -> list[str]:
        with closing(sqlite3.connect(Path(folder, FILE))) as database:
            return list(database.iterdump())

    assert dump("copy") == dump("index")


@pytest.mark.parametrize("engine", engines.KEPT)
def test_the_command_line_copies(filled, engine):
    filled.close()
    result = CliRunner().invoke(app, ["copy", "--to", f"{need(engine)}:copy"])
    assert result.exit_code == 0
    assert result.stdout.startswith(f"copied 30 of 30 documents to {engine}:copy; ")
    again = CliRunner().invoke(app, ["copy", "--to", f"{engine}:copy"])
    assert (again.exit_code, again.stdout) == (2, "")
    assert "there is an index here already (copy)" in again.stderr
    as_json = CliRunner().invoke(app, ["copy", "--index", "copy", "--to", f"{engine}:third", "--json"])
    row = json.loads(as_json.stdout)
    assert (row["documents"], row["copied"], row["engine"], row["place"]) == (30, 30, engine, "third")
    assert row["digest"] in result.stdout
