"""Every example of the documentation is run, and where the page shows what comes out, that comes out.

A new page is found by itself. Its commands are run on the index of the sample pages; a line that nobody here knows how
to check fails, until it is known, or is named in ``NOT_RUN`` with a reason.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from docexamples import PAGES, ROOT, Example, find_blocks, is_lasting, is_served, list_examples
from typer.testing import CliRunner

import searchkit
from searchkit import cli, settings
from searchkit.errors import SearchkitError
from searchkit.model import Document, Entity
from searchkit.search.aliases import TABLES
from searchkit.search.aliaslines import parse_aliases

ALL = [example for page in PAGES for example in list_examples(page) if not is_served(example)]
EXAMPLES = [example for example in ALL if not is_lasting(example)]
COMMANDS = typer.main.get_command(cli.app).commands
OPTIONS = {option for command in COMMANDS.values() for parameter in command.params
           for option in (*parameter.opts, *parameter.secondary_opts)} | {
           "--help", "--version", "--install-completion", "--show-completion"}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]

# Page and line → why it is not run.
NOT_RUN = {
    ("docs/extraction.md", "python -m spacy download en_core_web_sm"): "loads from the network",
    ("docs/web.md", "export SEARCHKIT_TOKEN=$(openssl rand -hex 16)"): "is the shell's",
    ("docs/opensearch.md", "docker run -d -p 127.0.0.1:9200:9200 -e discovery.type=single-node "
     "-e DISABLE_SECURITY_PLUGIN=true opensearchproject/opensearch:3"): "starts a container",
}
NOT_RUN |= {("docs/scaling.md", line): reason for reason, lines in {
    "starts a cluster; tests/test_executors.py has one": (
        "dask scheduler --host 10.0.0.1",
        "dask worker tcp://10.0.0.1:8786 --nworkers 8 --nthreads 1"),
    "loads from the network, or from what was loaded": (
        "wget -q https://data.commoncrawl.org/crawl-data/CC-MAIN-2024-33/warc.paths.gz",
        "gzip -dc warc.paths.gz | head -4 | sed 's|^|https://data.commoncrawl.org/|' > first",
        "xargs -n 1 -P 2 wget -q < first",
        "find . -name '*.warc.gz' | sort | searchkit index - --scheduler tcp://10.0.0.1:8786 --engine opensearch "
        "--index crawl"),
}.items() for line in lines}
# A page's list of layers is a drawing without lines; tests/test_architecture.py holds what it says.
LAYERS = "docs/architecture.md"
# The message that a page shows → what is refused with it.
REFUSED: dict[str, Callable[[], Any]] = {
    "unknown field 'publsher'": lambda: searchkit.open(None).query("Huawei publsher:x"),
    "this quote is never closed": lambda: searchkit.open(None).query('as "he said'),
    "aliases go round": lambda: parse_aliases('[entity]\n\n"A" = "B"\n"B" = "A"', "aliases.toml"),
}
# The index that a page speaks of, if it is another than that of the sample pages.
DESKS = {"docs/aliases.md": "names", "docs/languages.md": "houses"}
# The command whose JSON a page shows.
JSON_OF = {"docs/no-dead-ends.md": "explain 'Huawei carrier zebra' --json"}

_EXPLANATION = re.compile(r"\s{2,}.*")
_TIMES = re.compile(r"\\?\b\d+(?:\\\.\d+)?(?=\\ m?s\b)")
_IDS = re.compile(r"(?:(?<=\\ id\\ )|(?<=group:))[0-9a-f]{16}")
_ANY = {"…", "..."}  # stands for any number of lines
_FILE = re.compile(r"(?:python|pytest) ([\w/]+\.py)((?: .*)?)")
_PIP = re.compile(r"pip install (?:-e )?'?(?:\.|searchkit)(?:\[([\w,-]+)\])?'?$")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the examples speak of: the sample pages, their index, a page and a file of queries."""
    place = tmp_path_factory.mktemp("desk")
    (place / "seeds").symlink_to(ROOT / "seeds")
    shutil.copy(ROOT / "seeds" / "15-fernhill-ledger-rural-radios.html", place / "page.html")
    (place / "queries.txt").write_text("Huawei\nferry\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        (place / "first.txt").write_text(run("index seeds/", place).stdout, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index of a page in German, for docs/languages.md."""
    place = tmp_path_factory.mktemp("houses")
    with searchkit.open(place / "index") as index:
        index.add(Document("1", "1", "Das Haus steht am Hafen.", language="de"))
    return place


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index of documents that name what docs/aliases.md merges, as often as it says."""
    place = tmp_path_factory.mktemp("names")
    named = [["Trans World Airlines"]] * 24 + [["Transworld Airlines"]] * 3 + [["Clayton Yeutter"]] * 15 + [
        ["Yeutter"]] * 5 + [["Union Bank of Switzerland"]] * 9 + [["UBS"]] + [["Union Bank of Switzerland", "UBS"]] * 3
    with searchkit.open(place / "index") as index:
        index.add([Document(f"{n}", f"{n}", f"Story {n}.", entities=tuple(
            Entity(name, "person" if "Yeutter" in name else "organisation") for name in entities))
            for n, entities in enumerate(named)])
    return place


@pytest.fixture
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the examples of a page are run."""
    example = request.getfixturevalue("example")
    found = request.getfixturevalue(DESKS.get(example.page, "desk"))
    monkeypatch.chdir(found)
    return found


def choose(kind: str) -> Any:
    return pytest.mark.parametrize("example", [e for e in EXAMPLES if e.kind == kind], ids=str)


def run(command: str, place: Path) -> Any:
    """What a command line of searchkit does, up to a pipe; placeholders stand for something real."""
    words = shlex.split(command.partition(" | ")[0])
    real = {"PATH...": "seeds/", "FILE": "queries.txt"}
    if not {"ID", "group:GROUP"}.isdisjoint(words):
        with searchkit.open(place / "index") as index:
            hits = index.query("Huawei").hits
            real["ID"] = hits[0].id
            real["group:GROUP"] = next(f"group:{hit.document.group}" for hit in hits if hit.document.group)
    return CliRunner(env={"COLUMNS": "100"}).invoke(cli.app, [real.get(word, word) for word in words])


@choose("command")
def test_a_command_of_the_docs_works(example: Example, place: Path) -> None:
    rest = _EXPLANATION.sub("", example.text).removeprefix("searchkit ")

    done = run(rest, place)

    output = (place / "first.txt").read_text(encoding="utf-8") if rest == "index seeds/" else done.stdout
    assert done.exception is None or isinstance(done.exception, SystemExit)
    if not example.shown:
        assert done.exit_code == 0
        assert done.stdout
    else:
        assert done.exit_code in (0, 1)
        assert re.fullmatch(make_pattern(example.shown), tidy(output)), output
    if "| jq" in rest:
        assert json.loads(done.stdout)[rest.rpartition(".")[2]]


@pytest.mark.parametrize("example", [example for example in ALL if is_lasting(example)], ids=str)
def test_a_command_of_the_docs_that_lasts_has_these_options(example: Example) -> None:
    name, *arguments = shlex.split(_EXPLANATION.sub("", example.text).removeprefix("searchkit "))

    assert COMMANDS[name].make_context(name, arguments).params


def make_pattern(shown: tuple[str, ...]) -> str:
    """What an output must look like: times may differ, ids (which come from paths), and three dots stand for any
    lines.
    """
    return "".join(r"(?:.*\n)*?" if line.strip() in _ANY else
                   _IDS.sub("[0-9a-f]{16}", _TIMES.sub(r"[\\d.]+", re.escape(line.rstrip()))) + r"\n"
                   for line in shown)


def tidy(output: str) -> str:
    return "".join(line.rstrip() + "\n" for line in output.rstrip().splitlines())


@choose("python")
def test_a_program_of_the_docs_runs(example: Example, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(example.text, str(example), "exec"), {})

    assert "Huawei" in capsys.readouterr().out


@choose("toml")
def test_a_file_of_the_docs_is_read(example: Example, place: Path, tmp_path: Path) -> None:
    file = tmp_path / "example.toml"
    file.write_text(example.text, encoding="utf-8")

    if tomllib.loads(example.text).keys() <= set(TABLES):
        assert run(f"facets entity --aliases {file}", place).exit_code == 0
    else:
        settings.resolve({}, {}, file)


@choose("json")
def test_json_of_the_docs_is_what_comes_out(example: Example, place: Path) -> None:
    text = re.sub(r"(\"\w+\"|null) \| (\"\w+\"|\d+)", r"\1", example.text)  # of two that can be, the first

    contradict(json.loads(text), json.loads(run(JSON_OF[example.page], place).stdout))


def contradict(shown: Any, real: Any) -> None:
    """Fail where a value is not as shown. Of lists, what is shown must be there; a text may be cut with an …"""
    if isinstance(shown, dict):
        assert list(shown) == list(real)
        for name in shown:
            contradict(shown[name], real[name])
    elif isinstance(shown, list) and shown and isinstance(shown[0], dict):
        for mine in shown:
            key = next(iter(mine))
            contradict(mine, next(item for item in real if item[key] == mine[key]))
    elif isinstance(shown, str) and shown.endswith("…"):
        assert real.startswith(shown[:-1])
    else:
        assert shown == real


@choose("line")
def test_a_line_that_is_no_command_of_ours_holds(example: Example) -> None:
    check_line(example.page, _EXPLANATION.sub("", example.text), example.text)


def check_line(page: str, words: str, line: str) -> None:
    """Check a line of a page: a message, a tool, a target. Fail where it is none of these."""
    message = next((start for start in REFUSED if line.startswith(start)), None)
    if message:
        with pytest.raises(SearchkitError) as refused:
            REFUSED[message]()
        assert re.fullmatch(re.escape(line).replace("…", ".*"), str(refused.value))
    elif words.startswith("make "):
        assert re.search(rf"^{words.split()[1]}:", MAKEFILE, re.MULTILINE)
    elif words == ".ci/run":
        assert (ROOT / words).is_file()
    elif tool := _FILE.fullmatch(words):
        code = (ROOT / tool[1]).read_text(encoding="utf-8")
        assert [option for option in re.findall(r"--[\w-]+", tool[2]) if option not in code] == []
    elif extra := _PIP.fullmatch(words):
        assert set(filter(None, (extra[1] or "").split(","))) <= EXTRAS.keys()
    elif page == LAYERS:
        assert any((ROOT / "searchkit").glob(f"{words.split()[0]}*"))
    else:
        assert (page, words) in NOT_RUN, f"nobody checks this line of {page}: {line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_options_that_a_page_names_are_there(page: Path) -> None:
    """In running text: the commands, and the options of searchkit or of a tool of this project."""
    tools = "".join(path.read_text(encoding="utf-8") for folder in ("bench", "tools") for path in
                    (ROOT / folder).glob("*.py"))
    wrong = []
    for span in re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8")):
        words = span.split()
        named = re.findall(r"(?<![\w-])--[a-z][\w-]*", span)
        if words[0] == "searchkit" and len(words) > 1 and words[1].isalpha() and words[1].islower():
            command = COMMANDS.get(words[1])
            there = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} if command else set()
            wrong += [span] if command is None or set(named) - there - {"--help"} else []
        elif words[0] not in ("git", "mypy", "pip"):
            wrong += [option for option in named if option not in OPTIONS and option not in tools]
    assert wrong == []


def test_every_page_is_looked_at() -> None:
    pages = {page.name for page in PAGES}

    assert {path.name for path in (*ROOT.glob("docs/**/*.md"), ROOT / "README.md")} <= pages
    assert {example.page for example in EXAMPLES} >= {"README.md", "docs/aliases.md", "docs/no-dead-ends.md",
                                                      "docs/output.md", "docs/python-api.md", "docs/query-language.md"}
    assert len(EXAMPLES) > 50
    assert {(e.page, _EXPLANATION.sub("", e.text)) for e in EXAMPLES} >= NOT_RUN.keys()


def test_a_new_page_without_a_check_fails(tmp_path: Path) -> None:
    page = tmp_path / "new.md"
    page.write_text("# New\n\n    searchkit query ferry     finds it\n\nText.\n\n```\nfrobnicate all\n```\n"
                    "```python\nprint(1)\n```\n## See\n    $ searchkit stats\n    documents 18\n\n    - no list\n",
                    encoding="utf-8")

    found = list_examples(page)
    assert [(e.kind, e.line) for e in found] == [("command", 3), ("line", 8), ("python", 11), ("command", 14)]
    assert found[3].shown == ("documents 18", "", "- no list")
    with pytest.raises(AssertionError, match="nobody checks this line"):
        check_line(found[1].page, found[1].text, found[1].text)
    assert find_blocks("- a\n  - b\n    c\n") == []
