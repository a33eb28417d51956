"""A plain query answered without Typer: it is read, answered and ended as Typer's own command does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import typer

import searchkit
from searchkit import asking, cli, entry

COMMAND = typer.main.get_command(cli.app).commands["query"]
DEFAULTS = {"text": "", **(asking.query.__kwdefaults__ or {})}
VALUES_OF = {entry.VALUES: ("a b", "--json", ""), "str": ("newest", "-1"), "str | None": ("2018", "", "-"),
             "int": ("3", " 4 ", "-2", "1_0"), "int | None": ("0", "٣"), entry.SWITCH: (), entry.TOGGLE: ()}

# Command lines that are answered, that find nothing, that cannot be meant, and that only Typer understands.
LINES = [
    "ferry", "", "ferry --json", "--json ferry", "ferry --jsonl", "ferry --csv", "ferry --output ids",
    "--output=urls ferry", "ferry --output kwic --color always", "ferry --color always", "ferry --color never",
    "ferry --color=pink", "tram --publisher Coast~Gazette", "--publisher=Coast~Gazette --publisher Tagblatt --json",
    "--publisher none", "--not-publisher Tagblatt --entity Bergen", "--language de", "--author Ada~Ash --json",
    "ferry --limit 1 --offset 1", "ferry --limit 0", "ferry --limit -1", "ferry --limit many", "ferry --limit",
    "ferry --all", "ferry --no-facets", "--facet date:year --facet publisher:1 --json", "--facet nothing",
    "--timeline", "--empty-periods --json", "ferry tram", "ferry~tram", "ferry~bridge --match any",
    "ferry --match some", "ferry --sort newest", "ferry --sort sideways", "--after 2018-03 --before 2018-03-31",
    "--after someday", "zeppelin", "fery", "-- -ferry", "-- ferry", "--", "publsher:x", '"ferry',
    "ferry --snippets 0", "ferry --snippets 2 --no-pager", "ferry --index nowhere", "ferry --engine memory",
    "ferry --engine solr", "ferry --aliases none", "ferry --aliases gone.toml", "--help", "ferry --pub x",
    "ferry -x", "ferry --json=yes", "ferry --json --csv", "ferry --no-collapse", "ferry --collapse --jsonl",
    "ferry --collapse --no-collapse --json", "ferry --no-rerank", "ferry --rerank", "ferry --no-json",
    "ferry --batch asked.txt", "--batch gone.txt",
]


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stories: list[dict[str, Any]],
            write_lines: Callable[..., Path]) -> None:
    """The stories in ./index; every query takes as long as every other."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("searchkit.answering._measure_ms", lambda begun: 1.0)
    (tmp_path / "asked.txt").write_text("ferry\n\n{\"id\": \"b\", \"text\": \"tram AND\"}\n{broken\n")
    with searchkit.open() as index:
        index.add(write_lines(stories))


def read_with_typer(*arguments: str) -> dict[str, Any]:
    found = COMMAND.make_context("query", list(arguments)).params
    return {name: (list(value) or None) if isinstance(value, list | tuple) else value for name, value in found.items()}


def split(line: str) -> list[str]:
    return [word.replace("~", " ") for word in line.split()]


def run(main: Callable[[], object], arguments: list[str], monkeypatch: pytest.MonkeyPatch,
        capfdbinary: pytest.CaptureFixture[bytes]) -> tuple[object, bytes, bytes]:
    """Exit code, standard output and standard error."""
    monkeypatch.setattr(sys, "argv", ["searchkit", "query", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    sys.stdout.flush()
    return ended.value.code, *capfdbinary.readouterr()


@pytest.mark.parametrize("line", LINES)
@pytest.mark.usefixtures("archive")
def test_both_ways_print_the_same_bytes_and_leave_with_the_same_code(line, monkeypatch, capfdbinary):
    ways = [run(main, split(line), monkeypatch, capfdbinary) for main in (entry.main, cli.main)]

    assert ways[0] == ways[1]
    assert ways[0][1] or ways[0][2]


def test_most_command_lines_are_understood_without_typer():
    only_typer = {line for line in LINES if entry.read_query(["query", *split(line)]) is None}

    assert only_typer == {"--help", "ferry --pub x", "ferry -x", "ferry --json=yes", "ferry --limit many",
                          "ferry --limit", "ferry tram", "ferry --no-json"}


@pytest.mark.parametrize("option", [option for option in COMMAND.params if option.name not in ("text", "help")],
                         ids=lambda option: option.name)
def test_an_option_is_read_as_typer_reads_it(option):
    kind = asking.query.__annotations__[option.name]

    assert option.opts == [asking.name_flag(option.name)]
    assert (option.is_flag, option.multiple) == (kind in (entry.SWITCH, entry.TOGGLE), kind == entry.VALUES)
    assert option.secondary_opts == ([entry.OFF + option.opts[0][2:]] if kind == entry.TOGGLE else [])
    flag = option.opts[0]
    written = [way for value in VALUES_OF[kind] for way in ([flag, value, flag, "1"], [f"{flag}={value}"])]
    flags = [flag, *option.secondary_opts]
    for arguments in written or [list(chosen) for count in (1, 2) for chosen in product(flags, repeat=count)]:
        assert {**DEFAULTS, **(entry.read_query(["query", "a", *arguments]) or {})} == read_with_typer("a", *arguments)


def test_typer_takes_no_option_that_is_not_read_and_the_other_way_round():
    assert {option.name for option in COMMAND.params} - {"help"} == {"text", *entry.NAMES.values()}


@pytest.mark.parametrize("arguments", [[], ["--version"], ["--help"], ["stats"], ["--help", "query"],
                                       ["query", "a", "b"]])
def test_everything_else_is_typers(arguments):
    assert entry.read_query(arguments) is None


def test_a_shell_that_completes_is_answered_by_typer(monkeypatch):
    monkeypatch.setenv("_SEARCHKIT_COMPLETE", "complete_bash")
    monkeypatch.setattr(sys, "argv", ["searchkit", "query", "ferry"])
    monkeypatch.setattr(cli, "main", lambda: sys.exit("typer"))

    with pytest.raises(SystemExit, match="typer"):
        entry.main()


@pytest.mark.usefixtures("archive")
def test_a_plain_query_imports_what_it_needs_and_no_more():
    code = ("import sys, json; from searchkit import entry\ntry: entry.main()\n"
            "finally: print(json.dumps(sorted(sys.modules)), file=sys.stderr)")
    done = subprocess.run([sys.executable, "-c", code, "query", "ferry"], capture_output=True, text=True, check=True)

    loaded = {name.partition(".")[0] for name in json.loads(done.stderr)}
    assert "Ferry" in done.stdout
    assert loaded & {"typer", "click", "bs4", "lxml", "warcio", "csv", "sqlite3", "tomllib"} == set()


@pytest.mark.usefixtures("archive")
def test_a_plain_query_defines_no_costly_dataclass():
    code = """
import dataclasses, json, sys
made, process = [], dataclasses._process_class
def note(cls, init, *others, **named):
    if init:
        made.append(f"{cls.__module__}.{cls.__name__}")
    return process(cls, init, *others, **named)
dataclasses._process_class = note
from searchkit import entry
try: entry.main()
finally: print(json.dumps(made), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code, "query", "ferry"], capture_output=True, text=True, check=True)

    assert json.loads(done.stderr) == []
