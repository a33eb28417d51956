"""Asks the server: trouble that passes is waited out for a bounded time, all other becomes one error of ours."""

from __future__ import annotations

import logging
import random
import re
import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import (
    ConnectionError,
    ConnectionTimeout,
    OpenSearchException,
    SSLError,
    TransportError,
)

from searchkit.engines.opensearch.access import PREFIX, Access
from searchkit.errors import EngineError, EngineUnavailable, IndexDamaged, SearchkitError

PASSING = frozenset({429, 502, 503, 504})  # statuses of a server that is busy or about to come back
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0  # seconds between two tries; doubled from one to the next
SEARCH_PATIENCE = 15  # seconds for which a search waits out trouble; somebody sits before it
FIRST_CONTACT = 2  # seconds for a server that has not answered yet: its address may simply be wrong
REBUILD = "build it anew: searchkit index --rebuild PATH..."
GONE = "index_not_found_exception"
Answer = dict[str, Any]

# A program that has set up no logging would see the client's warnings on its standard error.
logging.getLogger("opensearch").addHandler(logging.NullHandler())


class TooManyWords(EngineError):
    """A query has more clauses than the server takes."""


class Connection:
    """A client of one cluster. ``call`` runs an operation on it that may be repeated without harm."""

    def __init__(self, access: Access) -> None:
        self.access = access
        headers = {}
        if access.user:
            secret = b64encode(f"{access.user}:{access.password}".encode()).decode()
            headers["Authorization"] = f"Basic {secret}"
        trust: dict[str, Any] = {"ca_certs": access.authority} if access.authority else {}
        try:
            self.client = OpenSearch(list(access.urls), headers=headers, verify_certs=True, max_retries=0,
                                     timeout=access.timeout, client_cert=access.certificate or None,
                                     client_key=access.key or None, **trust)
        except OSError as problem:  # a file of certificates that cannot be read
            raise EngineUnavailable(f"a certificate cannot be used: {problem.strerror or problem}", access.name,
                                    f"look at {PREFIX}CA, {PREFIX}CERTIFICATE and {PREFIX}KEY") from None
        self._answered = False

    def call(self, operation: Callable[[], Answer], patience: float = SEARCH_PATIENCE) -> Answer:
        """What the operation answers; it is repeated while the server is in trouble, for ``patience`` seconds."""
        pauses = Pauses(patience)
        while True:
            try:
                answer = operation()
            except OpenSearchException as error:
                self._answered = self._answered or not isinstance(error, ConnectionError)
                most = patience if self._answered else min(patience, FIRST_CONTACT)
                if not _is_passing(error) or not pauses.wait(most):
                    raise translate(error, self.access) from None
            else:
                self._answered = True
                return answer

    def search(self, body: Answer, index: str | None = None) -> Answer:
        """A whole answer to a search body; a part is an error. Without an index, the body names a point in time."""
        partial = {"allow_partial_search_results": "false"}
        answer = self.call(lambda: self.client.search(body=body, index=index, params=partial))
        if answer["timed_out"] or answer["_shards"]["failed"]:
            raise EngineUnavailable("the server answered in part only", self.access.name, "ask again in a while")
        return answer

    def close(self) -> None:
        """Let go of the connections."""
        self.client.close()


class Pauses:
    """Pauses between tries, each longer than the last, at random so that many clients do not come at once."""

    def __init__(self, patience: float) -> None:
        self._patience, self._begun, self._pause = patience, time.monotonic(), FIRST_PAUSE

    def wait(self, patience: float | None = None) -> bool:
        """Wait before the next try; False, at once, when there shall be none."""
        pause = self._pause * random.uniform(0.5, 1)
        if time.monotonic() - self._begun + pause > (self._patience if patience is None else patience):
            return False
        time.sleep(pause)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        return True

    def begin_again(self) -> None:
        """Something was achieved: patience begins anew."""
        self._begun, self._pause = time.monotonic(), FIRST_PAUSE


def explain_loss(access: Access) -> IndexDamaged:
    """The error for an index that is not there, although it was made."""
    return IndexDamaged("the server does not have this index any more", access.name, REBUILD)


def translate(error: OpenSearchException, access: Access) -> SearchkitError:
    """An error of the client as one of ours. Neither shows a password."""
    where = access.name
    if isinstance(error, SSLError):
        return EngineUnavailable(f"the server cannot be trusted: {_find_reason(error)}", where,
                                 f"name the file of its authority in {PREFIX}CA")
    if isinstance(error, ConnectionTimeout):
        return EngineUnavailable(f"the server did not answer within {access.timeout} seconds", where,
                                 f"ask again, or allow more: {PREFIX}TIMEOUT")
    if isinstance(error, ConnectionError):
        return EngineUnavailable(f"the server cannot be reached: {_find_reason(error)}", where,
                                 f"is it running, and is {PREFIX}URL right?")
    if not isinstance(error, TransportError):
        return EngineUnavailable(f"the server's answer cannot be read: {type(error).__name__}", where,
                                 "is it OpenSearch?")
    status, kind = error.status_code, str(error.error)
    if status == 401:
        return EngineUnavailable("the server does not know this user and password", where,
                                 f"set {PREFIX}USER and {PREFIX}PASSWORD")
    if status == 403:
        return EngineUnavailable(f"the server forbids this: {_find_reason(error)}", where,
                                 "ask its keeper for the right")
    if kind == GONE:
        return explain_loss(access)
    if status in PASSING:
        return EngineUnavailable(f"the server is in trouble (status {status})", where, "try again in a while")
    if "maxClauseCount" in str(error.info):
        return TooManyWords("the query has too many words for the server", where,
                            "shorten it, or raise indices.query.bool.max_clause_count")
    return EngineError(f"the server refused: status {status}, {_find_reason(error)}", where)


def _is_passing(error: OpenSearchException) -> bool:
    if isinstance(error, SSLError):
        return False
    return isinstance(error, ConnectionError) or (isinstance(error, TransportError) and error.status_code in PASSING)


def _find_reason(error: TransportError) -> str:
    """What the server, or the system, says; one line of it."""
    if isinstance(error.info, dict):
        cause = error.info.get("error", {})
        causes = cause.get("root_cause", []) if isinstance(cause, dict) else []
        text = next((str(item["reason"]) for item in causes if item.get("reason")), str(error.error))
    elif isinstance(error.info, Exception):
        text = str(error.info)
        found = re.search(r"\[(?:Errno [-\d]+|SSL: \w+)\] ([^'\")(\[]+)", text)
        text = found[1].strip() if found else type(error.info).__name__
    else:
        text = str(error.error)
    return text.splitlines()[0][:200] if text else "no reason given"
