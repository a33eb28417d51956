"""Readers: bounded in number and time, several at once, and what is written meanwhile appears."""

from __future__ import annotations

import asyncio
import json
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import searchkit
from searchkit.errors import EngineUnavailable, IndexDamaged
from searchkit.web.readers import Readers
from tests.web.conftest import PROGRAM, Server


def ask(readers: Readers, *questions: Callable[[Any], Any]) -> list[Any]:
    async def ask_all() -> list[Any]:
        return await asyncio.gather(*map(readers.ask, questions), return_exceptions=True)

    return asyncio.run(ask_all())


def open_memory() -> Any:
    return searchkit.open(None)


def test_what_is_too_much_is_refused_and_the_rest_is_answered() -> None:
    gate = threading.Event()
    readers = Readers(open_memory, readers=1, waiting=1)

    def wait(index: Any) -> int:
        gate.wait(10)
        return int(index.count())

    def release(_: Any) -> int:
        return 1

    threading.Timer(0.2, gate.set).start()
    answers = ask(readers, wait, release, release, release)

    assert answers[:2] == [0, 1]
    assert all(isinstance(answer, EngineUnavailable) and "too many" in str(answer) for answer in answers[2:])
    assert ask(readers, release) == [1]
    readers.close()


def test_what_takes_too_long_is_given_up_and_the_next_is_answered() -> None:
    gate = threading.Event()
    readers = Readers(open_memory, readers=1, seconds=0.1)
    late, = ask(readers, lambda _: gate.wait(10))
    assert isinstance(late, EngineUnavailable) and "no answer within 0.1 seconds" in str(late)
    gate.set()
    assert ask(readers, lambda index: index.count()) == [0]
    readers.close()


def test_an_index_that_was_faulty_is_opened_again() -> None:
    opened: list[Any] = []

    def open_one() -> Any:
        opened.append(open_memory())
        return opened[-1]

    def fail(_: Any) -> None:
        raise IndexDamaged("broken", "here", "mend it")

    readers = Readers(open_one, readers=1)
    assert ask(readers, lambda index: index.count()) == ask(readers, lambda index: index.count()) == [0]
    assert len(opened) == 1
    assert isinstance(ask(readers, fail)[0], IndexDamaged)
    assert ask(readers, lambda index: index.count()) == [0] and len(opened) == 2
    assert len(readers._opened) == 1
    readers.close()


def test_readers_answer_while_another_process_indexes_and_what_is_new_appears(start: Callable[..., Any]) -> None:
    with start() as server:
        more = server.index.parent / "more.jsonl"
        more.write_text("".join(json.dumps({"id": f"new{n}", "body": f"A zeppelin, the {n}th of many."}) + "\n"
                                for n in range(400)), encoding="utf-8")
        assert server.get("/api/query", q="zeppelin").json()["total"] == 0
        page = server.get("/?q=zeppelin")
        writer = subprocess.Popen([*PROGRAM, "index", str(more), "--index", str(server.index), "--json"],
                                  stdout=subprocess.DEVNULL)
        with ThreadPoolExecutor(6) as pool:
            statuses = set()
            while writer.poll() is None:
                statuses |= set(pool.map(lambda _: server.get("/api/query", q="ferry").status, range(12)))
        assert writer.returncode == 0 and statuses == {200}
        assert server.get("/api/query", q="zeppelin").json()["total"] == 400
        assert server.get("/?q=zeppelin", {"If-None-Match": page.headers["etag"]}).status == 200


def test_many_at_once_are_answered_alike(seeds_server: Server) -> None:
    with ThreadPoolExecutor(16) as pool:
        totals = set(pool.map(lambda _: seeds_server.get("/api/query", q="Huawei").json()["total"], range(60)))
    assert totals == {15}


@pytest.mark.parametrize("text", ["ferry", "tram"])
def test_corrections_of_names_hold_without_a_restart(start: Callable[..., Any], text: str) -> None:
    with start() as server:
        (server.index.parent / "aliases.toml").write_text('[entity]\n"Bergen" = "Bjørgvin"\n', encoding="utf-8")
        assert server.get("/api/query", q=text, entity="Bjørgvin").json()["total"] == 1 + (text == "ferry")


def test_a_broken_file_of_corrections_is_the_servers_fault_and_its_place_stays_in_the_house(
        start: Callable[..., Any]) -> None:
    with start() as server:
        (server.index.parent / "aliases.toml").write_text("[entity\n", encoding="utf-8")
        answer = server.get("/api/query", q="ferry")

        assert answer.status == 503
        assert "aliases are no TOML" in answer.json()["detail"]
        assert str(server.index.parent) not in answer.text
