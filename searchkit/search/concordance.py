"""The concordance: each place where a document has what a query looks for, with what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from searchkit.model import Document
from searchkit.search.highlight import READ_FIELDS, Wanted, find_spans, find_wanted
from searchkit.search.query import Query

CONTEXT = 200  # characters kept on either side: more than a terminal's line has

_SPACES = re.compile(r"\s+")


class Occurrence(NamedTuple):
    """A match in its context, each part on one line with single spaces."""

    before: str
    match: str
    after: str


def find_occurrences(document: Document, query: Query) -> Iterator[Occurrence]:
    """All matches, in reading order: in the headline, in the story, and where the query asks for it, in the chrome."""
    wanted = find_wanted(query, READ_FIELDS, document.entities, document.language)
    yield from _find(document.title or "", wanted)
    yield from _find(document.body, wanted)
    stripped = find_wanted(query, ("chrome",), (), document.language)
    for part in document.chrome if stripped else ():
        yield from _find(part.text, stripped)


def _find(text: str, wanted: Wanted) -> Iterator[Occurrence]:
    for start, end, _ in find_spans(text, wanted):
        around = (text[max(0, start - CONTEXT):start], text[start:end], text[end:end + CONTEXT])
        yield Occurrence(*(_SPACES.sub(" ", part) for part in around))
