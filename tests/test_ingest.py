"""A run: what is new, changed, gone or bad, and that nothing else is touched."""

import gzip
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from searchkit import ingest, pipeline, workers
from searchkit.index import Index, open_index
from searchkit.ledger import Ledger
from searchkit.model import READY, Document, Page, Rejected
from searchkit.outcomes import extract_page
from searchkit.report import IndexReport

STORY = "The harbour of the old town froze over in the night, and {} ships could not leave it until the morning. "


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with open_index(tmp_path / "index", create=True) as index:
        yield index


def count(report: IndexReport) -> dict[str, int]:
    """The counts of a report that are not zero."""
    counts = {**report.to_dict(), "rejected": len(report.rejected)}
    del counts["seconds"]
    return {name: number for name, number in counts.items() if number}


def find_bodies(index: Index) -> dict[str, str]:
    return {hit.id: hit.document.body for hit in index.query(limit=None, facets=())}


def make_line(id_: str | None, body: str) -> dict[str, Any]:
    return {"body": body, "entities": [], **({} if id_ is None else {"id": id_})}


def make_lines(number: int) -> list[dict[str, Any]]:
    return [make_line(f"s{n}", f"Story {n} of the town.") for n in range(number)]


def write_page(path: Path, number: int) -> Path:
    path.write_text(f"<html><body><h1>Frost</h1><p>{STORY.format(number) * 4}</p></body></html>")
    return path


def test_pages_are_added_once_and_found_unchanged_afterwards(index: Index, tmp_path: Path) -> None:
    for number in range(3):
        write_page(tmp_path / f"{number}.html", number)
    assert count(index.add(tmp_path)) == {"added": 3}
    assert count(index.add(tmp_path)) == {"unchanged": 3}
    assert index.count() == 3


def test_a_page_keeps_its_document_however_its_path_is_written(index: Index, tmp_path: Path,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    index.add(write_page(tmp_path / "a.html", 1))
    assert [count(index.add(path)) for path in ("a.html", "./a.html", f"../{tmp_path.name}/a.html", ".")] == [
        {"unchanged": 1}] * 4


def test_a_changed_page_is_updated_under_its_id(index: Index, tmp_path: Path) -> None:
    page = write_page(tmp_path / "a.html", 7)
    index.add(page)
    ids = set(find_bodies(index))
    write_page(page, 8)
    assert count(index.add(page)) == {"updated": 1}
    assert set(find_bodies(index)) == ids
    assert index.query("8").total == 1 and index.query("7").total == 0


def test_a_page_that_becomes_none_loses_its_document_and_gets_it_back(index: Index, tmp_path: Path) -> None:
    page = write_page(tmp_path / "a.html", 7)
    index.add(page)
    page.write_bytes(b"")
    assert count(index.add(page)) == {"rejected": 1, "removed": 1}
    assert index.count() == 0
    write_page(page, 7)
    assert count(index.add(page)) == {"added": 1}


@pytest.mark.parametrize("content", [b"", b"\x7fELF" + bytes(range(256)) * 9, b"\x89PNG\r\n\x1a\n" + bytes(500)])
def test_a_page_without_text_is_rejected_each_time_and_the_rest_is_added(index: Index, tmp_path: Path,
                                                                        content: bytes) -> None:
    write_page(tmp_path / "good.html", 1)
    (tmp_path / "bad.html").write_bytes(content)
    first, second = index.add(tmp_path), index.add(tmp_path)
    assert (count(first), count(second)) == ({"added": 1, "rejected": 1}, {"unchanged": 1, "rejected": 1})
    assert first.rejected == second.rejected
    assert first.rejected[0].path.endswith("bad.html") and first.rejected[0].detail


@pytest.mark.parametrize("encode", [
    lambda text: text.encode("utf-16"),
    lambda text: b"\xef\xbb\xbf" + text.encode(),
    lambda text: text.encode().replace(b"town", b"town \xff\xfe\x80"),
], ids=["utf-16", "utf-8 with mark", "broken utf-8"])
def test_a_page_in_any_encoding_is_read(index: Index, tmp_path: Path, encode: Callable[[str], bytes]) -> None:
    text = f"<html><body><h1>Frost</h1><p>{STORY.format(5) * 4}</p></body></html>"
    (tmp_path / "a.html").write_bytes(encode(text))
    assert count(index.add(tmp_path / "a.html")) == {"added": 1}
    assert index.query("harbour frozen OR froze").total == 1


def test_bad_lines_cost_only_themselves(index: Index, write_lines: Callable[..., Path]) -> None:
    lines = [make_line("a", "Good."), "not json", {"title": "no body"}, make_line("b", "Good too."), "[" * 100_000,
             {**make_line("c", "x"), "date": "soon"}, {"body": 5}, make_line("d", "Last.")]
    report = index.add(write_lines(lines))
    assert set(find_bodies(index)) == {"a", "b", "d"}
    assert [(page.path.rpartition("#")[2], page.reason) for page in report.rejected] == [
        ("2", "bad-json"), ("3", "bad-document"), ("5", "bad-json"), ("6", "bad-document"), ("7", "bad-document")]


@pytest.mark.parametrize("named", [True, False])
def test_lines_inserted_at_the_top_lose_nothing(index: Index, write_lines: Callable[..., Path], named: bool) -> None:
    lines = [make_line(f"s{n}" if named else None, f"Story {n}.") for n in range(20)]
    index.add(write_lines(lines))
    more = [make_line("new" if named else None, "News.")]
    report = index.add(write_lines(more + lines))
    assert report.removed == 0 and report.added == 1
    assert sorted(find_bodies(index).values()) == sorted(line["body"] for line in more + lines)


def test_a_line_taken_out_takes_its_document_with_it(index: Index, write_lines: Callable[..., Path]) -> None:
    lines = make_lines(5)
    index.add(write_lines(lines))
    del lines[1]
    report = index.add(write_lines(lines), prune=True)
    assert (report.removed, set(find_bodies(index))) == (1, {"s0", "s2", "s3", "s4"})


def test_of_lines_with_the_same_id_the_last_one_counts(index: Index, write_lines: Callable[..., Path]) -> None:
    path = write_lines([make_line("a", "First."), make_line("a", "Last.")])
    index.add(path)
    assert find_bodies(index) == {"a": "Last."}
    assert count(index.add(path)) == {"unchanged": 2}


def test_the_outcomes_and_their_order_do_not_depend_on_the_number_of_workers() -> None:
    lines = [json.dumps(make_line(None, f"Story {n} " * (n % 7 * 50))) for n in range(40)]
    pages = [Page(f"p{n}", line, f"p{n}", READY) for n, line in enumerate(lines)]
    outcomes = [list(workers.extract_pages(pages, number)) for number in (1, 2, 3)]
    assert outcomes[0] == outcomes[1] == outcomes[2]
    paths = [made.path if isinstance(made, Rejected) else made.document.path for made in outcomes[0]]
    assert paths == [page.path for page in pages]


def test_many_small_batches_hold_the_same_as_one(index: Index, write_lines: Callable[..., Path],
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "BATCH_DOCUMENTS", 7)
    path = write_lines(make_lines(30))
    assert count(index.add(path)) == {"added": 30}
    assert count(index.add(path)) == {"unchanged": 30}
    assert index.count() == 30


def test_the_last_batch_of_a_run_is_small_so_that_workers_do_not_wait_for_it(
        index: Index, write_lines: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    hand_over = ingest._hand_over

    def note(documents: Any, *rest: Any) -> None:
        sizes.append(len(documents))
        hand_over(documents, *rest)

    def lag_behind(pages: Iterable[Page], *_: Any) -> Iterator[Any]:
        for page in list(pages):  # all are read before the first one is done
            yield extract_page(page)[0]

    monkeypatch.setattr(ingest, "LAST_DOCUMENTS", 4)
    monkeypatch.setattr(ingest, "_hand_over", note)
    monkeypatch.setattr(ingest, "extract_pages", lag_behind)
    index.add(write_lines(make_lines(200)))
    assert [size for size in sizes if size] == [100, 50, 25, 13, 6, 4, 2]


def test_pruning_forgets_what_vanished_below_the_paths_and_nothing_else(index: Index, tmp_path: Path) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        for number in range(2):
            write_page(tmp_path / name / f"{number}.html", number)
    index.add(tmp_path)
    (tmp_path / "here" / "0.html").unlink()
    (tmp_path / "there" / "0.html").unlink()
    assert count(index.add(tmp_path / "here")) == {"unchanged": 1}
    assert count(index.add(tmp_path / "here", prune=True)) == {"unchanged": 1, "removed": 1}
    assert index.count() == 3


def test_pruning_spares_what_merely_could_not_be_read(index: Index, tmp_path: Path,
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [make_line(f"s{n}", os.urandom(20).hex()) for n in range(300)]
    packed = gzip.compress("".join(json.dumps(line) + "\n" for line in lines).encode())
    Path("s.jsonl.gz").write_bytes(packed)
    write_page(tmp_path / "a.html", 1)
    index.add("s.jsonl.gz")
    index.add("a.html")
    Path("s.jsonl.gz").write_bytes(packed[:len(packed) // 2])
    Path("a.html").unlink()
    report = index.add([tmp_path / "s.jsonl.gz", tmp_path / "a.html", tmp_path], prune=True)
    assert report.removed == 0 and index.count() == 301
    assert {page.reason for page in report.rejected} == {"unreadable", "not-found"}


def test_pages_given_by_a_program_are_known_again_by_their_address(index: Index) -> None:
    page = Page("saved", f"<p>{STORY.format(1) * 4}</p>", url="https://x.example/1")
    assert count(index.add(page)) == {"added": 1}
    assert count(index.add([page])) == {"unchanged": 1}
    assert count(index.add(Page("elsewhere", page.content + "<p>More.</p>", url=page.url))) == {"updated": 1}


def test_documents_given_by_a_program_replace_those_with_their_id(index: Index) -> None:
    assert count(index.add(Document("1", "p", "Old."))) == {"added": 1}
    assert count(index.add([Document("1", "p", "New."), Document("2", "p", "Other.")])) == {"added": 1, "updated": 1}
    assert find_bodies(index) == {"1": "New.", "2": "Other."}


def test_what_is_no_source_is_refused(index: Index) -> None:
    with pytest.raises(TypeError, match="bytes"):
        index.add([b"<p>text</p>"])  # type: ignore[list-item]


def test_a_fault_of_ours_costs_one_page_and_is_tried_again(index: Index, write_lines: Callable[..., Path],
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    extract = pipeline.extract

    def fail(page: Page, *_: object) -> Document | Rejected:
        if page.path.endswith("#2"):
            raise ZeroDivisionError("by a story")
        return extract(page)

    path = write_lines(make_lines(3))
    monkeypatch.setattr(pipeline, "extract", fail)
    report = index.add(path)
    assert (report.added, [page.reason for page in report.rejected]) == (2, ["failed"])
    assert report.rejected[0].detail == "ZeroDivisionError: by a story"
    monkeypatch.setattr(pipeline, "extract", extract)
    assert count(index.add(path)) == {"added": 1, "unchanged": 2}


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupted_run_keeps_its_work_and_the_next_one_goes_on(index: Index, write_lines: Callable[..., Path],
                                                                    workers: int) -> None:
    def interrupt(pages: int, size: int) -> None:
        if pages == 40:
            raise KeyboardInterrupt

    path = write_lines(make_lines(50))
    with pytest.raises(KeyboardInterrupt):
        index.add(path, workers=workers, progress=interrupt)
    kept = index.count()
    assert 20 < kept < 50
    assert count(index.add(path)) == {"unchanged": kept, "added": 50 - kept}


def test_a_page_that_turned_bad_in_an_interrupted_run_still_loses_its_document(
        index: Index, write_lines: Callable[..., Path]) -> None:
    lines: list[Any] = make_lines(20)
    index.add(write_lines(lines))
    lines[0] = "not json"

    def interrupt(pages: int, size: int) -> None:
        if pages == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.add(write_lines(lines), workers=1, progress=interrupt)
    assert count(index.add(write_lines(lines))) == {"unchanged": 19, "rejected": 1, "removed": 1}


def test_progress_is_told_by_pages_and_bytes(index: Index, write_lines: Callable[..., Path]) -> None:
    told: list[tuple[int, int]] = []
    path = write_lines(make_lines(3))
    index.add(path, progress=lambda pages, size: told.append((pages, size)))
    assert [pages for pages, _ in told] == [1, 2, 3]
    assert told[-1][1] == path.stat().st_size


def test_deleted_and_cleared_documents_are_gone(index: Index, write_lines: Callable[..., Path]) -> None:
    path = write_lines(make_lines(3))
    index.add(path)
    assert index.delete(["s1", "unknown"]) == 1
    assert set(find_bodies(index)) == {"s0", "s2"}
    index.clear()
    assert index.count() == 0
    assert count(index.add(path)) == {"added": 3}


CRASH = """
    import os, sys
    from searchkit import pipeline, workers
    from searchkit.model import Page, Rejected

    def extract(page, *_):
        if page.path == "p20":
            os._exit(9)
        return Rejected(page.path, "fine")

    pipeline.extract = extract
    made = list(workers.extract_pages([Page(f"p{n}", "", f"p{n}") for n in range(40)], 2))
    assert [page.path for page in made] == [f"p{n}" for n in range(40)]
    print(sorted((page.path, page.reason) for page in made if page.reason != "fine"))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a worker does not inherit what the test changes")
def test_a_worker_that_dies_costs_the_page_that_killed_it() -> None:
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(CRASH)], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[('p20', 'crashed')]\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_a_run_that_is_killed_leaves_neither_workers_nor_a_lock(tmp_path: Path,
                                                                write_lines: Callable[..., Path]) -> None:
    path = write_lines([make_line(None, f"Story {n}. " * 50) for n in range(20_000)])
    command = [sys.executable, "-m", "searchkit", "index", str(path), "--index", str(tmp_path / "index"),
               "--workers", "2"]
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (tmp_path / "index" / "ledger.sqlite").exists():
        assert run.poll() is None
        time.sleep(0.02)
    time.sleep(0.3)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    time.sleep(0.3)
    with open_index(tmp_path / "index") as index:
        assert count(index.add(Document("1", "p", "Free again."))) == {"added": 1}


def test_a_document_stayed_whose_page_went_after_a_kill_between_engine_and_ledger(tmp_path, monkeypatch):
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in ("ferry", "tram"):
        (pages / f"{name}.jsonl").write_text(json.dumps({"id": name, "body": f"The {name} runs."}) + "\n")

    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    with open_index(tmp_path / "index", create=True) as index:
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(Ledger, "record", die)
            index.add(pages)
        assert index.count() == 2
        (pages / "ferry.jsonl").unlink()
        (pages / "tram.jsonl").write_text(json.dumps({"id": "metro", "body": "The metro runs."}) + "\n")
        index.add(pages, prune=True)
        assert [hit.id for hit in index.query()] == ["metro"]
        assert (index.add(pages, prune=True).unchanged, index.count()) == (1, 1)
