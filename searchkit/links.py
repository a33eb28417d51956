"""Where the file of a page lies, as an address that a terminal can open."""

from __future__ import annotations

from pathlib import Path


def find_link(path: str) -> str | None:
    """The ``file:`` address of a page, or of the archive that holds it, if it is there; in plain ASCII, whatever
    its name. Paths are taken from the working directory, as they were when the page was indexed.
    """
    for name in (path, path.rpartition("#")[0]):
        try:
            place = Path(name).absolute()
            while name and place != place.parent:
                if place.is_file():
                    return place.as_uri()
                if place.exists():
                    break
                place = place.parent
        except (OSError, ValueError):  # a name that no file can have
            continue
    return None
