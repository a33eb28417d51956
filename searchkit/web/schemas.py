"""The schemas of what the API answers, in JSON Schema 2020-12: each property is there, and no others are."""

from __future__ import annotations

from typing import Any

from searchkit.model import ENTITY_TYPES
from searchkit.queryoptions import MATCHES

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
MAYBE: Schema = {"type": ["string", "null"]}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
MATCH: Schema = {"enum": list(MATCHES)}
SPANS: Schema = {"type": "array", "description": "[start, end) in characters of the text", "items": {
    "type": "array", "items": COUNT, "minItems": 2, "maxItems": 2}}
TYPE: Schema = {"enum": list(ENTITY_TYPES)}


def refer(name: str) -> Schema:
    """A schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def _list_of(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _make(**properties: Schema) -> Schema:
    """An object that has all of these properties and no others."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _map_to(schema: Schema) -> Schema:
    return {"type": "object", "additionalProperties": schema}


def _make_clues(key: str = "value") -> Schema:
    return _list_of(_make(**{key: TEXT}, source=TEXT, confidence=NUMBER, text=TEXT))


_DOCUMENT: dict[str, Schema] = {
    "id": TEXT, "path": TEXT, "url": MAYBE, "title": MAYBE, "display_title": TEXT, "title_source": MAYBE,
    "title_clues": _make_clues(), "body": TEXT, "date": MAYBE, "date_precision": MAYBE, "date_source": MAYBE,
    "date_confidence": {"type": ["number", "null"]}, "date_clues": _make_clues("date"), "date_not_after": MAYBE,
    "publisher": MAYBE, "publisher_source": MAYBE, "publisher_clues": _make_clues(), "author": MAYBE,
    "author_source": MAYBE, "author_clues": _make_clues(), "language": MAYBE,
    "entities": _list_of(_make(name=TEXT, type=TYPE, count=COUNT, mentions=_list_of(TEXT))),
    "chrome": _list_of(_make(text=TEXT, reason=TEXT)), "captured": MAYBE, "record": MAYBE,
    "group": MAYBE,
}

SCHEMAS: dict[str, Schema] = {
    "Results": _make(
        schema={"const": 1}, query=TEXT, parsed=TEXT, match=MATCH, total=COUNT, distinct=COUNT, took_ms=NUMBER,
        suggestion=MAYBE,
        warnings=_list_of(TEXT), hits=_list_of(refer("Hit")), facets=_map_to(_list_of(refer("FacetValue"))),
        partial={"anyOf": [refer("Partial"), {"type": "null"}]}),
    "Hit": _make(
        id=TEXT, rank=COUNT, score=NUMBER, title=MAYBE, title_highlights=SPANS, display_title=TEXT, date=MAYBE,
        publisher=MAYBE, author=MAYBE, language=MAYBE, url=MAYBE, path=TEXT,
        entities=_list_of(_make(name=TEXT, type=TYPE, count=COUNT)), snippets=_list_of(refer("Snippet")),
        group=MAYBE, copies=refer("Copies")),
    "Copies": _make(count=COUNT, publishers=_list_of(TEXT), ids=_list_of(TEXT)),
    "Snippet": _make(text=TEXT, start=COUNT, highlights=SPANS, field={"enum": ["body", "chrome"]}),
    "Partial": _make(match=MATCH, total=COUNT, hits=_list_of(refer("Hit"))),
    "FacetValue": _make(value={**MAYBE, "description": "null: the documents without one"}, count=COUNT,
                        distinct={**COUNT, "description": "with copies of one text counted once"}),
    "Facet": _make(query=TEXT, total=COUNT, distinct=COUNT, took_ms=NUMBER, field=TEXT,
                   values=_list_of(refer("FacetValue"))),
    "DocumentWithCaptures": _make(**_DOCUMENT, captures=_list_of(_make(captured=TEXT, path=TEXT)),
                                  copies=refer("Copies")),
    "Suggestions": _make(query=TEXT, suggestion=MAYBE, completions=_list_of(
        _make(value=TEXT, kind=TEXT, query=TEXT, documents=COUNT))),
    "Explanation": _make(
        schema={"const": 1}, query=TEXT, parsed=TEXT, match=MATCH, total=COUNT,
        words=_list_of(_make(typed=TEXT, field=TEXT, term=TEXT, documents=COUNT,
                             forms=_list_of(_make(written=TEXT, documents=COUNT)))),
        clauses=_list_of(_make(clause=TEXT, kind={"enum": ["query", "filter"]}, documents=COUNT, without=COUNT)),
        emptied_by=_list_of(TEXT), undated={"type": ["integer", "null"]}, only_in_chrome={"type": "integer"},
        suggestion=MAYBE, advice=_list_of(TEXT), warnings=_list_of(TEXT)),
    "Stats": _make(
        documents=COUNT, distinct=COUNT, groups=COUNT, engine=TEXT, bytes={"type": ["integer", "null"]},
        publishers=COUNT, authors=COUNT, entities=COUNT, languages=_map_to(COUNT), dated=COUNT,
        first_date=MAYBE, last_date=MAYBE, rejected=_map_to(COUNT)),
    "Health": _make(status={"const": "ok"}, documents=COUNT),
    "OpenApi": {"type": "object"},
    "Problem": {"type": "object", "required": ["type", "title", "status", "detail"], "properties": {
        "type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT,
        "position": {**COUNT, "description": "of the fault in the query, in characters"}}},
}
