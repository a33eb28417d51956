"""The fields as Whoosh knows them, so that its own searcher can ask them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import pack, unpack
from typing import Any

from whoosh.fields import STORED, FieldType, Schema
from whoosh.formats import Existence, Format, Positions

from searchkit.engines.whoosh.layout import INDEXED, STORED_DOCUMENT, TEXT_NAMES

PLACE_SIZE = 4  # bytes


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
    fields = {name: Ready(Places() if name in TEXT_NAMES else Existence()) for name in INDEXED}
    schema = Schema()
    schema.add(STORED_DOCUMENT, STORED())
    for name, field in fields.items():
        schema.add(name, field)
    return schema
