"""docs/licences.md from the metadata of what is installed: python tools/licences.py

The packages that searchkit needs, and those that each extra adds, with all that these need in turn. An extra that is
not installed here is listed by what it names.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"
NOT_SHIPPED = {"dev", "web-test", "bench", "bench-entities", "bench-extraction", "bench-relevance", "gazetteers",
               "train"}  # what only those who work on searchkit install
LONGEST = 60  # characters of a licence; some packages put its whole text there
HEAD = """# Licences of what searchkit needs

searchkit itself is under the [MIT licence](../LICENSE). This page is made by `tools/licences.py` from the metadata of
the packages; nothing of them is part of searchkit's own wheel. "Not installed" stands where the extra was not installed
when the page was made: its packages say their licence themselves (`pip show NAME`).
"""
_CLASSIFIER = re.compile(r"License :: (?:OSI Approved :: )?(.+)")


def find_project() -> dict[str, list[str]]:
    """What the core ("") and each extra name as requirements."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {"": project["dependencies"], **project["optional-dependencies"]}


def find_needed(lines: Iterable[str]) -> set[str]:
    """The names of some requirements, and of all that they need where they are installed."""
    found: set[str] = set()
    waiting = [Requirement(line) for line in lines]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in found:
            continue
        found.add(name)
        for line in _list_requirements(name):
            needed = Requirement(line)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra})
                                            for extra in (*wanted.extras, "")):
                waiting.append(needed)
    return found


def _list_requirements(name: str) -> list[str]:
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []


def find_licence(name: str) -> str:
    """The licence of a package, as its metadata says."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return "not installed"
    classified = [found[1] for line in said.get_all("Classifier") or [] if (found := _CLASSIFIER.fullmatch(line))]
    text = said.get("License-Expression") or ", ".join(classified) or said.get("License") or "not said"
    line = text.strip().partition("\n")[0]
    return line if len(line) <= LONGEST else line[:LONGEST - 1] + "…"


def write_page() -> Iterator[str]:
    """The lines of the page."""
    yield HEAD
    listed: set[str] = set()
    for extra, lines in find_project().items():
        names = find_needed(lines) - listed
        if extra in NOT_SHIPPED or not names:
            continue
        listed |= names
        yield f"## {f'The extra {extra}' if extra else 'Always'}\n\n| package | licence |\n|---|---|"
        yield from (f"| {name} | {find_licence(name)} |" for name in sorted(names))
        yield ""


if __name__ == "__main__":
    PAGE.write_text("\n".join(write_page()).rstrip() + "\n", encoding="utf-8")
