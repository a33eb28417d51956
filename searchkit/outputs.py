"""What other programs read: a hit a line as its id, path, address, CSV or JSON, or each occurrence in its context."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from searchkit.errors import SettingsError
from searchkit.index import Index
from searchkit.model import Hit, Results
from searchkit.render import Style, make_line, make_safe, render_occurrence
from searchkit.search.concordance import Occurrence

OUTPUTS = ("hits", "ids", "paths", "urls", "kwic", "json", "jsonl", "csv")
ROWS = ("ids", "paths", "urls", "kwic", "jsonl", "csv")  # those that show all hits unless --limit is given
PAGE = 1_000  # hits fetched at once where all of them are asked for
LONGEST_TEXT = 100_000  # characters of a query that are read from standard input; the parser takes fewer

# docs/output.md says what each holds
COLUMNS = ("rank", "score", "id", "title", "date", "publisher", "author", "language", "url", "path", "entities",
           "snippets", "group", "copies")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet computes a cell that begins so


def choose_output(output: str, **switches: bool) -> str:
    """The one output that was asked for, by name or by a switch."""
    named = [name for name, is_on in switches.items() if is_on]
    asked = list(dict.fromkeys([*named, *([output] if output != OUTPUTS[0] else [])]))
    if len(asked) > 1:
        raise SettingsError(f"one output at a time, not {' and '.join(asked)}", "--output", "choose one of them")
    if output not in OUTPUTS:
        raise SettingsError(f"'{output}' is no output", "--output", f"give one of: {', '.join(OUTPUTS)}")
    return asked[0] if asked else output


def list_pages(place: Index, text: str, options: dict[str, Any]) -> Iterator[Results]:
    """All hits, or as many as the limit says, in results of bounded size; at least one, which has the total."""
    limit, first, done = options["limit"], options["offset"], 0
    while True:
        size = PAGE if limit is None else min(PAGE, limit - done)
        results = place.query(text, **{**options, "facets": (), "limit": size, "offset": first + done})
        yield results
        done += len(results)
        if len(results) < size or done == limit:
            return


def write_heading(output: str) -> Iterator[str]:
    """The line before those of the hits: a table has the names of its columns."""
    if output == "csv":
        yield _write_cells(COLUMNS)


def write_hit(output: str, hit: Hit, occurrences: Iterable[Occurrence], style: Style) -> Iterator[str]:
    """Lines for a hit. What a page says of itself cannot break a line or command a terminal."""
    if output == "jsonl":
        yield json.dumps(hit.to_dict())
    elif output == "csv":
        yield _write_cells(_list_cells(hit))
    elif output == "kwic":
        yield from (render_occurrence(hit.id, found, style) for found in occurrences)
    elif value := {"ids": hit.id, "paths": hit.document.path, "urls": hit.document.url}[output]:
        yield make_line(value)


def _list_cells(hit: Hit) -> Iterator[str]:
    """A hit's cells, in the order of the columns."""
    document = hit.document
    values = (hit.rank, hit.score, hit.id, document.display_title, hit.date, hit.publisher, hit.author,
              document.language, document.url, document.path, "; ".join(entity.name for entity in document.entities),
              " … ".join(snippet.text for snippet in hit.snippets), document.group, hit.copies.count)
    for value in values:
        yield _disarm(value) if isinstance(value, str) else str(value) if value is not None else ""


def _disarm(value: str) -> str:
    """A cell that no spreadsheet takes for a formula and no terminal for a command."""
    return make_safe(("'" if value.startswith(_FORMULA) else "") + " ".join(value.split()))


def _write_cells(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()
