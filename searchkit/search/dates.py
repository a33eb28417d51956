"""Dates as people type them in a query: "2018-03", "22 March 2018", "yesterday", "30d", "last 2 weeks"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from searchkit.frozen import frozen

FORMS = "2018, 2018-03, 2018-03-22, 22 March 2018, today, yesterday, 30d (days ago), last 30 days"

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
           "october", "november", "december")
# compiled when the first date is read: most queries have none
_ISO = r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?"
_NAMED = (r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?([a-z]{3,9})\.?,?\s+"
          r"(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})")
_AGO = r"(\d{1,5})\s*(d|days?|w|weeks?|m|months?|y|years?)(?:\s+ago)?"
_LAST = r"(?:last|past)\s+(?:(\d{1,5})\s*)?(d|days?|w|weeks?|m|months?|y|years?)"


@frozen
class Period:
    """A run of days, both ends included."""

    first: date
    last: date


def parse_period(text: str, today: date) -> Period:
    """The days that a text means. Raises ValueError when it is no date."""
    words = " ".join(text.lower().split())
    if words in ("today", "yesterday"):
        day = today - timedelta(days=words == "yesterday")
        return Period(day, day)
    if found := re.fullmatch(_ISO, words):
        year, month, day_of_month = (int(part) if part else None for part in found.groups())
        return _complete(year, month, day_of_month)
    if found := re.fullmatch(_NAMED, words):
        before, name, after, year_text = found.groups()
        days = [int(part) for part in (before, after) if part]
        if len(days) > 1:
            raise ValueError(f"'{text}' has two days")
        return _complete(int(year_text), _find_month(name), days[0] if days else None)
    if found := re.fullmatch(_AGO, words):
        day = _step_back(today, int(found[1]), found[2])
        return Period(day, day)
    if found := re.fullmatch(_LAST, words):
        return Period(_step_back(today, int(found[1] or 1), found[2]), today)
    raise ValueError(f"'{text}' is no date")


def _complete(year: int | None, month: int | None, day: int | None) -> Period:
    """The year, month or day; ValueError when the calendar has no such one."""
    if year is None:
        raise ValueError("a date needs a year")
    if month is None:
        return Period(date(year, 1, 1), date(year, 12, 31))
    if day is None:
        return Period(date(year, month, 1), date(year, month, _count_days(year, month)))
    return Period(date(year, month, day), date(year, month, day))


def _find_month(name: str) -> int:
    for number, month in enumerate(_MONTHS, 1):
        if month.startswith(name) or (name == "sept" and number == 9):
            return number
    raise ValueError(f"'{name}' is no month")


def _step_back(day: date, count: int, unit: str) -> date:
    """The day ``count`` units earlier; the last day of the month where the month is too short."""
    from dateutil.relativedelta import relativedelta

    steps = {"d": relativedelta(days=count), "w": relativedelta(weeks=count), "m": relativedelta(months=count),
             "y": relativedelta(years=count)}
    try:
        return day - steps[unit[0]]
    except (OverflowError, ValueError):
        return date.min


def _count_days(year: int, month: int) -> int:
    """How many days a month has. Raises ValueError for one that there is not."""
    first = date(year, month, 1)
    return 31 if month == 12 else (date(year, month + 1, 1) - first).days
