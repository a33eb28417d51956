"""Highlights: where a text has what a query looks for, each match as a whole and under the word that it answers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate, islice
from typing import NamedTuple

from searchkit.fields import DEFAULT_FIELD
from searchkit.frozen import frozen
from searchkit.model import ENTITY_TYPES, Entity
from searchkit.search import expansion
from searchkit.search.analysis import Token, analyse, find_words
from searchkit.search.candidates import cut_chunks, find_beginning, find_chunks
from searchkit.search.expansion import compile_pattern
from searchkit.search.folding import fold_value
from searchkit.search.nearness import find_places, find_windows
from searchkit.search.pairs import find_end, is_paired
from searchkit.search.query import (
    Keyword,
    KeywordPrefix,
    Near,
    Pattern,
    Phrase,
    Query,
    Term,
    choose_language,
    find_leaves,
)
from searchkit.search.stemming import choose_forms

ALL = 2**63  # characters: no text has more
PER_WORD = 8  # characters of a text, its spaces too
READ_FIELDS = (DEFAULT_FIELD, "title")  # those whose words are looked for in headline and story
_ENTITY_FIELDS = ("entity", *ENTITY_TYPES)


class Span(NamedTuple):
    """A match in a text, [start, end) in characters, and the parts of the query that it answers."""

    start: int
    end: int
    keys: frozenset[str]


@frozen
class Wanted:
    """What a query looks for in a text field: single terms, phrases, terms near each other, written words; and how
    the entities that it asks for are named, each form with the name of its entity. ``language`` is that of the text.

    ``fits`` are tests of a word as written, of prefixes, wildcard patterns and fuzzy words, each with its pattern.
    Every word that begins a match begins with one of the ``beginnings``.
    """

    terms: frozenset[str]
    phrases: tuple[tuple[str, ...], ...]
    nears: tuple[tuple[tuple[str, ...], int], ...]
    fits: tuple[tuple[str, Callable[[str], bool]], ...]
    beginnings: tuple[str, ...] = ()
    mentions: tuple[tuple[str, str], ...] = ()
    language: str | None = None

    def __bool__(self) -> bool:
        return bool(self.terms or self.phrases or self.nears or self.fits or self.mentions)

    def find_key(self, term: str, written: str) -> str | None:
        """Which part of the query a word answers."""
        if term in self.terms:
            return term
        return next((pattern for pattern, fits in self.fits if fits(written)), None)


def find_wanted(query: Query, fields: Iterable[str], entities: Iterable[Entity] = (),
                language: str | None = None) -> Wanted:
    """What a query looks for in these text fields of a document in a language, and the mentions of those of the
    entities that it asks for; what it excludes is not among them.
    """
    wanted, leaves = _find_words(query, tuple(fields), language)
    if not leaves:
        return wanted
    return replace(wanted, mentions=tuple(
        (form, entity.name) for entity in entities if any(_is_asked(entity, leaf) for leaf in leaves)
        for form in entity.mentions or (entity.name,)))


@lru_cache(maxsize=64)
def _find_words(query: Query, fields: tuple[str, ...], language: str | None) -> tuple[Wanted, tuple[Query, ...]]:
    """What a query looks for in any document of a language; and its leaves that may ask for an entity."""
    leaves = list(find_leaves(choose_language(query, language)))
    words = [leaf for leaf in leaves if isinstance(leaf, Term | Phrase | Near | Pattern) and leaf.field in fields]
    terms = frozenset(leaf.term for leaf in words if isinstance(leaf, Term))
    phrases = tuple(dict.fromkeys(leaf.terms for leaf in words if isinstance(leaf, Phrase) and leaf.terms))
    patterns = dict.fromkeys(replace(leaf, field=DEFAULT_FIELD) for leaf in words if isinstance(leaf, Pattern))
    beginnings = {find_beginning(term, language) for term in (*terms, *(phrase[0] for phrase in phrases))}
    return Wanted(
        terms,
        phrases,
        tuple(dict.fromkeys((leaf.terms, leaf.slop) for leaf in words if isinstance(leaf, Near))),
        tuple((str(pattern), compile_pattern(pattern)) for pattern in patterns),
        tuple(beginnings.union(map(expansion.find_beginning, patterns))),
        language=language,
    ), tuple(leaf for leaf in leaves if isinstance(leaf, Keyword | KeywordPrefix))


def highlight(text: str, query: Query, entities: Iterable[Entity] = (),
              language: str | None = None) -> tuple[tuple[int, int], ...]:
    """Where a title has what the query looks for: [start, end) in characters."""
    wanted = find_wanted(query, READ_FIELDS, entities, language)
    return tuple((start, end) for start, end, _ in find_spans(text, wanted))


def find_spans(text: str, wanted: Wanted, most: int = ALL) -> list[Span]:
    """The matches in order; those that share a character are one.

    ``most`` is how many characters may be cut into words to find them: where the words of the query are everywhere
    in a long text, only the matches as far as that are found.
    """
    if not wanted:
        return []
    chunks = None if wanted.nears else find_chunks(text, wanted.beginnings)
    following = PER_WORD * max(map(len, wanted.phrases), default=1)  # characters that are looked at with each of them
    if chunks is None or (wanted.phrases and len(chunks) * following > len(text)):
        spans = _find_everywhere(cut_words(text, most), wanted)
    else:
        spans = [span for start, end in _take(chunks, following, most)
                 for span in _find_from(text, start, end, wanted)]
    spans += islice(_find_mentions(text, wanted.mentions), most // PER_WORD)
    return _join(sorted(spans, key=lambda span: span[:2]))


def cut_words(text: str, most: int) -> str:
    """The words at the beginning of a text, of so many characters at most where it has spaces."""
    return text[:max(text.rfind(" ", 0, most), 0) or most] if len(text) > most else text


def _take(chunks: Iterable[tuple[int, int]], following: int, most: int) -> Iterator[tuple[int, int]]:
    """Runs without spaces that with what follows them have not more than so many characters."""
    for start, end in chunks:
        most -= end - start + following
        if most < 0:
            return
        yield start, end


def _find_from(text: str, start: int, end: int, wanted: Wanted) -> Iterator[Span]:
    """The matches that begin in a run without spaces."""
    yield from _find_single(text, start, _cut_tokens(text[start:end], wanted.language), wanted)
    if wanted.phrases:
        tokens = []
        following = max(map(len, wanted.phrases))
        for token in analyse(text[start:], wanted.language):
            tokens.append(token)
            following -= token.start >= end - start
            if following <= 0:
                break
        for span in _find_runs(tokens, wanted.phrases):
            yield span._replace(start=span.start + start, end=span.end + start)


@lru_cache(maxsize=1 << 14)
def _cut_tokens(chunk: str, language: str | None) -> tuple[Token, ...]:
    """The tokens of a run without spaces: a few different ones are most of a text."""
    return tuple(analyse(chunk, language))


def _find_everywhere(text: str, wanted: Wanted) -> list[Span]:
    """The matches but those of names."""
    find_forms = choose_forms(wanted.language)
    forms = {word: find_forms(word) for word in set(find_words(text, wanted.language))}
    present = {term for term, _ in forms.values()}
    phrases = [phrase for phrase in wanted.phrases if phrase and present.issuperset(phrase)]
    nears = [near for near in wanted.nears if present.issuperset(near[0])]
    if phrases or nears:
        tokens = list(analyse(text, wanted.language))
        spans = [*_find_runs(tokens, phrases), *_find_near(tokens, nears), *_find_single(text, 0, tokens, wanted)]
    else:
        places = [place for word, (term, written) in forms.items() if wanted.find_key(term, written)
                  for place in _find_places(text, word)]
        spans = [span for start, end in cut_chunks(text, places)
                 for span in _find_single(text, start, analyse(text[start:end], wanted.language), wanted)]
    return spans


def _is_asked(entity: Entity, leaf: Query) -> bool:
    """Whether a node asks for the entity by its name."""
    if not isinstance(leaf, Keyword | KeywordPrefix) or leaf.field not in _ENTITY_FIELDS:
        return False
    if leaf.field not in ("entity", entity.type):
        return False
    key = fold_value(entity.name)
    return key == leaf.key if isinstance(leaf, Keyword) else key.startswith(leaf.key) and key not in leaf.excluded


def _find_single(text: str, shift: int, tokens: Iterable[Token], wanted: Wanted) -> Iterator[Span]:
    """The tokens that answer a word of the query; of a pair that only begins as is asked for, its first character."""
    for token in tokens:
        if key := wanted.find_key(token.term, token.written):
            start, end = shift + token.start, shift + token.end
            begins = key not in wanted.terms and is_paired(text, start)
            yield Span(start, find_end(text, start) if begins else end, frozenset((key,)))


def _find_runs(tokens: Sequence[Token], phrases: Iterable[tuple[str, ...]]) -> Iterator[Span]:
    """The occurrences of phrases, each from its first word to its last; linear in the tokens, for they are looked for
    as a text in a text.
    """
    joined = "".join(f" {token.term}" for token in tokens) + " "
    places = list(accumulate((len(token.term) + 1 for token in tokens), initial=0))
    for phrase in phrases:
        name = " ".join(phrase)
        key = frozenset((name,))
        place = joined.find(f" {name} ")
        while place >= 0:
            first = bisect_left(places, place)
            yield Span(tokens[first].start, tokens[first + len(phrase) - 1].end, key)
            place = joined.find(f" {name} ", place + 1)


def _find_near(tokens: Sequence[Token], nears: Iterable[tuple[tuple[str, ...], int]]) -> Iterator[Span]:
    """The tokens by which a window holds all the terms, each under its own term."""
    all_terms = [token.term for token in tokens]
    for terms, slop in nears:
        places = find_places(all_terms, terms)
        inside: set[int] = set()
        done = 0
        for start, end in find_windows(places, terms, slop):
            inside.update(range(max(start, done), end))
            done = end
        for term, of_term in places.items():
            for place in inside.intersection(of_term):
                yield Span(tokens[place].start, tokens[place].end, frozenset((term,)))


def _find_mentions(text: str, mentions: Iterable[tuple[str, str]]) -> Iterator[Span]:
    """Where names stand as they were found ("US" is not "us"), and are no part of a longer word."""
    for form, name in mentions:
        key = frozenset((f"={name}",))
        for start in _find_places(text, form):
            end = start + len(form)
            if not ((text[start - 1:start].isalnum() and form[0].isalnum())
                    or (text[end:end + 1].isalnum() and form[-1].isalnum())):
                yield Span(start, end, key)


def _join(spans: Iterable[Span]) -> list[Span]:
    """Spans without those that overlap; what they answered is kept."""
    joined: list[Span] = []
    for span in spans:
        if joined and span.start < joined[-1].end:
            last = joined.pop()
            span = Span(last.start, max(last.end, span.end), last.keys | span.keys)
        joined.append(span)
    return joined


def _find_places(text: str, word: str) -> Iterator[int]:
    place = text.find(word) if word else -1
    while place >= 0:
        yield place
        place = text.find(word, place + len(word))
