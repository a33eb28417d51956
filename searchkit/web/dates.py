"""Dates as people write them; pages are in English, whatever the settings of the machine are."""

from __future__ import annotations

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")


def name_date(value: str) -> str:
    """A date as precise as it is known: "22 March 2018", "March 2018", "2018"; anything else as it stands."""
    year, *rest = value.split("-")
    if not all(part.isascii() and part.isdecimal() for part in (year, *rest)) or len(rest) > 2:
        return value
    if not rest or not 1 <= int(rest[0]) <= len(MONTHS):
        return value
    month = f"{MONTHS[int(rest[0]) - 1]} {int(year)}"
    return f"{int(rest[1])} {month}" if len(rest) == 2 else month
