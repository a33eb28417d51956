"""Hits as a table: a row for each, a column for each field, typed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from searchkit.errors import SettingsError

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from searchkit.results import Hit

_TEXT, _WHOLE, _REAL, _DAY, _NAMED = "text", "whole", "real", "day", "named"
COLUMNS = {
    "id": _TEXT, "rank": _WHOLE, "score": _REAL, "title": _TEXT, "date": _DAY, "date_precision": _TEXT,
    "publisher": _TEXT, "author": _TEXT, "language": _TEXT, "url": _TEXT, "path": _TEXT, "snippet": _TEXT,
    "start": _WHOLE, "copies": _WHOLE, "group": _TEXT, "entities": _NAMED,
}


def make_table(hits: Sequence[Hit]) -> pyarrow.Table:
    """An Arrow table: dates as date32, entities as list<struct<name, type, count>>."""
    try:
        import pyarrow
    except ModuleNotFoundError:
        raise _name_extra("pyarrow", "arrow") from None
    named = pyarrow.struct({"name": pyarrow.string(), "type": pyarrow.string(), "count": pyarrow.int64()})
    types = {_TEXT: pyarrow.string(), _WHOLE: pyarrow.int64(), _REAL: pyarrow.float64(), _DAY: pyarrow.date32(),
             _NAMED: pyarrow.list_(named)}
    schema = pyarrow.schema([(name, types[kind]) for name, kind in COLUMNS.items()])
    return pyarrow.Table.from_pylist([_make_row(hit) for hit in hits], schema)


def make_frame(hits: Sequence[Hit]) -> pandas.DataFrame:
    """A pandas data frame: dates as datetime64[s], entities as lists of dictionaries."""
    try:
        import pandas
    except ModuleNotFoundError:
        raise _name_extra("pandas", "pandas") from None
    types = {_TEXT: "string", _WHOLE: "int64", _REAL: "float64", _DAY: "datetime64[s]", _NAMED: "object"}
    rows = [_make_row(hit) for hit in hits]
    return pandas.DataFrame({name: pandas.Series([row[name] for row in rows], dtype=types[kind])
                             for name, kind in COLUMNS.items()})


def _make_row(hit: Hit) -> dict[str, Any]:
    document, snippet = hit.document, hit.snippets[0] if hit.snippets else None
    row = {
        **{name: getattr(document, name) for name in ("id", "title", "publisher", "author", "language", "url", "path",
                                                      "group")},
        "rank": hit.rank, "score": hit.score, "copies": hit.copies.count,
        "date": _find_day(hit.date), "date_precision": document.date.precision if document.date else None,
        "snippet": snippet.text if snippet else None, "start": snippet.start if snippet else 0,
        "entities": [{"name": _mend(each.name), "type": each.type, "count": each.count}
                     for each in document.entities],
    }
    return {name: _mend(value) if isinstance(value, str) else value for name, value in row.items()}


def _find_day(iso: str | None) -> date | None:
    """The day of a date, of a month or year its first."""
    return date.fromisoformat(iso + "-01-01"[len(iso) - 4:]) if iso else None


def _mend(text: str) -> str:
    """Text that is Unicode: half a surrogate pair, which only JSON can bring, becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _name_extra(library: str, extra: str) -> SettingsError:
    return SettingsError(f"a table needs {library}", f"Results.to_{extra}",
                         f"install it: pip install 'searchkit[{extra}]'")
