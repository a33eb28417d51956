"""Five text dumps of real news pages, with known answers. They are third-party text and lie beside the project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from searchkit.index import open_index
from searchkit.model import Document, Page
from searchkit.pipeline import extract

PAGES = Path(__file__).resolve().parents[2] / "shared" / "seeds"
pytestmark = pytest.mark.skipif(not (PAGES / "gold.json").exists(), reason=f"the five real pages are not in {PAGES}")
GOLD = json.loads((PAGES / "gold.json").read_text(encoding="utf-8")) if (PAGES / "gold.json").exists() else []
NAMES = [row["file"][:3] for row in GOLD]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    with open_index(tmp_path_factory.mktemp("five"), create=True) as index:
        index.add(PAGES)
        yield index


def squeeze(text):
    return " ".join(text.split())


def read(row):
    path = PAGES / row["file"]
    document = extract(Page(row["file"], path.read_bytes()))
    assert isinstance(document, Document)
    return document, path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("row", GOLD, ids=NAMES)
def test_every_line_of_the_story_is_in_the_body(row):
    document, lines = read(row)
    body = squeeze(document.body)

    assert [n for n in row["body_lines"] if squeeze(lines[n - 1]) not in body] == []


@pytest.mark.parametrize("row", GOLD, ids=NAMES)
def test_no_other_line_is_in_the_body(row):
    document, lines = read(row)
    allowed = " \n ".join(squeeze(lines[n - 1]) for n in row["body_lines"] + row["optional_lines"])

    assert [part for part in document.body.split("\n\n") if squeeze(part) not in allowed] == []


@pytest.mark.parametrize("row", GOLD, ids=NAMES)
def test_what_is_known_of_the_page_is_exactly_right(row):
    document, _ = read(row)
    found = {
        "title": document.title,
        "date": document.date.value if document.date else None,
        "date_not_after": document.date_not_after,
        "publisher": document.publisher,
        "author": document.author,
    }

    assert {key: row[key] for key in found} == found


def test_all_five_are_found_with_both_words_highlighted(archive):
    results = archive.query("Huawei carrier", snippets=3)

    assert results.total == 5
    for hit in results:
        marked = {snippet.text[start:end].lower()[:6] for snippet in hit.snippets for start, end in snippet.highlights}
        assert {"huawei", "carrie"} <= marked


@pytest.mark.parametrize("text", [
    "Spotify", "Bitcoin", "TSB", "OnePlus", "Copilot", "TikTok", "Sega", "Akismet", '"Log Out"', "Log Out", "Trumpland",
    '"President Tiny Hands"', '"Certified company"',
])
def test_chrome_is_found_only_on_request(archive, text):
    assert archive.query(text).total == 0
    assert archive.query(f"{text} in:chrome").total >= 1


def test_filters_are_right_and_the_facets_follow_them(archive):
    by_publisher = archive.query("Huawei carrier", publisher="The Inquirer")
    after = archive.query("Huawei carrier", after="2018-03")

    assert [hit.date for hit in by_publisher] == ["2018-03-22"] == [hit.date for hit in after]
    assert by_publisher.facets["publisher"] == archive.query("Huawei carrier").facets["publisher"]
    assert [(v.value, v.count) for v in by_publisher.facets["date"]] == [("2018-03", 1)]
    assert [(v.value, v.count) for v in after.facets["date"]] == [("2018-03", 1)]


def test_facets_name_each_thing_once(archive):
    counts = {value.value: value.count for value in archive.facets("entity:0")}

    assert counts["Huawei"] == 5
    for name in ("AT&T", "Best Buy", "Verizon", "ZTE", "FBI", "United States", "China"):
        assert counts[name] >= 1
    for wrong in ("US", "U.S.", "America", "the US", "HUAWEI", "Huawei Technologies", "Verizon Communications",
                  "ZTE Corp", "Federal Bureau of Investigation", "the United States"):
        assert wrong not in counts


def test_facets_hold_no_word_of_the_navigation(archive):
    names = {value.value for value in archive.facets("entity:0")}
    chrome = {"Home", "News", "Newsletters", "RSS", "Tweet", "Facebook", "Download", "Related", "Phones", "Also Read",
              "Recent Posts", "Leave a Reply", "Log Out", "Share", "Most", "Latest", "Topics", "Security"}

    assert names & chrome == set()
