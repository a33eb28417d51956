"""Sibling pages: what stands in the same words on several pages of a site is the site's, not the story's.

A single page cannot show this, so it is applied to documents that are extracted already: paragraphs of the
body that stand also on a sibling, in its body or its chrome, become chrome. The result depends on the set of
pages only, not on the order in which they came, but where a copy of a whole story comes in a later run: lines that
its other copy has lost before are not given back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from searchkit.model import Chrome, Document
from searchkit.pipeline.secondopinion import Opinion, find_entities
from searchkit.pipeline.wording import fold

REASON = "repeated"
# Both were chosen on 443 pages of sites with several pages: shorter lines ("More") say nothing, and a page most
# of whose text stands elsewhere too is another copy of the same story.
SHORTEST = 3  # words of a line that is compared
LARGEST_BODY = 1_000_000  # characters; what is longer is no story, and the run would wait for its entities
LARGEST_SHARE = 0.5  # of a body's characters that may be taken out


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a document that can be compared, as fingerprints: 64-bit signed integers."""

    kept: frozenset[int]
    stripped: frozenset[int]


def name_site(hosts: Sequence[str], location: str) -> str:
    """Whose sibling a page is: that of pages with the same host, if it has one, or else in the same file or folder."""
    return hosts[0] if hosts else location.rpartition("#")[0] or location.rpartition("/")[0]


def find_lines(document: Document) -> Lines:
    """The lines of a document; those that were taken out as repeated count as kept, as they were at first."""
    kept = {fingerprint(text) for text in document.body.split("\n\n")}
    kept |= {fingerprint(part.text) for part in document.chrome if part.reason == REASON}
    stripped = {fingerprint(part.text) for part in document.chrome if part.reason != REASON}
    return Lines(frozenset(kept - {None}), frozenset(stripped - {None} - kept))  # type: ignore[arg-type]


def strip_repeated(document: Document, repeated: Set[int], opinion: Opinion | None = None) -> Document:
    """The document without the paragraphs that siblings repeat; itself when there are none, or too many.

    ``opinion`` is that with which its names were found.
    """
    stripped = take_out(document, repeated)
    if stripped is document:
        return document
    return replace(stripped, entities=find_entities(stripped.body, document.language, opinion))


def take_out(document: Document, repeated: Set[int]) -> Document:
    """The same with the entities of the whole body."""
    paragraphs = document.body.split("\n\n")
    taken = [text for text in paragraphs if fingerprint(text) in repeated]
    if not taken or len(document.body) > LARGEST_BODY:
        return document
    earlier = sum(len(part.text) for part in document.chrome if part.reason == REASON)
    share = (sum(map(len, taken)) + earlier) / (len(document.body) + earlier)
    if share > LARGEST_SHARE:
        return document
    gone = set(taken)
    body = "\n\n".join(text for text in paragraphs if text not in gone)
    chrome = (*document.chrome, *(Chrome(text, REASON) for text in taken))
    return replace(document, body=body, chrome=chrome)


def fingerprint(text: str) -> int | None:
    """What tells a line from others whatever its case and signs; None for one too short to be compared."""
    if text.isascii() and len(text.split()) < SHORTEST and text.replace(" ", "").isalnum():
        return None  # a quick look spares most short lines the folding
    words = fold(text)
    if words.count(" ") < SHORTEST - 1:
        return None
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest(), "big", signed=True)
