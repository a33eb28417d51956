"""The bare text of a page that the whole pipeline cannot cope with.

Every step takes time in proportion to the page and memory in proportion to a bounded part of it: each
pattern either consumes what it has looked at or gives up at the next ``<``. What that costs is judgement: a
tag ends at the first ``>``, and what a style sheet hides is read like the rest.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

MOST_READ = 16 * 2**20  # bytes or characters of a page: no story lies deeper
MOST_TEXT = 8 * 2**20  # characters that are kept: ten long novels
_CHUNK = 2**20  # characters stripped at once: what is in pieces meanwhile takes many times its size
_HEAD = 2**16  # characters at the beginning of a page among which its title and language are looked for
_LONGEST_TITLE = 500  # characters

# What is never shown, up to its end or, as in a browser, that of the page.
_UNSEEN = re.compile(
    r"<(?:!--.*?(?:-->|\Z)|(script|style|template|noscript|iframe|title)\b[^<>]*>.*?(?:</\1[^<>]*>?|\Z))",
    re.DOTALL | re.IGNORECASE)
_BOUNDARY = re.compile(
    r"</?(?:address|article|aside|blockquote|body|br|button|caption|center|dd|details|dialog|div|dl|dt|fieldset"
    r"|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|label|legend|li|main|menu|nav|ol|option|p|pre"
    r"|section|select|summary|table|tbody|td|textarea|tfoot|th|thead|title|tr|ul|video)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[a-z/!?][^<>]*>", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}(?![0-9])|#x[0-9a-f]{1,6}(?![0-9a-f])|[a-z][a-z0-9]{1,31});?", re.IGNORECASE)
_SPACES = re.compile(r"[^\S\n]{2,}|[^\S \n]")
_BREAK = re.compile(r" ?\n[ \n]*")
_TITLE = re.compile(r"<title\b[^<>]*>([^<]*)", re.IGNORECASE)
_LANGUAGE = re.compile(r"<html\b[^<>]*?\slang=[\"']?([a-z]{2}(?:-[a-z]{2,8})?)\b", re.IGNORECASE)


def strip_tags(markup: str) -> str:
    """The text of a page of HTML, a blank line between blocks."""
    parts, size = [], 0
    for chunk in _cut(_UNSEEN.sub("", markup)):
        line = _SPACES.sub(" ", chunk.replace("\n", " "))
        part = _TAG.sub("", _BOUNDARY.sub("\n", line))
        parts.append(_REFERENCE.sub(_read_reference, part))
        size += len(part)
        if size >= MOST_TEXT:
            break
    return separate_lines("".join(parts))


def separate_lines(text: str) -> str:
    """A text whose lines are its paragraphs, with a blank line between them."""
    return _BREAK.sub("\n\n", _SPACES.sub(" ", text[:MOST_TEXT])).strip()[:MOST_TEXT]


def _cut(markup: str) -> Iterator[str]:
    """Pieces of a page that begin with a tag, so that none is cut in two."""
    start = 0
    while start < len(markup):
        end = markup.find("<", start + _CHUNK)
        end = end if end > 0 else len(markup)
        yield markup[start:end]
        start = end


def find_title(markup: str) -> str | None:
    """What the head of a page of HTML calls it."""
    found = _TITLE.search(markup, 0, _HEAD)
    return " ".join(_REFERENCE.sub(_read_reference, found[1]).split())[:_LONGEST_TITLE] or None if found else None


def find_language(markup: str) -> str | None:
    """The language that the page's root element states."""
    found = _LANGUAGE.search(markup, 0, _HEAD)
    return found[1] if found else None


def _read_reference(found: re.Match[str]) -> str:
    return html.unescape(found[0])
