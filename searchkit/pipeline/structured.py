"""What a page says of itself for machines: JSON-LD, ``meta`` elements and microdata, whatever their faults."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from searchkit.pipeline.block import Markup

# Types of schema.org whose objects are the story itself, by the end of their names.
_STORY_TYPES = ("article", "posting", "report", "review", "recipe", "claimreview", "creativework", "opinion")
_PAGE_TYPES = ("webpage", "videoobject", "itempage", "mediaobject", "podcastepisode", "discussionforumposting")

# Properties that lead to other stories, or to what people say of this one.
_ELSEWHERE = frozenset(("itemlistelement", "mentions", "about", "citation", "isbasedon", "comment", "review",
                        "haspart", "relatedlink", "suggestedanswer", "subjectof"))

# A page carries a few kilobytes of JSON-LD; what lies beyond is not worth the time.
_LONGEST = 2_000_000
_MOST_ITEMS = 2_000
# No title, name or date is longer.
_LONGEST_TEXT = 2_000
_DEEPEST = 40

_WRAPPING = re.compile(r"<!--|-->|<!\[CDATA\[|\]\]>")
_TRAILING_COMMA = re.compile(r",(?=\s{0,200}[}\]])")
_BETWEEN = re.compile(r"[\s,;]*")
# Single properties of an object that no parser will take.
_PROPERTY = re.compile(r'"(headline|datePublished|dateModified|dateCreated)"\s{0,20}:\s{0,20}'
                       r'"((?:[^"\\\n]|\\.){1,500})"')


@dataclass(frozen=True, slots=True)
class Items:
    """The objects of a page's JSON-LD: those about the story, those about the page, and all others."""

    stories: tuple[dict[str, Any], ...] = ()
    pages: tuple[dict[str, Any], ...] = ()
    others: tuple[dict[str, Any], ...] = ()

    def find_texts(self, key: str) -> list[str]:
        """The texts that stories, else pages, give for a property (name of an object, all of a list)."""
        for group in (self.stories, self.pages):
            found = [text for item in group for text in self.name_values(item.get(key))]
            if found:
                return found
        return []

    def name_values(self, value: object) -> list[str]:
        """A JSON value as plain texts: a string itself, an object by its name, a list by its members."""
        if isinstance(value, str):
            return [clean(value)] if value.strip() else []
        if isinstance(value, list):
            return [text for member in value[:50] if not isinstance(member, list)
                    for text in self.name_values(member)]
        if isinstance(value, dict):
            for key in ("name", "@value", "headline", "alternateName"):
                named = value.get(key)
                if isinstance(named, (str, list)):
                    return self.name_values([each for each in named if isinstance(each, str)]
                                            if isinstance(named, list) else named)
            return self._follow(value.get("@id"))
        return []

    def _follow(self, reference: object) -> list[str]:
        """The name of the object with this "@id"."""
        if not isinstance(reference, str):
            return []
        for item in (*self.others, *self.pages, *self.stories):
            if item.get("@id") == reference and isinstance(item.get("name"), str):
                return [clean(item["name"])]
        return []


def clean(text: str) -> str:
    """Text without entities, markup, soft hyphens and doubled white space."""
    text = text[:_LONGEST_TEXT]
    for _ in range(2):  # Many sites escape twice.
        text = html.unescape(text)
    if "<" in text:
        text = re.sub(r"<[^<>]{0,300}>", " ", text)
    return " ".join(text.replace("\u00ad", "").split())


def find_meta(markup: Markup, *names: str) -> list[tuple[str, str]]:
    """(name, content) of the ``meta`` elements with these names, in the order of ``names``."""
    wanted: dict[str, list[str]] = {name: [] for name in names}
    for name, content in markup.meta:
        if name in wanted and content.strip():
            wanted[name].append(clean(content))
    return [(name, content) for name in names for content in wanted[name]]


def find_marks(markup: Markup, name: str) -> Iterator[tuple[int, str]]:
    """(position of the block, value) of each remark with this name."""
    for position, block in enumerate(markup.blocks):
        for mark, value in block.marks:
            if mark == name and value.strip():
                yield position, clean(value)


def read_items(markup: Markup) -> Items:
    """The objects in a page's JSON-LD, sorted by what they are about; never fails."""
    return _sort_items(markup.json_ld)


@lru_cache(maxsize=4)
def _sort_items(scripts: tuple[str, ...]) -> Items:
    stories: list[dict[str, Any]] = []
    pages: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for script in scripts:
        for value in _load(script[:_LONGEST]):
            for item, elsewhere in _walk(value, False, 0):
                if len(stories) + len(pages) + len(others) >= _MOST_ITEMS:
                    break
                kinds = _types(item)
                if elsewhere or not kinds:
                    others.append(item)
                elif any(kind.endswith(_STORY_TYPES) for kind in kinds):
                    stories.append(item)
                elif any(kind.endswith(_PAGE_TYPES) for kind in kinds):
                    pages.append(item)
                else:
                    others.append(item)
    return Items(tuple(stories), tuple(pages), tuple(others))


def _load(script: str) -> list[Any]:
    """The values in one script: as JSON, else after repairs, else the properties that can be made out."""
    text = _WRAPPING.sub(" ", script).strip().rstrip(";")
    for attempt in (text, _TRAILING_COMMA.sub("", text)):
        values = _load_each(attempt)
        if values:
            return values
    salvaged: dict[str, Any] = {"@type": "Article"}
    for key, value in _PROPERTY.findall(text):
        salvaged.setdefault(key, value.replace('\\"', '"'))
    return [salvaged] if len(salvaged) > 1 else []


def _load_each(text: str) -> list[Any]:
    """All JSON values that stand one after the other in a text, as far as they can be read."""
    decoder, start = json.JSONDecoder(strict=False), 0
    values: list[Any] = []
    while start < len(text) and len(values) < 100:
        try:
            value, start = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            break
        values.append(value)
        gap = _BETWEEN.match(text, start)
        start = gap.end() if gap else start
    return values


def _walk(value: object, elsewhere: bool, depth: int) -> Iterator[tuple[dict[str, Any], bool]]:
    """Every object in a JSON value, and whether it belongs to something other than the page's story."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for member in value:
            yield from _walk(member, elsewhere, depth + 1)
    elif isinstance(value, dict):
        yield value, elsewhere
        for key, member in value.items():
            if isinstance(member, (dict, list)):
                yield from _walk(member, elsewhere or key.lower() in _ELSEWHERE, depth + 1)


def _types(item: dict[str, Any]) -> list[str]:
    """The names of an object's types, lower case, without their vocabulary."""
    kinds = item.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return [kind.rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for kind in listed if isinstance(kind, str)]
