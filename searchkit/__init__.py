"""Turn a pile of saved news and web pages into a searchable archive.

    import searchkit

    with searchkit.open("index") as index:
        index.add("seeds/")
        for hit in index.query("Huawei carrier", after="2018"):
            print(hit.title, hit.date, hit.snippets[0])

    document = searchkit.extract("page.html")
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from searchkit.errors import (
    DocumentNotFound,
    EngineError,
    IndexFault,
    QueryError,
    SearchkitError,
    SettingsError,
    SourceError,
)
from searchkit.model import Document, Entity, Page, PublicationDate, Rejected
from searchkit.report import IndexReport
from searchkit.results import FacetValue, Hit, Results, Snippet
from searchkit.settings import ALIASES

if TYPE_CHECKING:
    from searchkit.index import Index

__all__ = [
    "Document",
    "DocumentNotFound",
    "EngineError",
    "Entity",
    "FacetValue",
    "Hit",
    "IndexFault",
    "IndexReport",
    "Page",
    "PublicationDate",
    "QueryError",
    "Rejected",
    "Results",
    "SearchkitError",
    "SettingsError",
    "Snippet",
    "SourceError",
    "extract",
    "open",
]


def open(folder: str | Path | Sequence[str | Path] | None = "index", engine: str | None = None, *,
         aliases: str | Path | None = ALIASES) -> Index:
    """Open the index in a folder, making it if it is not there; ``None`` keeps it in this process only.

    Several folders, ``open(["news", "blogs"])``, are read as one index; each must be there, and none is written to.
    ``aliases`` is a file of corrections, ``aliases.toml`` if there is one; ``None`` corrects nothing.
    """
    from searchkit.index import open_index

    return open_index(folder, engine, create=True, aliases=aliases)


def extract(source: str | bytes | Path | Page) -> Document | Rejected:
    """What a page becomes. ``source`` is a path, a page's bytes, its text, or a Page.

    A string that names an existing file is a path; any other string is the text of a page.
    """
    from searchkit.pipeline import extract as extract_page
    from searchkit.sources.file import read_file

    if isinstance(source, str) and _is_path(source):
        source = Path(source)
    if isinstance(source, Path):
        found = read_file(source)
        return found if isinstance(found, Rejected) else extract_page(found)
    return extract_page(source if isinstance(source, Page) else Page("", source))


def _is_path(text: str) -> bool:
    """Whether a string is the name of something that exists, and not the text of a page."""
    try:
        return 0 < len(text) < 4096 and "\n" not in text and Path(text).exists()
    except (OSError, ValueError):
        return False
