"""The command line: what it answers, what it says, and with which exit code it leaves."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import searchkit
from searchkit.cli import app
from searchkit.errors import SearchkitError
from searchkit.place import LOCK, lock, make
from searchkit.settings import MANIFEST

PROGRAM = [sys.executable, "-m", "searchkit"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of its own for each test."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def archive(write_lines: Callable[..., Path], stories: list[dict[str, Any]]) -> Path:
    """The stories, indexed in ./index; their file."""
    path = write_lines(stories)
    assert run("index", path.name).exit_code == 0
    return path


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen([*PROGRAM, *arguments], stdout=pipe, stderr=pipe, text=True, **options)


def find(*arguments: str) -> list[str]:
    """Ids of the hits of a query."""
    return [hit["id"] for hit in json.loads(run("query", "--json", *arguments).stdout)["hits"]]


def assert_refused(result: Result, code: int, *said: str) -> None:
    """The exit code, one line on stderr that says all this, and nothing on stdout."""
    assert (result.exit_code, result.stdout) == (code, "")
    assert all(part in result.stderr for part in said), result.stderr
    assert result.stderr.count("\n") == 1 and result.stderr.startswith("searchkit: ")


# --- index ---------------------------------------------------------------------------------------------------


def test_index_says_what_it_did_and_a_second_run_changes_nothing(archive: Path) -> None:
    again = run("index", archive.name).stdout

    assert re.fullmatch(r"0 added, 0 updated, 4 unchanged, 0 rejected in \d+\.\d s\n", again)


def test_index_answers_in_json_as_the_contract_says(write_lines: Callable[..., Path]) -> None:
    write_lines(['{"body": "Fine.", "entities": []}', "not json"])
    result = run("index", "stories.jsonl", "--json")
    report = json.loads(result.stdout)
    assert set(report) == {"added", "updated", "unchanged", "removed", "rejected", "seconds", "warnings"}
    assert [set(page) for page in report["rejected"]] == [{"path", "reason", "detail"}]
    assert (report["added"], report["rejected"][0]["path"], result.exit_code) == (1, "stories.jsonl#2", 0)


def test_an_empty_folder_is_told_and_leaves_with_1(home: Path) -> None:
    (home / "empty").mkdir()
    result = run("index", "empty")
    assert (result.exit_code, result.stderr) == (1, "searchkit: no pages were found in empty\n")


def test_when_every_page_is_rejected_it_leaves_with_1(home: Path) -> None:
    (home / "a.html").touch()
    (home / "b.bin").write_bytes(bytes(range(256)) * 9)
    os.mkfifo(home / "c.html")
    result = run("index", "a.html", "b.bin", "c.html", "gone.html")
    assert result.exit_code == 1
    assert sorted(re.findall(r"rejected (\S+) \((\S+):", result.stdout)) == [
        ("a.html", "empty"), ("b.bin", "binary"), ("c.html", "not-a-file"), ("gone.html", "not-found")]


def test_a_path_that_does_not_exist_is_a_usage_error_and_makes_no_index(home: Path) -> None:
    assert_refused(run("index", "nothing"), 2, "there is no such file or folder (nothing)")
    assert list(home.iterdir()) == []


def test_a_file_name_of_any_bytes_is_shown_on_one_line(home: Path) -> None:
    (home / "pages").mkdir()
    (home / "pages" / os.fsdecode(b"caf\xe9\n\x1b[2J.html")).touch()
    result = run("index", "pages")
    assert "rejected pages/caf\\xe9\\x0a\\x1b[2J.html (empty: " in result.stdout
    assert json.loads(run("index", "pages", "--json").stdout)["rejected"][0]["path"] == "pages/caf\\xe9\n\x1b[2J.html"


def test_pruning_is_asked_for(archive: Path, stories: list[dict[str, Any]], write_lines: Callable[..., Path]) -> None:
    write_lines(stories[:2])
    assert "removed" not in run("index", archive.name).stdout
    assert run("index", archive.name, "--prune").stdout.startswith("0 added, 0 updated, 2 unchanged, 2 removed")


def test_a_folder_that_is_no_index_is_refused_and_left_alone(archive: Path, home: Path) -> None:
    (home / "thesis").mkdir()
    (home / "thesis" / "chapter.txt").write_text("years of work")
    for more in ((), ("--rebuild",)):
        assert_refused(run("index", archive.name, "--index", "thesis", *more), 2, "holds other things than an index")
    assert [path.name for path in (home / "thesis").iterdir()] == ["chapter.txt"]


@pytest.mark.parametrize("folder", ["stories.jsonl", "stories.jsonl/below", "x" * 300])
def test_a_place_where_no_folder_can_be_is_refused(archive: Path, folder: str) -> None:
    assert_refused(run("index", archive.name, "--index", folder), 2, "no index can be made here", "--index DIR")


@pytest.mark.parametrize(("arguments", "said"), [
    (("--workers", "-1"), "no number of workers"), (("--workers", "99999"), "no number of workers"),
    (("--engine", "solr", "--index", "new"), "no engine 'solr' (--engine). there are: memory, whoosh"),
    (("--engine", "memory", "--index", "new"), "keeps nothing on disk"), (("--color", "pink"), "unknown color 'pink'")])
def test_an_option_that_cannot_be_meant_is_a_usage_error(archive: Path, arguments: tuple[str, ...], said: str) -> None:
    assert_refused(run("index", archive.name, *arguments), 2, said)
    assert not Path("new").exists()


# --- the index itself ----------------------------------------------------------------------------------------

COMMANDS = [("query", "ferry"), ("facets", "publisher"), ("show", "ferry"), ("stats",)]


@pytest.mark.parametrize("command", COMMANDS)
def test_without_an_index_every_command_says_how_to_make_one(command: tuple[str, ...]) -> None:
    assert_refused(run(*command), 3, "there is no index here (index). make one: searchkit index PATH...")


def damage(home: Path, how: str) -> None:
    manifest = home / "index" / MANIFEST
    data = json.loads(manifest.read_text())
    changes = {"format": {"format": 99, "searchkit": "9.9"}, "engine": {"engine": "lucene"},
               "memory": {"engine": "memory"}}
    manifest.write_text(json.dumps({**data, **changes[how]}) if how in changes else "{not json")


@pytest.mark.parametrize(("how", "said"), [
    ("format", "made by searchkit 9.9 in another format"), ("engine", "no engine 'lucene' here"),
    ("memory", "no engine 'memory' here"), ("damage", "the manifest of the index cannot be read")])
def test_an_index_that_cannot_be_used_is_told_and_can_be_rebuilt(archive: Path, home: Path, how: str,
                                                                 said: str) -> None:
    damage(home, how)
    for command in (*COMMANDS, ("index", archive.name)):
        assert_refused(run(*command), 3, said, "build it anew: searchkit index --rebuild PATH...")
    assert run("index", archive.name, "--rebuild").stdout.startswith("4 added")
    assert find("ferry strike") == ["ferry"]


def test_another_engine_than_the_one_it_was_built_with_is_refused(archive: Path) -> None:
    assert_refused(run("query", "ferry", "--engine", "memory"), 3, "built with engine 'whoosh', not 'memory'")
    assert run("query", "ferry", "--engine", "whoosh").exit_code == 0


def test_a_damaged_ledger_is_told_and_can_be_rebuilt(archive: Path, home: Path) -> None:
    (home / "index" / "ledger.sqlite").write_bytes(b"no database at all " * 300)
    assert_refused(run("index", archive.name), 3, "the ledger of the index cannot be used", "--rebuild")
    assert_refused(run("stats"), 3, "the ledger of the index cannot be used", "--rebuild")
    assert run("query", "ferry").exit_code == 0
    assert run("index", archive.name, "--rebuild").exit_code == 0


def test_damaged_files_of_the_engine_are_told_and_can_be_rebuilt(archive: Path, home: Path) -> None:
    for path in (home / "index").iterdir():
        if path.name not in (MANIFEST, LOCK, "ledger.sqlite"):
            path.write_bytes(b"\0" * 10)
    result = run("query", "ferry")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("searchkit: the index cannot be read")
    assert run("index", archive.name, "--rebuild").exit_code == 0


def test_a_locked_index_can_be_read_but_not_written(archive: Path, home: Path) -> None:
    with lock(home / "index"):
        assert_refused(run("index", archive.name), 3, f"written to by process {os.getpid()} on ")
        assert run("query", "ferry").exit_code == 0


def test_where_the_index_is_comes_from_option_environment_or_file(archive: Path, home: Path,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    make(home / "empty", "whoosh")
    (home / "searchkit.toml").write_text('index = "empty"')
    assert run("query", "ferry").exit_code == 1
    monkeypatch.setenv("SEARCHKIT_INDEX", "index")
    assert run("query", "ferry").exit_code == 0
    assert run("query", "ferry", "--index", "empty").exit_code == 1


# --- query ---------------------------------------------------------------------------------------------------


def test_query_shows_hits_facets_and_how_many_there_are(archive: Path) -> None:
    shown = run("query", "dawn", "--facet", "publisher").stdout
    assert re.sub(r"\d+ ms", "N ms", shown) == (
        " 1  Ferry strike ends\n    2018-03-22 · Coast Gazette · Ada Ash · stories.jsonl#1\n"
        "    The ferry crews of Bergen went back to work. Their union said the ferry would sail at **dawn**.\n"
        "    id ferry\n\npublisher\nCoast Gazette 1 ██████████\n\n1 of 1 document, N ms\n")


def test_query_json_is_that_of_the_contract_and_of_python(archive: Path) -> None:
    shown = json.loads(run("query", "ferry", "--json").stdout)
    assert list(shown) == ["schema", "query", "parsed", "match", "total", "distinct", "took_ms", "suggestion",
                           "warnings", "hits", "facets", "partial"]
    assert (shown["schema"], shown["query"], shown["parsed"], shown["total"]) == (
        1, "ferry", "body:(ferri|ferry)", 3)  # there is a story in German, too
    with searchkit.open("index") as index:
        made = index.query("ferry").to_dict()
    assert {**shown, "took_ms": 0} == {**made, "took_ms": 0}
    assert list(shown["facets"]) == ["publisher", "date", "entity"]
    for hit in shown["hits"]:
        assert set(hit) >= {"id", "rank", "score", "title", "date", "publisher", "author", "language", "url", "path",
                            "entities", "snippets"}
        assert all(set(snippet) >= {"text", "start", "highlights"} for snippet in hit["snippets"])


@pytest.mark.parametrize(("arguments", "ids"), [
    (("--publisher", "coast gazette", "--publisher", "Tagblatt", "--sort", "oldest"), ["bridge", "ferry", "tram"]),
    (("--entity", "Bergen", "--author", "Ada Ash"), ["ferry"]),
    (("--language", "de"), ["bridge"]),
    (("--publisher", "none"), ["note"]),
    (("--not-publisher", "none", "--not-author", "none", "--sort", "newest"), ["ferry", "bridge"]),
    (("--not-entity", "Bergen", "--not-language", "de"), ["note"]),
    (("--after", "2018-04"), ["tram"]),
    (("--before", "2018-03-22", "--sort", "newest"), ["ferry", "bridge"]),
    (("--sort", "newest", "--limit", "1"), ["tram"]),
    (("--sort", "newest", "--limit", "2", "--offset", "1"), ["ferry", "bridge"]),
    (("strike brücke", "--match", "any", "--sort", "newest"), ["ferry", "bridge"]),
    (("strike brücke", "--match", "all"), []),
    (("ferry", "--limit", "0"), []),
])
def test_query_options_do_what_they_say(archive: Path, arguments: tuple[str, ...], ids: list[str]) -> None:
    assert find(*arguments) == ids


def test_limit_zero_shows_counts_only(archive: Path) -> None:
    result = run("query", "ferry", "--limit", "0", "--json")
    assert (json.loads(result.stdout)["total"], result.exit_code) == (3, 0)
    assert run("query", "ferry", "--limit", "0", "--no-facets").stdout.startswith("0 of 3 documents")


def test_facets_of_a_query_can_be_chosen_or_left_out(archive: Path) -> None:
    shown = json.loads(run("query", "--json", "--facet", "date:year", "--facet", "entity:1").stdout)["facets"]
    assert shown == {
        "date:year": [{"value": "2017", "count": 1, "distinct": 1}, {"value": "2018", "count": 2, "distinct": 2},
                      {"value": None, "count": 1, "distinct": 1}],
        "entity": [{"value": "Bergen", "count": 2, "distinct": 2}, {"value": None, "count": 2, "distinct": 2}]}
    assert json.loads(run("query", "--json", "--no-facets").stdout)["facets"] == {}


def test_as_many_snippets_as_asked_for(archive: Path) -> None:
    hits = json.loads(run("query", "ferry", "--snippets", "0", "--json").stdout)["hits"]
    assert [hit["snippets"] for hit in hits] == [[], [], []]


def test_jsonl_is_a_hit_a_line_and_all_of_them_unless_limited(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchkit.outputs.PAGE", 2)
    lines = [json.loads(line) for line in run("query", "--jsonl", "--sort", "newest").stdout.splitlines()]
    assert [(hit["rank"], hit["id"]) for hit in lines] == [(1, "tram"), (2, "ferry"), (3, "bridge"), (4, "note")]
    for limit, code in (("3", 0), ("0", 0), ("-1", 2)):
        result = run("query", "--jsonl", "--limit", limit)
        assert (len(result.stdout.splitlines()), result.exit_code) == (max(0, int(limit)), code)
    assert run("query", "--jsonl", "zeppelin").exit_code == 1


def test_no_hits_leave_with_1_and_say_what_was_searched(archive: Path) -> None:
    result = run("query", "zeppelins")
    assert result.exit_code == 1
    assert "0 of 0 documents" in result.stdout and "searched for body:zeppelin" in result.stdout


@pytest.mark.parametrize(("arguments", "said"), [
    (('((("',), 'this quote is never closed (query, column 4). add a closing "'),
    (("publsher:x",), "unknown field 'publsher' (query, column 1). did you mean 'publisher'? fields: title"),
    (("x" * 5000,), "more than 4,096"),
    (("date:\x1b[2J",), "'\\x1b[2J' is no date"),
    (("ferry", "--sort", "best"), "'best' is no sort (--sort). give one of: relevance, newest, oldest"),
    (("ferry", "--match", "some"), "(--match)"),
    (("ferry", "--after", "soon"), "'soon' is no date (--after). dates are written: 2018"),
    (("ferry", "--after", "2019", "--before", "2018"), "nothing is after 2019 and before 2018"),
    (("ferry", "--facet", "title"), "no facet 'title' (--facet). facets: publisher"),
    (("ferry", "--limit", "-1"), "(--limit). give 0 or more"),
    (("ferry", "--offset", "-1"), "(--offset)"),
    (("ferry", "--snippets", "-1"), "(--snippets)"),
    (("--batch", "nothing.txt"), "the queries cannot be read: No such file or directory (--batch nothing.txt)"),
])
def test_what_cannot_be_asked_is_a_usage_error(archive: Path, arguments: tuple[str, ...], said: str) -> None:
    assert_refused(run("query", *arguments), 2, said)


def test_a_batch_is_answered_line_by_line_and_bad_lines_do_not_end_it(archive: Path, home: Path) -> None:
    (home / "asked.txt").write_text("\ufeffstrike\n\n(a\n" + '{"id": "q3", "text": "brücke"}\n{"text": 5}\n{"id": 1\n'
                                    + "[" * 5000 + "\n" + '{"text": "tram"}\n', encoding="utf-8")
    result = run("query", "--batch", "asked.txt", "--limit", "1")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row.get("id"), row.get("line"), row.get("total"), "error" in row) for row in rows] == [
        (None, 1, 1, False), (None, 3, None, True), ("q3", None, 1, False), (5, None, None, True),
        (None, 6, None, True), (None, 7, None, True), (8, None, 2, False)]
    assert rows[0]["hits"][0]["id"] == "ferry" and "never closed" in rows[1]["error"]
    assert result.exit_code == 0


def test_a_batch_with_an_option_that_cannot_be_meant_is_refused_as_a_whole(archive: Path, home: Path) -> None:
    (home / "asked.txt").write_text("strike\ntram\n")
    assert_refused(run("query", "--batch", "asked.txt", "--sort", "best"), 2, "(--sort)")


@pytest.mark.parametrize(("arguments", "marked"), [
    (("--color", "always"), "\x1b[1;33mferry\x1b[0m"), (("--color", "never"), "**ferry**"), ((), "**ferry**")])
def test_words_are_marked_with_or_without_colour(archive: Path, arguments: tuple[str, ...], marked: str) -> None:
    assert marked in run("query", "ferry", *arguments).stdout


# --- extract, show, facets, stats ----------------------------------------------------------------------------


def test_extract_is_a_line_a_page_in_order_and_indexes_nothing(write_lines: Callable[..., Path], home: Path,
                                                               stories: list[dict[str, Any]]) -> None:
    write_lines([stories[0], "not json", *stories[1:]])
    result = run("extract", "stories.jsonl")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["path"] for row in rows] == [f"stories.jsonl#{n}" for n in range(1, 6)]
    assert set(rows[1]) == {"path", "rejected", "detail"}
    assert (rows[0]["date"], rows[0]["date_precision"], rows[0]["entities"][0]["name"]) == (
        "2018-03-22", "day", "Bergen")
    assert result.exit_code == 0 and not (home / "index").exists()


def test_extract_leaves_with_1_when_every_page_is_rejected(home: Path) -> None:
    (home / "a.html").touch()
    assert run("extract", "a.html").exit_code == 1
    assert_refused(run("extract", "gone"), 2, "no such file or folder")


def test_show_shows_one_document_or_says_that_there_is_none(archive: Path) -> None:
    assert json.loads(run("show", "bridge", "--json").stdout)["author"] == "Zoë Adler"
    assert run("show", "bridge").stdout.startswith("Brücke gesperrt\n")
    assert_refused(run("show", "nothing"), 1, "no document 'nothing'")


def test_facets_show_the_values_of_one_field(archive: Path) -> None:
    assert run("facets", "publisher", "ferry").stdout == (
        "publisher\nCoast Gazette 2 ██████████\nnone          1 █████\n\n")
    assert json.loads(run("facets", "date:year", "--json", "--limit", "1").stdout) == {
        "total": 4, "distinct": 4, "date:year": [
            {"value": "2018", "count": 2, "distinct": 2}, {"value": None, "count": 1, "distinct": 1}]}
    assert run("facets", "publisher", "zeppelin").exit_code == 1
    assert_refused(run("facets", "publshr"), 2, "no facet 'publshr'")


def test_stats_tell_what_the_index_holds(archive: Path, write_lines: Callable[..., Path]) -> None:
    write_lines(["not json"], "more.jsonl")
    run("index", "more.jsonl")
    stats = json.loads(run("stats", "--json").stdout)
    assert (stats["documents"], stats["engine"], stats["rejected"]) == (4, "whoosh", {"bad-json": 1})
    assert "bad-json (1)" in run("stats").stdout


def test_version_and_help_need_no_index() -> None:
    assert run("--version").stdout.startswith("searchkit ")
    for command in ("index", "query", "extract", "show", "facets", "stats"):
        assert run(command, "--help").exit_code == 0
    assert run("bogus").exit_code == run("query", "--bogus").exit_code == run("index").exit_code == 2


# --- as a real process ---------------------------------------------------------------------------------------


@pytest.fixture
def many(write_lines: Callable[..., Path]) -> Path:
    """More pages than a run gets through at once."""
    lines = [{"body": f"Story {n} of the harbour. " * 40, "entities": []} for n in range(15_000)]
    return write_lines(lines, "many.jsonl")


def test_a_real_process_leaves_with_the_exit_codes_of_the_contract(archive: Path) -> None:
    runs = [start("query", "ferry"), start("query", "zeppelin"), start("query", "("), start("stats", "--index", "none")]
    assert [process.communicate(timeout=60) and process.returncode for process in runs] == [0, 1, 2, 3]


@pytest.mark.parametrize("arguments", [("--json",), ("--jsonl",), ()])
def test_a_closed_pipe_is_silent(archive: Path, arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*PROGRAM, "query", "ferry", *arguments], stdout=writing, stderr=subprocess.PIPE, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_results_that_cannot_be_written_are_told(archive: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*PROGRAM, "query", "ferry"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (3, "searchkit: [Errno 28] No space left on device\n")


def test_a_batch_is_read_from_standard_input(archive: Path) -> None:
    done = subprocess.run([*PROGRAM, "query", "--batch", "-"], input="strike\nbrücke\n", capture_output=True, text=True,
                          timeout=60)
    assert [json.loads(line)["total"] for line in done.stdout.splitlines()] == [1, 1]


def count_kept() -> int:
    """How many documents the index beside us has by now."""
    try:
        with searchkit.open("index") as index:
            return index.count()
    except SearchkitError:
        return 0


def test_an_interrupted_run_leaves_with_130_keeps_its_work_and_goes_on(many: Path, home: Path) -> None:
    process = start("index", many.name, "--workers", "2", start_new_session=True)
    wait_for(home / "index" / "ledger.sqlite", process)
    while not count_kept() >= 100:
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to the workers, too
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (130, "")
    assert errors == "searchkit: interrupted; what was done is kept, the same command goes on from there\n"
    with searchkit.open("index") as index:
        kept = index.count()
    assert 0 < kept < 15_000
    head = home / "head.jsonl"
    head.write_text("".join(many.read_text().splitlines(keepends=True)[:100]))
    head.replace(many)
    assert run("index", many.name).stdout.startswith("0 added, 0 updated, 100 unchanged")


def test_an_index_that_another_process_writes_to_names_that_process(many: Path, home: Path) -> None:
    process = start("index", many.name, "--workers", "1")
    wait_for(home / "index" / "ledger.sqlite", process)
    try:
        assert_refused(run("index", many.name), 3, f"process {process.pid} on ", "reading goes on meanwhile")
        assert run("stats").exit_code == 0
    finally:
        process.kill()
        process.communicate()


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    while not path.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)


def run_in_terminal(*arguments: str, **environment: str) -> tuple[str, str]:
    """What a process writes to standard output and error when both are terminals."""
    terminals = [pty.openpty(), pty.openpty()]
    process = subprocess.Popen([*PROGRAM, *arguments], stdout=terminals[0][1], stderr=terminals[1][1],
                               env={**os.environ, "TERM": "xterm", "PAGER": "", **environment})
    for _, inner in terminals:
        os.close(inner)
    texts = ["".join(read_terminal(outer)) for outer, _ in reversed(terminals)]
    process.wait(timeout=60)
    return texts[1], texts[0]


def read_terminal(outer: int) -> Iterator[str]:
    try:
        while data := os.read(outer, 65536):
            yield data.decode("utf-8", "replace")
    except OSError:  # Linux says so when the other end is closed
        pass
    finally:
        os.close(outer)


def test_progress_is_shown_on_a_terminal_only_and_leaves_no_trace(write_lines: Callable[..., Path]) -> None:
    path = write_lines([{"body": f"Story {n}. " * 40, "entities": []} for n in range(800)])
    _, errors = run_in_terminal("index", path.name)
    assert "pages" in errors and "a second" in errors
    assert errors.endswith("\r\x1b[K")
    process = start("index", path.name)
    assert process.communicate(timeout=60)[1] == ""


@pytest.mark.parametrize(("environment", "arguments", "colored"), [
    ({}, (), True), ({"NO_COLOR": "1"}, (), False), ({"TERM": "dumb"}, (), False),
    ({"NO_COLOR": "1"}, ("--color", "always"), True), ({}, ("--color", "never"), False)])
def test_a_terminal_gets_colour_unless_it_is_not_wanted(archive: Path, environment: dict[str, str],
                                                       arguments: tuple[str, ...], colored: bool) -> None:
    shown, errors = run_in_terminal("query", "ferry", *arguments, **environment)
    assert ("\x1b[1;33mferry\x1b[0m" in shown) is colored
    assert ("**ferry**" in shown) is not colored
    assert errors == ""


def test_words_of_the_title_are_highlighted(archive: Path) -> None:
    title = json.loads(run("query", "--json", "*").stdout)["hits"][0]["title"]
    word = title.split()[0].strip(",.:")
    hit = json.loads(run("query", "--json", f"title:{word}").stdout)["hits"][0]

    assert word in [hit["title"][start:end] for start, end in hit["title_highlights"]]


def test_an_empty_filter_is_refused(archive: Path) -> None:
    assert_refused(run("query", "--publisher", ""), 2, "the value is empty", "--publisher none")
