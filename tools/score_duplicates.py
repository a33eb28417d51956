"""How well copies are found: grouping by signatures against the exact shingles of all pairs, and against planted pairs.

    python tools/score_duplicates.py DOCS.jsonl[.gz] [--pairs PAIRS.tsv] [--show 10]

A line of DOCS is {"id", "body", "title"}; a line of PAIRS two ids. True copies are, by brute force, pairs of different
texts with the resemblance or containment that `pipeline/duplicates.py` asks of estimates. "Clear" pairs are 0.1 above
its thresholds, "near" ones at most 0.1 below; between them an estimate may fall on either side. --show prints groups to
be judged by eye.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from time import process_time
from typing import Any

from searchkit.groups import GroupLedger
from searchkit.model import Document
from searchkit.outcomes import sign_document
from searchkit.pipeline.duplicates import (
    CONTAINMENT,
    RESEMBLANCE,
    SHINGLE,
    SMALLEST_PART,
    Signature,
)
from searchkit.search.analysis import analyse

MARGIN = 0.1
COMMON = 500  # texts with one shingle; of more, it makes no pair by itself

Pair = tuple[str, str]


def main() -> int:
    """Print figures for one collection."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("docs", type=Path)
    parser.add_argument("--pairs", type=Path, help="ids of planted copies, two a line")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="groups to print")
    options = parser.parse_args()
    if not options.docs.is_file():
        print(f"no file {options.docs}", file=sys.stderr)
        return 2
    rows = {row["id"]: row for row in _read(options.docs)}
    signatures = {id_: sign_document(Document(id_, id_, row["body"] or "", title=row.get("title"))).signature
                  for id_, row in rows.items()}
    begun = process_time()
    groups = find_groups(signatures)
    spent = process_time() - begun
    sizes = Counter(map(len, groups))
    print(f"{len(rows):,} documents, {len(groups):,} groups of {sum(map(len, groups)):,}; by size {dict(sizes)}; "
          f"{1000 * spent / len(rows):.2f} ms a document to group")
    _compare(rows, signatures, groups)
    if options.pairs:
        planted = {frozenset(line.split()) for line in options.pairs.read_text(encoding="utf-8").splitlines()}
        found = {frozenset(pair) for group in groups for pair in combinations(group, 2)}
        print(f"planted: {len(planted & found)} of {len(planted)} found; {len(found - planted)} other pairs")
    for group in random.Random(1).sample(groups, min(options.show, len(groups))):
        print("-" * 80)
        for id_ in group:
            print(f"{id_}: {rows[id_].get('title')} | {' '.join(rows[id_]['body'].split())[:200]}")
    return 0


def find_groups(signatures: dict[str, Signature | None]) -> list[list[str]]:
    """The groups that an index would have."""
    ledger = GroupLedger(sqlite3.connect(""))
    ledger.record(signatures)
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for document, group in ledger.find_changes():
        groups[group or ""].append(document)
    return [sorted(members) for members in groups.values()]


def find_true_pairs(texts: dict[str, set[int]]) -> Iterator[tuple[Pair, float, float]]:
    """Pairs of texts that have shingles in common and whose sizes allow them to be copies: resemblance, containment."""
    holders: defaultdict[int, list[str]] = defaultdict(list)
    for id_, shingles in texts.items():
        for shingle in shingles:
            holders[shingle].append(id_)
    shared: Counter[Pair] = Counter()
    for ids in holders.values():
        if 1 < len(ids) <= COMMON:
            shared.update(combinations(ids, 2))
    for (one, other), count in shared.items():
        small, large = sorted((len(texts[one]), len(texts[other])))
        if small >= SMALLEST_PART * large:
            yield (one, other), count / (small + large - count), count / small


def _compare(rows: dict[str, Any], signatures: dict[str, Signature | None], groups: Iterable[list[str]]) -> None:
    """Print recall and precision over pairs of different texts that are long enough for near copies."""
    texts: dict[str, set[int]] = {}
    kept: dict[int, str] = {}
    for id_, signature in signatures.items():
        if signature and signature.sketch and kept.setdefault(signature.digest, id_) == id_:
            words = [token.written for token in analyse(rows[id_]["body"])]
            texts[id_] = {hash(shingle) for shingle in zip(*(words[n:] for n in range(SHINGLE)), strict=False)}
    pairs = list(find_true_pairs(texts))
    true, clear, near = ({pair for pair, resemblance, containment in pairs
                          if resemblance >= RESEMBLANCE + margin or containment >= CONTAINMENT + margin}
                         for margin in (0, MARGIN, -MARGIN))
    found = _pair_up(groups, texts)
    print(f"pairs of different texts: {len(true)} true, {len(found)} in one group; recall {_share(true & found, true)} "
          f"(clear pairs {_share(clear & found, clear)}), precision {_share(true & found, found)} "
          f"(near pairs allowed {_share(near & found, found)})")


def _pair_up(groups: Iterable[list[str]], texts: dict[str, set[int]]) -> set[Pair]:
    """Pairs of texts in one group, each in the order of the texts."""
    places = {id_: place for place, id_ in enumerate(texts)}
    return {pair for group in groups
            for pair in combinations(sorted((id_ for id_ in group if id_ in places), key=places.__getitem__), 2)}


def _share(part: set[Pair], whole: set[Pair]) -> str:
    return f"{len(part) / len(whole):.3f}" if whole else "–"


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with (gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")) as lines:
        yield from map(json.loads, lines)


if __name__ == "__main__":
    sys.exit(main())
