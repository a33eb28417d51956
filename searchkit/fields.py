"""FIELDS: the one table of index fields.

Engine schemas, the query parser, the choice of facets, ``--help`` and the documentation derive from it.
A new field is one line here and whatever extracts its value into the ``Document``.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from searchkit.frozen import frozen
from searchkit.model import Document


class Kind(Enum):
    """How a field is matched: word by word, as a whole value, or as a day."""

    TEXT = "text"
    KEYWORD = "keyword"
    DATE = "date"


@frozen
class Field:
    """One row of the table. ``read`` takes the field's values from a document, none to many.

    The values of a text field are passages: a phrase never runs from one into the next.
    """

    name: str
    kind: Kind
    describes: str
    read: Callable[[Document], tuple[str, ...]]
    aliases: tuple[str, ...] = ()
    facet: bool = False


def _entity_names(*types: str) -> Callable[[Document], tuple[str, ...]]:
    """Names of a document's entities of these types (of all types when none is given), each once."""

    def read(document: Document) -> tuple[str, ...]:
        names = (e.name for e in document.entities if not types or e.type in types)
        return tuple(dict.fromkeys(names))

    return read


def read_site(document: Document) -> tuple[str, ...]:
    """Host of the document's URL without ``www.``."""
    if not document.url or "://" not in document.url:
        return ()
    host = document.url.split("://", 1)[1].split("/", 1)[0].rpartition("@")[2].split(":", 1)[0].lower()
    return _some(host.removeprefix("www."))


def _some(*values: str | None) -> tuple[str, ...]:
    return tuple(value for value in values if value)


FIELDS: tuple[Field, ...] = (
    Field("title", Kind.TEXT, "the headline", lambda d: _some(d.title), aliases=("headline",)),
    Field("body", Kind.TEXT, "the story, its headline included", lambda d: _some(d.title, d.body),
          aliases=("text",)),
    Field("chrome", Kind.TEXT, "what was stripped as site furniture",
          lambda d: tuple(part.text for part in d.chrome)),
    Field("publisher", Kind.KEYWORD, "who published it", lambda d: _some(d.publisher), facet=True),
    Field("author", Kind.KEYWORD, "who wrote it", lambda d: _some(d.author), aliases=("by",), facet=True),
    Field("entity", Kind.KEYWORD, "a person, organisation or place named in it", _entity_names(), facet=True),
    Field("person", Kind.KEYWORD, "a person named in it", _entity_names("person"), facet=True),
    Field("organisation", Kind.KEYWORD, "an organisation named in it", _entity_names("organisation"),
          aliases=("organization", "org"), facet=True),
    Field("place", Kind.KEYWORD, "a place named in it", _entity_names("place"), facet=True),
    Field("language", Kind.KEYWORD, "language code of the body (en, de …)", lambda d: _some(d.language),
          aliases=("lang",), facet=True),
    Field("site", Kind.KEYWORD, "host name of its address", read_site, facet=True),
    Field("group", Kind.KEYWORD, "the group of copies it belongs to", lambda d: _some(d.group)),
    Field("date", Kind.DATE, "publication date", lambda d: _some(d.date.value if d.date else None),
          facet=True),
)

BY_NAME: dict[str, Field] = {name: field for field in FIELDS for name in (field.name, *field.aliases)}
TEXT_FIELDS = tuple(field for field in FIELDS if field.kind is Kind.TEXT)
KEYWORD_FIELDS = tuple(field for field in FIELDS if field.kind is Kind.KEYWORD)
DATE_FIELDS = tuple(field for field in FIELDS if field.kind is Kind.DATE)
FACETS = tuple(field.name for field in FIELDS if field.facet)
DEFAULT_FIELD = "body"
