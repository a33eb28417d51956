"""Problems: errors as problem details (RFC 9457), ``application/problem+json``."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from searchkit.errors import (
    AliasesBroken,
    DocumentNotFound,
    EngineError,
    IndexFault,
    IndexLocked,
    IndexOutdated,
    QueryError,
    SearchkitError,
)
from searchkit.web.readers import AGAIN

_OPTION = re.compile(r"--(?=[a-z])")  # a parameter has no dashes
MEDIA_TYPE = "application/problem+json"


def find_status(error: Exception) -> int:
    """Which status tells of an error."""
    match error:
        case HTTPException():
            return error.status_code
        case DocumentNotFound():
            return 404
        case IndexLocked() | IndexOutdated():
            return 409
        case IndexFault() | EngineError() | AliasesBroken():
            return 503
        case SearchkitError():
            return 400
        case _:
            return 500


def describe(error: Exception) -> dict[str, Any]:
    """An error as problem details: what it is in ``title``, where and what to do about it in ``detail``.

    Where the index lies stays in the house, and so does what nobody foresaw.
    """
    status = find_status(error)
    problem: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if isinstance(error, HTTPException):
        return {**problem, "detail": error.detail}
    if not isinstance(error, SearchkitError):
        return {**problem, "detail": "the server failed; its log says how"}
    if isinstance(error, IndexFault | EngineError | AliasesBroken):
        problem["detail"] = f"{error.what}. {error.hint}" if isinstance(error, EngineError) else error.what
        return problem
    problem["detail"] = _OPTION.sub("", str(error))
    if isinstance(error, QueryError):
        problem["position"] = error.position
    return problem


def make_problem(error: Exception, headers: dict[str, str] | None = None) -> Response:
    """The response that tells of an error."""
    problem = describe(error)
    given = dict(getattr(error, "headers", None) or {}) | (headers or {})
    if problem["status"] == 503:
        given.setdefault("Retry-After", str(AGAIN))
    return Response(json.dumps(problem), problem["status"], given, MEDIA_TYPE)
