"""The documents that engines are measured on: news-like, made from a seed, the same bytes on every machine.

A row is the line of JSON that ``searchkit index`` reads: id, title, body, date, publisher, entities. A generator that
stands beside the checkout is preferred; it models inflection, topics and copies. The one here is for checkouts without.
"""

from __future__ import annotations

import json
import random
import runpy
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from searchkit.model import Document, Entity, PublicationDate

GENERATOR = Path(__file__).resolve().parents[2] / "shared" / "bench" / "make_corpus.py"
SEED = 1
VOCABULARY = 40_000  # words of the generator here
TYPICAL_WORDS = 380  # of a news story, as in the generator beside the checkout

Row = dict[str, Any]


def make_corpus(folder: Path, count: int, words: int = 0) -> Path:
    """A file with so many documents, made unless it is there; ``words`` asks for texts of about that many words."""
    path = folder / f"corpus-{count}{f'-{words}-words' if words else ''}.jsonl"
    if not path.exists():
        draft = path.with_suffix(".part")
        with draft.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in _generate(count, words))
        draft.replace(path)
    return path


def read_rows(path: Path, count: int) -> Iterator[Row]:
    """The first so many documents."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, islice(lines, count))


def read_document(row: Row) -> Document:
    """A row as searchkit holds it."""
    return Document(row["id"], row["id"], row["body"], title=row["title"], publisher=row["publisher"],
                    date=PublicationDate(row["date"][:10], "day", "bench", 1.0),
                    entities=tuple(Entity(name, "other") for name in row["entities"]))


def invent(count: int, words: int) -> Iterator[Row]:
    """Documents of made-up words with Zipf's frequencies; lengths are log-normal around ``words``."""
    dice = random.Random(SEED)
    vocabulary = ["".join(dice.choices("bdfglmnprst", k=3)) + dice.choice("aeiou") + dice.choice("aeiouyo")
                  for _ in range(VOCABULARY)]
    ranks, sums = range(VOCABULARY), []
    for rank in ranks:
        sums.append((sums[-1] if sums else 0.0) + 1 / (rank + 3))
    for number in range(count):
        length = max(8, int(words * dice.lognormvariate(0, 0.5)))
        text = [vocabulary[rank] for rank in dice.choices(ranks, cum_weights=sums, k=length)]
        names = [f"{first.title()} {second.title()}" for first, second in
                 zip(*[iter(dice.choices(vocabulary[:300], k=6))] * 2, strict=True)]
        yield {"id": f"doc-{number:08}", "title": " ".join(text[:7]), "body": " ".join(text + names),
               "date": date.fromordinal(735600 + dice.randrange(4300)).isoformat(), "entities": names,
               "publisher": f"Paper {int(dice.paretovariate(0.9)) % 40}"}


def _generate(count: int, words: int) -> Iterable[Row]:
    if words or not GENERATOR.exists():
        return invent(count, words or TYPICAL_WORDS)
    made: Iterable[Row] = runpy.run_path(str(GENERATOR))["generate"](count, SEED)
    return made
