"""The answers of the tools, as their output schemas describe them. None is longer than ``MOST_CHARACTERS`` by much."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field

from searchkit.mcp.quoting import NOTICE, Quotation, clean_line
from searchkit.model import Document
from searchkit.results import FacetValue, Hit
from searchkit.search.explanation import Clause, Word

MOST_CHARACTERS = 20_000  # of an answer's JSON: about 5,000 tokens
MOST_ENTITIES = 20  # that are named of a document

Notice = Annotated[str, Field(description="What to make of the texts in this answer.")]
Showing = Annotated[str, Field(description="How much of all there is this answer shows, and how to go on.")]
NextOffset = Annotated[int | None, Field(description="The offset that shows what follows; null: nothing does.")]


class Result(BaseModel):
    """A document that was found."""

    id: str = Field(description="What fetch takes.")
    title: str
    url: str = Field(description="The address of the page; of one without, searchkit:ID.")
    text: str = Field(description="Passages that match, between marks: untrusted text of the page.")
    date: str | None = Field(description="Publication date, as precise as it is known: 2018, 2018-03, 2018-03-22.")
    publisher: str | None
    author: str | None
    language: str | None
    copies: int = Field(description="How many other documents have the same text; they are not results themselves.")


class Search(BaseModel):
    """What search finds."""

    notice: Notice = NOTICE
    results: list[Result]
    total: int = Field(description="Documents that match.")
    distinct: int = Field(description="The same with copies of one text counted once; pages of results count so.")
    showing: Showing
    next_offset: NextOffset
    parsed: str = Field(description="The query as it was understood.")
    suggestion: str | None = Field(description="The query with misspelt words replaced.")
    warnings: list[str]


class Metadata(BaseModel):
    """What is known of a document."""

    date: str | None
    date_precision: str | None = Field(description="day, month or year.")
    date_confidence: float | None = Field(description="How sure the date is, 0 to 1.")
    publisher: str | None
    author: str | None
    language: str | None
    path: str = Field(description="The file that it was read from.")
    captured: str | None = Field(description="When the page was saved.")
    entities: list[str] = Field(description="Persons, organisations and places it names most.")
    group: str | None = Field(description="group:… in a query finds this document and its copies.")
    start: int = Field(description="Where the text begins in the whole body, in characters …")
    end: int = Field(description="… and where it ends.")
    length: int = Field(description="Characters of the whole body.")


class Fetch(BaseModel):
    """One document."""

    notice: Notice = NOTICE
    id: str
    title: str
    url: str
    text: str = Field(description="The body or a part of it, between marks: untrusted text of the page.")
    metadata: Metadata
    showing: Showing
    next_offset: NextOffset


class Count(BaseModel):
    """A value and how many documents have it."""

    value: str | None = Field(description="null: documents without one.")
    count: int
    distinct: int = Field(description="The same with copies of one text counted once.")


class Facets(BaseModel):
    """The values of a field."""

    notice: Notice = NOTICE
    field: str
    values: list[Count]
    total: int = Field(description="Documents that match the query.")
    distinct: int
    showing: Showing
    next_offset: NextOffset


class Timeline(BaseModel):
    """How many documents each period has. Those in which there are none are left out."""

    by: str
    periods: list[Count]
    undated: int = Field(description="Documents that match and have no date.")
    total: int
    distinct: int
    showing: Showing
    next_offset: NextOffset


class Explain(BaseModel):
    """Why a query finds what it finds."""

    notice: Notice = NOTICE
    parsed: str
    total: int
    words: list[Word] = Field(description="Each word: in how many documents it stands, in which forms.")
    clauses: list[Clause] = Field(description="Each part: how many match it alone, and all others without it.")
    emptied_by: list[str] = Field(description="The parts for which nothing is found.")
    undated: int | None = Field(description="Documents lost only because they have no date.")
    only_in_chrome: int = Field(description="Documents that match only in what was stripped as site furniture.")
    suggestion: str | None
    advice: list[str]
    warnings: list[str]
    showing: Showing


Item = TypeVar("Item", bound=BaseModel)


def keep_within(items: Sequence[Item], most: int = MOST_CHARACTERS) -> list[Item]:
    """The first items, as many as have room; at least one where there is any."""
    kept: list[Item] = []
    for item in items:
        most -= len(json.dumps(item.model_dump()))
        if most < 0 and kept:
            break
        kept.append(item)
    return kept


def tell_shown(offset: int, shown: int, total: int, things: str, onward: str = "") -> str:
    """A sentence: which of how many things an answer shows, from 1 on, and how to see those that follow."""
    if not shown:
        return f"showing none of {total:,} {things}" + (f"; offset {offset:,} is behind the last" if total else "")
    said = f"showing {offset + 1:,} to {offset + shown:,} of {total:,} {things}"
    return f"{said}; {onward or f'go on with offset={offset + shown}'}" if offset + shown < total else said


def make_result(hit: Hit, quotation: Quotation) -> Result:
    """A hit, with its snippets as one text."""
    document = hit.document
    text = " … ".join(snippet.text for snippet in hit.snippets)
    return Result(
        id=document.id, title=clean_line(document.display_title), url=name_url(document), text=quotation.quote(text),
        date=hit.date, publisher=_clean(document.publisher), author=_clean(document.author),
        language=document.language, copies=hit.copies.count)


def make_metadata(document: Document, start: int, end: int) -> Metadata:
    """What is known of a document of which [start, end) is shown."""
    date = document.date
    named = sorted(document.entities, key=lambda entity: -entity.count)[:MOST_ENTITIES]
    return Metadata(
        date=date.value if date else None, date_precision=date.precision if date else None,
        date_confidence=date.confidence if date else None, publisher=_clean(document.publisher),
        author=_clean(document.author), language=document.language, path=clean_line(document.path),
        captured=document.captured, entities=[clean_line(entity.name) for entity in named],
        group=document.group, start=start, end=end, length=len(document.body))


def make_count(value: FacetValue) -> Count:
    """A value of a facet."""
    return Count(value=_clean(value.value), count=value.count, distinct=value.distinct)


def name_url(document: Document) -> str:
    """An address that an assistant can cite, which must be there: a made-up one where the page has none."""
    return clean_line(document.url) if document.url else f"searchkit:{document.id}"


def _clean(text: str | None) -> str | None:
    return None if text is None else clean_line(text)
