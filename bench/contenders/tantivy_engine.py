"""tantivy (Rust) through its Python package: one thread, its English stemmer, no stop words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tantivy

from contenders import MONTHS, TOP, VALUES, Answer

if TYPE_CHECKING:
    from queries import Case

HEAP = 256_000_000  # bytes that its writer may fill
FACETS = {name: {"terms": {"field": name, "size": size}}
          for name, size in (("publisher", VALUES), ("month", MONTHS), ("entity", VALUES))}


def build(rows: Iterable[dict[str, Any]], folder: Path, batch: int | None = None) -> None:
    """Index the rows, the texts stored; all in one commit, or in batches of so many."""
    folder.mkdir(parents=True)
    index, rows = tantivy.Index(_make_schema(), str(folder)), iter(rows)
    if batch is None:
        _commit(index, rows)
        return
    while part := list(islice(rows, batch)):
        _commit(index, part)


def _commit(index: tantivy.Index, rows: Iterable[dict[str, Any]]) -> None:
    """Add the rows for good."""
    writer = index.writer(HEAP, 1)
    for row in rows:
        when = datetime.fromisoformat(row["date"]).replace(tzinfo=UTC)
        writer.add_document(tantivy.Document(
            id=row["id"], title=row["title"], body=f"{row['title']}\n\n{row['body']}", date=when,
            publisher=row["publisher"], month=row["date"][:7], entity=row["entities"]))
    writer.commit()
    writer.wait_merging_threads()


def open_reader(folder: Path) -> Callable[[Case], Answer]:
    """Answers: a search, an aggregation, and snippets."""
    index = tantivy.Index.open(str(folder))
    searcher, schema = index.searcher(), index.schema
    analyser = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase()).filter(
        tantivy.Filter.stemmer("english")).build()

    def stem(word: str) -> str:
        return str(analyser.analyze(word)[0])

    def prepare(case: Case) -> Answer:
        query = _make_query(case, schema, stem)

        def run() -> int:
            found = searcher.search(query, TOP)
            cut = tantivy.SnippetGenerator.create(searcher, query, schema, "body")
            for _, address in found.hits:
                cut.snippet_from_doc(searcher.doc(address)).to_html()
            searcher.aggregate(query, FACETS)
            return int(found.count or 0)

        return run

    return prepare


def _make_schema() -> tantivy.Schema:
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw")
    for name in ("title", "body"):
        schema.add_text_field(name, stored=True, tokenizer_name="en_stem")
    for name in ("publisher", "month", "entity"):
        schema.add_text_field(name, stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    schema.add_date_field("date", stored=True, indexed=True, fast=True)
    return schema.build()


def _make_query(case: Case, schema: tantivy.Schema, stem: Callable[[str], str]) -> tantivy.Query:
    """A case as tantivy's own query. Prefixes and misspelt words meet stems, for it keeps no other form."""
    query, must, should = tantivy.Query, tantivy.Occur.Must, tantivy.Occur.Should

    def term(word: str) -> tantivy.Query:
        return query.term_query(schema, "body", stem(word))

    parts = [term(word) for word in case.must]
    if case.any_of:
        parts.append(query.boolean_query([(should, term(word)) for word in case.any_of]))
    if case.phrase:
        parts.append(query.phrase_query(schema, "body", [stem(word) for word in case.phrase]))
    if case.prefix:
        parts.append(query.regex_query(schema, "body", f"{case.prefix}.*"))
    if case.fuzzy:
        parts.append(query.fuzzy_term_query(schema, "body", stem(case.fuzzy), 1))
    if case.days:
        first, last = (datetime.combine(day, at, UTC) for day, at in zip(case.days, (time.min, time.max), strict=True))
        parts.append(query.range_query(schema, "date", tantivy.FieldType.Date, first, last))
    return parts[0] if len(parts) == 1 else query.boolean_query([(must, part) for part in parts])
