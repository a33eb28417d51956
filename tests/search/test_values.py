"""Facet values by the words that name them."""

import pytest

from searchkit.results import FacetValue
from searchkit.search.values import find_named, put_first

VALUES = [FacetValue(name, count) for name, count in
          {"Cora Wray": 9, "Wraysbury": 4, "Jean-Luc Zoë": 3, "AT&T": 2, "東京都": 1}.items()] + [FacetValue(None, 5)]


@pytest.mark.parametrize(("text", "named"), [
    ("wray", ["Cora Wray", "Wraysbury"]), ("WRAY co", ["Cora Wray"]), ("ray", []), ("luc zoe", ["Jean-Luc Zoë"]),
    ("at&t", ["AT&T"]), ("京", ["東京都"]), ("", []), ("(", []),
])
def test_every_word_begins_a_word_of_the_value(text: str, named: list[str]) -> None:
    assert [value.value for value in find_named(VALUES, text)] == named


def test_named_values_come_first_and_the_group_without_one_last() -> None:
    ordered = put_first(find_named(VALUES, "wraysbury"), VALUES, 2)

    assert [value.value for value in ordered] == ["Wraysbury", "Cora Wray", None]
