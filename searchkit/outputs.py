"""What other programs read: a hit a line as its id, path, address, CSV or JSON, or each occurrence in its context."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from searchkit.index import Index
from searchkit.render import Style, make_line, make_safe, render_occurrence
from searchkit.results import Hit, Results
from searchkit.screen import View, print_lines
from searchkit.search.concordance import Occurrence

PAGE = 1_000  # hits fetched at once where all of them are asked for

# docs/output.md says what each holds
COLUMNS = ("rank", "score", "id", "title", "date", "publisher", "author", "language", "url", "path", "entities",
           "snippets", "group", "copies")
_FORMULA = tuple("=+-@＝＋－＠")  # a spreadsheet computes a cell that begins so, some with wide signs, too
_UNSEEN = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))  # take no room, and hide a sign


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
    text = make_safe(" ".join(value.split()))
    return ("'" if text.translate(_UNSEEN).lstrip().startswith(_FORMULA) else "") + text


def _write_cells(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()
