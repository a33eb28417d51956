"""Continuations: how a query that is being typed may go on, by the words and names of the index."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from searchkit.fields import BY_NAME, DEFAULT_FIELD, KEYWORD_FIELDS
from searchkit.results import Results
from searchkit.search.analysis import analyse
from searchkit.search.lexer import QUOTES
from searchkit.search.values import find_named
from searchkit.search.vocabulary import Choose, Vocabulary

LEAST = 2  # letters from which on a word is completed, as for a prefix of the query language
MOST_WORDS = 200  # that begin so and are counted, the shortest: each costs a look into the dictionary
MOST_VALUES = 500  # of a field, the most frequent beside the word, that are looked through
WORD = "word"  # the kind of those that are no names
NAMES = ("publisher", "entity")  # fields whose values are offered where none is named

_LAST = re.compile(r"[^\s()]*\Z")

Ask = Callable[..., Results]  # as ``Index.query``
FindWords = Callable[[str, Choose], dict[str, int]]


class Continuation(NamedTuple):
    """What may be meant: the word or name, its kind ("word" or a field), the whole query with it, and how many
    documents have it, a word as it is written here; the query finds its other forms, too.
    """

    value: str
    kind: str
    query: str
    documents: int

    def to_dict(self) -> dict[str, Any]:
        """JSON as in the answer of ``/api/suggest``."""
        return self._asdict()


def choose_continuations(text: str, limit: int, ask: Ask, find_words: FindWords) -> tuple[Continuation, ...]:
    """Up to ``limit`` continuations of the last word of a text: names first, then words, each the most frequent first.

    Half of them are names, unless there are too few words. ``publisher:har`` goes on with values of that field only; a
    text that ends with a space has none.
    """
    found = list(_list_continuations(text, ask, find_words))
    names = [each for each in found if each.kind != WORD]
    words = [each for each in found if each.kind == WORD]
    return (*names[:max(limit - len(words), (limit + 1) // 2)], *words)[:limit]


def _list_continuations(text: str, ask: Ask, find_words: FindWords) -> Iterator[Continuation]:
    last = _LAST.search(text)
    begun = last.group() if last else ""
    head = text[:len(text) - len(begun)]
    if head.count('"') % 2:  # inside a phrase
        return
    sign = begun[:len(begun) - len(begun.lstrip("-+"))]
    head, begun = head + sign, begun[len(sign):]
    name, colon, value = begun.partition(":")
    field = BY_NAME.get(name.lower()) if colon else None
    if field is not None:
        if field in KEYWORD_FIELDS and value.strip('"'):
            yield from _list_names(head, field.name, "", value.strip('"'), ask)
        return
    tokens = list(analyse(begun))
    if not tokens or tokens[-1].end != len(begun) or len(tokens[-1].written) < LEAST:
        return
    for name in NAMES:
        over = f"{tokens[-1].written}*" if name == "entity" else ""  # who is named is named in the story
        yield from _list_names(head, name, over, begun, ask)
    yield from _list_words(head + begun[:tokens[-1].start], tokens[-1].written, find_words)


def _list_names(head: str, field: str, over: str, begun: str, ask: Ask) -> Iterator[Continuation]:
    values = ask(over, facets=[f"{field}:{MOST_VALUES}"], limit=0).facets[field]
    for value in find_named(values, begun):
        if value.value and not any(quote in value.value for quote in QUOTES):
            yield Continuation(value.value, field, f'{head}{field}:"{value.value}"', value.count)


def _list_words(head: str, beginning: str, find_words: FindWords) -> Iterator[Continuation]:
    found = find_words(DEFAULT_FIELD, lambda vocabulary: _find_beginning(vocabulary, beginning))
    for word, count in sorted(found.items(), key=lambda item: (-item[1], item[0])):
        yield Continuation(word, WORD, head + word, count)


def _find_beginning(vocabulary: Vocabulary, beginning: str) -> Sequence[str]:
    """The shortest words that begin so and go on."""
    words, found = vocabulary.words, []
    for place in range(bisect_left(words, beginning), len(words)):
        if not words[place].startswith(beginning):
            break
        if words[place] != beginning:
            found.append(words[place])
    return sorted(found, key=lambda word: (len(word), word))[:MOST_WORDS]
