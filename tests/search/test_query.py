"""The query tree: its canonical text, its leaves, its helpers."""

from datetime import date

import pytest

from searchkit.search.query import (
    NOTHING,
    And,
    AtLeast,
    Boost,
    ByLanguage,
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
    by_language,
    choose_language,
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
    (ByLanguage(((("de",), BLUE), (("fr",), RED)), RED), "body:(red|blue)"),
    (ByLanguage(((("de",), Phrase("body", ("red", "sky"))),), Everything()), 'body:(*|"red sky")'),
    (ByLanguage(((("de",), GREY),), RED), "(body:red|title:grey)"),
    (ByLanguage(((("de",), NOTHING),), RED), "body:(red)"),
    (ByLanguage(((("de",), AtLeast(2, BLUE)),), AtLeast(2, RED)), "(atleast(2, body:red)|atleast(2, body:blue))"),
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


def test_languages_that_are_asked_the_same_are_grouped() -> None:
    assert by_language({"de": RED, "en": RED}) == by_language({None: RED}) == RED
    assert by_language({"de": RED, "en": BLUE, "fr": RED, None: BLUE}) == ByLanguage(((("de", "fr"), RED),), BLUE)
    assert by_language({"de": RED, "en": BLUE}) == ByLanguage(((("en",), BLUE),), RED)


def test_what_a_query_asks_of_one_language_has_no_choice_in_it() -> None:
    node = ByLanguage(((("de",), RED),), BLUE)
    tree = Not(Boost(Or((And((node, GREY)), node)), 2))

    assert choose_language(tree, "DE") == Not(Boost(Or((And((RED, GREY)), RED)), 2))
    assert choose_language(tree, None) == choose_language(tree, "fr") == Not(Boost(Or((And((BLUE, GREY)), BLUE)), 2))
