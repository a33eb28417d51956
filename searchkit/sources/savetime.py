"""When a page was saved, in the ways in which containers say it; all become ISO 8601 in UTC, to the second."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_FIRST_YEAR = 1990  # of the web
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
# As JavaScript writes a date: Tue Dec 20 2022 11:17:50 GMT+0200 (…)
_SCRIPT = re.compile(r"\w{3} (\w{3}) (\d{1,2}) (\d{4}) (\d\d:\d\d:\d\d) GMT([+-]\d{4})?")


def read_iso(text: str | None) -> str | None:
    """A time in ISO 8601."""
    try:
        return write_time(datetime.fromisoformat(text or ""))
    except ValueError:
        return None


def read_script(text: str) -> str | None:
    """A time as JavaScript writes it, or in ISO 8601."""
    found = _SCRIPT.match(text)
    if not found:
        return read_iso(text.strip())
    month, day, year, clock, zone = found.groups()
    number = _MONTHS.find(month) // 3 + 1
    return read_iso(f"{year}-{number:02}-{int(day):02}T{clock}{zone or '+0000'}")


def write_time(time: datetime) -> str:
    """A time, UTC if it has no zone, as all are written. Raises ValueError for one before the web."""
    if time.year < _FIRST_YEAR:
        raise ValueError(f"no page was saved in {time.year}")
    try:
        return time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError as problem:
        raise ValueError(str(problem)) from None
