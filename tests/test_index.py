"""The Index: what can be asked of it, and what is refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import searchkit
from searchkit.engines.base import FacetRequest
from searchkit.errors import (
    DocumentNotFound,
    EngineNotInstalled,
    IndexNotFound,
    IndexOutdated,
    QueryError,
    SettingsError,
)
from searchkit.facets import name_facet, read_facet
from searchkit.index import Index, open_index
from searchkit.model import READY, Page
from searchkit.place import make
from searchkit.results import FacetValue
from searchkit.settings import MANIFEST


@pytest.fixture(params=["memory", "whoosh"])
def index(request: pytest.FixtureRequest, tmp_path: Path, stories: list[dict[str, Any]]) -> Iterator[Index]:
    with open_index(tmp_path / "index" if request.param == "whoosh" else None, create=True) as index:
        index.add(Page(f"s#{n}", json.dumps(story), f"s#{n}", READY) for n, story in enumerate(stories))
        yield index


def find(index: Index, text: str = "", **options: Any) -> set[str]:
    return {hit.id for hit in index.query(text, **options)}


@pytest.mark.parametrize(("options", "ids"), [
    ({}, {"ferry", "tram", "bridge", "note"}),
    ({"publisher": "coast gazette"}, {"ferry", "tram"}),
    ({"publisher": ["Coast Gazette", "Tagblatt"]}, {"ferry", "tram", "bridge"}),
    ({"publisher": "none"}, {"note"}),
    ({"publisher": ["none", "Tagblatt"]}, {"note", "bridge"}),
    ({"publisher": "Coast Gazette", "author": "Ada Ash"}, {"ferry"}),
    ({"author": "zoe adler"}, {"bridge"}),
    ({"entity": "Bergen"}, {"ferry", "tram"}),
    ({"entity": "Ola Berg"}, {"tram"}),
    ({"entity": "none"}, {"bridge", "note"}),
    ({"language": "DE"}, {"bridge"}),
    ({"not_publisher": "Coast Gazette"}, {"bridge", "note"}),
    ({"not_publisher": ["none", "Tagblatt"]}, {"ferry", "tram"}),
    ({"not_entity": "Bergen", "not_language": "de"}, {"note"}),
    ({"not_author": "Ada Ash"}, {"tram", "bridge", "note"}),
    ({"after": "2018"}, {"ferry", "tram"}),
    ({"after": "2018-03-22", "before": "2018-03-22"}, {"ferry"}),
    ({"before": "2017"}, {"bridge"}),
    ({"after": "1d"}, set()),
    ({"publisher": None, "after": None, "entity": []}, {"ferry", "tram", "bridge", "note"}),
])
def test_filters_let_pass_what_they_say(index: Index, options: dict[str, Any], ids: set[str]) -> None:
    assert find(index, **options) == ids


@pytest.mark.parametrize(("text", "ids"), [
    ("ferry tram", {"tram", "note"}),
    ("ferry OR brücke", {"ferry", "tram", "note", "bridge"}),
    ("title:tram", {"tram"}),
    ("ferry -tram", {"ferry"}),
    ("brucke", {"bridge"}),
    ('"ferry strike"', {"ferry"}),
    ('"ends the"', set()),
    ("person:ola*", {"tram"}),
    ("site:coast.example", {"ferry"}),
    ("date:2018", {"ferry", "tram"}),
    ("date:none", {"note"}),
])
def test_a_query_finds_what_it_means(index: Index, text: str, ids: set[str]) -> None:
    assert find(index, text) == ids


def test_any_word_is_enough_when_asked_so(index: Index) -> None:
    assert find(index, "strike brücke", match="any") == {"ferry", "bridge"}
    assert find(index, "strike brücke") == set()


@pytest.mark.parametrize(("sort", "ids"), [
    ("newest", ["tram", "ferry", "bridge", "note"]), ("oldest", ["bridge", "ferry", "tram", "note"])])
def test_hits_are_sorted_by_date_and_those_without_come_last(index: Index, sort: str, ids: list[str]) -> None:
    assert [hit.id for hit in index.query(sort=sort)] == ids


def test_the_best_match_comes_first(index: Index) -> None:
    first, *others = index.query("ferry")
    assert first.id == "ferry" and first.score >= max(hit.score for hit in others) > 0


def test_pages_of_hits_add_up_and_ranks_go_on(index: Index) -> None:
    whole = index.query("ferry OR tram OR brücke", limit=None).hits
    paged = [hit for offset in range(4) for hit in index.query("ferry OR tram OR brücke", limit=1, offset=offset)]
    assert tuple(paged) == whole
    assert [hit.rank for hit in paged] == [1, 2, 3, 4]
    assert index.query("ferry", offset=10**9).hits == ()


def test_limit_zero_counts_only(index: Index) -> None:
    results = index.query("ferry", limit=0)
    assert (results.hits, results.total) == ((), 3)
    assert results.facets["publisher"] == (FacetValue("Coast Gazette", 2), FacetValue(None, 1))


def test_facets_count_all_matches_and_not_one_page(index: Index) -> None:
    assert index.query(limit=1).facets == index.query(limit=None).facets
    assert index.query(limit=1).facets == {
        "publisher": (FacetValue("Coast Gazette", 2), FacetValue("Tagblatt", 1), FacetValue(None, 1)),
        "date": (FacetValue("2017", 1), FacetValue("2018-03", 1), FacetValue("2018-04", 1), FacetValue(None, 1)),
        "entity": (FacetValue("Bergen", 2), FacetValue("Ola Berg", 1), FacetValue(None, 2)),
    }


@pytest.mark.parametrize(("facet", "values"), [
    ("date:year", [("2017", 1), ("2018", 2), (None, 1)]),
    ("date:day", [("2017", 1), ("2018-03-22", 1), ("2018-04", 1), (None, 1)]),
    ("date:year:1", [("2018", 2), (None, 1)]),
    ("date:1", [("2018-04", 1), (None, 1)]),
    ("entity:1", [("Bergen", 2), (None, 2)]),
    ("author:0", [("Ada Ash", 1), ("Zoë Adler", 1), (None, 2)]),
    ("lang", [("en", 3), ("de", 1)]),
    ("site", [("coast.example", 1), (None, 3)]),
    ("org", [(None, 4)]),
])
def test_a_facet_has_the_values_asked_for(index: Index, facet: str, values: list[tuple[str | None, int]]) -> None:
    assert [(value.value, value.count) for value in index.facets(facet)] == values


def test_a_facet_can_be_counted_over_a_query(index: Index) -> None:
    assert index.facets("publisher", "brücke") == (FacetValue("Tagblatt", 1),)
    assert index.facets("publisher", after="2018") == (FacetValue("Coast Gazette", 2),)


def test_no_facets_or_one_by_name(index: Index) -> None:
    assert index.query(facets=()).facets == {}
    assert set(index.query(facets="author").facets) == {"author"}


def test_snippets_are_as_many_as_asked_for(index: Index) -> None:
    assert [len(hit.snippets) for hit in index.query("strike", snippets=0)] == [0]
    hit, = index.query("dawn", snippets=3)
    assert [hit.document.body[s.start:s.start + len(s.text)] for s in hit.snippets] == [s.text for s in hit.snippets]
    assert str(hit.snippets[0]).endswith("**dawn**.")


@pytest.mark.parametrize(("options", "said"), [
    ({"sort": "random"}, "--sort"),
    ({"match": "some"}, "--match"),
    ({"limit": -1}, "--limit"),
    ({"offset": -1}, "--offset"),
    ({"snippets": -1}, "--snippets"),
    ({"facets": ["title"]}, "no facet 'title'"),
    ({"facets": ["publisher:x"]}, "write FIELD, FIELD:LIMIT"),
    ({"facets": ["publisher:" + "9" * 5000]}, "is no facet"),
    ({"after": "soon"}, "--after"),
])
def test_an_option_that_cannot_be_meant_is_named(index: Index, options: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        index.query("ferry", **options)


def test_an_option_that_does_not_exist_is_never_passed_over(index: Index) -> None:
    with pytest.raises(TypeError, match="publsher"):
        index.query("ferry", publsher="Tagblatt")  # type: ignore[call-arg]


def test_a_query_that_does_not_parse_is_an_error_of_its_own(index: Index) -> None:
    with pytest.raises(QueryError) as caught:
        index.query('((("')
    assert caught.value.position == 3


def test_a_document_is_got_by_its_id(index: Index) -> None:
    assert index.get("bridge").author == "Zoë Adler"
    with pytest.raises(DocumentNotFound, match="no document 'nothing'"):
        index.get("nothing")


def test_stats_say_what_it_holds(index: Index) -> None:
    stats = index.stats()
    assert {name: stats[name] for name in ("documents", "publishers", "authors", "entities", "dated", "first_date",
                                           "last_date", "languages", "rejected")} == {
        "documents": 4, "publishers": 2, "authors": 2, "entities": 2, "dated": 3, "first_date": "2017",
        "last_date": "2018-04", "languages": {"en": 3, "de": 1}, "rejected": {}}
    assert (stats["bytes"] is None) == (stats["engine"] == "memory")


def test_a_reader_sees_what_was_added_after_it_opened(tmp_path: Path) -> None:
    with open_index(tmp_path, create=True) as writer, open_index(tmp_path) as reader:
        assert reader.count() == 0
        writer.add(searchkit.Document("1", "p", "News."))
        assert reader.query("news").total == 1


def test_an_index_is_made_only_where_that_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFound):
        open_index(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_the_memory_engine_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="keeps nothing on disk"):
        open_index(tmp_path / "new", "memory", create=True)
    assert not (tmp_path / "new").exists()


def test_an_engine_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no engine 'solr'.*there are: "):
        open_index(tmp_path / "new", "solr", create=True)
    assert not (tmp_path / "new").exists()


def test_the_engine_must_be_the_one_that_built_it(tmp_path: Path) -> None:
    make(tmp_path, "whoosh")
    with pytest.raises(IndexOutdated, match="built with engine 'whoosh', not 'memory'"):
        open_index(tmp_path, "memory")


@pytest.mark.parametrize("engine", ["lucene", "memory"])
def test_an_index_of_an_engine_that_is_not_here_can_be_rebuilt(tmp_path: Path, engine: str) -> None:
    make(tmp_path, "whoosh")
    data = json.loads((tmp_path / MANIFEST).read_text())
    (tmp_path / MANIFEST).write_text(json.dumps({**data, "engine": engine}))
    with pytest.raises(EngineNotInstalled, match=f"no engine '{engine}' here"):
        open_index(tmp_path, create=True)
    with open_index(tmp_path, rebuild=True) as index:
        assert (index.engine_name, index.count()) == ("whoosh", 0)


@pytest.mark.parametrize(("text", "facet", "name"), [
    ("publisher", FacetRequest("publisher", 10), "publisher"),
    ("Publisher:5", FacetRequest("publisher", 5), "publisher"),
    ("lang:0", FacetRequest("language", None), "language"),
    ("date", FacetRequest("date", None, "month"), "date"),
    ("date:month:3", FacetRequest("date", 3, "month"), "date"),
    ("date:year", FacetRequest("date", None, "year"), "date:year"),
])
def test_how_a_facet_is_written(text: str, facet: FacetRequest, name: str) -> None:
    assert (read_facet(text), name_facet(read_facet(text))) == (facet, name)


def test_values_that_the_text_names_come_first_and_can_be_asked_for_alone() -> None:
    rider, town = searchkit.Entity("Ola Berg", "person"), searchkit.Entity("Bergen", "place")
    index = open_index(None)
    index.add(searchkit.Document(id_, id_, f"Ola rides {id_}.", entities=named)
              for id_, named in {"1": (town,), "2": (town,), "3": (town, rider), "4": ()}.items())

    assert [value.value for value in index.facets("entity")] == ["Bergen", "Ola Berg", None]
    assert [value.value for value in index.facets("entity", "ola")] == ["Ola Berg", "Bergen", None]
    assert [value.value for value in index.facets("entity:1", "ola")] == ["Ola Berg", None]
    assert [value.value for value in index.facets("person", value="ber ol")] == ["Ola Berg"]
    assert [value.value for value in index.facets("entity:1", value="berg")] == ["Bergen"]
    assert index.facets("entity", "rides 1", value="ola") == ()


def count(index: Index, field: str, text: str = "", **options: Any) -> dict[str | None, int]:
    return {value.value: value.count for value in index.facets(field, text, **options)}


@pytest.mark.parametrize(("field", "options", "counts"), [
    ("publisher", {"publisher": "Coast Gazette"}, {"Coast Gazette": 2, "Tagblatt": 1, None: 1}),
    ("publisher", {"publisher": "none", "language": "en"}, {"Coast Gazette": 2, None: 1}),
    ("publisher", {"publisher": "Tagblatt", "not_publisher": "Coast Gazette"}, {"Tagblatt": 1, None: 1}),
    ("publisher", {"publisher": "Tagblatt", "after": "2018"}, {"Coast Gazette": 2}),
    ("person", {"entity": "Bergen"}, {"Ola Berg": 1, None: 3}),
    ("language", {"publisher": "Coast Gazette"}, {"en": 2}),
    ("date:year", {"publisher": "Coast Gazette"}, {"2018": 2}),
])
def test_what_is_chosen_of_a_facet_empties_the_others_and_not_its_own_list(
        index: Index, field: str, options: dict[str, Any], counts: dict[str | None, int]) -> None:
    assert count(index, field, **options) == counts
    assert count(index, f"{field}:0", **options) == counts


def test_what_is_typed_as_a_filter_holds_for_every_facet(index: Index) -> None:
    assert count(index, "publisher", 'publisher:"Coast Gazette"') == {"Coast Gazette": 2}


def test_hits_and_their_total_stay_with_what_was_chosen(index: Index) -> None:
    results = index.query("ferry", publisher="Coast Gazette", facets=("publisher",))
    assert (results.total, {hit.id for hit in results}) == (2, {"ferry", "tram"})
    assert results.facets["publisher"] == (FacetValue("Coast Gazette", 2), FacetValue(None, 1))


def test_a_facet_of_its_own_query_counts_patterns_too(index: Index) -> None:
    for text in ("f?rry", "ferr*", "fery~"):
        assert count(index, "publisher", text, publisher="Coast Gazette") == count(index, "publisher", text)


def test_what_is_like_a_document_brings_no_advice(index: Index) -> None:
    results = index.similar("ferry", publisher="Nobody")
    assert (results.query, results.total, results.suggestion, results.partial) == ("similar to ferry", 0, None, None)


def test_empty_periods_are_counted_where_they_are_asked_for(index: Index) -> None:
    assert list(count(index, "date")) == ["2017", "2018-03", "2018-04", None]
    assert count(index, "date:day", "tram", empty_periods=True) == {"2018-04": 1, None: 1}
    assert list(count(index, "date:year", after="2017", empty_periods=True)) == ["2017", "2018"]


def test_a_document_deleted_by_another_process_while_it_was_found_made_the_query_fail(tmp_path):
    with searchkit.open(tmp_path / "index") as index, searchkit.open(tmp_path / "index") as other:
        index.add([searchkit.Document(f"{number}", f"{number}", "A ferry sails.") for number in range(3)])
        search = index._engine.search

        def search_and_lose(request):
            matches = search(request)
            if other.count() == 3:
                other.delete([matches.hits[0][0]])
            return matches

        index._engine.search = search_and_lose
        assert (index.query("ferry", collapse=False).total, len(index.query("ferry", collapse=False))) == (2, 2)
