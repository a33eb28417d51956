"""The hits of a request: one answer for a page near the top, a point in time read through for one further down."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from searchkit.engines.base import Request
from searchkit.engines.opensearch.compilation import Clause
from searchkit.engines.opensearch.connection import Answer, Connection
from searchkit.engines.opensearch.mapping import decode

WINDOW = 10_000  # hits that a server shows by offset (index.max_result_window)
PAGE = 5_000  # hits read at once beyond it
KEEP = "5m"  # how long a point in time may wait for its next page
Hits = tuple[tuple[str, float], ...]


def make_page(request: Request) -> Clause:
    """The part of a search body that asks for a request's hits; none beyond the window."""
    size = request.limit if request.offset + request.limit <= WINDOW else 0
    return {"from": request.offset if size else 0, "size": size, **_make_order(request)}


def read_hits(connection: Connection, index: str, request: Request, clause: Clause, found: Answer) -> Hits:
    """The hits of a request from its answer or, beyond the window, from a point in time."""
    if not request.limit or request.offset + request.limit <= WINDOW:
        return tuple(map(_read_hit, found["hits"]["hits"]))
    hits = read_through(connection, index, {"query": clause, **_make_order(request)}, PAGE)
    return tuple(map(_read_hit, islice(hits, request.offset, request.offset + request.limit)))


def read_through(connection: Connection, index: str, body: Clause, size: int) -> Iterator[Answer]:
    """All hits of a search body, whose sort makes no two equal, as the index is at this moment; so many at once."""
    point = connection.call(lambda: connection.client.create_pit(index=index, params={"keep_alive": KEEP}))["pit_id"]
    body = {**body, "size": size, "track_total_hits": False, "pit": {"id": point, "keep_alive": KEEP}}
    try:
        while page := connection.search(body)["hits"]["hits"]:
            yield from page
            if len(page) < size:
                break
            body["search_after"] = page[-1]["sort"]
    finally:
        connection.call(lambda: connection.client.delete_pit(body={"pit_id": [point]}))


def _make_order(request: Request) -> Clause:
    """Sort and what is read of each hit. Ties are settled by date, then by id: no two hits are equal."""
    newest = {"day": {"order": "desc", "missing": "_last"}}
    oldest = {"day": {"order": "asc", "missing": "_last"}}
    orders: dict[str, list[Clause]] = {"relevance": [{"_score": "desc"}, newest], "newest": [newest],
                                       "oldest": [oldest]}
    return {"sort": [*orders[request.sort], {"id": "asc"}], "track_scores": True, "_source": False,
            "docvalue_fields": ["id"]}


def _read_hit(hit: Answer) -> tuple[str, float]:
    return decode(hit["fields"]["id"][0]), float(hit["_score"])
