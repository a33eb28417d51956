"""The parameters of an address: what the page and the API take, read and checked, and addresses that differ in one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from searchkit.engines.base import SORTS
from searchkit.errors import SettingsError
from searchkit.facets import FACET_LIMIT, read_facet
from searchkit.queryoptions import FILTERED, MATCHES, QueryOptions

MOST_HITS = 100  # of one answer
MOST_OFFSET = 1_000_000
MOST_SNIPPETS = 5
MOST_VALUES = 1_000  # of one facet
MOST_FACETS = 16  # of one answer
MOST_CHOSEN = 50  # values of one parameter
MOST_ROWS = 10_000  # of an export
MOST_COMPLETED = 200  # characters of a query that is being typed

SEVERAL = (*FILTERED, *(f"not_{name}" for name in FILTERED), "facet")  # parameters that may stand several times
ONCE = ("q", "after", "before", "sort", "match", "limit", "offset", "snippets", "collapse", "rerank")
FILTERS = (*SEVERAL[:-1], "after", "before")
NUMBERS = {"limit": MOST_HITS, "offset": MOST_OFFSET, "snippets": MOST_SNIPPETS}
FLAGS = {"true": True, "false": False}
CHOICES = {"sort": SORTS, "match": MATCHES}

Pairs = Sequence[tuple[str, str]]


class Asked(NamedTuple):
    """What an address asks for: the text, and the options of ``Index.query``."""

    text: str
    options: QueryOptions


def read_asked(pairs: Pairs, allowed: Iterable[str] = (*ONCE, *SEVERAL)) -> Asked:
    """What the parameters ask for. Raises SettingsError for one that cannot be meant."""
    check_names(pairs, allowed)
    once = dict(pairs)
    options: dict[str, Any] = {name: once[name] for name in ("after", "before") if name in once}
    for name, choices in CHOICES.items():
        if name in once:
            options[name] = read_choice(name, once[name], choices)
    for name in ("collapse", "rerank"):
        if name in once:
            options[name] = FLAGS[read_choice(name, once[name], tuple(FLAGS))]
    for name, most in NUMBERS.items():
        if name in once:
            options[name] = read_number(name, once[name], most)
    for name in SEVERAL:
        if values := [value for key, value in pairs if key == name]:
            most = MOST_FACETS if name == "facet" else MOST_CHOSEN
            if len(values) > most:
                raise SettingsError(f"more than {most} values", name, "give fewer")
            options["facets" if name == "facet" else name] = values
    if "facets" in options:
        options["facets"] = read_facets(options["facets"])
    return Asked(once.get("q", ""), QueryOptions(**options))  # type: ignore[typeddict-item]


def check_names(pairs: Pairs, allowed: Iterable[str]) -> None:
    """Raise SettingsError for a parameter that there is not, and for one that stands twice and may stand once."""
    names = list(allowed)
    seen: set[str] = set()
    for name, _ in pairs:
        if name not in names:
            near = difflib.get_close_matches(name, names, 1)
            hint = f"did you mean '{near[0]}'? " if near else ""
            raise SettingsError(f"unknown parameter '{name[:40]}'", "query string",
                                f"{hint}there are: {', '.join(names) or 'none'}")
        if name in seen and name not in SEVERAL:
            raise SettingsError(f"'{name}' is given twice", "query string", "give it once")
        seen.add(name)


def split_off(pairs: Pairs, names: Iterable[str]) -> tuple[dict[str, str], Pairs]:
    """Some parameters, each of which stands once, and the others."""
    known = tuple(names)
    taken = [pair for pair in pairs if pair[0] in known]
    check_names(taken, known)
    return dict(taken), [pair for pair in pairs if pair[0] not in known]


def read_choice(name: str, value: str, choices: Sequence[str]) -> str:
    """The value, if it is one of the choices."""
    if value not in choices:
        raise SettingsError(f"'{value[:40]}' is no {name}", name, f"give one of: {', '.join(choices)}")
    return value


def read_number(name: str, value: str, most: int) -> int:
    """A number from 0 to ``most``."""
    if value.isascii() and value.isdecimal() and len(value) < 10 and int(value) <= most:
        return int(value)
    raise SettingsError(f"'{value[:40]}' is no {name} that is answered", name, f"give a number from 0 to {most:,}")


def read_facets(names: Sequence[str]) -> list[str]:
    """Facets as ``Index.query`` takes them, each with no more values than are answered."""
    return [bound_facet(name) for name in names]


def bound_facet(name: str, limit: int = FACET_LIMIT) -> str:
    """The facet, if it asks for no more values than are answered; with ``limit`` where it does not say."""
    facet = read_facet(name)
    if facet.field == "date":
        return name
    given = name.partition(":")[2]
    if given and not 0 < (facet.limit or 0) <= MOST_VALUES:
        raise SettingsError(f"'{name[:40]}' asks for too many values", "facet", f"give 1 to {MOST_VALUES:,}")
    return f"{facet.field}:{facet.limit if given else limit}"


@dataclass(frozen=True, slots=True)
class Address:
    """The parameters of a view of the results, from which those of other views are made; all can be shared."""

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, pairs: Pairs) -> Address:
        """What is known among the parameters of a request, without what is empty."""
        known = {*ONCE, *SEVERAL}
        return cls(tuple(dict.fromkeys((name, value) for name, value in pairs if name in known and value)))

    def get(self, name: str) -> str:
        """The value of a parameter, "" where there is none."""
        return dict(self.pairs).get(name, "")

    def get_all(self, name: str) -> tuple[str, ...]:
        """All values of a parameter."""
        return tuple(value for key, value in self.pairs if key == name)

    def put(self, **values: str | None) -> Address:
        """Other values for some parameters, None for none; the first page of hits unless another is asked for."""
        changed = {"offset": None, **values}
        kept = tuple(pair for pair in self.pairs if pair[0] not in changed)
        return Address((*kept, *((name, value) for name, value in changed.items() if value)))

    def toggle(self, name: str, value: str) -> Address:
        """With a value chosen, or without it where it is; what was excluded and is chosen is excluded no more."""
        rest = self.put()
        opposite = name.removeprefix("not_") if name.startswith("not_") else f"not_{name}"
        pairs = tuple(pair for pair in rest.pairs if pair not in ((name, value), (opposite, value)))
        return Address(pairs if (name, value) in rest.pairs else (*pairs, (name, value)))

    def keep(self, names: Iterable[str]) -> Address:
        """These parameters only."""
        kept = set(names)
        return Address(tuple(pair for pair in self.pairs if pair[0] in kept))

    def drop(self, names: Iterable[str]) -> Address:
        """Without these parameters."""
        dropped = {"offset", *names}
        return Address(tuple(pair for pair in self.pairs if pair[0] not in dropped))

    def link(self, path: str = "/", **more: str) -> str:
        """The address of a path with these parameters."""
        pairs = [*self.pairs, *more.items()]
        return f"{path}?{urlencode(pairs, errors='replace')}" if pairs else path


def name_hidden(address: Address, shown: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """What a form must carry besides the fields that it shows, by name."""
    rest = address.drop(shown)
    return {name: rest.get_all(name) for name in dict(rest.pairs)}
