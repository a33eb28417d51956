"""The commands answer alike whichever engine made the index."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asked import COMMANDS, run, strip

from searchkit.index import open_index

pytest.importorskip("tantivy", reason="tantivy is not installed")


@pytest.fixture
def archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_lines: Callable[..., Path],
             stories: list[dict[str, Any]]) -> list[str]:
    monkeypatch.chdir(tmp_path)
    path = write_lines(stories)
    for engine in ("whoosh", "tantivy"):
        assert run("index", path.name, "--index", engine, "--engine", engine).exit_code == 0
    return ["whoosh", "tantivy"]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_answers_alike(archives, command):
    one, other = (run(*command, "--index", archive, "--json") for archive in archives)
    assert (one.exit_code, one.stderr) == (other.exit_code, other.stderr)
    assert strip(json.loads(one.stdout)) == strip(json.loads(other.stdout))


def test_the_engine_is_remembered_and_no_other_is_taken(archives):
    assert json.loads(run("stats", "--index", "tantivy", "--json").stdout)["engine"] == "tantivy"
    wrong = run("query", "ferry", "--index", "tantivy", "--engine", "whoosh")
    assert wrong.exit_code == 3
    assert "was built with engine 'tantivy'" in wrong.stderr


def test_a_second_run_finds_everything_unchanged_and_a_deleted_document_stays_away(archives):
    with open_index("tantivy") as index:
        assert index.delete(["ferry", "never"]) == 1
    report = json.loads(run("index", "stories.jsonl", "--index", "tantivy", "--json").stdout)
    assert (report["added"], report["updated"], report["unchanged"]) == (0, 0, 4)
    assert json.loads(run("stats", "--index", "tantivy", "--json").stdout)["documents"] == 3


@pytest.mark.parametrize(("before", "after"), [("tantivy", "whoosh"), ("whoosh", "tantivy"), ("tantivy", "tantivy")])
def test_an_index_is_rebuilt_with_another_engine(archives, before, after):
    for _ in range(2):
        result = run("index", "stories.jsonl", "--index", before, "--engine", after, "--rebuild")
        assert result.exit_code == 0
        stats = json.loads(run("stats", "--index", before, "--json").stdout)
        assert (stats["engine"], stats["documents"]) == (after, 4)
    assert run("query", "ferry", "--index", before).exit_code == 0


def test_a_damaged_index_is_one_line_and_exit_code_3(archives):
    Path("tantivy", "meta.json").write_text("{")
    result = run("query", "ferry", "--index", "tantivy")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.count("\n") == 1
    assert "the index cannot be read" in result.stderr
    assert run("index", "stories.jsonl", "--index", "tantivy", "--rebuild").exit_code == 0
