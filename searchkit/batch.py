"""Many queries at once: a line in, an answer out, in order."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from searchkit.errors import QueryError, SettingsError
from searchkit.index import Index


def answer_batch(place: Index, file: str, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Results for each line of a file, in order; a line that cannot be answered is answered with its error."""
    for number, line in enumerate(_read_lines(file), 1):
        if not line.strip():
            continue
        name, text = _read_asked(line.strip(), number)
        if text is None:
            error = "the line is neither a plain query nor {\"id\", \"text\"} in JSON"
            yield {**name, "query": line.strip(), "error": error}
            continue
        try:
            yield {**name, **place.query(text, **options).to_dict()}
        except QueryError as problem:
            yield {**name, "query": text, "error": str(problem)}


def _read_asked(line: str, number: int) -> tuple[dict[str, Any], str | None]:
    """What names the answer to a line, and the query in it; None when it is meant as JSON and is none."""
    if not line.startswith("{"):
        return {"line": number}, line
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return {"line": number}, None
    text = asked.get("text")
    return {"id": asked.get("id", number)}, text if isinstance(text, str) else None


def _read_lines(file: str) -> Iterator[str]:
    try:
        with (os.fdopen(os.dup(0), encoding="utf-8-sig", errors="replace") if file == "-" else
              Path(file).open(encoding="utf-8-sig", errors="replace")) as lines:
            yield from lines
    except OSError as problem:
        raise SettingsError(f"the queries cannot be read: {problem.strerror}", f"--batch {file}",
                            "give a file with a query a line, or - for standard input") from None
