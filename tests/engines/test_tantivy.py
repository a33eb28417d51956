"""What only the tantivy engine has to answer for: its files, locks and damage, other processes, its limits."""

import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("tantivy", reason="tantivy is not installed")

from searchkit.engines import open_engine
from searchkit.engines.base import Engine
from searchkit.engines.memory import MemoryEngine
from searchkit.engines.tantivy import TantivyEngine, adapter, ranking, schema, scoring, snapshot
from searchkit.errors import (
    DocumentNotFound,
    EngineNotInstalled,
    IndexDamaged,
    IndexFault,
    IndexLocked,
    IndexNotFound,
    IndexOutdated,
)
from searchkit.index import open_index
from searchkit.search.nearness import find_places
from searchkit.search.query import (
    And,
    AtLeast,
    Fuzzy,
    Keyword,
    KeywordPrefix,
    Near,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
)

from .samples import ask, count, find, make


@pytest.fixture
def filled(place: Path) -> TantivyEngine:
    engine = TantivyEngine(place, create=True)
    engine.add([make("1", "north sea oil", "2018", ("Ann", "Bo"), publisher="Post"), make("2", "sea", "2018-03")])
    engine.add([make("3", "sea north sea", people=("Ann",)), make("1", "north sea gas", "2018-03-22")])
    return engine


def run(code: str, place: Path, **options: object) -> subprocess.Popen[str]:
    program = f"""
import pathlib, sys
from searchkit.engines.tantivy import TantivyEngine
from tests.engines.samples import find, make
engine = TantivyEngine(pathlib.Path({str(place)!r}), create=True)
{code}
"""
    return subprocess.Popen([sys.executable, "-c", program], text=True, cwd=Path(__file__).parents[2], **options)


def answers(engine: TantivyEngine) -> list[object]:
    queries = [Term("body", "sea"), Phrase("body", ("north", "sea")), Prefix("body", "no"), Keyword("person", "ann"),
               And((Term("body", "sea"), Keyword("publisher", "post")))]
    return [*(ask(engine, query) for query in queries), *(count(engine, name) for name in ("person", "date"))]


# files and processes


def test_an_index_that_is_not_there_is_not_found(place):
    with pytest.raises(IndexNotFound):
        TantivyEngine(place)
    assert not place.exists()


def test_create_opens_the_index_that_is_there(filled, place):
    assert TantivyEngine(place, create=True).count() == 3


def test_a_folder_is_needed():
    with pytest.raises(Exception, match="keeps its index in a folder"):
        open_engine("tantivy", None)


def test_without_its_library_the_engine_says_how_to_get_it(place, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("searchkit.engines.tantivy")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tantivy", None)
    with pytest.raises(EngineNotInstalled, match=r"pip install 'searchkit\[tantivy\]'"):
        open_engine("tantivy", place)


def test_files_that_are_not_the_engines_are_left_alone(place):
    place.mkdir()
    others = [place / name for name in ("settings.toml", "ledger.db", "searchkit.json", "a.store")]
    for other in others:
        other.write_text("ours")
    engine = TantivyEngine(place, create=True)
    for n in range(12):
        engine.add([make(str(n), "word")])
    engine.clear()
    assert all(other.read_text() == "ours" for other in others)


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


def test_many_read_while_one_writes(place):
    TantivyEngine(place, create=True).add([make("0", "sea")])
    reading = """
from searchkit.search.query import Term
seen = [0]
while seen[-1] < 40: seen.append(len(find(engine, Term('body', 'sea'), limit=100)))
assert seen == sorted(seen), seen
"""
    readers = [run(reading, place) for _ in range(3)]
    writer = TantivyEngine(place)
    for n in range(1, 40):
        writer.add([make(str(n), "sea")])
    assert [reader.wait(60) for reader in readers] == [0, 0, 0]


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
    assert answers(TantivyEngine(place)) == before
    filled.add([make("4", "sea")])
    assert filled.count() == 4


def test_a_call_that_fails_leaves_the_old_state(filled, place):
    before = answers(filled)
    with pytest.raises(AttributeError):
        filled.add([make("4", "sea"), None])
    assert answers(filled) == before == answers(TantivyEngine(place))


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="the size of files cannot be limited")
def test_what_a_thread_of_tantivy_cannot_write_is_told_as_such(filled, monkeypatch):
    import resource

    limit, seal = resource.getrlimit(resource.RLIMIT_FSIZE), adapter.put_on_seal

    def documents():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, limit[1]))
        for number in range(1_000):
            yield make(f"{number}", "sea")
            time.sleep(0.005)

    def lift_limit(path):
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        seal(path)

    monkeypatch.setattr(adapter, "put_on_seal", lift_limit)
    before = answers(filled)
    with pytest.raises(IndexFault, match=r"cannot be written: An error occurred in a thread.*make room"):
        filled.add(documents())
    assert answers(filled) == before
    filled.add([make("4", "sea")])
    assert len(find(filled, Term("body", "sea"))) == 4


def test_the_files_of_documents_that_were_replaced_go(place):
    engine = TantivyEngine(place, create=True)
    for n in range(60):
        engine.add([make(str(n % 7), f"word w{n}")])
        find(engine)
    assert engine.count() == 7
    held = Path(f"/proc/{os.getpid()}/maps")
    if held.exists():
        assert "(deleted)" not in "".join(line for line in held.read_text().splitlines() if str(place) in line)
    assert len({file.name.split(".")[0] for file in place.iterdir() if not file.name.startswith(".")}) < 20


@pytest.mark.parametrize("size", [None, 0, 1, 40, 200])
def test_a_table_of_contents_cut_short_is_damage(filled, place, size):
    meta = place / "meta.json"
    meta.write_bytes(meta.read_bytes()[:size] if size is not None else b"{}")
    with pytest.raises(IndexDamaged, match="rebuild"):
        TantivyEngine(place)


@pytest.mark.parametrize("size", [None, 0, 30])
@pytest.mark.parametrize("pattern", ["*.term", "*.idx", "*.pos", "*.fast", "*.store", "*.fieldnorm"])
def test_a_segment_file_that_is_missing_or_cut_short_is_damage(filled, place, pattern, size):
    for file in place.glob(pattern):
        if size is None:
            file.unlink()
        else:
            file.write_bytes(b"?" * size)
    with pytest.raises(IndexDamaged):
        engine = TantivyEngine(place)
        answers(engine)
        engine.get(["1", "2", "3"])


@pytest.mark.parametrize("pattern", ["*.term", "*.fast", "*.store"])
def test_what_tantivy_panics_at_is_damage(filled, place, pattern):
    for file in place.glob(pattern):
        content = file.read_bytes()
        file.write_bytes(content[:20] + b"\xff" * 60 + content[80:])
    with pytest.raises(IndexDamaged):
        engine = TantivyEngine(place)
        answers(engine)
        engine.get(["1", "2", "3"])


def test_an_index_with_other_fields_is_outdated(place):
    import tantivy

    place.mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body")
    tantivy.Index(builder.build(), str(place))
    with pytest.raises(IndexOutdated, match="rebuild"):
        TantivyEngine(place)


def test_an_index_of_an_older_version_is_outdated_and_left_as_it_is(place):
    with zipfile.ZipFile(Path(__file__).parents[1] / "trust" / "indexes" / "tantivy-1.zip") as archive:
        archive.extractall(place)
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    with pytest.raises(IndexOutdated, match="searchkit index --rebuild"):
        open_index(place)
    after = {path.name: path.read_bytes() for path in place.iterdir()}
    assert {name: after[name] for name in before} == before


def test_an_index_made_anew_in_the_same_place_is_noticed(place):
    reader = TantivyEngine(place, create=True)
    reader.add([make("1", "old")])
    for file in place.iterdir():
        file.unlink()
    TantivyEngine(place, create=True).add([make("2", "new")])
    assert find(reader) == ["2"]


def test_an_index_that_was_removed_is_not_found(filled, place):
    for file in place.iterdir():
        file.unlink()
    with pytest.raises(IndexNotFound):
        filled.count()


# limits


def test_any_number_of_hits_may_be_asked_for(filled):
    for sort in ("relevance", "newest", "oldest"):
        assert len(find(filled, Term("body", "sea"), sort=sort, limit=10**12, offset=1)) == 2
        assert find(filled, Term("body", "sea"), sort=sort, limit=10, offset=10**12) == []


def test_long_ids_and_values_are_found(place):
    engine = TantivyEngine(place, create=True)
    long = "x" * 100_000
    engine.add([make(long + "1", "sea", publisher=long + "P"), make(long + "2", "sea", publisher=long + "Q")])
    (first, second) = find(engine)
    assert engine.get([first])[0].id == long + "1" or engine.get([second])[0].id == long + "1"
    assert engine.get([long + "2"])[0].id == long + "2"
    assert len(find(engine, Keyword("publisher", long + "p"))) == 1
    assert engine.delete([long + "1"]) == 1


def test_more_values_than_tantivy_counts_at_once_are_counted(place, monkeypatch):
    engine = TantivyEngine(place, create=True)
    engine.add([make("all", "sea", people=tuple(f"P{n}" for n in range(snapshot.MOST + 10))),
                make("few", "sea", people=("P7", "P8")), make("none", "sea")])
    counted = count(engine, "person", Term("body", "sea"))
    assert len(counted) == snapshot.MOST + 11
    assert (counted["P7"], counted["P9"], counted[None]) == (2, 1, 1)
    assert list(count(engine, "person", limit=3).items()) == [("P7", 2), ("P8", 2), ("P0", 1), (None, 1)]


def test_of_equal_counts_the_first_names_are_kept_however_many_there_are(place):
    engine = TantivyEngine(place, create=True)
    engine.add(make(f"{n}", publisher=f"Post {n:04}") for n in reversed(range(300)))
    assert list(count(engine, "publisher", limit=2)) == ["Post 0000", "Post 0001"]


def test_of_equal_scores_the_newest_come_first_however_many_there_are(place):
    engine = TantivyEngine(place, create=True)
    size = 5 * ranking.SLACK
    for start in range(0, size, 50):
        engine.add(make(f"{n:04}", "red word", f"2018-03-{1 + n // 50:02}") for n in range(start, start + 50))
    newest = [f"{n:04}" for n in range(size - 50, size - 47)]
    assert find(engine, Term("body", "red"), limit=3) == newest
    assert find(engine, Prefix("body", "re"), limit=3) == newest
    assert find(engine, limit=3, offset=size - 3) == ["0047", "0048", "0049"]


def test_documents_whose_length_tantivy_rounds_are_ordered_by_their_length(place):
    engine = TantivyEngine(place, create=True)
    lengths = (1003, 1001, 1002, 1000)
    engine.add(make(str(length), "red " + "word " * (length - 1)) for length in lengths)
    assert find(engine, Term("body", "red")) == ["1000", "1001", "1002", "1003"]


def read_hits(engine: Engine, query: Query, **wishes: object) -> list[tuple[str, float]]:
    return list(ask(engine, query, **wishes).hits)


def test_no_document_is_missed_however_low_rounding_puts_it(place):
    dice = random.Random(5)
    documents = [make(f"{n:03}", "red " * dice.randrange(1, 6) + "blue " * dice.randrange(3) + "word " * dice.randrange(
        900, 2000), f"2018-03-{1 + n % 28:02}") for n in range(300)]
    engine, memory = TantivyEngine(place, create=True), MemoryEngine()
    for start in range(0, 300, 60):
        engine.add(documents[start:start + 60])
    memory.add(documents)
    for query in (Term("body", "red"), Or((Term("body", "red"), Term("body", "blue")))):
        for limit in (1, 3, 10, 40):
            assert read_hits(engine, query, limit=limit) == read_hits(memory, query, limit=limit)


def test_no_document_is_missed_where_long_ones_were_deleted(place, monkeypatch):
    monkeypatch.setattr(ranking, "SLACK", 1)
    dice = random.Random(6)
    documents = [make(f"{n:03}", "red " * dice.randrange(1, 4) + "word " * dice.randrange(20, 60)) for n in range(80)]
    long = [make(f"long {n}", "red " + "word " * 3_000) for n in range(40)]
    engine, memory = TantivyEngine(place, create=True), MemoryEngine()
    for each in (engine, memory):
        each.add([*documents, *long])
        each.delete([made.document.id for made in long])
    assert read_hits(engine, Term("body", "red"), limit=5) == read_hits(memory, Term("body", "red"), limit=5)


@pytest.mark.parametrize("date", [None, "2018-03-22"])
def test_documents_of_one_day_are_in_the_order_of_their_ids_however_these_begin(place, date):
    engine = TantivyEngine(place, create=True)
    ids = [f"https://example.org/{n:03}" for n in range(5 * ranking.SLACK)]
    engine.add(make(id_, "red word", date) for id_ in reversed(ids))
    for wishes in ({}, {"sort": "newest"}, {"sort": "oldest"}, {"offset": 2}):
        begin = wishes.get("offset", 0)
        assert find(engine, Prefix("body", "re"), limit=3, **wishes) == ids[begin:begin + 3]


def test_names_and_words_that_were_forgotten_are_found_again(place, monkeypatch):
    monkeypatch.setattr(snapshot, "MOST_NAMES", 1)
    monkeypatch.setattr(snapshot, "MOST_LISTED", 1)
    engine = TantivyEngine(place, create=True)
    engine.add([make("1", "red sea", people=("Ann", "Bo", "Cy")), make("2", "rod bay", people=("Ann", "Bo"))])
    for _ in range(2):
        assert list(count(engine, "person", limit=3).items()) == [("Ann", 2), ("Bo", 2), ("Cy", 1)]
        assert sorted(find(engine, Fuzzy("body", "rid", 1))) == ["1", "2"]
        assert find(engine, Fuzzy("body", "sev", 1)) == ["1"]


def test_counts_are_of_the_documents_that_are_left(place):
    engine = TantivyEngine(place, create=True)
    engine.add([make(str(n), "sea", "2018-03-22", people=("Ann",), publisher="Post") for n in range(3)])
    engine.delete(["0"])
    engine.add([make("1", "sea", "2019", people=("Ann", "Bo"))])
    assert list(count(engine, "person", limit=5).items()) == [("Ann", 2), ("Bo", 1)]
    assert list(count(engine, "publisher", limit=5).items()) == [("Post", 1), (None, 1)]
    assert list(count(engine, "date").items()) == [("2018-03", 1), ("2019", 1)]


def test_documents_of_the_last_page_are_shown_as_they_are_now(place):
    engine = TantivyEngine(place, create=True)
    engine.add([make("1", "old sea")])
    assert find(engine, Term("body", "sea")) == ["1"]
    engine.add([make("1", "new sea")])
    assert engine.get(["1"])[0].body == "new sea"
    engine.delete(["1"])
    with pytest.raises(DocumentNotFound):
        engine.get(["1"])


# what is counted on tokens


def test_a_phrase_that_overlaps_itself_is_counted_at_each_beginning(place):
    engine, memory = TantivyEngine(place, create=True), MemoryEngine()
    for each in (engine, memory):
        each.add([make("1", "sea oil sea oil sea"), make("2", "sea oil sea"), make("3", "sea sea oil")])
    phrase = Phrase("body", ("sea", "oil", "sea"))
    assert read_hits(engine, phrase) == read_hits(memory, phrase)
    assert find(engine, AtLeast(2, phrase)) == ["1"]


@given(st.lists(st.sampled_from(["", "a", "b", "ab", "é"]), max_size=12))
def test_what_is_looked_for_in_stored_tokens_is_found_where_it_stands(terms):
    stored = schema.frame(terms)
    assert scoring._find_places(stored, ("a", "b")) == find_places(terms, ("a", "b"))
    pairs = [place for place, pair in enumerate(pairwise(terms)) if pair == ("a", "a")]
    assert [stored.count(b"\n", 0, start) // 2 for start in scoring._find_starts(stored, schema.frame("aa"))] == pairs


def test_near_words_and_phrases_at_least_so_often(place):
    engine = TantivyEngine(place, create=True)
    engine.add([make("1", "north sea and sea north"), make("2", "north of the sea"), make("3", "north sea"),
                make("4", "north", title="sea"), make("5", chrome=("north", "", "sea"))])
    near = Near("body", ("sea", "north"), 0)
    assert sorted(find(engine, near)) == ["1", "3"]
    assert find(engine, AtLeast(2, near)) == ["1"]
    assert find(engine, AtLeast(2, Term("body", "sea"))) == ["1"]
    assert sorted(find(engine, AtLeast(1, Phrase("body", ("north", "sea"))))) == ["1", "3"]
    assert sorted(find(engine, Near("body", ("sea", "north"), 1))) == ["1", "3", "4"]
    assert find(engine, Near("chrome", ("sea", "north"), 0)) == []
    assert sorted(find(engine, Or((near, Term("body", "of"))))) == ["1", "2", "3"]


@pytest.mark.parametrize("text", ["\ud800", f"{schema.ESCAPE}", f"a{schema.ESCAPE}00d800", "\x1f", "\x00", "a\\b"])
def test_odd_values_stay_apart(place, text):
    engine = TantivyEngine(place, create=True)
    engine.add([make(f"1{text}", people=(f"Ann {text}",)), make("1", people=("Ann",)),
                make("2", people=("Ann \ud801",))])
    assert sorted(find(engine)) == sorted(["1", f"1{text}", "2"])
    assert f"1{text}" in find(engine, Keyword("person", f"Ann {text}"))
    assert set(find(engine, KeywordPrefix("person", "ann"))) == {"1", "2", f"1{text}"}
    assert set(count(engine, "person")) == {f"Ann {text}", "Ann", "Ann \ud801"}
