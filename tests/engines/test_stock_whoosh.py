"""Whoosh's own searcher on an index of ours: it opens it, and finds the same documents."""

import random
import warnings
from pathlib import Path

import pytest

from searchkit.engines.whoosh import WhooshEngine
from searchkit.engines.whoosh.layout import SEPARATOR, WRITTEN
from searchkit.search import query as q

from .samples import find
from .test_versus import DATES, NAMES, TERMS, Dice, fill
from .test_versus import WRITTEN as WORDS

pytest.importorskip("whoosh")
from whoosh import index
from whoosh import query as stock

COUNT = 50


def make_pair(dice: random.Random, number: int) -> tuple[q.Query, stock.Query]:
    """A query of searchkit, and the same for Whoosh."""
    def term() -> tuple[q.Query, stock.Query]:
        word, field = dice.choice(TERMS), dice.choice(("body", "body", "title"))
        return q.Term(field, word), stock.Term(field, word)

    match number % 6:
        case 0:
            return term()
        case 1:
            words = tuple(dice.choices([word for word in TERMS if word.isascii()], k=2))
            return q.Phrase("body", words), stock.Phrase("body", list(words))
        case 2:
            pairs = [term() for _ in range(dice.choice((2, 3)))]
            return q.And(tuple(ours for ours, _ in pairs)), stock.And([theirs for _, theirs in pairs])
        case 3:
            pairs = [term() for _ in range(dice.choice((2, 3)))]
            return q.Or(tuple(ours for ours, _ in pairs)), stock.Or([theirs for _, theirs in pairs])
        case 4:
            start = dice.choice(WORDS)[:2]
            return q.Prefix("body", start), stock.Prefix("body" + WRITTEN, start)
        case _:
            if dice.random() < 0.5:
                date = dice.choice([date for date in DATES if len(date) == 10 and not date.endswith("-01")])
                day = q.date.fromisoformat(date).toordinal()
                return q.DateRange("date", day, day), stock.Term("date", date)
            key = q.Keyword("publisher", dice.choice(NAMES)).key
            return q.Keyword("publisher", key), stock.Prefix("publisher", key + SEPARATOR)


def test_whooshs_own_searcher_finds_the_same_documents(place: Path) -> None:
    engine, dice = WhooshEngine(place, create=True), Dice(5)
    fill(engine, dice)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        searcher = index.open_dir(str(place)).searcher()
    found = 0
    with searcher:
        assert searcher.doc_count() == engine.count()
        for number in range(COUNT):
            ours, theirs = make_pair(dice, number)
            ids = sorted(engine.get([hit])[0].id for hit in find(engine, ours, limit=1000))
            hits = searcher.search(theirs, limit=None)
            stored = sorted(hit["document"].split('"id": "', 1)[1].split('"', 1)[0] for hit in hits)
            assert stored == ids, ours
            found += bool(ids)
    assert found > COUNT * 3 // 4
