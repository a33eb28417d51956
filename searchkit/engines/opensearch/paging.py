"""The hits of a request: one answer for a page near the top, a point in time read through for one further down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from struct import Struct
from typing import NamedTuple

from searchkit.engines.base import Request
from searchkit.engines.opensearch.compilation import Clause
from searchkit.engines.opensearch.connection import Answer, Connection
from searchkit.engines.opensearch.mapping import decode, encode

WINDOW = 10_000  # hits that a server shows by offset (index.max_result_window)
PAGE = 5_000  # hits read at once beyond it
STORY = "story"  # the field that all copies of one group share
_SCORE = Struct("f")
KEEP = "5m"  # how long a point in time may wait for its next page


class FoundHit(NamedTuple):
    """A hit, and the group of copies it belongs to, as the server names it."""

    id: str
    score: float
    group: str | None


def make_page(request: Request) -> Clause:
    """The part of a search body that asks for a request's hits; none beyond the window."""
    size = request.limit if request.offset + request.limit <= WINDOW else 0
    collapsed = {"collapse": {"field": STORY}} if request.collapse and size else {}
    return {"from": request.offset if size else 0, "size": size, **make_order(request), **collapsed}


def read_hits(connection: Connection, index: str, request: Request, clause: Clause, found: Answer) -> list[FoundHit]:
    """The hits of a request from its answer or, beyond the window, from a point in time."""
    if not request.limit or request.offset + request.limit <= WINDOW:
        return list(map(read_hit, found["hits"]["hits"]))
    every = map(read_hit, read_through(connection, index, {"query": clause, **make_order(request)}, PAGE))
    shown = _leave_out_copies(every) if request.collapse else every
    return list(islice(shown, request.offset, request.offset + request.limit))


def _leave_out_copies(hits: Iterable[FoundHit]) -> Iterator[FoundHit]:
    """The first hit of each group, and those of none."""
    seen: set[str] = set()
    for hit in hits:
        if hit.group not in seen:
            yield hit
        if hit.group:
            seen.add(hit.group)


def read_ids(connection: Connection, index: str, after: str | None, limit: int) -> list[str]:
    """The ids after one, in the order of their characters; so many at most, and never more than a server shows."""
    if not limit:
        return []
    body = {"query": {"match_all": {}}, "sort": [{"id": "asc"}], "size": min(limit, WINDOW), "_source": False,
            "docvalue_fields": ["id"], "track_total_hits": False}
    if after is not None:
        body["search_after"] = [encode(after)]
    hits = connection.search(body, index)["hits"]["hits"]
    return [decode(hit["fields"]["id"][0]) for hit in hits]


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


def make_order(request: Request) -> Clause:
    """Sort and what is read of each hit. Ties are settled by date, then by id: no two hits are equal."""
    newest = {"day": {"order": "desc", "missing": "_last"}}
    oldest = {"day": {"order": "asc", "missing": "_last"}}
    orders: dict[str, list[Clause]] = {"relevance": [{"_score": "desc"}, newest], "newest": [newest],
                                       "oldest": [oldest]}
    return {"sort": [*orders[request.sort], {"id": "asc"}], "track_scores": True, "_source": False,
            "docvalue_fields": ["id", "group"]}


def read_hit(hit: Answer) -> FoundHit:
    """A hit of the server's as one of ours; its score is the number of four bytes that the server wrote in decimals."""
    fields, (score,) = hit["fields"], _SCORE.unpack(_SCORE.pack(hit["_score"]))
    return FoundHit(decode(fields["id"][0]), score, next(iter(fields.get("group", ())), None))
