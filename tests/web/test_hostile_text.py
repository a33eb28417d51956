"""A page whose every field is full of markup, scripts, template syntax, escapes, formulas is plain text everywhere."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import html
from typer.testing import CliRunner

from searchkit.cli import app
from tests.web.conftest import PROGRAM, Server, make_index, run_server

MARKUP = "</title></p><script>alert(1)</script><img src=x onerror=alert(1)>\" onmouseover=\"alert(1)' x='"
TEMPLATE = "{{ 7*7 }}{% for x in range(9) %}x{% endfor %}${7*7}<%= 7*7 %>#{7*7}"
ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b31m\x00\u202edesrever\u2066"
FORMULA = "=cmd|' /C calc'!A0"
FIELDS = {
    "title": f"{FORMULA} ferry {MARKUP} {TEMPLATE} {ESCAPES}",
    "publisher": f" \u200b@SUM(1+1) {MARKUP}{TEMPLATE}{ESCAPES}",
    "author": f"＋1 {MARKUP}{ESCAPES}",
    "url": f"javascript:alert(1)//{MARKUP}{TEMPLATE}",
}
STORY: dict[str, Any] = {
    "id": "<b>'\"&/../{{7*7}}", **FIELDS, "date": "2018-03-22", "language": "en",
    "body": f"-1+1 The ferry {MARKUP} sails {TEMPLATE}.\n\n"
            f"{ESCAPES} {FORMULA} ferry </script><!-- <svg onload=alert(1)>",
    "entities": [{"name": f"<i>{TEMPLATE}</i>{ESCAPES}", "type": "person"},
                 {"name": "</a><b>Bergen", "type": "place"}],
}
QUERY = "ferry"
OUR_ELEMENTS = {
    "html", "head", "meta", "title", "link", "script", "body", "a", "b", "i", "header", "form",
    "div", "input", "button", "ul", "ol", "li", "label", "nav", "section", "h1", "h2", "main",
    "span", "bdi", "mark", "p", "svg", "rect", "output", "article", "time", "aside", "details",
    "summary", "q", "dl", "dt", "dd", "code", "small", "strong", "table", "thead", "tbody", "tr",
    "th", "td",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("hostile")
    with run_server(make_index(folder, [STORY, {**STORY, "id": "plain", "body": "A ferry.", "url": "http://x.example/"}])
                    ) as running:
        yield running


@pytest.mark.parametrize("path", [
    "/", "/?q=ferry", "/?q=%3Cscript%3Ealert(1)%3C/script%3E&publisher=%22%3E%3Cimg%20src=x%3E&after=2018",
    "/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "/?sort=%3Cscript%3E", "/facets?field=person",
    "/facets?field=place&q=ferry", "/facets?field=%3Cscript%3E", "/explain?q=%22%3Cscript%3E%22%20ferry", "/about",
    "/read?q=ferry&id=%3Cb%3E%27%22%26%2F..%2F%7B%7B7*7%7D%7D", "/read?q=%3Cimg%3E&id=plain", "/read?id=%3Cscript%3E"])
def test_no_page_has_markup_of_a_document_or_of_a_query(server: Server, path: str) -> None:
    answer = server.get(path, {"Accept": "text/html"})
    page = html.fromstring(answer.text)
    elements = [each for each in page.iter() if isinstance(each.tag, str)]

    assert {each.tag for each in elements} <= OUR_ELEMENTS
    assert [each.get("src") for each in page.iter("script")] == [page.xpath("//script/@src")[0]]
    assert [name for each in elements for name in each.attrib if name.startswith("on") or name == "style"] == []
    assert [link for link in page.xpath("//a/@href") if not link.startswith(("/", "#", "http://x.example/"))] == []
    assert not any(char in answer.text for char in "\x1b\x00\x9b\x07\u202e\u2066")
    assert "49" not in "".join(page.xpath("//h1//text() | //h2//text()"))


def test_what_a_page_says_is_shown_as_it_says_it(server: Server) -> None:
    read = html.fromstring(server.get("/read", id=STORY["id"], q=QUERY).text)
    shown = " ".join(read.xpath("string(//h1)").split())

    assert shown.startswith(f"{FORMULA} ferry </title></p><script>alert(1)</script>")
    assert "{{ 7*7 }}{% for x in range(9) %}" in shown and "\\x1b[2J" in shown
    assert "<svg onload=alert(1)>" in read.xpath("string(//div[@class='story'])")
    assert read.xpath("//mark[text()='ferry']")


def test_the_api_gives_the_text_as_it_is_and_says_that_it_is_no_page(server: Server) -> None:
    answer = server.get("/api/documents/%3Cb%3E%27%22%26%2F..%2F%7B%7B7*7%7D%7D")
    hit = server.get("/api/query", q=QUERY, limit="1").json()["hits"][0]

    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["title"] == FIELDS["title"] == hit["title"]
    assert answer.body.isascii() and b"\x1b" not in answer.body


@pytest.mark.parametrize("source", ["http", "command"])
def test_no_cell_of_a_table_begins_a_formula_or_commands_a_terminal(server: Server, source: str) -> None:
    if source == "http":
        text = server.get("/api/export.csv", q=QUERY).text
    else:
        text = subprocess.run([*PROGRAM, "query", QUERY, "--csv", "--index", str(server.index)], capture_output=True,
                              text=True, check=True).stdout
    rows = list(csv.reader(io.StringIO(text)))[1:]
    cells = [cell for row in rows for cell in row]

    assert len(rows) == 2
    assert [cell for cell in cells if cell.strip("\u200b\ufeff ").startswith(tuple("=+-@＝＋－＠\t\r"))] == []
    assert rows[0][3].startswith("'=cmd|") and rows[0][5].startswith("'\u200b@SUM") and rows[0][6].startswith("'＋1")
    assert not any(char in text for char in "\x1b\x00\x9b\x07\u202e")


def test_a_terminal_is_shown_escapes_and_obeys_none(server: Server) -> None:
    shown = {}
    for arguments in (("query", QUERY), ("query", QUERY, "--output", "kwic"), ("show", STORY["id"]),
                      ("facets", "person"), ("explain", QUERY), ("query", QUERY, "--output", "urls")):
        shown[arguments] = CliRunner().invoke(app, [*arguments, "--index", str(server.index)]).stdout
        assert shown[arguments]
        assert not any(char in shown[arguments] for char in "\x1b\x00\x9b\x07\u202e\u2066"), arguments
    assert "\\x1b[2J" in shown["query", QUERY]


def test_half_a_surrogate_pair_breaks_no_answer(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("surrogate")
    source = folder / "halves.jsonl"
    source.write_text('{"id": "s", "title": "A \\ud800 ferry", "body": "Half \\udfff of it.", '
                      '"publisher": "\\ud83d"}\n')
    index = make_index(folder, [{"id": "t", "body": "A tram."}])
    subprocess.run([*PROGRAM, "index", str(source), "--index", str(index), "--json"], check=True, capture_output=True)
    with run_server(index) as running:
        for path in ("/", "/read?id=s", "/api/query", "/api/documents/s", "/api/export.csv", "/api/export.jsonl",
                     "/facets?field=publisher"):
            answer = running.get(path)
            assert answer.status == 200, path
            answer.body.decode("utf-8")
        assert json.loads(running.get("/api/documents/s").text)["id"] == "s"
