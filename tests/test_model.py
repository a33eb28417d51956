"""The values that pass through: their JSON, and what people are shown of them."""

import copy
import json
import pickle
from array import array

import pytest

from searchkit.model import DISPLAY_TITLE_LENGTH, Chrome, Clue, Document, Entity, Page, PublicationDate, Rejected, Value
from searchkit.pipeline.duplicates import Signature
from searchkit.report import IndexReport
from searchkit.results import FacetValue, Hit, Results, Snippet
from searchkit.search.analysis import Analysed, Tokens

FULL = Document(
    id="1", path="a/b.html", body="One.\n\nTwo.", url="https://x.example/", title="T", title_source="heading",
    title_clues=(Clue("T", "heading", 0.9, "T | Site"),), date=PublicationDate("2018-03", "month", "byline", 0.8),
    date_clues=(Clue("2018-03", "byline", 0.8, "March 2018"),), date_not_after="2019-01-01", publisher="P",
    publisher_source="meta", publisher_clues=(Clue("P", "meta", 0.7),), author="A", author_source="byline",
    author_clues=(Clue("A", "byline", 0.6, "By A"),), language="en",
    entities=(Entity("Oslo", "place", 2, ("Oslo", "OSLO")),), chrome=(Chrome("Menu", "navigation"),))


@pytest.mark.parametrize("document", [FULL, Document("1", "p", "b")])
def test_a_document_survives_its_json(document: Document) -> None:
    assert Document.from_dict(json.loads(json.dumps(document.to_dict()))) == document


@pytest.mark.parametrize("value", [
    FULL, Document("1", "p", "b"), Page("p", b"text", size=4), Rejected("p", "empty", "no bytes"),
    Tokens(array("I", (0, 1, 0)), ("one", "two"), ("One", "two")),
    Analysed("1", b"2", {"body": Tokens(array("I", (0,)), ("one",), ("one",))}, {"language": ("en",)}, {}),
    Signature(-5, 61, (1, 2, 3))])
def test_values_are_the_same_in_another_process_and_copied(value: Value) -> None:
    assert pickle.loads(pickle.dumps(value)) == copy.copy(value) == copy.deepcopy(value) == value
    assert type(pickle.loads(pickle.dumps(value))) is type(value)


def test_a_value_is_sent_without_the_names_of_its_fields() -> None:
    assert b"title_clues" not in pickle.dumps(FULL) and b"confidence" not in pickle.dumps(FULL)


def test_the_json_of_a_document_has_the_keys_of_the_contract() -> None:
    assert set(FULL.to_dict()) >= {
        "id", "path", "url", "title", "title_source", "body", "date", "date_precision", "date_source",
        "date_confidence", "date_clues", "date_not_after", "publisher", "publisher_source", "author", "language",
        "entities", "chrome"}
    assert FULL.to_dict()["date_clues"] == [{"date": "2018-03", "source": "byline", "confidence": 0.8,
                                             "text": "March 2018"}]
    assert FULL.to_dict()["entities"] == [{"name": "Oslo", "type": "place", "count": 2, "mentions": ["Oslo", "OSLO"]}]
    assert FULL.to_dict()["chrome"] == [{"text": "Menu", "reason": "navigation"}]


def test_a_rejected_page_says_why() -> None:
    assert Rejected("p", "empty", "no text").to_dict() == {"path": "p", "rejected": "empty", "detail": "no text"}


@pytest.mark.parametrize(("body", "shown"), [
    ("It rained. It poured.", "It rained."),
    ("No end\nand more", "No end"),
    ("", "the/path"),
    ("word " * 40 + "end.", ("word " * 40)[:84] + " …"),
    ("雨" * 200, "雨" * 88 + " …"),
])
def test_a_document_without_title_is_shown_by_its_first_sentence(body: str, shown: str) -> None:
    document = Document("1", "the/path", body)
    assert document.display_title == shown.replace("  ", " ")
    assert len(document.display_title) <= DISPLAY_TITLE_LENGTH


def test_a_snippet_marks_its_words() -> None:
    snippet = Snippet("a red sky", 10, ((2, 5),))
    assert str(snippet) == "a **red** sky"
    assert snippet.mark("<b>", "</b>") == "a <b>red</b> sky"
    assert snippet.to_dict() == {"text": "a red sky", "start": 10, "highlights": [[2, 5]], "field": "body"}


def test_a_hit_reads_like_its_document() -> None:
    hit = Hit(FULL, 1, 2.5, (Snippet("One.", 0),))
    assert (hit.id, hit.title, hit.date, hit.publisher, hit.author) == ("1", "T", "2018-03", "P", "A")
    assert Hit(Document("1", "p", "b"), 1, 0.0).date is None


def test_the_json_of_results_has_the_keys_of_the_contract() -> None:
    results = Results("q", "body:q", "all", 7, 1.5, (Hit(FULL, 1, 2.5, (Snippet("One.", 0),)),),
                      {"publisher": (FacetValue("P", 1), FacetValue(None, 6))})
    data = results.to_dict()
    assert list(data) == ["schema", "query", "parsed", "match", "total", "distinct", "took_ms", "suggestion",
                          "warnings", "hits", "facets", "partial"]
    assert data["schema"] == 1
    assert set(data["hits"][0]) >= {"id", "rank", "score", "title", "date", "publisher", "author", "language", "url",
                                    "path", "entities", "snippets"}
    assert data["hits"][0]["entities"] == [{"name": "Oslo", "type": "place", "count": 2}]
    assert data["facets"] == {"publisher": [{"value": "P", "count": 1, "distinct": 1},
                                             {"value": None, "count": 6, "distinct": 6}]}


def test_results_are_their_hits() -> None:
    hit = Hit(FULL, 1, 2.5)
    results = Results("q", "q", "all", 7, 1.0, (hit,))
    assert (list(results), len(results), results.total) == ([hit], 1, 7)


def test_the_json_of_a_report_is_that_of_the_contract() -> None:
    assert IndexReport(1, 2, 3, 4, (Rejected("p", "empty", "d"),), 0.5).to_dict() == {
        "added": 1, "updated": 2, "unchanged": 3, "removed": 4,
        "rejected": [{"path": "p", "reason": "empty", "detail": "d"}], "seconds": 0.5, "warnings": []}
