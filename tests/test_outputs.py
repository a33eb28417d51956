"""What other programs read, what a terminal shows besides, and documents like one."""

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import searchkit
from searchkit.cli import app
from searchkit.index import Index
from searchkit.links import find_link
from searchkit.model import Document, Entity, PublicationDate
from searchkit.outputs import COLUMNS
from searchkit.pager import find_pager
from searchkit.render import Style
from searchkit.results import FacetValue
from searchkit.screen import OUTPUTS
from searchkit.timeline import HEIGHT, render_timeline


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """Four documents, of which two have the same story."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a b.html").write_text("page")
    story = "The harbour ferry sank at night.\n\nFerry crews of the harbour had warned of the ferry's hull."
    with searchkit.open("index") as index:
        index.add([
            Document("one", "a b.html", story, title="=cmd|ferry", url="https://a.example/1", publisher="+Post",
                     date=PublicationDate("2018-03", "month", "test", 1.0), entities=(Entity("Bergen", "place"),)),
            Document("copy", "c.html", story.replace("\n\n", " "), title="Again"),
            Document("like", "d\n.html", "A hull of a harbour ferry is iron. \x1b[31m", title="@hull\x07",
                     date=PublicationDate("2018-05-01", "day", "test", 1.0)),
            Document("other", "e.html", "Bees make honey.", url="https://a.example/2")])
        yield index


def run(*arguments: str, **given: str) -> Result:
    result = CliRunner().invoke(app, list(arguments), **given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize(("output", "lines"), [
    ("ids", ["one", "copy", "like"]), ("paths", ["a b.html", "c.html", "d\\x0a.html"]), ("urls", ["https://a.example/1"])])
def test_a_line_a_hit_and_nothing_else(archive, output, lines) -> None:
    assert sorted(run("query", "ferry", "--output", output).stdout.splitlines()) == sorted(lines)
    assert len(run("query", "ferry", "--output", "ids", "--limit", "2").stdout.splitlines()) == 2


def test_rows_are_all_shown_unless_limited_and_honour_filters(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("searchkit.outputs.PAGE", 7)
    with searchkit.open(tmp_path) as index:
        index.add(Document(str(n), "p", f"Red {n}.", publisher="P" if n % 2 else "Q") for n in range(30))
    for output, heading in (("ids", 0), ("csv", 1), ("jsonl", 0), ("kwic", 0)):
        shown = run("query", "red", "--output", output, "--index", str(tmp_path), "--publisher", "P").stdout
        assert len(shown.splitlines()) == 15 + heading
    everything = run("query", "red", "--json", "--all", "--index", str(tmp_path)).stdout
    assert len(json.loads(everything)["hits"]) == 30


def test_a_table_has_its_columns_and_no_cell_that_is_computed_or_commands(archive) -> None:
    text = run("query", "ferry", "--csv").stdout
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(text))}
    assert tuple(rows["one"]) == COLUMNS
    assert (rows["one"]["title"], rows["one"]["publisher"]) == ("'=cmd|ferry", "'+Post")
    assert (rows["like"]["title"], rows["copy"]["date"]) == ("'@hull\\x07", "")
    assert (rows["one"]["entities"], len(text.splitlines())) == ("Bergen", 4)
    assert "\x1b" not in text


def test_every_occurrence_stands_in_the_middle_of_its_line(archive) -> None:
    lines = run("query", "ferry", "--output", "kwic").stdout.splitlines()
    assert len(lines) == 8
    assert {line.index("**") for line in lines} == {50} and max(map(len, lines)) <= 100
    assert "The harbour **ferry** sank at night. Ferry crews" in "\n".join(lines)


def test_one_output_at_a_time(archive) -> None:
    assert run("query", "ferry", "--csv", "--json").exit_code == 2
    assert "'cvs' is no output" in run("query", "ferry", "--output", "cvs").stderr


def test_a_query_is_read_from_standard_input(archive) -> None:
    assert run("query", "-", "--output", "ids", input="honey\n").stdout == "other\n"


# --- documents like one --------------------------------------------------------------------------------------


def test_like_a_document_are_others_and_neither_itself_nor_its_copies(archive) -> None:
    results = archive.similar("one")
    assert ([hit.id for hit in results], results.total, results.hits[0].rank) == (["like"], 1, 1)
    assert json.loads(run("similar", "one", "--json").stdout)["hits"][0]["id"] == "like"
    assert run("similar", "other").exit_code == 1
    assert run("similar", "nothing").exit_code == 1 and "no document" in run("similar", "nothing").stderr


def test_the_words_that_many_documents_share_tell_less(tmp_path) -> None:
    with searchkit.open(None) as index:
        index.add(Document(f"d{n}", "p", f"Common words here, {n}. {'A zebra. ' * (n < 3)}") for n in range(40))
        index.add(Document("it", "p", "Common words here, and a zebra with common words."))
        assert {hit.id for hit in index.similar("it", limit=3)} == {"d0", "d1", "d2"}
        assert [hit.rank for hit in index.similar("it", limit=2, offset=1)] == [2, 3]


def test_filters_hold_for_what_is_like_a_document(archive) -> None:
    assert archive.similar("one", after="2019").total == 0
    with pytest.raises(TypeError, match="no option"):
        archive.similar("one", bogus=1)


# --- on a terminal -------------------------------------------------------------------------------------------


def run_in_terminal(*arguments: str, **environment: str) -> str:
    outer, inner = pty.openpty()
    process = subprocess.Popen([sys.executable, "-m", "searchkit", *arguments], stdout=inner, stdin=subprocess.DEVNULL,
                               env={**os.environ, "TERM": "xterm", **environment})
    os.close(inner)
    shown = b""
    try:
        while data := os.read(outer, 65536):
            shown += data
    except OSError:  # Linux says so when the other end is closed
        pass
    os.close(outer)
    process.wait(timeout=60)
    return shown.decode().replace("\r\n", "\n")


def test_hits_link_to_their_files_on_a_terminal_with_colour_only(archive, tmp_path) -> None:
    link = f"\x1b]8;;{(tmp_path / 'a b.html').as_uri()}\x1b\\a b.html\x1b]8;;\x1b\\"
    assert link in run_in_terminal("query", "sank", PAGER="")
    assert "\x1b]8" not in run_in_terminal("query", "sank", PAGER="", NO_COLOR="1")
    assert "\x1b]8" not in run("query", "sank", "--color", "always").stdout


@pytest.mark.parametrize(("path", "name"), [
    ("a.html", "a.html"), ("a.html#3", "a.html"), ("a.html/inside/b.html", "a.html"), ("\x1b]8;;x\x07", None),
    ("gone.html", None), ("", None), ("a\x00b", None)])
def test_a_link_leads_to_a_file_that_is_there(tmp_path, monkeypatch, path, name) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.html").touch()
    assert find_link(path) == (name and (tmp_path / name).as_uri())


def test_a_pager_shows_what_is_longer_than_the_screen(archive, tmp_path) -> None:
    reader = tmp_path / "reader"
    reader.write_text("#!/bin/sh\necho paged $LESS\ncat\n")
    reader.chmod(0o755)
    many = {"PAGER": str(reader), "LINES": "5", "COLUMNS": "80"}
    assert run_in_terminal("query", "ferry", **many).startswith("paged FRX\n")
    assert "paged" not in run_in_terminal("query", "ferry", "--no-pager", **many)
    assert "paged" not in run_in_terminal("query", "ferry", **{**many, "LINES": "500"})
    assert "paged" not in run("query", "ferry").stdout


def test_no_pager_is_found_where_none_reads() -> None:
    assert find_pager(io.StringIO(), {}) is None


def count(**months: int) -> list[FacetValue]:
    return [FacetValue(None if name == "none" else name[1:].replace("_", "-"), n) for name, n in months.items()]


def test_a_timeline_has_a_bar_for_each_month_as_high_as_its_count() -> None:
    lines = list(render_timeline(count(_2018=1, _2018_01=6, _2018_03=3, none=2), Style(width=60)))
    assert lines == ["6 ███", "  ███", "  ███", *["  ███     ███"] * 3, "  2018-01 – 2018-03",
                     "1 known by year only, 2 without a date", ""]
    assert sum("█" in line for line in lines) == HEIGHT


def test_a_timeline_fits_the_terminal() -> None:
    months = [FacetValue(f"{year}-{month:02}", month) for year in range(1990, 2020) for month in range(1, 13)]
    assert all(len(line) <= 40 for line in render_timeline(months, Style(width=40)))
    assert list(render_timeline([], Style())) == ["no dates", ""]


def test_a_timeline_follows_the_filters(archive) -> None:
    assert "2018-03 – 2018-05" in run("query", "ferry", "--timeline").stdout
    assert "2018-05\n" in run("query", "ferry", "--timeline", "--after", "2018-04", "--no-facets").stdout


# --- what the page says --------------------------------------------------------------------------------------

PAGE = (Path(__file__).parents[1] / "docs" / "output.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*OUTPUTS, *COLUMNS])
def test_every_output_and_column_is_in_the_documentation(name) -> None:
    assert f"`--output {name}`" in PAGE or f"`--{name}`" in PAGE or f"`{name}`" in PAGE


def test_every_option_in_the_documentation_is_one() -> None:
    offered = run("query", "--help", env={"COLUMNS": "200"}).stdout
    assert [option for option in sorted(set(re.findall(r"--[a-z][a-z-]+", PAGE))) if option not in offered] == []
