"""What passes along the pipeline: plain frozen values, no behaviour beyond their JSON.

Dates are ISO 8601 strings as precise as they are known ("2018", "2018-03", "2018-03-22"); offsets and
lengths count characters (code points) of the text they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from searchkit.frozen import frozen

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


@frozen
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


@frozen
class Rejected(Value):
    """A page that became no document: ``reason`` is one of a few fixed words, ``detail`` a sentence."""

    path: str
    reason: str
    detail: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The page's line in ``searchkit extract``."""
        return {"path": self.path, "rejected": self.reason, "detail": self.detail}


@frozen
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


@frozen
class PublicationDate(Value):
    """The day a document was first published, as precise as ``precision`` ("day", "month", "year") says."""

    value: str
    precision: str
    source: str
    confidence: float


@frozen
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


@frozen
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
        date = None
        if data["date"] is not None:
            date = PublicationDate(data["date"], data["date_precision"], data["date_source"],
                                   data["date_confidence"])
        return cls(  # by place, as the fields stand above: a page of results takes half the time
            data["id"],
            data["path"],
            data["body"],
            data["url"],
            data["title"],
            data["title_source"],
            tuple(map(Clue.from_dict, data["title_clues"])),
            date,
            tuple([Clue.from_dict(clue, "date") for clue in data["date_clues"]]),
            data["date_not_after"],
            data["publisher"],
            data["publisher_source"],
            tuple(map(Clue.from_dict, data["publisher_clues"])),
            data["author"],
            data["author_source"],
            tuple(map(Clue.from_dict, data["author_clues"])),
            data["language"],
            tuple([Entity(e["name"], e["type"], e["count"], tuple(e["mentions"])) for e in data["entities"]]),
            tuple([Chrome(part["text"], part["reason"]) for part in data["chrome"]]),
            data["captured"],
            data["record"],
            data.get("group"),
        )
