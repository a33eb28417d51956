"""Where pages come from: one module a container, all yielding pages in a settled order.

``read`` opens whatever a path names. What cannot be read becomes a ``Rejected`` and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

from searchkit.errors import SearchkitError, SourceError
from searchkit.model import Page, Rejected
from searchkit.sources import folder
from searchkit.sources.file import display, exists, find_file, find_location, read_file
from searchkit.sources.folder import comes_to
from searchkit.sources.kinds import CONTAINERS, find_kind
from searchkit.sources.listing import expand

__all__ = ["check", "comes_to", "expand", "find_file", "locate", "measure", "read"]

_NAMED = 10  # paths that an error names; a list of them may have thousands


def read(paths: Sequence[str | Path]) -> Iterator[Page | Rejected]:
    """All pages at and below the paths, in the order given, folders in order of their names.

    Raises SourceError when none of the paths exists; one that is missing among others is a Rejected.
    """
    check(paths)
    for path in paths:
        yield from _read_place(Path(path))


def check(paths: Sequence[str | Path]) -> None:
    """Raise SourceError when none of the paths exists."""
    if not any(exists(Path(path)) for path in paths):
        names = ", ".join(display(Path(path)) for path in paths[:_NAMED]) or "no path"
        raise SourceError("there is no such file or folder", names, "check the spelling of the path")


def measure(paths: Sequence[str | Path]) -> int:
    """How many bytes ``read`` will go through, without opening a file."""
    return sum(folder.measure(Path(path)) for path in paths)


def locate(path: str | Path) -> str:
    """The location under which the pages of a path are known: the page's own, or the beginning of theirs."""
    return find_location(Path(path))


def _read_place(place: Path) -> Iterator[Page | Rejected]:
    if not exists(place):
        yield Rejected(display(place), "not-found", "there is no such file or folder")
    elif place.is_dir():
        for file in folder.walk(place):
            yield from [file] if isinstance(file, Rejected) else _read_one(file)
    else:
        yield from _read_one(place)


def _read_one(file: Path) -> Iterator[Page | Rejected]:
    """The pages of one file: many for a container, else one."""
    kind = find_kind(file.name)
    if kind is None:
        yield read_file(file)
    else:
        yield from _read_container(file, kind)


def _read_container(file: Path, kind: str) -> Iterator[Page | Rejected]:
    """The pages of a container. A fault of ours costs the rest of the container, and never the run."""
    try:
        yield from import_module(CONTAINERS[kind][0]).read(file)
    except (SearchkitError, MemoryError):
        raise
    except Exception as fault:  # noqa: BLE001 - the last line of whoever reads: whatever it is, the rest goes on
        yield Rejected(display(file), "failed", f"{type(fault).__name__}: {fault}")
