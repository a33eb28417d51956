"""Copies of a story are one hit that says where the others are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from lxml import html

from tests.web.conftest import Server, make_index, run_server
from tests.web.stories import COPIES


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with run_server(make_index(tmp_path_factory.mktemp("copies"), COPIES)) as running:
        yield running


def test_copies_are_one_hit_unless_all_are_asked_for(server: Server) -> None:
    answer = server.get("/api/query", q="ferry", sort="oldest").json()
    assert (answer["total"], answer["distinct"], len(answer["hits"])) == (5, 2, 2)
    copies = answer["hits"][0]["copies"]
    assert (copies["count"], set(copies["publishers"])) == (3, {"Fjord Post", "Harbour News"})
    assert server.find(q="ferry", collapse="false", limit="100", sort="oldest")[:2] == ["wire0", "wire1"]
    assert len(server.find(q=f"group:{answer['hits'][0]['group']}")) == 4


def test_an_export_has_every_copy_unless_they_are_collapsed(server: Server) -> None:
    rows = list(csv.DictReader(io.StringIO(server.get("/api/export.csv", q="ferry").text)))
    assert len(rows) == 5 and len({row["group"] for row in rows}) == 2
    assert len(server.get("/api/export.jsonl", q="ferry", collapse="true").text.splitlines()) == 2


def test_the_page_says_how_many_copies_there_are_and_leads_to_them(server: Server) -> None:
    page = html.fromstring(server.get("/?q=ferry&sort=oldest").text)
    assert page.xpath("string(//h1)") == "5 documents, 2 distinct texts"
    link, = page.xpath("//p[@class='copies']/a")
    assert " ".join(link.text_content().split()) in (
        "+3 copies in Harbour News, Fjord Post", "+3 copies in Fjord Post, Harbour News")
    group = html.fromstring(server.get(link.get("href")).text)
    assert len(group.xpath("//ol[@class='hits']/li")) == 4
    assert "Harbour News2 (1)" in page.xpath("string(//nav[@class='facets'])").replace("\n", "")


def test_a_document_tells_of_its_copies(server: Server) -> None:
    assert server.get("/api/documents/wire1").json()["copies"]["count"] == 3
    page = html.fromstring(server.get("/read?id=wire1").text)
    assert "+3 copies" in page.xpath("string(//p[@class='copies'])")
    assert not html.fromstring(server.get("/read?id=own").text).xpath("//p[@class='copies']")


def test_the_pages_of_hits_count_copies_once(server: Server) -> None:
    first = html.fromstring(server.get("/?q=ferry&limit=1").text)
    second = html.fromstring(server.get(first.xpath("//a[@rel='next']/@href")[0]).text)
    assert len(second.xpath("//ol[@class='hits']/li")) == 1
    assert second.xpath("//a[@rel='prev']") and not second.xpath("//a[@rel='next']")
