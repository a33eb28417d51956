"""Which lines stand on which pages of a site, so that those that several pages share can be found.

Numbers stand for sites, lines and documents (64-bit, signed), for there are a hundred lines to a page. Which
lines are new is kept until it has been acted on, so that an interrupted run loses nothing.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from searchkit.pipeline.siblings import Lines

TABLES = """
CREATE TABLE IF NOT EXISTS lines (
    site INTEGER, line INTEGER, page INTEGER, kept INTEGER, PRIMARY KEY (site, line, page)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lines_by_page ON lines (page);
CREATE TABLE IF NOT EXISTS new_lines (site INTEGER, line INTEGER, PRIMARY KEY (site, line)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS line_pages (page INTEGER PRIMARY KEY, document TEXT NOT NULL);
"""
# From the new lines, if there are any, to the pages that keep one of them, and to all lines these keep. The joins
# are CROSS so that SQLite goes this way: any other would read the lines of the whole index in every run.
_FIND_REPEATED = """
WITH touched AS (
    SELECT DISTINCT lines.page FROM new_lines CROSS JOIN lines USING (site, line)
    WHERE lines.kept AND EXISTS (SELECT 1 FROM lines other WHERE other.site = lines.site
                                 AND other.line = lines.line AND other.page <> lines.page))
SELECT line_pages.document, mine.line
FROM touched CROSS JOIN lines mine USING (page) CROSS JOIN line_pages USING (page)
WHERE mine.kept AND EXISTS (SELECT 1 FROM lines other WHERE other.site = mine.site
                            AND other.line = mine.line AND other.page <> mine.page)
ORDER BY mine.page"""


class LineLedger:
    """The lines of an index, in the database of its ledger."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.executescript(TABLES)

    def record(self, site: str, document: str, lines: Iterable[tuple[int, bool]]) -> None:
        """Remember a page's lines, each with whether it is kept, instead of those it had before."""
        place, page = number(site), number(document)
        self.forget([document])
        rows = [(place, line, page, kept) for line, kept in lines]
        self._database.execute("INSERT OR REPLACE INTO line_pages VALUES (?, ?)", (page, document))
        self._database.executemany("INSERT OR REPLACE INTO lines VALUES (?, ?, ?, ?)", rows)
        self._database.executemany("INSERT OR IGNORE INTO new_lines VALUES (?, ?)", [row[:2] for row in rows])

    def forget(self, documents: Iterable[str]) -> None:
        """Drop the lines of documents that are gone."""
        pages = [(number(document),) for document in documents]
        self._database.executemany("DELETE FROM lines WHERE page = ?", pages)
        self._database.executemany("DELETE FROM line_pages WHERE page = ?", pages)

    def find_repeated(self) -> Iterator[tuple[str, frozenset[int]]]:
        """Documents that keep a line which is new on a page and stands on another, with all such lines of theirs."""
        rows = self._database.execute(_FIND_REPEATED)
        for document, group in groupby(rows, key=itemgetter(0)):
            yield document, frozenset(line for _, line in group)

    def settle(self) -> None:
        """Drop the notes about new lines, which have been acted on."""
        with self._database:
            self._database.execute("DELETE FROM new_lines")

    def clear(self) -> None:
        """Forget everything."""
        self._database.executescript("DELETE FROM lines; DELETE FROM new_lines; DELETE FROM line_pages")


def list_lines(lines: Lines) -> list[tuple[int, bool]]:
    """A document's lines, each with whether it is kept."""
    return [*((line, True) for line in lines.kept), *((line, False) for line in lines.stripped)]


def number(name: str) -> int:
    """The number that stands for a site or document."""
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big",
                          signed=True)
