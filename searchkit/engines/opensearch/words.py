"""The words of the index: which ones a pattern stands for, and the vocabulary of a field, exactly.

Words are counted by documents that are there, never by what the server's dictionaries still hold. For a pattern the
server is asked for the words that its beginning and form allow; where these are more than fit one answer, and for a
vocabulary, all words are read in pages.
"""

from __future__ import annotations

import re

from searchkit.engines.opensearch.compilation import EVERYTHING, Clause
from searchkit.engines.opensearch.connection import Connection
from searchkit.engines.opensearch.counting import PAGE, Counting
from searchkit.engines.opensearch.mapping import decode
from searchkit.fields import BY_NAME, Kind
from searchkit.search.expansion import Expansion, choose_words, compile_pattern, find_beginning
from searchkit.search.query import Fuzzy, Pattern, Wildcard
from searchkit.search.vocabulary import Choose, make_vocabulary

LONGEST = 100  # characters of a beginning or an ending that the server is told
_SIGNS = re.compile(r'[.?+*|{}\[\]()"\\#@&<>~^$-]')  # that mean something in Lucene's regular expressions


class Words:
    """Reads the words of fields. One object answers one request: what it expanded it remembers."""

    def __init__(self, connection: Connection, index: str) -> None:
        self._connection, self._index = connection, index
        self._counting = Counting(connection, index)
        self.expansions: dict[Pattern, Expansion] = {}

    def expand(self, pattern: Pattern) -> tuple[str, ...]:
        """The words that a pattern stands for."""
        if pattern not in self.expansions:
            fits = compile_pattern(pattern)
            counts = {word: count for word, count in self._read_like(pattern).items() if fits(word)}
            self.expansions[pattern] = choose_words(counts, counts.__getitem__)
        return self.expansions[pattern].words

    def find(self, field: str, choose: Choose) -> dict[str, int]:
        """The words of a text field or values of a keyword field that are chosen, page by page, with the number of
        documents that have each.
        """
        found: dict[str, int] = {}
        is_text = BY_NAME[field].kind is Kind.TEXT
        for page in self._counting.read_pages(f"written.{field}" if is_text else field, EVERYTHING):
            counts = page if is_text else {decode(value): count for value, count in page.items()}
            found.update((word, counts[word]) for word in choose(make_vocabulary(counts)))
        return found

    def _read_like(self, pattern: Pattern) -> dict[str, int]:
        """Words that a pattern may fit, with the number of documents that have each."""
        field, beginning = f"written.{pattern.field}", find_beginning(pattern)
        expression = _write_expression(pattern)
        clause: Clause = {"regexp": {field: {"value": expression, "flags": "NONE"}}}
        terms = {"field": field, "size": PAGE, "shard_size": PAGE, "include": expression}
        body = {"size": 0, "query": clause, "track_total_hits": False, "aggs": {"words": {"terms": terms}}}
        found = self._connection.search(body, self._index)["aggregations"]["words"]
        if not found["sum_other_doc_count"] and not found["doc_count_error_upper_bound"]:
            return {bucket["key"]: bucket["doc_count"] for bucket in found["buckets"]}
        counts: dict[str, int] = {}
        for page in self._counting.read_pages(field, EVERYTHING, beginning):
            counts.update((word, count) for word, count in page.items() if word.startswith(beginning))
            if not next(reversed(page)).startswith(beginning):
                break
        return counts


def _write_expression(pattern: Pattern) -> str:
    """A short regular expression of Lucene that fits every word of a pattern, and others: one that says all might be
    more than the server compiles.
    """
    beginning = _escape(find_beginning(pattern)[:LONGEST])
    if isinstance(pattern, Wildcard):
        ending = _escape(re.split(r"[?*]", pattern.pattern)[-1][-LONGEST:])
        return f"{beginning}.*{ending}" if re.search(r"[?*]", pattern.pattern) else beginning
    if isinstance(pattern, Fuzzy) and len(pattern.word) <= LONGEST:
        rest = len(pattern.word) - 1
        return f"{beginning}.{{{max(0, rest - pattern.distance)},{rest + pattern.distance}}}"
    return f"{beginning}.*"


def _escape(text: str) -> str:
    return _SIGNS.sub(r"\\\g<0>", text)
