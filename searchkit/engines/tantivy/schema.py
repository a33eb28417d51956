"""The tantivy schema, derived from the field table; a document as tantivy takes it, and as it is read back.

A text field becomes four: its terms with their places, the words as written (for patterns), terms that stand there
several times with how often ("at least"), and its length. Tokens arrive a line each and a passage a value: between
two values tantivy leaves out one place, as ``PASSAGE_GAP`` does. A keyword's term is "folded value, separator, value
as displayed"; a facet's values stand there as numbers, too, for tantivy counts these without its dictionary. The
tokens are stored, each between two line ends of its own: scores and nearness are counted on them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import groupby
from typing import Any

import tantivy

from searchkit.engines.base import find_day
from searchkit.fields import KEYWORD_FIELDS, TEXT_FIELDS
from searchkit.packing import unpack_json
from searchkit.search.analysis import PASSAGE_GAP, Analysed, Tokens
from searchkit.search.folding import fold_value

ID, DOCUMENT, TOKENS, KEY, DAY, DATE, MONTH = "id", "document", "tokens", "key", "day", "date", "month"
VALUES = "values"  # of all keyword fields and the date, as they are displayed
FILLED = "filled"  # which of them the document has: a bit for each
NEWEST, OLDEST = "newest", "oldest"  # the two orders by date, as strings that end with the id
RECENCY = "recency"  # the first of them as a number: the day, and how the id begins
WRITTEN, TIMES, LENGTH = "_written", "_times", "_length"  # appended to the name of a text field
NUMBER = "_number"  # appended to that of a facet
SEPARATOR = "\x1f"  # white space to ``fold_value``: no folded value has it
ESCAPE = "\U0010ffff"  # a noncharacter; begins what stands for a character that UTF-8 cannot write
EVERY = ESCAPE  # by itself, in the field of ids: a term that every document has, the deleted ones too
LONGEST_TERM = 8_000  # characters; two of them in four bytes each are less than tantivy's 65,530
LAST_DAY = 9_999_999  # after all ordinals: where documents without a date are filed
DAY_DIGITS = len(str(LAST_DAY))
ID_BYTES = 5  # of an id in RECENCY, which has 24 bits for the day
LINES = "lines"  # the tokenizer that makes a token of each line
BITS = {name: 1 << place for place, name in enumerate((*(field.name for field in KEYWORD_FIELDS), DATE))}
NUMBERED = tuple(field.name for field in KEYWORD_FIELDS if field.facet)
_PLACES = {field.name: place for place, field in enumerate(TEXT_FIELDS)}
_UNWRITABLE = re.compile(f"[\ud800-\udfff{ESCAPE}]")
_ESCAPED = re.compile(f"{ESCAPE}([0-9a-f]{{6}})")


def make_schema() -> tantivy.Schema:
    """The schema that the field table asks for."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(ID, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(NEWEST, stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(OLDEST, fast=True, tokenizer_name="raw", index_option="basic")
    for name in (KEY, DAY):
        builder.add_unsigned_field(name, fast=True, indexed=True)
    for name in (RECENCY, MONTH, FILLED):
        builder.add_unsigned_field(name, fast=True)
    builder.add_bytes_field(DOCUMENT, stored=True)
    builder.add_bytes_field(TOKENS, stored=True)
    builder.add_bytes_field(VALUES, stored=True)
    for field in TEXT_FIELDS:
        builder.add_text_field(field.name, tokenizer_name=LINES, index_option="position")
        builder.add_text_field(field.name + WRITTEN, tokenizer_name=LINES, index_option="basic")
        builder.add_text_field(field.name + TIMES, tokenizer_name=LINES, index_option="basic")
        builder.add_unsigned_field(field.name + LENGTH, stored=True, fast=True)
    for name in (*(field.name for field in KEYWORD_FIELDS), DATE):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in NUMBERED:
        builder.add_unsigned_field(name + NUMBER, fast=True, indexed=True)
    return builder.build()


def register_tokenizer(index: tantivy.Index) -> None:
    """Let an index that was opened know how lines become tokens."""
    lines = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(r"[^\n]+")).build()
    index.register_tokenizer(LINES, lines)


def make_document(analysed: Analysed) -> tantivy.Document:
    """A document with everything that is indexed and stored of it."""
    made = tantivy.Document()
    id_, date = encode_term(analysed.id), next(iter(analysed.dates[DATE]), None)
    made.add_text(ID, id_)
    made.add_text(ID, EVERY)
    made.add_unsigned(KEY, find_number(analysed.id))
    day = find_day(date) if date else LAST_DAY
    age = LAST_DAY - day if date else LAST_DAY
    made.add_text(NEWEST, f"{age:0{DAY_DIGITS}}{id_}")
    made.add_text(OLDEST, f"{day:0{DAY_DIGITS}}{id_}")
    made.add_unsigned(RECENCY, age << 8 * ID_BYTES | int.from_bytes(id_.encode()[:ID_BYTES].ljust(ID_BYTES, b"\0")))
    if date:
        made.add_unsigned(DAY, day)
        made.add_text(DATE, date)
        made.add_unsigned(MONTH, write_month(date))
    for field in TEXT_FIELDS:
        _add_tokens(made, field.name, analysed.tokens[field.name])
    for field in KEYWORD_FIELDS:
        for value in dict.fromkeys(analysed.keywords[field.name]):
            made.add_text(field.name, write_term(value))
            if field.facet:
                made.add_unsigned(field.name + NUMBER, find_number(value))
    values = {name: found for name, found in analysed.keywords.items() if found}
    if date:
        values[DATE] = (date,)
    made.add_unsigned(FILLED, sum(BITS[name] for name in values))
    made.add_bytes(VALUES, encode(json.dumps(values)))
    made.add_bytes(DOCUMENT, unpack_json(analysed.packed))
    return made


def _add_tokens(made: tantivy.Document, name: str, tokens: Tokens) -> None:
    """Add a text field."""
    terms = tokens.list_terms()
    for is_gap, passage in groupby(terms, PASSAGE_GAP.__eq__):
        # a gap is between two values; a further one beside it is a value without tokens
        for text in [""] * (len(list(passage)) - 1) if is_gap else ["\n".join(passage)]:
            made.add_text(name, text)
    counts = Counter(terms)
    counts.pop(PASSAGE_GAP, None)
    made.add_text(name + WRITTEN, "\n".join(filter(None, set(tokens.written))))
    made.add_text(name + TIMES, "\n".join(f"{term}{SEPARATOR}{count}" for term, count in counts.items() if count > 1))
    made.add_unsigned(name + LENGTH, counts.total())
    made.add_bytes(TOKENS, frame(terms))


Values = Mapping[str, list[str]]  # of keyword fields and the date, as they are displayed


class Row:
    """What is stored of a document."""

    def __init__(self, stored: tantivy.Document) -> None:
        self._stored = stored
        self.newest: str = stored[NEWEST][0]

    @cached_property
    def values(self) -> Values:
        """The values of its keyword fields and its date; fields without any are missing."""
        values: Values = json.loads(self._stored[VALUES][0])
        return values

    def first(self, field: str) -> str | None:
        """The value of a keyword field that has one at most."""
        return next(iter(self.values.get(field, ())), None)

    def load(self) -> Any:  # noqa: ANN401 - JSON
        """The document as JSON."""
        return json.loads(str(self._stored[DOCUMENT][0], "utf-8", "surrogatepass"))

    def tokens(self, name: str) -> bytes:
        """The terms of a text field by place, passage gaps among them, as ``frame`` writes them."""
        return self._tokens[_PLACES[name]]

    def length(self, name: str) -> int:
        """The length of a text field, in tokens."""
        length: int = self._stored[name + LENGTH][0]
        return length

    @cached_property
    def _tokens(self) -> list[bytes]:
        tokens: list[bytes] = self._stored[TOKENS]
        return tokens


def encode_term(text: str) -> str:
    """A string as a term: in order and one to one, but what is too long ends in a digest of it."""
    text = _UNWRITABLE.sub(lambda found: f"{ESCAPE}{ord(found[0]):06x}", text)
    if len(text) <= LONGEST_TERM:
        return text
    digest = blake2b(text.encode(), digest_size=16).hexdigest()
    return text[:LONGEST_TERM - len(digest)] + digest


def decode_term(term: str) -> str:
    """The inverse of ``encode_term``."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), term)


def write_term(value: str) -> str:
    """The term of a keyword's value."""
    return encode_term(fold_value(value)) + SEPARATOR + encode_term(value)


def split_term(term: str) -> tuple[str, str]:
    """The folded value of a keyword's term, still encoded, and the value as displayed."""
    key, _, value = term.partition(SEPARATOR)
    return key, decode_term(value)


def find_id(order: str) -> str:
    """The id at the end of a string that tells a document's place in an order by date."""
    return decode_term(order[DAY_DIGITS:])


def find_number(text: str) -> int:
    """A number for an id or a value, by which tantivy is told it: 64 bits of a digest."""
    return int.from_bytes(blake2b(encode(text), digest_size=8).digest())


def write_month(date: str) -> int:
    """The month of an ISO date as a number, 201803; where only the year is known, 201800."""
    return int(date[:4] + (date[5:7] or "00"))


@lru_cache(maxsize=1 << 12)
def read_month(number: int) -> str:
    """The inverse of ``write_month``."""
    year, month = divmod(number, 100)
    return f"{year:04}-{month:02}" if month else f"{year:04}"


def frame(terms: Iterable[str]) -> bytes:
    """Terms, each between two line ends of its own, so that one can be looked for, and its neighbours with it."""
    return encode("".join([f"\n{term}\n" for term in terms]))


def encode(text: str) -> bytes:
    """A string as it is stored; lone surrogates, too."""
    return text.encode("utf-8", "surrogatepass")
