"""The guard before all routes: which hosts, tokens, origins and sizes are let in, and what every answer says of itself.

A page elsewhere can point a name of its own at 127.0.0.1 (DNS rebinding); such a request names that host, and is
refused. An address in digits cannot be pointed elsewhere, so it is let in.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Iterable
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from searchkit.web.problems import make_problem

MOST_URL = 49_152  # bytes of path and query: a query of 4,096 characters of any script, escaped
METHODS = ("GET", "HEAD")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
                               "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """ASGI middleware. ``names`` are hosts besides localhost and addresses in digits; without a token all come in."""

    def __init__(self, app: ASGIApp, token: str | None = None, names: Iterable[str] = ()) -> None:
        self._app = app
        self._token = token
        self._names = {"localhost", *(name.lower().rstrip(".") for name in names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "private, no-cache")
            await send(message)

        if refusal := self._find_refusal(scope):
            await make_problem(refusal)(scope, receive, send_safely)
        else:
            await self._app(scope, receive, send_safely)

    def _find_refusal(self, scope: Scope) -> HTTPException | None:
        """Why a request is not let in."""
        headers = Headers(scope=scope)
        if not self._knows(headers.get("host", "")):
            return HTTPException(400, "this host is not served under that name (to allow it: searchkit serve --name)")
        if headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate":
            return HTTPException(403, "requests from pages of other sites are refused")
        if self._token and not self._has_token(headers.get("authorization", "")):
            return HTTPException(401, "a token is needed, as bearer token or as password",
                                 {"WWW-Authenticate": 'Basic realm="searchkit", charset="UTF-8"'})
        if scope["method"] not in METHODS:
            return HTTPException(405, "everything here is read: GET and HEAD", {"Allow": ", ".join(METHODS)})
        return _find_excess(scope, headers)

    def _knows(self, host: str) -> bool:
        name = _strip_port(host)
        return name in self._names or _is_address(name)

    def _has_token(self, authorization: str) -> bool:
        kind, _, value = authorization.partition(" ")
        if kind.lower() == "basic":
            try:
                value = base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                return False
        elif kind.lower() != "bearer":
            return False
        return hmac.compare_digest(value.strip().encode(), (self._token or "").encode())


def _find_excess(scope: Any, headers: Headers) -> HTTPException | None:  # noqa: ANN401 - ASGI's own
    """Why a request is too large: nothing that is asked here has a body."""
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        return HTTPException(413, "a request has no body here", {"Connection": "close"})
    if len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"]) > MOST_URL:
        return HTTPException(414, f"the address is longer than {MOST_URL:,} bytes", {"Connection": "close"})
    return None


def _strip_port(host: str) -> str:
    """The name in a Host header, in lower case; "" for one that is none."""
    name, _, port = host.rpartition(":") if host.count(":") == 1 or "]:" in host else (host, "", "")
    if port and not (port.isascii() and port.isdecimal()):
        return ""
    return name.lower().rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
