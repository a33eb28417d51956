"""Documents in which words stand near each other, or overlap, so often: counted by reading them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from searchkit.engines.opensearch.compilation import Clause
from searchkit.engines.opensearch.connection import Answer, Connection
from searchkit.engines.opensearch.mapping import decode
from searchkit.engines.opensearch.paging import read_through
from searchkit.errors import EngineError
from searchkit.fields import BY_NAME
from searchkit.model import Document
from searchkit.search import query as q
from searchkit.search.analysis import analyse_field
from searchkit.search.nearness import find_places, find_windows

AT_ONCE = 500  # documents read in one request
MOST = 50_000  # documents that can be told apart in one query; the server takes 65,536 ids


def find_often(connection: Connection, index: str, query: q.AtLeast, child: Clause) -> list[str]:
    """The server's ids of the documents that match; ``child`` finds those with the words at all.

    Raises EngineError where more than ``MOST`` documents have them.
    """
    found = []
    body = {"query": child, "sort": [{"id": "asc"}], "_source": ["document"]}
    for number, hit in enumerate(read_through(connection, index, body, AT_ONCE)):
        if number == MOST:
            raise EngineError(f"more than {MOST:,} documents have the words of {query.child}", f"{query}",
                              "add a rarer word to them, or leave atleast() out")
        tokens = analyse_field(read_document(hit), BY_NAME[query.child.field])
        if _count(query.child, tokens.list_terms()) >= query.count:
            found.append(hit["_id"])
    return found


def read_document(hit: Answer) -> Document:
    """The document that the server keeps."""
    return Document.from_dict(json.loads(decode(hit["_source"]["document"])))


def _count(query: q.Term | q.Phrase | q.Near, tokens: Sequence[str]) -> int:
    """How often the words stand so in a text."""
    if isinstance(query, q.Near):
        return sum(1 for _ in find_windows(find_places(tokens, query.terms), query.terms, query.slop))
    terms = (query.term,) if isinstance(query, q.Term) else query.terms
    return sum(tuple(tokens[place:place + len(terms)]) == terms for place in find_places(tokens, terms)[terms[0]])
