"""The sample pages in seeds/ become what tests/seeds_gold.json says they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from searchkit.model import Document, Page
from searchkit.pipeline import extract

ROOT = Path(__file__).resolve().parents[1]
GOLD = json.loads((ROOT / "tests" / "seeds_gold.json").read_text(encoding="utf-8"))
NAMES = [row["file"] for row in GOLD]


def read(row):
    path = ROOT / "seeds" / row["file"]
    document = extract(Page(row["file"], path.read_bytes()))
    assert isinstance(document, Document)
    return document


def squeeze(text):
    return " ".join(text.split())


def test_every_sample_page_is_described():
    pages = {path.name for path in (ROOT / "seeds").iterdir()} - {"README.md"}
    table = (ROOT / "seeds" / "README.md").read_text(encoding="utf-8")

    assert set(NAMES) == pages
    assert [name for name in NAMES if name not in table] == []


@pytest.mark.parametrize("row", GOLD, ids=NAMES)
def test_the_story_begins_and_ends_where_it_should(row):
    body = squeeze(read(row).body)
    for passage in map(squeeze, row.get("optional", ())):  # a standfirst may be read as story or as headline
        body = body.removeprefix(passage).removesuffix(passage).strip()

    assert body.startswith(squeeze(row["body_first"]))
    assert body.endswith(squeeze(row["body_last"]))


@pytest.mark.parametrize("row", GOLD, ids=NAMES)
def test_chrome_is_stripped_and_kept(row):
    document = read(row)
    chrome = squeeze(" ".join(part.text for part in document.chrome))

    assert [text for text in row["not_body"] if squeeze(text) in squeeze(document.body)] == []
    assert [text for text in row["not_body"] if squeeze(text) not in chrome] == []


@pytest.mark.parametrize("row", GOLD, ids=NAMES)
def test_what_is_known_of_the_page_is_exactly_right(row):
    document = read(row)
    found = {
        "title": document.title,
        "date": document.date.value if document.date else None,
        "date_not_after": document.date_not_after,
        "publisher": document.publisher,
        "author": document.author,
    }

    assert {key: row[key] for key in found} == found
