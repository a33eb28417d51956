"""Edits between one word and many are those between each two."""

import random

import pytest

from searchkit.engines.whoosh.editarrays import count_all_edits
from searchkit.search.edits import count_edits


@pytest.mark.parametrize("most", [0, 1, 2, 3])
def test_many_words_are_as_far_as_each_alone(most: int) -> None:
    dice = random.Random(most)
    words = ["".join(dice.choices("abé東", k=dice.randrange(9))) for _ in range(400)]
    for word in ["", *words[:60], "carrier", "aaaaaaaaaaaaaaaaaaaa"]:
        assert count_all_edits(word, words, most) == [count_edits(word, other, most) for other in words]


def test_of_no_words_there_is_nothing_to_count() -> None:
    assert count_all_edits("word", [], 2) == []
