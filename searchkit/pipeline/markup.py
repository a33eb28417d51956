"""HTML becomes blocks: every visible text of the page once, in reading order, with where it stood.

lxml's parser tells what it reads to ``elements.BlockBuilder``: its trees would drop what lies deeper than about
2,000 elements, and cost time. It is quadratic in the attributes of a tag; pages with such tags go to Beautiful
Soup over ``html.parser``, which is slower and drops nothing.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from threading import local
from typing import Any

from bs4 import BeautifulSoup, CData, Tag
from bs4.element import PreformattedString
from bs4.exceptions import ParserRejectedMarkup
from lxml import etree

from searchkit.model import Page
from searchkit.pipeline.block import Markup
from searchkit.pipeline.elements import BlockBuilder

_MOST_TAG = 300_000  # characters; longer tags come from abuse and cost lxml seconds

_LONG_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{_MOST_TAG}}}")
_HTML_NAME = re.compile(r"\.(?:html?|xhtml?|shtml|xht)(?:\.(?:gz|br|bz2|xz|zst))?$", re.IGNORECASE)
_PAGE_START = re.compile(r"\s*(?:<\?xml[^>]*>\s*|<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
                         re.IGNORECASE | re.DOTALL)
_ANY_TAG = re.compile(r"<[a-z!/][^<>]*>|&(?:[a-z]{2,8}|#\d{1,7});", re.IGNORECASE)
_LINE_WITH_TAG = re.compile(
    r"^[^\n<]*<[^<>\n]*>", re.MULTILINE)


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
    found = None if len(text) > _MOST_TAG and _LONG_TAG.search(text) else _parse_fast(text)
    if found is None or not found.blocks:
        return _parse_patiently(text) or found or Markup(())
    return found


class _Parser(local):
    """lxml's parser of a thread, and its target. One for each page would stay until garbage is looked for."""

    def __init__(self) -> None:
        target: Any = BlockBuilder()  # has what the parser calls, but takes no bytes, which it never gets here
        self.target: BlockBuilder = target
        self.parser = etree.HTMLParser(target=target, encoding="utf-8", huge_tree=True)


_own = _Parser()


def _parse_fast(text: str) -> Markup | None:
    """By lxml; None when it gave up on part of the page."""
    try:
        found: Any = etree.fromstring(text.encode("utf-8", "replace"), _own.parser)
    except etree.LxmlError:
        return None
    finally:
        _own.target.reset()
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in _own.parser.error_log):
        return None
    return found if isinstance(found, Markup) else None


def _parse_patiently(text: str) -> Markup | None:
    """By Beautiful Soup over ``html.parser``; None when even that refuses the page."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            soup = BeautifulSoup(text, "html.parser", multi_valued_attributes=None)
        except (ParserRejectedMarkup, RecursionError):
            return None
    builder = BlockBuilder()
    pending: list[tuple[str, Iterator[Any]]] = [("", iter(soup.contents))]
    while pending:
        tag, nodes = pending[-1]
        node = next(nodes, None)
        if node is None:
            pending.pop()
            builder.end(tag)
        elif isinstance(node, Tag):
            builder.start(node.name, node.attrs)
            pending.append((node.name, iter(node.contents)))
        elif isinstance(node, CData) or not isinstance(node, PreformattedString):
            builder.data(str(node))
    return builder.close()
