"""The parser: from a text to a query tree, or an error that says where and why."""

from datetime import date

import pytest
from growth import grows_with_its_input
from hypothesis import given
from hypothesis import strategies as st

from searchkit.errors import QueryError
from searchkit.search.parser import MAX_CLAUSES, MAX_DEPTH, MAX_LENGTH, MAX_PATTERNS, parse
from searchkit.search.query import (
    And,
    AtLeast,
    Boost,
    DateRange,
    Everything,
    Fuzzy,
    Keyword,
    KeywordPrefix,
    Missing,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Term,
    Wildcard,
)

TODAY = date(2020, 2, 29)


def read(text: str, match: str = "all") -> object:
    return parse(text, TODAY, match)


def body(term: str) -> Term:
    return Term("body", term)


@pytest.mark.parametrize(("text", "tree"), [
    ("", Everything()),
    ("  \t ", Everything()),
    ("*", Everything()),
    ("carriers", body("carrier")),
    ("red blue", And((body("red"), body("blue")))),
    ("red AND blue", And((body("red"), body("blue")))),
    ("red OR blue", Or((body("red"), body("blue")))),
    ("red blue OR grey", Or((And((body("red"), body("blue"))), body("grey")))),
    ("red (blue OR grey)", And((body("red"), Or((body("blue"), body("grey")))))),
    ("red -blue", And((body("red"), Not(body("blue"))))),
    ("NOT red", Not(body("red"))),
    ("NOT NOT red", Not(Not(body("red")))),
    ("red and blue", And((body("red"), body("blue")))),
    ("The red and the blue", And((body("red"), body("blue")))),
    ("to be or not to be", And(tuple(map(body, ("to", "be", "or", "not", "to", "be"))))),
    ("US red", And((body("us"), body("red")))),
    ("red May", And((body("red"), body("may")))),
    ("red +and blue", And((body("red"), body("and"), body("blue")))),
    ("the publisher:Post", And((Keyword("publisher", "Post"), body("the")))),
    ("subject: red", And((body("subject"), body("red")))),
    ('"red sky"', Phrase("body", ("red", "sky"))),
    ('"red"', body("red")),
    ("COVID-19", Phrase("body", ("covid", "19"))),
    ("AT&T", body("at&t")),
    ("华为", Term("body", "华为")),
    ("华为手", Phrase("body", ("华为", "为手"))),
    ("华", Prefix("body", "华")),
    ("A社", Phrase("body", ("a", "社"))),
    ('"华为 a"', Phrase("body", ("华为", "为", "a"))),
    ('"东京 大阪"~3', Near("body", ("东京", "大阪"), 3)),
    ("carri*", Prefix("body", "carri")),
    ("Carrié*", Prefix("body", "carrie")),
    ("华*", Prefix("body", "华")),
    ("华为*", Term("body", "华为")),
    ("title:red", Term("title", "red")),
    ("headline:red", Term("title", "red")),
    ("TITLE:red", Term("title", "red")),
    ("title:(red blue)", And((Term("title", "red"), Term("title", "blue")))),
    ("red in:title", Term("title", "red")),
    ("red In:all", Or((body("red"), Term("chrome", "red")))),
    ("publisher:Reuters", Keyword("publisher", "Reuters")),
    ('publisher:"The  Courier"', Keyword("publisher", "The Courier")),
    ("publisher:reut*", KeywordPrefix("publisher", "reut")),
    ("publisher:*", Not(Missing("publisher"))),
    ("publisher:none", Missing("publisher")),
    ('publisher:"none"', Keyword("publisher", "none")),
    ("by:Ada", Keyword("author", "Ada")),
    ("publisher:(a OR b)", Or((Keyword("publisher", "a"), Keyword("publisher", "b")))),
    ("publisher:(a OR author:b)", Or((Keyword("publisher", "a"), Keyword("author", "b")))),
    ("publisher:(a OR author:(b))", Or((Keyword("publisher", "a"), Keyword("author", "b")))),
    ("publisher:(a OR title:(b))", Or((Keyword("publisher", "a"), Term("title", "b")))),
    ("date:none", Missing("date")),
    ("date:*", Not(Missing("date"))),
    ("date:..", Not(Missing("date"))),
])
def test_what_a_text_means(text: str, tree: object) -> None:
    assert read(text) == tree


@pytest.mark.parametrize(("text", "first", "last"), [
    ("date:2018", date(2018, 1, 1), date(2018, 12, 31)),
    ("date:2016-02", date(2016, 2, 1), date(2016, 2, 29)),
    ('date:"22 March 2018"', date(2018, 3, 22), date(2018, 3, 22)),
    ("date:yesterday", date(2020, 2, 28), date(2020, 2, 28)),
    ('date:"last 7 days"', date(2020, 2, 22), TODAY),
    ("date:2018..2019-06", date(2018, 1, 1), date(2019, 6, 30)),
    ("date:2018..", date(2018, 1, 1), None),
    ("date:..2018-05", None, date(2018, 5, 31)),
    ("date:>2018", date(2019, 1, 1), None),
    ("date:>=2018", date(2018, 1, 1), None),
    ("date:<2018", None, date(2017, 12, 31)),
    ("date:<=2018", None, date(2018, 12, 31)),
])
def test_which_days_a_date_means(text: str, first: date | None, last: date | None) -> None:
    assert read(text) == DateRange("date", first and first.toordinal(), last and last.toordinal())


@pytest.mark.parametrize(("text", "tree"), [
    ("red blue", Or((body("red"), body("blue")))),
    ("red +blue", And((body("red"), body("blue")))),
    ("red blue -grey", And((Or((body("red"), body("blue"))), Not(body("grey"))))),
    ("red blue publisher:x", And((Or((body("red"), body("blue"))), Keyword("publisher", "x")))),
    ("red AND blue grey", Or((And((body("red"), body("blue"))), body("grey")))),
])
def test_any_of_the_words_is_enough_but_filters_still_hold(text: str, tree: object) -> None:
    assert read(text, "any") == tree


@pytest.mark.parametrize(("text", "position", "said"), [
    ('((("', 3, "this quote is never closed"),
    ("(red", 0, "parenthesis is never closed"),
    ("red)", 3, "parenthesis closes nothing"),
    ("()", 1, "nothing stands between"),
    ("red AND", 7, "something to search for is missing"),
    ("AND red", 0, "something to search for is missing"),
    ("red OR OR blue", 7, "something to search for is missing"),
    ("NOT", 3, "something to search for is missing"),
    ("red & ?", None, None),
    ("& ?", 0, "no letter and no digit"),
    ("x*", 0, "too short a prefix"),
    ("red AT-T*", 4, "beginning of one word"),
    ("red publsher:x", 4, "did you mean 'publisher'"),
    ("zzzz:x", 0, "unknown field 'zzzz'"),
    ("in:nowhere red", 0, "called 'nowhere'"),
    ('publisher:""', 0, "empty value"),
    ("date:soon", 0, "'soon' is no date"),
    ("date:2018-02-30", 0, "'2018-02-30' is no date"),
    ("date:2019..2018", 0, "ends before it begins"),
    ("date:201*", 0, "a date has no prefix"),
    ("red date:>9999-12-31", 4, "no day is after"),
    ("date:<0001-01-01", 0, "no day is before"),
])
def test_an_error_says_what_and_where(text: str, position: int | None, said: str | None) -> None:
    if said is None:
        assert read(text) == body("red")
        return
    with pytest.raises(QueryError, match=said) as caught:
        read(text)
    assert caught.value.position == position


def test_the_limits_of_length_depth_and_clauses_are_told() -> None:
    for text, said in (("x" * (MAX_LENGTH + 1), "characters, more than"),
                       ("(" * (MAX_DEPTH + 1) + "x" + ")" * (MAX_DEPTH + 1), "nested more than"),
                       ("NOT " * (MAX_DEPTH + 1) + "x", "nested more than"),
                       ("ab " * (MAX_CLAUSES + 1), "more than 512 words"),
                       (f'"{"ab " * (MAX_CLAUSES + 1)}"', "more than 512 words"),
                       ("ab* " * (MAX_PATTERNS + 1), "more than 64 words with a")):
        with pytest.raises(QueryError, match=said):
            read(text)
    assert read("(" * MAX_DEPTH + "x" + ")" * MAX_DEPTH) == body("x")


SIGNS = st.sampled_from(["(", ")", '"', "“", "*", "-", "+", "AND ", "OR ", "NOT ", "title:", "date:", "publisher:",
                         "in:", ">", "<=", "..", "2018", "9999-12-31", "0001", "last 3 days", "red", "none", " ", "华",
                         "O’Neill", "\ud800", "\x00", "a:", "b*", "?", "^2", "^", "~", "~2", "atleast(2, "])


@given(st.one_of(st.text(), st.lists(SIGNS, max_size=30).map("".join)), st.sampled_from(["all", "any"]))
def test_any_text_is_a_query_or_a_query_error_with_its_place(text: str, match: str) -> None:
    try:
        assert str(read(text, match))
    except QueryError as error:
        assert 0 <= error.position <= len(text)
        assert error.what and error.hint


@pytest.mark.parametrize("part", ["*", "(", "a:", '"', "-", "a ", "“", "publisher:(", "NOT "])
@pytest.mark.parametrize("size", [MAX_LENGTH // 8, 2**17])
def test_time_grows_with_the_size_of_a_hostile_text_only(part: str, size: int) -> None:
    def answer(size: int) -> None:
        try:
            read((part * size)[:size])
        except QueryError as error:
            assert error.position <= size

    assert grows_with_its_input(answer, size)


@pytest.mark.parametrize("text", ["*foo", "*fo*o", "?oo", "title:*foo", "title:?oo"])
def test_a_star_that_begins_a_word_is_refused_and_not_dropped(text):
    with pytest.raises(QueryError, match="cannot begin a word"):
        parse(text, TODAY)


@pytest.mark.parametrize(("text", "tree"), [
    ("wom?n", Wildcard("body", "wom?n")),
    ("Wom?N,", Wildcard("body", "wom?n")),
    ("car*r", Wildcard("body", "car*r")),
    ("colo*r?", Wildcard("body", "colo*r?")),
    ("carr**", Prefix("body", "carr")),
    ("carri*,", Prefix("body", "carri")),
    ("Cafés?t in:title", Wildcard("title", "cafes?t")),
    ("what sank?", body("sank")),
    ("really?!", body("realli")),
    ("example.org/find?id=3", Phrase("body", ("exampl", "org", "find", "id", "3"))),
    ("carier~", Fuzzy("body", "carier", 2)),
    ("red~", Fuzzy("body", "red", 1)),
    ("Runing~1", Fuzzy("body", "runing", 1)),
    ("title:carier~0", Fuzzy("title", "carier", 0)),
    ("~20", body("20")),
    ('"red skies"~3', Near("body", ("red", "sky"), 3)),
    ('title:"red sky"~0', Near("title", ("red", "sky"), 0)),
    ('"red"~3', body("red")),
    ("atleast(3, carriers)", AtLeast(3, body("carrier"))),
    ('ATLEAST( 2 ,"red sky" )', AtLeast(2, Phrase("body", ("red", "sky")))),
    ('atleast(2, "red sky"~4)', AtLeast(2, Near("body", ("red", "sky"), 4))),
    ("title:atleast(2, red)", AtLeast(2, Term("title", "red"))),
    ("atleast(2, title:red)", AtLeast(2, Term("title", "red"))),
    ("atleast(2, red) in:all", Or((AtLeast(2, body("red")), AtLeast(2, Term("chrome", "red"))))),
    ("-atleast(2, red)", Not(AtLeast(2, body("red")))),
    ("red^2", Boost(body("red"), 2)),
    ("red^2 blue", And((Boost(body("red"), 2), body("blue")))),
    ('"red sky"^3', Boost(Phrase("body", ("red", "sky")), 3)),
    ('"red sky"~2^1.5', Boost(Near("body", ("red", "sky"), 2), 1.5)),
    ("(red blue)^0.5", Boost(And((body("red"), body("blue"))), 0.5)),
    ("atleast(2, red)^2", Boost(AtLeast(2, body("red")), 2)),
    ("carier~1^2", Boost(Fuzzy("body", "carier", 1), 2)),
    ("carri*^2", Boost(Prefix("body", "carri"), 2)),
    ("publisher:(a^2 OR b)", Or((Boost(Keyword("publisher", "a"), 2), Keyword("publisher", "b")))),
    ("red ^2", And((body("red"), body("2")))),
    ("red^blue", Phrase("body", ("red", "blue"))),
])
def test_what_the_signs_in_and_behind_words_mean(text: str, tree: object) -> None:
    assert read(text) == tree


@pytest.mark.parametrize(("text", "position", "said"), [
    ("red c*-d", 4, "is one word"),
    ("c*?", 0, "too few letters"),
    ("red COVID-19~", 4, "fuzzy word is one word"),
    ("carri*~", 0, "fuzzy word is one word"),
    ("a~", 0, "too short"),
    ("carrier~3", 0, "at most 2 letters"),
    ('"red sky"~', 0, "wants a number"),
    ('"red sky"~1001', 0, "wants a number up to 1,000"),
    ("publisher:post~", 0, "does not work on the field 'publisher'"),
    ("atleast(red)", 0, "wants a number and a word"),
    ("atleast(0, red)", 0, "number above 0"),
    ("atleast(2, )", 0, "wants a word"),
    ("atleast(2, &)", 11, "counts a word or a phrase"),
    ("atleast(2, carri*)", 11, "counts a word or a phrase"),
    ("atleast(2, red blue)", 0, "wants a )"),
    ("atleast(2, red", 0, "wants a )"),
    ("atleast(2, publisher:x)", 11, "does not count values of the field 'publisher'"),
    ("red^1001", 0, "more than 1,000"),
    ("(red)^x", 5, "wants a number behind it"),
])
def test_signs_that_cannot_be_meant_are_refused(text: str, position: int, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        read(text)
    assert said in caught.value.what
    assert caught.value.position == position


def test_in_any_of_the_words_a_boosted_one_is_a_word_and_a_boosted_value_a_filter() -> None:
    assert read("red^2 blue publisher:x^2", "any") == And((
        Or((Boost(body("red"), 2), body("blue"))), Boost(Keyword("publisher", "x"), 2)))
