"""Values of a facet that a few words name: every word begins a word of the value, both folded."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from searchkit.results import FacetValue
from searchkit.search.analysis import find_words
from searchkit.search.folding import fold_value
from searchkit.search.pairs import is_paired


def find_named(values: Sequence[FacetValue], text: str) -> list[FacetValue]:
    """The values that the words of a text name, in their order; a text without words names none."""
    is_named = _compile(text)
    return [value for value in values if value.value is not None and is_named(value.value)]


def put_first(named: Sequence[FacetValue], values: Sequence[FacetValue], limit: int | None) -> tuple[FacetValue, ...]:
    """Some of the values before the others, ``limit`` in all; the group without one last and besides."""
    first = {value.value for value in named}
    ordered = [*named, *(value for value in values if value.value is not None and value.value not in first)]
    without = [value for value in values if value.value is None]
    return (*ordered[:limit], *without)


def _compile(text: str) -> Callable[[str], bool]:
    words = find_words(fold_value(text))
    begin = [re.compile(("" if is_paired(word) else r"(?<!\w)") + re.escape(word)) for word in words]

    def is_named(value: str) -> bool:
        folded = fold_value(value)
        return all(word in folded for word in words) and all(pattern.search(folded) for pattern in begin)

    return is_named if words else lambda _: False
