"""The HTTP API: each route asks one thing of the index and answers in the JSON of the command line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from searchkit.errors import DocumentNotFound, QueryError, SettingsError
from searchkit.facets import FACET_LIMIT
from searchkit.fields import FACETS
from searchkit.index import Index
from searchkit.outputs import write_heading, write_hit
from searchkit.queryoptions import QueryOptions
from searchkit.render import Style
from searchkit.results import Results
from searchkit.web.answers import answer_json
from searchkit.web.openapi import make_document
from searchkit.web.parameters import (
    FILTERS,
    MOST_COMPLETED,
    MOST_ROWS,
    MOST_VALUES,
    Asked,
    check_names,
    read_asked,
    read_number,
    split_off,
)
from searchkit.web.readers import Readers

ROWS = 200  # of an export, fetched at once
TYPES = {"csv": "text/csv; charset=utf-8; header=present", "jsonl": "application/jsonl; charset=utf-8"}

Answer = Callable[[Index, Request], Response]


def answer_query(index: Index, request: Request) -> Response:
    """GET /api/query: the JSON of ``searchkit query --json``."""
    asked = read_asked(_list_pairs(request))
    options: QueryOptions = {"rerank": request.app.state.rerank, **asked.options}
    return answer_json(request, index.query(asked.text, **options).to_dict())


def answer_document(index: Index, request: Request) -> Response:
    """GET /api/documents/{id}: the JSON of ``searchkit show --json``."""
    check_names(_list_pairs(request), ())
    id_ = request.path_params["id"]
    return answer_json(request, {**index.get(id_).to_dict(), "captures": index.captures(id_),
                                 "copies": index.copies(id_).to_dict()})


def answer_similar(index: Index, request: Request) -> Response:
    """GET /api/similar/{id}: documents like one, the JSON of ``searchkit similar --json``."""
    asked = read_asked(_list_pairs(request), (*FILTERS, "sort", "limit", "offset", "snippets", "collapse"))
    return answer_json(request, index.similar(request.path_params["id"], **asked.options).to_dict())


def answer_facet(index: Index, request: Request) -> Response:
    """GET /api/facets/{field}: the values of one facet and their counts over a query."""
    field = request.path_params["field"]
    given, rest = split_off(_list_pairs(request), ("prefix", "limit"))
    asked = read_asked(rest, ("q", *FILTERS, "match"))
    results = count_values(index, field, asked, given)
    values, = results.to_dict()["facets"].values()
    return answer_json(request, {"query": asked.text, "total": results.total, "distinct": results.distinct,
                                 "took_ms": results.took_ms, "field": field, "values": values})


def count_values(index: Index, field: str, asked: Asked, given: Mapping[str, str]) -> Results:
    """The facet of a field over what is asked; with a ``prefix``, those of its values that these words name."""
    name, _, period = field.partition(":")
    if name not in FACETS or (period and name != "date"):
        raise DocumentNotFound(f"no facet '{field[:40]}'", "facets", f"there are: {', '.join(FACETS)}")
    limit = given.get("limit")
    most = read_number("limit", limit, MOST_VALUES) if limit else FACET_LIMIT
    if not most:
        raise SettingsError("'0' is no limit that is answered", "limit", f"give 1 to {MOST_VALUES:,}")
    full = field if name == "date" and not limit else f"{field}:{most}"
    return index.count_facet(full, asked.text, given.get("prefix", ""), **asked.options)


def answer_suggest(index: Index, request: Request) -> Response:
    """GET /api/suggest: how a query may go on, and what it may have meant."""
    pairs = _list_pairs(request)
    check_names(pairs, ("q",))
    text = dict(pairs).get("q", "")
    if len(text) > MOST_COMPLETED:
        raise SettingsError(f"more than {MOST_COMPLETED} characters to complete", "q", "complete shorter queries")
    try:
        meant = index.query(text, facets=(), limit=1, snippets=0).suggestion if text.strip() else None
    except QueryError:  # it is not typed to its end
        meant = None
    return answer_json(request, {"query": text, "suggestion": meant,
                                 "completions": [each.to_dict() for each in index.complete(text)]})


def answer_explain(index: Index, request: Request) -> Response:
    """GET /api/explain: the JSON of ``searchkit explain --json``."""
    asked = read_asked(_list_pairs(request), ("q", *FILTERS, "match"))
    return answer_json(request, index.explain(asked.text, **asked.options).to_dict())


def answer_stats(index: Index, request: Request) -> Response:
    """GET /api/stats: what the index holds; where it lies is nobody's business here."""
    check_names(_list_pairs(request), ())
    numbers = index.stats()
    del numbers["folder"]
    numbers.pop("indexes", None)
    return answer_json(request, numbers)


def answer_health(index: Index, request: Request) -> Response:
    """GET /api/health: that questions are answered."""
    check_names(_list_pairs(request), ())
    return answer_json(request, {"status": "ok", "documents": index.count()})


async def answer_openapi(request: Request) -> Response:
    """GET /openapi.json: what stands here, for programs."""
    return answer_json(request, make_document())


async def export(request: Request, readers: Readers) -> Response:
    """GET /api/export.csv and .jsonl: all hits of a view in rows, a few at a time, up to ``MOST_ROWS``."""
    given, rest = split_off(_list_pairs(request), ("limit",))
    asked = read_asked(rest, ("q", *FILTERS, "sort", "match", "offset", "snippets", "collapse"))
    limit = read_number("limit", given.get("limit") or str(MOST_ROWS), MOST_ROWS)
    form = request.url.path.rpartition(".")[2]
    first = await readers.ask(_fetching(asked, 0, limit))
    end = min(limit, first.total - asked.options.get("offset", 0))

    async def write() -> AsyncIterator[str]:
        for line in write_heading(form):
            yield line + "\n"
        results, done = first, 0
        while len(results):
            yield "".join(line + "\n" for hit in results for line in write_hit(form, hit, (), Style()))
            done += len(results)
            if done >= end:
                return
            results = await readers.ask(_fetching(asked, done, limit))

    return StreamingResponse(write(), 200, {
        "Content-Disposition": f'attachment; filename="searchkit.{form}"',
        "X-Total-Count": str(first.total)}, TYPES[form])


def _fetching(asked: Asked, done: int, limit: int) -> Callable[[Index], Results]:
    """The question for the next rows of an export, as of the command line: a row for each copy, and no model."""
    options: QueryOptions = {"collapse": False, **asked.options, "rerank": False, "facets": ()}
    options["limit"], options["offset"] = min(ROWS, limit - done), asked.options.get("offset", 0) + done
    return lambda index: index.query(asked.text, **options)


def _list_pairs(request: Request) -> list[tuple[str, str]]:
    return request.query_params.multi_items()


API: dict[str, Answer] = {
    "/api/query": answer_query,
    "/api/documents/{id:path}": answer_document,
    "/api/similar/{id:path}": answer_similar,
    "/api/facets/{field}": answer_facet,
    "/api/suggest": answer_suggest,
    "/api/explain": answer_explain,
    "/api/stats": answer_stats,
    "/api/health": answer_health,
}
