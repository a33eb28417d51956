"""Several indexes answer as one: the same documents in one index, whatever the engines, give the same answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asked
import pytest
from asked import COMMANDS, run, strip

import searchkit
from searchkit import entry
from searchkit.engines.base import FacetRequest, Request
from searchkit.engines.memory import MemoryEngine
from searchkit.errors import IndexDamaged, IndexNotFound, SettingsError
from searchkit.federation import Federation, Member
from searchkit.index import Index, open_index
from searchkit.model import Document, PublicationDate
from searchkit.search.analysis import analyse_document
from searchkit.search.query import Everything, Or, Term

pytest.importorskip("tantivy", reason="tantivy is not installed")

STORY = (
    "The harbour board voted on Monday to rebuild the eastern pier after storms tore away forty metres of "
    "planking, and engineers said the work would last until autumn because oak must be shipped from the north. "
    "Fishermen welcomed the decision but asked for moorings near the old cannery, while shopkeepers worried "
    "about dust and lorries in the season when visitors fill the narrow streets of the town. The mayor "
    "promised a meeting next week to hear everyone.")
TEXTS = {
    "gazette": STORY,
    "courier": STORY.replace("Monday", "Tuesday evening"),
    "herald": STORY + " This story was first published by the Harbour Gazette, which has followed the pier since May.",
    "post": STORY,
    "birds": "Swallows have come back to the barns, and a pier of the old bridge has eleven nests under it alone.",
    "brief": "The pier is closed.",
}
DIFFERS = (*asked.DIFFERS, "score", "index", "indexes")


def write(folder: Path, documents: list[Any], engine: str = "whoosh") -> None:
    """An index of documents, or of lines of JSON."""
    with open_index(folder, engine, create=True, aliases=None) as index:
        index.add(documents)


def make(id_: str, body: str, day: str | None = None, **fields: Any) -> Document:
    return Document(id_, id_, body, date=PublicationDate(day, "day", "test", 1.0) if day else None, **fields)


def make_copy(name: str, number: int) -> Document:
    return make(name, TEXTS[name], f"2020-03-0{number}", title=f"From the {name}",
                publisher=f"The {'Gazette' if name == 'post' else name.title()}")


@pytest.fixture
def archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stories: list[dict[str, Any]]) -> None:
    """The stories in ./whole; two of them in ./first (whoosh), the others in ./second (tantivy)."""
    monkeypatch.chdir(tmp_path)
    for name, engine, part in (("whole", "whoosh", stories), ("first", "whoosh", stories[::2]),
                               ("second", "tantivy", stories[1::2])):
        Path("pages").mkdir(exist_ok=True)
        source = Path("pages", "stories.jsonl")  # under one name, so that documents are the same to the letter
        source.write_text("".join(json.dumps(story) + "\n" for story in part))
        with open_index(name, engine, create=True, aliases=None) as index:
            index.add(source)


BOTH = ("--index", "first", "--index", "second")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.usefixtures("archives")
def test_a_command_answers_of_two_indexes_as_of_one(command):
    one, two = run(*command, "--index", "whole", "--json"), run(*command, *BOTH, "--json")

    assert (one.exit_code, one.stderr) == (two.exit_code, two.stderr)
    assert strip(drop_records(json.loads(one.stdout)), DIFFERS) == strip(drop_records(json.loads(two.stdout)), DIFFERS)


def drop_records(value: Any) -> Any:
    """Without the line of the file in which a story stood."""
    if isinstance(value, dict):
        return {name: drop_records(inner) for name, inner in value.items() if name not in ("path", "record", "paths")}
    return [drop_records(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.usefixtures("archives")
def test_a_hit_says_from_which_index_it_is_only_when_there_are_several():
    hits = json.loads(run("query", "ferry", *BOTH, "--json").stdout)["hits"]
    assert {hit["id"]: hit["index"] for hit in hits} == {"ferry": "first", "tram": "second", "note": "second"}
    assert "in second" in run("query", "tram", *BOTH).stdout
    assert all("index" not in hit for hit in json.loads(run("query", "--index", "first", "--json").stdout)["hits"])


@pytest.mark.usefixtures("archives")
def test_rows_and_batches_are_answered_from_all_indexes():
    rows = [json.loads(line) for line in run("query", "ferry", *BOTH, "--jsonl").stdout.splitlines()]
    assert {row["id"] for row in rows} == {"ferry", "tram", "note"}
    Path("asked.txt").write_text("tram\nferry strike\n")
    answers = [json.loads(line) for line in run("query", "--batch", "asked.txt", *BOTH).stdout.splitlines()]
    assert [{hit["id"] for hit in answer["hits"]} for answer in answers] == [{"tram", "note"}, {"ferry"}]


@pytest.mark.usefixtures("archives")
def test_the_environment_and_the_settings_name_several_indexes(monkeypatch):
    monkeypatch.setenv("SEARCHKIT_INDEX", os.pathsep.join(("first", "second", "")))
    assert json.loads(run("stats", "--json").stdout)["documents"] == 4
    monkeypatch.delenv("SEARCHKIT_INDEX")
    Path("searchkit.toml").write_text('index = ["first", "second"]\n')
    numbers = json.loads(run("stats", "--json").stdout)
    assert [(each["index"], each["engine"], each["documents"]) for each in numbers["indexes"]] == [
        ("first", "whoosh", 2), ("second", "tantivy", 2)]
    assert json.loads(run("stats", "--json", "--index", "first").stdout)["documents"] == 2


@pytest.mark.parametrize("text", ["index = []", "index = [1]"])
def test_settings_that_name_no_index_are_refused(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    Path("searchkit.toml").write_text(text)
    done = run("stats")
    assert (done.exit_code, "searchkit.toml" in done.stderr) == (2, True)


@pytest.mark.parametrize("command", [["index", "pages"], ["copy", "--to", "tantivy:new"]], ids=" ".join)
@pytest.mark.usefixtures("archives")
def test_a_command_that_writes_refuses_several_indexes(command):
    done = run(*command, *BOTH)
    assert done.exit_code == 2
    assert done.stderr == ("searchkit: several indexes are only read together (first, second). "
                           "give the one index that is meant: --index DIR\n")


@pytest.mark.usefixtures("archives")
def test_python_reads_several_indexes_and_writes_to_none():
    with searchkit.open(["first", Path("second")], aliases=None) as index:
        assert {hit.id: hit.index for hit in index.query("tram")} == {"tram": "second", "note": "second"}
        assert (index.count(), index.get("bridge").publisher) == (4, "Tagblatt")
        for write_to in (lambda: index.add("pages"), index.clear, lambda: index.delete(["tram"]),
                         lambda: index.copy("whoosh:new")):
            with pytest.raises(SettingsError, match="only read together"):
                write_to()


@pytest.mark.usefixtures("archives")
def test_the_fault_of_an_index_is_told_with_its_name():
    assert "(nowhere)" in run("query", "ferry", "--index", "first", "--index", "nowhere").stderr
    with pytest.raises(SettingsError, match="no index is given"):
        searchkit.open([])
    with pytest.raises(IndexNotFound, match="gone"):
        searchkit.open(["first", "gone"])
    assert not Path("gone").exists()
    for file in Path("second").glob("*.store"):
        file.write_bytes(b"")
    with pytest.raises(IndexDamaged, match="second"), searchkit.open(["first", "second"], aliases=None) as index:
        index.query("tram")


@pytest.mark.usefixtures("archives")
def test_an_index_that_is_named_twice_is_asked_once(tmp_path):
    with searchkit.open(["first", tmp_path / "first"], aliases=None) as index:
        assert (index.count(), [each["index"] for each in index.stats()["indexes"]]) == (2, ["first"])


@pytest.mark.usefixtures("archives")
def test_a_damaged_ledger_is_told_with_its_index():
    Path("second", "ledger.sqlite").write_bytes(b"no database" * 500)
    done = run("query", "ferry", *BOTH)
    assert (done.exit_code, "second" in done.stderr) == (3, True)


@pytest.mark.usefixtures("archives")
def test_a_query_of_one_index_loads_no_federation():
    code = ("import sys; from searchkit import entry\ntry: entry.main()\n"
            "finally: print([name for name in sys.modules if name.split('.')[1:2] in (['federation'], ['twins'],"
            " ['pipeline'])], file=sys.stderr)")
    asked = [sys.executable, "-c", code, "query", "ferry", "--index", "first"]
    one = subprocess.run(asked, capture_output=True, text=True, check=True)
    two = subprocess.run([*asked, "--index", "second"], capture_output=True, text=True, check=True)
    assert one.stderr == "[]\n"
    assert "searchkit.federation" in two.stderr
    assert "searchkit.pipeline" not in two.stderr


def test_several_indexes_are_read_without_typer():
    assert entry.read_query(["query", "--index=a", "ferry", "--index", "b"]) == {"folder": ["a", "b"], "text": "ferry"}


# copies


@pytest.fixture
def printed(tmp_path: Path) -> Iterator[tuple[Index, Index]]:
    """Copies of a story in one index, and in three without one that has two of them."""
    names = list(TEXTS)
    write(tmp_path / "whole", [make_copy(name, number) for number, name in enumerate(names, 1)])
    parts = (["gazette", "birds"], ["courier", "herald"], ["post", "brief"])
    folders = [tmp_path / part[0] for part in parts]
    for folder, part, engine in zip(folders, parts, ("whoosh", "tantivy", "whoosh"), strict=True):
        write(folder, [make_copy(name, names.index(name) + 1) for name in part], engine)
    with searchkit.open(tmp_path / "whole", aliases=None) as one, searchkit.open(folders, aliases=None) as several:
        yield one, several


@pytest.mark.parametrize("options", [
    {}, {"sort": "oldest"}, {"sort": "newest", "limit": 2}, {"collapse": False, "sort": "newest"},
    {"text": "pier", "sort": "oldest", "facets": ("publisher", "date:day")},
    {"text": "pier", "publisher": "The Gazette", "sort": "newest"}, {"limit": 0}, {"sort": "newest", "offset": 2},
], ids=str)
def test_copies_in_several_indexes_are_one_group(printed, options):
    answers = [index.query(**options).to_dict() for index in printed]
    assert strip(answers[0], DIFFERS) == strip(answers[1], DIFFERS)


def test_a_group_over_several_indexes_is_found_by_its_name(printed):
    one, several = printed
    group = several.get("gazette").group
    assert group == one.get("gazette").group
    found = several.query(f"group:{group}", sort="newest")
    assert {hit.id for hit in found} == {"gazette", "courier", "herald", "post"}
    assert found.total == 4
    assert set(several.copies("gazette").ids) == {"courier", "herald", "post"}
    assert [index.query(f"group:{group} first -brief").total for index in printed] == [1, 1]
    assert several.stats()["groups"] == one.stats()["groups"] == 1


# documents in two indexes


def test_of_a_document_in_two_indexes_that_of_the_first_counts(tmp_path):
    write(tmp_path / "new", [make("a", "the lamp is lit", "2020"), make("b", "a lamp")])
    write(tmp_path / "old", [make("a", "the pier is dark", "2019"), make("c", "a dark lamp", "2019")], "tantivy")
    with searchkit.open([tmp_path / "new", tmp_path / "old"], aliases=None) as index:
        assert index.count() == 3
        assert {hit.id for hit in index.query("lamp")} == {"a", "b", "c"}
        found = index.query("dark", facets=("date:year",))
        assert ([hit.id for hit in found], found.total) == (["c"], 1)
        assert [(value.value, value.count) for value in index.facets("date:year")] == [("2019", 1), ("2020", 1),
                                                                                       (None, 1)]
        assert index.get("a").body == "the lamp is lit"
        with searchkit.open(tmp_path / "new", aliases=None) as first:
            first.delete(["a"])
        assert {hit.id for hit in index.query("dark")} == {"a", "c"}
        assert index.get("a").body == "the pier is dark"


def test_all_ids_are_listed_once(tmp_path):
    write(tmp_path / "one", [make(id_, "word") for id_ in "abc"])
    write(tmp_path / "two", [make(id_, "word") for id_ in "bcd"])
    with searchkit.open([tmp_path / "one", tmp_path / "two"], aliases=None) as index:
        engine = index._engine
        listed = engine.list_ids(None, 10)
        assert sorted(listed) == list("abcd")
        assert [id_ for start in (None, *listed[:-1]) for id_ in engine.list_ids(start, 1)] == listed


# ranking


def split(documents: list[Document], count: int) -> tuple[MemoryEngine, Federation]:
    """All documents in one engine, and every n-th in each of several."""
    engines = [MemoryEngine() for _ in range(count + 1)]
    engines[0].add(map(analyse_document, documents))
    for number, engine in enumerate(engines[1:]):
        engine.add(map(analyse_document, documents[number::count]))
    return engines[0], Federation([Member(str(number), engine) for number, engine in enumerate(engines[1:])])


def test_a_word_weighs_by_how_rare_it_is_in_all_indexes():
    """Every text has three words, so that nothing but their rarity decides: common in one index, rare in the other."""
    bodies = ["harbour lamp x", "tide gull x", "harbour gull x", "tide lamp x", "harbour lamp y", "tide tide x"]
    documents = [make(f"d{number}", bodies[number % 6]) for number in range(24)]
    one, several = split(documents, 2)
    query = Or((Term("body", "harbour"), Term("body", "tide"), Term("body", "gull")))
    expected, found = (dict(engine.search(Request(query, limit=50)).hits) for engine in (one, several))
    assert found == pytest.approx(expected)
    plain = dict(several._members[0].engine.search(Request(query, limit=50)).hits)
    assert any(abs(points - expected[id_]) > 0.1 for id_, points in plain.items())


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize("collapse", [True, False])
def test_pages_together_are_the_whole_list(sort, collapse):
    documents = [make(f"d{number:02}", "red " * (number % 3 + 1), ("2020", "2019-05", None)[number % 4 % 3],
                      group=str(number % 9) if number % 2 else None) for number in range(40)]
    _, several = split(documents, 3)
    whole = several.search(Request(Term("body", "red"), sort=sort, collapse=collapse, limit=100)).hits
    pages = [several.search(Request(Term("body", "red"), sort=sort, collapse=collapse, limit=7, offset=start)).hits
             for start in range(0, 49, 7)]
    assert [hit for page in pages for hit in page] == list(whole)
    assert len(whole) == len({*whole}) == (20 + 9 if collapse else 40)


def test_a_facet_with_a_limit_counts_values_that_no_index_has_among_its_first():
    documents = [make(f"a{number}", "x", publisher="A") for number in range(3)]
    documents += [make(f"b{number}", "x", publisher="B") for number in range(3)]
    engines = [MemoryEngine(), MemoryEngine()]
    shared = [make(f"c{number}", "x", publisher="C") for number in range(4)]
    for engine, own in zip(engines, (documents[:3] + shared[:2], documents[3:] + shared[2:]), strict=True):
        engine.add(map(analyse_document, own))
    several = Federation([Member(str(number), engine) for number, engine in enumerate(engines)])
    (values,) = several.search(Request(Everything(), (FacetRequest("publisher", 1),), limit=0)).facets
    assert [(value.value, value.count) for value in values] == [("C", 4)]
