"""What the server keeps of a document, derived from the field table.

``terms.X`` holds the tokens of a text field X, one a line, so that the server splits and never analyses; ``written.X``
the different words as written; ``keys.X`` the folded values of a keyword field; ``story`` names the group of copies,
or else the document. These are indexed and not kept. The document itself is one string. Besides, there are ordinary
fields for other programs that look at the index (OpenSearch Dashboards): the text fields with an English analyzer,
keywords under their names, and ``published``, a date.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from searchkit.engines.base import PERIODS, find_day
from searchkit.engines.opensearch.access import Access
from searchkit.fields import KEYWORD_FIELDS, TEXT_FIELDS
from searchkit.search.analysis import PASSAGE_GAP, Analysed
from searchkit.search.folding import fold_value
from searchkit.search.ranking import K1, B

SEPARATOR = "\n"  # between tokens; no token has white space
LONGEST_TOKEN = 8_192  # characters; a word has 64, each of which folding may turn into 18
LONGEST_VALUE = 8_000  # characters of a keyword; with 4 bytes each, within the 32,766 that Lucene takes
UNSEEN = ("terms", "written", "keys", "periods", "day", "story")  # indexed, but not kept with the document
Mapping = dict[str, Any]

# Lone surrogates, which damaged pages have, are no text to a server: each stands for itself in a private plane.
_HIDE = {code: chr(0x10F000 + code - 0xD800) for code in range(0xD800, 0xE000)}
_SHOW = {ord(shown): chr(code) for code, shown in _HIDE.items()}


def make_settings(access: Access, version: int) -> Mapping:
    """Settings of an index on a server of this (major) version: how it is spread, how tokens are split, and BM25."""
    return {
        "number_of_shards": access.shards,
        "number_of_replicas": access.replicas,
        "refresh_interval": "-1",  # documents are searchable when ``add`` returns, and it says so to the server
        "analysis": {
            "tokenizer": {"lines": {"type": "char_group", "tokenize_on_chars": [SEPARATOR],
                                    "max_token_length": LONGEST_TOKEN}},
            "analyzer": {"tokens": {"type": "custom", "tokenizer": "lines"}}},
        "similarity": {"bm25": _make_similarity(version)},
    }


def _make_similarity(version: int) -> Mapping:
    """BM25 as in ``search.ranking``. What a server before 3 calls so is k1 + 1 times as much, beside all other scores:
    there, and from then on in that index, it is a script.
    """
    if version >= 3:
        return {"type": "BM25", "k1": K1, "b": B}
    weight = "query.boost * Math.log(1 + (field.docCount - term.docFreq + 0.5) / (term.docFreq + 0.5))"
    length = f"{1 - B} + {B} * doc.length * field.docCount / field.sumTotalTermFreq"
    return {"type": "scripted", "weight_script": {"source": f"return {weight};"},
            "script": {"source": f"return weight * doc.freq / (doc.freq + {K1} * ({length}));"}}


def make_mappings() -> Mapping:
    """The strict mapping that the field table asks for."""
    keyword = {"type": "keyword"}
    tokens = {"type": "text", "analyzer": "tokens", "position_increment_gap": 1, "similarity": "bm25"}
    key = {"type": "keyword", "doc_values": False}
    readable = {"type": "text", "analyzer": "english"}
    texts, keywords = [f.name for f in TEXT_FIELDS], [f.name for f in KEYWORD_FIELDS]
    return {
        "dynamic": "strict",
        "_source": {"excludes": list(UNSEEN)},
        "properties": {
            "id": keyword,
            "document": {"type": "keyword", "index": False, "doc_values": False},
            "terms": {"properties": dict.fromkeys(texts, tokens)},
            "written": {"properties": dict.fromkeys(texts, keyword)},
            "keys": {"properties": dict.fromkeys(keywords, key)},
            "periods": {"properties": dict.fromkeys(PERIODS, keyword)},
            "day": {"type": "integer"},
            "story": keyword,
            "published": {"type": "date", "format": "yyyy-MM-dd||yyyy-MM||yyyy", "ignore_malformed": True},
            **dict.fromkeys(texts, readable),
            **dict.fromkeys(keywords, keyword),
        },
    }


def make_source(analysed: Analysed) -> str:
    """A document as the server gets it: one line of JSON."""
    document = analysed.document
    source: Mapping = {
        "id": encode(document.id),
        "story": encode_value(f"group {document.group}" if document.group else f"document {document.id}"),
        "document": encode(json.dumps(document.to_dict(), ensure_ascii=False)),
        "terms": {name: _join_passages(tokens.list_terms()) for name, tokens in analysed.tokens.items()},
        "written": {name: sorted({*tokens.written} - {PASSAGE_GAP}) for name, tokens in analysed.tokens.items()},
        "keys": {name: sorted({encode_key(value) for value in values})
                 for name, values in analysed.keywords.items()},
        **{field.name: list(map(encode, field.read(document))) for field in TEXT_FIELDS},
        **{name: list(map(encode_value, values)) for name, values in analysed.keywords.items()},
    }
    if document.date:
        value = document.date.value
        source |= {"periods": {period: value[:length] for period, length in PERIODS.items()},
                   "day": find_day(value), "published": value}
    return json.dumps(source, ensure_ascii=False)


def make_key(id_: str) -> str:
    """The server's ``_id``, which may have 512 bytes at most, of a document's id, which may have any."""
    return hashlib.blake2b(id_.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def digest_mappings() -> str:
    """What tells whether an index was made for these fields."""
    return hashlib.blake2b(json.dumps(make_mappings(), sort_keys=True).encode(), digest_size=8).hexdigest()


def encode(text: str) -> str:
    """Text without lone surrogates. ``decode`` is the inverse, but for characters of that private plane."""
    return text if text.isascii() else text.translate(_HIDE)


def decode(text: str) -> str:
    """The inverse of ``encode``."""
    return text if text.isascii() else text.translate(_SHOW)


def encode_value(value: str) -> str:
    """A keyword's value as the server keeps it: one too long is cut, and its digest tells it from others."""
    value = encode(value)
    if len(value) <= LONGEST_VALUE:
        return value
    digest = hashlib.blake2b(value.encode(), digest_size=8).hexdigest()
    return f"{value[:LONGEST_VALUE - 17]}…{digest}"


def encode_key(value: str) -> str:
    """A keyword's value as it is compared."""
    return encode_value(fold_value(value))


def _join_passages(terms: Sequence[str]) -> list[str]:
    """The tokens of each passage, one a line; the server leaves one place between two of them."""
    passages: list[list[str]] = [[]]
    for term in terms:
        if term == PASSAGE_GAP:
            passages.append([])
        else:
            passages[-1].append(term)
    return list(map(SEPARATOR.join, passages))
