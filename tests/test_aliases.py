"""Aliases: a line corrects what is found, counted and shown, with the index as it was."""

import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import searchkit
from searchkit.aliasfile import AliasFile
from searchkit.cli import app
from searchkit.engines.base import FacetRequest, Request
from searchkit.engines.memory import MemoryEngine
from searchkit.errors import SettingsError
from searchkit.fields import FACETS
from searchkit.index import Index, open_index
from searchkit.model import Document, Entity
from searchkit.search import query as q
from searchkit.search.aliaslines import parse_aliases
from searchkit.search.analysis import analyse_document

LINES = {
    "merge": '[entity]\n"Acme Tools Ltd" = "Acme"',
    "retype": '[entity]\n"Apollo" = { type = "organisation" }',
    "both": '[entity]\n"Apollo" = { name = "Apollo Gallery", type = "organisation" }',
    "drop": '[entity]\n"Read More" = false',
    "publisher": '[publisher]\n"coast.example" = "Coast Gazette"\n"unknown" = false',
}


LINE_ENDS = {"publisher": ['"Eve"', '"Cid"', '"dan"', "false"]}
LINE_ENDS["entity"] = [*LINE_ENDS["publisher"], '{ type = "person" }', '{ name = "Eve", type = "place" }']


def make(id_: str, publisher: str | None, *entities: Entity) -> Document:
    return Document(id_, f"{id_}.html", f"Story {id_}.", publisher=publisher, entities=entities)


DOCUMENTS = [
    make("both", "Coast Gazette", Entity("Acme", "organisation", 3, ("Acme",)),
         Entity("Acme Tools Ltd", "organisation", 1, ("Acme Tools Ltd",))),
    make("long", "coast.example", Entity("Acme Tools Ltd", "organisation", 2, ("Acme Tools",)),
         Entity("Apollo", "person", 1, ("Apollo",))),
    make("short", "unknown", Entity("ACME", "organisation", 1, ("ACME",)), Entity("Read More", "other", 1)),
    make("none", None),
]


@pytest.fixture(params=["memory", "whoosh"])
def index(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    """The documents, in an index that heeds ./aliases.toml."""
    monkeypatch.chdir(tmp_path)
    opened = searchkit.open(None if request.param == "memory" else "index")
    opened.add(DOCUMENTS)
    return opened


def write(text: str) -> None:
    Path("aliases.toml").write_text(text, encoding="utf-8")


def count(index: Index, field: str) -> dict[str | None, int]:
    return {value.value: value.count for value in index.facets(field)}


def find(index: Index, text: str = "", **options: str) -> set[str]:
    return {hit.id for hit in index.query(text, **options)}


# --- what a line does ----------------------------------------------------------------------------------------


def test_a_merge_counts_a_document_once_and_deleting_the_line_undoes_it(index: Index) -> None:
    before = count(index, "entity")
    write(LINES["merge"])
    merged = count(index, "entity")
    Path("aliases.toml").unlink()

    assert merged == {"Acme": 3, "Apollo": 1, "Read More": 1, None: 1}
    assert before == count(index, "entity") == {
        "Acme Tools Ltd": 2, "ACME": 1, "Acme": 1, "Apollo": 1, "Read More": 1, None: 1}


@pytest.mark.parametrize("asked", ["Acme", "acme tools LTD", "ACME"])
def test_old_and_new_names_find_the_same(index: Index, asked: str) -> None:
    write(LINES["merge"])

    assert find(index, entity=asked) == find(index, f'organisation:"{asked}"') == {"both", "long", "short"}
    assert find(index, f'(entity:"{asked}")^2') == {"both", "long", "short"}
    assert find(index, not_entity=asked) == {"none"}


def test_a_document_is_shown_with_its_names_corrected(index: Index) -> None:
    write(LINES["merge"])

    assert index.get("both").entities == (Entity("Acme", "organisation", 4, ("Acme", "Acme Tools Ltd")),)
    assert index.query("both").hits[0].document == index.get("both")


def test_a_retyped_entity_is_found_under_its_new_type_only(index: Index) -> None:
    write(LINES["retype"])

    assert (find(index, "organisation:Apollo"), find(index, "person:Apollo")) == ({"long"}, set())
    assert (find(index, "organisation:apo*"), find(index, "person:apo*")) == ({"long"}, set())
    assert (count(index, "organisation")["Apollo"], "Apollo" in count(index, "person")) == (1, False)
    assert find(index, entity="Apollo") == {"long"}


def test_a_prefix_finds_old_and_new_names(index: Index) -> None:
    write(LINES["both"])

    assert find(index, "organisation:apollo*") == find(index, 'entity:"apollo gal"*') == {"long"}
    assert find(index, "person:apollo*") == set()


def test_a_dropped_value_is_neither_found_nor_counted_nor_shown(index: Index) -> None:
    write(LINES["drop"])

    assert find(index, entity="Read More") == find(index, "entity:read*") == set()
    assert "Read More" not in count(index, "entity")
    assert [entity.name for entity in index.get("short").entities] == ["ACME"]


def test_a_dropped_publisher_joins_those_without_one(index: Index) -> None:
    write(LINES["publisher"])

    assert count(index, "publisher") == {"Coast Gazette": 2, None: 2}
    assert find(index, publisher="none") == {"short", "none"}
    assert find(index, publisher="coast.example") == {"both", "long"}
    assert [index.get(id_).publisher for id_ in ("long", "short")] == ["Coast Gazette", None]


def test_the_readable_query_is_as_it_was_asked(index: Index) -> None:
    write(LINES["merge"])

    assert index.query(entity="Acme").parsed == 'entity:"Acme"'


def test_stats_count_names_and_not_values(index: Index) -> None:
    write(LINES["merge"] + "\n" + LINES["publisher"])

    assert (index.stats()["entities"], index.stats()["publishers"]) == (3, 1)


def test_asking_with_aliases_equals_asking_of_corrected_documents() -> None:
    """Random lines over random documents; the entities of a typed facet that gained or lost a type, too."""
    dice = random.Random(4)
    names = ["Ann", "ANN", "Bob", "Cid", "Dan"]
    for _ in range(150):
        documents = [make(str(number), dice.choice([None, *names]), *(
            Entity(name, dice.choice(["person", "place"])) for name in dice.sample(names, dice.randrange(4))))
            for number in range(12)]
        text = "".join(f"[{table}]\n" + "".join(
            f"{name} = {dice.choice(LINE_ENDS[table])}\n" for name in dice.sample(["Ann", "Bob"], dice.randrange(3)))
            for table in ("entity", "publisher"))
        aliases = parse_aliases(text, "aliases.toml")
        raw, corrected = MemoryEngine(), MemoryEngine()
        raw.add(map(analyse_document, documents))
        corrected.add(analyse_document(aliases.correct_document(document)) for document in documents)
        had_one = {"entity", "person", "place"}  # entities that were dropped do not make a document one without
        for field in FACETS:
            request = FacetRequest(field, naming=aliases.find_naming(field))
            (found,) = raw.search(Request(q.Everything(), (request,))).facets
            (expected,) = corrected.search(Request(q.Everything(), (FacetRequest(field),))).facets
            assert [v for v in found if v.value or field not in had_one] == [
                v for v in expected if v.value or field not in had_one], text
            for value in found:
                if value.value and field != "date":
                    query = q.Keyword(field, value.value)
                    assert ids(raw, aliases.correct_query(query)) == ids(corrected, query), (text, query)
        missing = q.Missing("publisher")
        assert ids(raw, aliases.correct_query(missing)) == ids(corrected, missing), text


def ids(engine: MemoryEngine, query: q.Query) -> set[str]:
    return {id_ for id_, _ in engine.search(Request(query, limit=100)).hits}


# --- what a file may say -------------------------------------------------------------------------------------


def test_chains_lead_to_their_end() -> None:
    aliases = parse_aliases('[entity]\nA = "B"\nB = "C"\nC = { name = "D", type = "place" }', "aliases.toml")
    document = make("1", None, Entity("a", "person", 2), Entity("B", "place"), Entity("E", "place", 1))

    assert aliases.correct_document(document).entities == (Entity("D", "place", 3), Entity("E", "place"))


@pytest.mark.parametrize("lines", [('"ANN" = "Ann"', '"Ann" = "Ann Lee"'), ('"Ann" = "Ann Lee"', '"ANN" = "Ann"')])
def test_a_line_on_spelling_gives_way_to_one_that_says_more_of_the_same_value(lines: tuple[str, str]) -> None:
    aliases = parse_aliases("\n".join(["[entity]", *lines]), "aliases.toml")
    document = make("1", None, Entity("Ann", "person"), Entity("ANN", "person"))

    assert aliases.correct_document(document).entities == (Entity("Ann Lee", "person", 2),)


@pytest.mark.parametrize(("text", "where", "said"), [
    ('[entity]\n\nA = "B"\nB = "A"', "line 3", "in a circle: 'A' → 'B' → 'A'"),
    ('[entity]\n"Ann" = "B"\n"ANN" = "C"', "line 3", "'ANN' contradicts 'Ann'"),
    ('[entity]\n"Ann" = "ANN"\n"aNN" = "Ann"', "line 3", "contradicts"),
    ('[entity]\nA = { name = "B", type = "person" }\nB = { type = "place" }', "line 2", "of type person"),
    ('[people]\nA = "B"', "line 1", "unknown table 'people'. tables are [entity] and [publisher]"),
    ('[entity]\nA = { type = "planet" }', "line 2", "unknown type 'planet'"),
    ('[entity]\nA = "B"\n"C" = 5', "line 3", "'C' cannot become 5"),
    ("[entity]\nA = true", "line 2", "cannot become True"),
    ('[entity]\nA = " "', "line 2", "'A' has no name"),
    ('[entity]\n"" = "B"', "line 2", "an empty value"),
    ('[entity]\nYahoo.com = "Yahoo"', "aliases.toml", "stands in quotes"),
    ('[publisher]\nA = { type = "place" }', "line 2", "publisher 'A' has no type"),
    ('[entity]\nA = "B', "aliases.toml", "at line 2, column 7"),
    ('[entity]\nA = "B"\nA = "C"', "aliases.toml", "at line 3"),
])
def test_what_cannot_be_meant_is_refused_with_its_line(text: str, where: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_aliases(text, "aliases.toml")

    assert where in caught.value.where and caught.value.hint
    assert said in f"{caught.value.what}. {caught.value.hint}"


def test_a_long_file_is_read_in_time_that_grows_with_it() -> None:
    lines = [f'"v{n}" = "v{n + 1}"' for n in range(20_000)]

    aliases = parse_aliases("\n".join(["[entity]", *lines]), "aliases.toml")

    assert aliases.correct_document(make("1", None, Entity("V0", "place"))).entities[0].name == "v20000"


# --- where the file is ---------------------------------------------------------------------------------------


def test_a_file_that_is_named_must_be_there_and_the_default_one_need_not(index: Index, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no file of aliases"):
        open_index(None, aliases="other.toml")
    assert open_index(None).count() == 0


def test_none_corrects_nothing(index: Index) -> None:
    write("broken")

    assert open_index(None, aliases=None).count() == open_index(None, aliases="none").count() == 0


def test_a_change_is_seen_by_a_program_that_runs(tmp_path: Path) -> None:
    path = tmp_path / "aliases.toml"
    path.write_text('[entity]\nA = "B"')
    file = AliasFile(path)
    document = make("1", None, Entity("A", "place"))
    before = file.read().correct_document(document).entities[0].name
    path.write_text('[entity]\nA = "C"')
    os.utime(path, ns=(1, 1))  # a clock may be too coarse to tell the two apart

    assert (before, file.read().correct_document(document).entities[0].name) == ("B", "C")
    assert file.read() is file.read()


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_a_line_changes_counts_at_the_prompt_and_deleting_it_restores_them(
        write_lines: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_lines([{"body": "One.", "entities": ["Acme Tools Ltd", "Acme"]}, {"body": "Two.", "entities": ["Acme"]}])
    run("index", "stories.jsonl")
    files = {path: path.stat().st_mtime_ns for path in Path("index").iterdir()}

    before = run("facets", "entity", "--json")
    write(LINES["merge"])
    merged = json.loads(run("facets", "entity", "--json")[1])["entity"]
    found = json.loads(run("query", "--entity", "Acme Tools Ltd", "--json")[1])
    Path("aliases.toml").rename("mine.toml")

    assert merged == [{"value": "Acme", "count": 2, "distinct": 2}]
    assert (found["total"], {entity["name"] for hit in found["hits"] for entity in hit["entities"]}) == (2, {"Acme"})
    assert run("facets", "entity", "--json") == before
    assert json.loads(run("facets", "entity", "--json", "--aliases", "mine.toml")[1])["entity"] == merged
    assert {path: path.stat().st_mtime_ns for path in Path("index").iterdir()} == files


def test_a_broken_file_is_told_at_the_prompt_with_its_line(write_lines: Callable[..., Path], tmp_path: Path,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_lines([{"body": "One.", "entities": ["Acme"]}])
    run("index", "stories.jsonl")
    write('[entity]\n"Acme" = 7')

    code, out, said = run("facets", "entity")

    assert (code, out) == (2, "")
    assert said.startswith("searchkit: 'Acme' cannot become 7 (aliases.toml, line 2). a line is")
    assert run("stats", "--aliases", "none")[0] == 0
    assert run("stats", "--aliases", "missing.toml")[0] == 2
