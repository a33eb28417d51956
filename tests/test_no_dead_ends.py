"""Where a query finds nothing or little: partial matches, did-you-mean, and why."""

import json

import pytest
from typer.testing import CliRunner

import searchkit
from searchkit import cli


@pytest.fixture(params=[None, "index"], ids=["memory", "whoosh"])
def archive(request, tmp_path, write_lines, stories):
    """Four stories, of which one has no date."""
    path = write_lines(stories)
    with searchkit.open(request.param and tmp_path / request.param) as index:
        index.add(path)
        yield index


def test_where_no_page_has_all_words_the_best_with_some_are_there(archive):
    results = archive.query("ferry tram zebra")

    assert (results.total, results.hits) == (0, ())
    assert (results.partial.match, results.partial.total) == ("any", 3)
    assert {hit.id for hit in results.partial.hits[:2]} == {"tram", "note"}
    assert str(results.partial.hits[0].snippets[0]).count("**") == 4
    assert [hit.rank for hit in results.partial.hits] == [1, 2, 3]


def test_partial_matches_keep_the_filters_and_the_limit(archive):
    partial = archive.query("ferry zebra", publisher="Coast Gazette", limit=1).partial

    assert (partial.total, len(partial.hits)) == (2, 1)


@pytest.mark.parametrize("text", ["ferry", "zebra", "zebra yak", "ferry AND zebra", "ferry tram"])
def test_there_are_none_for_one_word_nor_where_all_are_found_or_insisted_on(archive, text):
    assert archive.query(text).partial is None


@pytest.mark.parametrize(("typed", "meant"), [
    ("fery", "ferry"), ("Fery tram", "Ferry tram"), ("TRMA", "TRAM"), ("title:stirke", "title:strike"),
    ('"cerws of Bergen"', '"crews of Bergen"'), ("title:(opnes tram)", "title:(opens tram)"),
    ("crews -fery unoin", "crews -fery union"), ("Brucke gespertt", "Brucke gesperrt")])
def test_misspelt_words_are_replaced_where_they_stand(archive, typed, meant):
    assert archive.query(typed).suggestion == meant
    assert archive.query(meant).total


@pytest.mark.parametrize("text", ["ferry", "zebra", "fer*", "publisher:Gazete", "tx", "1234", "tram NOT fery", "*", ""])
def test_nothing_is_proposed_for_what_is_right_or_is_no_word(archive, text):
    assert archive.query(text).suggestion is None


def test_only_words_that_find_something_under_the_filters_are_proposed(archive):
    assert archive.query("unoin", publisher="Tagblatt").suggestion is None
    assert archive.query("unoin", publisher="Coast Gazette").suggestion == "union"


def test_a_rare_word_is_doubted_beside_a_near_one_that_is_frequent():
    with searchkit.open(None) as index:
        index.add([searchkit.Document(str(n), "p", "a ferry") for n in range(60)])
        index.add([searchkit.Document("slip", "p", "a fery")])

        assert [hit.id for hit in index.query("fery")] == ["slip"]
        assert index.query("fery").suggestion == "ferry"
        assert index.query("slip -fery").suggestion is None


def test_counts_alone_bring_no_help_and_later_pages_neither(archive):
    for options in ({"limit": 0}, {"offset": 5}):
        results = archive.query("fery tram", **options)
        assert (results.suggestion, results.partial, results.warnings) == (None, None, ())


def test_the_clause_that_empties_a_result_is_named(archive):
    found = archive.explain("ferry tram zebra", publisher="Coast Gazette")

    assert (found.total, found.emptied_by) == (0, ("zebra",))
    assert [(clause.clause, clause.kind, clause.documents, clause.without) for clause in found.clauses] == [
        ("ferry", "query", 3, 0), ("tram", "query", 2, 0), ("zebra", "query", 0, 1),
        ('publisher:"Coast Gazette"', "filter", 2, 0)]
    assert found.advice == ("no document matches zebra",)


def test_where_each_clause_finds_something_those_that_would_free_the_result_are_named(archive):
    found = archive.explain("union tram", language="en")

    assert found.emptied_by == ("union", "tram")
    assert found.advice == ("without union there would be 2 documents",)
    assert archive.query("union tram").warnings == found.advice


def test_words_are_told_with_the_forms_in_which_they_stand(archive):
    words = archive.explain('"ferry crews" carr*').words

    assert [(word.typed, word.field, word.documents) for word in words] == [
        ("ferry", "body", 3), ("crews", "body", 1), ("carr*", "body", 1)]
    assert [(form.written, form.documents) for form in words[2].forms] == [("carries", 1)]


def test_documents_lost_for_want_of_a_date_are_counted(archive):
    assert archive.explain("ferry", after="2018").undated == 1
    assert archive.explain("ferry date:2018").undated == 1
    assert archive.explain("ferry").undated is None
    assert archive.query("ferry", before="2018").warnings == ("1 more document would match but has no date",)
    assert archive.query("ferry").warnings == ()


def test_what_stands_only_in_site_chrome_is_counted():
    with searchkit.open(None) as index:
        index.add([searchkit.Document(str(n), "p", "a ferry", chrome=(searchkit.model.Chrome("Crossword", "menu"),))
                   for n in range(14)])
        said = "14 more match only in site chrome (to search there: in:all)"

        assert index.explain("ferry crossword").only_in_chrome == 14
        assert index.explain("ferry crosswrod~").only_in_chrome == index.explain("ferry cross?ord").only_in_chrome == 14
        assert index.query("crossword").warnings == (said,)
        assert index.query("ferry in:all crossword").total == 14


@pytest.mark.parametrize("text", ["", "*", "ferry OR zebra", "NOT ferry", "title:zebra*", "(ferry)", "date:2018 -tram"])
def test_whatever_parses_is_explained_and_its_total_is_that_of_the_query(archive, text):
    found = archive.explain(text)

    assert found.total == archive.query(text).total
    assert json.loads(json.dumps(found.to_dict()))["parsed"] == found.parsed


def test_the_terminal_says_it_and_scripts_see_no_hits(tmp_path, write_lines, stories):
    place = ["--index", str(tmp_path / "index")]
    runner = CliRunner()
    runner.invoke(cli.app, ["index", str(write_lines(stories)), *place])

    shown = runner.invoke(cli.app, ["query", "fery tram zebra", *place])
    plain = runner.invoke(cli.app, ["query", "ferry zebra", "--jsonl", *place])
    explained = runner.invoke(cli.app, ["explain", "ferry zebra", "--after", "2018", *place])

    assert shown.exit_code == plain.exit_code == 1
    assert "no page has all of these words; the best of 2 with some of them:" in shown.output
    assert "did you mean: ferry tram zebra" in shown.output
    assert plain.output == ""
    assert explained.exit_code == 0
    assert "  zebra" in explained.output
    assert "← empties the result" in explained.output
    assert json.loads(runner.invoke(cli.app, ["explain", "zebra", "--json", *place]).output)["emptied_by"] == ["zebra"]


def test_a_query_of_many_unknown_words_stays_bounded():
    searches = []
    with searchkit.open(None) as index:
        index.add([searchkit.Document("1", "p", "a ferry")])
        search = index._engine.search
        index._engine.search = lambda request: searches.append(request) or search(request)
        index.query(" ".join(f"ferr{a}{b}" for a in "abcdefghijklm" for b in "abcdefghijklm"))

    assert len(searches) < 60
