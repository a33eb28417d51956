"""The publication date of a page, and dates in running text."""

from __future__ import annotations

import pytest

from searchkit.pipeline import datetext
from searchkit.pipeline.block import Block, Markup, Verdict
from searchkit.pipeline.landmarks import locate
from searchkit.pipeline.pubdate import find_dates
from searchkit.pipeline.title import find_titles

STORY = ("The old lighthouse keeper climbed the hundred steps every evening for forty years, "
         "and the harbour town grew used to his lamp.")
HEADLINE = "Lighthouse keeper leaves harbour town"


def read(*blocks, url=None, captured=None, **head):
    verdicts = [Verdict(block.text.startswith(STORY), "story") for block in blocks]
    markup = Markup(tuple(blocks), **head)
    return find_dates(markup, verdicts, locate(markup, verdicts, find_titles(markup, verdicts, ())), url, captured)


def day(dates):
    return dates.date.value if dates.date else None


@pytest.mark.parametrize(("text", "value"), [
    ("22 March 2018", "2018-03-22"), ("Jan 10, 2018 | News", "2018-01-10"), ("Sept. 5th, 2019", "2019-09-05"),
    ("3. Dezember 2024", "2024-12-03"), ("le 1er mars 2020", "2020-03-01"), ("10 de março de 2021", "2021-03-10"),
    ("2024년 12월 3일", "2024-12-03"), ("2019年4月21日", "2019-04-21"), ("17 мая 2021", "2021-05-17"),
    ("02.02.2022, 11:30 Uhr", "2022-02-02"), ("2023/12/21", "2023-12-21"), ("12-Jan-2020", "2020-01-12"),
    ("22 de marzo del 2018", "2018-03-22"), ("22 آذار / مارس 2018", "2018-03-22"), ("٢٢ مارس ٢٠١٨", "2018-03-22"),
    ("22 كانون الثاني 2018", "2018-01-22"), ("２０１８年３月２２日", "2018-03-22"), ("2018. 3. 22.", "2018-03-22"),
    ("平成30年3月22日", "2018-03-22"), ("令和元年5月3日", "2019-05-03"), ("二〇一八年三月二十二日", "2018-03-22"),
    ("2018年3月", "2018-03"), ("26 | 01 | 2022", "2022-01-26"), ("22.3.18", "2018-03-22"),
    ("27/11/2019 10:24", "2019-11-27"), ("March 2018", "2018-03"), ("14 października 2022", "2022-10-14"),
])
def test_dates_are_read_in_many_forms_and_languages(text, value):
    assert [date.value for date in datetext.find_dates(text)] == [value]


@pytest.mark.parametrize("text", ["Dec. 20", "version 1.2.2018.3", "in 2012", "31 February 2018", "45.13.2018",
                                  "call 03 9876 2018", "May 1875 treaty", "1 day ago", "12:30"])
def test_what_is_no_whole_date_is_not_read(text):
    assert [date.value for date in datetext.find_dates(text)] == []


def test_order_of_day_and_month_follows_the_country():
    assert datetext.find_dates("03/04/2018", True)[0].value == "2018-03-04"
    assert datetext.find_dates("03/04/2018", False)[0].value == "2018-04-03"
    assert not datetext.find_dates("03/04/2018")[0].sure


@pytest.mark.parametrize(("text", "value"), [
    ("2019-11-19T23:30:00+09:00", "2019-11-19"), ("20181103", "2018-11-03"), ("1546300800", "2019-01-01"),
    ("1546300800000", "2019-01-01"), ("soon", None), ("", None), ("2019-02-30", None), ("²²²²²²²²²²", None),
])
def test_machine_dates_keep_the_day_as_written(text, value):
    assert datetext.read_machine(text) == value


def test_json_ld_is_taken_and_says_so():
    dates = read(Block(HEADLINE, "h1"), Block(STORY),
                 json_ld=('{"@type": "NewsArticle", "datePublished": "2018-03-22T10:00:00+01:00"}',))

    assert (dates.date.value, dates.date.precision, dates.date.source) == ("2018-03-22", "day", "json-ld")


def test_day_of_a_change_is_kept_as_a_clue_only():
    dates = read(Block(HEADLINE, "h1"), Block(STORY), meta=(("article:modified_time", "2018-03-22T10:00:00Z"),))

    assert dates.date is None
    assert [clue.source for clue in dates.clues] == ["modified"]


def test_day_that_readers_see_beats_universal_time():
    dates = read(Block(HEADLINE, "h1"), Block("Published 21 March 2018"), Block(STORY), url="/2018/03/21/keeper",
                 json_ld=('{"@type": "NewsArticle", "datePublished": "2018-03-22T02:00:00Z"}',))

    assert day(dates) == "2018-03-21"


def test_address_gives_a_day():
    assert day(read(Block(STORY), url="https://harbour.example/2018/mar/22/keeper")) == "2018-03-22"


def test_dump_byline_below_the_headline_is_taken():
    dates = read(Block(HEADLINE), Block("Jan 10, 2018 | Coast | 0 comments", gap=1), Block(STORY, gap=1), kind="text")

    assert (day(dates), dates.not_after) == ("2018-01-10", None)


def test_dates_of_other_stories_below_are_not_taken():
    dates = read(Block(HEADLINE), Block(STORY, gap=1), Block("Most read", gap=1), Block("Storm closes port"),
                 Block("24 April 2018", "li"), Block("Ferry sold"), Block("23 April 2018", "li"), kind="text")

    assert dates.date is None
    assert dates.not_after is None


def test_dates_inside_the_story_are_not_taken():
    dates = read(Block(HEADLINE), Block(STORY + " On 3 May 2017 the lamp was replaced.", gap=1), kind="text")

    assert dates.date is None


def test_copyright_years_are_not_taken():
    assert read(Block(HEADLINE), Block(STORY), Block("© 12 May 2014 Harbour Press"), kind="text").date is None


def test_first_comment_bounds_a_story_without_a_date():
    dates = read(Block(HEADLINE), Block(STORY, gap=1), Block("Jane Nov 26, 2018 Reply", "li", gap=1), Block("So true."),
                 Block("John Nov 23, 2018 Reply", "li"), Block("Not at all."), kind="text", captured="2019-01-01")

    assert (dates.date, dates.not_after) == (None, "2018-11-23")


def test_capture_bounds_a_story_without_a_date_and_drops_later_dates():
    dates = read(Block(HEADLINE), Block("5 May 2030"), Block(STORY), kind="text", captured="2019-01-01")

    assert (dates.date, dates.not_after) == (None, "2019-01-01")


@pytest.mark.parametrize("script", [
    '{"@type": "Article", "datePublished": "2018-03-22",}', '<!-- {"@type":"Article","datePublished":"2018-03-22"} -->',
    '{"@graph": [{"@type": ["Thing", "NewsArticle"], "datePublished": ["2018-03-22"]}]}',
    '{"@type":"Organization"}{"@type":"BlogPosting","datePublished":"2018-03-22"}',
    '{"@type": "Article", "headline": "a "bad" quote", "datePublished": "2018-03-22"}',
    '{"@type": "Article", "text": "line\nbreak", "datePublished": "2018-03-22"}',
])
def test_malformed_json_ld_is_read_as_far_as_it_goes(script):
    assert day(read(Block(STORY), json_ld=(script,))) == "2018-03-22"


@pytest.mark.parametrize("script", [
    "", "null", "[1, 2", '{"@type": 5, "datePublished": 7}', '{"@type": "Article", "datePublished": {"a": [1]}}',
    "[" * 9000, "{" * 50 + "}" * 50, '{"@type": [null], "@id": {}}',
    '{"@type": "Article", "datePublished": ' + "[" * 500 + "]" * 500 + "}",
])
def test_nonsense_in_json_ld_does_no_harm(script):
    assert read(Block(STORY), json_ld=(script,)).date is None


def test_dates_of_stories_listed_in_json_ld_are_not_taken():
    script = '{"@type": "ItemList", "itemListElement": [{"@type": "Article", "datePublished": "2018-03-22"}]}'

    assert read(Block(STORY), json_ld=(script,)).date is None


def stamp(day):
    return (f'{{"@type": "NewsArticle", "datePublished": "{day}"}}',)


def test_day_that_readers_see_beats_another_zone_for_the_same_moment():
    dates = read(Block(HEADLINE, "h1"), Block("23 March 2018, 3:57 AM"), Block(STORY),
                 json_ld=stamp("2018-03-22T22:57:00-05:00"))

    assert day(dates) == "2018-03-23"


def test_day_below_a_standfirst_is_the_bylines():
    standfirst = Block(STORY[:60], "p")
    markup = Markup((Block(HEADLINE, "h1"), standfirst, Block("Share"), Block("By Jane Roe"), Block("22 March 2018"),
                     Block(STORY)))
    verdicts = [Verdict(False, "headline"), Verdict(True, "story"), Verdict(False, "share"),
                Verdict(False, "byline"), Verdict(False, "date"), Verdict(True, "story")]
    dates = find_dates(markup, verdicts, locate(markup, verdicts, find_titles(markup, verdicts, ())), None, None)

    assert (day(dates), dates.date.source) == ("2018-03-22", "byline")


def test_day_of_a_change_that_readers_see_does_not_beat_that_of_publication():
    dates = read(Block(HEADLINE, "h1"), Block("5 May 2019"), Block(STORY), json_ld=stamp("2018-03-22"),
                 meta=(("article:modified_time", "2019-05-05T10:00:00Z"),))

    assert day(dates) == "2018-03-22"
    assert dates.date.confidence < 0.9


def test_confidence_is_high_only_where_different_places_agree():
    seen = read(Block(HEADLINE, "h1"), Block("22 March 2018"), Block(STORY), json_ld=stamp("2018-03-22"))
    unseen = read(Block(HEADLINE, "h1"), Block(STORY), json_ld=stamp("2018-03-22"))

    assert seen.date.confidence > 0.95 > 0.9 > unseen.date.confidence


def test_label_before_a_day_tells_what_it_is():
    def label(text):
        return read(Block(HEADLINE, "h1"), Block(STORY), *[Block("Jane Roe")] * 8, Block(text), Block("22 March 2018"))

    assert day(label("Date:")) == "2018-03-22"
    assert label("Last modified:").date is None


def test_word_behind_a_day_can_say_that_it_is_that_of_a_change():
    assert read(Block(HEADLINE, "h1"), Block("2018.03.22 update"), Block(STORY)).date is None


def test_labelled_day_below_the_story_is_taken_where_it_is_the_only_one():
    below = Block("Gespeichert von jane am 22. März 2018", "div", context=("div.footer",))

    assert day(read(Block(HEADLINE, "h1"), Block(STORY), below)) == "2018-03-22"


def test_day_in_a_caption_or_in_the_headline_is_not_the_byline():
    caption = Block("Photo: Jane Roe, 3 May 2017", "figcaption")

    assert read(Block(HEADLINE, "h1"), caption, Block(STORY)).date is None
    assert day(read(Block("Keeper leaves on 3 May 2018", "h1"), Block("22 March 2018"), Block(STORY))) == "2018-03-22"


def test_months_of_an_archive_are_not_taken():
    assert read(Block(HEADLINE, "h1"), Block("June 2009"), Block("July 2009"), Block(STORY)).date is None
    assert day(read(Block(HEADLINE, "h1"), Block("By Jane Roe, June 2009"), Block(STORY),
                    Block("Ferries of July 2009"))) == "2009-06"


def test_doubtful_order_is_settled_by_a_sure_day_elsewhere():
    dates = read(Block(HEADLINE, "h1"), Block(STORY), Block("Created: 1 November 2023"),
                 meta=(("date", "11/01/2023 12:43"),))

    assert day(dates) == "2023-11-01"
