"""A folder is watched by a process of its own, as a user starts it; what happens to the folder happens for real."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import searchkit
from searchkit import cli
from searchkit.place import lock
from searchkit.settings import Settings
from searchkit.sources import comes_to, find_file

watch = pytest.importorskip("searchkit.watch", reason="the extra 'watch' is not installed", exc_type=ImportError)

PATIENCE = 60.0  # seconds after which a test gives up, and fails
SEEDS = Path(__file__).resolve().parents[1] / "seeds"


class Watcher:
    """A process that watches ``pages`` in its folder, and what it has said so far."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.out, self.err = folder / "out", folder / "err"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "searchkit", "watch", "pages", "--settle", "0.2", "--json", *options],
                cwd=folder, stdout=out, stderr=err)

    def list_reports(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.read_text("utf-8").splitlines(keepends=True) if line[-1] == "\n"]

    def wait(self, is_so: Any, what: str) -> None:
        """Until a condition holds. Fail where it does not in time, or the process ends before."""
        end = time.monotonic() + PATIENCE
        while not is_so():
            assert self.process.poll() is None and time.monotonic() < end, f"{what}: {self.err.read_text('utf-8')}"
            time.sleep(0.02)

    def expect(self, paths: set[str]) -> None:
        """Until the index has documents of exactly these paths below ``pages``."""
        self.wait(lambda: list_paths(self.folder) == paths, f"not {paths}")

    def wait_for_words(self, words: str) -> None:
        self.wait(lambda: words in self.err.read_text("utf-8"), words)


def list_paths(folder: Path) -> set[str]:
    """The paths below ``pages`` of the documents of the index, if there is one."""
    if not (folder / "index" / "searchkit.json").exists():
        return set()
    with searchkit.open(folder / "index") as index:
        return {hit.document.path.removeprefix("pages/") for hit in index.query(limit=None, collapse=False)}


@contextmanager
def watching(folder: Path, *options: str) -> Iterator[Watcher]:
    watcher = Watcher(folder, *options)
    try:
        yield watcher
    finally:
        watcher.process.kill()
        watcher.process.wait()


def write(path: Path, about: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"A story about {about}\n\nThe {about} was closed this morning, said the harbour master, who had "
                    f"been up since three. Nobody knows when the {about} will open again.\n", encoding="utf-8")


def end(watcher: Watcher, number: int) -> int:
    watcher.process.send_signal(number)
    return watcher.process.wait(PATIENCE)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    write(folder / "ferry.txt", "ferry")
    write(folder / "old" / "tram.txt", "tram")
    return folder


def test_what_happens_in_a_folder_happens_in_the_index(tmp_path: Path, pages: Path) -> None:
    with watching(tmp_path) as watcher:
        watcher.expect({"ferry.txt", "old/tram.txt"})
        write(pages / "bridge.txt", "bridge")
        watcher.expect({"ferry.txt", "old/tram.txt", "bridge.txt"})
        (pages / "bridge.txt").rename(pages / "bascule.txt")
        watcher.expect({"ferry.txt", "old/tram.txt", "bascule.txt"})
        write(pages / "old" / "deep" / "lock.txt", "lock")
        watcher.expect({"ferry.txt", "old/tram.txt", "bascule.txt", "old/deep/lock.txt"})
        (pages / "old").rename(pages / "new")
        watcher.expect({"ferry.txt", "new/tram.txt", "bascule.txt", "new/deep/lock.txt"})
        (pages / "ferry.txt").unlink()
        shutil.rmtree(pages / "new" / "deep")
        watcher.expect({"new/tram.txt", "bascule.txt"})
        write(pages / "new" / "tram.txt", "zeppelin")
        watcher.wait(lambda: any(r["updated"] for r in watcher.list_reports()), "nothing was updated")
        with searchkit.open(tmp_path / "index") as index:
            assert [hit.document.path for hit in index.query("zeppelin")] == ["pages/new/tram.txt"]
        assert end(watcher, signal.SIGTERM) == 0
        assert "Traceback" not in watcher.err.read_text("utf-8")


def test_a_run_reads_what_changed_and_not_the_folder(tmp_path: Path, pages: Path) -> None:
    with watching(tmp_path) as watcher:
        watcher.expect({"ferry.txt", "old/tram.txt"})
        write(pages / "bridge.txt", "bridge")
        (pages / "ferry.txt").unlink()
        watcher.expect({"bridge.txt", "old/tram.txt"})
        (pages / "old" / "tram.txt").unlink()
        watcher.expect({"bridge.txt"})
        end(watcher, signal.SIGTERM)
        runs = watcher.list_reports()[1:]
        assert [sum(run[what] for run in runs) for what in ("unchanged", "added", "removed")] == [0, 1, 2]


def test_a_file_that_comes_in_pieces_is_whole_in_the_end(tmp_path: Path, pages: Path) -> None:
    with watching(tmp_path) as watcher:
        watcher.expect({"ferry.txt", "old/tram.txt"})
        with (pages / "slow.txt").open("w", encoding="utf-8") as file:
            for piece in ("Fog closes the port\n\nFog lay over the harbour all the day, ", "and no ship could leave. ",
                          "In the evening the pilots ", "spoke of a quetzalcoatlus.\n"):
                file.write(piece)
                file.flush()
                time.sleep(0.3)  # longer than a folder must rest
        temporary = pages / ".upload-1"
        write(temporary, "hovercraft")
        temporary.rename(pages / "whole.txt")
        watcher.expect({"ferry.txt", "old/tram.txt", "slow.txt", "whole.txt"})

        def is_whole() -> bool:
            with searchkit.open(tmp_path / "index") as index:
                return index.query("fog quetzalcoatlus").total == 1

        watcher.wait(is_whole, "the end is missing")
        assert all(".upload" not in page["path"] for run in watcher.list_reports() for page in run["rejected"])


def test_pages_that_go_from_a_container_go_from_the_index(tmp_path: Path, pages: Path, stories: Any) -> None:
    container = pages / "stories.jsonl"
    lines = [json.dumps(story) + "\n" for story in stories]
    container.write_text("".join(lines), encoding="utf-8")

    def list_ids() -> set[str]:
        with searchkit.open(tmp_path / "index") as index:
            return {hit.id for hit in index.query(limit=None, collapse=False)} & {story["id"] for story in stories}

    with watching(tmp_path) as watcher:
        watcher.wait(watcher.list_reports, "no run")
        assert list_ids() == {"ferry", "tram", "bridge", "note"}
        container.write_text(lines[0] + lines[1], encoding="utf-8")
        watcher.wait(lambda: list_ids() == {"ferry", "tram"}, "not two stories")
        container.unlink()
        watcher.expect({"ferry.txt", "old/tram.txt"})


def test_an_older_capture_takes_the_place_of_a_newer_one_that_goes(tmp_path: Path, pages: Path) -> None:
    page = (SEEDS / "15-fernhill-ledger-rural-radios.html").read_text("latin-1")
    for name, day, words in (("a.html", "Fri Mar 01 2019", "first edition"),
                             ("b.html", "Tue Mar 05 2019", "second edition")):
        (pages / name).write_text(
            f"<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: https://fernhill.example/radios \n"
            f" saved date: {day} 10:00:00 GMT+0000 (UTC)\n-->"
            + page.replace("</title>", f" {words}</title>"), encoding="latin-1")
    with watching(tmp_path) as watcher:
        watcher.expect({"ferry.txt", "old/tram.txt", "b.html"})
        (pages / "b.html").unlink()
        watcher.expect({"ferry.txt", "old/tram.txt", "a.html"})


def test_what_an_index_run_passes_over_is_passed_over(tmp_path: Path, pages: Path) -> None:
    with watching(tmp_path) as watcher:
        watcher.expect({"ferry.txt", "old/tram.txt"})
        (pages / "link.txt").symlink_to(pages / "ferry.txt")
        write(pages / ".hidden" / "a.txt", "mine")
        write(pages / "README.txt", "readme")
        with searchkit.open(pages / "inner") as inner:  # an index inside what is watched
            inner.add(SEEDS / "15-fernhill-ledger-rural-radios.html")
        write(pages / "last.txt", "anchor")
        watcher.expect({"ferry.txt", "old/tram.txt", "last.txt"})
        assert all(not run["rejected"] for run in watcher.list_reports())


def test_a_kill_in_the_middle_of_a_run_loses_nothing(tmp_path: Path, pages: Path,
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    (pages / "a.jsonl").write_text("".join(  # as many as one batch has, and some pages more
        json.dumps({"id": f"ship-{number}", "body": f"Ship {number} has come in from the sea.", "entities": []}) + "\n"
        for number in range(1_000)), encoding="utf-8")
    for number in range(400):
        write(pages / f"{number % 7}" / f"{number}.txt", f"boat {number}")
    with watching(tmp_path, "--workers", "2") as watcher:
        watcher.wait(lambda: any((tmp_path / "index").glob("_MAIN_[1-9]*.toc")), "no batch")
        watcher.process.kill()
        watcher.process.wait()
        assert watcher.list_reports() == []
        assert 0 < len(list_paths(tmp_path)) < 1_402
    (pages / "0" / "7.txt").unlink()
    write(pages / "1" / "8.txt", "submarine")
    with watching(tmp_path) as watcher:
        watcher.wait(watcher.list_reports, "no run")
        assert watcher.list_reports()[0]["rejected"] == []
        assert end(watcher, signal.SIGTERM) == 0
    monkeypatch.chdir(tmp_path)
    with searchkit.open("index") as index, searchkit.open(None) as fresh:
        fresh.add("pages")
        assert index.count() == fresh.count() == 1_401
        for query in ("", "ship", "submarine"):
            assert {hit.document for hit in index.query(query, limit=None, collapse=False)} == {
                hit.document for hit in fresh.query(query, limit=None, collapse=False)}


@pytest.mark.parametrize(("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, watch.Ended)])
def test_a_signal_in_the_middle_of_a_run_keeps_what_it_has(tmp_path: Path, pages: Path, number: int, raised: type,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    for page in range(300):
        write(pages / f"{page}.txt", f"ship {page}")

    class Signalled(watch._Stop):
        """Gets the signal while a page is read."""

        def check(self, *told: object) -> None:
            if told[:1] == (200,):
                signal.raise_signal(number)
            super().check()

    monkeypatch.setattr(watch, "_Stop", Signalled)
    monkeypatch.chdir(tmp_path)
    handlers = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    reports: list[Any] = []
    with pytest.raises(raised) as stopped:
        watch.watch(["pages"], Settings(workers=1), watch.Told(reports.append, print), 0.1)
    assert (stopped.type, reports) == (raised, [])
    assert 150 < len(list_paths(tmp_path)) <= 200
    assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] == handlers


def test_a_watch_that_is_interrupted_at_rest_ends_as_any_command_does(tmp_path: Path, pages: Path) -> None:
    with watching(tmp_path) as watcher:
        watcher.wait(watcher.list_reports, "no run")
        assert end(watcher, signal.SIGINT) == 130
        assert "Traceback" not in watcher.err.read_text("utf-8")


def test_an_index_that_another_process_writes_to_is_waited_for(tmp_path: Path, pages: Path) -> None:
    with watching(tmp_path) as watcher:
        watcher.wait(watcher.list_reports, "no run")
        with lock(tmp_path / "index"):
            write(pages / "bridge.txt", "bridge")
            watcher.wait_for_words(f"written to by process {os.getpid()}")
            assert list_paths(tmp_path) == {"ferry.txt", "old/tram.txt"}
        watcher.expect({"ferry.txt", "old/tram.txt", "bridge.txt"})
        assert watcher.err.read_text("utf-8").count("waiting until it is done") == 1


@pytest.mark.parametrize("how", ["moved", "removed"])
def test_when_the_folder_is_gone_its_documents_are_kept_and_the_watch_ends(tmp_path: Path, pages: Path,
                                                                           how: str) -> None:
    (pages / "old" / "tram.txt").unlink()
    (pages / "old").rmdir()
    (pages / "ferry.txt").rename(tmp_path / "ferry.txt")
    write(pages / "a.txt", "anchor")
    with watching(tmp_path) as watcher:
        watcher.expect({"a.txt"})
        if how == "moved":
            pages.rename(tmp_path / "elsewhere")
        else:
            shutil.rmtree(pages)
        assert watcher.process.wait(PATIENCE) == 2
        assert "the folder is gone; its documents are kept (pages)" in watcher.err.read_text("utf-8")
        assert list_paths(tmp_path) == {"a.txt"}


def test_a_folder_that_is_not_mounted_does_not_empty_the_index(tmp_path: Path, pages: Path,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    place = watch._Place.find("pages")
    place.check()
    with pytest.raises(searchkit.SourceError, match="the folder is gone; its documents are kept"):
        place._replace(device=place.device + 1).check()
    with searchkit.open("index") as index:
        index.add("pages")
    pages.rename("elsewhere")
    pages.mkdir()
    done = CliRunner().invoke(cli.app, ["watch", "pages"])
    assert done.exit_code == 2
    assert "the folder is empty, and the index has documents of it (pages)" in done.stderr
    assert list_paths(tmp_path) == {"ferry.txt", "old/tram.txt"}


def test_a_new_empty_folder_and_one_with_the_index_inside_are_watched(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    with watching(tmp_path, "--index", "pages/index") as watcher:
        watcher.wait(watcher.list_reports, "no run")
        write(tmp_path / "pages" / "ferry.txt", "ferry")
        watcher.wait(lambda: len(watcher.list_reports()) > 1, "no second run")
        time.sleep(1)  # what the index writes must not be a change
        assert [run["added"] for run in watcher.list_reports()] == [0, 1]


@pytest.mark.skipif(sys.platform != "linux", reason="only there a name may be any bytes")
def test_a_name_that_is_not_unicode_ended_the_watch_or_was_read_without_end(tmp_path: Path, pages: Path) -> None:
    with watching(tmp_path) as watcher:
        watcher.expect({"ferry.txt", "old/tram.txt"})
        shutil.copy(pages / "ferry.txt", os.fsencode(pages) + b"/na\xefve.txt")
        watcher.expect({"ferry.txt", "old/tram.txt", "na\\xefve.txt"})
        write(pages / "bridge.txt", "bridge")
        watcher.expect({"ferry.txt", "old/tram.txt", "na\\xefve.txt", "bridge.txt"})
        assert len(watcher.list_reports()) <= 4
        assert end(watcher, signal.SIGTERM) == 0


@pytest.mark.parametrize(("arguments", "said"), [
    (["nothing-here"], "there is no such folder (nothing-here)"),
    (["page.txt"], "only folders are watched (page.txt). give the folder that it is in"),
    (["pages", "--settle", "0"], "0 is no time to settle"),
    (["pages", "--settle", "nan"], "nan is no time to settle"),
])
def test_what_cannot_be_watched_is_refused(tmp_path: Path, pages: Path, monkeypatch: pytest.MonkeyPatch,
                                           arguments: list[str], said: str) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "page.txt", "ferry")
    done = CliRunner().invoke(cli.app, ["watch", *arguments])
    assert (done.exit_code, isinstance(done.exception, SystemExit)) == (2, True)
    assert said in done.stderr
    assert not (tmp_path / "index").exists()


def test_without_the_extra_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "searchkit.watch", raising=False)
    monkeypatch.delattr(searchkit, "watch", raising=False)
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    done = CliRunner().invoke(cli.app, ["watch", "."])
    assert done.exit_code == 2
    assert "pip install 'searchkit[watch]'" in done.stderr


def test_comes_to_says_what_walking_finds(tmp_path: Path) -> None:
    for name in ("a.txt", ".b.txt", "c/d.txt", "c/.e/f.txt", "README", "readme/g.txt"):
        write(tmp_path / name, "x")
    (tmp_path / "link").symlink_to(tmp_path / "c")
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "searchkit.json").write_text("{}")
    said = {name: comes_to(tmp_path, tmp_path / name) for name in (
        "", "a.txt", "gone.txt", ".b.txt", "c", "c/d.txt", "c/.e", "c/.e/f.txt", "README", "readme/g.txt", "gone/x",
        "link", "link/d.txt", "index", "index/x.txt")}
    assert {name for name, is_so in said.items() if is_so} == {
        "", "a.txt", "gone.txt", "c", "c/d.txt", "readme/g.txt", "gone/x"}


def test_a_location_leads_to_its_file(tmp_path: Path) -> None:
    write(tmp_path / "a#1.warc", "x")
    for part in ("", "#3", "#3#4"):
        assert find_file(f"{tmp_path}/a#1.warc{part}") == tmp_path / "a#1.warc"
    assert find_file(f"{tmp_path}/b.warc#3") is None


def test_vanished_paths_are_forgotten_and_what_is_beside_them_is_not(tmp_path: Path, pages: Path) -> None:
    write(pages / "old-timer.txt", "zeppelin")
    with searchkit.open(tmp_path / "index") as index:
        index.add(pages)
        shutil.rmtree(pages / "old")
        (pages / "ferry.txt").unlink()
        report = index.add([], vanished=[pages / "old", pages / "ferry.txt"])
        assert (report.removed, [Path(hit.document.path).name for hit in index.query()]) == (2, ["old-timer.txt"])
