"""Sibling pages: what stands on several pages of a site is the site's, in whatever order the pages came."""

import itertools
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from searchkit import ingest, outcomes, sources
from searchkit.fields import read_site
from searchkit.index import open_index
from searchkit.lines import LineLedger
from searchkit.model import Chrome, Document
from searchkit.pipeline.siblings import find_lines, fingerprint, name_site, strip_repeated

STORIES = {
    "ferry": "The ferry to the islands will sail twice a day from April, the harbour office said on Monday, because "
             "the old timetable left the post and half of the schoolchildren on the wrong side of the water.\n\n"
             "Captain Ines Holm, who has steered the boat for eleven years, welcomed the change and asked for a "
             "second deckhand, whom the office has promised before the summer.",
    "bridge": "The bridge over the mill stream is closed to lorries until further notice. Engineers found a crack "
              "in the northern pier last week and have asked the county for money to mend it.\n\n"
              "Drivers must take the road by the quarry, which adds twenty minutes, and the bakery has moved its "
              "deliveries to the night so that the bread still arrives in time.",
    "school": "Pupils of the village school have counted more swallows than ever, 41 pairs under nine roofs, and "
              "have written to the council to keep the barn doors open in spring.\n\n"
              "Their teacher says that the birds eat two thousand midges a day, which is the argument that won over "
              "the farmers, who had complained about the mess.",
}
PLEA = "Our readers have kept this paper alive for ninety years, and it is you who decide whether it sees a hundred."


def write(folder: Path, name: str, *, plea: bool = True) -> None:
    first, last = STORIES[name].split("\n\n")
    parts = [f"{name.title()} news", first, *([PLEA] if plea else []), last]
    (folder / f"{name}.txt").write_text("\n\n".join(parts), encoding="utf-8")


def read_bodies(index) -> dict[str, str]:
    return {hit.document.path.rpartition("/")[2]: hit.document.body for hit in index.query(limit=None)}


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    return folder


def test_a_line_that_siblings_repeat_is_chrome_and_found_only_there(pages, tmp_path):
    for name in STORIES:
        write(pages, name)
    with open_index(tmp_path / "index", create=True) as index:
        index.add(pages)

        assert index.query('"kept this paper alive"').total == 0
        assert index.query('"kept this paper alive" in:chrome').total == 3
        assert all("repeated" in {part.reason for part in hit.document.chrome} for hit in index.query())


def test_page_two_shows_what_page_one_could_not(pages, tmp_path):
    with open_index(tmp_path / "index", create=True) as index:
        write(pages, "ferry")
        index.add(pages)
        assert PLEA in read_bodies(index)["ferry.txt"]

        write(pages, "bridge")
        index.add(pages)

        assert [name for name, body in read_bodies(index).items() if PLEA in body] == []


def test_the_order_and_the_runs_in_which_pages_come_do_not_matter(pages, tmp_path):
    found = set()
    for number, order in enumerate(itertools.permutations(STORIES)):
        with open_index(tmp_path / f"index{number}", create=True) as index:
            for name in order:
                write(pages, name)
                index.add(pages)
            found.add(tuple(sorted(read_bodies(index).items())))
        for name in order:
            (pages / f"{name}.txt").unlink()

    assert len(found) == 1


def test_copies_of_one_story_keep_their_text(pages, tmp_path):
    write(pages, "ferry")
    (pages / "copy.txt").write_bytes((pages / "ferry.txt").read_bytes())
    with open_index(tmp_path / "index", create=True) as index:
        index.add(pages)

        assert all("Captain Ines Holm" in body for body in read_bodies(index).values())


def write_many(folder: Path) -> None:
    for number, (name, story) in itertools.product(range(12), STORIES.items()):
        first, last = story.split("\n\n")
        parts = (f"{name.title()} {number}", f"{first} So it said {number} times.", PLEA,
                 f"Number {number}, in Port Louis. {last}")
        (folder / f"{name}{number}.txt").write_text("\n\n".join(parts), encoding="utf-8")


def test_workers_and_one_process_take_the_same_out_of_many_siblings(pages, tmp_path):
    write_many(pages)
    with open_index(tmp_path / "index", create=True) as index:
        index.add(pages, workers=2)
        found = {hit.id: replace(hit.document, group=None) for hit in index.query(limit=None, collapse=False)}
    alone = {made.id: made for made in ingest.extract(sources.read([pages]), 1)}

    assert found == alone and len(found) == 36
    assert all(PLEA not in document.body and document.entities for document in found.values())


def test_a_document_with_which_a_worker_cannot_cope_again_stays_as_it_was(pages, tmp_path, monkeypatch):
    def fail(page, ner):
        raise ZeroDivisionError

    write_many(pages)
    monkeypatch.setattr(outcomes, "_find_entities", fail)
    with open_index(tmp_path / "index", create=True) as index:
        index.add(pages, workers=1)

        hits = index.query(limit=None, collapse=False)
        assert [PLEA in hit.document.body for hit in hits] == [True] * 36


def test_a_second_run_changes_nothing(pages, tmp_path):
    for name in STORIES:
        write(pages, name)
    with open_index(tmp_path / "index", create=True) as index:
        index.add(pages)
        before = read_bodies(index)
        report = index.add(pages)

        assert (report.unchanged, report.updated) == (3, 0)
        assert read_bodies(index) == before


def test_pages_of_other_hosts_are_no_siblings():
    one = Document("1", "a.html", "x", url="https://www.north.example/a")
    other = Document("2", "b.html", "x", url="https://south.example/b")

    assert name_site(read_site(one), "/pages/a.html") != name_site(read_site(other), "/pages/b.html")
    assert name_site(read_site(Document("3", "c.txt", "x")), "/pages/c.txt") == "/pages"


def test_short_lines_are_not_compared():
    assert fingerprint("Read more") is None
    assert fingerprint("read-more-please") == fingerprint("read more please")
    assert fingerprint("Read  MORE, please!") == fingerprint("read more please") is not None


def test_most_of_a_body_is_never_taken_out():
    body = f"{PLEA}\n\nA short story of its own."
    document = Document("1", "a.txt", body)

    assert strip_repeated(document, find_lines(document).kept) is document


def test_what_was_taken_out_before_counts_as_kept():
    document = Document("1", "a.txt", "A story of its own.", chrome=(Chrome(PLEA, "repeated"),))

    assert fingerprint(PLEA) in find_lines(document).kept


def test_a_run_without_new_lines_does_not_read_the_lines_of_the_whole_index():
    with closing(sqlite3.connect("")) as database:
        ledger = LineLedger(database)
        for page in range(2_000):
            ledger.record("site", f"page {page}", [(line, True) for line in range(page, page + 20)])
        ledger.settle()
        steps: list[int] = []
        database.set_progress_handler(lambda: steps.append(1), 100)

        assert list(ledger.find_repeated()) == []
        assert len(steps) < 10
