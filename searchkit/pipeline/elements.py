"""The events of a walk through a page's elements become blocks and what the head says.

In ``Block.context`` the words after the role are the element's ``itemprop`` and, for an element that is not
shown (``hidden``, ``aria-hidden``, ``display: none``), "hidden". The inline elements that hold the whole of
a block close its context.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from searchkit.pipeline.block import Block, Markup

# Kinds of elements, as bits, so that one look-up tells all there is to know of a tag.
_BLOCK, _UNSEEN, _HEAD, _LINK, _VERBATIM, _TELLING, _BREAK = (1 << place for place in range(7))
_TAGS = {
    _BLOCK: """address article aside audio blockquote body button canvas caption center dd details dialog dir div
        dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html input label
        legend li main menu nav noframes object ol optgroup option p pre search section select summary table tbody
        td textarea tfoot th thead tr ul video""",
    # Never shown; ``title`` and ``desc`` are a page's or a drawing's, read elsewhere or not at all.
    _UNSEEN: "script style template noscript iframe title desc metadata annotation meta link",
    _HEAD: "title script meta link",
    _LINK: "a",
    _VERBATIM: "pre textarea listing xmp",
    _TELLING: "html time",  # elements with attributes that are read; of any other ``rel`` and ``itemprop`` are
    _BREAK: "br",
}
_KINDS = {tag: sum(kind for kind, tags in _TAGS.items() if tag in tags.split())
          for tag in " ".join(_TAGS.values()).split()}

# Ancestors kept in a context: the outermost and the nearest; ordinary pages nest 10 to 40 deep.
_OUTERMOST, _NEAREST = 10, 90
_DEEPEST = 1000  # elements; what is deeper has the context of the one at this depth
_MOST_DESCRIPTION = 300  # characters of one ancestor in a context
_MOST_PROPERTY = 500  # characters of the text of a microdata property
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

_Attributes = Mapping[str, str]


class _Element:
    """An open element. ``block_tag`` is the tag of the nearest block-level element, itself included."""

    __slots__ = ("attributes", "block_tag", "context", "depth", "kind", "parent", "start", "tag")

    def __init__(self, tag: str, kind: int, attributes: _Attributes, parent: _Element | None) -> None:
        self.tag = tag
        self.kind = kind
        self.attributes = attributes
        self.parent = parent
        self.block_tag: str = tag if kind & _BLOCK or parent is None else parent.block_tag
        self.context: tuple[str, ...] | None = None  # the descriptions of the element and all around it, once known
        self.depth = 0  # as soon as the context is known
        self.start: tuple[int, int] | None = None  # block and text with which a microdata property begins

    def describe(self) -> str:
        """The element as it stands in a context."""
        attributes = self.attributes
        if not attributes:
            return self.tag
        get = attributes.get
        classes = get("class")
        if classes is not None and len(attributes) == 1:
            return _describe_class(self.tag, classes)
        return _describe(self.tag, get("id"), classes, get("role"), get("itemprop"), self._is_hidden())

    def _is_hidden(self) -> bool:
        get = self.attributes.get
        style = get("style")
        return (get("hidden") is not None or get("aria-hidden") == "true"
                or bool(style and _HIDING_STYLE.search(style)))


@lru_cache(maxsize=10_000)
def _describe_class(tag: str, classes: str) -> str:
    """An element with classes and no other attributes, as most are."""
    return ".".join((tag, *classes.split())).lower()[:_MOST_DESCRIPTION]


@lru_cache(maxsize=10_000)
def _describe(tag: str, name: str | None, classes: str | None, role: str | None, properties: str | None,
              hidden: bool) -> str:
    text = tag
    if name:
        text += "#" + "-".join(name.split())
    if classes and (each := classes.split()):
        text += "." + ".".join(each)
    if role:
        text += " " + role
    if properties:
        text += " " + properties
    if hidden:
        text += " hidden"
    return text.lower()[:_MOST_DESCRIPTION]


def _find_context(element: _Element) -> tuple[str, ...]:
    """The descriptions of an element and of those around it, from the root down."""
    unknown = []
    above: _Element | None = element
    while above is not None and above.context is None:
        unknown.append(above)
        above = above.parent
    context, depth = (above.context or (), above.depth) if above is not None else ((), 0)
    names = list(context)
    for inner in reversed(unknown):
        depth += 1
        if depth <= _DEEPEST:
            if len(names) == _OUTERMOST + _NEAREST:
                del names[_OUTERMOST]
            names.append(inner.describe())
            context = tuple(names)
        inner.context = context
        inner.depth = depth
    return context


class BlockBuilder:
    """Takes the events of a walk through a tree and gathers blocks and head; a target for lxml's parser."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the page."""
        self.blocks: list[Block] = []
        root = _Element("body", 0, {}, None)
        root.context = ()
        self.element = root  # the innermost that is open
        self.unseen = 0  # how many of the open elements are in one that is not shown, itself included
        self.pieces: list[str] = []  # of a text that has not ended
        self.buffer: list[str] = []  # the texts of the block
        self.marks: list[tuple[str, str]] = []
        self.holder: _Element | None = None  # the innermost element that holds the whole block so far
        self.anchor: _Element | None = None  # the innermost of those around it that is still open
        self.link_depth = self.link_chars = self.verbatim = self.breaks = 0
        self.closed: str | None = None  # the tag of the inline element that ended with no text since
        self.title: str | None = None
        self.meta: list[tuple[str, str]] = []
        self.json_ld: list[str] = []
        self.canonical: str | None = None
        self.language: str | None = None

    def start(self, tag: str, attributes: _Attributes) -> None:
        """Open an element."""
        if self.unseen:
            self.unseen += 1
            return
        if self.pieces:
            self._add_text()
        kind = _KINDS.get(tag, 0)
        if kind & _BLOCK:
            if self.buffer:
                self._flush()
            self.closed = None
        self.element = element = _Element(tag, kind, attributes, self.element)
        if kind > _BLOCK:
            if kind & _UNSEEN:
                self.unseen = 1
                return
            self._enter(element)
        if attributes and ("rel" in attributes or "itemprop" in attributes or kind & _TELLING):
            self._read_attributes(element)

    def _enter(self, element: _Element) -> None:
        """Open an element of a kind that changes how the text in it is taken."""
        if element.kind & _BREAK:
            self._break()
        elif element.kind & _LINK:
            self.link_depth += 1
            if self.closed == "a":
                self.buffer.append(" ")
        if element.kind & _VERBATIM:
            self.verbatim += 1

    def data(self, data: str) -> None:
        """Text, or a piece of one, inside the open elements."""
        if self.holder is None and data.isspace() and not self.pieces:  # it stands before a block
            self.closed = None
        else:
            self.pieces.append(data)

    def end(self, tag: str) -> None:
        """Close the innermost element."""
        if self.unseen:
            self.unseen -= 1
            if not self.unseen:
                self._leave_unseen(self.element)
            return
        if self.pieces:
            self._add_text()
        element = self.element
        parent = element.parent
        if parent is None:
            return
        if element.start is not None:
            self._mark_property(element, element.start)
        kind = element.kind
        if kind & _BLOCK:
            if self.buffer:
                self._flush()
            self.closed = None
        elif not kind & _BREAK:
            self.closed = element.tag
        if kind > _BLOCK:
            if kind & _LINK:
                self.link_depth -= 1
            elif kind & _VERBATIM:
                self.verbatim -= 1
        self.element = parent
        if element is self.anchor:
            self.anchor = parent

    def close(self) -> Markup:
        """All that was found."""
        while self.element.parent is not None:
            self.end(self.element.tag)
        if self.pieces:
            self._add_text()
        self._flush()
        if self.marks and self.blocks:
            last = self.blocks[-1]
            self.blocks[-1] = Block(last.text, last.tag, last.link_chars, last.context, 0, 0,
                                    (*last.marks, *self.marks), last.line)
        by_name = dict(reversed(self.meta))
        return Markup(tuple(self.blocks), "html", self.title, tuple(self.meta), tuple(self.json_ld),
                      self.canonical or by_name.get("og:url") or None, self.language)

    def _add_text(self) -> None:
        """The text that has ended becomes part of the block."""
        data = self.pieces[0] if len(self.pieces) == 1 else "".join(self.pieces)
        self.pieces.clear()
        if not data or data.isspace():
            self.closed = None
            if self.holder is not None:  # else it stands before the block
                self.buffer.append(data)
            return
        if self.holder is None:
            self.anchor = self.element
        self.holder = self.anchor
        self.breaks = 0
        if self.link_depth:
            self.link_chars += len(" ".join(data.split()))
        if self.closed and self.buffer and data[0].isupper() and self.buffer[-1][-1:].islower():
            self.buffer.append(" ")
        self.closed = None
        self.buffer.append(data)

    def _flush(self) -> None:
        """End the block, if there is text in it."""
        if self.holder is not None:
            self._end_block()
        self.buffer.clear()
        self.breaks = 0
        self.closed = None

    def _end_block(self) -> None:
        raw = "".join(self.buffer)
        if self.verbatim:
            text = "\n".join(" ".join(line.split()) for line in raw.split("\n")).strip("\n")
            for part in text.split("\n\n"):
                self._add_block(part.strip("\n"))
        else:
            self._add_block(" ".join(raw.split()))
        self.holder = self.anchor = None
        self.link_chars = 0

    def _add_block(self, text: str) -> None:
        if text and self.holder is not None:
            self.blocks.append(Block(text, self.element.block_tag, min(self.link_chars, len(text)),
                                     _find_context(self.holder), 0, 0, tuple(self.marks), len(self.blocks)))
            self.marks.clear()

    def _break(self) -> None:
        self.breaks += 1
        self.buffer.append("\n" if self.verbatim else " ")
        if self.breaks > 1 and not self.verbatim:
            self._flush()

    def _read_attributes(self, element: _Element) -> None:
        get = element.attributes.get
        if element.tag == "time" and (moment := get("datetime")):
            self.marks.append(("time", moment))
        elif element.tag == "a" and "author" in (get("rel") or ""):
            self.marks.append(("rel", "author"))
        elif element.tag == "html" and self.language is None:
            self.language = get("lang") or get("xml:lang") or None
        if get("itemprop"):
            element.start = (len(self.blocks), len(self.buffer))

    def _mark_property(self, element: _Element, start: tuple[int, int]) -> None:
        """A microdata property says its content, else its text, if that lies within one block."""
        get = element.attributes.get
        value = get("content") or (element.tag == "time" and get("datetime"))
        count, begin = start
        if not value and count == len(self.blocks):
            value = " ".join("".join(self.buffer[begin:]).split())[:_MOST_PROPERTY]
        if value:
            self.marks += [("itemprop:" + name, value) for name in (get("itemprop") or "").split()]

    def _leave_unseen(self, element: _Element) -> None:
        """What an element that is not shown says of the page."""
        if element.kind & _HEAD:
            self._read_head(element, "".join(self.pieces))
        self.pieces.clear()
        self.element = element.parent or element

    def _read_head(self, element: _Element, text: str) -> None:
        tag, get = element.tag, element.attributes.get
        if tag == "title":
            if self.title is None and not _is_inside(element, "svg"):
                self.title = " ".join(text.split()) or None
        elif tag == "script":
            if "ld+json" in (get("type") or "").lower():
                self.json_ld.append(text)
        elif tag == "link":
            if self.canonical is None and "canonical" in (get("rel") or "").lower().split():
                self.canonical = (get("href") or "").strip() or None
        elif (content := get("content")) is not None:
            self._read_meta(element, content)

    def _read_meta(self, element: _Element, content: str) -> None:
        get = element.attributes.get
        properties = get("itemprop")
        name = get("name") or get("property") or properties or get("http-equiv")
        if name:
            self.meta.append((name.lower(), content))
        if properties and not _is_inside(element, "head"):
            self.marks += [("itemprop:" + each, content) for each in properties.split()]


def _is_inside(element: _Element, tag: str) -> bool:
    """Whether any element around this one, up to nine, has a tag."""
    above = element.parent
    for _ in range(9):
        if above is None:
            return False
        if above.tag == tag:
            return True
        above = above.parent
    return False
