"""HTML becomes blocks: every visible text of the page once, in reading order, with where it stood.

lxml is fast but drops what lies deeper than about 2,000 elements and is quadratic in the attributes of a
tag; such pages go to Beautiful Soup over ``html.parser``, which is slower and drops nothing.

In ``Block.context`` the words after the role are the element's ``itemprop`` and, for an element that is not
shown (``hidden``, ``aria-hidden``, ``display: none``), "hidden". The inline elements that hold the whole of
a block close its context.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from bs4 import BeautifulSoup, CData, Tag
from bs4.element import PreformattedString
from bs4.exceptions import ParserRejectedMarkup
from lxml import etree

from searchkit.model import Page
from searchkit.pipeline.block import Block, Markup

_Get = Callable[[str], str | None]  # an element's attribute by name
_Read = Callable[[Any], str]  # the whole text of an element

_BLOCK = frozenset((
    "address", "article", "aside", "audio", "blockquote", "body", "button", "canvas", "caption", "center",
    "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "input", "label",
    "legend",    "li", "main", "menu", "nav", "noframes", "object", "ol", "optgroup", "option", "p", "pre", "search",
    "section", "select", "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "tr", "ul",
    "video",
))
# Never shown; ``title`` and ``desc`` are a page's or a drawing's, read elsewhere or not at all.
_UNSEEN = frozenset(("script", "style", "template", "noscript", "iframe", "title", "desc", "metadata",
                     "annotation"))
_HEAD = _UNSEEN | {"meta", "link"}
_TELLING = frozenset(("a", "html", "time"))  # elements with attributes that are read
_VERBATIM = frozenset(("pre", "textarea", "listing", "xmp"))

# Ancestors kept in a context: the outermost and the nearest; ordinary pages nest 10 to 40 deep.
_OUTERMOST, _NEAREST = 10, 90
_MOST_TAG = 300_000  # characters; longer tags come from abuse and cost lxml seconds
_MOST_DESCRIPTION = 300  # characters of one ancestor in a context
_MOST_PROPERTY = 500  # characters of the text of a microdata property

_LONG_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{_MOST_TAG}}}")
_HTML_NAME = re.compile(r"\.(?:html?|xhtml?|shtml|xht)(?:\.(?:gz|br|bz2|xz|zst))?$", re.IGNORECASE)
_PAGE_START = re.compile(r"\s*(?:<\?xml[^>]*>\s*|<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
                         re.IGNORECASE | re.DOTALL)
_ANY_TAG = re.compile(r"<[a-z!/][^<>]*>|&(?:[a-z]{2,8}|#\d{1,7});", re.IGNORECASE)
_LINE_WITH_TAG = re.compile(
    r"^[^\n<]*<[^<>\n]*>", re.MULTILINE)
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def is_html(text: str, page: Page) -> bool:
    """Whether a page is HTML, by how it looks and, when it has any tags, by its media type or name."""
    if _PAGE_START.match(text):
        return True
    kind = (page.media_type or "").lower()
    if "html" in kind or ("plain" not in kind and _HTML_NAME.search(page.path)):
        return _ANY_TAG.search(text) is not None
    lines = sum(not line.isspace() for line in text.split("\n") if line)
    tagged = sum(1 for _ in _LINE_WITH_TAG.finditer(text))
    return text.lstrip().startswith("<") and tagged * 2 >= lines


def parse(text: str) -> Markup:
    """The blocks of a page of HTML and what its head says."""
    found = None if _LONG_TAG.search(text) else _parse_fast(text)
    if found is None or not found.blocks:
        return _parse_patiently(text) or found or Markup(())
    return found


def _parse_fast(text: str) -> Markup | None:
    """By lxml; None when it gave up on part of the page."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return None
    if root is None or any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        return None
    builder = _Builder(_read_element)
    for tree in (root, *root.itersiblings()):  # what follows </html> becomes trees of its own
        _walk(tree, builder)
        builder.text(tree.tail)
    return builder.finish()


def _walk(root: etree._Element, builder: _Builder) -> None:
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            builder.end()
            if element is not root and (data := element.tail):
                builder.text(data)
        elif builder.start(element.tag, dict(element.items()).get, element):
            if data := element.text:
                builder.text(data)
        else:
            walk.skip_subtree()


def _read_element(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


def _parse_patiently(text: str) -> Markup | None:
    """By Beautiful Soup over ``html.parser``; None when even that refuses the page."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            soup = BeautifulSoup(text, "html.parser", multi_valued_attributes=None)
        except (ParserRejectedMarkup, RecursionError):
            return None
    builder = _Builder(Tag.get_text)
    pending: list[Iterator[Any]] = [iter(soup.contents)]
    while pending:
        node = next(pending[-1], None)
        if node is None:
            pending.pop()
            builder.end()
        elif isinstance(node, Tag):
            shown = builder.start(node.name, node.get, node)  # type: ignore[arg-type]
            pending.append(iter(node.contents if shown else ()))
        elif isinstance(node, CData) or not isinstance(node, PreformattedString):
            builder.text(str(node))
    return builder.finish()


class _Frame:
    """An open element."""

    # Defaults of the class: there is a frame for each element, and few need values of their own.
    unseen = False
    description = ""
    properties = ""
    start = (0, 0)
    context: tuple[str, ...] = ()  # the descriptions of the element and all around it, once known

    def __init__(self, tag: str, get: _Get, is_block: bool) -> None:
        self.tag = tag
        self.get = get
        self.is_block = is_block

    def describe(self) -> str:
        """The element as it stands in a context."""
        if not self.description:
            get = self.get
            text = self.tag
            if name := get("id"):
                text += "#" + "-".join(name.split())
            if (names := get("class")) and (classes := names.split()):
                text += "." + ".".join(classes)
            if role := get("role"):
                text += " " + role
            if self.properties:
                text += " " + self.properties
            if _is_hidden(get):
                text += " hidden"
            self.description = text.lower()[:_MOST_DESCRIPTION]
        return self.description


def _is_hidden(get: _Get) -> bool:
    style = get("style")
    return (get("hidden") is not None or get("aria-hidden") == "true"
            or bool(style and _HIDING_STYLE.search(style)))


class _Builder:
    """Takes the events of a walk through a tree and gathers blocks and head."""

    def __init__(self, read: _Read) -> None:
        self.read = read
        self.blocks: list[Block] = []
        self.stack: list[_Frame] = []
        self.block_tags = ["body"]
        self.buffer: list[str] = []
        self.marks: list[tuple[str, str]] = []
        self.path: list[_Frame] | None = None  # the open elements at the first text of the block
        self.outer: list[_Frame] = []  # those around them, if they are many
        self.base = 0  # how deep the first of them is
        self.shared = 0  # how deep the innermost is that holds the whole block so far
        self.lowest = 0  # how far the stack went down since that first text
        self.link_depth = self.link_chars = self.verbatim = self.breaks = 0
        self.closed: str | None = None  # the tag of the inline element that ended with no text since
        self.title: str | None = None
        self.meta: list[tuple[str, str]] = []
        self.json_ld: list[str] = []
        self.canonical: str | None = None
        self.language: str | None = None

    def start(self, tag: str, get: _Get, element: object) -> bool:
        """Open an element; whether what is in it is to be walked through."""
        is_block = tag in _BLOCK
        if is_block:
            if self.buffer:
                self.flush()
            self.breaks = 0
            self.closed = None
            self.block_tags.append(tag)
        frame = _Frame(tag, get, is_block)
        self.stack.append(frame)
        if tag in _HEAD:
            frame.unseen = True
            self._read_head(tag, get, element)
            return False
        if tag == "br":
            self._break()
        elif tag == "a":
            self.link_depth += 1
            if self.closed == "a":
                self.buffer.append(" ")
        if tag in _VERBATIM:
            self.verbatim += 1
        if tag in _TELLING or get("itemprop"):
            self._read_attributes(frame)
        return True

    def text(self, data: str | None) -> None:
        """Text inside the open elements."""
        if not data:
            return
        if data.isspace():
            self.closed = None
            if self.path is not None:  # else it stands before the block
                self.buffer.append(data)
            return
        if self.path is None:
            depth = len(self.stack)
            self.path, self.base = self.stack[-_NEAREST:], max(depth - _NEAREST, 0)
            self.outer = self.stack[: min(self.base, _OUTERMOST)]
            self.shared = self.lowest = depth
        if self.lowest < self.shared:
            self.shared = self.lowest
        self.breaks = 0
        if self.link_depth:
            self.link_chars += len(" ".join(data.split()))
        if self.closed and self.buffer and data[0].isupper() and self.buffer[-1][-1:].islower():
            self.buffer.append(" ")
        self.closed = None
        self.buffer.append(data)

    def end(self) -> None:
        """Close the innermost element."""
        if not self.stack:
            return
        frame = self.stack[-1]
        if frame.properties and not frame.unseen:
            self._mark_property(frame)
        if frame.is_block:
            self.flush()
            self.block_tags.pop()
        elif not frame.unseen and frame.tag != "br":
            self.closed = frame.tag
        self.stack.pop()
        if len(self.stack) < self.lowest:
            self.lowest = len(self.stack)
        if frame.tag == "a":
            self.link_depth -= 1
        if frame.tag in _VERBATIM:
            self.verbatim -= 1

    def flush(self) -> None:
        """End the block, if there is text in it."""
        if self.path is not None:
            raw = "".join(self.buffer)
            lines = raw.split("\n") if self.verbatim else [raw]
            text = "\n".join(" ".join(line.split()) for line in lines).strip("\n")
            if text:
                for part in text.split("\n\n") if self.verbatim else (text,):
                    self._add(part.strip("\n"))
            self.path = None
            self.link_chars = 0
        self.buffer.clear()
        self.breaks = 0
        self.closed = None

    def finish(self) -> Markup:
        """All that was found."""
        self.flush()
        if self.marks and self.blocks:
            last = self.blocks[-1]
            self.blocks[-1] = Block(last.text, last.tag, last.link_chars, last.context, 0, 0,
                                    (*last.marks, *self.marks), last.line)
        by_name = dict(reversed(self.meta))
        return Markup(tuple(self.blocks), "html", self.title, tuple(self.meta), tuple(self.json_ld),
                      self.canonical or by_name.get("og:url") or None, self.language)

    def _add(self, text: str) -> None:
        if text:
            self.blocks.append(Block(text, self.block_tags[-1], min(self.link_chars, len(text)),
                                     self._find_context(), 0, 0, tuple(self.marks), len(self.blocks)))
            self.marks.clear()

    def _find_context(self) -> tuple[str, ...]:
        path = self.outer + (self.path or [])[: max(self.shared - self.base, 0)]
        if self.base:
            return tuple([frame.describe() for frame in path])
        known = len(path)
        while known and not path[known - 1].context:
            known -= 1
        context = path[known - 1].context if known else ()
        for frame in path[known:]:
            frame.context = context = (*context, frame.describe())
        return context

    def _break(self) -> None:
        self.breaks += 1
        self.buffer.append("\n" if self.verbatim else " ")
        if self.breaks > 1 and not self.verbatim:
            self.flush()

    def _read_attributes(self, frame: _Frame) -> None:
        get = frame.get
        if frame.tag == "time" and (moment := get("datetime")):
            self.marks.append(("time", moment))
        elif frame.tag == "a" and "author" in (get("rel") or ""):
            self.marks.append(("rel", "author"))
        elif frame.tag == "html" and self.language is None:
            self.language = get("lang") or get("xml:lang") or None
        if names := get("itemprop"):
            frame.properties = names
            frame.start = (len(self.blocks), len(self.buffer))

    def _mark_property(self, frame: _Frame) -> None:
        """A microdata property says its content, else its text, if that lies within one block."""
        value = frame.get("content") or (frame.tag == "time" and frame.get("datetime"))
        count, begin = frame.start
        if not value and count == len(self.blocks):
            value = " ".join("".join(self.buffer[begin:]).split())[:_MOST_PROPERTY]
        if value:
            self.marks += [("itemprop:" + name, value) for name in frame.properties.split()]

    def _read_head(self, tag: str, get: _Get, element: object) -> None:
        if tag == "title" and self.title is None and not any(frame.tag == "svg" for frame in self.stack[-9:]):
            self.title = " ".join(self.read(element).split()) or None
        elif tag == "script" and "ld+json" in (get("type") or "").lower():
            self.json_ld.append(self.read(element))
        elif tag == "link" and self.canonical is None and "canonical" in (get("rel") or "").lower().split():
            self.canonical = (get("href") or "").strip() or None
        elif tag == "meta" and (content := get("content")) is not None:
            properties = get("itemprop")
            name = get("name") or get("property") or properties or get("http-equiv")
            if name:
                self.meta.append((name.lower(), content))
            if properties and not any(frame.tag == "head" for frame in self.stack[:3]):
                self.marks += [("itemprop:" + each, content) for each in properties.split()]
