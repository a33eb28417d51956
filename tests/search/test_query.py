"""The query tree: its canonical text, its leaves, its helpers."""

from datetime import date

import pytest

from searchkit.search.query import (
    And,
    DateRange,
    Everything,
    Keyword,
    KeywordPrefix,
    Missing,
    Not,
    Or,
    Phrase,
    Prefix,
    Term,
    both,
    either,
    find_leaves,
)

RED, BLUE, GREY = Term("body", "red"), Term("body", "blue"), Term("title", "grey")


@pytest.mark.parametrize(("tree", "text"), [
    (Everything(), "*"),
    (RED, "body:red"),
    (Phrase("body", ("red", "sky")), 'body:"red sky"'),
    (Prefix("body", "carri"), "body:carri*"),
    (Keyword("publisher", "The Courier"), 'publisher:"The Courier"'),
    (KeywordPrefix("publisher", "The I"), 'publisher:"The I"*'),
    (Missing("author"), "author:none"),
    (DateRange("date", date(2018, 1, 1).toordinal(), None), "date:2018-01-01.."),
    (And((RED, Or((BLUE, GREY)))), "body:red AND (body:blue OR title:grey)"),
    (Not(And((RED, BLUE))), "NOT (body:red AND body:blue)"),
])
def test_the_canonical_text_of_a_tree(tree: object, text: str) -> None:
    assert str(tree) == text


def test_values_are_compared_without_case_accent_and_needless_space() -> None:
    assert Keyword("author", "ZOË  Ash").key == Keyword("author", "zoe ash").key == "zoe ash"
    assert KeywordPrefix("author", "ZOË").key == "zoe"


def test_all_of_nothing_is_everything_and_of_one_is_that_one() -> None:
    assert both() == both(Everything()) == Everything()
    assert both(RED, Everything()) == either(RED) == RED


def test_leaves_are_those_a_document_can_match_by() -> None:
    assert list(find_leaves(And((RED, Not(BLUE), Or((GREY, Missing("author"))))))) == [RED, GREY, Missing("author")]
