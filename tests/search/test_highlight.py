"""Snippets: the right excerpt, at its place in the text, with the right words marked."""

import time
from dataclasses import replace
from datetime import date
from html import escape
from itertools import pairwise

import pytest
from growth import grows_with_its_input
from hypothesis import given
from hypothesis import strategies as st

from searchkit.model import Chrome, Document, Entity
from searchkit.results import Snippet
from searchkit.search.analysis import analyse
from searchkit.search.highlight import READ_FIELDS, find_spans, find_wanted, highlight
from searchkit.search.pairs import find_end, is_paired
from searchkit.search.parser import parse
from searchkit.search.query import And, Everything, Keyword, Near, Or, Phrase, Query, Term
from searchkit.search.snippets import WIDTH, make_document_snippets, make_snippets

FILLER = "Nothing of interest happened in the valley that day. "


def find(query: str, body: str, count: int = 1) -> tuple[Snippet, ...]:
    return make_snippets(body, parse(query, date(2020, 1, 1)), count)


def find_marked(query: str, body: str) -> list[str]:
    return [s.text[start:end] for s in find(query, body) for start, end in s.highlights]


@pytest.mark.parametrize(("query", "body", "marked"), [
    ("carrier", "Two carriers and a Carrier.", ["carriers", "Carrier"]),
    ("O'Neill", "It was O’Neill, not Neill.", ["O’Neill"]),
    ("huawei", "Then ＨＵＡＷＥＩ came.", ["ＨＵＡＷＥＩ"]),
    ("stephane", "So said Ste\u0301phane.", ["Ste\u0301phane"]),
    ("华为", "他说华为很好,华人", ["华为"]),
    ("华", "他说华为很好,华人", ["华", "华"]),
    ("说华为", "他说华为很好", ["说华为"]),
    ("说华 华为", "他说华为很好", ["说华为"]),
    ('"5月に"', "2018年5月には", ["5月に"]),
    ("5月", "2018年5月には", ["5月"]),
    ("AT&T U.S.", "AT&T left the U.S. market.", ["AT&T", "U.S."]),
    ("covid-19", "COVID-19 and 19 others, covid too.", ["COVID-19"]),
    ('"red sky"', "A red sky, a red car, the sky.", ["red sky"]),
    ("carri*", "They carry, he carried a carrier.", ["carried", "carrier"]),
    ("red -blue", "red and blue", ["red"]),
    ("red OR blue", "red and blue", ["red", "blue"]),
    ("title:red blue", "red and blue", ["red", "blue"]),
    ("publisher:red", "red", []),
])
def test_the_words_that_are_marked(query: str, body: str, marked: list[str]) -> None:
    assert find_marked(query, body) == marked


def test_the_excerpt_is_where_most_of_the_words_stand() -> None:
    body = f"The red house. {FILLER * 10}A red boat under a blue sky. {FILLER * 10}"
    assert "red boat" in find("red blue", body)[0].text


@pytest.mark.parametrize("sentence", ["There a zebra stood. ", "Zebras stood there. "])
def test_an_excerpt_begins_with_a_sentence_when_one_is_near(sentence: str) -> None:
    body = "and so on " * 20 + "until noon. " + sentence + FILLER * 10
    assert find("zebra", body)[0].text.startswith(sentence)


def test_without_a_word_in_it_the_beginning_is_shown() -> None:
    snippet, = make_snippets("Once upon a time.", Everything())
    assert snippet == Snippet("Once upon a time.", 0)


def test_several_snippets_come_in_reading_order_and_do_not_overlap() -> None:
    body = "".join(f"{FILLER * 6}Here is zebra {n}. " for n in range(6))
    found = find("zebra", body, 4)
    assert len(found) == 4
    assert all(one.start + len(one.text) <= other.start for one, other in pairwise(found))
    assert ["zebra" in snippet.text for snippet in found] == [True] * 4


@pytest.mark.parametrize("distance", range(200, 320, 10))
def test_excerpts_of_words_near_each_other_do_not_overlap(distance: int) -> None:
    body = "and so on " * 20 + "until. Zebra" + " ab" * ((distance - 5) // 3) + " zebra" + " and so on" * 20
    assert all(one.start + len(one.text) <= other.start for one, other in pairwise(find("zebra", body, 5)))


@pytest.mark.parametrize("query", ["zebra", "in:chrome zebra"])
def test_no_snippets_are_made_when_none_are_wanted(query: str) -> None:
    document = Document("1", "p", "A zebra.", chrome=(Chrome("zebra zebra", "teaser"),))
    assert make_document_snippets(document, parse(query, date(2020, 1, 1)), 0) == ()


def test_chrome_is_shown_only_to_those_who_ask_for_it() -> None:
    document = Document("1", "p", "A lion.", chrome=(Chrome("Log in", "navigation"), Chrome("Our zebra", "teaser")))
    shown, = make_document_snippets(document, parse("zebra in:chrome", date(2020, 1, 1)))
    assert shown == Snippet("Our zebra", 0, ((4, 9),), "chrome")
    assert make_document_snippets(document, parse("zebra", date(2020, 1, 1))) == (Snippet("A lion.", 0),)


def test_a_title_is_highlighted_as_a_whole() -> None:
    assert highlight("Red boats, red sky", Term("body", "red")) == ((0, 3), (11, 14))


def test_snippets_together_show_every_word_that_they_can() -> None:
    body = f"{FILLER * 6}A red, red, red and blue door. {FILLER * 6}One zebra. {FILLER * 6}Blue and red. {FILLER}"
    one, two = find("red blue zebra", body, 2)
    assert "blue door" in one.text and "zebra" in two.text


def test_an_excerpt_ends_with_a_sentence_that_fills_it_well_enough() -> None:
    shown = find("zebra", "A zebra stood there. " + FILLER * 10)[0].text
    assert shown.endswith("that day.") and len(shown) <= WIDTH


def test_the_end_of_a_story_is_shown_with_what_stands_before_it() -> None:
    shown = find("zebra", FILLER * 10 + "So said a zebra.")[0].text
    assert shown == FILLER * 3 + "So said a zebra."


@pytest.mark.parametrize("text", ["By J. R. Ash of the U.S. Navy the zebra was seen.", "He was off and. the zebra"])
def test_initials_and_small_letters_begin_no_sentence(text: str) -> None:
    assert text.removesuffix(".") in find("zebra", FILLER * 6 + text + " " + FILLER * 6)[0].text


STATES = Entity("United States", "place", 2, ("US", "America"))


@pytest.mark.parametrize(("query", "marked"), [
    (Keyword("entity", "united states"), ["America", "US"]),
    (Keyword("place", "United States"), ["America", "US"]),
    (Keyword("person", "United States"), []),
    (Or((Keyword("entity", "United States"), Term("body", "tell"))), ["tell", "America", "US"]),
])
def test_an_entity_is_marked_by_the_names_it_goes_by(query: Query, marked: list[str]) -> None:
    document = Document("1", "p", "They tell us of America and the US, not of USA.", entities=(STATES,))
    shown, = make_document_snippets(document, query)
    assert [shown.text[start:end] for start, end in shown.highlights] == marked


def test_words_come_before_the_names_that_were_only_filtered_by() -> None:
    document = Document("1", "p", f"The US, America. {FILLER * 10}A zebra.", entities=(STATES,))
    shown, = make_document_snippets(document, And((Term("body", "zebra"), Keyword("entity", "United States"))))
    assert "zebra" in shown.text


@pytest.mark.parametrize(("query", "shown"), [
    ('"red zebra"~2', "**red** and old **zebra**. Then some quite different words, then zebra."),
    ("ze?ra", "red and old **zebra**. Then some quite different words, then **zebra**."),
    ("z*a", "red and old **zebra**. Then some quite different words, then **zebra**."),
    ("zerba~", "red and old **zebra**. Then some quite different words, then **zebra**."),
])
def test_words_near_each_other_and_words_that_a_pattern_fits_are_marked(query: str, shown: str) -> None:
    snippet, = find(query, "red and old zebra. Then some quite different words, then zebra.")
    assert snippet.mark() == shown


def test_a_text_can_be_marked_up_without_becoming_markup() -> None:
    assert Snippet("<b>red</b>", 0, ((3, 6),)).mark("<i>", "</i>", escape) == "&lt;b&gt;<i>red</i>&lt;/b&gt;"


def test_a_long_text_full_of_matches_is_cut_in_time_that_grows_with_it() -> None:
    seconds = []
    for words in (8_000, 32_000):
        begun = time.process_time()
        assert len(find("zebra OR lion", "zebra lion " * words, 200)) == 200
        seconds.append(time.process_time() - begun)
    assert seconds[1] < 10 * seconds[0]


def test_a_phrase_of_one_word_in_a_text_of_that_word_took_as_long_as_their_product() -> None:
    def mark(words: int) -> None:
        wanted = find_wanted(Phrase("body", ("zebra",) * words), READ_FIELDS)
        assert len(find_spans("zebra " * words * 10, wanted)) == 1

    assert grows_with_its_input(mark, 40)


def test_words_near_each_other_all_over_a_text_took_as_long_as_their_product() -> None:
    def mark(words: int) -> None:
        wanted = find_wanted(Near("body", ("zebra",) * 2, words * 5), READ_FIELDS)
        assert len(find_spans("zebra " * words * 10, wanted)) == words * 10

    assert grows_with_its_input(mark, 100)


def test_where_a_word_is_everywhere_in_a_long_text_only_the_first_matches_are_looked_at() -> None:
    wanted = find_wanted(parse("zebra OR okapi", date(2020, 1, 1)), READ_FIELDS)
    text = "zebra " * 10_000
    assert len(find_spans(text, wanted)) == 10_000
    assert 100 < len(find_spans(text, wanted, 6_000)) < 1_000
    assert len(find_spans(text, replace(wanted, nears=((("zebra", "zebra"), 0),)), 6_000)) == 1_000


def test_a_word_that_is_rare_is_found_wherever_it_stands_in_a_long_text() -> None:
    assert find_marked('okapi OR "red okapi"', FILLER * 15_000 + "A red okapi.") == ["red okapi"]


@pytest.mark.parametrize(("query", "marked"), [
    ('"a b a"', ["a b a b a"]), ('"b a"', ["b a", "b a"]), ('"a b c"', []), ('"b c d" OR "d a"', ["d a"])])
def test_phrases_that_share_words_are_marked_as_one(query: str, marked: list[str]) -> None:
    assert find_marked(query, "a b a b a ab c d a") == marked


WORDS = st.sampled_from(["zebra", "Zebras", "O’Neill", "O'Neill", "ＨＵＡＷＥＩ", "华为", "東京", "Zürich", "AT&T",
                         "U.S.", "5G", "C++", "COVID-19", "Wi-Fi", "नमस्ते", "e\u0301te\u0301", "İstanbul", "ﬁne",
                         "x" * 300, FILLER, FILLER, FILLER * 4])
SPACES = st.sampled_from([" ", "  ", "\n\n", ". ", "” ", ", ", "…", "\u3000", ""])
TEXTS = st.lists(st.tuples(WORDS, SPACES), max_size=60).map(lambda pairs: "".join(w + s for w, s in pairs))
LOOKED_FOR = ["zebra", '"华为"', "o'neill", "AT&T", "huaw*", "u.s.", "ete", '"wi fi"', "5g", "東"]
QUERIES = st.lists(st.sampled_from(LOOKED_FOR), min_size=1, max_size=4).map(" OR ".join)


@given(TEXTS, QUERIES, st.integers(0, 5))
def test_each_snippet_is_a_piece_of_the_text_with_its_words_marked(body: str, query: str, count: int) -> None:
    found = find(query, body, count)
    assert len(found) <= count
    tokens = list(analyse(body))
    starts, ends = {token.start for token in tokens}, {token.end for token in tokens}
    ends |= {find_end(body, token.start) for token in tokens if is_paired(body, token.start)}
    for snippet in found:
        assert snippet.text == body[snippet.start:snippet.start + len(snippet.text)]
        assert len(snippet.text) <= WIDTH
        edges = [edge for span in snippet.highlights for edge in span]
        assert edges == sorted(edges) and all(0 <= edge <= len(snippet.text) for edge in edges)
        assert all(snippet.start + a in starts and snippet.start + b in ends for a, b in snippet.highlights)
    for one, other in pairwise(found):
        assert one.start + len(one.text) <= other.start
