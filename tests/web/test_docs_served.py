"""Examples of the documentation that want a server: it starts as the pages say, and answers as they show."""

from __future__ import annotations

import json
import re
import shlex
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
from docexamples import PAGES, Example, is_served, list_examples

from tests.web.conftest import Server, run_server

EXAMPLES = [example for page in PAGES for example in list_examples(page) if is_served(example)]
TOKEN = "0123456789abcdef"


def choose(kind: str) -> Any:
    return pytest.mark.parametrize("example", [e for e in EXAMPLES if e.kind == kind], ids=str)


@choose("command")
def test_the_server_starts_as_the_pages_say(example: Example, seeds_server: Server) -> None:
    words = shlex.split(re.sub(r"\s{2,}.*", "", example.text))[2:]
    options = [str(seeds_server.index) if word == "DIR" else word for word in words]
    with run_server(seeds_server.index, *options, environment={"SEARCHKIT_TOKEN": TOKEN}) as server:
        local = server._replace(url=server.url.replace("0.0.0.0", "127.0.0.1"))
        names = [name for option, name in pairwise(words) if option == "--name"]
        for host in ("localhost", *names):
            asked = {"Host": host, "Authorization": f"Bearer {TOKEN}"}
            assert local.get("/api/health", asked).json()["documents"] == 18


@choose("line")
def test_what_the_pages_ask_is_answered(example: Example, seeds_server: Server) -> None:
    words = shlex.split(example.text)
    place = urlsplit(words[-1])
    headers = dict(word.split(": ") for option, word in pairwise(words) if option == "-H")
    answer = seeds_server.get(f"{place.path}?{place.query}", headers)
    assert answer.status == 200
    assert answer.json().get("total", 1)


@choose("json")
def test_a_problem_is_told_as_the_pages_show(example: Example, seeds_server: Server) -> None:
    shown = json.loads(example.text)
    answer = seeds_server.get("/api/query", q="Huawei".ljust(shown["position"]) + '"ban')
    assert answer.json() == shown


def test_there_are_examples_of_each_kind() -> None:
    assert {example.kind for example in EXAMPLES} == {"command", "line", "json"}
