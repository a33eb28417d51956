"""What lies where in a segment: the inverted fields that the field table asks for, and the bytes of their terms.

A text field is inverted twice: its terms with their places, and its words as written (for prefixes), whose name
ends in ``WRITTEN``. A keyword's terms are "folded value, separator, value as displayed"; ids and dates are their
own terms.
"""

from __future__ import annotations

from searchkit.fields import DATE_FIELDS, KEYWORD_FIELDS, TEXT_FIELDS

ID, STORED_DOCUMENT = "id", "document"
WRITTEN = ".written"  # appended to the name of a text field
SEPARATOR = "\x1f"  # white space to ``fold_value``: no folded value has it
EXTENSION = ".arrays"  # of a segment's file
TEXT_NAMES = tuple(field.name for field in TEXT_FIELDS)
WRITTEN_NAMES = tuple(name + WRITTEN for name in TEXT_NAMES)
VALUE_NAMES = (ID, *(field.name for field in (*KEYWORD_FIELDS, *DATE_FIELDS)))  # those with ordinals by document
KEYWORD_NAMES = frozenset(field.name for field in KEYWORD_FIELDS)
INDEXED = (*TEXT_NAMES, *WRITTEN_NAMES, *VALUE_NAMES)
WIDTHS = {1: "B", 2: "H", 3: "I"}  # code of a list's width → type code of its numbers; 0: all of them are 1
LONGEST = 255  # characters of a word that are counted, where words are sifted by their length
DOCUMENT_SHIFT, FREQUENCY_SHIFT, PLACE_SHIFT = 0, 2, 4  # where the three codes of a term stand in its byte
WIDTH_MASK = 3


def encode_term(term: str) -> bytes:
    """A term as it stands in the dictionary. Lone surrogates, which damaged pages have, must survive."""
    return term.encode("utf-8", "surrogatepass")


def decode_term(term: bytes) -> str:
    """The inverse of ``encode_term``."""
    return term.decode("utf-8", "surrogatepass")


def show_value(field: str, term: bytes) -> str:
    """A value as it is displayed, from its term."""
    return decode_term(term.partition(SEPARATOR.encode())[2] if field in KEYWORD_NAMES else term)
