"""Lines of JSON that are documents already."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.model import Document, Entity, Page, Rejected
from searchkit.pipeline.ready import read_document


def read(line: Any) -> Document | Rejected:
    content = line if isinstance(line, bytes | str) else json.dumps(line)
    return read_document(Page("x.jsonl#1", content), "made-up")


def test_everything_given_is_taken_as_it_is() -> None:
    document = read({"id": "7", "title": "T", "body": "Skip to content\n\nStory.", "date": "2018-03-22",
                     "publisher": "P", "author": "A", "url": "https://x.example/", "language": "nn",
                     "entities": ["Oslo", {"name": "Ada", "type": "person", "count": 3}, "Oslo"]})
    assert isinstance(document, Document)
    assert (document.id, document.title, document.publisher, document.author, document.language) == (
        "7", "T", "P", "A", "nn")
    assert (document.body, document.chrome) == ("Skip to content\n\nStory.", ())
    assert document.entities == (Entity("Oslo", "other", 1, ("Oslo",)), Entity("Ada", "person", 3, ("Ada",)))


def test_only_the_body_is_needed() -> None:
    document = read({"body": " Story. ", "title": None, "date": "", "entities": []})
    assert isinstance(document, Document)
    assert (document.id, document.body, document.title, document.date) == ("made-up", "Story.", None, None)


def test_a_number_may_be_an_id() -> None:
    document = read({"id": 0, "body": "b", "entities": []})
    assert isinstance(document, Document) and document.id == "0"


def test_a_title_is_one_line() -> None:
    document = read({"body": "b", "title": "one\n two", "publisher": "a\tb", "entities": []})
    assert isinstance(document, Document)
    assert (document.title, document.publisher) == ("one two", "a b")


def test_half_a_character_is_replaced() -> None:
    document = read(b'{"body": "a \\ud800 b", "entities": []}')
    assert isinstance(document, Document) and document.body == "a ? b"


@pytest.mark.parametrize(("text", "value", "precision"), [
    ("2018", "2018", "year"), ("2018-03", "2018-03", "month"), (" 2018-03-22 ", "2018-03-22", "day"),
    ("2018-03-22T10:30:00Z", "2018-03-22", "day"), ("2018-03-22 10:30:00.5 +01:00", "2018-03-22", "day")])
def test_a_date_is_as_precise_as_it_is_given(text: str, value: str, precision: str) -> None:
    document = read({"body": "b", "date": text, "entities": []})
    assert isinstance(document, Document) and document.date is not None
    assert (document.date.value, document.date.precision, document.date.source) == (value, precision, "given")


@pytest.mark.parametrize("text", ["yesterday", "2018-3-22", "2018-02-30", "2018-13", "0000", "20180322", "2018 or so",
                                  "2018-03T10:00", "２０１８", "  "])
def test_a_date_that_is_none_rejects_the_line(text: str) -> None:
    rejected = read({"body": "b", "date": text, "entities": []})
    assert isinstance(rejected, Rejected)
    assert (rejected.path, rejected.reason) == ("x.jsonl#1", "bad-document")
    assert "no ISO 8601 date" in rejected.detail


@pytest.mark.parametrize(("line", "reason", "said"), [
    ("not json", "bad-json", "no JSON"),
    ("", "bad-json", "no JSON"),
    (b"\xff\xfe{}", "bad-json", "no JSON"),
    ("[" * 200_000, "bad-json", "no JSON"),
    ('{"a":' * 200_000, "bad-json", "no JSON"),
    ("9" * 10_000, "bad-json", "no JSON"),
    ([1], "bad-document", "no JSON object"),
    ("null", "bad-document", "no JSON object"),
    ({"title": "t"}, "bad-document", "no 'body'"),
    ({"body": 5}, "bad-document", "'body' is not text"),
    ({"body": "b", "title": ["t"]}, "bad-document", "'title' is not text"),
    ({"body": "b", "date": 2018}, "bad-document", "'date' is not text"),
    ({"body": "b", "id": 1.5}, "bad-document", "'id' is not text"),
    ({"body": "b", "entities": "Oslo"}, "bad-document", "'entities' is no list"),
    ({"body": "b", "entities": [1]}, "bad-document", "'entities' is no list"),
    ({"body": None}, "no-content", "empty"),
    ({"body": " \n "}, "no-content", "empty"),
])
def test_a_line_that_is_no_document_is_rejected_with_its_reason(line: Any, reason: str, said: str) -> None:
    rejected = read(line)
    assert isinstance(rejected, Rejected)
    assert rejected.reason == reason and said in rejected.detail


VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                      lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)


TEXT_KEYS = ("id", "body", "title", "date", "publisher", "author", "url", "language")


@given(st.fixed_dictionaries({"entities": st.lists(VALUES)}, optional=dict.fromkeys(TEXT_KEYS, VALUES)))
def test_any_object_becomes_a_document_that_can_be_stored_or_is_rejected(line: dict[str, Any]) -> None:
    made = read(line)
    if isinstance(made, Document):
        assert Document.from_dict(json.loads(json.dumps(made.to_dict()))) == made
        json.dumps(made.to_dict(), ensure_ascii=False).encode("utf-8")
