"""Saved queries: a tree as JSON and back."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.errors import QueryError
from searchkit.fields import KEYWORD_FIELDS, TEXT_FIELDS
from searchkit.search import query as q
from searchkit.search.parser import MAX_DEPTH, parse
from searchkit.search.saved import from_json, to_json

TODAY = date(2020, 2, 29)
WORDS = st.text(min_size=1, max_size=5)
TEXTS = st.sampled_from([field.name for field in TEXT_FIELDS])
KEYWORDS = st.sampled_from([field.name for field in KEYWORD_FIELDS])
DAYS = st.none() | st.integers(1, date.max.toordinal())
TERMS = st.lists(WORDS, max_size=3).map(tuple)
COUNTED = st.one_of(st.builds(q.Term, TEXTS, WORDS), st.builds(q.Phrase, TEXTS, TERMS),
                    st.builds(q.Near, TEXTS, TERMS, st.integers(0, 9)))
LEAVES = st.one_of(
    COUNTED, st.builds(q.AtLeast, st.integers(1, 9), COUNTED), st.builds(q.Prefix, TEXTS, WORDS),
    st.builds(q.Wildcard, TEXTS, WORDS), st.builds(q.Fuzzy, TEXTS, WORDS, st.integers(0, 2)),
    st.builds(q.Keyword, KEYWORDS, WORDS), st.builds(q.KeywordPrefix, KEYWORDS, WORDS, TERMS),
    st.builds(q.DateRange, st.just("date"), DAYS, DAYS), st.builds(q.Missing, KEYWORDS), st.just(q.Everything()))
TREES = st.recursive(LEAVES, lambda below: st.one_of(
    st.builds(q.And, st.lists(below, max_size=3).map(tuple)), st.builds(q.Or, st.lists(below, max_size=3).map(tuple)),
    st.builds(q.Not, below), st.builds(q.Boost, below, st.floats(0, 9)),
    st.builds(q.Prefer, below, st.lists(below, max_size=2).map(tuple)),
    st.builds(q.ByLanguage, st.lists(st.tuples(TERMS, below), max_size=2).map(tuple), below)), max_leaves=8)


@given(TREES)
def test_a_tree_comes_back_from_its_json(tree: q.Query) -> None:
    assert from_json(json.loads(json.dumps(to_json(tree)))) == tree


def test_the_deepest_tree_that_a_text_makes_comes_back() -> None:
    text = "a1 OR (b1 (" * (MAX_DEPTH // 2) + "c1" + ")^2)^3" * (MAX_DEPTH // 2)
    tree = parse(text, TODAY)

    assert from_json(json.loads(json.dumps(to_json(tree)))) == tree


def test_a_saved_query_can_be_read_and_keeps_its_days() -> None:
    assert to_json(parse('date:"last 7 days"', TODAY)) == {"version": 2, "analysis": 2, "query": {
        "kind": "daterange", "field": "date", "first": "2020-02-22", "last": "2020-02-29"}}


TERM = {"kind": "term", "field": "body", "term": "red"}


@pytest.mark.parametrize("node", [
    None, [], "red", {}, {"kind": "eval"}, {"kind": ["term"]}, {"kind": "term"}, {**TERM, "more": 1},
    {**TERM, "field": "nowhere"}, {**TERM, "field": []}, {**TERM, "term": 1}, {"kind": "and", "children": TERM},
    {"kind": "atleast", "count": 2, "child": {"kind": "everything"}}, {"kind": "not", "child": None},
    {"kind": "boost", "child": TERM, "factor": True},
    {"kind": "daterange", "field": "date", "first": "x", "last": None},
    {"kind": "phrase", "field": "body", "terms": ["red", 2]},
    {"kind": "bylanguage", "choices": [], "default": None},
    {"kind": "bylanguage", "choices": TERM, "default": TERM},
    {"kind": "bylanguage", "choices": [TERM], "default": TERM},
    {"kind": "bylanguage", "choices": [{"languages": [1], "node": TERM}], "default": TERM},
    {"kind": "bylanguage", "choices": [{"languages": ["de"], "node": {}}], "default": TERM},
])
def test_what_is_no_tree_is_refused(node: object) -> None:
    with pytest.raises(QueryError, match="no saved query"):
        from_json({"version": 2, "analysis": 2, "query": node})


def test_a_tree_of_the_version_before_is_read() -> None:
    assert from_json({"version": 1, "analysis": 2, "query": TERM}) == q.Term("body", "red")


@pytest.mark.parametrize("data", [None, [], {}, {"version": 3, "analysis": 2}, {"version": 2, "analysis": 1}])
def test_a_tree_of_another_version_is_refused(data: object) -> None:
    with pytest.raises(QueryError, match="no saved query"):
        from_json(data)


def test_a_tree_without_end_is_refused() -> None:
    node: object = TERM
    for _ in range(1000):
        node = {"kind": "not", "child": node}
    with pytest.raises(QueryError, match="nested"):
        from_json({"version": 2, "analysis": 2, "query": node})
