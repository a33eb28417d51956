"""The Whoosh schema, derived from the field table, and a document as its postings.

A text field becomes three Whoosh fields: its terms with their places, the words as written (for prefixes)
and its length. A keyword's terms are "folded value, separator, value as displayed". All values are turned
into postings before Whoosh sees the document, because a document that fails half-way spoils its writer.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from struct import pack, unpack
from typing import Any

from whoosh.fields import STORED, FieldType, Schema
from whoosh.formats import Existence, Format, Positions

from searchkit.fields import FIELDS, KEYWORD_FIELDS, TEXT_FIELDS, Kind
from searchkit.search.analysis import Analysed
from searchkit.search.folding import fold_value

ID, STORED_DOCUMENT = "id", "document"
WRITTEN, LENGTH = ".written", ".length"  # appended to the name of a text field
SEPARATOR = "\x1f"  # white space to ``fold_value``: no folded value has it
LENGTH_TERM = "n"
PLACE_SIZE = 4  # bytes
DATE_FIELDS = tuple(field for field in FIELDS if field.kind is Kind.DATE)


class Places(Positions):  # type: ignore[misc]
    """Positions of a term in a document, four bytes each (Whoosh pickles a list of them)."""

    def encode(self, poslist: Sequence[int]) -> bytes:
        """Positions as bytes."""
        return pack(f"<{len(poslist)}I", *poslist)

    def decode_positions(self, valuestring: bytes) -> list[int]:
        """The inverse of ``encode``."""
        return list(unpack(f"<{len(valuestring) // PLACE_SIZE}I", valuestring))

    def decode_frequency(self, valuestring: bytes) -> int:
        """How many positions there are."""
        return len(valuestring) // PLACE_SIZE


class Ready(FieldType):  # type: ignore[misc]
    """A field whose values arrive as postings."""

    def __init__(self, posting_format: Format) -> None:
        super().__init__(posting_format, analyzer=None)

    def index(self, value: Iterable[tuple[bytes, int, float, bytes]], **_: object) -> Iterable[Any]:
        """The postings as they are: (term, frequency, weight, encoded value)."""
        return value


def make_schema() -> Schema:
    """The schema that the field table asks for."""
    schema = Schema(**{ID: Ready(Existence()), STORED_DOCUMENT: STORED()})
    for field in FIELDS:
        if field.kind is Kind.TEXT:
            schema.add(field.name, Ready(Places()))
            schema.add(field.name + WRITTEN, Ready(Existence()))
            schema.add(field.name + LENGTH, Ready(Existence()))
        else:
            schema.add(field.name, Ready(Existence()))
    return schema


@dataclass(frozen=True, slots=True)
class Row:
    """A document as it is written: encoded places by term, plain terms, and lengths, each by Whoosh field."""

    id: str
    stored: str
    places: dict[str, dict[str, bytes]]
    terms: dict[str, set[str]]
    lengths: dict[str, int]


def make_row(analysed: Analysed) -> Row:
    """The row of a document."""
    document = analysed.document
    terms: dict[str, set[str]] = {ID: {document.id}}
    places, lengths = {}, {}
    for field in TEXT_FIELDS:
        tokens = analysed.terms[field.name]
        places[field.name] = _find_places(tokens)
        terms[field.name + WRITTEN] = set(filter(None, analysed.written[field.name]))
        lengths[field.name + LENGTH] = sum(map(bool, tokens))
    for field in KEYWORD_FIELDS:
        values = analysed.keywords[field.name]
        terms[field.name] = {fold_value(value) + SEPARATOR + value for value in values}
    for field in DATE_FIELDS:
        terms[field.name] = set(field.read(document))
    return Row(document.id, json.dumps(document.to_dict(), ensure_ascii=False), places, terms, lengths)


def encode_term(term: str) -> bytes:
    """A term as it stands in the dictionary. Lone surrogates, which damaged pages have, must survive."""
    return term.encode("utf-8", "surrogatepass")


def decode_term(term: bytes) -> str:
    """The inverse of ``encode_term``."""
    return term.decode("utf-8", "surrogatepass")


def _find_places(tokens: Iterable[str]) -> dict[str, bytes]:
    """Encoded places of each term; a passage gap takes a place but is no term."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for place, term in enumerate(tokens):
        found[term].append(place)
    found.pop("", None)
    return {term: pack(f"<{len(places)}I", *places) for term, places in found.items()}
