"""What comes out of a query: plain frozen values, no behaviour beyond their JSON.

Offsets count characters (code points) of the text they belong to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from searchkit.frozen import frozen
from searchkit.model import Document

if TYPE_CHECKING:
    import pandas
    import pyarrow


@frozen
class Snippet:
    """An excerpt of a body, from offset ``start`` in it; ``highlights`` are [start, end) in ``text``.

    ``field`` is "chrome" for an excerpt of a stripped block; ``start`` is then the offset in that block.
    """

    text: str
    start: int
    highlights: tuple[tuple[int, int], ...] = ()
    field: str = "body"

    def to_dict(self) -> dict[str, Any]:
        """JSON as in ``searchkit query --json``."""
        spans = [list(span) for span in self.highlights]
        return {"text": self.text, "start": self.start, "highlights": spans, "field": self.field}

    def mark(self, before: str = "**", after: str = "**", escape: Callable[[str], str] = str) -> str:
        """The text with each match between ``before`` and ``after``.

        Where those are markup, ``escape`` makes the text harmless: ``mark("<b>", "</b>", html.escape)``.
        """
        parts, done = [], 0
        for start, end in self.highlights:
            parts += [escape(self.text[done:start]), before, escape(self.text[start:end]), after]
            done = end
        return "".join([*parts, escape(self.text[done:])])

    def __str__(self) -> str:
        return self.mark()


@frozen
class Copies:
    """The other matches with the text of a hit: how many, the publishers they name, most copies first, and the first
    of their ids, in the order in which they would have ranked.
    """

    count: int = 0
    publishers: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON as in ``searchkit query --json``."""
        return {"count": self.count, "publishers": list(self.publishers), "ids": list(self.ids)}


@frozen
class Hit:
    """One result: the document, its rank (from 1) and score, and where the query's words stand in it.

    ``title_highlights`` are [start, end) in the title. ``index`` names the index it is from, where several are asked.
    """

    document: Document
    rank: int
    score: float
    snippets: tuple[Snippet, ...] = ()
    title_highlights: tuple[tuple[int, int], ...] = ()
    copies: Copies = Copies()
    index: str | None = None

    @property
    def id(self) -> str:
        """The document's id."""
        return self.document.id

    @property
    def title(self) -> str | None:
        """The document's title."""
        return self.document.title

    @property
    def author(self) -> str | None:
        """The document's author."""
        return self.document.author

    @property
    def date(self) -> str | None:
        """The publication date, ISO 8601, as precise as it is known."""
        return self.document.date.value if self.document.date else None

    @property
    def publisher(self) -> str | None:
        """The document's publisher."""
        return self.document.publisher

    def to_dict(self) -> dict[str, Any]:
        """JSON as in ``searchkit query --json``."""
        document = self.document
        return {
            "id": document.id,
            "rank": self.rank,
            "score": self.score,
            "title": document.title,
            "title_highlights": [list(span) for span in self.title_highlights],
            "display_title": document.display_title,
            "date": self.date,
            "publisher": document.publisher,
            "author": document.author,
            "language": document.language,
            "url": document.url,
            "path": document.path,
            "entities": [{"name": e.name, "type": e.type, "count": e.count} for e in document.entities],
            "snippets": [snippet.to_dict() for snippet in self.snippets],
            "group": document.group,
            "copies": self.copies.to_dict(),
            **({"index": self.index} if self.index is not None else {}),
        }


@frozen
class FacetValue:
    """A value of a facet and how many matches have it; the value ``None`` counts those without one.

    ``distinct`` counts copies of one text once.
    """

    value: str | None
    count: int
    distinct: int = -1

    def __init__(self, value: str | None, count: int, distinct: int = -1) -> None:
        """``distinct`` may be left out where there are no copies. Written out, for an answer has hundreds."""
        self.__dict__.update(value=value, count=count, distinct=count if distinct < 0 else distinct)

    def to_dict(self) -> dict[str, Any]:
        """JSON as in ``searchkit query --json``."""
        return {"value": self.value, "count": self.count, "distinct": self.distinct}


@frozen
class Partial:
    """The best documents with some of the words, where none has all: how many there are, and the first of them."""

    match: str
    total: int
    hits: tuple[Hit, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON as in ``searchkit query --json``."""
        return {"match": self.match, "total": self.total, "hits": [hit.to_dict() for hit in self.hits]}


@frozen
class Results:
    """The answer to a query: the same object for the terminal, JSON and every other face.

    ``total`` counts documents, ``distinct`` copies of one text once. ``suggestion`` is the query with misspelt words
    replaced; ``partial`` stands in where no document has all words.
    """

    query: str
    parsed: str
    match: str
    total: int
    took_ms: float
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    suggestion: str | None = None
    warnings: tuple[str, ...] = ()
    partial: Partial | None = None
    distinct: int = -1

    def __post_init__(self) -> None:
        if self.distinct < 0:  # not said: no copies
            object.__setattr__(self, "distinct", self.total)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    def to_dict(self) -> dict[str, Any]:
        """JSON as in ``searchkit query --json``."""
        return {
            "schema": 1,
            "query": self.query,
            "parsed": self.parsed,
            "match": self.match,
            "total": self.total,
            "distinct": self.distinct,
            "took_ms": self.took_ms,
            "suggestion": self.suggestion,
            "warnings": list(self.warnings),
            "hits": [hit.to_dict() for hit in self.hits],
            "facets": {name: [value.to_dict() for value in values] for name, values in self.facets.items()},
            "partial": self.partial.to_dict() if self.partial else None,
        }

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame with a row for each hit. Raises SettingsError where pandas is not installed."""
        from searchkit.tables import make_frame

        return make_frame(self.hits)

    def to_arrow(self) -> pyarrow.Table:
        """An Arrow table with a row for each hit. Raises SettingsError where pyarrow is not installed."""
        from searchkit.tables import make_table

        return make_table(self.hits)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The Arrow table, for whatever takes one: Polars, DuckDB …"""
        return self.to_arrow().__arrow_c_stream__(requested_schema)
