"""Twins: copies of a text that stand in two indexes, found in the ledgers of both without reading a document.

The rules are those of ``groups``: texts with one digest, and texts that are neighbours under a key and alike by their
signatures.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path

from searchkit.errors import IndexDamaged
from searchkit.groups import NEIGHBOURS, unpack
from searchkit.place import REBUILD
from searchkit.settings import LEDGER
from searchkit.signatures import Signature, are_copies

SIDES = ("main", "other")  # the two ledgers, as one connection calls them
KEPT = 10_000  # signatures in memory, about 5 kB each
_SAME = """
SELECT mine.document, theirs.document
FROM (SELECT text, min(document) AS document FROM main.text_documents GROUP BY text) AS mine
JOIN (SELECT text, min(document) AS document FROM other.text_documents GROUP BY text) AS theirs USING (text)
"""


def has_ledger(folder: Path | None) -> bool:
    """Whether an index has a ledger: one on a server may be searched without it."""
    return folder is not None and (folder / LEDGER).exists()


def read_labels(folder: Path) -> dict[str, str]:
    """The group of each document that has copies in its own index."""
    with _opened(folder) as database:
        return dict(database.execute("SELECT document, label FROM text_documents WHERE label IS NOT NULL"))


def find_twins(folder: Path, other: Path) -> list[tuple[str, str]]:
    """Pairs of documents, the first of each in one index and the second in the other, whose texts are copies.

    One pair stands for all documents with the same two texts. Raises IndexDamaged.
    """
    with _opened(folder, other) as database:
        pairs = list(database.execute(_SAME))
        for one, two in sorted(_find_alike(database)):
            pairs.append((_name_document(database, SIDES[0], one), _name_document(database, SIDES[1], two)))
        return pairs


def _find_alike(database: sqlite3.Connection) -> Iterator[tuple[int, int]]:
    """Different texts of the two ledgers that are copies."""

    @lru_cache(KEPT)
    def find(side: str, text: int) -> Signature:
        (row,) = database.execute(f"SELECT size, sketch FROM {side}.texts WHERE text = ?", (text,))
        return Signature(text, row[0], unpack(row[1]))

    for one, two in set(_list_candidates(database)):
        if are_copies(find(SIDES[0], one), find(SIDES[1], two)):
            yield one, two


def _list_candidates(database: sqlite3.Connection) -> Iterator[tuple[int, int]]:
    """Different texts that are neighbours under a key."""
    keys = database.execute("SELECT key FROM main.text_keys INTERSECT SELECT key FROM other.text_keys").fetchall()
    for (key,) in keys:
        mine, theirs = ([text for (text,) in database.execute(
            f"SELECT text FROM {side}.text_keys WHERE key = ? ORDER BY text", (key,))] for side in SIDES)
        for text in mine:
            yield from ((text, near) for near in _choose_neighbours(theirs, text) if near != text)


def _choose_neighbours(texts: Sequence[int], text: int) -> Sequence[int]:
    """Those of the texts, which are in order, that are nearest to one."""
    place = bisect_left(texts, text)
    return texts[max(0, place - NEIGHBOURS):place + NEIGHBOURS]


def _name_document(database: sqlite3.Connection, side: str, text: int) -> str:
    """The first of the documents with a text."""
    (row,) = database.execute(f"SELECT min(document) FROM {side}.text_documents WHERE text = ?", (text,))
    name: str = row[0]
    return name


@contextmanager
def _opened(*folders: Path) -> Iterator[sqlite3.Connection]:
    """The ledgers of one or two folders, to be read. Raises IndexDamaged."""
    files = [f"{(folder / LEDGER).absolute().as_uri()}?mode=ro" for folder in folders]
    try:
        with closing(sqlite3.connect(files[0], uri=True)) as database:
            for file in files[1:]:
                database.execute(f"ATTACH ? AS {SIDES[1]}", (file,))
            yield database
    except (sqlite3.DatabaseError, UnicodeDecodeError) as problem:  # the latter where SQLite quotes what is no text
        places = " or ".join(str(folder / LEDGER) for folder in folders)
        raise IndexDamaged(f"a ledger cannot be read: {problem}", places, REBUILD) from None
