"""What the documentation says is there, and what is there is documented."""

from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

import searchkit
from searchkit import cli, errors
from searchkit.engines import ENGINES
from searchkit.fields import BY_NAME, FIELDS
from searchkit.model import Chrome, Document, Entity, PublicationDate
from searchkit.version import VERSION

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LANGUAGE = (ROOT / "docs" / "query-language.md").read_text(encoding="utf-8")
PYTHON = (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
COMMANDS = [command.callback.__name__ for command in cli.app.registered_commands]
EXAMPLES = [example for line in LANGUAGE.splitlines() if line.startswith("| `")
            for example in re.findall(r"`([^`]+)`", line.split(" | ")[0])]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme_and_has_help(command):
    assert f"searchkit {command}" in README
    assert CliRunner().invoke(cli.app, [command, "--help"]).exit_code == 0


@pytest.mark.parametrize("name", BY_NAME)
def test_every_field_is_in_the_query_language(name):
    assert f"`{name}`" in LANGUAGE


WITHOUT_SERVER = [name for name in ENGINES if name != "opensearch"]  # its own suites hold it to these


@pytest.fixture(scope="module", params=WITHOUT_SERVER)
def stories(request, tmp_path_factory):
    """A few stories, such that every example of the query language finds one."""
    body = ("Huawei and AT&T called off a carrier deal after a ban, and Verizon a boycott. One woman wrote of "
            "sanctions; more sanctions followed, and sanctions on sanctions. No other carrier deal is near.")
    names = (Entity("AT&T", "organisation"), Entity("Ajit Pai", "person"), Entity("FBI", "organisation"),
             Entity("Germany", "place"))
    try:
        index = searchkit.open(None if request.param == "memory" else tmp_path_factory.mktemp("index"),
                               engine=request.param)
    except errors.EngineNotInstalled as missing:
        pytest.skip(str(missing))
    yesterday = date.today() - timedelta(days=1)
    index.add([
        Document("1", "1", body, title="Huawei ban", publisher="The Harbour Gazette", language="de", entities=names,
                 url="https://example.org/1", date=PublicationDate("2018-03-22", "day", "given", 1.0),
                 chrome=(Chrome("Follow us on Spotify", "navigation"),)),
        Document("2", "2", "Nothing to see.", publisher="Harbour News",
                 date=PublicationDate(yesterday.isoformat(), "day", "given", 1.0))])
    with index:
        yield index


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_query_language_finds_what_it_says(stories, example):
    results = stories.query(example)

    assert results.total
    assert results.warnings == ()


def test_the_query_language_has_an_example_for_each_kind_of_field():
    assert {field.kind for field in FIELDS if any(f"{field.name}:" in example for example in EXAMPLES)} == {
        field.kind for field in FIELDS}


@pytest.mark.parametrize("name", searchkit.__all__)
def test_every_public_name_is_in_the_python_page(name):
    assert f"`{name}" in PYTHON or f"searchkit.{name}" in PYTHON


def test_every_error_is_in_the_tree_that_is_drawn():
    classes = [name for name, value in vars(errors).items() if isinstance(value, type)]

    assert [name for name in classes if name not in (errors.__doc__ or "")] == []


@pytest.mark.parametrize("name", ENGINES)
def test_every_engine_is_in_the_architecture(name):
    assert f"`{name}`" in ARCHITECTURE


def test_every_part_of_the_package_is_in_the_architecture():
    parts = [path.name for path in (ROOT / "searchkit").iterdir()
             if path.suffix == ".py" and not path.name.startswith("__")]
    folders = [f"{path.name}/" for path in (ROOT / "searchkit").iterdir()
               if path.is_dir() and not path.name.startswith("__")]

    assert [name for name in [*parts, *folders] if name not in ARCHITECTURE and name != "version.py"] == []


def test_the_changelog_begins_with_this_version():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert re.search(r"^## (\S+)", changelog, re.MULTILINE)[1] == VERSION


def test_every_dependency_of_the_core_is_given_or_justified():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    decisions = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8")

    names = [re.match(r"[\w-]+", requirement)[0] for requirement in project["dependencies"]]
    assert [name for name in names if name not in decisions] == []
