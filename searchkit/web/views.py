"""Views: what the templates show of results, with the address of everything that can be chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from searchkit.model import Document
from searchkit.results import FacetValue, Hit, Results, Snippet
from searchkit.web.parameters import FILTERS, Address
from searchkit.web.segments import Segment, cut_text

# Facets of the page: the parameter that chooses a value, the heading, whether documents without one are a group
FACETS = {
    "publisher": ("publisher", "Publishers", True),
    "person": ("entity", "People", False),
    "organisation": ("entity", "Organisations", False),
    "place": ("entity", "Places", False),
    "author": ("author", "Authors", True),
    "language": ("language", "Languages", True),
}
SHOWN_VALUES = 8
SHOWN_ENTITIES = 6
NONE = "none"  # the value of a filter that means documents without one
PAGE = 10  # hits
SINGULAR = {"publisher": "publisher", "entity": "name", "author": "author", "language": "language"}


class Value(NamedTuple):
    """A value of a facet: who has it, whether it is chosen, where choosing it and excluding it lead."""

    name: str
    documents: int
    distinct: int
    is_chosen: bool
    link: str
    exclusion: str
    share: int  # percent of the most frequent one, in steps of 5
    is_none: bool


class Facet(NamedTuple):
    """A facet: its field, heading and values, and where all of them are."""

    field: str
    heading: str
    values: tuple[Value, ...]
    has_more: bool
    link: str


class Chip(NamedTuple):
    """A filter that holds: what it says, and where taking it away leads."""

    text: str
    link: str
    is_exclusion: bool = False


class HitView(NamedTuple):
    """A hit as it is shown."""

    hit: Hit
    title: tuple[Segment, ...]
    link: str
    snippets: tuple[tuple[tuple[Segment, ...], bool, bool, str], ...]  # segments, cut before, cut after, field
    entities: tuple[tuple[str, str, str], ...]  # name, type, link
    copies: str  # where all of its group are


def view_facets(results: Results, address: Address) -> Iterator[Facet]:
    """The facets that have values to choose among."""
    for field, (parameter, heading, _) in FACETS.items():
        values = results.facets.get(field, ())
        named = [value for value in values if value.value is not None]
        if named or any(address.get_all(parameter)):
            yield Facet(field, heading, tuple(view_values(field, values, address)), len(named) >= SHOWN_VALUES,
                        address.link("/facets", field=field))


def view_values(field: str, values: Sequence[FacetValue], address: Address) -> Iterator[Value]:
    """The values of a facet, what is chosen among them."""
    parameter, _, has_none = FACETS[field]
    most = max((value.count for value in values), default=1)
    for value in values:
        if value.value is None and not has_none:
            continue
        key = NONE if value.value is None else value.value
        share = 5 * max(1, round(20 * value.count / most)) if value.count else 0
        yield Value(key, value.count, value.distinct, key in address.get_all(parameter),
                    address.toggle(parameter, key).link(), address.toggle(f"not_{parameter}", key).link(), share,
                    value.value is None)


def view_chips(address: Address) -> Iterator[Chip]:
    """The filters that hold."""
    for name, value in address.pairs:
        if name not in FILTERS:
            continue
        if name in ("after", "before"):
            said = "from" if name == "after" else "until"
            yield Chip(f"{said} {value}", address.put(**{name: None}).link())
            continue
        field = name.removeprefix("not_")
        said = f"without {SINGULAR[field]}" if value == NONE else value
        yield Chip(said, address.toggle(name, value).link(), name != field)


def view_hits(hits: Sequence[Hit], address: Address) -> Iterator[HitView]:
    """Hits with their marks and links."""
    reading = address.drop(("offset", "snippets"))
    for hit in hits:
        document = hit.document
        title = cut_text(document.display_title, hit.title_highlights if document.title else ())
        entities = sorted(document.entities, key=lambda entity: -entity.count)[:SHOWN_ENTITIES]
        yield HitView(hit, tuple(title), reading.link("/read", id=hit.id),
                      tuple(view_snippet(snippet, document) for snippet in hit.snippets),
                      tuple((e.name, e.type, address.toggle("entity", e.name).link()) for e in entities),
                      Address((("q", f"group:{document.group}"),)).link() if hit.copies.count else "")


def view_snippet(snippet: Snippet, document: Document) -> tuple[tuple[Segment, ...], bool, bool, str]:
    """A snippet in pieces, whether the text goes on before and after it, and where it stands."""
    in_body = snippet.field == "body"
    return (tuple(cut_text(snippet.text, snippet.highlights)), in_body and snippet.start > 0,
            in_body and snippet.start + len(snippet.text) < len(document.body), snippet.field)


def view_pages(found: int, address: Address, offset: int, limit: int) -> Mapping[str, str | None]:
    """Where the hits before and after these are: there are some after, where more than ``limit`` were found."""
    return {
        "previous": address.put(offset=str(max(0, offset - limit)) if offset > limit else None).link()
        if offset else None,
        "next": address.put(offset=str(offset + limit)).link() if found > limit else None,
    }
