"""Score snippets: the share of a query's words that are shown, beside the plain first match.

    python tools/score_snippets.py FOLDER [--queries 200]

FOLDER has ``docs.jsonl.gz`` ({"id", "text"}), ``queries.jsonl`` ({"id", "text"}) and ``qrels.tsv`` (query, document,
grade). Each query is asked of each document that is relevant to it. Counted are the different words of the query
(stemmed, without stop words) that stand in the document at all; the plain baseline shows as many characters from
LEAD before the first match on, or before the first N matches that do not overlap.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from searchkit.search.analysis import analyse
from searchkit.search.highlight import READ_FIELDS, find_spans, find_wanted
from searchkit.search.parser import parse_words
from searchkit.search.query import Query
from searchkit.search.snippets import LEAD, WIDTH, make_snippets


def main() -> None:
    """Print a line for each number of snippets."""
    parser = argparse.ArgumentParser(description="Score snippets by the query words that they show.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--queries", type=int, default=200)
    asked = parser.parse_args()
    pairs = list(read_pairs(asked.folder, asked.queries))
    print(f"{asked.folder.name}: {len(pairs)} documents relevant to a query, with two of its words or more")
    for count in (1, 2, 3):
        shares = [score(query, text, count) for query, text in pairs]
        first, best = (sum(column) / len(shares) for column in zip(*shares, strict=True))
        print(f"{count} snippet{'s' * (count > 1)}: first match {first:.3f}, searchkit {best:.3f}")


def read_pairs(folder: Path, most: int) -> Iterator[tuple[Query, str]]:
    """Queries and the texts relevant to them that are longer than a snippet and have two of the words."""
    with gzip.open(folder / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = {row["id"]: row.get("text") or row.get("body") or "" for row in map(json.loads, lines)}
    with (folder / "queries.jsonl").open(encoding="utf-8") as lines:
        queries = {row["id"]: row["text"] for row in map(json.loads, lines)}
    chosen = set(sorted(queries)[:most])
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        name, document, grade, *_ = line.split("\t")
        query = parse_words(queries[name]) if name in chosen else None
        text = texts.get(document, "")
        if (query is not None and grade.isdecimal() and int(grade) > 0 and len(text) > WIDTH
                and len(count_words(query, text)) > 1):
            yield query, text


def score(query: Query, text: str, count: int) -> tuple[float, float]:
    """The share shown by the first matches, and by the snippets."""
    whole = len(count_words(query, text))
    spans = find_spans(text, find_wanted(query, READ_FIELDS))
    first, done, left = "", 0, count
    for start in (span.start for span in spans):
        if left and start >= done:
            begin = max(done, start - LEAD)
            done, left = begin + WIDTH, left - 1
            first += text[begin:done] + " | "
    best = " | ".join(snippet.text for snippet in make_snippets(text, query, count))
    return len(count_words(query, first)) / whole, len(count_words(query, best)) / whole


def count_words(query: Query, text: str) -> set[str]:
    """The query's words that stand in a text."""
    wanted = find_wanted(query, READ_FIELDS).terms
    return {token.term for token in analyse(text)} & wanted


if __name__ == "__main__":
    main()
