"""Every other engine against the memory engine: random queries over random documents, equal answers."""

import json
import os
import random
from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from searchkit.engines.base import PERIODS, SORTS, Engine, FacetRequest, Matches, Request
from searchkit.engines.memory import MemoryEngine
from searchkit.errors import SettingsError
from searchkit.fields import FACETS, KEYWORD_FIELDS, TEXT_FIELDS
from searchkit.model import Chrome, Document, Entity, PublicationDate
from searchkit.search import expansion
from searchkit.search import query as q
from searchkit.search.aliases import Aliases
from searchkit.search.aliaslines import parse_aliases
from searchkit.search.analysis import analyse, analyse_document
from searchkit.search.vocabulary import find_forms, find_near

from .conftest import ENGINES, list_engines

QUERIES = int(os.environ.get("VERSUS_QUERIES", "1000"))  # make versus asks 10,000
FEDERATIONS = ("federation", "federation of overlapping indexes")
WORDS_TWICE = FEDERATIONS[1:]  # they count the words of a document in each index that has it
# Engines that score by a server's statistics, or by the average length in each index: the same sets, other numbers
OWN_SCORES = ("opensearch", *FEDERATIONS)
WORDS = ["red", "reds", "Red's", "green", "greens", "blue", "north", "sea", "oil", "U.S.", "AT&T", "C++", "5G",
         "café", "Cafe", "naïve", "東京", "東京都", "東", "5月に", "l'oil", "carrier", "carried"]
WEIGHTS = [40, 12, 4, 20, 6, 12, 9, 9, 7, 3, 2, 2, 2, 2, 1, 1, 2, 2, 2, 1, 1, 3, 2]
NAMES = ["The Courier", "the  courier", "Post", "POST", "Ann Lee", "Anna Lee", "Ann", "Müller", "Muller", "Huawei"]
DATES = ["2017", "2018", "2018-03", "2018-03-01", "2018-03-22", "2018-03-23", "2018-12-31", "2019-01-01"]
GROUPS = ["0a", "1b", "1b", "1b", "2c", "3d", "4e", "5f"]
LANGUAGES = ["en", "de", "de-at", "fr", "zh", "ja", "tlh"]
TERMS = sorted({token.term for word in WORDS for language in LANGUAGES for token in analyse(word, language)})
WRITTEN = sorted({token.written for word in WORDS for token in analyse(word)})


class Dice(random.Random):
    """Random documents and queries."""

    def text(self, longest: int) -> str:
        return " ".join(self.choices(WORDS, WEIGHTS, k=self.randrange(longest)))

    def maybe(self, values: list[str]) -> str | None:
        return self.choice(values) if self.random() < 0.7 else None

    def document(self, id_: str) -> Document:
        when = self.maybe(DATES)
        people = {self.choice(NAMES): self.choice(("person", "place", "organisation", "other"))
                  for _ in range(self.randrange(4))}
        return Document(
            id_, id_, self.text(30), title=self.maybe([self.text(5) or "x"]), publisher=self.maybe(NAMES),
            author=self.maybe(NAMES), language=self.maybe(["en", "de", "de-AT", "DE", "fr", "zh", "tlh"]),
            url=self.maybe(["https://www.example.org/a", "http://user@Example.com:80/b"]),
            date=PublicationDate(when, "day", "test", 1.0) if when else None,
            entities=tuple(Entity(name, kind) for name, kind in people.items()),
            group=self.maybe(GROUPS) if self.random() < 0.6 else None,
            chrome=tuple(Chrome(self.text(6), "test") for _ in range(self.randrange(3))))

    def query(self, depth: int = 3) -> q.Query:
        kinds = [self.term, self.term, self.phrase, self.near, self.at_least, self.prefix, self.wildcard, self.fuzzy,
                 self.keyword, self.dates, self.missing, q.Everything]
        if depth and self.random() < 0.7:
            kinds = [lambda: q.And(self.queries(depth)), lambda: q.Or(self.queries(depth)),
                     lambda: q.Not(self.query(depth - 1)), lambda: q.Boost(self.query(depth - 1), 0.25),
                     lambda: q.Prefer(self.query(depth - 1), self.queries(depth)), lambda: self.by_language(depth)]
        return self.choice(kinds)()

    def queries(self, depth: int) -> tuple[q.Query, ...]:
        return tuple(self.query(depth - 1) for _ in range(self.choice((0, 1, 2, 2, 2, 3, 5))))

    def by_language(self, depth: int) -> q.Query:
        choices = tuple((tuple(self.sample(LANGUAGES, self.randrange(4))), self.words(depth))
                        for _ in range(self.randrange(4)))
        return q.ByLanguage(choices, self.words(depth))

    def words(self, depth: int) -> q.Query:
        """What a language is asked, mostly words."""
        return self.choice((self.term, self.term, self.phrase, self.near, self.at_least, self.prefix, q.Everything,
                            lambda: q.NOTHING, lambda: self.query(depth - 1)))()

    def term(self) -> q.Query:
        return q.Term(self.choice(TEXT_FIELDS).name, self.choice([*TERMS, "unknown"]))

    def phrase(self) -> q.Query:
        return q.Phrase(self.choice(TEXT_FIELDS).name, self.terms((0, 1, 2, 2, 3)))

    def near(self) -> q.Query:
        return q.Near(self.choice(TEXT_FIELDS).name, self.terms((0, 1, 2, 2, 3, 4)), self.choice((0, 1, 2, 5, 20)))

    def terms(self, sizes: tuple[int, ...]) -> tuple[str, ...]:
        return tuple(self.choices(TERMS[-6:] if self.random() < 0.5 else [*TERMS, "unknown"], k=self.choice(sizes)))

    def at_least(self) -> q.Query:
        child = self.choice((self.term, self.phrase, self.near))()
        return q.AtLeast(self.choice((1, 2, 3)), child if getattr(child, "terms", True) else self.term())

    def wildcard(self) -> q.Query:
        letters = list(self.choice(WRITTEN))
        for _ in range(self.choice((1, 1, 2, 3))):
            letters[self.randrange(len(letters))] = self.choice("?*")
        return q.Wildcard(self.choice(TEXT_FIELDS).name, "".join(letters))

    def fuzzy(self) -> q.Query:
        letters = list(self.choice([*WRITTEN, "unknown"]))
        for _ in range(self.choice((0, 1, 2))):
            letters[self.randrange(len(letters))] = self.choice("aeor")
        return q.Fuzzy(self.choice(TEXT_FIELDS).name, "".join(letters), self.choice((0, 1, 2)))

    def prefix(self) -> q.Query:
        word = self.choice([*WRITTEN, "unknown"])
        return q.Prefix(self.choice(TEXT_FIELDS).name, word[:self.randrange(1, 5)])

    def keyword(self) -> q.Query:
        field, value = self.choice(KEYWORD_FIELDS).name, self.choice([*NAMES, *GROUPS, "en", "example.org", ""])
        if self.random() < 0.5:
            return q.Keyword(field, value)
        return q.KeywordPrefix(field, value[:self.randrange(5)])

    def dates(self) -> q.Query:
        first, last = (self.choice([None, date(2018, self.randrange(1, 13), self.randrange(1, 29)).toordinal()])
                       for _ in range(2))
        return q.DateRange("date", first, last)

    def missing(self) -> q.Query:
        return q.Missing(self.choice(FACETS))

    def aliases(self) -> Aliases:
        """Half of the time none, else a few lines that say what they like."""
        lines = {"entity": {}, "publisher": {}}
        for _ in range(self.choice((0, 0, 1, 2, 4))):
            table = self.choice(list(lines))
            name = self.choice([*NAMES, "New Name", False])
            kind = self.choice([None, None, "person", "place", "organisation", "other"])
            typed = table == "entity" and kind and name
            lines[table][self.choice(NAMES)] = {"name": name, "type": kind} if typed else name
        try:
            return parse_aliases("\n".join(f"[{table}]\n" + "\n".join(map(write_line, values.items()))
                                           for table, values in lines.items()), "aliases.toml")
        except SettingsError:  # a circle, a contradiction
            return self.aliases()

    def request(self) -> Request:
        aliases = self.aliases()
        facets = tuple(FacetRequest(field, self.choice((None, 1, 3)), self.choice(list(PERIODS)),
                                    aliases.find_naming(field),
                                    aliases.correct_query(self.query(1)) if self.random() < 0.3 else None)
                       for field in self.sample(FACETS, 3))
        query = aliases.correct_query(self.query())
        copied = self.choice((None, FacetRequest(self.choice(FACETS), self.choice((None, 2)), "year",
                                                 aliases.find_naming("publisher"))))
        return Request(query, facets, self.choice(SORTS), self.choice((0, 3, 10, 1000)), self.choice((0, 0, 5)),
                       self.random() < 0.5, copied)


def check_own_order(request: Request, found: Matches, other: Engine, memory: MemoryEngine) -> None:
    """The same documents as the memory engine finds, by scores of the engine's own, ties by date and id."""
    every = replace(request, facets=(), limit=1000, offset=0, collapse=False, copied=None)
    hits, newest = other.search(every).hits, memory.search(replace(every, sort="newest")).hits
    places = {id_: place for place, (id_, _) in enumerate(newest)}
    assert list(hits) == sorted(hits, key=lambda hit: (-hit[1], places[hit[0]])), request
    assert {id_ for id_, _ in hits} == set(places), request
    texts = {}
    for id_, _ in hits:
        texts.setdefault(memory._name_text(id_), []).append(id_)
    shown = [hit for hit in hits if not request.collapse or texts[memory._name_text(hit[0])][0] == hit[0]]
    page = tuple(shown[request.offset:request.offset + request.limit])
    assert found.hits == page, request
    assert found.copies == tuple(memory._describe_copies(id_, texts[memory._name_text(id_)], request)
                                 for id_, _ in page), request


def write_line(line: tuple[str, object]) -> str:
    value, meant = line
    inside = ", ".join(f"{key} = {json.dumps(text)}" for key, text in meant.items()) if isinstance(meant, dict) else ""
    return f"{json.dumps(value)} = " + (f"{{ {inside} }}" if inside else json.dumps(meant))


def fill(engine, dice: Dice) -> None:
    """Documents in several calls, with updates and deletions between them."""
    for call in range(7):
        ids = [f"d{dice.randrange(160)}" for _ in range(30)] + [f"call{call}"]
        engine.add(analyse_document(dice.document(id_)) for id_ in ids)
        engine.delete(f"d{dice.randrange(160)}" for _ in range(8))


@pytest.mark.parametrize("name", list_engines([name for name in ENGINES if name != "memory"]))
def test_random_queries_are_answered_as_by_the_memory_engine(name, tmp_path, monkeypatch):
    if name not in FEDERATIONS:  # which cut them index by index
        monkeypatch.setattr(expansion, "MOST_WORDS", 3)  # so that some patterns are cut
    memory, other = MemoryEngine(), ENGINES[name](tmp_path / "index")
    fill(memory, Dice(1))
    fill(other, Dice(1))
    assert other.count() == memory.count()
    dice = Dice(2)
    queries = QUERIES // 10 if name in FEDERATIONS else QUERIES  # each asks three engines, one of them in plain loops
    for _ in range(queries):
        request = dice.request()
        expected, found = memory.search(request), other.search(request)
        assert found.total == expected.total, request
        assert found.facets == expected.facets, request
        assert found.cuts == expected.cuts, request
        assert found.distinct == expected.distinct, request
        if name in OWN_SCORES and request.sort == "relevance":
            check_own_order(request, found, other, memory)
            continue
        assert found.copies == expected.copies, request
        assert [id_ for id_, _ in found.hits] == [id_ for id_, _ in expected.hits], request
        if name not in OWN_SCORES:
            scores = [score for _, score in expected.hits]
            assert [score for _, score in found.hits] == pytest.approx(scores, rel=1e-9, abs=1e-12), request
    print(f"\n{queries:,} random queries: {name} answers as memory does")  # noqa: T201 - shown with -s
    other.close()


@pytest.mark.parametrize("name", list_engines([name for name in ENGINES if name not in ("memory", *WORDS_TWICE)]))
def test_values_of_keywords_and_their_documents_are_those_of_the_memory_engine(name, tmp_path):
    memory, other = MemoryEngine(), ENGINES[name](tmp_path / "index")
    fill(memory, Dice(1))
    fill(other, Dice(1))
    for field in KEYWORD_FIELDS:
        found = other.find_words(field.name, lambda vocabulary: vocabulary.words)
        assert found == memory.find_words(field.name, lambda vocabulary: vocabulary.words)
        assert sum(found.values()) > 20
    other.close()


@pytest.mark.parametrize("name", list_engines([name for name in ENGINES if name not in ("memory", *WORDS_TWICE)]))
def test_words_near_others_are_those_of_the_memory_engine(name, tmp_path):
    memory, other = MemoryEngine(), ENGINES[name](tmp_path / "index")
    fill(memory, Dice(1))
    fill(other, Dice(1))
    for field in TEXT_FIELDS:
        for choose in (*(partial(find_near, word=word) for word in WRITTEN),
                       *(partial(find_forms, term=term, language=language)
                         for term in TERMS for language in (None, "fr"))):
            assert other.find_words(field.name, choose) == memory.find_words(field.name, choose)
    other.close()
