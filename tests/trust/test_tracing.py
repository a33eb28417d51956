"""What ``tests.trust.calls`` stands on: that a process is killed where it should be."""

from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from .tracing import AVAILABLE, run_traced

pytestmark = [pytest.mark.skipif(not AVAILABLE, reason="calls to the system are followed on Linux on x86-64 only"),
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
    assert not run_traced(write_three(tmp_path / "elsewhere"), tmp_path / "here")
    calls = run_traced(write_three(tmp_path / "here"), tmp_path / "here")
    assert [(call.name, call.path, call.size) for call in calls] == [
        ("create", "file", 0), ("write", "file", 4), ("write", "file", 4), ("write", "file", 5), ("rename", "file", 0)]


@pytest.mark.parametrize(("number", "half", "left"), [
    (1, False, {}), (2, False, {"file": ""}), (3, False, {"file": "one,"}), (3, True, {"file": "one,tw"}),
    (4, True, {"file": "one,two,th"}), (5, False, {"file": "one,two,three"}), (6, False, {"done": "one,two,three"})])
def test_a_process_is_killed_before_a_call_or_in_the_middle_of_it(
        tmp_path: Path, number: int, half: bool, left: dict[str, str]) -> None:
    calls = run_traced(write_three(tmp_path), tmp_path, number, half=half)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == left and len(calls) == min(number, 5)


def test_a_thread_that_is_about_to_write_takes_all_with_it(tmp_path: Path) -> None:
    def start() -> None:
        thread = Thread(target=write_three(tmp_path))
        thread.start()
        thread.join()
        (tmp_path / "later").touch()

    assert [call.name for call in run_traced(start, tmp_path, 3)] == ["create", "write", "write"]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_task_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="the task ended with 256"):
        run_traced((tmp_path / "none").unlink, tmp_path)
