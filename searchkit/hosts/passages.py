"""Passages: the parts of the best documents that answer a question, each with where it stands, so that it can be cited.

A passage is a slice of a body: the paragraph of a snippet with as many of its neighbours as have room.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searchkit.errors import QueryError, SettingsError
from searchkit.index import Index, open_index
from searchkit.model import Document
from searchkit.results import Hit

COUNT = 4  # passages, unless asked otherwise
SIZE = 1_200  # characters of a passage at most: about 250 words
FIXED = ("facets", "limit", "offset", "snippets")  # options of a query that a retriever needs for itself

_PARAGRAPH = re.compile(r"[^\n]+(?:\n[^\n]+)*")
_WORD = re.compile(r"\s\S")


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a document's body, [start, end) in it; ``copies`` other documents have the same text."""

    document: Document
    start: int
    end: int
    rank: int
    score: float
    copies: int = 0

    @property
    def id(self) -> str:
        """The document's id and the place in it."""
        return f"{self.document.id}#{self.start}-{self.end}"

    @property
    def text(self) -> str:
        """What stands there."""
        return self.document.body[self.start:self.end]

    def to_metadata(self) -> dict[str, str | int | float | None]:
        """What a citation needs, as plain values."""
        document = self.document
        date = document.date
        return {
            "document_id": document.id, "title": document.display_title,
            "date": date.value if date else None, "date_precision": date.precision if date else None,
            "publisher": document.publisher, "author": document.author, "language": document.language,
            "url": document.url, "path": document.path, "start": self.start, "end": self.end,
            "rank": self.rank, "score": self.score, "copies": self.copies}


class PassageFinder:
    """Finds passages in an index, or in the index of a folder, which is opened at the first question.

    ``each`` is how many passages a document may give. ``options`` are those of ``Index.query``. Questions may come
    from several threads; they are answered one after the other.
    """

    def __init__(self, index: Index | str | Path, each: int = 1, options: Mapping[str, Any] | None = None) -> None:
        self._index = index if isinstance(index, Index) else None
        self._folder = None if isinstance(index, Index) else Path(index)
        self._each = _check("each", each)
        self._options = dict(options or {})
        self._asking = threading.Lock()

    def find(self, question: str, count: int = COUNT, options: Mapping[str, Any] | None = None) -> list[Passage]:
        """The passages that answer a question best: of documents with all its words first, then with some of them.

        A text that is no query of ours, for the signs in it, is read as plain words. Raises SettingsError for an
        option that cannot be meant.
        """
        asked = {**self._options, **(options or {})}
        if fixed := sorted(asked.keys() & set(FIXED)):
            raise SettingsError(f"a retriever sets '{fixed[0]}' itself", "options", "leave it out")
        with self._asking:
            hits = self._find_hits(question, _check("count", count), asked)
        passages = [passage for hit in hits for passage in cut_passages(hit)]
        return passages[:count]

    def close(self) -> None:
        """Let go of the index, if it was opened here."""
        with self._asking:
            if self._folder and self._index:
                self._index.close()
                self._index = None

    def _find_hits(self, question: str, count: int, options: dict[str, Any]) -> list[Hit]:
        if self._index is None:
            assert self._folder is not None
            self._index = open_index(self._folder)
        options |= {"facets": (), "limit": count, "snippets": self._each}
        try:
            hits = list(self._index.query(question, **options))
        except QueryError:
            if options.get("match") == "any":
                raise
            hits = []
        if len(hits) < count and "match" not in options:
            options["match"] = "any"
            hits += leave_out(self._index.query(question, **options), hits)
        return hits[:count]


def leave_out(hits: Iterable[Hit], known: Iterable[Hit]) -> Iterator[Hit]:
    """The hits that are neither known nor copies of what is."""
    stories = {hit.document.group or hit.id for hit in known}
    return (hit for hit in hits if (hit.document.group or hit.id) not in stories)


def cut_passages(hit: Hit, size: int = SIZE) -> Iterator[Passage]:
    """A passage for each snippet of the body that does not stand in the passage before; else the body's beginning."""
    body, done = hit.document.body, 0
    places = [(s.start, s.start + len(s.text)) for s in hit.snippets if s.field == "body"] or [(0, 0)]
    for start, end in places:
        if end <= done and done:
            continue
        first, last = widen(body, max(start, done), end, size, done)
        if first < last:
            yield Passage(hit.document, first, last, hit.rank, hit.score, hit.copies.count)
            done = last


def widen(body: str, start: int, end: int, size: int = SIZE, low: int = 0) -> tuple[int, int]:
    """[start, end) with the rest of its paragraphs and with those around, as far as there is room behind ``low``."""
    paragraphs = [found.span() for found in _PARAGRAPH.finditer(body) if found.end() > low]
    inside = [place for place, (first, last) in enumerate(paragraphs) if last > start and first < max(end, start + 1)]
    if not inside:
        return start, end
    head, tail = inside[0], inside[-1]
    first, last = max(paragraphs[head][0], low), paragraphs[tail][1]
    if last - first > size:
        return _cut_words(body, (start, end), (first, last), size)
    while tail + 1 < len(paragraphs) and paragraphs[tail + 1][1] - first <= size:
        tail += 1
        last = paragraphs[tail][1]
    while head > 0 and paragraphs[head - 1][0] >= low and last - paragraphs[head - 1][0] <= size:
        head -= 1
        first = paragraphs[head][0]
    return first, last


def _cut_words(body: str, need: tuple[int, int], whole: tuple[int, int], size: int) -> tuple[int, int]:
    """Of a long paragraph a part with what is needed in its middle, between words where there are any."""
    room = max(0, size - (need[1] - need[0]))
    first = max(whole[0], need[0] - room // 2)
    if first > whole[0] and (gap := _WORD.search(body, first - 1, need[0])):
        first = gap.end() - 1
    last = min(whole[1], max(first + size, need[1]))
    if last < whole[1]:
        space = max(body.rfind(" ", need[1], last), body.rfind("\n", need[1], last))
        last = space if space > 0 else last
    return first, last


def _check(option: str, value: int) -> int:
    if value < 1:
        raise SettingsError(f"{value} is no number of passages", option, "give 1 or more")
    return value
