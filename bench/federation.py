"""What ranking loses when a test collection is split over two indexes that are asked together.

    python bench/federation.py [--sets cranfield,cisi] [--data FOLDER] [--scorer FILE.py]

The collections are those of ``relevance.py``. Each is put in one index; and in two: at random (the mean of three
splits), by size (the longer and the shorter half), by topic (documents with, and without, the most frequent term that
no more than a third has). The second index is one of tantivy, if that is installed. Figures are nDCG@10, for
known-item sets (…-titles) MRR@10.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean

from extraction import load_scorer
from relevance import DEPTH, SHARED, Row, Runs, run_searchkit, score

from searchkit.index import Index, open_index
from searchkit.model import Document
from searchkit.search.analysis import analyse
from searchkit.search.stopwords import read_stopwords

SETS = "cranfield,cisi,cacm,npl"
SEEDS = (1, 2, 3)
Split = Callable[[Sequence[Row]], list[bool]]  # which documents go to the first index


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default=SETS)
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "ir")
    parser.add_argument("--scorer", type=Path, default=SHARED / "eval" / "relevance.py")
    options = parser.parse_args()
    scorer = load_scorer(options.scorer)
    print("| collection | one index | at random | by size | by topic |\n|" + " --- |" * 5)
    for name in options.sets.split(","):
        folder = options.data / name
        figures = [score(folder, run_searchkit, scorer),
                   fmean(score(folder, partial(run_split, split=partial(split_at_random, seed)), scorer)
                         for seed in SEEDS),
                   score(folder, partial(run_split, split=split_by_size), scorer),
                   score(folder, partial(run_split, split=split_by_topic), scorer)]
        print(f"| {name} |", " | ".join(f"{figure:.4f}" for figure in figures), "|", flush=True)


def run_split(documents: Sequence[Row], queries: Sequence[Row], split: Split) -> Runs:
    """Two indexes, asked together."""
    engines = ("whoosh", "tantivy" if find_spec("tantivy") else "whoosh")
    with tempfile.TemporaryDirectory() as place:
        folders = [Path(place, name) for name in ("first", "second")]
        sides = split(documents)
        for folder, engine, side in zip(folders, engines, (True, False), strict=True):
            with open_index(folder, engine, create=True, aliases=None) as index:
                index.add([make_document(row) for row, is_first in zip(documents, sides, strict=True)
                           if is_first is side])
        with open_index(folders, aliases=None) as index:
            return {query["id"]: list_ids(index, query["text"]) for query in queries}


def list_ids(index: Index, text: str) -> list[str]:
    """The best documents for a query."""
    return [hit.id for hit in index.query(text, match="any", limit=DEPTH, facets=(), snippets=0, rerank=False)]


def make_document(row: Row) -> Document:
    """A document of a collection."""
    return Document(row["id"], row["id"], row["body"] or ".", title=row["title"] or None)


def split_at_random(seed: int, documents: Sequence[Row]) -> list[bool]:
    """About half of them."""
    dice = random.Random(seed)
    return [dice.random() < 0.5 for _ in documents]


def split_by_size(documents: Sequence[Row]) -> list[bool]:
    """The longer half."""
    sizes = [len(row["body"]) for row in documents]
    middle = sorted(sizes)[len(sizes) // 2]
    return [size >= middle for size in sizes]


def split_by_topic(documents: Sequence[Row]) -> list[bool]:
    """Those with the most frequent term that no more than a third of them has."""
    terms = [{token.term for token in analyse(f"{row['title']} {row['body']}") if token.written not in read_stopwords()}
             for row in documents]
    counts = Counter(term for found in terms for term in found)
    topic = max((count, term) for term, count in counts.items() if count <= len(documents) / 3 and term.isalpha())[1]
    return [topic in found for found in terms]


if __name__ == "__main__":
    main()
