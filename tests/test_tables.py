"""Hits as data frames and Arrow tables, skipped where the libraries are not installed (make test-hosts has them)."""

from __future__ import annotations

import builtins
import datetime
from typing import Any

import pytest

import searchkit
from searchkit.errors import SettingsError
from searchkit.model import Document, Entity, PublicationDate
from searchkit.results import Results

DOCUMENTS = [
    Document("day", "a.html", "A ferry sails.", title="Day", date=PublicationDate("2018-03-22", "day", "given", 1.0),
             publisher="Gazette", author="Ada", language="en", url="https://a.example/", entities=(
                 Entity("Bergen", "place", 2), Entity("Ola", "person"))),
    Document("month", "b.html", "A ferry.", date=PublicationDate("2018-04", "month", "given", 1.0)),
    Document("year", "c.html", "A ferry, too.", date=PublicationDate("1066", "year", "given", 1.0)),
    Document("none", "d.html", "No date, a ferry.", title="half \ud800 a pair"),
]


@pytest.fixture
def results() -> Any:
    with searchkit.open(None) as index:
        index.add(DOCUMENTS)
        yield index.query("ferry", sort="newest")


@pytest.fixture
def nothing() -> Results:
    return Results("x", "x", "all", 0, 0.0)


def test_a_data_frame_has_a_row_for_each_hit_and_typed_columns(results: Results, nothing: Results) -> None:
    pandas = pytest.importorskip("pandas", reason="the extra 'pandas' is not installed")
    frame = results.to_pandas()
    assert list(frame["id"]) == [hit.id for hit in results] == ["month", "day", "year", "none"]
    for each in (frame, nothing.to_pandas()):
        assert list(each.columns)[:6] == ["id", "rank", "score", "title", "date", "date_precision"]
        assert [str(each[name].dtype) for name in ("id", "rank", "score", "date", "entities")] == [
            "string", "int64", "float64", "datetime64[s]", "object"]
    assert list(frame["date"][:3]) == [pandas.Timestamp(day) for day in ("2018-04-01", "2018-03-22", "1066-01-01")]
    assert pandas.isna(frame["date"][3]) and pandas.isna(frame["publisher"][0])
    assert list(frame["date_precision"][:3]) == ["month", "day", "year"]
    assert frame["entities"][1] == [{"name": "Bergen", "type": "place", "count": 2},
                                    {"name": "Ola", "type": "person", "count": 1}]
    assert frame["title"][3] == "half ? a pair"
    assert frame.groupby(frame["date"].dt.year).size().to_dict() == {1066: 1, 2018: 2}
    assert len(nothing.to_pandas()) == 0


def test_an_arrow_table_has_typed_columns(results: Results, nothing: Results) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="the extra 'arrow' is not installed")
    table = results.to_arrow()
    assert table.schema == nothing.to_arrow().schema
    assert table.schema.field("date").type == pyarrow.date32()
    assert str(table.schema.field("entities").type) in (
        "list<item: struct<name: string, type: string, count: int64>>",
        "list<element: struct<name: string, type: string, count: int64>>")
    rows = table.to_pylist()
    assert [row["id"] for row in rows] == [hit.id for hit in results]
    assert [row["date"] for row in rows] == [datetime.date(2018, 4, 1), datetime.date(2018, 3, 22),
                                             datetime.date(1066, 1, 1), None]
    assert rows[1]["snippet"] == results.hits[1].snippets[0].text
    assert (rows[1]["url"], rows[1]["copies"], rows[0]["entities"]) == ("https://a.example/", 0, [])
    assert pyarrow.table(results) == table  # by the protocol that Polars and DuckDB use, too


@pytest.mark.parametrize(("library", "method", "extra"), [
    ("pandas", "to_pandas", "pandas"), ("pyarrow", "to_arrow", "arrow"), ("pyarrow", "__arrow_c_stream__", "arrow")])
def test_without_the_library_the_error_says_what_to_install(results: Results, monkeypatch: pytest.MonkeyPatch,
                                                            library: str, method: str, extra: str) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name == library:
            raise ModuleNotFoundError(name=library)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(SettingsError) as missing:
        getattr(results, method)()
    assert str(missing.value) == (
        f"a table needs {library} (Results.to_{extra}). install it: pip install 'searchkit[{extra}]'")
