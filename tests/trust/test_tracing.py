"""What ``tests.trust.calls`` stands on: that a process is killed where it should be."""

import errno
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from .tracing import AVAILABLE, FAILED, HALF, KILL, Fate, run_traced

pytestmark = [pytest.mark.skipif(not AVAILABLE, reason="calls to the system cannot be followed here"),
              pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")]  # by tests before


def write_three(folder: Path) -> Callable[[], None]:
    def write() -> None:
        with (folder / "file").open("wb", buffering=0) as file:
            for part in (b"one,", b"two,", b"three"):
                file.write(part)
        (folder / "file").rename(folder / "done")

    return write


def test_calls_are_seen_in_their_order_and_those_elsewhere_are_not(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "here").mkdir()
    assert run_traced(write_three(tmp_path / "elsewhere"), tmp_path / "here") == ([], 0)
    calls, code = run_traced(write_three(tmp_path / "here"), tmp_path / "here")
    assert not code and [(call.name, call.path, call.size) for call in calls] == [
        ("create", "file", 0), ("write", "file", 4), ("write", "file", 4), ("write", "file", 5), ("rename", "file", 0)]


@pytest.mark.parametrize(("number", "fate", "left"), [
    (1, KILL, {}), (2, KILL, {"file": ""}), (3, KILL, {"file": "one,"}), (3, HALF, {"file": "one,tw"}),
    (4, HALF, {"file": "one,two,th"}), (5, HALF, {"file": "one,two,three"}), (6, KILL, {"done": "one,two,three"})])
def test_a_process_is_killed_before_a_call_or_in_the_middle_of_it(
        tmp_path: Path, number: int, fate: Fate, left: dict[str, str]) -> None:
    calls, code = run_traced(write_three(tmp_path), tmp_path, number, fate)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == left
    assert (len(calls), code) == ((number, -signal.SIGKILL) if number < 6 else (5, 0))


def test_a_thread_that_is_about_to_write_takes_all_with_it(tmp_path: Path) -> None:
    def start() -> None:
        thread = Thread(target=write_three(tmp_path))
        thread.start()
        thread.join()
        (tmp_path / "later").touch()

    assert [call.name for call in run_traced(start, tmp_path, 3).calls] == ["create", "write", "write"]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(("fate", "left"), [
    (Fate(errno.ENOSPC, forever=True), {"file": "one,"}), (Fate(errno.EIO), {"file": "one,three"})])
def test_a_call_fails_once_or_all_that_need_room_do(tmp_path: Path, fate: Fate, left: dict[str, str]) -> None:
    def write() -> None:
        with (tmp_path / "file").open("wb", buffering=0) as file:
            for part in (b"one,", b"two,", b"three"):
                with suppress(OSError):
                    file.write(part)

    calls, code = run_traced(write, tmp_path, 3, fate)
    assert (len(calls), code) == (4, 0) and {path.name: path.read_text() for path in tmp_path.iterdir()} == left


def test_a_task_ends_with_its_code_or_that_of_one_that_raised(tmp_path: Path) -> None:
    assert run_traced(lambda: 7, tmp_path).code == 7
    assert run_traced((tmp_path / "none").unlink, tmp_path).code == FAILED
