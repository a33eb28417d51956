"""What searchkit needs: every bound can be tried, every licence is listed, the lock has what is wanted."""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOWEST = runpy.run_path(str(ROOT / "tools" / "lowest.py"))
LICENCES = runpy.run_path(str(ROOT / "tools" / "licences.py"))
PROJECT: dict[str, list[str]] = LICENCES["find_project"]()
LOCKED = dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / "requirements-dev.lock").read_text(), re.MULTILINE))


@pytest.mark.parametrize("extra", [extra for extra in PROJECT if extra])
def test_every_requirement_has_a_lower_bound(extra: str) -> None:
    pins = list(LOWEST["pin_lowest"](LOWEST["list_requirements"]([extra])))
    assert len(pins) == len(PROJECT[""]) + len(PROJECT[extra])
    assert "whoosh==2.7.4" in pins


def test_a_requirement_without_a_lower_bound_is_named() -> None:
    with pytest.raises(ValueError, match="lxml<6 has no lower bound"):
        list(LOWEST["pin_lowest"]([Requirement("lxml<6")]))


def test_what_tests_need_has_the_bounds_of_the_extra_that_it_belongs_to() -> None:
    given = {line for extra, lines in PROJECT.items() if extra not in LICENCES["NOT_SHIPPED"] for line in lines}
    names = {canonicalize_name(Requirement(line).name) for line in given}
    assert [line for line in PROJECT["dev"] if canonicalize_name(Requirement(line).name) in names
            and line not in given] == []


@pytest.mark.parametrize("extra", [extra for extra in PROJECT if extra not in LICENCES["NOT_SHIPPED"]])
def test_the_licence_of_every_dependency_is_listed(extra: str) -> None:
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| (\S+) \| (.+) \|$", page, re.MULTILINE))
    named = {canonicalize_name(Requirement(line).name) for line in PROJECT[extra]}
    assert named <= listed.keys(), "run: make lock"
    assert extra or not {name for name in named if listed[name] in ("not said", "not installed")}


def test_a_numbered_parameter_of_sqlite_was_a_warning_from_python_3_12_on() -> None:
    texts = {node.value: file for file in (ROOT / "searchkit").rglob("*.py")
             for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
             if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    asked = {text: file for text, file in texts.items() if re.match(r"(?:DELETE|INSERT|SELECT|UPDATE)\b", text)}
    assert len(asked) > 20
    assert [(file, text) for text, file in asked.items() if re.search(r"\?\d", text)] == []


@pytest.mark.parametrize(("said", "read"), [
    ("License-Expression: MIT\nLicense: see LICENSE\nClassifier: License :: OSI Approved :: BSD License", "MIT"),
    ("License: see LICENSE\nClassifier: License :: OSI Approved :: BSD License", "BSD License"),
    ("License: BSD-3-Clause", "BSD-3-Clause"),
    ("Summary: a package", "not said"),
])
def test_a_licence_is_read_from_what_a_package_says_in_whichever_way(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, read: str) -> None:
    folder = tmp_path / "ferry-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: ferry\nVersion: 1.0\n{said}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert LICENCES["find_licence"]("ferry") == read


def test_a_licence_is_read_from_what_is_installed() -> None:
    find: Any = LICENCES["find_licence"]
    assert (find("whoosh"), find("no-such-package")) == ("BSD License", "not installed")
    assert {"warcio", "six"} <= LICENCES["find_needed"](["warcio>=1"])


def test_the_lock_has_all_that_tests_need_within_the_bounds_and_no_address() -> None:
    for line in (*PROJECT[""], *PROJECT["dev"]):
        wanted = Requirement(line)
        assert wanted.specifier.contains(LOCKED[canonicalize_name(wanted.name)]), f"{line}: run: make lock"
    text = (ROOT / "requirements-dev.lock").read_text()
    assert "://" not in text
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", text)) >= len(LOCKED) > 50
