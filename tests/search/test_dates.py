"""Dates as people type them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.search.dates import Period, parse_period

TODAY = date(2020, 3, 31)


@pytest.mark.parametrize(("text", "first", "last"), [
    ("2018", date(2018, 1, 1), date(2018, 12, 31)),
    ("2018-3", date(2018, 3, 1), date(2018, 3, 31)),
    ("2018/03/22", date(2018, 3, 22), date(2018, 3, 22)),
    ("2018.03.22", date(2018, 3, 22), date(2018, 3, 22)),
    ("22 March 2018", date(2018, 3, 22), date(2018, 3, 22)),
    ("March 22nd, 2018", date(2018, 3, 22), date(2018, 3, 22)),
    ("Mar 2018", date(2018, 3, 1), date(2018, 3, 31)),
    ("1st sept. 2018", date(2018, 9, 1), date(2018, 9, 1)),
    ("TODAY", TODAY, TODAY),
    ("yesterday", date(2020, 3, 30), date(2020, 3, 30)),
    ("30d", date(2020, 3, 1), date(2020, 3, 1)),
    ("2 weeks ago", date(2020, 3, 17), date(2020, 3, 17)),
    ("1m", date(2020, 2, 29), date(2020, 2, 29)),
    ("1y", date(2019, 3, 31), date(2019, 3, 31)),
    ("last week", date(2020, 3, 24), TODAY),
    ("past 13 months", date(2019, 2, 28), TODAY),
    ("99999y", date.min, date.min),
])
def test_which_days_a_text_means(text: str, first: date, last: date) -> None:
    assert parse_period(text, TODAY) == Period(first, last)


@pytest.mark.parametrize("text", ["", "soon", "0000", "2018-13", "2018-02-29", "18", "22 Brumaire 1801",
                                  "1 March 2 2018", "30 d d", "d", "2018-03-22-05", "March"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_period(text, TODAY)


@given(st.dates())
def test_every_iso_day_means_itself(day: date) -> None:
    assert parse_period(day.isoformat(), TODAY) == Period(day, day)


@given(st.text())
def test_any_text_is_a_period_or_a_value_error(text: str) -> None:
    try:
        period = parse_period(text, TODAY)
    except ValueError:
        return
    assert period.first <= period.last
