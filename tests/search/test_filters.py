"""Filters: the options of a query as a tree."""

from datetime import date

import pytest

from searchkit.errors import SettingsError
from searchkit.search.filters import Filters
from searchkit.search.query import And, DateRange, Everything, Keyword, Missing, Not, Or

TODAY = date(2020, 2, 29)


def test_no_filter_lets_everything_pass() -> None:
    assert Filters().to_query(TODAY) == Everything()


def test_values_of_one_field_are_alternatives_and_fields_hold_together() -> None:
    tree = Filters({"publisher": ["A", "B"], "author": ["C"]}).to_query(TODAY)
    assert tree == And((Or((Keyword("publisher", "A"), Keyword("publisher", "B"))), Keyword("author", "C")))


def test_none_means_without_one_and_can_be_excluded_too() -> None:
    assert Filters({"publisher": ["None"]}).to_query(TODAY) == Missing("publisher")
    assert Filters(exclude={"publisher": ["none"]}).to_query(TODAY) == Not(Missing("publisher"))


def test_each_excluded_value_is_excluded() -> None:
    tree = Filters(exclude={"author": ["A", "B"]}).to_query(TODAY)
    assert tree == And((Not(Keyword("author", "A")), Not(Keyword("author", "B"))))


def test_both_days_are_included_and_as_wide_as_they_are_said() -> None:
    tree = Filters(after="2018", before="2019-02").to_query(TODAY)
    assert tree == DateRange("date", date(2018, 1, 1).toordinal(), date(2019, 2, 28).toordinal())


def test_a_relative_day_counts_from_today() -> None:
    assert Filters(after="30d").to_query(TODAY) == DateRange("date", date(2020, 1, 30).toordinal(), None)


@pytest.mark.parametrize(("filters", "said"), [
    (Filters(after="soonish"), "'soonish' is no date (--after)"),
    (Filters(before=""), "'' is no date (--before)"),
    (Filters(after="2019", before="2018"), "nothing is after 2019 and before 2018"),
])
def test_a_date_that_cannot_be_meant_names_its_option(filters: Filters, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        filters.to_query(TODAY)
    assert said in str(caught.value)
