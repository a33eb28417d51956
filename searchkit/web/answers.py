"""Answers: JSON and pages as responses, with an ETag of what they hold, so that what is known is not sent again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

JSON = "application/json"
HTML = "text/html; charset=utf-8"


def answer_json(request: Request, payload: Mapping[str, Any]) -> Response:
    """A JSON answer. How long it took is no part of what it says: the ETag is of the rest, and therefore weak."""
    rest = dict(payload)
    took = rest.pop("took_ms", None)
    body = json.dumps(rest)
    etag = f'W/"{_digest(body.encode())}"'
    if took is not None:
        body = f'{{"took_ms": {json.dumps(took)}, {body[1:]}'
    return answer(request, body.encode(), JSON, etag)


def answer_html(request: Request, page: str, status: int = 200) -> Response:
    """A page. What no text can hold, half a surrogate pair, is replaced."""
    body = page.encode("utf-8", "replace")
    return answer(request, body, HTML, f'"{_digest(body)}"', status)


def answer(request: Request, body: bytes, media_type: str, etag: str, status: int = 200) -> Response:
    """A response, or 304 where who asks has it already."""
    if status == 200 and _matches(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers={"ETag": etag})
    return Response(body, status, {"ETag": etag} if status == 200 else None, media_type)


def _matches(asked: str, etag: str) -> bool:
    """Whether an If-None-Match names it, compared weakly (RFC 9110, 13.1.2)."""
    known = [each.strip().removeprefix("W/") for each in asked.split(",")]
    return asked.strip() == "*" or etag.removeprefix("W/") in known


def _digest(body: bytes) -> str:
    return blake2b(body, digest_size=12).hexdigest()
