"""What pages show: addresses, dates, timelines, and stories cut where they are marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.model import Document, Entity
from searchkit.queryoptions import read_asked
from searchkit.results import FacetValue
from searchkit.web.dates import name_date
from searchkit.web.parameters import Address
from searchkit.web.segments import MOST_SHOWN, Segment, cut_story, cut_text
from searchkit.web.timeline import MOST_BARS, WIDTH, choose_period, draw_timeline


def cut(document: Document, text: str) -> list[list[Segment]]:
    return cut_story(document, read_asked(text, {}, (document.language,)).tree)


def test_choosing_twice_is_not_choosing_and_excluding_is_not_choosing() -> None:
    address = Address.read([("q", "ferry"), ("offset", "20"), ("entity", "Bergen"), ("utm_source", "x"), ("after", "")])
    chosen = address.toggle("publisher", "A&B")

    assert chosen.link() == "/?q=ferry&entity=Bergen&publisher=A%26B"
    assert chosen.toggle("publisher", "A&B") == address.put()
    assert chosen.toggle("not_publisher", "A&B").link() == "/?q=ferry&entity=Bergen&not_publisher=A%26B"
    assert address.put(q="tram", after="2018").link() == "/?entity=Bergen&q=tram&after=2018"


@pytest.mark.parametrize(("value", "shown"), [
    ("2018", "2018"), ("2018-03", "March 2018"), ("2018-03-02", "2 March 2018"), ("0800", "0800"), ("1990s", "1990s"),
    ("no date", "no date"), ("2018-13", "2018-13"), ("2018-03-02T10", "2018-03-02T10"), ("", "")])
def test_dates_are_written_as_precisely_as_they_are_known(value: str, shown: str) -> None:
    assert name_date(value) == shown


def test_a_timeline_has_a_bar_for_each_month_and_says_what_stands_on_none() -> None:
    values = [FacetValue("2018", 2), FacetValue("2018-01", 1), FacetValue("2018-04", 4), FacetValue(None, 3)]
    drawn = draw_timeline(values, Address((("q", "ferry"),)))

    assert [(bar.name, bar.documents) for bar in drawn.bars] == [
        ("January 2018", 1), ("February 2018", 0), ("March 2018", 0), ("April 2018", 4)]
    assert (drawn.vague, drawn.undated, drawn.is_full) == (2, 3, False)
    assert drawn.bars[3].link == "/?q=ferry&after=2018-04&before=2018-04"
    assert drawn.bars[3].height == 4 * drawn.bars[0].height and drawn.bars[1].height == 0


def test_a_long_timeline_is_folded_and_its_bars_lead_to_all_of_their_time() -> None:
    years = draw_timeline([FacetValue(f"{year}-05", 1) for year in range(1980, 2030)], Address(()))
    decades = draw_timeline([FacetValue(f"{year}-05", 1) for year in range(1500, 2030, 7)], Address(()))

    assert (years.bars[0].after, years.bars[0].before, len(years.bars)) == ("1980", "1980", 50)
    assert (decades.bars[0].name, decades.bars[0].after, decades.bars[0].before) == ("1500s", "1500", "1509")
    for drawn in (years, decades):
        assert len(drawn.bars) <= MOST_BARS and drawn.is_full
        assert drawn.bars[-1].x + drawn.bars[-1].width <= WIDTH


@pytest.mark.parametrize(("after", "before", "period"), [
    ("2018-03", "2018-03", "date:day"), ("2018-03-20", "2018-04-02", "date:day"), ("2018-03", "2018-06", "date"),
    ("2018", "2018", "date"), ("", "2018-03", "date"), ("yesterday", "today", "date"), ("2018-06", "2018-03", "date")])
def test_a_short_range_is_shown_by_day(after: str, before: str, period: str) -> None:
    assert choose_period(Address.read([("after", after), ("before", before)])) == period


def test_a_story_is_cut_into_paragraphs_where_it_matches_and_where_it_names() -> None:
    bergen = Entity("Bergen", "place", 2, ("Bergen", "Port of Bergen"))
    story = cut(Document("1", "1", "The ferry left the Port of Bergen.\n\nFerries, Bergen.", entities=(bergen,)),
                "ferry bergen")

    assert story == [
        [Segment("The "), Segment("ferry", True), Segment(" left the "), Segment("Port of ", False, bergen),
         Segment("Bergen", True, bergen), Segment(".")],
        [Segment("Ferries", True), Segment(", "), Segment("Bergen", True, bergen), Segment(".")]]


@given(st.text("ab \n", max_size=40), st.sampled_from(["a", "b", '"a b"', "ab*", "*"]))
def test_no_character_of_a_story_is_lost_or_doubled(body: str, text: str) -> None:
    story = cut(Document("1", "1", body, entities=(Entity("a", "place"), Entity("b a", "other"))), text)

    assert "\n\n".join("".join(part.text for part in paragraph) for paragraph in story) == body


def test_a_very_long_story_is_shown_in_part() -> None:
    story = cut(Document("1", "1", "word " * MOST_SHOWN), "word")
    assert sum(len(part.text) for part in story[0]) == MOST_SHOWN


def test_a_text_without_matches_is_one_piece() -> None:
    assert list(cut_text("ferry", ())) == [Segment("ferry")]
    assert list(cut_text("a ferry b", [(2, 7)])) == [Segment("a "), Segment("ferry", True), Segment(" b")]
