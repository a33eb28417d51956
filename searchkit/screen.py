"""The screen: what is written to standard output, for whom, and in what colours."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from searchkit import pager, render
from searchkit.index import Index
from searchkit.links import find_link
from searchkit.model import Results
from searchkit.outputs import list_pages, write_heading, write_hit
from searchkit.render import Style
from searchkit.timeline import render_timeline

if TYPE_CHECKING:
    from searchkit.suggestions import Suggestion


class View(NamedTuple):
    """How results are shown: in which form and style, with a timeline, in a pager where they are long."""

    form: str
    style: Style
    timeline: bool = False
    pages: bool = True

    def widen(self, options: dict[str, Any]) -> dict[str, Any]:
        """The options with the facet that a timeline is drawn from."""
        return {**options, "facets": (*options["facets"], "date")} if self.timeline else options


def make_style(color: str, stream: TextIO) -> Style:
    """The style for a stream: colour when it is wanted, or when a terminal reads it and NO_COLOR is not set."""
    plain = bool(os.environ.get("NO_COLOR")) or not stream.isatty() or os.environ.get("TERM") == "dumb"
    colored = color == "always" or (color == "auto" and not plain)
    links = find_link if colored and stream.isatty() else None
    return Style(colored, min(shutil.get_terminal_size((100, 24)).columns, 120), links)


def print_line(line: str) -> None:
    """A line of results."""
    sys.stdout.write(line + "\n")


def print_lines(lines: Iterable[str]) -> None:
    """Lines of results."""
    for line in lines:
        print_line(line)


def print_json(value: Any) -> None:  # noqa: ANN401
    """A line of JSON; escapes keep whatever a page holds from reaching the terminal."""
    print_line(json.dumps(value))


def print_results(results: Results, view: View) -> int:
    """The results as JSON or for people; how many there are."""
    if view.form == "json":
        print_json(results.to_dict())
        return results.total
    drawn = list(render_timeline(results.facets.get("date", ()), view.style)) if view.timeline else []
    facets = {name: values for name, values in results.facets.items() if name != "date" or not view.timeline}
    print_pages([*drawn, *render.render_results(replace(results, facets=facets), view.style)], view.pages)
    return results.total


def print_pages(lines: list[str], wanted: bool) -> None:
    """Lines for people, in a pager where there are too many for their screen."""
    command = pager.find_pager(sys.stdout, os.environ) if wanted and pager.needs_pager(lines) else None
    if command:
        sys.stdout.flush()
        pager.page(lines, command)
    else:
        print_lines(lines)


def print_suggestions(suggestions: Sequence[Suggestion], field: str, as_json: bool) -> int:
    """Lines to be looked at and pasted; how many there are."""
    if as_json:
        print_json([suggestion.to_dict() for suggestion in suggestions])
    elif suggestions:
        print_line(f"# to be looked at, and pasted below [{field}] in aliases.toml")
        print_lines(suggestion.to_line() for suggestion in suggestions)
    return len(suggestions)


def print_rows(place: Index, text: str, options: dict[str, Any], view: View) -> int:
    """Lines for programs; how many documents there are."""
    total = 0
    for number, results in enumerate(list_pages(place, text, options)):
        total = results.total
        if not number:
            print_lines(write_heading(view.form))
        for hit in results:
            print_lines(write_hit(view.form, hit, place.find_occurrences(hit.document, text), view.style))
    return total
