"""Segments: a text cut where it is marked, so that a template can show each piece as what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from searchkit.model import Document, Entity
from searchkit.search.highlight import READ_FIELDS, Wanted, find_spans, find_wanted
from searchkit.search.query import Query

MOST_SHOWN = 400_000  # characters of a story: a long book


class Segment(NamedTuple):
    """A piece of a text: whether it matches, and which entity it names."""

    text: str
    matches: bool = False
    entity: Entity | None = None


def cut_text(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[Segment]:
    """A text with its matches, [start, end) in order."""
    done = 0
    for start, end in spans:
        if start > done:
            yield Segment(text[done:start])
        yield Segment(text[start:end], True)
        done = end
    if done < len(text):
        yield Segment(text[done:])


def cut_story(document: Document, query: Query) -> list[list[Segment]]:
    """The paragraphs of a story, each cut where it matches the query or names an entity; up to ``MOST_SHOWN``."""
    body = document.body[:MOST_SHOWN]
    matches = find_spans(body, find_wanted(query, READ_FIELDS, document.entities, document.language))
    mentions = find_spans(body, Wanted(frozenset(), (), (), (), mentions=tuple(
        (form, entity.name) for entity in document.entities for form in entity.mentions or (entity.name,))))
    named = {f"={entity.name}": entity for entity in document.entities}
    breaks = [found.span() for found in re.finditer("\n\n", body)]
    cuts = [*(span[:2] for span in (*matches, *mentions)), *breaks]
    edges = sorted({0, len(body), *(edge for cut in cuts for edge in cut)})
    begins, inside = {start for start, _ in breaks}, {start + 1 for start, _ in breaks}
    paragraphs: list[list[Segment]] = [[]]
    match, mention = 0, 0
    for start, end in pairwise(edges):
        while match < len(matches) and matches[match].end <= start:
            match += 1
        while mention < len(mentions) and mentions[mention].end <= start:
            mention += 1
        if start in begins:
            paragraphs.append([])
        if start in begins or start in inside:
            continue
        entity = None
        if mention < len(mentions) and mentions[mention].start <= start:
            entity = named[min(mentions[mention].keys)]
        matched = match < len(matches) and matches[match].start <= start
        paragraphs[-1].append(Segment(body[start:end], matched, entity))
    return paragraphs
