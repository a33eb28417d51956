"""``searchkit query``: from its options to what is printed.

The signature of ``query`` is the only table of its options: Typer's command is made from it (``options.describe``),
and so is the reader of ``entry``, which needs no Typer.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from searchkit.answering import DEFAULT_FACETS
from searchkit.exits import FOUND, NOTHING
from searchkit.index import Index, open_index
from searchkit.queryoptions import QueryOptions
from searchkit.screen import ROWS, View, choose_output, make_style, print_json, print_results
from searchkit.settings import ALIASES, Settings, resolve

FLAGS = {"all_": "--all", "as_json": "--json", "folder": "--index"}  # those that do not follow from the parameter
LONGEST_TEXT = 100_000  # characters of a query that are read from standard input; the parser takes fewer


def query(
    text: str = "",
    *,
    publisher: list[str] | None = None,
    entity: list[str] | None = None,
    author: list[str] | None = None,
    language: list[str] | None = None,
    not_publisher: list[str] | None = None,
    not_entity: list[str] | None = None,
    not_author: list[str] | None = None,
    not_language: list[str] | None = None,
    after: str | None = None,
    before: str | None = None,
    facet: list[str] | None = None,
    no_facets: bool = False,
    empty_periods: bool = False,
    timeline: bool = False,
    sort: str = "relevance",
    limit: int | None = None,
    all_: bool = False,
    offset: int = 0,
    match: str = "all",
    snippets: int = 1,
    collapse: bool | None = None,
    rerank: bool | None = None,
    output: str = "hits",
    jsonl: bool = False,
    csv: bool = False,
    batch: str | None = None,
    folder: list[str] | None = None,
    engine: str | None = None,
    aliases: str | None = None,
    as_json: bool = False,
    color: str | None = None,
    no_pager: bool = False,
) -> int:
    """Ranked, faceted search with highlighted snippets."""
    asked = keep_asked(locals())
    settings = resolve({"index": folder, "engine": engine, "aliases": aliases, "color": color, "rerank": rerank})
    form = choose_output(output, json=as_json, jsonl=jsonl, csv=csv)
    asked["limit"] = limit if limit is not None or all_ or form in ROWS else 10
    asked["collapse"] = form not in ROWS if collapse is None else collapse
    asked["facets"] = () if no_facets else facet or DEFAULT_FACETS
    asked["rerank"] = settings.wants_rerank
    with open_settled(settings) as place:
        if batch is not None:
            return _answer_batch(place, batch, asked)
        text = sys.stdin.read(LONGEST_TEXT).strip() if text == "-" else text
        view = View(form, make_style(settings.color, sys.stdout), timeline, not no_pager)
        found = _print_rows(place, text, asked, view) if form in ROWS else print_results(
            place.query(text, **view.widen(asked)), view)
    return FOUND if found else NOTHING


def name_flag(parameter: str) -> str:
    """How an option is written in the command line."""
    return FLAGS.get(parameter) or "--" + parameter.replace("_", "-")


def open_settled(settings: Settings) -> Index:
    """The index to read, as the settings say."""
    return open_index(settings.index, settings.engine, aliases=settings.aliases or ALIASES)


def keep_asked(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a command's parameters that are a query's."""
    return {name: parameters[name] for name in QueryOptions.__annotations__.keys() & parameters.keys()}


def _answer_batch(place: Index, file: str, asked: dict[str, Any]) -> int:
    from searchkit.batch import answer_batch

    for row in answer_batch(place, file, asked):
        print_json(row)
    return FOUND


def _print_rows(place: Index, text: str, asked: dict[str, Any], view: View) -> int:
    from searchkit.outputs import print_rows

    return print_rows(place, text, asked, view)
