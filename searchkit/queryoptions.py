"""What can be asked beside the text of a query, read and checked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict

from searchkit.errors import SettingsError
from searchkit.search.filters import Filters
from searchkit.search.languages import narrow_languages
from searchkit.search.operands import Languages
from searchkit.search.question import Question, list_filters, read_question

Values = str | Sequence[str]
MATCHES = ("all", "any")
FILTERED = ("publisher", "entity", "author", "language")


class QueryOptions(TypedDict, total=False):
    """What can be said beside the text of a query, in the words of ``searchkit query --help``."""

    publisher: Values
    entity: Values
    author: Values
    language: Values
    not_publisher: Values
    not_entity: Values
    not_author: Values
    not_language: Values
    after: str | None
    before: str | None
    facets: Sequence[str]
    sort: str
    limit: int | None
    offset: int
    match: str
    snippets: int
    empty_periods: bool
    collapse: bool
    rerank: bool | None


def read_asked(text: str, options: QueryOptions, languages: Languages = (None,)) -> Question:
    """What a text and the options ask for together, in those of an index's languages that the options name."""
    today = date.today()
    match = check("match", options.get("match", "all"), MATCHES)
    return read_question(text, match, list_filters(read_filters(options).to_query(today)), today,
                         narrow_languages(languages, list_values(options.get("language"))))


def read_filters(options: QueryOptions) -> Filters:
    """The filters among the options."""
    values: dict[str, Any] = dict(options)
    return Filters(
        {name: list_values(values.get(name)) for name in FILTERED},
        {name: list_values(values.get(f"not_{name}")) for name in FILTERED},
        options.get("after"),
        options.get("before"),
    )


def list_values(values: Values | None) -> Sequence[str]:
    """The values of an option that takes one or several."""
    return [values] if isinstance(values, str) else values or []


def check_options(options: QueryOptions, method: str) -> None:
    """Raise TypeError for an option that there is not."""
    if unknown := options.keys() - QueryOptions.__annotations__.keys():
        raise TypeError(f"{method}() has no option '{min(unknown)}'")


def check(option: str, value: str, allowed: Sequence[str]) -> str:
    """The value, if it is one that the option takes."""
    if value not in allowed:
        raise SettingsError(f"'{value}' is no {option}", f"--{option}", f"give one of: {', '.join(allowed)}")
    return value


def check_count(option: str, value: int) -> int:
    """The value, if it is none below 0."""
    if value < 0:
        raise SettingsError(f"{value} is less than nothing", f"--{option}", "give 0 or more")
    return value
