"""Whatever is typed, there is an answer or a clear refusal, and soon.

A few thousand texts on small indexes here; ``make hostile-queries`` asks 100,000 at 100,000 documents.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from itertools import accumulate, pairwise
from pathlib import Path

import pytest

from searchkit.aliasfile import AliasFile
from searchkit.engines.memory import MemoryEngine
from searchkit.engines.whoosh import WhooshEngine
from searchkit.errors import QueryError
from searchkit.index import Index
from searchkit.model import Document, PublicationDate
from searchkit.search.analysis import analyse_document

COUNT = int(os.environ.get("HOSTILE_QUERIES", "2000"))
DOCUMENTS = int(os.environ.get("HOSTILE_DOCUMENTS", "60"))
SIZES = {"memory": min(DOCUMENTS, 10), "whoosh": DOCUMENTS}  # the memory engine is not made for many
HEAVY = 0.02 if DOCUMENTS > 1000 else 0.005  # share of the texts that cost what the limits allow
SLOWEST = 2.0  # seconds of the processor
WORDS_OF_A_STORY = 250 if DOCUMENTS > 1000 else 50
VOCABULARY = 100_000 if DOCUMENTS > 1000 else 5000
SIGNS = ["(", ")", '"', "“", "*", "?", "-", "+", " ", " AND ", " OR ", " NOT ", "^2", "^", "~", "~2", "~99", "'",
         "atleast(2, ", "atleast(", "title:", "chrome:", "in:all", "in:", "date:", "date:>", "2018", "..", "none",
         "publisher:", "entity:(", "last 3 days", "\x00", "\x1b[31m", "\ud800", "\u202e", "\u0301", "٣", "华", "🚢",
         "ﷺ", "İ", "ẞ", "a"]
WHOLE = ["(" * 1000, "(" * 1000 + "ba" + ")" * 1000, "*" * 2**20, "?" * 4096, '"' * 4095, "~" * 4096, "^" * 4096,
         "NOT " * 1000 + "ba", "((", "bo OR (-ci (" * 32 + "du" + ")^2)^3" * 32,
         "-(" * 60 + "ba" + ")" * 60, "\U0010ffff" * 4000, "\u0301" * 4000]


class Dice(random.Random):
    """Stories, and texts that nobody should type."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        syllables = [c + v for c in "bcdfghklmnprstvwz" for v in "aeiou"]
        self._words = ["".join(self.choices(syllables, k=self.choice((1, 2, 2, 3, 3, 4)))) for _ in range(VOCABULARY)]
        self._weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))  # as Zipf says

    def words(self, count: int) -> list[str]:
        return self.choices(self._words, cum_weights=self._weights, k=count)

    def documents(self, count: int) -> Iterator[Document]:
        for number in range(count):
            day = f"20{self.randrange(10, 20)}-{self.randrange(1, 13):02}-{self.randrange(1, 29):02}"
            yield Document(str(number), str(number), " ".join(self.words(WORDS_OF_A_STORY)),
                           title=" ".join(self.words(8)), publisher=self.words(1)[0],
                           date=PublicationDate(day, "day", "test", 1.0))

    def text(self) -> str:
        kinds = [self.noise, self.noise, self.signs, self.signs, self.signs, self.mutant, self.mutant, self.repeated]
        return self.choice([self.heavy, self.whole] if self.random() < HEAVY else kinds)()

    def noise(self) -> str:
        return "".join(chr(self.choice((self.randrange(128), self.randrange(0x3000), self.randrange(0x110000))))
                       for _ in range(self.randrange(40)))

    def signs(self) -> str:
        return "".join(self.choice(SIGNS) if self.random() < 0.6 else self.words(1)[0]
                       for _ in range(self.randrange(1, 30)))

    def repeated(self) -> str:
        part = "".join(self.choices([*SIGNS, *self.words(2)], k=self.randrange(1, 4)))
        return part * self.choice((2, 10, 70, 4096 // len(part)))

    def whole(self) -> str:
        return self.choice(WHOLE)

    def mutant(self) -> str:
        """A query as people write it, with one slip."""
        a, b, c, d = self.words(4)
        text = self.choice([f"{a} ({b} OR {c}) -{d}", f'"{a} {b}"~5 {c[:2]}*', f"{a}~ OR {b[0]}*{b[-1:]}^2 {c}?",
                            f'atleast(2, {a}) title:({b} OR "{c} {d}")^3', f"date:2018..{a} publisher:{b}*"])
        at = self.randrange(len(text))
        return text[:at] + self.choice([*SIGNS, ""]) + text[at + self.randrange(2):]

    def heavy(self) -> str:
        """A query that means something and costs what the limits allow."""
        many, sixty = self.words(500), self.words(60)
        return self.choice([
            " ".join(many)[:4000], " OR ".join(many)[:4000].rpartition(" OR ")[0], f'"{" ".join(many)[:4000]}"~1000',
            " OR ".join(f"{word[:1]}*{word[-1]}" for word in sixty), " OR ".join(f"{word[:2]}*" for word in sixty),
            " OR ".join(f"{word}{word}~2" for word in sixty), " ".join(f"-{word[:1]}?{word[-1]}*" for word in sixty),
            " OR ".join(f"atleast(2, {word})^2" for word in many[:150]), "in:all " + " OR ".join(many[:300]),
            f'"{" ".join(many[:1] * 500)}"', " OR ".join(f'"{a} {b}"~99' for a, b in pairwise(many[:150]))])


@pytest.fixture
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    engine = MemoryEngine() if request.param == "memory" else WhooshEngine(tmp_path / "index", create=True)
    engine.add(map(analyse_document, Dice(1).documents(SIZES[request.param])))
    with Index(engine, request.param, None, AliasFile(None)) as opened:
        yield opened


@pytest.mark.parametrize("index", SIZES, indirect=True)
def test_any_text_is_answered_or_refused_within_two_seconds(index):
    dice = Dice(2)
    refused, slowest = 0, (0.0, "")
    asked = COUNT if index.engine_name == "whoosh" else min(COUNT, 100)
    for number in range(asked):
        text = WHOLE[number] if number < len(WHOLE) else dice.text()
        begun = time.process_time()
        try:
            index.query(text, match=dice.choice(("all", "any")), facets=("publisher",))
        except QueryError as fault:
            refused += 1
            assert fault.what and 0 <= fault.position <= len(text)
        slowest = max(slowest, (time.process_time() - begun, text))
        assert slowest[0] < SLOWEST, text[:200]
    assert 0 < refused < asked
    figure = (f"{index.engine_name}, {index.count():,} documents: {asked:,} texts, {refused:,} refused, no traceback; "
              f"the slowest took {slowest[0]:.2f} s: {slowest[1][:60]!r}")
    print(f"\n{figure}")  # noqa: T201 - shown with -s
