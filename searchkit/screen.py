"""The screen: what is written to standard output, for whom, and in what colours."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple, TextIO

from searchkit import render
from searchkit.errors import SettingsError
from searchkit.render import Style
from searchkit.results import Results

OUTPUTS = ("hits", "ids", "paths", "urls", "kwic", "json", "jsonl", "csv")
ROWS = ("ids", "paths", "urls", "kwic", "jsonl", "csv")  # those that show all hits unless --limit is given
COLUMNS = 100  # of what is no terminal
WIDEST = 120  # columns that are used


class View(NamedTuple):
    """How results are shown: in which form and style, with a timeline, in a pager where they are long."""

    form: str
    style: Style
    timeline: bool = False
    pages: bool = True

    def widen(self, options: dict[str, Any]) -> dict[str, Any]:
        """The options with the facet that a timeline is drawn from."""
        return {**options, "facets": (*options["facets"], "date")} if self.timeline else options


def choose_output(output: str, **switches: bool) -> str:
    """The one output that was asked for, by name or by a switch."""
    named = [name for name, is_on in switches.items() if is_on]
    asked = list(dict.fromkeys([*named, *([output] if output != OUTPUTS[0] else [])]))
    if len(asked) > 1:
        raise SettingsError(f"one output at a time, not {' and '.join(asked)}", "--output", "choose one of them")
    if output not in OUTPUTS:
        raise SettingsError(f"'{output}' is no output", "--output", f"give one of: {', '.join(OUTPUTS)}")
    return asked[0] if asked else output


def make_style(color: str, stream: TextIO) -> Style:
    """The style for a stream: colour when it is wanted, or when a terminal reads it and NO_COLOR is not set."""
    plain = bool(os.environ.get("NO_COLOR")) or not stream.isatty() or os.environ.get("TERM") == "dumb"
    colored = color == "always" or (color == "auto" and not plain)
    if not (colored and stream.isatty()):
        return Style(colored, min(_count_columns(), WIDEST))
    from searchkit.links import find_link

    return Style(colored, min(_count_columns(), WIDEST), find_link)


def _count_columns() -> int:
    """How wide the terminal is, found as ``shutil.get_terminal_size`` does, which takes longer to import."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked):
        return int(asked)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or COLUMNS if sys.__stdout__ else COLUMNS
    except (ValueError, OSError):  # closed, or no terminal
        return COLUMNS


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
    drawn = []
    if view.timeline:
        from searchkit.timeline import render_timeline

        drawn = list(render_timeline(results.facets.get("date", ()), view.style))
        results = replace(results, facets={name: found for name, found in results.facets.items() if name != "date"})
    print_pages([*drawn, *render.render_results(results, view.style)], view.pages)
    return results.total


def print_pages(lines: list[str], wanted: bool) -> None:
    """Lines for people, in a pager where there are too many for their screen."""
    if wanted and sys.stdout.isatty():
        from searchkit import pager

        if pager.needs_pager(lines) and (command := pager.find_pager(sys.stdout, os.environ)):
            sys.stdout.flush()
            pager.page(lines, command)
            return
    print_lines(lines)
