"""The benchmark of engines: what it asks is the same for all, and its page says what was measured."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = 600


@pytest.fixture(autouse=True)
def _find_bench(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "bench"))


@pytest.fixture
def corpus(tmp_path):
    from corpus import make_corpus

    return make_corpus(tmp_path, DOCUMENTS, 60)


@pytest.fixture
def answer(corpus, tmp_path):
    """A function: how many documents a contender finds for each case."""
    from importlib import import_module

    from contenders import CONTENDERS
    from corpus import read_rows
    from queries import draw_cases

    def answer(name):
        module, builder = CONTENDERS[name]
        folder = tmp_path / (builder or name)
        if not folder.exists():
            import_module(CONTENDERS[builder or name][0]).build(read_rows(corpus, DOCUMENTS), folder)
        prepare = import_module(module).open_reader(folder)
        ready = [(case, prepare(case)) for case in draw_cases(corpus)]
        return [(case.kind, run() if run else None) for case, run in ready]

    return answer


def test_the_same_seed_gives_the_same_documents_and_sizes_nest():
    from corpus import invent

    assert list(invent(30, 60)) == list(invent(50, 60))[:30]


def test_queries_are_the_same_each_time_and_as_many_of_each_class(corpus):
    from queries import KINDS, PER_CLASS, draw_cases

    cases = draw_cases(corpus)

    assert cases == draw_cases(corpus)
    assert Counter(case.kind for case in cases) == dict.fromkeys(KINDS, PER_CLASS)


def test_a_tree_and_the_text_that_a_person_would_type_find_as_many(answer):
    ours = answer("searchkit")

    assert ours == answer("Index.query")
    assert {kind for kind, total in ours if total} == {kind for kind, _ in ours}


def test_sqlite_does_equal_work(answer):
    both = zip(answer("searchkit"), answer("SQLite FTS5"), strict=True)
    pairs = [(mine, theirs) for (kind, mine), (_, theirs) in both
             if kind != "fuzzy"]

    assert sum(mine == theirs for mine, theirs in pairs) >= 0.9 * len(pairs)  # their stemmers differ


def test_the_page_tells_ratios_and_agreement_and_the_plot_can_be_read():
    import report
    from plot import draw_bars

    def make_side(ms, total):
        return {"built": {"seconds": ms, "peak_mb": 100.0, "bytes": 2000}, "open_mb": 30.0,
                "answers": [["rare", ms, 1], ["fuzzy", ms, total]]}

    size = {"text_bytes": 1000, "bare_mb": 10.0,
            "contenders": {"searchkit": make_side(3.0, 5), "on tantivy": make_side(6.0, 5),
                           "tantivy": make_side(2.0, 6), "tantivy in batches": make_side(5.0, 6)}}
    found = {"machine": report.describe_machine(), "documents": 10, "small": 10, "words": 0, "sizes": {"10": size},
             "cold_ms": {"python": 10.0, "query": 45.0}}

    page = "\n".join(report.describe_engines(found))

    assert "| query p50, × tantivy | 1.50 | ≤ 1.5 | ≤ 1.0 |" in page
    assert "| indexing, × tantivy | 0.67 | ≥ 0.15 | ≥ 0.4 |" in page
    assert "| engine `tantivy`, query p50, × tantivy | 3.00 | ≤ 1.3 |  |" in page
    assert "| engine `tantivy`, query p50, × tantivy in batches | 1.20 | ≤ 1.3 |  |" in page
    assert "| cold `searchkit query`, CPU ms above Python | 35 |" in page
    assert "tantivy in 50.0% (not in 1 of fuzzy)" in page
    bars = ET.fromstring(draw_bars("a < b", ["rare", "fuzzy"], {"x": [1.0, 10.0], "y": [2.0, None]}))
    assert len([part for part in bars.iter() if part.tag.endswith("title")]) == 3
