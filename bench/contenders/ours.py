"""searchkit's engines, asked with query trees, as the facade asks them. Here the default one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from contenders import TOP, VALUES, Answer
from searchkit import engines, place
from searchkit.engines.base import FacetRequest, Request
from searchkit.search import query as q
from searchkit.search.analysis import analyse, analyse_document
from searchkit.search.snippets import make_snippets

if TYPE_CHECKING:
    from queries import Case

BATCH = 1_000  # documents handed over at once, as in a run of ``searchkit index``
FACETS = (FacetRequest("publisher", VALUES), FacetRequest("date", None, "month"), FacetRequest("entity", VALUES))


def build_with(engine_name: str, rows: Iterable[dict[str, str]], folder: Path) -> None:
    """Index the rows with an engine, in this process."""
    from corpus import read_document

    place.make(folder, engine_name)
    engine = engines.open_engine(engine_name, folder)
    rows = iter(rows)
    while batch := [analyse_document(read_document(row)) for row in islice(rows, BATCH)]:
        engine.add(batch)
    engine.close()


def open_with(engine_name: str, folder: Path) -> Callable[[Case], Answer]:
    """Answers of an engine: a search, the documents, their snippets."""
    engine = engines.open_engine(engine_name, folder)

    def prepare(case: Case) -> Answer:
        tree = make_tree(case)
        request = Request(tree, FACETS, limit=TOP)

        def run() -> int:
            matches = engine.search(request)
            for document in engine.get([id_ for id_, _ in matches.hits]):
                make_snippets(document.body, tree)
            return matches.total

        return run

    return prepare


def make_tree(case: Case) -> q.Query:
    """A case as a query tree over bodies."""
    parts: list[q.Query] = [_make_term(word) for word in case.must]
    if case.any_of:
        parts.append(q.either(*map(_make_term, case.any_of)))
    if case.phrase:
        parts.append(q.Phrase("body", tuple(token.term for token in analyse(" ".join(case.phrase)))))
    if case.prefix:
        parts.append(q.Prefix("body", case.prefix))
    if case.fuzzy:
        parts.append(q.Fuzzy("body", case.fuzzy, 1))
    if case.days:
        parts.append(q.DateRange("date", case.days[0].toordinal(), case.days[1].toordinal()))
    return q.both(*parts)


def _make_term(word: str) -> q.Query:
    return q.Term("body", next(analyse(word)).term)


build = partial(build_with, engines.DEFAULT)
open_reader = partial(open_with, engines.DEFAULT)
