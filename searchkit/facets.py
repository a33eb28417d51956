"""Facets by name: how they are asked for, and under which name they stand in results."""

from __future__ import annotations

from searchkit.engines.base import PERIODS, FacetRequest
from searchkit.errors import SettingsError
from searchkit.fields import BY_NAME, FACETS
from searchkit.periods import MOST_PERIODS, fill_periods
from searchkit.results import FacetValue

FACET_LIMIT = 10  # values of a facet, unless asked otherwise; dates are all shown


def read_facet(text: str) -> FacetRequest:
    """A facet as it is asked for: "publisher", "entity:20" (values at most, 0 = all), "date:year:5"."""
    name, *rest = text.split(":")
    field = BY_NAME.get(name.lower())
    if field is None or not field.facet:
        raise SettingsError(f"no facet '{name}'", "--facet", f"facets: {', '.join(FACETS)}")
    period = "month"
    if field.name == "date" and rest and rest[0] in PERIODS:
        period = rest.pop(0)
    limit = None if field.name == "date" else FACET_LIMIT
    if rest:
        if len(rest) > 1 or not rest[0].isdecimal() or len(rest[0]) > 9:
            raise SettingsError(f"'{text}' is no facet", "--facet", "write FIELD, FIELD:LIMIT, date:year")
        limit = int(rest[0]) or None
    return FacetRequest(field.name, limit, period)


def name_facet(facet: FacetRequest) -> str:
    """The name under which a facet stands in results."""
    return facet.field if facet.field != "date" or facet.period == "month" else f"date:{facet.period}"


def show_values(facet: FacetRequest, values: tuple[FacetValue, ...], empty_periods: bool) -> tuple[FacetValue, ...]:
    """The values of a facet; of dates, where it is wished, with the empty periods between them."""
    if facet.field != "date" or not empty_periods:
        return values
    filled = fill_periods(values)
    if filled is None:
        raise SettingsError(f"more than {MOST_PERIODS:,} periods lie between the first and the last",
                            "--empty-periods", "count longer ones (--facet date:year)")
    return filled
