"""Words near a word, and forms of a term."""

import random
from itertools import pairwise

import pytest

from searchkit.search.edits import count_edits
from searchkit.search.vocabulary import find_forms, find_near, make_vocabulary

WORDS = make_vocabulary(["ferries", "ferry", "fern", "harbour", "harbours", "harvest", "merry", "sail", "sails"])


@pytest.mark.parametrize(("typed", "near"), [
    ("ferr", ["fern", "ferry"]), ("ferry", ["merry"]), ("fery", ["fern", "ferry"]), ("hrabuor", ["harbour"]),
    ("sial", ["sail"]), ("slai", []), ("zebra", [])])
def test_short_words_are_one_edit_away_and_long_ones_two(typed, near):
    assert find_near(WORDS, typed) == near


@pytest.mark.parametrize(("one", "other", "distance"), [
    ("sail", "sail", 0), ("sail", "sial", 1), ("", "ab", 2), ("sail", "snails", 2), ("ca", "abc", 3),
    ("abcdef", "uvwxyz", 3)])
def test_a_swap_of_neighbours_is_one_edit(one, other, distance):
    assert count_edits(one, other, 2) == distance


def test_the_sieve_of_letters_loses_no_word_that_is_near():
    dice = random.Random(5)
    words = sorted({"".join(dice.choices("abc東é", k=dice.randrange(5, 8))) for _ in range(150)})
    vocabulary = make_vocabulary(words)

    for word in words:
        reach = 2 if len(word) > 5 else 1
        assert find_near(vocabulary, word) == [
            other for other in words if other != word and count_edits(word, other, 2) <= reach]


def test_the_forms_of_a_term_are_the_words_with_its_stem():
    assert find_forms(WORDS, "harbour") == ["harbour", "harbours"]
    assert find_forms(WORDS, "ferri") == ["ferries", "ferry"]
    assert all(one < other for one, other in pairwise(WORDS.words))
