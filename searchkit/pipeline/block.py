"""The shape in which both HTML and plain-text dumps reach the later steps of the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Block(NamedTuple):
    """A run of text between block-level boundaries: the unit that is kept or stripped.

    ``text`` has single spaces inside and no space at its ends; in ``pre`` blocks line breaks stay.
    ``tag`` is the nearest block-level element ("p", "h1" … "h6", "li", "td", "pre", "blockquote",
    "figcaption", "div" …); for a dump "p", "li" (bulleted line) or "pre".
    ``link_chars`` counts the characters of ``text`` inside links (always 0 in a dump).
    ``context`` holds the ancestors from the root down, each as "tag#id.class.class role", lower case;
    empty in a dump. ``indent`` is the dump's leading white space in columns; ``gap`` is the number of blank
    lines before the block in a dump.
    ``marks`` are machine-readable remarks inside the block, (name, value): ("time", datetime attribute),
    ("rel", "author"), and every microdata item property as ("itemprop:" + name, content or text).
    ``line`` is the 0-based line of the dump on which the block begins, or its ordinal in a page of HTML.
    """

    text: str
    tag: str = "p"
    link_chars: int = 0
    context: tuple[str, ...] = ()
    indent: int = 0
    gap: int = 0
    marks: tuple[tuple[str, str], ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Markup:
    """A page as blocks, and what its head says of it (all empty for a dump).

    ``kind`` is "html" or "text". ``meta`` are (name or property or itemprop or http-equiv in lower case,
    content) in document order; ``json_ld`` the raw text of each JSON-LD script; ``canonical`` the address
    in ``link rel=canonical`` or ``og:url``; ``language`` the ``lang`` attribute of the root element.
    """

    blocks: tuple[Block, ...]
    kind: str = "html"
    title: str | None = None
    meta: tuple[tuple[str, str], ...] = ()
    json_ld: tuple[str, ...] = ()
    canonical: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a block is main content, and why.

    ``reason`` is one word or two, for people: for kept blocks "story", "heading", "list", "quote",
    "caption" …; for stripped ones "navigation", "teaser", "comments", "share", "footer", "byline",
    "headline", "advertisement", "form", "cookies", "repeated" …
    """

    keep: bool
    reason: str
