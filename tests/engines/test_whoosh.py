"""What only the Whoosh engine has to answer for: files, locks, damage, other processes."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from searchkit.engines.whoosh import WhooshEngine, adapter, writer
from searchkit.engines.whoosh.postings import BLOCK, Postings
from searchkit.errors import IndexDamaged, IndexLocked, IndexNotFound
from searchkit.search.query import And, Keyword, Phrase, Prefix, Term

from .samples import ask, count, find, make


@pytest.fixture
def filled(place: Path) -> WhooshEngine:
    engine = WhooshEngine(place, create=True)
    engine.add([make("1", "north sea oil", "2018", ("Ann", "Bo"), publisher="Post"), make("2", "sea", "2018-03")])
    engine.add([make("3", "sea north sea", people=("Ann",)), make("1", "north sea gas", "2018-03-22")])
    return engine


def run(code: str, place: Path, **options: object) -> subprocess.Popen[str]:
    program = f"""
import pathlib, sys
from searchkit.engines.whoosh import WhooshEngine
from tests.engines.samples import make
engine = WhooshEngine(pathlib.Path({str(place)!r}), create=True)
{code}
"""
    return subprocess.Popen([sys.executable, "-c", program], text=True, cwd=Path(__file__).parents[2], **options)


def answers(engine: WhooshEngine) -> list[object]:
    queries = [Term("body", "sea"), Phrase("body", ("north", "sea")), Prefix("body", "no"), Keyword("person", "ann"),
               And((Term("body", "sea"), Keyword("publisher", "post")))]
    return [*(ask(engine, query) for query in queries), *(count(engine, name) for name in ("person", "date"))]


def test_an_index_that_is_not_there_is_not_found(place):
    with pytest.raises(IndexNotFound):
        WhooshEngine(place)
    assert not place.exists()


def test_create_opens_the_index_that_is_there(filled, place):
    assert WhooshEngine(place, create=True).count() == 3


def test_create_makes_an_index_where_one_was_removed(filled, place):
    for file in place.glob("_MAIN_*.toc"):
        file.unlink()
    assert WhooshEngine(place, create=True).count() == 0


def test_files_that_are_not_the_engines_are_left_alone(place):
    place.mkdir()
    others = [place / name for name in ("settings.toml", "ledger.db", "MAIN.txt", "MAIN")]
    for other in others:
        other.write_text("ours")
    engine = WhooshEngine(place, create=True)
    for n in range(12):
        engine.add([make(str(n), "word")])
    engine.clear()
    assert all(other.read_text() == "ours" for other in others)


def test_stock_whoosh_opens_the_index_and_finds_phrases(filled, place):
    from whoosh import index, query

    with index.open_dir(str(place)).searcher() as searcher:
        assert searcher.doc_count() == 3
        assert len(searcher.search(query.Phrase("body", ["north", "sea"]))) == 2
        assert {type(segment.codec()).__module__ for segment in index.open_dir(str(place))._segments()} == {
            "whoosh.codec.whoosh3"}


def test_stock_whoosh_merges_the_index_and_nothing_changes(filled, place):
    from whoosh import index

    before = answers(filled)
    index.open_dir(str(place)).optimize()
    assert answers(filled) == before
    assert answers(WhooshEngine(place)) == before


def test_columns_are_made_again_when_missing_or_damaged_or_old(filled, place):
    before = answers(filled)
    for spoil in (Path.unlink, lambda p: p.write_bytes(b""), lambda p: p.write_bytes(b"x" * 500),
                  lambda p: p.write_bytes(p.read_bytes()[:-1]),
                  lambda p: p.write_bytes(p.read_bytes().replace(b'"version": 1', b'"version": 0'))):
        files = sorted(place.glob("*.columns"))
        for file in files:
            spoil(file)
        assert answers(WhooshEngine(place)) == before
        assert sorted(place.glob("*.columns")) == files


def test_a_place_that_cannot_be_written_is_read_all_the_same(filled, place, monkeypatch):
    before = answers(filled)
    for file in place.glob("*.columns"):
        file.unlink()

    def refuse(*_: object) -> None:
        raise PermissionError("read-only file system")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert answers(WhooshEngine(place)) == before
    assert not list(place.glob("*.columns*"))


def test_columns_go_with_their_segment(place):
    engine = WhooshEngine(place, create=True)
    for n in range(25):
        engine.add([make(str(n), "word")])
    names = {file.name.split(".")[0] for file in place.glob("MAIN_*")} - {"MAIN_WRITELOCK"}
    assert len(names) == len(list(place.glob("*.columns"))) == len(engine._snapshot.shards)


def test_many_small_calls_leave_few_segments_and_few_files(place):
    engine = WhooshEngine(place, create=True)
    for n in range(120):
        engine.add([make(str(n % 100), f"word w{n}", publisher=f"P{n % 3}")])
    assert engine.count() == 100
    assert len(engine._snapshot.shards) <= 20
    assert len(list(place.iterdir())) <= 4 * 20 + 2
    assert ask(engine, Term("body", "word")).total == 100


def test_segments_of_deleted_documents_disappear(place):
    engine = WhooshEngine(place, create=True)
    engine.add(make(str(n), "word") for n in range(50))
    engine.delete(str(n) for n in range(50))
    assert len(engine._snapshot.shards) == 0


def test_a_long_call_is_cut_into_segments_and_is_still_one_commit(place, monkeypatch):
    monkeypatch.setattr(writer, "FULL", 100)
    engine, reader = WhooshEngine(place, create=True), WhooshEngine(place)
    seen = []

    def documents():
        for n in range(100):
            seen.append(reader.count())
            yield make(str(n % 90), f"word w{n}")

    engine.add(documents())
    assert set(seen) == {0}
    assert len(engine._snapshot.shards) > 3
    assert engine.count() == ask(engine, Term("body", "word")).total == 90
    assert find(engine, Term("body", "w5")) == []


def test_postings_longer_than_a_block_are_read_whole(place):
    engine = WhooshEngine(place, create=True)
    size = BLOCK + 10
    engine.add(make(f"{n:05}", "sea " * (n % 3 + 1) + "north") for n in range(size))
    assert ask(engine, Term("body", "sea")).total == size
    assert ask(engine, Phrase("body", ("sea", "sea", "north"))).total == sum(n % 3 > 0 for n in range(size))
    assert isinstance(engine._snapshot.shards[0].read("body", b"sea"), Postings)


def test_what_another_process_commits_is_seen_by_the_next_search(filled, place):
    assert run("engine.add([make('9', 'arrival')]); engine.delete(['2'])", place).wait() == 0
    assert find(filled, Term("body", "arriv")) == ["9"]
    assert filled.count() == 3


def test_a_second_writer_is_told_that_the_index_is_locked(filled, place):
    code = "engine.add(print('ready', flush=True) or sys.stdin.readline() and make('9') for _ in range(1))"
    with run(code, place, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == "ready\n"
        with pytest.raises(IndexLocked):
            filled.add([make("4")])
        other.communicate("\n")
    filled.add([make("4")])
    assert filled.count() == 5


@pytest.mark.parametrize("pause", [0.0, 0.05, 0.15])
def test_a_process_killed_in_the_middle_of_add_leaves_the_old_state(filled, place, pause):
    before = answers(filled)
    code = """
def documents():
    for n in range(10**9):
        if n == 100: print('ready', flush=True)
        yield make(str(n), f'sea word{n}')
engine.add(documents())"""
    with run(code, place, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == "ready\n"
        time.sleep(pause)
        other.kill()
    assert answers(WhooshEngine(place)) == before
    filled.add([make("4", "sea")])
    assert filled.count() == 4


def test_a_call_that_fails_leaves_the_old_state_and_no_files(filled, place):
    before, files = answers(filled), sorted(place.iterdir())
    with pytest.raises(AttributeError):
        filled.add([make("4", "sea"), None])
    assert answers(filled) == before
    assert sorted(place.iterdir()) == files


def test_a_commit_that_fails_leaves_the_old_state_and_no_lock(filled, place, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    before = answers(filled)
    with monkeypatch.context() as patch:
        patch.setattr(adapter.Storage, "rename_file", fail)
        with pytest.raises(adapter.IndexFault, match="No space left"):
            filled.add([make("4", "sea")])
    assert answers(filled) == before == answers(WhooshEngine(place))
    filled.add([make("4", "sea")])


@pytest.mark.parametrize("size", [0, 1, 40, 200])
def test_a_table_of_contents_cut_short_is_damage(filled, place, size):
    (toc,) = place.glob("_MAIN_*.toc")
    toc.write_bytes(toc.read_bytes()[:size])
    with pytest.raises(IndexDamaged, match="rebuild"):
        WhooshEngine(place)


@pytest.mark.parametrize("size", [None, 0, 30])
@pytest.mark.parametrize("pattern", ["*.trm", "*.pst", "*.col"])
def test_a_segment_file_that_is_missing_or_cut_short_is_damage(filled, place, pattern, size):
    for file in place.glob("*.columns"):
        file.unlink()
    for file in place.glob(pattern):
        if size is None:
            file.unlink()
        else:
            file.write_bytes(b"?" * size)
    with pytest.raises(IndexDamaged):
        engine = WhooshEngine(place)
        answers(engine)
        engine.get(["1", "2", "3"])


def test_an_index_made_anew_in_the_same_place_is_noticed(place):
    reader = WhooshEngine(place, create=True)
    reader.add([make("1", "old")])
    for file in place.iterdir():
        file.unlink()
    WhooshEngine(place, create=True).add([make("2", "new")])
    assert find(reader) == ["2"]


def test_an_index_that_was_removed_is_not_found(filled, place):
    for file in place.iterdir():
        file.unlink()
    with pytest.raises(IndexNotFound):
        filled.count()
