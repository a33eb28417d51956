"""The engine protocol: nine methods, and a notice; plain values in and out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from searchkit.errors import DocumentNotFound
from searchkit.frozen import frozen
from searchkit.model import Document
from searchkit.results import FacetValue
from searchkit.search.aliases import Naming
from searchkit.search.analysis import Analysed
from searchkit.search.expansion import Cut
from searchkit.search.folding import fold_value
from searchkit.search.query import Query
from searchkit.search.vocabulary import Choose

if TYPE_CHECKING:
    from searchkit.findings import Checked
    from searchkit.seals import Seen

MOST_COPIES = 10  # ids of copies that come with a hit; all have the group as a field
SORTS = ("relevance", "newest", "oldest")
PERIODS = {"year": 4, "month": 7, "day": 10}  # characters of an ISO date that name the period


@frozen
class FacetRequest:
    """A facet to count: the field, for dates the period, and how many values at most (None = all).

    The group of documents without a value is counted besides and does not count against the limit.
    ``naming`` says under which names values are counted (None = their own). ``query`` says over which documents
    (None = those that match the request).
    """

    field: str
    limit: int | None = None
    period: str = "month"
    naming: Naming | None = None
    query: Query | None = None


@frozen
class Request:
    """What an engine is asked. Matches are ordered by ``sort``; ties by date, newest first, then by id.

    Documents without a date come last under every sort by date. ``limit`` 0 asks for counts and facets only.
    With ``collapse`` only the first match of each group of copies is a hit; ``limit`` and ``offset`` count these.
    ``copied`` is a facet to count over the copies of each hit.
    """

    query: Query
    facets: tuple[FacetRequest, ...] = ()
    sort: str = "relevance"
    limit: int = 10
    offset: int = 0
    collapse: bool = False
    copied: FacetRequest | None = None

    @property
    def queries(self) -> tuple[Query, ...]:
        """The query, and those that facets have of their own."""
        return (self.query, *(facet.query for facet in self.facets if facet.query is not None))


@frozen
class Copied:
    """The other matches of a hit's group: how many, the first of their ids in the order in which they rank, and the
    facet counted over all of them.
    """

    count: int = 0
    ids: tuple[str, ...] = ()
    values: tuple[FacetValue, ...] = ()


@frozen
class Matches:
    """An engine's answer: how many match in all, the page asked for as (id, score), and facet counts.

    ``distinct`` is how many there are when copies (documents of one ``group``) count once; ``copies`` has one entry
    for each hit, in that order.
    ``facets`` has one entry for each facet requested, in that order. Counts are over all matches,
    of the request or of the facet's own query. ``cuts`` names the patterns of these queries that fit more words
    than were looked for.
    """

    total: int
    hits: tuple[tuple[str, float], ...]
    facets: tuple[tuple[FacetValue, ...], ...]
    cuts: tuple[Cut, ...] = ()
    distinct: int = 0
    copies: tuple[Copied, ...] = ()


class Engine(Protocol):
    """Stores documents and searches them. Opened for reading or for writing by ``engines.open_engine``."""

    @property
    def notice(self) -> str:
        """Why what was answered last is not the newest state; empty when it is."""

    def add(self, documents: Iterable[Analysed]) -> None:
        """Store documents, replacing those with the same id; they are searchable when this returns."""

    def delete(self, ids: Iterable[str]) -> int:
        """Forget documents; how many there were. Unknown ids are passed over."""

    def get(self, ids: Sequence[str]) -> list[Document]:
        """Documents in the order of their ids. Raises DocumentNotFound."""

    def search(self, request: Request) -> Matches:
        """Answer a request."""

    def find_words(self, field: str, choose: Choose) -> dict[str, int]:
        """Words of a text field, as written, or values of a keyword field, and in how many documents each stands.

        ``choose`` picks them from a vocabulary; an engine may ask it of several, each with a part of the words.
        """

    def count(self) -> int:
        """How many documents there are."""

    def list_ids(self, after: str | None, limit: int) -> list[str]:
        """Ids in an order of the engine's own, which stays while nothing is written: those after an id.

        So many at most; None asks for the first ones. Raises DocumentNotFound when no document has the id.
        """

    def clear(self) -> None:
        """Forget all documents."""

    def close(self) -> None:
        """Let go of files, locks and connections; the engine is not used afterwards."""


class Checking(Protocol):
    """The module ``checking`` of an engine that keeps files."""

    def check(self, folder: Path, full: bool) -> Checked:
        """What is wrong with the engine's files; ``full``: with any byte of them."""

    def mend(self, folder: Path) -> tuple[str, ...]:
        """Make anew what can be derived from the documents that can be read; what was done.

        Called under the lock of the index. Raises IndexDamaged when it cannot be done.
        """

    def list_commit(self, folder: Path) -> tuple[dict[str, bytes], dict[str, Seen | None]]:
        """The newest commit: small files by their content, the others by what they were when they were written (None:
        not known). Raises FileNotFoundError when a writer has just removed them, IndexDamaged for one that is not
        whole.
        """

    def seal(self, folder: Path) -> None:
        """Say of files that were copied to a folder that they are whole."""


def miss(id_: str) -> DocumentNotFound:
    """The error for an id that no document has."""
    return DocumentNotFound(f"no document '{id_}'", "index", "ids are in the results of a query")


def rank_values(counts: Mapping[str | None, int], request: FacetRequest,
                spare: Mapping[str | None, int] | None = None) -> tuple[FacetValue, ...]:
    """Facet values in their order: dates by time, others by count, then name; the group without one last.

    A limit keeps the latest dates and the most frequent of the others. ``spare`` is how many of those counted are
    further copies of one that is counted under the same value.
    """
    named = sorted((value, count) for value, count in counts.items() if value is not None and count)
    if request.field == "date":
        cut = named[max(0, len(named) - request.limit):] if request.limit is not None else named
    else:
        cut = sorted(named, key=lambda item: -item[1])[:request.limit]
    copies = spare or {}
    without = [(None, counts[None])] if counts.get(None) else []
    return tuple(FacetValue(value, count, count - copies.get(value, 0)) for value, count in (*cut, *without))


def find_names(values: Collection[str], entities: Iterable[str], naming: Naming | None) -> set[str | None]:
    """The names under which a document with these values counts; None among them: as one without a value."""
    if naming is None:
        return {*values} or {None}
    names: set[str | None] = {naming.names.get(fold_value(value), value) for value in values}
    names.update(naming.adopted.get(fold_value(value)) for value in entities)
    names.discard(None)
    return names | {None} if not values or (naming.empties and not names) else names


def find_day(value: str) -> int:
    """The ordinal of the day under which a date is filed: the first one of it."""
    return date.fromisoformat(f"{value}-01-01"[:10]).toordinal()
