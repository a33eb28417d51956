"""The OpenAPI document (3.1): the routes, their parameters and what they answer, from the same tables as the code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from searchkit.engines.base import PERIODS, SORTS
from searchkit.facets import FACET_LIMIT
from searchkit.fields import FACETS
from searchkit.queryoptions import FILTERED, MATCHES
from searchkit.search.parser import MAX_LENGTH
from searchkit.version import VERSION
from searchkit.web.parameters import (
    MOST_CHOSEN,
    MOST_COMPLETED,
    MOST_FACETS,
    MOST_HITS,
    MOST_OFFSET,
    MOST_ROWS,
    MOST_SNIPPETS,
    MOST_VALUES,
)
from searchkit.web.schemas import SCHEMAS, refer

Schema = dict[str, Any]

FACET_NAMES = (*FACETS, *(f"date:{period}" for period in PERIODS))
PROBLEMS = {
    "400": "a parameter, a query or a host that cannot be meant",
    "404": "no such document, facet or route",
    "409": "the index was made by another version",
    "413": "the request has a body",
    "503": "no index, or too many requests at once",
}
NAMES = {"publisher": "Only by this publisher", "entity": "Only naming this person, organisation or place",
         "author": "Only by this author", "language": "Only in this language (en, de …)"}


@cache
def make_document() -> Schema:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "searchkit", "version": VERSION, "license": {"name": "MIT", "identifier": "MIT"},
                 "description": "Search an archive of saved news and web pages. Nothing is written."},
        "paths": _list_paths(),
        "components": {"schemas": SCHEMAS, "parameters": _list_parameters(),
                       "responses": {f"problem{status}": _respond(said, "Problem", "application/problem+json")
                                     for status, said in PROBLEMS.items()},
                       "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"},
                                           "password": {"type": "http", "scheme": "basic"}}},
        "security": [{}, {"bearer": []}, {"password": []}],
    }


def _list_paths() -> Schema:
    chosen = [*FILTERED, *(f"not_{name}" for name in FILTERED), "after", "before"]
    document = _in_path("id", {"type": "string", "minLength": 1}, "As it stands in the results of a query; opaque")
    field = _in_path("field", {"type": "string", "enum": list(FACET_NAMES)}, "The facet")
    form = _in_path("form", {"type": "string", "enum": ["csv", "jsonl"]}, "The form of the rows")
    view = ["q", *chosen, "sort", "match", "offset", "snippets"]
    return {
        "/api/query": _get("query", "Ranked, faceted search with highlighted snippets", "Results",
                           [*view, "limit", "facet", "collapse", "rerank"]),
        "/api/documents/{id}": _get("document", "One document", "DocumentWithCaptures", [document]),
        "/api/similar/{id}": _get("similar", "Documents like one, its copies left out", "Results",
                                  [document, *chosen, "sort", "limit", "offset", "snippets", "collapse"]),
        "/api/facets/{field}": _get("facet", "The values of a facet and their counts over a query", "Facet",
                                    [field, "q", *chosen, "match", "prefix", "values"]),
        "/api/suggest": _get("suggest", "How a query may go on, and what it may have meant", "Suggestions", ["typed"]),
        "/api/explain": _get("explain", "Why a query finds what it finds", "Explanation", ["q", *chosen, "match"]),
        "/api/export.{form}": _get("export", f"All hits of a query in rows, {MOST_ROWS:,} at most", "rows",
                                   [form, *view, "rows", "every"]),
        "/api/stats": _get("stats", "What the index holds", "Stats", []),
        "/api/health": _get("health", "That questions are answered", "Health", []),
        "/openapi.json": _get("openapi", "This document", "OpenApi", []),
    }


def _get(name: str, summary: str, schema: str, parameters: list[str | Schema]) -> Schema:
    named = [each if isinstance(each, dict) else {"$ref": f"#/components/parameters/{each}"} for each in parameters]
    content = _respond_rows() if schema == "rows" else _respond(summary, schema)
    if schema != "rows":
        content["headers"] = {"ETag": {"description": "Names this answer; how long it took apart",
                                       "schema": {"type": "string"}}}
    return {"get": {"operationId": name, "summary": summary, "parameters": named, "responses": {
        "200": content, **{status: {"$ref": f"#/components/responses/problem{status}"} for status in PROBLEMS}}}}


def _respond(description: str, schema: str, media_type: str = "application/json") -> Schema:
    return {"description": description, "content": {media_type: {"schema": refer(schema)}}}


def _respond_rows() -> Schema:
    text = {"schema": {"type": "string"}}
    return {"description": "A line for each hit, in CSV below the names of the columns",
            "headers": {"X-Total-Count": {"description": "How many documents match", "schema": {"type": "integer"}}},
            "content": {"text/csv": text, "application/jsonl": text}}


def _in_path(name: str, schema: Schema, description: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def _list_parameters() -> Schema:
    some = {"type": "string", "minLength": 1}
    strings = {"type": "array", "items": some, "maxItems": MOST_CHOSEN}
    parameters: Mapping[str, tuple[str, str, Schema]] = {
        "q": ("q", "The query, in searchkit's query language; nothing: all documents",
              {"type": "string", "maxLength": MAX_LENGTH}),
        "typed": ("q", "The query as far as it is typed", {"type": "string", "maxLength": MOST_COMPLETED}),
        **{name: (name, f"{said}; none: without one; several: any of them", strings) for name, said in NAMES.items()},
        **{f"not_{name}": (f"not_{name}", said.replace("Only", "Not"), strings) for name, said in NAMES.items()},
        "after": ("after", "From this day on: 2018, 2018-03, 2018-03-22, yesterday, 30d", some),
        "before": ("before", "Up to this day, it included", some),
        "facet": ("facet", f"Facets to count: {', '.join(FACET_NAMES)}, each with :N for so many values",
                  {**strings, "maxItems": MOST_FACETS}),
        "sort": ("sort", "The order of the hits", _choose(SORTS)),
        "match": ("match", "All words or any of them", _choose(MATCHES)),
        "limit": ("limit", "Hits in the answer", _count(MOST_HITS, 10)),
        "offset": ("offset", "Hits to pass over first", _count(MOST_OFFSET, 0)),
        "snippets": ("snippets", "Excerpts of each hit", _count(MOST_SNIPPETS, 1)),
        "rows": ("limit", "Rows in the answer", _count(MOST_ROWS, MOST_ROWS)),
        "values": ("limit", "Values in the answer; of dates all unless it is given",
                   {**_count(MOST_VALUES, FACET_LIMIT), "minimum": 1}),
        "collapse": ("collapse", "Copies of a story as one hit", _flag(default=True)),
        "every": ("collapse", "Copies of a story as one row", _flag(default=False)),
        "rerank": ("rerank", "Let a model rank the best hits again, where it is installed",
                   {"type": "string", "enum": ["true", "false"]}),
        "prefix": ("prefix", "Only values that have words which begin so", {"type": "string"}),
    }
    return {key: {"name": name, "in": "query", "description": said, "schema": schema,
                  **({"style": "form", "explode": True} if schema["type"] == "array" else {})}
            for key, (name, said, schema) in parameters.items()}


def _count(most: int, default: int) -> Schema:
    return {"type": "integer", "minimum": 0, "maximum": most, "default": default}


def _choose(values: Sequence[str]) -> Schema:
    return {"type": "string", "enum": list(values), "default": values[0]}


def _flag(*, default: bool) -> Schema:
    return _choose(("true", "false") if default else ("false", "true"))
