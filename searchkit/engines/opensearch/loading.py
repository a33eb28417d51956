"""Sends documents to the server in parts of bounded size, one at a time: a busy server sets the pace.

Every document has an ``_id`` of ours: what is sent twice, because an answer was lost, is there once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from opensearchpy.exceptions import TransportError

from searchkit.engines.opensearch.connection import GONE, PASSING, Answer, Connection, Pauses, explain_loss
from searchkit.engines.opensearch.mapping import make_key, make_source
from searchkit.errors import EngineUnavailable
from searchkit.search.analysis import Analysed

MOST_DOCUMENTS, MOST_CHARACTERS = 500, 8 * 2**20  # of one part: what OpenSearch's guide to bulk loads advises
TOO_LARGE = 413


@dataclass(frozen=True, slots=True)
class Action:
    """What is to be done with one document: its lines in a bulk request, and its id for messages."""

    id: str
    lines: str


def index_documents(connection: Connection, index: str, documents: Iterable[Analysed]) -> list[str]:
    """Store documents; those that the server refuses, with its reasons."""
    return [reason for part in _cut(map(_write, documents)) for reason in _send(connection, index, part)]


def delete_documents(connection: Connection, index: str, ids: Iterable[str]) -> None:
    """Forget documents; unknown ids are passed over."""
    for part in _cut(Action(id_, json.dumps({"delete": {"_id": make_key(id_)}}) + "\n") for id_ in ids):
        _send(connection, index, part)


def _write(analysed: Analysed) -> Action:
    id_ = analysed.id
    return Action(id_, f'{{"index":{{"_id":"{make_key(id_)}"}}}}\n{make_source(analysed)}\n')


def _cut(actions: Iterable[Action]) -> Iterator[list[Action]]:
    """Parts of bounded size. Of actions on one document in a part, the last one counts."""
    part, size = dict[str, Action](), 0
    for action in actions:
        part.pop(action.id, None)
        part[action.id] = action
        size += len(action.lines)
        if len(part) >= MOST_DOCUMENTS or size >= MOST_CHARACTERS:
            yield list(part.values())
            part, size = {}, 0
    if part:
        yield list(part.values())


def _send(connection: Connection, index: str, part: Sequence[Action]) -> list[str]:
    """Send a part until the server has taken or refused all of it; why each of those refused was.

    Raises EngineUnavailable when for the whole patience not one document more was taken.
    """
    refused: list[str] = []
    patience = connection.access.patience
    pauses = Pauses(patience)
    left = list(part)
    while left:
        body = "".join(action.lines for action in left).encode()
        answer = connection.call(_bulk(connection, index, body), patience)
        if answer.get("status") == TOO_LARGE:
            if len(left) == 1:
                return [*refused, f"'{left[0].id}': larger than the server takes at once"]
            half = len(left) // 2
            return [*refused, *_send(connection, index, left[:half]), *_send(connection, index, left[half:])]
        again = []
        for action, item in zip(left, answer["items"], strict=True):
            (outcome,) = item.values()
            if outcome.get("error", {}).get("type") == GONE:
                raise explain_loss(connection.access)
            if outcome["status"] in PASSING:
                again.append(action)
            elif "error" in outcome:
                refused.append(f"'{action.id}': {outcome['error'].get('reason', outcome['status'])}")
        if len(again) < len(left):
            pauses.begin_again()
        if again and not pauses.wait():
            raise EngineUnavailable(f"the server took no documents for {patience} seconds", connection.access.name,
                                    "what it took stays; run the same command again to go on")
        left = again
    return refused


def _bulk(connection: Connection, index: str, body: bytes) -> Callable[[], Answer]:
    def bulk() -> Answer:
        try:
            answer: Answer = connection.client.bulk(body=body, index=index, params={"require_alias": "true"})
            return answer
        except TransportError as error:
            if error.status_code == TOO_LARGE:
                return {"status": TOO_LARGE}
            raise
    return bulk
