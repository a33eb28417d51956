"""The folder of an index whose documents are on a server: two small files, which name it."""

from __future__ import annotations

import json
from pathlib import Path

from searchkit.errors import SettingsError
from searchkit.findings import Checked, Fault
from searchkit.seals import Seen

FILES = (".opensearch.json", "opensearch.json")


def check(folder: Path, full: bool) -> Checked:
    """Whether both files name the same index."""
    names, faults = set(), []
    for file in FILES:
        try:
            names.add(json.loads((folder / file).read_bytes())["index"])
        except (OSError, ValueError, LookupError, TypeError, RecursionError) as problem:
            faults.append(Fault(file, f"it cannot be read: {problem}"))
    if len(names) > 1:
        faults.append(Fault(FILES[1], "it names another index than the other file"))
    return Checked(tuple(faults), ("the documents are on the server, which checks its own files",), frozenset(FILES))


def mend(folder: Path) -> tuple[str, ...]:
    """Nothing: what the files say cannot be known without them."""
    return ()


def list_commit(folder: Path) -> tuple[dict[str, bytes], dict[str, Seen | None]]:
    """Raises SettingsError: the documents are elsewhere."""
    raise SettingsError("the documents of this index are on a server", str(folder),
                        "make a snapshot there, or copy the index: searchkit copy --to whoosh:FOLDER")


def seal(folder: Path) -> None:
    """Nothing: nothing is ever copied."""
