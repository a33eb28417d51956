"""Shell completion, asked for as the shells do: a process and what the environment says was typed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import searchkit
from searchkit import completion

PROGRAM = Path(sys.executable).with_name("searchkit")
HOSTILE = ["Ann $(touch hit) Lee", "Ann `touch hit`", 'Ann "; touch hit; "', "Ann\n Lee", "Ann \\$(touch hit)"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory with an index, in which Ann Lee is named most often."""
    folder = tmp_path_factory.mktemp("work")
    with searchkit.open(folder / "index") as index:
        names = ["Ann Lee", "Ann Lee", "Leeds", "Bo O'Lee", "At&T (Labs)", *HOSTILE]
        index.add(searchkit.Document(str(number), "p", "Text.", publisher=f"Paper {number}",
                                     entities=(searchkit.Entity(name, "person"),))
                  for number, name in enumerate(names))
    return folder


def ask_bash(folder: Path, *words: str, **environment: str) -> list[str]:
    """What is offered for the last word."""
    asked = {"COMP_WORDS": "\n".join(["searchkit", *words]), "COMP_CWORD": str(len(words)),
             "_SEARCHKIT_COMPLETE": "complete_bash", **environment}
    return _ask(folder, asked).strip().splitlines()


def ask_zsh(folder: Path, line: str) -> str:
    return _ask(folder, {"_TYPER_COMPLETE_ARGS": line, "_SEARCHKIT_COMPLETE": "complete_zsh"}).strip()


def _ask(folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run([PROGRAM], cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True,
                          check=True)
    assert done.stderr == ""
    return done.stdout


def test_bash_is_offered_values_that_begin_so_then_those_with_a_word_that_does(folder: Path) -> None:
    assert ask_bash(folder, "query", "--entity", "lee") == ["Leeds", r"Ann\ Lee", "Bo\\ O’Lee"]
    assert ask_bash(folder, "query", "--not-publisher", r"paper\ 7") == [r"Paper\ 7"]


def test_zsh_is_offered_them_in_its_own_way(folder: Path) -> None:
    assert ask_zsh(folder, "searchkit query --entity Leed") == "_arguments '*: :((\"Leeds\"))'"


def test_the_index_is_the_one_that_the_line_or_the_environment_names(folder: Path, tmp_path: Path) -> None:
    index = str(folder / "index")

    assert ask_bash(tmp_path, "query", "--index", index, "--entity", "Leed") == ["Leeds"]
    assert ask_bash(tmp_path, "query", "--entity", "Leed", SEARCHKIT_INDEX=index) == ["Leeds"]


def test_without_an_index_or_with_a_broken_one_nothing_is_offered_and_nothing_said(tmp_path: Path) -> None:
    assert ask_bash(tmp_path, "query", "--entity", "L") == []
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "searchkit.json").write_text("{")
    assert ask_bash(tmp_path, "query", "--entity", "L") == []


def test_fixed_words_are_offered(folder: Path) -> None:
    assert ask_bash(folder, "facets", "date") == ["date", "date:year", "date:month", "date:day"]
    assert ask_bash(folder, "query", "--sort", "") == ["relevance", "newest", "oldest"]
    assert ask_bash(folder, "query", "--match", "an") == ["any"]


def test_a_name_from_a_page_never_commands_the_shell(folder: Path) -> None:
    offered = completion.offer_values("entity")(type("Context", (), {"params": {"folder": str(folder / "index")}}), "")

    assert sorted(offered) == ["Ann Lee", "At&T (Labs)", "Bo O’Lee", "Leeds"]


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_a_real_bash_takes_the_offer_as_one_word(folder: Path) -> None:
    script = f'''
        PATH="{PROGRAM.parent}:$PATH"
        eval "$(_SEARCHKIT_COMPLETE=source_bash searchkit)"
        COMP_WORDS=(searchkit query --entity "At"); COMP_CWORD=3
        _searchkit_completion searchkit
        eval "searchkit query --limit 0 --no-facets --entity $COMPREPLY"; ls
    '''
    done = subprocess.run(["bash", "--norc", "-c", script], cwd=folder, capture_output=True, text=True, check=True)

    assert done.stdout.startswith("0 of 1 document") and done.stdout.endswith("\nindex\n")
