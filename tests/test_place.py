"""The folder of an index: its manifest and its lock."""

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from searchkit import disk, place
from searchkit.errors import IndexDamaged, IndexFault, IndexLocked, IndexNotFound, IndexOutdated, SettingsError
from searchkit.place import FORMAT, LOCK, find_engine, is_index, lock, make, measure, read_manifest
from searchkit.settings import MANIFEST


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "deep" / "index"
    make(folder, "whoosh")
    return folder


def edit(folder: Path, **changes: object) -> None:
    data = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**data, **changes}))


def test_a_new_folder_says_what_made_it(folder: Path) -> None:
    assert read_manifest(folder).engine == find_engine(folder) == "whoosh"
    assert is_index(folder)


@pytest.mark.parametrize("name", ["nothing", "file/below"])
def test_where_nothing_is_there_is_no_index(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(IndexNotFound, match="make one: searchkit index"):
        read_manifest(tmp_path / name)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff\xfe", b"not json", b"[" * 200_000,
                                     b'{"engine": [], "format": 1, "analyzer": 1, "searchkit": "1"}'])
def test_a_damaged_manifest_is_told_with_the_way_out(folder: Path, content: bytes) -> None:
    (folder / MANIFEST).write_bytes(content)
    with pytest.raises(IndexDamaged, match="--rebuild"):
        read_manifest(folder)


@pytest.mark.parametrize("changes", [{"format": FORMAT + 1}, {"format": FORMAT - 1}, {"format": "2"}, {"analyzer": 0}])
def test_another_format_is_told_with_the_way_out(folder: Path, changes: dict) -> None:
    edit(folder, searchkit="9.9", **changes)
    with pytest.raises(IndexOutdated, match=r"searchkit 9\.9.*--rebuild"):
        read_manifest(folder)
    assert find_engine(folder) == "whoosh"


def test_making_it_anew_empties_it(folder: Path) -> None:
    (folder / "segment").write_bytes(b"x")
    make(folder, "whoosh")
    assert {path.name for path in folder.iterdir()} == {MANIFEST, LOCK}


def test_a_folder_with_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(SettingsError, match="holds other things than an index"):
        make(tmp_path, "whoosh")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_hidden_files_do_not_keep_a_folder_from_being_an_index(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*")
    make(tmp_path, "whoosh")
    make(tmp_path, "whoosh")
    assert (tmp_path / ".gitignore").read_text() == "*"


@pytest.mark.parametrize("name", ["file", "file/below", "x" * 300])
def test_where_no_folder_can_be_made_the_reason_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="no index can be made here"):
        make(tmp_path / name, "whoosh")


def test_only_one_can_hold_the_lock_and_its_pid_is_told(folder: Path) -> None:
    with lock(folder), pytest.raises(IndexLocked, match=f"process {os.getpid()} on "), lock(folder):
        pass


def test_a_lock_is_free_again_also_after_an_error(folder: Path) -> None:
    with pytest.raises(RuntimeError), lock(folder):
        raise RuntimeError
    with lock(folder):
        pass


def test_what_a_dead_process_left_in_the_lock_does_not_matter(folder: Path) -> None:
    (folder / LOCK).write_bytes(b'{"pid": 1\xff')
    with lock(folder):
        pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no process can be forked")
def test_a_lock_is_free_once_its_holder_is_killed_though_a_worker_of_it_still_lives(folder: Path) -> None:
    code = ("import os, pathlib, time\nfrom searchkit.place import lock\n"
            f"with lock(pathlib.Path({str(folder)!r})):\n"
            "    if os.fork():\n        os.wait()\n    print(os.getpid(), flush=True); time.sleep(600)")
    with subprocess.Popen([sys.executable, "-c", code], text=True, stdout=subprocess.PIPE,
                          cwd=Path(__file__).parents[1]) as holder:
        assert holder.stdout
        worker = int(holder.stdout.readline())
        try:
            with pytest.raises(IndexLocked, match=f"process {holder.pid} "), lock(folder):
                pass
            holder.kill()
            holder.wait()
            with lock(folder):
                os.kill(worker, 0)
        finally:
            os.kill(worker, signal.SIGKILL)


def test_a_lock_that_cannot_be_written_is_told(folder: Path) -> None:
    (folder / LOCK).unlink()
    (folder / LOCK).mkdir()
    with pytest.raises(IndexFault, match="cannot be written to"), lock(folder):
        pass


def test_a_new_folder_whose_manifest_could_not_be_written_is_taken_for_what_it_is(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill_disk() -> None:
        (tmp_path / "index" / "_MAIN_0.toc").touch()  # what an engine begins with
        monkeypatch.setattr(disk, "force", fail)

    def fail(path: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    with pytest.raises(IndexFault, match="make room"):
        make(tmp_path / "index", "whoosh", fill_disk)
    monkeypatch.undo()
    make(tmp_path / "index", "whoosh")
    assert read_manifest(tmp_path / "index").engine == "whoosh"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_lock_is_held_where_there_is_no_room_for_the_name_of_its_holder(
        folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "LOCK", "full")
    (folder / "full").symlink_to("/dev/full")
    with lock(folder):
        pass


def test_its_size_is_that_of_its_files(folder: Path) -> None:
    before = measure(folder)
    (folder / "segment").write_bytes(b"x" * 1000)
    assert measure(folder) == before + 1000


def test_a_new_index_could_be_opened_before_its_engine_was_there(tmp_path: Path) -> None:
    folder, seen = tmp_path / "new", []
    make(folder, "whoosh", lambda: seen.append(is_index(folder)))
    assert (seen, is_index(folder)) == ([False], True)
