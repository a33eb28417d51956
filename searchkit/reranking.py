"""The best matches ranked again: the engine's score mixed with what a model says of their meaning.

Of the first ``DEPTH`` matches both numbers are scaled to [0, 1] (min-max, Lee 1997) and added, the model's with
``WEIGHT``. docs/decisions/0014 tells how the two constants were found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from searchkit import encoder
from searchkit.engines.base import Engine, Matches, Request
from searchkit.errors import QueryError
from searchkit.fields import TEXT_FIELDS
from searchkit.model import Document
from searchkit.search import lexer

DEPTH = 50  # matches that are ranked again; the others follow as they were
WEIGHT = 0.6  # of the model, 0.4 of the engine
LANGUAGES = ("en", "eng")  # which the model was made for
_FIELDS = ("", *(field.name for field in TEXT_FIELDS if field.name != "chrome"))
_PLAIN = (lexer.WORD, lexer.PHRASE, lexer.OPEN, lexer.CLOSE)
_SAID = (lexer.WORD, lexer.PHRASE, lexer.NEAR)

Scored = tuple[str, float]  # the id of a document and its score


def is_wanted(request: Request, asked: bool | None) -> bool:
    """Whether the matches are to be ranked again: None asks for it where the model is installed.

    Raises SettingsError where it is asked for and not installed.
    """
    if asked:
        encoder.check_installed()
    if asked is False or request.sort != "relevance" or not request.limit or request.offset >= DEPTH:
        return False
    return encoder.find_files() is not None


def search(engine: Engine, request: Request, text: str) -> Matches:
    """An engine's answer, of which the first matches are ranked again by what the text says."""
    words = read_words(text)
    if not words:
        return engine.search(request)
    end = request.offset + request.limit
    matches = engine.search(replace(request, offset=0, limit=max(DEPTH, end)))
    head = matches.hits[:DEPTH]
    documents = engine.get([id_ for id_, _ in head])
    hits = (*rerank(head, documents, words), *matches.hits[DEPTH:])[request.offset:end]
    copies = {id_: copied for (id_, _), copied in zip(matches.hits, matches.copies, strict=True)}
    return replace(matches, hits=hits, copies=tuple(copies[id_] for id_, _ in hits))


def rerank(hits: Sequence[Scored], documents: Sequence[Document], text: str) -> Sequence[Scored]:
    """The hits in a new order, by what a text says. ``documents`` are theirs.

    Documents in a language that the model does not know keep their places, and the others change among theirs.
    """
    places = [place for place, document in enumerate(documents) if reads(document.language)]
    if len(places) < 2:
        return hits
    return reorder(hits, places, encoder.load_encoder().measure(text, [_describe(documents[n]) for n in places]))


def reads(language: str | None) -> bool:
    """Whether the model was made for a language ("en", "en-GB"); None is one that is not known."""
    return language is None or language.lower().partition("-")[0] in LANGUAGES


def reorder(hits: Sequence[Scored], places: Sequence[int], alike: Sequence[float]) -> list[Scored]:
    """The hits with those at these places in a new order; the n-th score of all stays the n-th.

    ``alike`` says of each of them how like the query it is, on any scale.
    """
    mixed = [(1 - WEIGHT) * score + WEIGHT * likeness
             for score, likeness in zip(scale([hits[place][1] for place in places]), scale(alike), strict=True)]
    order = sorted(range(len(places)), key=lambda n: -mixed[n])  # stable: equals stay as the engine had them
    ids = [id_ for id_, _ in hits]
    for place, better in zip(places, order, strict=True):
        ids[place] = hits[places[better]][0]
    return [(id_, score) for id_, (_, score) in zip(ids, hits, strict=True)]


def scale(values: Sequence[float]) -> list[float]:
    """The values from 0 for the least to 1 for the greatest; all 0 where they are equal."""
    least, span = min(values), max(values) - min(values)
    return [(value - least) / span if span else 0.0 for value in values]


def read_words(text: str) -> str:
    """What a query says in words: without its signs, its filters, and what it excludes."""
    try:
        lexemes = lexer.split(text)
    except QueryError:  # read as plain words, with match="any"
        return text
    if any(_read_field(lexeme) == "in" and lexeme.text.lower() == "chrome" for lexeme in lexemes):
        return ""  # what the model reads is not what is asked for
    if all(lexeme.kind in _PLAIN and lexeme.field is None and lexeme.boost is None for lexeme in lexemes):
        return text  # as it was written: the model reads commas and parentheses, too
    return " ".join(_list_words(lexemes))


def _list_words(lexemes: Sequence[lexer.Lexeme]) -> Iterator[str]:
    """Words and phrases for the story or the headline, in order."""
    excluded = depth = 0  # how deep the parentheses are, and from which depth on all is excluded
    ends = False  # whether what is excluded is one word, which comes next
    for lexeme in lexemes:
        if lexeme.kind == lexer.NOT:
            ends = True
        elif lexeme.kind in (lexer.OPEN, lexer.ATLEAST):
            depth += 1
            excluded = excluded or (depth if ends or _read_field(lexeme) not in _FIELDS else 0)
            ends = False
        elif lexeme.kind == lexer.CLOSE:
            excluded = 0 if depth == excluded else excluded
            depth -= 1
        elif lexeme.kind in lexer.VALUES:
            if lexeme.kind in _SAID and _read_field(lexeme) in _FIELDS and not excluded and not ends:
                yield lexeme.text
            ends = False


def _read_field(lexeme: lexer.Lexeme) -> str:
    """The field named before a lexeme, "" where there is none."""
    return (lexeme.field or "").lower()


def _describe(document: Document) -> str:
    """What the model reads of a document; it takes no more than the beginning."""
    return f"{document.title}. {document.body}" if document.title else document.body
