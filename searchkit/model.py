"""What passes along the pipeline and out of a query: plain frozen values, no behaviour beyond their JSON.

Dates are ISO 8601 strings as precise as they are known ("2018", "2018-03", "2018-03-22"); offsets and
lengths count characters (code points) of the text they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

DISPLAY_TITLE_LENGTH = 90  # characters of a first sentence that stands in for a missing title
READY = "application/x-ndjson"  # media type of a page that is a line of JSON, extracted already
ENTITY_TYPES = ("person", "organisation", "place", "other")


class Value:
    """A frozen dataclass that is copied, and sent to other processes, as the arguments it was made of.

    Faster than the way of ``dataclasses``, which looks the fields up for each value: a document has hundreds.
    """

    __slots__ = ()

    def __reduce__(self) -> tuple[type[Any], tuple[Any, ...]]:
        names: tuple[str, ...] = type(self).__match_args__  # type: ignore[attr-defined]  # the fields of a dataclass
        return type(self), tuple([getattr(self, name) for name in names])


@dataclass(frozen=True, slots=True)
class Page(Value):
    """A saved page as read, before anything is known about it.

    ``location`` identifies the page in its source across runs (an absolute path, a path and a line);
    ``path`` is how users see it. ``media_type`` is what its container says it is, if it says anything.
    ``captured`` is the ISO date, or time in UTC, at which it was saved, where the container knows; ``record``
    the id of its record in an archive of the web. ``size`` is how many bytes of its source were read for it
    (compressed, as they lie on the disk).
    """

    path: str
    content: bytes | str
    location: str = ""
    media_type: str | None = None
    url: str | None = None
    captured: str | None = None
    size: int = 0
    record: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected(Value):
    """A page that became no document: ``reason`` is one of a few fixed words, ``detail`` a sentence."""

    path: str
    reason: str
    detail: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The page's line in ``searchkit extract``."""
        return {"path": self.path, "rejected": self.reason, "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Clue(Value):
    """One piece of evidence for a date, title, publisher or author.

    ``value`` is what it says, ``source`` where it stood ("json-ld", "meta", "byline", "teaser" …),
    ``confidence`` how likely it is right (0 to 1), ``text`` the words it was read from.
    """

    value: str
    source: str
    confidence: float
    text: str = ""

    def to_dict(self, key: str = "value") -> dict[str, Any]:
        """JSON with the value under ``key``."""
        return {key: self.value, "source": self.source, "confidence": self.confidence, "text": self.text}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], key: str = "value") -> Clue:
        """The inverse of ``to_dict``."""
        return cls(data[key], data["source"], data["confidence"], data["text"])


@dataclass(frozen=True, slots=True)
class PublicationDate(Value):
    """The day a document was first published, as precise as ``precision`` ("day", "month", "year") says."""

    value: str
    precision: str
    source: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Entity(Value):
    """A person, organisation or place named in the body, under one canonical name.

    ``mentions`` are the forms in which it stands in the text, ``count`` how often in all.
    """

    name: str
    type: str
    count: int = 1
    mentions: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON as in ``searchkit extract``."""
        return {"name": self.name, "type": self.type, "count": self.count, "mentions": list(self.mentions)}


class Chrome(NamedTuple):
    """A block of the site's furniture and the reason for which it was stripped."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Document(Value):
    """What is indexed: one article with its fields. Paragraphs of ``body`` are separated by a blank line.

    ``captured`` and ``record`` are those of its page; ``group`` names its group of copies (None: it has none).
    """

    id: str
    path: str
    body: str
    url: str | None = None
    title: str | None = None
    title_source: str | None = None
    title_clues: tuple[Clue, ...] = ()
    date: PublicationDate | None = None
    date_clues: tuple[Clue, ...] = ()
    date_not_after: str | None = None
    publisher: str | None = None
    publisher_source: str | None = None
    publisher_clues: tuple[Clue, ...] = ()
    author: str | None = None
    author_source: str | None = None
    author_clues: tuple[Clue, ...] = ()
    language: str | None = None
    entities: tuple[Entity, ...] = ()
    chrome: tuple[Chrome, ...] = ()
    captured: str | None = None
    record: str | None = None
    group: str | None = None

    @property
    def display_title(self) -> str:
        """The title, or where the page has none, its first sentence, shortened: something to show."""
        if self.title:
            return self.title
        line = self.body.split("\n", 1)[0]
        sentence = re.split(r"(?<=[.!?])\s", line, maxsplit=1)[0]
        words = " ".join(sentence[:4 * DISPLAY_TITLE_LENGTH].split())
        if len(words) <= DISPLAY_TITLE_LENGTH:
            return words or self.path
        space = words.rfind(" ", 0, DISPLAY_TITLE_LENGTH - 1)
        return words[:space if space > 0 else DISPLAY_TITLE_LENGTH - 2] + " …"

    def to_dict(self) -> dict[str, Any]:
        """JSON as in ``searchkit extract``; also what an engine stores."""
        date = self.date
        return {
            "id": self.id,
            "path": self.path,
            "url": self.url,
            "title": self.title,
            "display_title": self.display_title,
            "title_source": self.title_source,
            "title_clues": [clue.to_dict() for clue in self.title_clues],
            "body": self.body,
            "date": date.value if date else None,
            "date_precision": date.precision if date else None,
            "date_source": date.source if date else None,
            "date_confidence": date.confidence if date else None,
            "date_clues": [clue.to_dict("date") for clue in self.date_clues],
            "date_not_after": self.date_not_after,
            "publisher": self.publisher,
            "publisher_source": self.publisher_source,
            "publisher_clues": [clue.to_dict() for clue in self.publisher_clues],
            "author": self.author,
            "author_source": self.author_source,
            "author_clues": [clue.to_dict() for clue in self.author_clues],
            "language": self.language,
            "entities": [entity.to_dict() for entity in self.entities],
            "chrome": [{"text": part.text, "reason": part.reason} for part in self.chrome],
            "captured": self.captured,
            "record": self.record,
            "group": self.group,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Document:
        """The inverse of ``to_dict``."""
        plain = ("id", "path", "body", "url", "title", "title_source", "date_not_after", "publisher",
                 "publisher_source", "author", "author_source", "language", "captured", "record")
        date = None
        if data["date"] is not None:
            date = PublicationDate(data["date"], data["date_precision"], data["date_source"],
                                   data["date_confidence"])
        return cls(
            **{name: data[name] for name in plain},
            title_clues=tuple(map(Clue.from_dict, data["title_clues"])),
            group=data.get("group"),
            date=date,
            date_clues=tuple(Clue.from_dict(clue, "date") for clue in data["date_clues"]),
            publisher_clues=tuple(map(Clue.from_dict, data["publisher_clues"])),
            author_clues=tuple(map(Clue.from_dict, data["author_clues"])),
            entities=tuple(Entity(e["name"], e["type"], e["count"], tuple(e["mentions"]))
                           for e in data["entities"]),
            chrome=tuple(Chrome(part["text"], part["reason"]) for part in data["chrome"]),
        )


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: the document, its rank (from 1) and score, and where the query's words stand in it.

    ``title_highlights`` are [start, end) in the title.
    """

    document: Document
    rank: int
    score: float
    snippets: tuple[Snippet, ...] = ()
    title_highlights: tuple[tuple[int, int], ...] = ()
    copies: Copies = Copies()

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
        }


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet and how many matches have it; the value ``None`` counts those without one.

    ``distinct`` counts copies of one text once.
    """

    value: str | None
    count: int
    distinct: int = -1

    def __post_init__(self) -> None:
        if self.distinct < 0:  # not said: no copies
            object.__setattr__(self, "distinct", self.count)

    def to_dict(self) -> dict[str, Any]:
        """JSON as in ``searchkit query --json``."""
        return {"value": self.value, "count": self.count, "distinct": self.distinct}


@dataclass(frozen=True, slots=True)
class Partial:
    """The best documents with some of the words, where none has all: how many there are, and the first of them."""

    match: str
    total: int
    hits: tuple[Hit, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON as in ``searchkit query --json``."""
        return {"match": self.match, "total": self.total, "hits": [hit.to_dict() for hit in self.hits]}


@dataclass(frozen=True, slots=True)
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
