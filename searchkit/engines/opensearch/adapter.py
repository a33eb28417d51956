"""The engine on OpenSearch: what the protocol promises, in terms of requests to a server."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from searchkit.engines.base import FacetRequest, Matches, Request, miss, rank_values
from searchkit.engines.opensearch.access import read_access
from searchkit.engines.opensearch.brevity import BriefCompiler
from searchkit.engines.opensearch.compilation import Clause, Compiler
from searchkit.engines.opensearch.connection import Answer, Connection, TooManyWords, explain_loss
from searchkit.engines.opensearch.copies import GROUP, Copies, Spare
from searchkit.engines.opensearch.counting import Counting
from searchkit.engines.opensearch.loading import delete_documents, index_documents
from searchkit.engines.opensearch.mapping import make_key
from searchkit.engines.opensearch.paging import make_page, read_hits, read_ids
from searchkit.engines.opensearch.place import begin_generation, find_name
from searchkit.engines.opensearch.reading import find_often, read_document
from searchkit.engines.opensearch.words import Words
from searchkit.errors import EngineError, EngineUnavailable, SettingsError
from searchkit.model import Document
from searchkit.results import FacetValue
from searchkit.search import query as q
from searchkit.search.analysis import Analysed
from searchkit.search.expansion import find_cuts
from searchkit.search.vocabulary import Choose

AT_ONCE = 500  # documents asked for in one request


class Asked(NamedTuple):
    """A server's answer, how many documents match, how many of these are further copies, and facets."""

    found: Answer
    total: int
    spare: int
    values: list[tuple[FacetValue, ...]]


class OpenSearchEngine:
    """Keeps documents in an index of a cluster."""

    notice = ""

    def __init__(self, connection: Connection, index: str) -> None:
        self._connection, self.index = connection, index
        self._counting, self._copies = Counting(connection, index), Copies(connection, index)

    def add(self, documents: Iterable[Analysed]) -> None:
        """Store documents, replacing those with the same id; they are searchable when this returns.

        Those that the server refuses are named by an EngineError when all others are there.
        """
        refused = index_documents(self._connection, self.index, documents)
        self._refresh()
        if refused:
            raise EngineError(f"{len(refused)} documents were refused, the first is {refused[0]}",
                              self._connection.access.name, "the others are in the index")

    def delete(self, ids: Iterable[str]) -> int:
        """Forget documents; how many there were. Unknown ids are passed over."""
        known = [id_ for id_, found in self._get(list(dict.fromkeys(ids)), source=False) if found["found"]]
        if known:
            delete_documents(self._connection, self.index, known)
            self._refresh()
        return len(known)

    def get(self, ids: Sequence[str]) -> list[Document]:
        """Documents in the order of their ids. Raises DocumentNotFound."""
        documents = []
        for id_, found in self._get(ids):
            if not found["found"]:
                raise miss(id_)
            documents.append(read_document(found))
        return documents

    def search(self, request: Request) -> Matches:
        """Answer a request: one search, one more for each other query that facets have, and reading of copies.

        Where the server says that the queries have too many words, they are asked again in fewer clauses.
        """
        words = Words(self._connection, self.index)
        try:
            return self._search(request, words, Compiler(words.expand, self._find_often))
        except TooManyWords:
            return self._search(request, words, BriefCompiler(words.expand, self._find_often))

    def _search(self, request: Request, words: Words, compiler: Compiler) -> Matches:
        clauses = [compiler.compile(query) for query in request.queries]
        own = [facet for facet in request.facets if facet.query is None]
        first = self._ask(clauses[0], own, make_page(request))
        values = {id(facet): value for facet, value in zip(own, first.values, strict=True)}
        others = [facet for facet in request.facets if facet.query is not None]
        for facet, clause in zip(others, clauses[1:], strict=True):
            (values[id(facet)],) = self._ask(clause, [facet], {"size": 0}).values
        hits = read_hits(self._connection, self.index, request, clauses[0], first.found)
        return Matches(
            total=first.total,
            hits=tuple((hit.id, hit.score) for hit in hits),
            facets=tuple(values[id(facet)] for facet in request.facets),
            cuts=find_cuts(words.expansions),
            distinct=first.total - first.spare,
            copies=self._copies.describe(hits, request, clauses[0]),
        )

    def find_words(self, field: str, choose: Choose) -> dict[str, int]:
        """Words of a text field and in how many documents each stands."""
        return Words(self._connection, self.index).find(field, choose)

    def count(self) -> int:
        """How many documents there are."""
        found = self._connection.search({"size": 0, "track_total_hits": True}, self.index)
        return int(found["hits"]["total"]["value"])

    def list_ids(self, after: str | None, limit: int) -> list[str]:
        """Ids in the order of their characters, those after one. Raises DocumentNotFound."""
        if after is not None and not next(self._get([after], source=False))[1]["found"]:
            raise miss(after)
        return read_ids(self._connection, self.index, after, limit)

    def clear(self) -> None:
        """Forget all documents."""
        begin_generation(self._connection, self.index)

    def close(self) -> None:
        """Let go of the connections."""
        self._connection.close()

    def _ask(self, clause: Clause, facets: Sequence[FacetRequest], page: Clause) -> Asked:
        """What a clause matches, with the values of facets over it."""
        copied = {"copied": {"filter": {"exists": {"field": GROUP}}}}
        body = {"query": clause, "track_total_hits": True, "aggs": self._counting.aggregate(facets) | copied, **page}
        found = self._connection.search(body, self.index)
        counts = self._counting.read(facets, found["aggregations"], clause)
        spare, spared = 0, [Spare() for _ in facets]
        if found["aggregations"]["copied"]["doc_count"] > 1:
            spare, spared = self._copies.count_spare(clause, facets)
        return Asked(found, int(found["hits"]["total"]["value"]), spare, list(map(rank_values, counts, facets, spared)))

    def _find_often(self, query: q.AtLeast, child: Clause) -> list[str]:
        return find_often(self._connection, self.index, query, child)

    def _get(self, ids: Sequence[str], *, source: bool = True) -> Iterator[tuple[str, Answer]]:
        """What the server has under each id, with the document or without."""
        for start in range(0, len(ids), AT_ONCE):
            part = ids[start:start + AT_ONCE]
            answer = self._connection.call(partial(
                self._connection.client.mget, body={"ids": list(dict.fromkeys(map(make_key, part)))}, index=self.index,
                params={"_source": "document" if source else "false"}))
            if any("error" in item for item in answer["docs"]):
                raise explain_loss(self._connection.access)
            found = {item["_id"]: item for item in answer["docs"]}
            yield from ((id_, found[make_key(id_)]) for id_ in part)

    def _refresh(self) -> None:
        """Make what was stored searchable."""
        access, indices = self._connection.access, self._connection.client.indices
        answer = self._connection.call(lambda: indices.refresh(index=self.index), access.patience)
        if answer["_shards"]["failed"]:
            raise EngineUnavailable("the server did not make all documents searchable", access.name,
                                    "they are stored; run the same command again")


def open_folder(folder: Path | None) -> OpenSearchEngine:
    """The engine of a folder; its index is made where there is none. The server is that of the environment."""
    if folder is None:
        raise SettingsError("engine 'opensearch' wants a folder that says which index it is", "searchkit.open(None)",
                            "give a folder, or engine=\"memory\"")
    connection = Connection(read_access(os.environ))
    return OpenSearchEngine(connection, find_name(folder, connection, os.environ))
