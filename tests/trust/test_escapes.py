"""Pages full of what commands a terminal, through every command: nothing of it comes out, and markup is but text."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from searchkit.cli import app
from searchkit.index import open_index
from searchkit.model import Document, Entity, PublicationDate

ATTACKS = ("\x1b]8;;http://evil.example\x1b\\\x1b]0;owned\x07\x1b]52;c;ZXZpbA==\x07\x1b[2J\x1b[31m\x1b[6n\x1bc\x1bP+q\x1b\\"
           "\x9b2J\x9d0;x\x9c\x90q\x9c\x85\r\b\b\x00\x7f\x0b\x0c\x0e\u2028\u2029\u202egpj\u2066x\u2069\u200f")
MARKUP = "[bold red]loud[/] [link=http://evil.example]here[/link] [/nothing] :bomb:"
HARM = f"harm{ATTACKS}less {MARKUP}"
DANGEROUS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
BODY = f"The harmless ferry {ATTACKS} sails. {MARKUP}"
ID = "ferry"
PAGE = (f"<html><head><title>{HARM}</title><meta property='og:site_name' content='{HARM}'><meta name='author' "
        f"content='{HARM}'><link rel='canonical' href='http://coast.example/{ATTACKS}'></head><body><h1>{HARM}</h1>"
        f"<p>{BODY} {'It carries cars and people over the sound. ' * 9}</p><footer>{HARM}</footer></body></html>")

ASKED: list[tuple[str, ...]] = [
    *(("query", "ferry", "--output", output) for output in
      ("hits", "ids", "paths", "urls", "kwic", "json", "jsonl", "csv")),
    ("query", "ferry", "--timeline", "--color", "never"), ("query", "zebra"), ("query", "fery"),
    ("query", f"ferry {HARM}"), ("query", f'"ferry {ATTACKS}'), ("query", f"publisher:({ATTACKS}"),
    ("query", "ferry", "--publisher", HARM), ("query", "ferry", "--facet", HARM), ("query", "ferry", "--sort", HARM),
    ("query", "ferry", "--after", HARM), ("query", "ferry", "--limit", HARM), (f"--{MARKUP}",), (HARM,),
    ("explain", f"ferry {ATTACKS}"), ("similar", ID), ("similar", HARM), ("show", ID), ("show", HARM),
    ("show", ID, "--json"), ("facets", "publisher"), ("facets", "entity"), ("facets", HARM),
    ("facets", "entity", "--suggest-aliases"), ("facets", "person", HARM), ("stats",), ("verify", "--full"),
    ("query", "ferry", "--engine", HARM), ("copy", "--to", HARM), ("extract", HARM), ("index", HARM),
    ("restore", HARM), ("query", "ferry", "--batch", HARM)]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "index"
    documents = [Document(id_, f"{HARM}/{id_}", BODY, url=f"http://coast.example/{HARM}", title=HARM, publisher=HARM,
                          author=HARM, date=PublicationDate("2018-03-22", "day", HARM, 1.0),
                          entities=(Entity(HARM, "person"), Entity(f"{HARM}s", "person"))) for id_ in (ID, HARM)]
    with open_index(folder, create=True, aliases=None) as index:
        index.add(documents)
    return folder


def check(result: Result, code: int | None = None) -> str:
    """What was said, none of which commands a terminal; no command ends in a traceback."""
    said = result.stdout + result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit), said
    assert "Traceback" not in said and (code is None or result.exit_code == code), said
    found = DANGEROUS.search(said)
    assert not found, said[max(0, found.start() - 80):found.end() + 20].encode("unicode_escape")
    return said


@pytest.mark.parametrize("arguments", ASKED, ids=lambda arguments: " ".join(arguments).encode("ascii", "replace")
                         .decode().replace("\x1b", "?")[:40].encode("unicode_escape").decode())
def test_no_command_passes_on_what_commands_a_terminal(hostile: Path, arguments: tuple[str, ...]) -> None:
    more = [] if arguments[0] in ("extract", "restore") else ["--index", str(hostile)]
    given = [part.replace("\x00", "") for part in arguments]  # no command line has one
    check(CliRunner().invoke(app, [*given, *more], env={"COLUMNS": "100"}))


@pytest.mark.parametrize("arguments", [("query", "ferry"), ("query", f"ferry {HARM}"), ("query", f'"{ATTACKS}'),
                                       ("query", "ferry", "--index", HARM)], ids=range(4))
def test_nor_does_a_query_that_starts_fast(hostile: Path, arguments: tuple[str, ...]) -> None:
    given = [part.replace("\x00", "") for part in arguments]
    more = [] if "--index" in given else ["--index", str(hostile)]
    done = subprocess.run([sys.executable, "-m", "searchkit", *given, *more], capture_output=True, check=False)
    said = (done.stdout + done.stderr).decode("utf-8")
    assert "Traceback" not in said and not DANGEROUS.search(said), said.encode("unicode_escape")


def test_markup_in_a_title_is_shown_as_it_is(tmp_path: Path) -> None:
    with open_index(tmp_path / "index", create=True, aliases=None) as index:
        index.add([Document(ID, "p", "A ferry.", title=MARKUP, publisher="[red]P[/]")])
    for arguments, shown in ((["query", "ferry"], MARKUP), (["show", ID], MARKUP),
                             (["facets", "publisher"], "[red]P[/]"), (["show", MARKUP], "[bold red]loud[/]")):
        assert shown in check(CliRunner().invoke(app, [*arguments, "--index", str(tmp_path / "index")]))


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not have")
def test_names_and_pages_are_made_safe_while_they_are_indexed_and_extracted(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    name = HARM.replace("/", "").replace("\x00", "")[:80]
    for path, text in ((folder / f"{name}.html", PAGE), (folder / f"{name}.txt", ""), (folder / f"{name}.zip", "x")):
        path.write_text(text, encoding="utf-8")
    index = ["--index", str(tmp_path / "index")]
    assert "1 added" in check(CliRunner().invoke(app, ["index", str(folder), *index]), 0)
    report = check(CliRunner().invoke(app, ["index", str(folder), *index, "--json"]), 0)
    assert len(json.loads(report)["rejected"]) == 2
    for more in ([], ["--explain"], ["--json"]):
        check(CliRunner().invoke(app, ["extract", str(folder / f"{name}.html"), *more]), 0)
    check(CliRunner().invoke(app, ["query", "ferry", *index]), 0)


def test_nor_does_what_a_shell_completes_with(hostile: Path) -> None:
    words: dict[str, Any] = {"_SEARCHKIT_COMPLETE": "complete_bash", "COMP_CWORD": "3",
                             "COMP_WORDS": f"searchkit query --publisher  --index {hostile}"}
    check(CliRunner().invoke(app, [], env=words))
