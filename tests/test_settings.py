"""Settings: where each comes from, and which are refused."""

from pathlib import Path

import pytest

from searchkit.errors import SettingsError
from searchkit.settings import Settings, resolve


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "searchkit.toml"


def test_without_any_source_the_defaults_hold(file: Path) -> None:
    assert resolve({}, {}, file) == Settings("index", None, 0, "auto")


def test_arguments_win_over_the_environment_and_that_over_the_file(file: Path) -> None:
    file.write_text('index = "f"\nengine = "f"\nworkers = 2\n')
    environment = {"SEARCHKIT_INDEX": "e", "SEARCHKIT_ENGINE": "e"}
    assert resolve({"index": "a", "color": None}, environment, file) == Settings("a", "e", 2, "auto")


@pytest.mark.parametrize(("text", "wanted"), [("", None), ("rerank = true", True), ('rerank = "off"', False)])
def test_ranking_again_is_a_switch_with_a_middle(file: Path, text: str, wanted: bool | None) -> None:
    file.write_text(text)
    assert resolve({}, {}, file).wants_rerank is wanted
    assert resolve({"rerank": False}, {}, file).wants_rerank is False


def test_an_empty_variable_says_nothing(file: Path) -> None:
    assert resolve({}, {"SEARCHKIT_INDEX": ""}, file).index == "index"


def test_a_number_in_the_environment_is_read(file: Path) -> None:
    assert resolve({}, {"SEARCHKIT_WORKERS": "3"}, file).workers == 3


@pytest.mark.parametrize(("text", "said"), [
    ("index = ", "the settings cannot be read"),
    ('indx = "x"', "unknown setting 'indx'"),
    ("index = 5", "'index' wants text, not 5"),
    ('color = "pink"', "unknown color 'pink'"),
    ('rerank = "always"', "unknown rerank 'always'"),
    ("workers = -1", "'-1' is no number of workers"),
    ("workers = inf", "'inf' is no number of workers"),
    ("workers = 1000000", "'1000000' is no number of workers"),
])
def test_what_a_file_cannot_mean_is_refused_with_its_place(file: Path, text: str, said: str) -> None:
    file.write_text(text)
    with pytest.raises(SettingsError, match=r"searchkit\.toml") as caught:
        resolve({}, {}, file)
    assert said in str(caught.value)


def test_a_file_that_is_no_text_is_refused(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="cannot be read"):
        resolve({}, {}, file)


@pytest.mark.parametrize(("arguments", "environment", "where"), [
    ({"workers": "many"}, {}, "--workers"), ({}, {"SEARCHKIT_COLOR": "pink"}, "SEARCHKIT_COLOR")])
def test_a_refusal_names_the_option_or_the_variable(file: Path, arguments: dict, environment: dict,
                                                    where: str) -> None:
    with pytest.raises(SettingsError) as caught:
        resolve(arguments, environment, file)
    assert caught.value.where == where
