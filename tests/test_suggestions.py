"""Suggested aliases: which values are proposed to be one, with which evidence, and which never."""

import json
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from searchkit.cli import app
from searchkit.errors import SettingsError
from searchkit.index import Index, open_index
from searchkit.model import Document, Entity
from searchkit.results import FacetValue
from searchkit.suggestions import suggest

PERSON, FIRM, PLACE = "person", "organisation", "place"


def make_index(*stories: dict[str, str], publishers: tuple[str, ...] = (), aliases: Path | None = None) -> Index:
    """A document for each story, which is types by entity, and one for each publisher."""
    index = open_index(None, aliases=aliases)
    index.add(Document(f"s{n}", "p", "Text.", entities=tuple(Entity(*entity) for entity in story.items()))
              for n, story in enumerate(stories))
    index.add(Document(f"p{n}", "p", "Text.", publisher=name, url="https://www.harbourpost.example/a" if n else None)
              for n, name in enumerate(publishers))
    return index


def pair(index: Index, field: str = "entity") -> dict[str, str]:
    return {suggestion.value: suggestion.name for suggestion in index.suggest_aliases(field)}


@pytest.mark.parametrize(("value", "name"), [
    ("ACME TOOLS", "Acme Tools"), ("Acme Tools Co. Ltd", "Acme Tools"), ("Acme Tools GmbH & Co. KG", "Acme Tools"),
    ("Acme-Tools", "Acme Tools"), ("AcmeTools", "Acme Tools"), ("Acme Tools's", "Acme Tools"),
    ("the Acme Tools", "Acme Tools"), ("Acmé Tools", "Acme Tools"), ("U.S.", "US"), ("A.T.& T.", "AT&T"),
])
def test_spellings_of_one_name_are_joined_under_the_most_frequent(value: str, name: str) -> None:
    assert pair(make_index({name: FIRM}, {name: FIRM}, {value: FIRM})) == {value: name}


@pytest.mark.parametrize(("value", "name"), [
    ("Us", "US"), ("Who", "WHO"), ("It", "IT"), ("Acme Tool", "Acme Tools"), ("Acme Toolz", "Acme Tools"),
    ("Co.", "Co"), ("東京", "京都"),
])
def test_words_and_names_that_are_merely_alike_are_not(value: str, name: str) -> None:
    assert pair(make_index({name: FIRM}, {name: FIRM}, {value: FIRM})) == {}


def test_a_person_is_not_the_firm_of_that_name() -> None:
    assert pair(make_index({"Ash": PERSON}, {"Ash Ltd": FIRM})) == {}


def test_an_abbreviation_is_joined_with_the_name_that_stands_beside_it() -> None:
    index = make_index({"BUT": FIRM, "Bureau of Useful Things": FIRM}, {"BUT": FIRM}, {"Board of Urban Trams": FIRM})

    (found,) = index.suggest_aliases()

    assert (found.value, found.name, found.documents, found.documents_of_name, found.documents_of_both) == (
        "BUT", "Bureau of Useful Things", 2, 1, 1)


def test_an_abbreviation_that_stands_beside_nothing_or_beside_two_names_is_left_alone() -> None:
    assert pair(make_index({"BUT": FIRM}, {"Bureau of Useful Things": FIRM})) == {}
    assert pair(make_index({"BUT": FIRM, "Bureau of Useful Things": FIRM, "Board of Urban Trams": FIRM})) == {}


def test_a_surname_is_joined_with_the_only_full_name_that_ends_with_it() -> None:
    assert pair(make_index({"Cora Wray": PERSON}, {"Wray": PERSON})) == {"Wray": "Cora Wray"}
    assert pair(make_index({"Cora Wray": PERSON}, {"Wray": PERSON}, {"Bo Wray": PERSON})) == {}
    assert pair(make_index({"Cora Wray": PERSON}, {"Wray": PLACE})) == {}


def test_a_publisher_is_joined_with_its_domain() -> None:
    index = make_index(publishers=("harbourpost.example", "The Harbour Post", "Harbour Post.example", "The Post"))

    assert pair(index, "publisher") == {"harbourpost.example": "The Harbour Post",
                                        "Harbour Post.example": "The Harbour Post"}
    assert "1 of whose documents are from there" in index.suggest_aliases("publisher")[1].why


def test_what_the_file_merges_is_not_proposed_again(tmp_path: Path) -> None:
    path = tmp_path / "aliases.toml"
    index = make_index({"Acme": FIRM}, {"Acme Ltd": FIRM}, {"Acme": FIRM}, aliases=None)
    lines = [suggestion.to_line() for suggestion in index.suggest_aliases()]
    path.write_text("\n".join(["[entity]", *lines]))

    assert pair(make_index({"Acme": FIRM}, {"Acme Ltd": FIRM}, {"Acme": FIRM}, aliases=path)) == {}


def test_a_line_can_be_pasted_whatever_is_in_the_name() -> None:
    value, name = 'A "B" \\ \x1b[31m ACME', 'a "b" \\ \x1b[31m acme'
    (found,) = make_index({name: FIRM}, {name: FIRM}, {value: FIRM}).suggest_aliases()

    assert tomllib.loads(found.to_line()) == {value: name}
    assert "\x1b" not in found.to_line()


def test_many_values_ask_for_little_evidence() -> None:
    asked: list[object] = []
    values = [FacetValue(f"{chr(65 + n % 26)}{chr(65 + n // 26 % 26)}{n} Surname{n // 2}", 1) for n in range(8_000)]
    values += [FacetValue(f"Surname{n}", 1) for n in range(8_000)]
    types = {value.value: [PERSON] for value in values if value.value}

    found = suggest("entity", values, types, lambda query: len(asked.append(query) or ""), 10)

    assert len(asked) <= 700 and found == ()


def test_lines_are_printed_and_nothing_is_changed(write_lines, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_lines([{"body": "One.", "entities": ["Acme Tools"]}, {"body": "Two.", "entities": ["ACME Tools Ltd"]}])
    ask = lambda *words: CliRunner().invoke(app, list(words))  # noqa: E731
    ask("index", "stories.jsonl")

    shown = ask("facets", "entity", "--suggest-aliases")
    (plain,) = json.loads(ask("facets", "entity", "--suggest-aliases", "--json").stdout)

    assert shown.stdout.splitlines()[1].startswith('"ACME Tools Ltd" = "Acme Tools"  # ')
    assert (plain["line"], plain["documents"]) == (shown.stdout.splitlines()[1], 1)
    assert not (tmp_path / "aliases.toml").exists()
    assert ask("facets", "publisher", "--suggest-aliases").exit_code == 1
    assert ask("facets", "date", "--suggest-aliases").exit_code == 2
    with pytest.raises(SettingsError, match="no aliases of 'person'"):
        open_index("index").suggest_aliases("person")
