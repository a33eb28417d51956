"""What lifts a match among others."""

from __future__ import annotations

import pytest

from searchkit.errors import QueryError
from searchkit.index import Index, open_index
from searchkit.model import Document
from searchkit.search.bonuses import PAIR, TITLE, prefer
from searchkit.search.query import NOTHING, And, Boost, ByLanguage, Everything, Phrase, Prefer, Term

FILLER = "The board met again in the afternoon and talked at length about the weather on the coast."


@pytest.fixture
def archive() -> Index:
    index = open_index(None)
    index.add([
        Document("apart", "a", f"The ferry left. {FILLER} The old pier stayed. {FILLER}", title="Weather"),
        Document("beside", "b", f"The ferry pier stayed. {FILLER} An old one left. {FILLER}", title="Weather"),
        Document("headline", "c", f"The pier left. {FILLER} The old ferry stayed. {FILLER}", title="Ferry"),
        *(Document(f"other {n}", "o", FILLER, title="Coast") for n in range(5))])
    return index


def test_words_side_by_side_as_in_the_query_come_before_the_same_words_apart(archive: Index) -> None:
    found = [hit.id for hit in archive.query("ferry pier")]

    assert found.index("beside") < found.index("apart")


def test_a_word_in_the_headline_lifts_a_story(archive: Index) -> None:
    assert next(hit.id for hit in archive.query("ferry")) == "headline"


def test_stop_words_are_not_asked_for_beside_other_words(archive: Index) -> None:
    assert archive.query("where is the ferry").total == 3


def test_a_query_of_stop_words_alone_asks_for_them(archive: Index) -> None:
    assert archive.query("about").total == 8


def test_any_of_the_words_is_found_whatever_the_signs_between_them(archive: Index) -> None:
    results = archive.query('ferry: (pier "old', match="any")

    assert results.total == 3
    assert results.warnings == ("read as plain words, for this quote is never closed",)


def test_all_words_want_a_query_without_faults(archive: Index) -> None:
    with pytest.raises(QueryError):
        archive.query('ferry "old')


def test_words_of_several_languages_are_lifted_as_each_has_them() -> None:
    house = ByLanguage(((("de",), Term("body", "haus")),), Term("body", "hauser"))
    red = Term("body", "rot")

    assert prefer(And((red, house))) == Prefer(And((red, house)), (
        Boost(Term("title", "rot"), TITLE),
        Boost(ByLanguage(((("de",), Term("title", "haus")),), Term("title", "hauser")), TITLE),
        Boost(ByLanguage(((("de",), Phrase("body", ("rot", "haus"))),), Phrase("body", ("rot", "hauser"))), PAIR)))


def test_a_word_that_a_language_is_not_asked_for_lifts_nothing_there() -> None:
    idle = ByLanguage(((("en",), Term("body", "die")),), Everything())
    bonuses = prefer(And((Term("body", "hard"), idle))).bonuses

    assert bonuses[1:] == (
        Boost(ByLanguage(((("en",), Term("title", "die")),), NOTHING), TITLE),
        Boost(ByLanguage(((("en",), Phrase("body", ("hard", "die"))),), NOTHING), PAIR))
