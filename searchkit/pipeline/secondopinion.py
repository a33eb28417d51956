"""A second opinion on names: of the spans that the recogniser finds, those that a spaCy pipeline finds, too.

Two recognisers that were made from different texts rarely make the same mistake: what both find is more often
right, and some of what is right is lost. The pipeline is the user's own, named by the setting ``ner``
("spacy:en_core_web_sm", "spacy:/path/of/a/pipeline"). It is the one thing that a page's document may depend
on beside the page and the data of this package.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol, TypeVar

from searchkit.errors import SettingsError
from searchkit.model import Entity
from searchkit.pipeline import entities
from searchkit.pipeline.entities.merge import merge

# What spaCy's pipelines call the types: OntoNotes (English, Chinese, Japanese …) and WikiNER (the others).
TYPES = {"PERSON": "person", "PER": "person", "ORG": "organisation", "GPE": "place", "LOC": "place", "FAC": "place"}
UNUSED = ("parser", "tagger", "morphologizer", "attribute_ruler", "lemmatizer", "senter", "textcat")
SPACY = "spacy:"  # what the setting begins with
ANY_LANGUAGE = "xx"  # spaCy's code of pipelines for several languages
PIECE = 20_000  # characters read at once: of each 100,000 spaCy takes about 1 GB (its own documentation)
HELP = "pip install 'searchkit[spacy]' and python -m spacy download en_core_web_sm, or leave out the setting ner"


class Span(NamedTuple):
    """A name in a text, at [start, end) in characters. Of a type that is not ours, the type is "other"."""

    start: int
    end: int
    type: str


class Spanned(Protocol):
    """What the recogniser finds before it joins names; without a type it may be of any."""

    @property
    def start(self) -> int:
        """Where it begins, in characters."""

    @property
    def end(self) -> int:
        """Where it has ended."""

    @property
    def type(self) -> str | None:
        """One of ``model.ENTITY_TYPES``; with a "?" behind it, a guess."""


Found = TypeVar("Found", bound=Spanned)


class Opinion:
    """A spaCy pipeline; ``identity`` differs where its answers may."""

    def __init__(self, setting: str, pipeline: Any) -> None:  # noqa: ANN401 - spaCy may not be installed
        self._pipeline = pipeline
        self.identity = f"{setting} {pipeline.meta.get('version')}"

    def speaks(self, language: str | None) -> bool:
        """Whether it has an opinion on texts in a language (None: unknown)."""
        return language is None or self._pipeline.lang in (language, ANY_LANGUAGE)

    def find_spans(self, body: str) -> list[Span]:
        """The names it finds, in order."""
        pieces = _cut(body)
        read = (self._pipeline(body[start:end]) for start, end in pieces)
        return [Span(start + entity.start_char, start + entity.end_char, TYPES.get(entity.label_, "other"))
                for (start, _), text in zip(pieces, read, strict=True) for entity in text.ents]


@cache
def load_opinion(setting: str) -> Opinion | None:
    """The opinion that a setting names; an empty one names none. Raises SettingsError where it is not here."""
    if not setting:
        return None
    if not setting.startswith(SPACY):
        raise SettingsError(f"'{setting}' is no second opinion", "ner", f"write {SPACY} and a pipeline's name or path")
    try:
        import spacy
    except ImportError:
        raise SettingsError("spaCy is not installed", f"ner = {setting}", HELP) from None
    try:
        return Opinion(setting, spacy.load(setting.removeprefix(SPACY), exclude=UNUSED))
    except (OSError, ValueError, ImportError) as problem:
        what = (str(problem).splitlines() or [type(problem).__name__])[0]
        raise SettingsError(f"the spaCy pipeline cannot be loaded: {what}", f"ner = {setting}", HELP) from None


def find_entities(body: str, language: str | None, opinion: Opinion | None = None) -> tuple[Entity, ...]:
    """The entities of a body; with an opinion, only those whose mentions it agrees on."""
    if opinion is None or not opinion.speaks(language):
        return entities.find_entities(body, language)
    return merge(keep_agreed([*entities.find_mentions(body, language)], opinion.find_spans(body)))


def keep_agreed(found: Sequence[Found], seen: Sequence[Span]) -> list[Found]:
    """Those that another opinion has, too: of the same type, one containing the other.

    ``seen`` are in order and do not overlap each other.
    """
    starts = [span.start for span in seen]
    return [mine for mine in found if any(_agrees(mine, span) for span in _find_near(mine, seen, starts))]


def _find_near(mine: Spanned, seen: Sequence[Span], starts: Sequence[int]) -> Iterator[Span]:
    """The spans that overlap one."""
    at = max(0, bisect_right(starts, mine.start) - 1)
    while at < len(seen) and seen[at].start < mine.end:
        if seen[at].end > mine.start:
            yield seen[at]
        at += 1


def _agrees(mine: Spanned, span: Span) -> bool:
    contains = mine.start <= span.start and span.end <= mine.end
    contained = span.start <= mine.start and mine.end <= span.end
    return (contains or contained) and (mine.type is None or mine.type.rstrip("?") == span.type)


def _cut(body: str) -> list[tuple[int, int]]:
    """Pieces of a body, [start, end), between paragraphs where that is possible."""
    pieces, start = [], 0
    while len(body) - start > PIECE:
        end = body.rfind("\n\n", start, start + PIECE) + 2
        end = end if end > start + 2 else start + PIECE
        pieces.append((start, end))
        start = end
    return [*pieces, (start, len(body))]
