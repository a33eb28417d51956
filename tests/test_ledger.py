"""The ledger: what is known of each page."""

from contextlib import closing
from pathlib import Path

import pytest

from searchkit.errors import IndexDamaged, IndexFault
from searchkit.ledger import FILE, Entry, Ledger, count_rejected, open_ledger
from searchkit.ledgercheck import check_ledger


def page(location: str, document: str | None = None, reason: str | None = None) -> Entry:
    return Entry(location, location.lstrip("/"), b"digest", document, reason)


def test_what_was_recorded_is_found_in_the_next_run(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path)) as ledger:
        ledger.record([page("/a", "1")])
    with closing(Ledger(tmp_path)) as ledger:
        assert ledger.find("/a") == page("/a", "1")
        assert ledger.find("/b") is None


def test_a_rejection_is_remembered_with_its_reason() -> None:
    rejected = Entry("/a", "a", b"d", None, "empty", "no text").to_rejected()
    assert (rejected.path, rejected.reason, rejected.detail) == ("a", "empty", "no text")


@pytest.mark.parametrize(("root", "unseen"), [
    ("/x", ["/x/b", "/x/c.jsonl#1"]),
    ("/x/", ["/x/b", "/x/c.jsonl#1"]),
    ("/x/c.jsonl", ["/x/c.jsonl#1"]),
    ("/x/b", ["/x/b"]),
    ("/", ["/x/b", "/x/c.jsonl#1", "/xy"]),
    ("/x/c", []),
])
def test_unseen_pages_are_looked_for_below_the_roots_only(tmp_path: Path, root: str, unseen: list[str]) -> None:
    with closing(Ledger(tmp_path)) as ledger:
        ledger.record(map(page, ["/x/a", "/x/b", "/x/c.jsonl#1", "/xy"]))
    with closing(Ledger(tmp_path)) as ledger:
        ledger.record([page("/x/a")])
        assert [entry.location for entry in ledger.find_unseen([root])] == unseen


def test_a_document_is_no_orphan_while_another_page_has_become_it() -> None:
    with closing(Ledger(None)) as ledger:
        ledger.record([page("/a", "1"), page("/b", "1"), page("/c", "2")])
        ledger.forget([page("/a", "1"), page("/c", "2")])
        assert list(ledger.find_orphans()) == ["2"]


def test_orphans_outlive_an_interrupted_run(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path)) as ledger:
        ledger.orphan(["1", None])
    with closing(Ledger(tmp_path)) as ledger:
        assert list(ledger.find_orphans()) == ["1"]
        ledger.forget_orphans([])
        assert list(ledger.find_orphans()) == []


def test_rejected_pages_are_counted_by_reason(tmp_path: Path) -> None:
    assert count_rejected(tmp_path) == {}
    with closing(Ledger(tmp_path)) as ledger:
        ledger.record([page("/a", "1"), page("/b", None, "empty"), page("/c", None, "binary"),
                       page("/d", None, "empty")])
    assert count_rejected(tmp_path) == {"empty": 2, "binary": 1}


def test_cleared_it_knows_nothing(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path)) as ledger:
        ledger.record([page("/a", "1")])
        ledger.clear()
        assert ledger.find("/a") is None


def test_a_full_disk_is_no_damage_of_the_ledger(tmp_path: Path) -> None:
    with pytest.raises(IndexFault, match="make room") as told, open_ledger(tmp_path) as ledger:
        ledger._database.execute("PRAGMA max_page_count = 1")
        ledger.record(page(f"/{number}", "1") for number in range(1_000))
    assert not isinstance(told.value, IndexDamaged)


def test_a_damaged_ledger_is_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(IndexDamaged, match="--rebuild"):
        Ledger(tmp_path)
    with pytest.raises(IndexDamaged, match="--rebuild"):
        count_rejected(tmp_path)


def test_damage_that_sqlite_quotes_and_that_is_no_text_is_told_as_any_other(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.record([page("/a", "1")])
    file = tmp_path / FILE
    file.write_bytes(file.read_bytes().replace(b"CREATE TABLE captures", b"CREATE TABL\xcc captures"))
    assert [fault.file for fault in check_ledger(tmp_path, full=True).faults] == [FILE]
    with pytest.raises(IndexDamaged, match="--rebuild"):
        Ledger(tmp_path)
    with pytest.raises(IndexDamaged, match="--rebuild"):
        count_rejected(tmp_path)
