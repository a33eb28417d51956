"""Ranking on public test collections, beside other engines: the same documents, queries, judgments and scorer.

    python bench/relevance.py [--sets cranfield,cisi] [--data FOLDER] [--scorer FILE.py]

FOLDER holds a folder for each collection with docs.jsonl.gz, queries.jsonl and qrels.tsv; FILE.py has
``read_qrels`` and ``evaluate``. searchkit answers with ``match="any"`` on its default engine, without and with the
model of its extra ``rerank``; SQLite's FTS5 with its Porter stemmer and any word, no stop words; bm25s with PyStemmer
and English stop words; tantivy with its English analyzer over one field. Peers come with ``pip install bm25s tantivy``,
the model with ``searchkit[rerank]``; those that are not installed are named and left out. Figures are nDCG@10, for
known-item sets (…-titles) MRR@10.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from extraction import load_scorer

from searchkit import encoder
from searchkit.index import open_index
from searchkit.model import Document
from searchkit.search.stopwords import read_stopwords

SHARED = Path(__file__).resolve().parents[2] / "shared"
SETS = ("cranfield", "cisi", "cacm", "npl", "scifact", "bbc-titles")
DEPTH = 100  # hits of each query that are judged
_WORD = re.compile(r"\w+")

Row = dict[str, Any]
Runs = dict[str, list[str]]  # ids of documents, best first, by query


def main() -> int:
    """Run every engine on every collection and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "ir")
    parser.add_argument("--scorer", type=Path, default=SHARED / "eval" / "relevance.py")
    options = parser.parse_args()
    if not options.data.is_dir() or not options.scorer.exists():
        print(f"no collections in {options.data} or no {options.scorer}: see --data, --scorer", file=sys.stderr)
        return 2
    scorer = load_scorer(options.scorer)
    engines = find_engines()
    print("| collection |", " | ".join(engines), "|\n|" + " --- |" * (len(engines) + 1))
    sums = dict.fromkeys(engines, 0.0)
    names = options.sets.split(",")
    for name in names:
        figures = {engine: score(options.data / name, run, scorer) for engine, run in engines.items()}
        print(f"| {name} |", " | ".join(f"{figure:.4f}" for figure in figures.values()), "|", flush=True)
        sums = {engine: sums[engine] + figures[engine] for engine in engines}
    print("| mean |", " | ".join(f"{total / len(names):.4f}" for total in sums.values()), "|")
    return 0


def find_engines() -> dict[str, Callable[[Sequence[Row], Sequence[Row]], Runs]]:
    """searchkit and the peers that are here."""
    engines: dict[str, Callable[[Sequence[Row], Sequence[Row]], Runs]] = {"searchkit": run_searchkit}
    if encoder.find_files():
        engines["searchkit with the model"] = partial(run_searchkit, rerank=True)
    else:
        print("searchkit[rerank]: not installed, left out", file=sys.stderr)
    if os.environ.get("SEARCHKIT_OPENSEARCH_URL"):
        engines["searchkit on OpenSearch"] = partial(run_searchkit, engine="opensearch")
    engines["SQLite FTS5"] = run_fts5
    for name, run in (("bm25s", run_bm25s), ("tantivy", run_tantivy)):
        if find_spec(name):
            engines[name] = run
        else:
            print(f"{name}: not installed, left out", file=sys.stderr)
    return engines


def score(folder: Path, run: Callable[[Sequence[Row], Sequence[Row]], Runs], scorer: ModuleType) -> float:
    """What an engine reaches on a collection."""
    with gzip.open(folder / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        documents = [json.loads(line) for line in lines]
    queries = [json.loads(line) for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    means, _ = scorer.evaluate(scorer.read_qrels(folder / "qrels.tsv"), run(documents, queries))
    return float(means["MRR@10" if folder.name.endswith("-titles") else "nDCG@10"])


def run_searchkit(documents: Sequence[Row], queries: Sequence[Row], rerank: bool = False,
                  engine: str | None = None) -> Runs:
    """searchkit's default engine, or another; with ``rerank``, the model ranks its best hits again."""
    with tempfile.TemporaryDirectory() as folder, open_index(folder, engine, create=True, aliases=None) as index:
        index.add([Document(row["id"], row["id"], row["body"] or ".", title=row["title"] or None) for row in documents])
        return {query["id"]: [hit.id for hit in index.query(query["text"], match="any", limit=DEPTH, facets=(),
                                                            snippets=0, rerank=rerank)] for query in queries}


def run_fts5(documents: Sequence[Row], queries: Sequence[Row]) -> Runs:
    """SQLite's full-text search."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE pages USING fts5(id UNINDEXED, title, body, tokenize='porter unicode61')")
    database.executemany("INSERT INTO pages VALUES (?, ?, ?)",
                         [(row["id"], row["title"], row["body"]) for row in documents])
    runs: Runs = {}
    for query in queries:
        words = [word for word in dict.fromkeys(_WORD.findall(query["text"].lower())) if word not in read_stopwords()]
        found = database.execute("SELECT id FROM pages WHERE pages MATCH ? ORDER BY bm25(pages, 0, 1, 1) LIMIT ?",
                                 (" OR ".join(f'"{word}"' for word in words), DEPTH)) if words else []
        runs[query["id"]] = [id_ for id_, in found]
    return runs


def run_bm25s(documents: Sequence[Row], queries: Sequence[Row]) -> Runs:
    """bm25s (k1 1.2, b 0.75)."""
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index(bm25s.tokenize([f"{row['title']} {row['body']}" for row in documents], stopwords="en", stemmer=stemmer,
                               show_progress=False), show_progress=False)
    tokens = bm25s.tokenize([query["text"] for query in queries], stopwords="en", stemmer=stemmer, show_progress=False)
    places, _ = index.retrieve(tokens, k=min(DEPTH, len(documents)), show_progress=False)
    return {query["id"]: [documents[place]["id"] for place in row] for query, row in zip(queries, places, strict=True)}


def run_tantivy(documents: Sequence[Row], queries: Sequence[Row]) -> Runs:
    """tantivy."""
    import tantivy

    schema = tantivy.SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw")
    schema.add_text_field("content", tokenizer_name="en_stem")
    index = tantivy.Index(schema.build())
    writer = index.writer(64_000_000, 1)
    for row in documents:
        writer.add_document(tantivy.Document(id=row["id"], content=f"{row['title']}\n{row['body']}"))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    runs: Runs = {}
    for query in queries:
        words = [word for word in _WORD.findall(query["text"].lower()) if word not in read_stopwords()]
        hits = searcher.search(index.parse_query(" ".join(words), ["content"]), DEPTH).hits if words else []
        runs[query["id"]] = [searcher.doc(place)["id"][0] for _, place in hits]
    return runs


if __name__ == "__main__":
    sys.exit(main())
