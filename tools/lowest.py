"""The lower bounds of pyproject.toml as requirements, each at its lowest: python tools/lowest.py [EXTRA...]

``make lowest`` installs them and runs all tests, so that no bound promises what nobody tried.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def list_requirements(extras: Iterable[str]) -> list[Requirement]:
    """What searchkit needs, and what its extras need besides."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return [Requirement(line) for line in wanted]


def pin_lowest(requirements: Iterable[Requirement]) -> Iterator[str]:
    """Each requirement at its lower bound. Raises ValueError for one that has none."""
    for wanted in requirements:
        bounds = [bound.version for bound in wanted.specifier if bound.operator in (">=", "==")]
        if len(bounds) != 1:
            raise ValueError(f"{wanted} has no lower bound in {PROJECT}: give it one (>=)")
        yield f"{wanted.name}=={bounds[0]}"


if __name__ == "__main__":
    print("\n".join(sorted(set(pin_lowest(list_requirements(sys.argv[1:]))))))
