"""The server: an address to listen at, limits on connections, and the word of where it is."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from searchkit.errors import SettingsError
from searchkit.index import Index
from searchkit.web.application import make_application
from searchkit.web.readers import Readers

HOST, PORT = "127.0.0.1", 8011
LAST_PORT = 65_535
LEAST_TOKEN = 16  # characters
MOST_CONNECTIONS = 512
MOST_HEADER = 65_536  # bytes of a request's line and headers
HEADER_SECONDS = 10  # until the headers of a first request must be there
IDLE_SECONDS = 15  # until a connection on which nothing is asked is closed
BACKLOG = 128


class Place(NamedTuple):
    """Where to serve: at which address, to whom, and under which names besides localhost and addresses in digits; and
    whether a model ranks the best hits again (None: where it is installed).
    """

    host: str = HOST
    port: int = PORT
    token: str | None = None
    names: Sequence[str] = ()
    rerank: bool | None = None


def serve(open_index: Callable[[], Index], place: Place, tell: Callable[[str], None]) -> None:
    """Serve an index until it is interrupted. ``tell`` is given the address once it is open.

    Raises SettingsError for an address that cannot be listened at, or may not without a token; an IndexFault where
    there is no index that can be read.
    """
    check_place(place)
    open_index().close()
    with listen(place) as listener, suppress(KeyboardInterrupt):
        tell(f"searchkit is at {name_address(listener)} (to stop: Ctrl-C)")
        run(make_application(Readers(open_index), place.token, place.names, place.rerank), listener)


def check_place(place: Place) -> None:
    """Raise SettingsError where anybody could read the index."""
    if place.token is not None and (len(place.token) < LEAST_TOKEN or not place.token.isascii()
                                    or not place.token.isprintable() or place.token != place.token.strip()):
        raise SettingsError("this token is too easily guessed, or cannot be sent", "--token",
                            f"give {LEAST_TOKEN} ASCII characters or more, such as those of: openssl rand -hex 16")
    if place.token is None and not is_loopback(place.host):
        raise SettingsError(f"anybody who reaches {place.host} could read the index", "--host",
                            "give a token (SEARCHKIT_TOKEN=…), or leave --host out")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listen(place: Place) -> socket.socket:
    """A socket that listens at the place; port 0 means any that is free."""
    if not 0 <= place.port <= LAST_PORT:
        raise SettingsError(f"there is no port {place.port}", "--port", f"give one from 1 to {LAST_PORT}, or 0")
    try:
        family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
        return socket.create_server((place.host, place.port), family=family, backlog=BACKLOG)
    except OSError as problem:
        raise SettingsError(f"cannot listen at {place.host}, port {place.port}: {problem.strerror}", "--host, --port",
                            "give another address or port (--port 0: any that is free)") from None


def name_address(listener: socket.socket) -> str:
    """The URL of a socket that listens."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def run(app: Any, listener: socket.socket) -> None:  # noqa: ANN401 - an ASGI application, as uvicorn types it
    """Answer at a socket until the process is told to stop. What fails is told on standard error; queries are not."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="searchkit: %(message)s")
    config = uvicorn.Config(
        app, http=Protocol, ws="none", loop="asyncio", lifespan="on", log_config=None, access_log=False,
        server_header=False, limit_concurrency=MOST_CONNECTIONS, h11_max_incomplete_event_size=MOST_HEADER,
        timeout_keep_alive=IDLE_SECONDS, timeout_graceful_shutdown=IDLE_SECONDS, proxy_headers=False)
    uvicorn.Server(config).run(sockets=[listener])


class Protocol(H11Protocol):
    """HTTP/1.1 in which a client that connects and asks nothing is not waited for, and one whose request turns out to
    be none while it is being answered gets one answer.
    """

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - asyncio's own
        """Begin a connection."""
        super().connection_made(transport)
        asyncio.get_running_loop().call_later(HEADER_SECONDS, self._close_if_silent)

    def _close_if_silent(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request, unless an answer to the part before has begun; then only close."""
        if self.cycle and not self.cycle.response_complete:
            self.cycle.disconnected = True
        try:
            super().send_400_response(msg)
        except h11.LocalProtocolError:
            self.transport.close()
