"""BM25, as the formula in the module says."""

from math import inf, isclose, log

from hypothesis import given
from hypothesis import strategies as st

from searchkit.search.ranking import K1, B, score, weigh_length, weigh_rarity


def test_a_score_by_hand() -> None:
    idf = log(1 + (10 - 2 + 0.5) / 2.5)
    assert isclose(score(weigh_rarity(10, 2), 3, weigh_length(50, 100)), idf * 3 / (3 + K1 * (1 - B + B / 2)))


def test_an_average_of_zero_divides_nothing() -> None:
    assert weigh_length(0, 0.0) == K1


@given(st.integers(1, 10**6), st.data())
def test_rarer_terms_weigh_more_and_none_weighs_less_than_nothing(documents: int, data: st.DataObject) -> None:
    frequency = data.draw(st.integers(1, documents))
    assert 0 < weigh_rarity(documents, frequency) <= weigh_rarity(documents, frequency - 1)


@given(st.integers(1, 1000), st.integers(1, 10**5), st.floats(1, 10**5))
def test_more_occurrences_score_more_and_longer_texts_less(count: int, length: int, average: float) -> None:
    here = score(1.0, count, weigh_length(length, average))
    assert 0 < here < 1 < inf
    assert here < score(1.0, count + 1, weigh_length(length, average))
    assert here > score(1.0, count, weigh_length(length + 1, average))
