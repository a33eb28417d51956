"""How a query that is being typed may go on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import searchkit
from searchkit.errors import SettingsError
from searchkit.index import Index
from searchkit.model import Document, Entity


@pytest.fixture(scope="module", params=["memory", "whoosh"])
def index(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    bergen, ola, odd = Entity("Bergen", "place"), Entity("Ola Bergström", "person"), Entity('The "Berg"', "other")
    documents = [
        Document("1", "1", "The ferry to Bergen, and ferries at large.", publisher="Coast Gazette", entities=(bergen,)),
        Document("2", "2", "Ola Bergström took the ferry to Bergen.", publisher="Bergen Post",
                 entities=(bergen, ola)),
        Document("3", "3", "A berg of ice; the “Berg”. Ferries, U.S. ports.", publisher="Coast Gazette",
                 author="Zoë Adler", entities=(odd,)),
    ]
    with searchkit.open(None if request.param == "memory" else tmp_path_factory.mktemp("index"),
                        engine=request.param, aliases=None) as opened:
        opened.add(documents)
        yield opened


def list_shown(index: Index, text: str) -> list[tuple[str, str, int]]:
    return [(each.kind, each.value, each.documents) for each in index.complete(text)]


def test_the_last_word_goes_on_with_names_and_then_with_words(index: Index) -> None:
    assert list_shown(index, "ferry ber") == [
        ("publisher", "Bergen Post", 1), ("entity", "Bergen", 2), ("entity", "Ola Bergström", 1),
        ("word", "bergen", 2), ("word", "berg", 1), ("word", "bergstrom", 1)]


def test_each_is_a_query_that_finds_what_it_says_and_of_a_word_its_other_forms(index: Index) -> None:
    for text in ("ber", "Coa", "-fer", "(fer", "author:zo"):
        found = index.complete(text)
        assert found
        for each in found:
            query = each.query.lstrip("-(")
            total = index.query(query).total
            assert total == each.documents or (each.kind == "word" and total > each.documents), each


def test_what_stands_before_is_kept(index: Index) -> None:
    assert [each.query for each in index.complete('title:x OR (ferry -coas')][:1] == [
        'title:x OR (ferry -publisher:"Coast Gazette"']


def test_a_field_goes_on_with_its_values(index: Index) -> None:
    assert list_shown(index, "publisher:gaz") == [("publisher", "Coast Gazette", 2)]
    assert list_shown(index, "by:ad") == [("author", "Zoë Adler", 1)]
    assert list_shown(index, "person:ber") == [("person", "Ola Bergström", 1)]


@pytest.mark.parametrize("text", ["", "ferry ", "f", '"the fer', "title:fer", "date:20", "zzz", "***", "publisher:",
                                  "(("])
def test_some_texts_do_not_go_on(index: Index, text: str) -> None:
    assert index.complete(text) == ()


def test_a_name_that_cannot_stand_in_quotes_is_not_offered(index: Index) -> None:
    assert all("Berg”" not in each.query and 'The "' not in each.value for each in index.complete("ber", 50))


def test_names_leave_room_for_words_and_words_for_names(index: Index) -> None:
    assert [each.kind for each in index.complete("ber", 3)] == ["publisher", "entity", "word"]
    assert len(index.complete("ber", 1)) == 1 and index.complete("ber", 0) == ()
    with pytest.raises(SettingsError):
        index.complete("ber", -1)
