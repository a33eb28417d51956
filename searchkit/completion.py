"""What a shell offers when an option's value is begun: fixed words, and values that the index has.

Nothing here may disturb who types: without an index, or with one that cannot be read, nothing is offered. Nor
may a page: typer hands what is offered to the shell, which evaluates it, so values with signs that command a
shell are not offered.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any

from searchkit.engines.base import PERIODS, SORTS
from searchkit.errors import SearchkitError
from searchkit.fields import FACETS
from searchkit.index import open_index
from searchkit.queryoptions import MATCHES
from searchkit.settings import ALIASES, resolve

OFFERED = 20  # values at most: what fits on a screen beside what was typed
SHELL_VARIABLE = "_SEARCHKIT_COMPLETE"  # says which shell asks: complete_bash, complete_zsh …

# Signs that a shell may evaluate even where typer has quoted them; controls, and signs that reorder what follows
_UNSAFE = re.compile("[\\\\`$\"*?{}\\[\\]\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_SPECIAL = re.compile(r"([^\w@%+=:,./’-])")  # what bash wants a backslash before

Complete = Callable[[Any, str], list[str]]  # the context, of which the parameters so far are used; what was typed


class Offer(str):
    """A value that is offered whatever was typed: typer would drop those that only have a word that begins so."""

    __slots__ = ()

    def startswith(self, *_: object) -> bool:
        """True, which is what typer asks."""
        return True


def offer_values(field: str) -> Complete:
    """A completion with the values of a field that have a word that begins so."""

    def complete(ctx: Any, incomplete: str) -> list[str]:  # noqa: ANN401 - typer's own class
        try:
            return [Offer(value) for value in _find_values(field, ctx.params, incomplete)]
        except (SearchkitError, OSError):
            return []

    return complete


def offer_words(*words: str) -> Complete:
    """A completion with fixed words."""

    def complete(ctx: Any, incomplete: str) -> list[str]:  # noqa: ANN401 - typer's own class
        return [word for word in words if word.startswith(incomplete)]

    return complete


offer_facets = offer_words(*FACETS, *(f"date:{period}" for period in PERIODS))
offer_sorts = offer_words(*SORTS)
offer_matches = offer_words(*MATCHES)


def _find_values(field: str, parameters: Mapping[str, Any], begun: str) -> list[str]:
    """Values in the index that the parameters name: those that begin so first, of them the most frequent."""
    settings = resolve({name: parameters.get(key) or None for name, key in
                        (("index", "folder"), ("engine", "engine"), ("aliases", "aliases"))})
    with open_index(settings.index, settings.engine, aliases=settings.aliases or ALIASES) as place:
        found = place.facets(f"{field}:0", value=begun)
    values = [value.value for value in found if value.value and not _UNSAFE.search(value.value)]
    begun = begun.casefold()
    values.sort(key=lambda value: not value.casefold().startswith(begun))
    return [_quote(value) for value in values[:OFFERED]]


def _quote(value: str) -> str:
    """A value as the shell can take it. Both apostrophes find the same, but one of them begins a quotation."""
    value = value.replace("'", "’")
    begun = os.environ.get("COMP_WORDS", "").rpartition("\n")[2]
    if os.environ.get(SHELL_VARIABLE) == "complete_bash" and not begun.startswith(("'", '"')):
        return _SPECIAL.sub(r"\\\1", value)
    return value
