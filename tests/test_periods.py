"""Periods without documents are shown between those with some, and only there."""

import pytest

from searchkit.periods import fill_periods, fold_months, show_gaps
from searchkit.results import FacetValue


def count(**periods: int) -> tuple[FacetValue, ...]:
    return tuple(FacetValue(None if name == "none" else name[1:].replace("_", "-"), n) for name, n in periods.items())


def show(values: tuple[FacetValue, ...] | None) -> dict[str | None, int]:
    return {value.value: value.count for value in values or ()}


@pytest.mark.parametrize(("given", "filled"), [
    (count(_2018_11=2, _2019_02=1, none=4), {"2018-11": 2, "2018-12": 0, "2019-01": 0, "2019-02": 1, None: 4}),
    (count(_2016=1, _2018=2), {"2016": 1, "2017": 0, "2018": 2}),
    (count(_2020_02_28=1, _2020_03_01=1), {"2020-02-28": 1, "2020-02-29": 0, "2020-03-01": 1}),
    (count(_2018=3, _2018_01=1, _2018_03=1), {"2018": 3, "2018-01": 1, "2018-02": 0, "2018-03": 1}),
    (count(none=2), {None: 2}),
    ((), {}),
])
def test_empty_periods_are_counted_out_and_coarser_dates_keep_their_group(given, filled) -> None:
    assert show(fill_periods(given)) == filled
    assert list(show(fill_periods(given))) == list(filled)


def test_no_more_periods_are_made_than_wanted() -> None:
    assert fill_periods(count(_0001_01_01=1, _9999_12_31=1)) is None


def test_a_long_run_of_empty_periods_is_one_where_there_are_too_many() -> None:
    given = count(_2016_01=1, _2018_11=2, _2019_01=1, none=1)
    assert show(show_gaps(given, 10)) == {"2016-01": 1, "…": 0, "2018-11": 2, "2018-12": 0, "2019-01": 1, None: 1}
    assert len(show_gaps(given, 40)) == 38


def test_months_become_years_and_years_decades_where_there_are_too_many() -> None:
    assert show(fold_months(count(_2016_01=1, _2018_12=2, none=3), 24)) == {"2016": 1, "2017": 0, "2018": 2, None: 3}
    assert show(fold_months(count(_1890_01=1, _2018_12=2), 24)) == {"1890s": 1, "2010s": 2}
