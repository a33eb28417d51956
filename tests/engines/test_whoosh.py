"""What only the Whoosh engine has to answer for: files, locks, damage, other processes."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from searchkit import disk
from searchkit.engines.base import Request
from searchkit.engines.memory import MemoryEngine
from searchkit.engines.whoosh import WhooshEngine, merging, occurrences, plain, writer
from searchkit.engines.whoosh.adapter import MOST_PLAIN
from searchkit.engines.whoosh.generation import LIST_PATTERN, TOC_PATTERN, list_generations, read_generation
from searchkit.errors import IndexDamaged, IndexFault, IndexLocked, IndexNotFound
from searchkit.search.query import And, AtLeast, Keyword, Phrase, Prefix, Term

from .conftest import Vectors
from .samples import ask, count, find, make
from .test_versus import Dice, fill


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


def find_commits(place: Path, pattern=TOC_PATTERN) -> list[Path]:
    """The tables of contents, or manifests, the newest first."""
    found = {int(match[1]): file for file in place.iterdir() if (match := pattern.fullmatch(file.name))}
    return [found[number] for number in sorted(found, reverse=True)]


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
    for file in [*place.glob("_MAIN_*"), *place.glob("*.arrays")]:
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


def test_stock_whoosh_merges_the_index_and_nothing_changes(filled, place):
    from whoosh import index

    before = answers(filled)
    index.open_dir(str(place)).optimize()
    assert answers(filled) == before
    assert answers(WhooshEngine(place)) == before


def test_another_programs_commits_are_read_and_written_over(filled, place):
    from whoosh import index

    index.open_dir(str(place)).optimize()
    assert not list(place.glob("*.arrays"))
    filled.add([make("4", "sea"), make("2", "land")])
    ours = {shard.segment.name for shard in filled._snapshot.shards}
    filled.add([make("5", "land")])
    ours |= {shard.segment.name for shard in filled._snapshot.shards}
    assert {file.name.split(".")[0] for file in place.glob("MAIN_*.*")} == ours
    assert sorted(find(WhooshEngine(place), Term("body", "sea"))) == ["1", "3", "4"]


def test_what_another_program_deletes_is_gone(filled, place):
    from whoosh import index

    with index.open_dir(str(place)).writer() as stock:
        stock.delete_by_term("id", "2")
    assert sorted(find(filled)) == sorted(find(WhooshEngine(place))) == ["1", "3"]


def test_a_list_of_segments_that_is_missing_or_damaged_or_old_is_done_without(filled, place):
    before = answers(filled)
    toc, listed = find_commits(place)[0], find_commits(place, LIST_PATTERN)[0]
    assert listed.stem == toc.stem
    for content in (b"", b"{}", b"[]", listed.read_bytes()[:-9], listed.read_bytes().replace(b"[", b"[1, ", 1)):
        listed.write_bytes(content)
        assert answers(WhooshEngine(place)) == before
    listed.unlink()
    assert answers(WhooshEngine(place)) == before


def test_a_simple_question_of_a_new_process_loads_neither_whoosh_nor_numpy(filled, place):
    program = f"""
import pathlib, sys
from searchkit.engines.base import FacetRequest, Request
from searchkit.engines.whoosh import WhooshEngine
from searchkit.search.query import And, Phrase, Term
engine = WhooshEngine(pathlib.Path({str(place)!r}))
query = And((Term("body", "sea"), Phrase("body", ("north", "sea"))))
matches = engine.search(Request(query, (FacetRequest("publisher"), FacetRequest("date"), FacetRequest("entity"))))
print(len(engine.get([id_ for id_, _ in matches.hits])), *sorted({{"numpy", "whoosh", "pickle"}} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", program], text=True, capture_output=True, check=True,
                          cwd=Path(__file__).parents[2])
    assert done.stdout.split() == ["2"]


def test_a_new_index_is_there_before_numpy_is(tmp_path):
    program = f"""
import pathlib, sys
from searchkit.engines.whoosh import WhooshEngine
print(WhooshEngine(pathlib.Path({str(tmp_path / "new")!r}), create=True).count(), "numpy" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], text=True, capture_output=True, check=True,
                          cwd=Path(__file__).parents[2])
    assert done.stdout.split() == ["0", "False"]


def test_a_process_that_goes_on_asking_loads_numpy(filled, place):
    program = f"""
import pathlib, sys
from searchkit.engines.base import Request
from searchkit.engines.whoosh import WhooshEngine
from searchkit.engines.whoosh.adapter import MOST_ASKED
from searchkit.search.query import Term
engine = WhooshEngine(pathlib.Path({str(place)!r}))
for _ in range(MOST_ASKED + 1):
    print("numpy" in sys.modules, engine.search(Request(Term("body", "sea"))).total)
print("numpy" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], text=True, capture_output=True, check=True,
                          cwd=Path(__file__).parents[2])
    lines = done.stdout.splitlines()
    assert len(set(lines[:-1])) == 1 and lines[0].startswith("False") and lines[-1] == "True"


def test_a_phrase_of_one_word_read_its_places_as_often_as_it_had_words(place, monkeypatch):
    read = []
    real = occurrences._list_keys
    monkeypatch.setattr(occurrences, "_list_keys", lambda *rest: read.append(rest) or real(*rest))
    engine = Vectors(place, create=True)
    engine.add([make("1", "sea " * 600), make("2", "sea " * 499), make("3", "sea oil " * 300), make("4", "oil")])
    assert find(engine, Phrase("body", ("sea",) * 500)) == ["1"]
    assert len(read) == 1
    assert find(engine, Phrase("body", ("oil", "sea") * 250)) == ["3"]
    assert len(read) == 3


def test_a_long_phrase_is_no_work_for_plain_python(filled):
    def estimate(words):
        return plain.estimate_work(filled._refresh(), Request(Phrase("body", ("sea",) * words)))

    assert estimate(2) < MOST_PLAIN < estimate(500)


def test_merged_segments_answer_as_the_memory_engine(place, monkeypatch):
    monkeypatch.setattr(writer, "TIER", 2)
    monkeypatch.setattr(merging, "BLOCK", 50)
    memory, engine, dice = MemoryEngine(), WhooshEngine(place, create=True), Dice(7)
    fill(memory, Dice(6))
    fill(engine, Dice(6))
    assert len(engine._snapshot.shards) < 4
    for _ in range(200):
        request = dice.request()
        expected, found = memory.search(request), engine.search(request)
        assert (found.total, found.facets, found.copies) == (expected.total, expected.facets, expected.copies), request
        assert [id_ for id_, _ in found.hits] == [id_ for id_, _ in expected.hits], request
    ids = [id_ for id_, _ in ask(memory, limit=1000).hits]
    assert engine.get(ids) == memory.get(ids)


def test_a_place_that_cannot_be_written_is_read_all_the_same(filled, place, monkeypatch):
    before = answers(filled)

    def refuse(self: Path, mode: str = "r", *_: object, **__: object):
        if set(mode) & set("wa+x"):
            raise PermissionError("read-only file system")
        return opened(self, mode)

    opened = Path.open
    monkeypatch.setattr(Path, "open", refuse)
    names = sorted(place.iterdir())
    assert answers(WhooshEngine(place)) == before
    assert sorted(place.iterdir()) == names


def test_a_segment_is_one_file_and_goes_when_the_next_generation_does_not_have_it_either(place):
    engine, before = WhooshEngine(place, create=True), set()
    for n in range(25):
        engine.add([make(str(n), "word")])
        names = {file.name for file in place.glob("MAIN_*.arrays")}
        needed = {f"{shard.segment.name}.arrays" for shard in engine._snapshot.shards}
        assert names == needed | before
        assert len(list(place.iterdir())) == len(names) + 5  # two tables of contents, two manifests, the lock
        before = needed


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
    parts, merge = [], writer.merge
    monkeypatch.setattr(writer, "merge", lambda sources, *rest: parts.append(len(sources)) or merge(sources, *rest))
    engine, reader = WhooshEngine(place, create=True), WhooshEngine(place)
    seen = []

    def documents():
        for n in range(100):
            seen.append(reader.count())
            yield make(str(n % 90), f"word w{n}")

    engine.add(documents())
    assert set(seen) == {0}
    assert len(parts) == 1 and parts[0] > 3
    assert len(engine._snapshot.shards) == 1
    assert engine.count() == ask(engine, Term("body", "word")).total == 90
    assert find(engine, Term("body", "w5")) == []


@pytest.mark.parametrize("size", [200, 300, 70_000])
def test_numbers_of_every_width_are_read_as_they_were_written(place, size):
    engine = WhooshEngine(place, create=True)
    engine.add([make("far", "sea " * (size - 1) + "north sea oil"), make("near", "north sea")])
    engine.add(make(f"{n:04}", "filler" if n % 300 else "gas") for n in range(700))
    for opened in (engine, WhooshEngine(place)):
        assert find(opened, Phrase("body", ("north", "sea"))) == ["near", "far"]
        assert find(opened, Phrase("body", ("north", "sea", "oil"))) == ["far"]
        assert find(opened, AtLeast(size, Term("body", "sea"))) == ["far"]
        assert find(opened, AtLeast(size + 1, Term("body", "sea"))) == []
        assert sorted(find(opened, Term("body", "gas"))) == ["0000", "0300", "0600"]


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


def test_a_lock_that_cannot_be_made_is_told(filled, place):
    (place / "MAIN_WRITELOCK").unlink()
    (place / "MAIN_WRITELOCK").mkdir()
    with pytest.raises(IndexFault, match="cannot be written"):
        filled.add([make("4")])


def test_a_commit_that_fails_leaves_the_old_state_and_no_lock(filled, place, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    before = answers(filled)
    with monkeypatch.context() as patch:
        patch.setattr(disk, "rename", fail)
        with pytest.raises(IndexFault, match="No space left"):
            filled.add([make("4", "sea")])
    assert answers(filled) == before == answers(WhooshEngine(place))
    filled.add([make("4", "sea")])


def test_an_interruption_when_the_commit_is_made_already_leaves_the_new_state(filled, place, monkeypatch):
    rename = disk.rename

    def interrupt(old: Path, new: Path) -> None:
        rename(old, new)
        if new.suffix == ".segments":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(disk, "rename", interrupt)
        with pytest.raises(KeyboardInterrupt):
            filled.add([make("4", "sea"), make("1", "land")])
    assert sorted(find(filled, Term("body", "sea"))) == sorted(find(WhooshEngine(place), Term("body", "sea"))) == [
        "2", "3", "4"]
    filled.add([make("5", "sea")])
    assert filled.count() == 5


@pytest.mark.parametrize("size", [None, 0, 1, 40, 200])
def test_a_table_of_contents_that_is_missing_or_cut_short_is_done_without(filled, place, size):
    before, toc = answers(filled), find_commits(place)[0]
    if size is None:
        toc.unlink()
    else:
        toc.write_bytes(toc.read_bytes()[:size])
    assert answers(WhooshEngine(place)) == before
    assert filled.delete(["2"]) == 1
    assert sorted(find(WhooshEngine(place))) == ["1", "3"]


def damage_commit(place: Path, number: int, size: int) -> None:
    """Cut short the files of the newest commit (0), or of the one before it (1)."""
    for pattern in (TOC_PATTERN, LIST_PATTERN):
        file = find_commits(place, pattern)[number]
        file.write_bytes(file.read_bytes()[:size])


@pytest.mark.parametrize("size", [0, 1, 40, 200])
def test_where_the_newest_commit_is_damaged_the_one_before_it_is_shown_and_nothing_written(place, size):
    engine = WhooshEngine(place, create=True)
    engine.add([make("1", "sea")])
    before = answers(engine)
    engine.add([make("2", "sea")])
    damage_commit(place, 0, size)
    damaged = WhooshEngine(place)
    assert answers(damaged) == before
    assert "the one before it" in damaged.notice
    files = {file.name: file.read_bytes() for file in place.iterdir()}
    with pytest.raises(IndexDamaged, match="verify --repair"):
        damaged.add([make("3")])
    assert {file.name: file.read_bytes() for file in place.iterdir()} == files


@pytest.mark.parametrize("size", [0, 1, 40, 200])
def test_an_index_whose_commits_are_all_damaged_is_damage(filled, place, size):
    damage_commit(place, 0, size)
    damage_commit(place, 1, size)
    with pytest.raises(IndexDamaged, match="rebuild"):
        WhooshEngine(place)


def test_segments_whose_commits_are_gone_are_not_taken_for_a_new_index(filled, place):
    for file in place.glob("_MAIN_*"):
        file.unlink()
    with pytest.raises(IndexDamaged, match="commits of the index are missing"):
        WhooshEngine(place, create=True)


@pytest.mark.parametrize("size", [None, 0, 30, 300])
def test_a_segment_file_that_is_missing_or_cut_short_is_damage(filled, place, size):
    for file in place.glob("*.arrays"):
        if size is None:
            file.unlink()
        else:
            file.write_bytes(b"?" * size if size < 300 else file.read_bytes()[:-1])
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


def test_a_great_merger_does_not_leave_an_index_of_twice_the_size(place, monkeypatch):
    monkeypatch.setattr(writer, "LITTLE", 0)
    monkeypatch.setattr(writer, "TIER", 3)
    engine = WhooshEngine(place, create=True)
    for number in range(8):
        engine.add([make(str(number), f"ferry {number}")])
        names = {part.name for part in read_generation(place, list_generations(place)[0]).parts}
        spare = [path for path in place.glob("*.arrays") if path.stem not in names]
        used = sum((place / f"{name}.arrays").stat().st_size for name in names)
        assert sum(path.stat().st_size for path in spare) * 4 <= used
