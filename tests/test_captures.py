"""Captures of one address: whatever the order, the newest is the document and all are known."""

import sqlite3
from dataclasses import replace
from itertools import permutations

import pytest

from searchkit.captures import Capture, CaptureLedger
from searchkit.index import open_index
from searchkit.model import Page

CAPTURES = [Capture(f"2023-0{month}-01T00:00:00Z", f"{name}.warc#u", f"/{name}.warc#0")
            for month, name in ((1, "a"), (3, "b"), (3, "c"), (2, "d"))]


@pytest.fixture
def ledger():
    database = sqlite3.connect("")
    yield CaptureLedger(database)
    database.close()


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_newest_is_the_document_in_any_order(ledger, order):
    for place in order:
        ledger.take("doc", CAPTURES[place])

    assert set(ledger.find_older("doc")) == {"/a.warc#0", "/d.warc#0"}
    assert [capture.location for capture in ledger.find("doc")] == ["/c.warc#0", "/b.warc#0", "/d.warc#0", "/a.warc#0"]


def test_a_capture_taken_again_is_not_counted_twice(ledger):
    assert [ledger.take("doc", CAPTURES[0]), ledger.take("doc", CAPTURES[0])] == [True, True]
    assert len(ledger.find("doc")) == 1


def test_when_the_newest_is_gone_the_next_must_be_read_again(ledger):
    for capture in CAPTURES:
        ledger.take("doc", capture)

    assert ledger.forget(["/a.warc#0", "/c.warc#0", "/b.warc#0", "/nowhere"]) == ["/d.warc#0"]
    assert ledger.forget(["/d.warc#0"]) == []
    assert ledger.find("doc") == []


def test_clearing_forgets_all(ledger):
    ledger.take("doc", CAPTURES[0])
    ledger.clear()

    assert ledger.find("doc") == []


def make_capture(day: str, text: str) -> Page:
    story = f"{text} The mill at the ford will grind again from spring, its new owner said on Tuesday, {day}."
    return Page(f"{day}.warc#mill", story, f"/{day}.warc#mill", "text/plain", "https://mill.example/news", day)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
@pytest.mark.parametrize("at_once", [True, False])
def test_the_newest_capture_is_the_document_whatever_the_order(tmp_path, order, at_once):
    pages = [make_capture(day, text) for day, text in
             (("2019-01-01", "First."), ("2020-01-01", "Second."), ("2021-01-01", "Third."))]
    with open_index(tmp_path / "index", create=True) as index:
        for run in ([[pages[place] for place in order]] if at_once else [[pages[place]] for place in order]):
            index.add(run)

        hits = index.query("mill").hits
        assert [hit.document.body[:6] for hit in hits] == ["Third."]
        assert [row["captured"] for row in index.captures(hits[0].id)] == ["2021-01-01", "2020-01-01", "2019-01-01"]


def test_a_run_over_known_captures_changes_nothing(tmp_path):
    pages = [make_capture("2020-01-01", "Second."), make_capture("2019-01-01", "First.")]
    with open_index(tmp_path / "index", create=True) as index:
        index.add(pages)
        report = index.add(pages)

        assert (report.added, report.updated, report.unchanged) == (0, 0, 2)


def test_pages_saved_at_the_same_time_under_one_address_are_both_documents(tmp_path):
    one = make_capture("2020-01-01", "One.")
    other = replace(one, content=one.content.replace("One.", "Other."), location="/other.warc#mill")
    with open_index(tmp_path / "index", create=True) as index:
        index.add([one, other])

        assert index.query("mill").total == 2
