"""Ranking on public test collections does not fall below its floors.

The collections lie beside the checkout; without them this module is skipped. A floor is what was measured less 0.005.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
from pathlib import Path

import pytest

from searchkit.index import open_index
from searchkit.model import Document

SHARED = Path(__file__).resolve().parents[2] / "shared"
DATA, SCORER = SHARED / "data" / "ir", SHARED / "eval" / "relevance.py"
FLOORS = {"cranfield": 0.537, "adi": 0.496}  # nDCG@10

pytestmark = pytest.mark.skipif(not (DATA.exists() and SCORER.exists()),
                                reason="the test collections and their scorer are not beside this checkout")


@pytest.mark.parametrize("name", FLOORS)
def test_the_ranking_of_a_collection_keeps_its_floor(name: str, tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("relevance_scorer", SCORER)
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    with gzip.open(DATA / name / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        documents = [json.loads(line) for line in lines]
    queries = [json.loads(line) for line in (DATA / name / "queries.jsonl").read_text(encoding="utf-8").splitlines()]

    with open_index(tmp_path, create=True, aliases=None) as index:
        index.add([Document(row["id"], "x", row["body"] or ".", title=row["title"] or None) for row in documents])
        run = {query["id"]: [hit.id for hit in index.query(query["text"], match="any", limit=10, facets=(), snippets=0)]
               for query in queries}

    means, _ = scorer.evaluate(scorer.read_qrels(DATA / name / "qrels.tsv"), run)
    assert means["nDCG@10"] >= FLOORS[name]
