"""Whoosh as it comes: its stemming analyzer, its writer, its facets and highlights."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whoosh import fields, index
from whoosh.analysis import StemmingAnalyzer
from whoosh.qparser import FuzzyTermPlugin, QueryParser
from whoosh.sorting import FieldFacet

from contenders import TOP, Answer

if TYPE_CHECKING:
    from queries import Case

MEMORY = 512  # MB that its writer may fill


def build(rows: Iterable[dict[str, Any]], folder: Path) -> None:
    """Index the rows, the texts stored."""
    folder.mkdir(parents=True)
    text = fields.TEXT(analyzer=StemmingAnalyzer(), stored=True)
    schema = fields.Schema(id=fields.ID(stored=True, unique=True), title=text, body=text,
                           date=fields.DATETIME(stored=True, sortable=True),
                           publisher=fields.ID(stored=True, sortable=True), month=fields.ID(sortable=True),
                           entity=fields.KEYWORD(stored=True, commas=True))
    writer = index.create_in(str(folder), schema).writer(limitmb=MEMORY)
    for row in rows:
        when = datetime.fromisoformat(row["date"]).replace(tzinfo=None)
        writer.add_document(id=row["id"], title=row["title"], body=f"{row['title']}\n\n{row['body']}", date=when,
                            publisher=row["publisher"], month=row["date"][:7], entity=",".join(row["entities"]))
    writer.commit()


def open_reader(folder: Path) -> Callable[[Case], Answer]:
    """Answers: a search with groups, and highlights of the ten best."""
    opened = index.open_dir(str(folder))
    searcher, parser = opened.searcher(), QueryParser("body", opened.schema)
    parser.add_plugin(FuzzyTermPlugin())

    def prepare(case: Case) -> Answer:
        query = parser.parse(_write_query(case))

        def run() -> int:
            facets = {"publisher": FieldFacet("publisher"), "month": FieldFacet("month"),
                      "entity": FieldFacet("entity", allow_overlap=True)}
            results = searcher.search(query, limit=TOP, groupedby=facets)
            for hit in results[:TOP]:  # a search with groups holds all hits, whatever its limit says
                hit.highlights("body")
            for name in facets:
                {value: len(found) for value, found in results.groups(name).items()}
            return len(results)

        return run

    return prepare


def _write_query(case: Case) -> str:
    """A case in Whoosh's own language."""
    parts = [*case.must, *([f"({' OR '.join(case.any_of)})"] if case.any_of else [])]
    parts += ['"{}"'.format(" ".join(case.phrase))] if case.phrase else []
    parts += [f"{case.prefix}*"] if case.prefix else []
    parts += [f"{case.fuzzy}~1"] if case.fuzzy else []
    parts += [f"date:[{case.days[0]:%Y%m%d} TO {case.days[1]:%Y%m%d}]"] if case.days else []
    return " AND ".join(parts)
