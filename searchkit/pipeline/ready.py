"""A line of JSON that holds a document already extracted: nothing is stripped, what it lacks is found."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from searchkit.model import ENTITY_TYPES, Document, Entity, Page, PublicationDate, Rejected
from searchkit.pipeline import language
from searchkit.pipeline.secondopinion import Opinion, find_entities

_TIME = r"[T ][0-9:.,]+ ?(?:[A-Z]+|[+-][0-9:]+)?"  # may follow a day, and says nothing to us
_DAY = re.compile(rf"([0-9]{{4}})(?:-([0-9]{{2}})(?:-([0-9]{{2}})(?:{_TIME})?)?)?")
_LINE_KEYS = ("title", "publisher", "author")  # values without line breaks
_TEXT_KEYS = ("id", "title", "body", "date", "publisher", "author", "url", "language")


def read_document(page: Page, identity: str, opinion: Opinion | None = None) -> Document | Rejected:
    """The document in a line, under its own id or else ``identity``; or why there is none."""
    try:
        data = json.loads(page.content)
    except (ValueError, RecursionError) as problem:
        return Rejected(page.path, "bad-json", f"the line is no JSON: {problem}")
    problem_found = _find_problem(data)
    if problem_found:
        return Rejected(page.path, "bad-document", problem_found)
    text = {key: _clean(data.get(key)) for key in _TEXT_KEYS}
    text.update({key: " ".join(value.split()) for key in _LINE_KEYS if (value := text[key])})
    body = text["body"] or ""
    if not body:
        return Rejected(page.path, "no-content", "the body is empty")
    spoken = text["language"] or language.detect(body, None)
    given = data.get("entities")
    return Document(
        id=text["id"] or identity,
        path=page.path,
        body=body,
        url=text["url"],
        title=text["title"],
        title_source="given" if text["title"] else "derived",
        date=_read_date(text["date"]),
        publisher=text["publisher"],
        publisher_source="given" if text["publisher"] else None,
        author=text["author"],
        author_source="given" if text["author"] else None,
        language=spoken,
        entities=find_entities(body, spoken, opinion) if given is None else _read_entities(given),
    )


def _find_problem(data: Any) -> str | None:  # noqa: ANN401
    """Why this value is no document, if it is none."""
    if not isinstance(data, dict):
        return "the line is no JSON object"
    if "body" not in data:
        return "there is no 'body'"
    for key in _TEXT_KEYS:
        if not isinstance(data.get(key), str | None) and not (key == "id" and isinstance(data[key], int)):
            return f"'{key}' is not text"
    if data.get("date") and _read_date(data["date"]) is None:
        return f"'{data['date']}' is no ISO 8601 date"
    named = data.get("entities")
    if not isinstance(named, list | None) or not all(isinstance(name, str | dict) for name in named or ()):
        return "'entities' is no list of names"
    return None


def _clean(value: Any) -> str | None:  # noqa: ANN401
    """Text without lone surrogates, which no file can hold; None when nothing is left."""
    if value is None:
        return None
    return str(value).encode("utf-8", "replace").decode().strip() or None


def _read_date(text: str | None) -> PublicationDate | None:
    found = _DAY.fullmatch((text or "").strip())
    if not found:
        return None
    try:
        value = "-".join(filter(None, found.groups()))
        date.fromisoformat(f"{value}-01-01"[:10])
    except ValueError:
        return None
    return PublicationDate(value, {4: "year", 7: "month", 10: "day"}[len(value)], "given", 1.0)


def _read_entities(given: list[Any]) -> tuple[Entity, ...]:
    """Entities given as names, or as objects with name, type and count."""
    found: dict[str, Entity] = {}
    for item in given:
        entry = {"name": item} if isinstance(item, str) else item
        name = _clean(entry.get("name"))
        if name and name not in found:
            kind, count = entry.get("type"), entry.get("count")
            found[name] = Entity(name, kind if kind in ENTITY_TYPES else "other",
                                 count if isinstance(count, int) and count > 0 else 1, (name,))
    return tuple(found.values())
