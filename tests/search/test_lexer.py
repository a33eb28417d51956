"""The lexer: the words and signs of a query, each with its place."""

import pytest

from searchkit.errors import QueryError
from searchkit.search.lexer import (
    AND,
    CLOSE,
    NOT,
    OPEN,
    OR,
    PHRASE,
    PLUS,
    PREFIX,
    WORD,
    Lexeme,
    split,
)


@pytest.mark.parametrize(("text", "kinds"), [
    ("red AND blue", [WORD, AND, WORD]),
    ("red OR blue", [WORD, OR, WORD]),
    ("red or blue", [WORD, WORD, WORD]),
    ("NOT red", [NOT, WORD]),
    ("-red +blue", [NOT, WORD, PLUS, WORD]),
    ("−red", [NOT, WORD]),
    ("(red)", [OPEN, WORD, CLOSE]),
    ('"red sky"', [PHRASE]),
    ("“red sky”", [PHRASE]),
    ("„red sky“", [PHRASE]),
    ("«red sky»", [PHRASE]),
    ("redd*", [PREFIX]),
    ('"red sk"*', [PREFIX]),
    ("red-blue", [WORD]),
    ("red - blue", [WORD, WORD, WORD]),
    ("\x00\u200b\u3000", []),
])
def test_kinds_of_lexemes(text: str, kinds: list[str]) -> None:
    assert [lexeme.kind for lexeme in split(text)] == kinds


def test_a_lexeme_knows_its_place_and_its_field() -> None:
    assert split('red title:"blue sky"') == [Lexeme(WORD, "red", 0), Lexeme(PHRASE, "blue sky", 4, "title")]


def test_a_field_may_open_a_parenthesis() -> None:
    assert split("publisher:(a") == [Lexeme(OPEN, "(", 0, "publisher"), Lexeme(WORD, "a", 11)]


def test_a_time_of_day_is_no_field() -> None:
    assert split("12:30") == [Lexeme(WORD, "12:30", 0)]


def test_a_compared_date_may_be_quoted() -> None:
    assert split('date:>="22 March 2018"') == [Lexeme(WORD, ">=22 March 2018", 0, "date")]


@pytest.mark.parametrize(("text", "position", "said"), [
    ('red "blue', 4, "never closed"),
    ("red title:", 4, "'title' has no value"),
    ("title: red", 0, "'title' has no value"),
    ("(title:)", 1, "'title' has no value"),
    ("title:)", 0, "'title' has no value"),
])
def test_what_cannot_be_split_is_told_with_its_place(text: str, position: int, said: str) -> None:
    with pytest.raises(QueryError, match=said) as caught:
        split(text)
    assert caught.value.position == position
