"""SQLite's full-text search with its Porter stemmer; facets are counted in SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contenders import TOP, VALUES, Answer

if TYPE_CHECKING:
    from queries import Case

SCHEMA = """
CREATE VIRTUAL TABLE texts USING fts5(title, body, tokenize='porter unicode61');
CREATE TABLE facts (place INTEGER PRIMARY KEY, id TEXT, day TEXT, month TEXT, publisher TEXT);
CREATE TABLE entities (place INTEGER, name TEXT, PRIMARY KEY (place, name)) WITHOUT ROWID;
"""
CACHE = "PRAGMA cache_size = -65536"  # 64 MB of pages; its own choice is 2 MB
FOUND = "CREATE TEMP TABLE IF NOT EXISTS found (place INTEGER PRIMARY KEY)"
FIND = "INSERT INTO found SELECT rowid FROM texts WHERE texts MATCH ?"
FIND_DATED = ("INSERT INTO found SELECT facts.place FROM texts CROSS JOIN facts ON facts.place = texts.rowid"
              " WHERE texts MATCH ? AND day BETWEEN ? AND ?")
RANK = ("SELECT rowid, snippet(texts, 1, '<b>', '</b>', '…', 30) FROM texts"
        f" WHERE texts MATCH ? ORDER BY rank LIMIT {TOP}")
RANK_DATED = ("SELECT texts.rowid, snippet(texts, 1, '<b>', '</b>', '…', 30) FROM texts"
              " CROSS JOIN facts ON facts.place = texts.rowid"
              f" WHERE texts MATCH ? AND day BETWEEN ? AND ? ORDER BY rank LIMIT {TOP}")
# CROSS JOIN keeps the order of the tables: of what was found, each fact is looked up.
COUNTS = (
    f"SELECT publisher, count(*) n FROM found CROSS JOIN facts USING (place) GROUP BY 1 ORDER BY n DESC LIMIT {VALUES}",
    "SELECT month, count(*) FROM found CROSS JOIN facts USING (place) GROUP BY 1",
    f"SELECT name, count(*) n FROM found CROSS JOIN entities USING (place) GROUP BY 1 ORDER BY n DESC LIMIT {VALUES}",
)


def build(rows: Iterable[dict[str, Any]], folder: Path) -> None:
    """Index the rows, the texts stored, in one transaction."""
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / "pages.sqlite") as database:
        database.executescript(SCHEMA)
        for place, row in enumerate(rows, 1):
            database.execute("INSERT INTO texts (rowid, title, body) VALUES (?, ?, ?)",
                             (place, row["title"], row["body"]))
            database.execute("INSERT INTO facts VALUES (?, ?, ?, ?, ?)",
                             (place, row["id"], row["date"][:10], row["date"][:7], row["publisher"]))
            database.executemany("INSERT OR IGNORE INTO entities VALUES (?, ?)",
                                 [(place, name) for name in row["entities"]])
    database.close()


def open_reader(folder: Path) -> Callable[[Case], Answer | None]:
    """Answers: the places of all matches, their facts counted, the ten best with snippets."""
    database = _connect(folder)

    def prepare(case: Case) -> Answer | None:
        if case.fuzzy:
            return None
        asked: tuple[str, ...] = (_make_match(case),)
        if case.days:
            asked += (case.days[0].isoformat(), case.days[1].isoformat())
        find, rank = (FIND_DATED, RANK_DATED) if case.days else (FIND, RANK)

        def run() -> int:
            database.execute("DELETE FROM found")
            total = database.execute(find, asked).rowcount
            database.execute(rank, asked).fetchall()
            for count in COUNTS:
                database.execute(count).fetchall()
            return total

        return run

    return prepare


@cache
def _connect(folder: Path) -> sqlite3.Connection:
    """The connection for reading, which lasts as long as the process."""
    database = sqlite3.connect(folder / "pages.sqlite", isolation_level=None)
    database.execute(CACHE)
    database.execute(FOUND)
    return database


def _make_match(case: Case) -> str:
    """A case in the language of FTS5."""
    parts = [f'"{word}"' for word in case.must]
    if case.any_of:
        parts.append("({})".format(" OR ".join(f'"{word}"' for word in case.any_of)))
    if case.phrase:
        parts.append('"{}"'.format(" ".join(case.phrase)))
    if case.prefix:
        parts.append(f"{case.prefix}*")
    return " AND ".join(parts)
