"""A page costs no more than it may, and a worker no more than its page. Pages of our own, limits made small."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from searchkit import budget, crew, pipeline, workers
from searchkit.model import READY, Document, Page, Rejected
from searchkit.outcomes import prepare
from searchkit.search.analysis import Analysed

STORY = "<title>Ferry {0}</title><p>The ferry number {0} lay at the quay until noon.</p>"
FILLING = "<!--" + "x" * workers.SMALL + "-->"  # enough that a page goes to a worker
inherited = pytest.mark.skipif(sys.platform != "linux",
                               reason="elsewhere a worker does not inherit what a test changes")


def make_pages(number: int, **more: Any) -> list[Page]:
    return [Page(f"p{n}", STORY.format(n) + FILLING, **more) for n in range(number)]


def run(pages: list[Page], count: int = 2) -> tuple[list[workers.Outcome], list[tuple[str, str]]]:
    warned: list[Rejected] = []
    outcomes = list(workers.extract_pages(pages, count, warned.append))
    assert [made.path if isinstance(made, Rejected) else made.document.path for made in outcomes] == [
        page.path for page in pages]
    assert multiprocessing.active_children() == []
    return outcomes, [(each.path, each.reason) for each in warned]


def read(outcome: workers.Outcome) -> Document:
    assert isinstance(outcome, Analysed)
    return outcome.document


@pytest.fixture
def trip(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make the pipeline do something else for the page p3, with little memory to do it in."""
    monkeypatch.setattr(budget, "MEMORY", 2**28)
    real = {name: getattr(pipeline, name) for name in ("extract", "extract_plainly")}

    def set_up(fault: Callable[[], Any], names: tuple[str, ...] = ("extract",)) -> None:
        for name in names:
            monkeypatch.setattr(pipeline, name, lambda page, *_, name=name: (
                fault() if page.path == "p3" else real[name](page)))

    return set_up


@inherited
def test_a_worker_seldom_looks_for_unreachable_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        pipeline, "extract", lambda page, *_: Document(page.path, page.path, str(gc.get_threshold()[0])))
    usual = gc.get_threshold()

    outcomes, _ = run(make_pages(3))

    assert {int(read(outcome).body) for outcome in outcomes} == {crew.COLLECT_AFTER}
    assert gc.get_threshold() == usual


@inherited
def test_a_worker_does_not_look_through_the_models_that_its_first_page_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    prepare()  # loads them, as any run does before its workers start
    monkeypatch.setattr(
        pipeline, "extract", lambda page, *_: Document(page.path, page.path, str(gc.get_freeze_count())))
    gc.collect()
    there = len(gc.get_objects())

    outcomes, _ = run(make_pages(60))

    assert all(int(read(outcome).body) > 0.9 * there for outcome in outcomes)


def spin() -> None:
    while True:
        pass


def backtrack() -> None:
    re.match(r"(?:a|a)*b", "a" * 60)  # in C, where no signal handler of Python is heard


def devour() -> None:
    bytearray(2**29)


def divide() -> None:
    raise ZeroDivisionError


def die() -> None:
    os._exit(9)


FAULTS = [(spin, "too-slow"), (backtrack, "too-slow"), (devour, "out-of-memory"), (die, "crashed"), (divide, "failed")]


def test_lists_and_models_are_read_before_a_worker_is_forked_and_not_by_each() -> None:
    program = f"""
import sys
from searchkit.model import Page
from searchkit.outcomes import extract_page, prepare
prepare()
sys.addaudithook(lambda event, found: print(found[0]) if event == "open" else None)
outcome, _ = extract_page(Page("p", {STORY.format("Ada Byron’s")!r}))
assert outcome.document.body
"""
    done = subprocess.run([sys.executable, "-c", program], text=True, capture_output=True, check=True)
    assert done.stdout == ""


@inherited
def test_a_run_prepares_its_workers_once(monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    start = crew.Worker.__init__
    monkeypatch.setattr(crew, "prepare", lambda: events.append("prepare"))
    monkeypatch.setattr(crew.Worker, "__init__", lambda self, ner: (events.append("start"), start(self, ner))[1])
    run(make_pages(20))
    assert events == ["prepare", "start", "start"]


@inherited
@pytest.mark.parametrize(("fault", "reason"), FAULTS, ids=[fault.__name__ for fault, _ in FAULTS])
def test_of_a_page_that_is_too_much_the_text_is_taken_and_the_others_are_whole(
        monkeypatch: pytest.MonkeyPatch, trip: Callable[..., None], fault: Callable[[], Any], reason: str) -> None:
    monkeypatch.setattr(budget, "PROCESSOR_SECONDS", 0)
    trip(fault)
    outcomes, warned = run(make_pages(6))
    documents = [read(made) for made in outcomes]
    assert [page.body for page in documents] == [
        f"The ferry number {n} lay at the quay until noon." for n in range(6)]
    assert (documents[3].title, documents[3].title_source) == ("Ferry 3", "title-tag")
    assert warned == [("p3", reason)]


def burn() -> float:
    """Half a second of the processor, by a clock that the test does not change."""
    begun = time.thread_time()
    while time.thread_time() < begun + 0.5:
        pass
    return begun


@inherited
def test_a_long_run_rejected_short_pages_when_ticks_and_clock_had_drifted_apart(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "PROCESSOR_SECONDS", 0)
    monkeypatch.setattr(time, "process_time", lambda: 0.0)  # a clock that lags far behind what the system counts
    real = pipeline.extract
    monkeypatch.setattr(pipeline, "extract", lambda page, *more: burn() and real(page, *more))
    assert run(make_pages(8), count=1)[1] == []


@inherited
def test_a_page_that_only_waits_is_ended_by_the_clock(monkeypatch: pytest.MonkeyPatch,
                                                      trip: Callable[..., None]) -> None:
    pipeline.extract(make_pages(1)[0])  # what the first page loads, workers have from the start
    monkeypatch.setattr(budget, "CLOCK_SECONDS", 1.0)
    trip(lambda: time.sleep(60))
    outcomes, warned = run(make_pages(5))
    assert read(outcomes[3]).body and warned == [("p3", "too-slow")]


def test_a_worker_that_waited_to_be_heard_is_not_late_with_what_is_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "CLOCK_SECONDS", 0.5)
    worker = crew.Worker("")
    worker.send([crew.Task(make_pages(1)[0])])
    worker.mailbox.link.poll(60)
    time.sleep(0.6)
    worker.receive()
    try:
        assert worker.deadline > time.monotonic()
    finally:
        worker.stop()


@inherited
def test_a_page_whose_text_cannot_be_taken_either_is_rejected_for_the_first_reason(
        trip: Callable[..., None]) -> None:
    trip(devour, ("extract", "extract_plainly"))
    outcomes, warned = run(make_pages(5))
    assert outcomes[3] == Rejected("p3", "out-of-memory", "it took more than 256 MB of memory")
    assert warned == []


@inherited
def test_a_line_of_json_is_never_taken_for_text(trip: Callable[..., None]) -> None:
    trip(die)
    pages = [Page(f"p{n}", json.dumps({"body": f"Story {n}. " * 500}), media_type=READY) for n in range(5)]
    outcomes, warned = run(pages)
    assert outcomes[3] == Rejected("p3", "crashed", "the process that extracted it died")
    assert read(outcomes[4]) and warned == []


@inherited
@pytest.mark.parametrize("fault", [die, devour])
def test_pages_that_a_worker_had_ahead_of_it_are_not_blamed(trip: Callable[..., None],
                                                            fault: Callable[[], Any]) -> None:
    trip(fault)
    pages = [Page(f"p{n}", STORY.format(n)) for n in range(200)]  # small: they go many at once
    outcomes, warned = run(pages)
    assert [read(made).body for made in outcomes] == [
        f"The ferry number {n} lay at the quay until noon." for n in range(200)]
    assert [path for path, _ in warned] == ["p3"]


@inherited
def test_workers_go_on_while_the_run_sees_to_something_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log = tmp_path / "extracted"
    real = pipeline.extract

    def extract(page: Page, *rest: Any) -> Document | Rejected:
        with log.open("a") as file:
            file.write("x")
        return real(page, *rest)

    monkeypatch.setattr(pipeline, "extract", extract)
    run_ = workers.extract_pages(make_pages(100), 2)
    for _ in range(60):
        next(run_)
    patience = time.monotonic() + 60
    while log.stat().st_size < 60 + 2 * workers.IN_FLIGHT and time.monotonic() < patience:
        time.sleep(0.01)
    assert log.stat().st_size >= 60 + 2 * workers.IN_FLIGHT
    run_.close()


def test_a_page_larger_than_the_room_for_pages_is_extracted_all_the_same() -> None:
    pages = [Page(f"p{n}", f"<p>{STORY.format(n)}</p><!--{'x' * (crew.ROOM + 1)}-->") for n in range(3)]
    outcomes, warned = run(pages)
    assert all(map(read, outcomes)) and warned == []


def test_where_nothing_is_inherited_workers_have_one_bundle_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "FORKS", False)
    outcomes, warned = run([*make_pages(5), *(Page(f"q{n}", STORY.format(n)) for n in range(40))])
    assert all(map(read, outcomes)) and warned == []


def test_a_page_larger_than_a_pipe_goes_both_ways() -> None:
    text = "".join(f"<p>{'the tide was out and all quiet, ' * 60} said boat {n}.</p>" for n in range(100))
    pages = [Page(f"p{n}", f"<p>Number {n}.</p>{text}") for n in range(3)]
    assert [len(read(made).body) > 150_000 for made in run(pages)[0]] == [True] * 3


def test_more_workers_than_pages_are_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    start = crew.Worker.__init__
    monkeypatch.setattr(crew.Worker, "__init__", lambda self, ner: started.append(1) or start(self, ner))
    run(make_pages(2), 16)
    assert len(started) == 2


def test_a_few_small_pages_need_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "Worker", None)
    outcomes, _ = run([Page(f"p{n}", STORY.format(n)) for n in range(workers.FEW - 1)])
    assert all(map(read, outcomes))


def test_a_process_that_may_start_none_extracts_all_pages_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "Worker", None)
    monkeypatch.setattr(workers, "current_process", lambda: SimpleNamespace(daemon=True))
    assert len(run(make_pages(40))[0]) == 40


def test_workers_end_with_a_run_that_is_given_up() -> None:
    run_ = workers.extract_pages(make_pages(30), 2)
    next(run_)
    assert multiprocessing.active_children()
    run_.close()
    assert multiprocessing.active_children() == []


def test_pages_wait_in_bounded_number_and_size(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    stream = (asked.append(page) or page for page in make_pages(60))
    run_ = workers.extract_pages(stream, 2)
    for done in range(1, 41):
        next(run_)
        assert len(asked) <= max(2 * workers.IN_FLIGHT + 1, done + 2 * workers.IN_FLIGHT + done // workers.SHARE)
    run_.close()
    monkeypatch.setattr(workers, "MOST_WAITING", 3 * workers.SMALL)
    asked.clear()
    stream = (asked.append(page) or page for page in make_pages(60))
    run_ = workers.extract_pages(stream, 16)
    next(run_)
    assert len(asked) <= 4
    run_.close()
