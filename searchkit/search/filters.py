"""Filters: what the options of a query say beside its text, as a query tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import date

from searchkit.errors import SettingsError
from searchkit.frozen import frozen
from searchkit.search.aliases import TYPED
from searchkit.search.dates import FORMS, parse_period
from searchkit.search.query import DateRange, Keyword, Missing, Not, Query, both, either

NONE = "none"  # the value that means documents without one


@frozen
class Filters:
    """Values by keyword field: within one field any of them, between fields all; those excluded; and days.

    ``after`` and ``before`` are dates as in a query ("2018-03", "30d"), both inclusive.
    """

    include: Mapping[str, Sequence[str]] = field(default_factory=dict)
    exclude: Mapping[str, Sequence[str]] = field(default_factory=dict)
    after: str | None = None
    before: str | None = None

    def lift(self, name: str) -> Filters | None:
        """The filters as the facet of a field is counted under them: without the values chosen of that field, so
        that others can be chosen besides. None where none is chosen. What is excluded stays so, and so do days.

        People, organisations and places are chosen as entities.
        """
        chosen = "entity" if name in TYPED else name
        if not self.include.get(chosen):
            return None
        return replace(self, include={field: values for field, values in self.include.items() if field != chosen})

    def to_query(self, today: date) -> Query:
        """The documents that pass. Relative dates count from ``today``."""
        wanted = [either(*(_match_value(name, value) for value in values))
                  for name, values in self.include.items() if values]
        unwanted = [Not(_match_value(name, value))
                    for name, values in self.exclude.items() for value in values]
        first = _read_day(self.after, "after", today)
        last = _read_day(self.before, "before", today)
        if first is not None and last is not None and first > last:
            raise SettingsError(f"nothing is after {self.after} and before {self.before}",
                                "--after, --before", "swap them")
        dated = [DateRange("date", first, last)] if (first, last) != (None, None) else []
        return both(*wanted, *unwanted, *dated)


def _match_value(name: str, value: str) -> Query:
    if not value.strip():
        raise SettingsError("the value is empty", f"--{name}", f"--{name} {NONE} finds documents without one")
    return Missing(name) if value.lower() == NONE else Keyword(name, value)


def _read_day(text: str | None, option: str, today: date) -> int | None:
    if text is None:
        return None
    try:
        period = parse_period(text, today)
    except ValueError:
        raise SettingsError(f"'{text}' is no date", f"--{option}", f"dates are written: {FORMS}") from None
    return (period.first if option == "after" else period.last).toordinal()
