"""Which words a prefix, a pattern or a fuzzy word stands for; which windows hold words near each other."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from growth import grows_with_its_input
from hypothesis import given
from hypothesis import strategies as st

from searchkit.index import Index, open_index
from searchkit.model import Document
from searchkit.search import expansion
from searchkit.search.edits import count_edits, list_edits
from searchkit.search.expansion import choose_words, compile_pattern
from searchkit.search.nearness import find_places, find_windows
from searchkit.search.query import Fuzzy, Prefix, Wildcard

SHORT = st.text("abc", max_size=6)


@pytest.mark.parametrize(("pattern", "fitting", "others"), [
    (Prefix("body", "carri"), ["carri", "carried"], ["carry"]),
    (Wildcard("body", "wom?n"), ["woman", "women"], ["womn", "womaan", "wom"]),
    (Wildcard("body", "car*r"), ["carr", "carrier", "carer"], ["car", "carriers"]),
    (Wildcard("body", "c*r?i*r"), ["carrier", "crxir"], ["carrer"]),
    (Wildcard("body", "c+*(.)"), ["c+(.)"], ["c+(x)", "ccc(.)"]),
    (Fuzzy("body", "huawei", 2), ["huawei", "huawie", "huwei", "huaweii", "huwie"], ["nuawei", "hawaii", "hue"]),
    (Fuzzy("body", "red", 1), ["red", "rid", "reds", "rd"], ["bed", "rides"]),
    (Fuzzy("body", "red", 0), ["red"], ["reds", "rde"]),
])
def test_the_words_that_a_pattern_fits(pattern, fitting, others):
    fits = compile_pattern(pattern)

    assert [word for word in (*fitting, *others) if fits(word)] == fitting


@given(SHORT, SHORT)
def test_edits_are_counted_as_by_the_definition(one, other):
    def count(i, j):
        if not i or not j:
            return i + j
        best = min(count(i - 1, j) + 1, count(i, j - 1) + 1, count(i - 1, j - 1) + (one[i - 1] != other[j - 1]))
        if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
            best = min(best, count(i - 2, j - 2) + 1)
        return best

    exact = count(len(one), len(other))
    assert min(count_edits(one, other, 2), 3) == min(exact, 3)
    assert compile_pattern(Fuzzy("body", "z" + one, 2))("z" + other) == (exact <= 2)


@given(st.text("abc", min_size=1, max_size=5))
def test_what_one_edit_makes_of_a_word_is_what_fits_it(word):
    fits = compile_pattern(Fuzzy("body", word, 1))
    others = ("".join(letters) for length in range(7) for letters in product("abc", repeat=length))

    assert {edited for edited in list_edits(word, "abc") if fits(edited)} == {other for other in others if fits(other)}
    assert all(fits(edited) for edited in list_edits(word, "abc"))


def test_time_grows_with_the_stars_of_a_pattern_only():
    def match(stars):
        fits = compile_pattern(Wildcard("body", "a*" * stars + "b"))
        assert not any(fits("a" * 64) for _ in range(1000))

    assert grows_with_its_input(match, 4)


def test_the_most_frequent_words_are_chosen(monkeypatch):
    monkeypatch.setattr(expansion, "MOST_WORDS", 2)

    frequencies = {"rare": 1, "often": 9, "b": 3, "a": 3, "gone": 0}
    found = choose_words(frequencies, frequencies.__getitem__)

    assert (found.words, found.total) == (("often", "a"), 4)


@pytest.mark.parametrize(("text", "terms", "slop", "windows"), [
    ("a b", "a b", 0, [(0, 2)]),
    ("b a", "a b", 0, [(0, 2)]),
    ("a x b", "a b", 0, []),
    ("a x b", "a b", 1, [(0, 3)]),
    ("a x b x a", "a b", 1, [(0, 3), (2, 5)]),
    ("a x a", "a a", 1, [(0, 3)]),
    ("a x b", "a a b", 5, []),
    ("a a b", "a b", 1, [(0, 3), (1, 4)]),
])
def test_the_windows_that_hold_all_the_words(text, terms, slop, windows):
    words = terms.split()

    assert list(find_windows(find_places(text.split(), words), words, slop)) == windows


@pytest.fixture
def archive() -> Index:
    index = open_index(None)
    index.add([
        Document("once", "a", "The ferry left the pier. Nobody saw the captain again, and the harbour was calm."),
        Document("often", "b", "Ferry after ferry left, and each fery was late. The women waited by the pier."),
        Document("woman", "c", "A woman waited for the ferries of the north."),
    ])
    return index


@pytest.mark.parametrize(("text", "found", "marked"), [
    ('"pier ferry"~2', {"once"}, ["ferry", "pier"]),
    ("atleast(2, ferry)", {"often"}, ["Ferry", "ferry"]),
    ("wom?n", {"often", "woman"}, ["women", "woman"]),
    ("wait*d nor*", {"woman"}, ["waited", "north"]),
    ("fery~1", {"once", "often"}, ["ferry", "Ferry", "ferry", "fery"]),
    ("ferry~0", {"once", "often"}, ["ferry", "Ferry", "ferry"]),
])
def test_what_is_found_is_what_is_marked(archive, text, found, marked):
    hits = sorted(archive.query(text), key=lambda hit: hit.id if hit.id != "once" else "a")

    assert {hit.id for hit in hits} == found
    assert [s.text[a:b] for hit in hits for s in hit.snippets for a, b in s.highlights] == marked


def test_a_boost_lifts_what_has_the_word_and_its_headline(archive):
    orders = [[hit.id for hit in archive.query(f"captain^{weight} OR woman", match="any")] for weight in ("0.1", "9")]

    assert orders == [["woman", "once"], ["once", "woman"]]


def test_a_cut_is_announced(archive, monkeypatch):
    monkeypatch.setattr(expansion, "MOST_WORDS", 1)

    results = archive.query("wom?n OR fer*")

    assert results.warnings == ("body:wom?n fits 2 words; only the 1 most frequent were looked for",
                                "body:fer* fits 3 words; only the 1 most frequent were looked for")


@given(st.lists(st.sampled_from("abx"), max_size=12), st.lists(st.sampled_from("ab"), min_size=1, max_size=3),
       st.integers(0, 3))
def test_windows_are_those_that_plain_loops_find(text, terms, slop):
    width = len(terms) + slop
    plain = [(i, i + width) for i, word in enumerate(text)
             if word in terms and all(text[i:i + width].count(term) >= terms.count(term) for term in terms)]

    assert list(find_windows(find_places(text, terms), terms, slop)) == plain
    assert all(one < other for one, other in pairwise(plain))
