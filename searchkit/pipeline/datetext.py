"""Dates as people and machines write them: found in running text, in many languages, as ISO 8601 strings."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from searchkit.pipeline import wordlists

# The web's first page is from 1991; before that a number of four digits is a date of history. The upper
# end only keeps out house numbers and prices.
FIRST_YEAR, LAST_YEAR = 1991, 2069

# Countries in which the month stands before the day in 03/04/2018.
_MONTH_FIRST = frozenset(("us", "ph"))

# What stands for the space in "second Kanun" and other months of two words: Arabic's letter stretcher.
_JOINT = "\u0640"

_WORD = r"[^\W\d_]{2,14}"
_ORDINAL = r"(?:st|nd|rd|th|er|º|ª|°)?"
_YEAR = r"((?:19|20)\d\d)(?!\d)"
_YEAR_FIRST = re.compile(rf"(?<!\d){_YEAR}([-/.]|\. )(\d\d?)\2(\d\d?)(?![\d])")
_COMPACT = re.compile(r"(?<![\w-])((?:19|20)\d\d)([01]\d)([0-3]\d)(?:T?\d{4,6}Z?)?(?![\w-])")
_EAST_ASIAN = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[年년]\s?(\d\d?)\s?[月월]\s?(\d\d?)\s?[日일]")
_EAST_ASIAN_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[年년]\s?(\d\d?)\s?[月월](?!\s?\d)")
_ERA = re.compile(r"(昭和|平成|令和)\s?(\d\d?|元)\s?年\s?(\d\d?)\s?月\s?(\d\d?)\s?日")
_WRITTEN = re.compile(r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日")
_DAY_MONTH = re.compile(rf"(?<![\d.,/-])(\d\d?){_ORDINAL}[\s.,/-]{{0,3}}(?:of |de |d['’]|di )?({_WORD})"
                        rf"(?:\s?/\s?{_WORD})?[\s.,/-]{{0,3}}(?:de |del )?(?:{_YEAR}|['’](\d\d)(?!\d))")
_MONTH_DAY = re.compile(rf"(?<!\w)({_WORD})\.?[\s-]{{1,2}}(?:the )?(\d\d?){_ORDINAL}[\s,.-]{{1,3}}"
                        rf"(?:\d\d?:\d\d ?(?:[ap]\.?m\.?)?,? )?{_YEAR}", re.IGNORECASE)
_YEAR_MONTH_DAY = re.compile(rf"(?<!\d){_YEAR}\.?[\s/-]{{1,2}}(?:m\. |g\. )?({_WORD})\.?[\s/-]{{1,2}}(\d\d?)(?!\d)")
_NUMBERS = re.compile(r"(?<![\d.,:/-])(\d\d?)([./-]| \|) ?(\d\d?)\2 ?((?:19|20)\d\d|\d\d)(?![\d/]|[.,:-]\d)")
_NUMERIC = re.compile(r"[\d年]")  # most lines of a page have no digit, and so no date
# Without any of these no pattern of a date finds anything; most numbers on a page are none.
_SIGN = re.compile(r"(?:19|20)\d\d|年|['’]\d\d|\d(?:[./-]| \|) ?\d")
# Digits of other scripts and full-width signs as those of ASCII, one sign for one sign. Source: Unicode.
_PLAIN = {first + value: str(value) for first in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10) for value in range(10)}
_PLAIN |= {0x60C: ",", 0xFF0F: "/", 0xFF0E: ".", 0xFF0D: "-"}
# The year before the first of each era of Japan's calendar, and the numerals of China's.
_ERAS = {"昭和": 1925, "平成": 1988, "令和": 2018}
_NUMERALS = {numeral: value for value, numeral in enumerate("〇一二三四五六七八九")} | {"零": 0, "十": 10}
_MONTH_YEAR = re.compile(rf"(?<!\w)(?<!\d )(?<!\d\. )({_WORD})\.?,?\s(?:de |of )?{_YEAR}")


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a text: ISO value as precise as "day" or "month" says, and where it stands.

    ``sure`` is false where day and month could be the other way round (``other`` is the day it then is), or
    where the century is a guess.
    """

    value: str
    precision: str
    start: int
    end: int
    sure: bool = True
    other: str | None = None


def find_dates(text: str, month_first: bool | None = None) -> list[FoundDate]:
    """The dates with a year in a text, in its order, none overlapping another.

    ``month_first`` tells how 03/04/2018 is to be read, if that is known.
    """
    if not _NUMERIC.search(text):
        return []
    if not text.isascii():
        text = _join_months(text.translate(_PLAIN))
    if not _SIGN.search(text):
        return []
    found = sorted((*_find_days(text), *_find_numbers(text, month_first), *_find_months(text)),
                   key=lambda date: (date.start, date.precision, -date.end))
    kept: list[FoundDate] = []
    for date in found:
        if not kept or date.start >= kept[-1].end:
            kept.append(date)
    return kept


def read_machine(text: str) -> str | None:
    """The day in a value meant for machines: an ISO 8601 time, its compact form, seconds since 1970."""
    text = text.strip().translate(_PLAIN)
    if text.isdecimal() and len(text) in (10, 13):
        moment = datetime.datetime.fromtimestamp(int(text[:10]), datetime.UTC)
        return _iso(moment.year, moment.month, moment.day)
    for pattern in (_YEAR_FIRST, _COMPACT):
        match = pattern.match(text)
        if match:
            year, month, day = (int(part) for part in match.groups() if part.isdigit())
            return _iso(year, month, day)
    return None


def reads_month_first(language: str | None) -> bool | None:
    """Whether a ``lang`` value such as "en-US" means that months come first; None if it does not say."""
    parts = (language or "").lower().replace("_", "-").split("-")
    if not parts[0] or parts == ["en"]:
        return None
    return parts[-1] in _MONTH_FIRST


def guess_order(texts: Iterable[str]) -> bool | None:
    """Whether months come first in texts, by a date such as 3/22/2018 that can be read in one way only."""
    for text in texts:
        for match in _NUMBERS.finditer(text):
            first, second = int(match[1]), int(match[3])
            if match[2] == "/" and max(first, second) <= 31 and (first > 12) != (second > 12):
                return second > 12
    return None


def to_ordinal(day: str) -> int:
    """The number of a day in ISO form, for telling how far days lie apart."""
    return datetime.date.fromisoformat(day).toordinal()


@cache
def read_months() -> dict[str, int]:
    """Month names and abbreviations in lower case, and their numbers."""
    months: dict[str, int] = {}
    for line in wordlists.read_lines("months.txt"):
        for number, forms in enumerate(line.split("\t")[1].split(), 1):
            for form in forms.split("/"):
                months.setdefault(form, number)
    return months


def _join_months(text: str) -> str:
    """A text in which the space inside months of two words is the sign that joins them in the list."""
    for month in _months_of_two_words():
        text = text.replace(month.replace(_JOINT, " "), month)
    return text


@cache
def _months_of_two_words() -> tuple[str, ...]:
    return tuple(month for month in read_months() if _JOINT in month)


def _find_days(text: str) -> Iterator[FoundDate]:
    """Days whose order of parts leaves no doubt."""
    for pattern, order in _DAYS if _is_east_asian(text) else _WESTERN_DAYS:
        for match in pattern.finditer(text):
            value = _name_day(*(match[part] for part in order))
            if value:
                yield FoundDate(value, "day", match.start(), match.end())
    yield from _find_counted(text)
    for match in _DAY_MONTH.finditer(text):
        value = _name_day(match[3] or "20" + match[4], match[2], match[1])
        if value:
            yield FoundDate(value, "day", match.start(), match.end(), match[3] is not None)


_WESTERN_DAYS = ((_YEAR_FIRST, (1, 3, 4)), (_COMPACT, (1, 2, 3)), (_YEAR_MONTH_DAY, (1, 2, 3)),
                 (_MONTH_DAY, (3, 1, 2)))
_DAYS = (*_WESTERN_DAYS, (_EAST_ASIAN, (1, 2, 3)))


def _is_east_asian(text: str) -> bool:
    """Whether a text has a sign that stands behind a year in Chinese, Japanese or Korean."""
    return "年" in text or "년" in text


def _find_counted(text: str) -> Iterator[FoundDate]:
    """Days of Japan's eras and in Chinese numerals."""
    if "年" not in text:
        return
    for match in _ERA.finditer(text):
        year = _ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))
        value = _iso(year, int(match[3]), int(match[4]))
        if value:
            yield FoundDate(value, "day", match.start(), match.end())
    for match in _WRITTEN.finditer(text):
        year = int("".join(str(_NUMERALS[numeral]) for numeral in match[1]))
        value = _iso(year, _count(match[2]), _count(match[3]))
        if value:
            yield FoundDate(value, "day", match.start(), match.end())


def _count(numerals: str) -> int:
    """A number below 100 in Chinese numerals: 二十二 is 22."""
    tens, ten, ones = numerals.rpartition("十")
    return (_NUMERALS.get(tens, 1) * 10 if ten else 0) + (_NUMERALS.get(ones, 0) if len(ones) < 2 else 0)


def _find_numbers(text: str, month_first: bool | None) -> Iterator[FoundDate]:
    """Days such as 22.03.2018 and 3/22/18."""
    for match in _NUMBERS.finditer(text):
        first, second, year = int(match[1]), int(match[3]), match[4]
        swapped = match[2] == "/" and first <= 12 and (month_first is True or second > 12)
        day, month = (second, first) if swapped else (first, second)
        number = int(year if len(year) == 4 else "20" + year)
        value = _iso(number, month, day)
        if value:
            doubtful = match[2] in "/-" and month_first is None and first <= 12 and second <= 12 and first != second
            guessed = len(year) == 2 and match[2] in "/-"  # 22.03.18 is hardly anything else
            yield FoundDate(value, "day", match.start(), match.end(), not doubtful and not guessed,
                            _iso(number, day, month) if doubtful else None)


def _find_months(text: str) -> Iterator[FoundDate]:
    """Months such as "March 2018" and 2018年3月."""
    for match in _MONTH_YEAR.finditer(text):
        month = read_months().get(match[1].lower())
        if month and FIRST_YEAR <= int(match[2]) <= LAST_YEAR:
            yield FoundDate(f"{match[2]}-{month:02}", "month", match.start(), match.end())
    for match in _EAST_ASIAN_MONTH.finditer(text) if _is_east_asian(text) else ():
        if 1 <= int(match[2]) <= 12 and FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
            yield FoundDate(f"{match[1]}-{int(match[2]):02}", "month", match.start(), match.end())


def _name_day(year: str, month: str, day: str) -> str | None:
    number = int(month) if month.isdigit() else read_months().get(month.lower())
    return _iso(int(year), number, int(day)) if number else None


def _iso(year: int, month: int, day: int) -> str | None:
    """A day of the calendar in ISO form, if there is such a day."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None
