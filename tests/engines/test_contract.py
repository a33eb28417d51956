"""What engines.base promises, held against every engine."""

from datetime import date

import pytest

from searchkit.errors import DocumentNotFound
from searchkit.search.query import (
    NOTHING,
    And,
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
    Prefer,
    Prefix,
    Term,
)

from .samples import ask, count, find, make


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


# storing


def test_a_new_engine_is_empty(engine):
    assert engine.count() == 0
    assert ask(engine).total == 0


def test_documents_are_searchable_when_add_returns(engine):
    engine.add([make("1", "a carrier")])
    assert find(engine, Term("body", "carrier")) == ["1"]


def test_add_takes_an_iterator(engine):
    engine.add(make(str(n), "word") for n in range(5))
    assert engine.count() == 5


def test_add_of_nothing_changes_nothing(engine):
    engine.add([make("1", "word")])
    engine.add([])
    assert engine.count() == 1


def test_add_replaces_the_document_with_the_same_id(engine):
    engine.add([make("1", "old")])
    engine.add([make("1", "new")])
    assert engine.count() == 1
    assert find(engine, Term("body", "old")) == []
    assert find(engine, Term("body", "new")) == ["1"]


def test_of_documents_with_one_id_in_a_call_the_last_wins(engine):
    engine.add([make("1", "first"), make("2", "other"), make("1", "second")])
    assert engine.count() == 2
    assert find(engine, Term("body", "first")) == []
    assert engine.get(["1"])[0].body == "second"


def test_an_iterator_that_fails_leaves_the_documents_that_were_there(engine):
    def fail():
        raise RuntimeError("no more")
        yield

    engine.add([make("1", "word")])
    with pytest.raises(RuntimeError):
        engine.add(fail())
    engine.add([make("2", "word")])
    assert sorted(find(engine, Term("body", "word"))) == ["1", "2"]


def test_get_gives_back_the_whole_document(engine):
    analysed = make("1", "The body.", "2018-03", ("Ann Lee",), ("menu",), title="Title", publisher="Post",
                    author="Bo", language="en", url="https://www.example.org/1")
    engine.add([analysed])
    assert engine.get(["1"]) == [analysed.document]


def test_get_keeps_the_order_of_the_ids(engine):
    engine.add(make(id_, "word") for id_ in "abc")
    assert [document.id for document in engine.get(["c", "a", "b", "a"])] == ["c", "a", "b", "a"]


def test_get_of_an_unknown_id_is_an_error_that_names_it(engine):
    engine.add([make("1")])
    with pytest.raises(DocumentNotFound, match="'2'"):
        engine.get(["1", "2"])


def test_delete_says_how_many_there_were_and_passes_over_others(engine):
    engine.add(make(id_, "word") for id_ in "abc")
    assert engine.delete(["a", "x", "c", "a"]) == 2
    assert find(engine) == ["b"]
    with pytest.raises(DocumentNotFound):
        engine.get(["a"])


def test_delete_of_unknown_ids_changes_nothing(engine):
    assert engine.delete(["x"]) == 0


def test_clear_forgets_all_documents_and_the_engine_goes_on(engine):
    engine.add([make("1", "word")])
    engine.clear()
    assert engine.count() == 0
    assert ask(engine, Term("body", "word")).total == 0
    engine.add([make("2", "word")])
    assert find(engine) == ["2"]


def test_documents_stay_when_the_engine_is_closed(reopen):
    first = reopen()
    first.add([make("1", "word", "2018-03-22", publisher="Post")])
    first.close()
    again = reopen()
    assert find(again, Term("body", "word")) == ["1"]
    assert again.get(["1"])[0].publisher == "Post"


def test_two_open_engines_see_each_others_documents(reopen):
    reader, writer = reopen(), reopen()
    writer.add([make("1", "word")])
    assert find(reader, Term("body", "word")) == ["1"]
    reader.delete(["1"])
    assert writer.count() == 0


ODD_STRINGS = ["lone \ud800 surrogate", "nul \x00", "tab\tand\nline", "\x1f", "emoji 🙂", "e\u0301", ""]


@pytest.mark.parametrize("text", ODD_STRINGS)
def test_any_string_can_be_stored(engine, text):
    document = make(f"id{text}", f"{text} word", people=(text,), publisher=text, title=text, chrome=(text,))
    engine.add([document])
    assert engine.get([f"id{text}"]) == [document.document]
    assert find(engine, Term("body", "word")) == [f"id{text}"]
    assert find(engine, Keyword("person", text)) == [f"id{text}"]
    assert count(engine, "person") == {text: 1}


# listing


def test_ids_are_listed_in_parts_each_once(engine):
    engine.add(make(f"id{n}", "word") for n in range(25))
    engine.add([make("id7", "again"), make("late", "word")])
    engine.delete(["id3"])
    listed, after = [], None
    while part := engine.list_ids(after, 4):
        assert len(part) <= 4
        listed += part
        after = part[-1]
    assert len(listed) == 25
    assert sorted(listed) == sorted(find(engine, limit=100))
    assert engine.list_ids(None, 100) == listed
    assert engine.list_ids(listed[10], 5) == listed[11:16]
    assert engine.list_ids(None, 0) == []


def test_ids_after_one_that_is_not_there_cannot_be_listed(engine):
    engine.add([make("1"), make("2")])
    engine.delete(["2"])
    for gone in ("2", "never"):
        with pytest.raises(DocumentNotFound, match=gone):
            engine.list_ids(gone, 10)


# matching


def test_a_term_matches_in_its_field_only(engine):
    engine.add([make("1", "body", title="head"), make("2", "other", chrome=("head",))])
    assert find(engine, Term("title", "head")) == ["1"]
    assert find(engine, Term("chrome", "head")) == ["2"]


def test_a_phrase_matches_words_that_follow_each_other(engine):
    engine.add([make("1", "north sea oil"), make("2", "sea north"), make("3", "north of the sea")])
    assert find(engine, Phrase("body", ("north", "sea"))) == ["1"]


def test_a_phrase_of_one_word_is_a_term(engine):
    engine.add([make("1", "north sea north"), make("2", "south")])
    assert ask(engine, Phrase("body", ("north",))) == ask(engine, Term("body", "north"))


def test_a_phrase_may_repeat_a_word(engine):
    engine.add([make("1", "bora bora bora"), make("2", "bora island bora")])
    assert find(engine, Phrase("body", ("bora", "bora"))) == ["1"]


def test_no_phrase_runs_from_one_passage_into_the_next(engine):
    engine.add([make("1", chrome=("north", "sea")), make("2", chrome=("north sea",))])
    assert find(engine, Phrase("chrome", ("north", "sea"))) == ["2"]


def test_a_prefix_matches_words_as_written(engine):
    engine.add([make("1", "communities"), make("2", "commute"), make("3", "communal")])
    assert sorted(find(engine, Prefix("body", "communit"))) == ["1"]
    assert sorted(find(engine, Prefix("body", "commun"))) == ["1", "3"]


def test_a_keyword_is_compared_folded_and_whole(engine):
    engine.add([make("1", publisher="The  Courier"), make("2", publisher="The Courier Daily")])
    assert find(engine, Keyword("publisher", "the courier")) == ["1"]


def test_a_keyword_prefix_matches_the_beginning_of_a_value(engine):
    engine.add([make("1", people=("Ann Lee", "Bo")), make("2", people=("Hannah",)), make("3", people=("ANNA",))])
    assert sorted(find(engine, KeywordPrefix("person", "ann"))) == ["1", "3"]


def test_a_date_range_includes_both_days_and_may_be_open(engine):
    engine.add(make(text, date=text) for text in ("2018-03-21", "2018-03-22", "2018-03-23"))
    engine.add([make("none")])
    found = find(engine, DateRange("date", day("2018-03-22"), day("2018-03-22")))
    assert found == ["2018-03-22"]
    assert find(engine, DateRange("date", None, day("2018-03-21"))) == ["2018-03-21"]
    assert find(engine, DateRange("date", day("2018-03-23"), None)) == ["2018-03-23"]
    assert "none" not in find(engine, DateRange("date", None, None))


def test_a_month_or_year_counts_as_its_first_day(engine):
    engine.add([make("year", date="2018"), make("month", date="2018-03")])
    assert find(engine, DateRange("date", day("2018-01-01"), day("2018-01-01"))) == ["year"]
    assert find(engine, DateRange("date", day("2018-03-01"), day("2018-03-31"))) == ["month"]


def test_missing_matches_documents_without_a_value(engine):
    engine.add([make("1", date="2018", publisher="Post"), make("2", people=("Ann",))])
    assert find(engine, Missing("date")) == find(engine, Missing("publisher")) == ["2"]
    assert find(engine, Missing("person")) == ["1"]


def test_and_or_not_and_everything_combine(engine):
    engine.add([make("1", "red"), make("2", "green"), make("3", "red green"), make("4", "blue")])
    red, green = Term("body", "red"), Term("body", "green")
    assert find(engine, And((red, green))) == ["3"]
    assert sorted(find(engine, Or((red, green)))) == ["1", "2", "3"]
    assert find(engine, And((red, Not(green)))) == ["1"]
    assert find(engine, Not(Or((red, green)))) == ["4"]
    assert sorted(find(engine, Everything())) == ["1", "2", "3", "4"]
    assert find(engine, Not(Everything())) == []


def test_each_language_is_asked_for_its_own_node_and_the_others_for_the_default(engine):
    engine.add([make("1", "red", language="de"), make("2", "red", language="EN"), make("3", "blue", language="de"),
                make("4", "blue"), make("5", "red", language="fr"), make("6", "blue", language="fr")])
    engine.delete(["6"])
    red, blue = Term("body", "red"), Term("body", "blue")
    by_language = ByLanguage(((("de", "en"), red), (("en", "fr"), blue)), blue)
    assert sorted(find(engine, by_language)) == ["1", "2", "4"]
    assert sorted(find(engine, And((red, by_language)))) == ["1", "2"]
    assert sorted(find(engine, Not(by_language))) == ["3", "5"]
    assert sorted(find(engine, ByLanguage(((("de",), Everything()),), NOTHING))) == ["1", "3"]


def test_a_node_by_language_scores_what_the_node_of_the_language_does(engine):
    engine.add([make("1", "red red", language="de"), make("2", "red"), make("3", "blue", language="de"),
                make("4", "blue green green")])
    red, blue = Term("body", "red"), Term("body", "blue")
    scores = dict(ask(engine, ByLanguage(((("de",), red),), blue)).hits)
    assert scores == {"1": dict(ask(engine, red).hits)["1"], "4": dict(ask(engine, blue).hits)["4"]}
    lifted = dict(ask(engine, Prefer(Everything(), (Boost(ByLanguage(((("de",), red),), blue), 2),))).hits)
    assert lifted == {"1": 2 * scores["1"], "2": 0, "3": 0, "4": 2 * scores["4"]}


def test_values_of_a_keyword_field_are_found_with_their_documents(engine):
    engine.add([make("1", language="de"), make("2", language="de"), make("3", language="DE"), make("4")])
    engine.delete(["1"])
    assert engine.find_words("language", lambda vocabulary: vocabulary.words) == {"de": 1, "DE": 1}
    assert engine.find_words("language", lambda vocabulary: ["de"]) == {"de": 1}


def test_deleted_documents_match_nothing(engine):
    engine.add([make("1", "word", "2018", publisher="Post"), make("2", "word")])
    engine.delete(["1"])
    for query in (Term("body", "word"), Everything(), Not(Term("body", "x")), Prefix("body", "wo")):
        assert find(engine, query) == ["2"]
    assert find(engine, Keyword("publisher", "Post")) == []
    assert find(engine, DateRange("date", None, None)) == []
    assert count(engine, "publisher") == {None: 1}


# scoring and order


def test_scores_are_bm25_over_the_documents_that_are_there(engine, settle):
    engine.add([make("1", "red"), make("2", "red red red red"), make("3", "blue green"), make("4", "gone")])
    engine.delete(["4"])
    engine.add([make("3", "blue green")])
    settle(engine)
    hits = dict(ask(engine, Term("body", "red")).hits)
    idf = 0.4700036292457356  # ln(1 + (3 - 2 + 0.5) / (2 + 0.5))
    average = 7 / 3
    assert hits["1"] == pytest.approx(idf * 1 / (1 + 1.2 * (0.25 + 0.75 * 1 / average)))
    assert hits["2"] == pytest.approx(idf * 4 / (4 + 1.2 * (0.25 + 0.75 * 4 / average)))


def test_a_phrase_scores_as_one_term_with_the_sum_of_its_words_idf(engine):
    engine.add([make("1", "north sea"), make("2", "north pole")])
    ((_, points),) = ask(engine, Phrase("body", ("north", "sea"))).hits
    assert points == pytest.approx((0.1823215567939546 + 0.6931471805599453) / (1 + 1.2))


def test_and_and_or_add_scores_and_the_others_score_nothing(engine):
    engine.add([make("1", "red green", publisher="Post"), make("2", "red")])
    red, green = Term("body", "red"), Term("body", "green")
    single = {query: dict(ask(engine, query).hits) for query in (red, green)}
    both = dict(ask(engine, And((red, green))).hits)
    assert both["1"] == pytest.approx(single[red]["1"] + single[green]["1"])
    assert dict(ask(engine, Or((red, green))).hits)["2"] == pytest.approx(single[red]["2"])
    assert dict(ask(engine, And((red, Keyword("publisher", "post")))).hits)["1"] == single[red]["1"]
    assert dict(ask(engine, Or((Not(red), Everything(), Prefix("body", "gr")))).hits) == {"1": 1.0, "2": 0.0}


def test_a_child_of_or_scores_only_where_all_of_it_matches(engine):
    engine.add([make("1", "red green"), make("2", "red blue")])
    red, green, blue = (Term("body", word) for word in ("red", "green", "blue"))
    assert dict(ask(engine, Or((And((red, green)), blue))).hits)["2"] == dict(ask(engine, blue).hits)["2"]


def test_matches_are_ordered_by_score_then_date_then_id(engine):
    engine.add([make("a", "red"), make("d", "red", "2018"), make("c", "red", "2019"), make("b", "red", "2018"),
                make("e", "red red", "2001")])
    assert find(engine, Term("body", "red")) == ["e", "c", "b", "d", "a"]


@pytest.mark.parametrize(("sort", "order"), [("newest", "cbda"), ("oldest", "bdca")])
def test_documents_without_a_date_come_last_under_every_sort_by_date(engine, sort, order):
    engine.add([make("a"), make("d", date="2018"), make("c", date="2018-01-02"), make("b", date="2018-01-01")])
    assert "".join(find(engine, sort=sort)) == order


def test_hits_are_scored_under_every_sort(engine):
    engine.add([make("1", "red", "2018"), make("2", "red red red", "2017")])
    by_score = dict(ask(engine, Term("body", "red")).hits)
    for sort in ("newest", "oldest"):
        assert dict(ask(engine, Term("body", "red"), sort=sort).hits) == by_score


def test_limit_and_offset_cut_a_page_and_total_counts_all(engine):
    engine.add(make(str(n), "word") for n in range(7))
    matches = ask(engine, Term("body", "word"), limit=3, offset=2)
    assert [id_ for id_, _ in matches.hits] == ["2", "3", "4"]
    assert matches.total == 7
    assert find(engine, offset=7) == []
    assert find(engine, offset=5, limit=100) == ["5", "6"]


def test_limit_0_gives_counts_and_facets_only(engine):
    engine.add([make("1", "word", publisher="Post")])
    matches = ask(engine, limit=0)
    assert (matches.total, matches.hits) == (1, ())
    assert count(engine, "publisher") == {"Post": 1}


# facets


def test_facets_count_all_matches_and_come_in_the_order_asked(engine):
    engine.add(make(str(n), "word", publisher="Post" if n else "Times", people=("Ann",)) for n in range(20))
    assert count(engine, "publisher", Term("body", "word")) == {"Post": 19, "Times": 1}
    assert count(engine, "person") == {"Ann": 20}


def test_a_document_counts_once_for_each_of_its_values(engine):
    engine.add([make("1", people=("Ann", "Bo")), make("2", people=("Bo",)), make("3")])
    assert count(engine, "person") == {"Bo": 2, "Ann": 1, None: 1}


def test_values_that_differ_in_spelling_are_counted_apart(engine):
    engine.add([make("1", publisher="Post"), make("2", publisher="POST"), make("3", publisher="Post")])
    assert count(engine, "publisher") == {"Post": 2, "POST": 1}


def test_a_facets_limit_keeps_the_most_frequent_values_and_the_group_without(engine):
    engine.add(make(f"{name}{n}", publisher=name) for name, times in (("b", 2), ("a", 2), ("c", 3), ("d", 1))
               for n in range(times))
    engine.add([make("none")])
    assert list(count(engine, "publisher", limit=2).items()) == [("c", 3), ("a", 2), (None, 1)]
    assert count(engine, "publisher", limit=0) == {None: 1}


@pytest.mark.parametrize(("period", "groups"), [
    ("year", {"2017": 1, "2018": 4}),
    ("month", {"2017-12": 1, "2018": 1, "2018-03": 3}),
    ("day", {"2017-12-31": 1, "2018": 1, "2018-03": 1, "2018-03-01": 1, "2018-03-22": 1}),
])
def test_dates_are_counted_by_period_and_less_precise_ones_apart(engine, period, groups):
    dates = ("2018", "2018-03", "2018-03-01", "2018-03-22", "2017-12-31", None)
    engine.add(make(str(n), date=text) for n, text in enumerate(dates))
    counts = count(engine, "date", period=period)
    assert counts.pop(None) == 1
    assert list(counts.items()) == list(groups.items())


def test_a_limit_of_a_date_facet_keeps_the_latest(engine):
    engine.add(make(text, date=text) for text in ("2016", "2018", "2017"))
    assert list(count(engine, "date", limit=2, period="year")) == ["2017", "2018"]


def test_facets_of_no_matches_are_empty(engine):
    engine.add([make("1", publisher="Post")])
    assert count(engine, "publisher", Term("body", "x")) == {}


# words


def test_words_are_counted_as_written_and_by_document(engine):
    engine.add([make("1", "Carriers carry; a carrier."), make("2", "the carriers", title="Carried"), make("3", "none")])

    def choose(vocabulary):
        return [word for word in vocabulary.words if word.startswith("carri")]

    assert engine.find_words("body", choose) == {"carried": 1, "carrier": 1, "carriers": 2}
    assert engine.find_words("title", choose) == {"carried": 1}
    assert engine.find_words("chrome", choose) == {}


def test_words_of_deleted_documents_are_no_more(engine):
    engine.add([make("1", "sail"), make("2", "sail sails")])
    engine.delete(["2"])
    assert engine.find_words("body", lambda vocabulary: [w for w in vocabulary.words if w[0] == "s"]) == {"sail": 1}
