"""Copies of a document, as a user is told of them."""

from __future__ import annotations

from dataclasses import replace

from searchkit.engines.base import MOST_COPIES, Copied, Engine, FacetRequest, Request
from searchkit.model import Document
from searchkit.results import Copies
from searchkit.search.aliases import Naming
from searchkit.search.query import Everything, Keyword, Query, find_leaves

GROUP = "group"  # the field
PUBLISHERS = FacetRequest("publisher")


def name_publishers(naming: Naming | None) -> FacetRequest:
    """The facet that is counted over copies, under the names that hold."""
    return replace(PUBLISHERS, naming=naming)


def describe(copied: Copied) -> Copies:
    """The copies of a hit."""
    return Copies(copied.count, tuple(value.value for value in copied.values if value.value), copied.ids)


def find_copies(document: Document, engine: Engine, naming: Naming | None) -> Copies:
    """All copies of a document that the engine has; its publisher must bear the name that holds."""
    if not document.group:
        return Copies()
    request = Request(Keyword(GROUP, document.group), (name_publishers(naming),), limit=MOST_COPIES + 1)
    matches = engine.search(request)
    others = [id_ for id_, _ in matches.hits if id_ != document.id][:MOST_COPIES]
    publishers = [value.value for value in matches.facets[0]
                  if value.value and value.count > (value.value == document.publisher)]
    return Copies(matches.total - 1, tuple(publishers), tuple(others))


def count_groups(engine: Engine) -> int:
    """How many texts have copies."""
    values = engine.search(Request(Everything(), (FacetRequest(GROUP),), limit=0)).facets[0]
    return sum(value.value is not None for value in values)


def asks_for_copies(query: Query) -> bool:
    """Whether a query names a group, the documents of which it wants to see."""
    return any(isinstance(leaf, Keyword) and leaf.field == GROUP for leaf in find_leaves(query))
