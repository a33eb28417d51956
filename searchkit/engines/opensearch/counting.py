"""Facets as aggregations, read whole: where a shard may have left out a value, all values are read in pages.

The server's ``terms`` counts are exact where it reports no error bound (each shard gave all its values, or values come
in their own order); else ``composite`` pages hold every value with its exact count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from searchkit.engines.base import FacetRequest
from searchkit.engines.opensearch.compilation import Clause
from searchkit.engines.opensearch.connection import Answer, Connection
from searchkit.engines.opensearch.mapping import decode, encode_key
from searchkit.search.aliases import Naming
from searchkit.search.folding import fold_value

PAGE = 10_000  # values in a page; a server makes no more than 65,535 buckets in an answer
MOST_NAMES = 500  # names counted by filters in one request
Counts = dict[str | None, int]


class Counting:
    """Counts the values of fields over what a clause matches."""

    def __init__(self, connection: Connection, index: str) -> None:
        self._connection, self._index = connection, index

    def aggregate(self, facets: Sequence[FacetRequest]) -> dict[str, Clause]:
        """The aggregations to ask for facets, in one search."""
        found: dict[str, Clause] = {}
        for place, facet in enumerate(facets):
            field = find_field(facet)
            limit = None if facet.naming else facet.limit
            terms: Clause = {"field": field, "size": PAGE if limit is None else min(max(limit, 1), PAGE)}
            terms |= {"order": {"_key": "desc"}} if facet.field == "date" else {"shard_size": PAGE}
            found |= {f"values{place}": {"terms": terms}, f"missing{place}": {"missing": {"field": field}}}
        return found

    def read(self, facets: Sequence[FacetRequest], found: Answer, clause: Clause) -> list[Counts]:
        """How many documents each facet's values have, from the answer to their aggregations; the clause is what was
        searched. Values that cannot be among those a limit keeps may be left out.
        """
        return [self._read(facet, found[f"values{place}"], found[f"missing{place}"]["doc_count"], clause)
                for place, facet in enumerate(facets)]

    def _read(self, facet: FacetRequest, values: Answer, without: int, clause: Clause) -> Counts:
        field = find_field(facet)
        enough = facet.limit is not None and facet.limit <= PAGE and not facet.naming
        if values["doc_count_error_upper_bound"] or (values["sum_other_doc_count"] and not enough):
            counts = dict(self.read_all(field, clause))
        else:
            counts = {str(bucket["key"]): int(bucket["doc_count"]) for bucket in values["buckets"]}
        missing: Counts = {None: without}
        if facet.naming and facet.field != "date":
            return self._merge(field, counts, facet.naming, clause, missing)
        return missing | {decode(value): count for value, count in counts.items()}

    def read_all(self, field: str, clause: Clause) -> Iterator[tuple[str, int]]:
        """All values of a field with their counts, in their order."""
        for page in self.read_pages(field, clause):
            yield from page.items()

    def read_pages(self, field: str, clause: Clause, after: str | None = None) -> Iterator[dict[str, int]]:
        """The same, a page at a time; only values beyond ``after``, where it is given."""
        composite: Clause = {"size": PAGE, "sources": [{"value": {"terms": {"field": field}}}]}
        key = None if after is None else {"value": after}
        while True:
            body = {"size": 0, "query": clause, "track_total_hits": False,
                    "aggs": {"pages": {"composite": {**composite, **({"after": key} if key else {})}}}}
            found = self._connection.search(body, self._index)["aggregations"]["pages"]
            if found["buckets"]:
                yield {bucket["key"]["value"]: bucket["doc_count"] for bucket in found["buckets"]}
            key = found.get("after_key")
            if key is None or len(found["buckets"]) < PAGE:
                return

    def _merge(self, field: str, counts: dict[str, int], naming: Naming, clause: Clause, missing: Counts) -> Counts:
        """Counts by name. A name of one value has its count; documents of several values are counted anew."""
        values: defaultdict[str | None, list[str]] = defaultdict(list)
        for value in counts:
            shown = decode(value)
            values[naming.names.get(fold_value(shown), shown)].append(value)
        adopted: defaultdict[str | None, list[str]] = defaultdict(list)
        for key, name in naming.adopted.items():
            adopted[name].append(encode_key(key))
        dropped = values.pop(None, [])
        merged: Counts = {name: counts[found[0]] for name, found in values.items()} | missing
        unions = {name: _match_any(field, values.get(name, []), adopted.get(name, []))
                  for name in [*values, *adopted] if len(values.get(name, [])) > 1 or name in adopted}
        for start in range(0, len(unions), MOST_NAMES):
            names = list(unions)[start:start + MOST_NAMES]
            merged.update(zip(names, self._count_each([unions[name] for name in names], clause), strict=True))
        if naming.empties and dropped:  # of a field with one value at most: then nothing is left
            merged[None] = (missing[None] or 0) + sum(counts[value] for value in dropped)
        return merged

    def _count_each(self, filters: Sequence[Clause], clause: Clause) -> list[int]:
        """How many of the documents each filter matches."""
        body = {"size": 0, "query": clause, "track_total_hits": False,
                "aggs": {"names": {"filters": {"filters": list(filters)}}}}
        buckets: list[Any] = self._connection.search(body, self._index)["aggregations"]["names"]["buckets"]
        return [bucket["doc_count"] for bucket in buckets]


def find_field(facet: FacetRequest) -> str:
    """The server's field with the values of a facet."""
    return f"periods.{facet.period}" if facet.field == "date" else facet.field


def _match_any(field: str, values: Sequence[str], entities: Sequence[str]) -> Clause:
    """Documents with one of these values, or one of these entities."""
    return {"bool": {"should": [{"terms": {field: list(values)}}, {"terms": {"keys.entity": list(entities)}}]}}
