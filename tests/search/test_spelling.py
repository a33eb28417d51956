"""Did-you-mean: of near words the likeliest comes first."""

import time

import pytest

from searchkit.search.spelling import rank_near, weigh_edits
from searchkit.search.vocabulary import find_near, make_vocabulary


@pytest.mark.parametrize(("likely", "unlikely"), [
    (("goverment", "government"), ("goverment", "governmend")),  # the first letter is seldom wrong
    (("acros", "across"), ("acros", "macros")),
    (("recieve", "receive"), ("recieve", "relieve")),
    (("seperate", "separate"), ("seperate", "severate"))])
def test_edits_that_people_make_cost_less(likely, unlikely):
    assert weigh_edits(*likely) < weigh_edits(*unlikely)


def test_of_words_equally_near_the_more_frequent_is_meant():
    assert rank_near("coost", {"roost": 900, "coast": 40, "coost": 0, "coist": 2}) == ["coast", "coist", "roost"]


def test_the_search_for_near_words_grows_with_their_number_only():
    syllables = ["an", "ber", "con", "de", "est", "for", "gra", "hol", "in", "ka", "lor", "mi", "nor", "os", "per",
                 "qua", "ri", "ston", "tur", "ul", "ver", "wil"]
    words = [a + b + c + d for a in syllables for b in syllables for c in syllables for d in syllables[:6]]

    def measure(count):
        vocabulary = make_vocabulary(words[::len(words) // count])
        begun = time.process_time()
        for typed in ("anberdcon", "rikalormi", "hollorstan", "xqzvwy"):
            find_near(vocabulary, typed)
        return time.process_time() - begun

    assert min(measure(50_000) for _ in range(3)) < 40 * min(measure(5_000) for _ in range(3))
