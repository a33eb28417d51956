"""Which documents are copies of each other: texts by their signatures, the pairs that are alike, groups of documents.

Two texts are a pair when they are neighbours under a key, and their signatures say that they are copies. A group is a
connected component of pairs; its name comes from the smallest of its ids. So groups depend on the documents alone, not
on the order, the runs or the processes in which they came. Texts whose pairs may have changed are noted until the
engine has been told, so that an interrupted run loses nothing.
"""

from __future__ import annotations

import sqlite3
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from weakref import finalize

from searchkit.signatures import Signature, are_copies

TABLES = """
CREATE TABLE IF NOT EXISTS texts (text INTEGER PRIMARY KEY, size INTEGER NOT NULL, sketch BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS text_keys (key INTEGER, text INTEGER, PRIMARY KEY (key, text)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS text_pairs (text INTEGER, other INTEGER, PRIMARY KEY (text, other)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS text_documents (
    document TEXT PRIMARY KEY, text INTEGER NOT NULL, label TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS text_documents_by_text ON text_documents (text);
CREATE TABLE IF NOT EXISTS unsettled_texts (text INTEGER PRIMARY KEY);
"""
# Of the texts with a key, in the order of their digests, each is compared with so many before and after it. Most keys
# have fewer. The variants of a story printed everywhere are all alike, so neighbours link them; what shares nothing
# but a phrase that thousands use costs no more than this.
NEIGHBOURS = 20


class GroupLedger:
    """The texts of an index, in the database of its ledger; what commits that commits these."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.executescript(TABLES)

    def record(self, signatures: Mapping[str, Signature | None]) -> None:
        """Remember the texts of documents that the engine has just been given, none of them in a group yet."""
        self.forget(signatures)
        for document, signature in signatures.items():
            if signature:
                self._add_text(signature)
                self._database.execute("INSERT INTO text_documents VALUES (?, ?, NULL)", (document, signature.digest))

    def forget(self, documents: Iterable[str]) -> None:
        """Drop documents that are gone, and texts that no other document has."""
        for document in documents:
            for (text,) in self._list("SELECT text FROM text_documents WHERE document = ?", document):
                self._database.execute("DELETE FROM text_documents WHERE document = ?", (document,))
                self._note([text])
                if not self._list("SELECT 1 FROM text_documents WHERE text = ? LIMIT 1", text):
                    self._drop_text(text)

    def find_changes(self) -> Iterator[tuple[str, str | None]]:
        """Documents whose group is another one than the engine knows, each with its group (None: no copies)."""
        for text in self._walk_unsettled():
            self._pair(text)
        seen: set[int] = set()
        for text in self._walk_unsettled():
            if text not in seen:
                alike = self._reach(text)
                if len(alike) > 1:
                    seen |= alike
                yield from self._compare_labels(alike)

    def label(self, groups: Mapping[str, str | None]) -> None:
        """Note what the engine has been told: the group of each of these documents."""
        self._database.executemany("UPDATE text_documents SET label = ? WHERE document = ?",
                                   [(group, document) for document, group in groups.items()])

    def settle(self) -> None:
        """Drop the notes about texts whose pairs may have changed, which have been acted on."""
        self._database.execute("DELETE FROM unsettled_texts")

    def clear(self) -> None:
        """Forget everything."""
        self._database.executescript("DELETE FROM texts; DELETE FROM text_keys; DELETE FROM text_pairs; "
                                     "DELETE FROM text_documents; DELETE FROM unsettled_texts")

    def _add_text(self, signature: Signature) -> None:
        text = signature.digest
        self._note([text])
        if self._find_text(text):
            return
        self._database.execute("INSERT INTO texts VALUES (?, ?, ?)", (text, signature.size, _pack(signature.sketch)))
        self._database.executemany("INSERT INTO text_keys VALUES (?, ?)", [(key, text) for key in signature.keys])
        self._note_parted(signature)

    def _drop_text(self, text: int) -> None:
        signature = self._find_text(text)
        assert signature is not None
        self._note(other for (other,) in self._list("SELECT other FROM text_pairs WHERE text = ?", text))
        self._note_parted(signature)
        self._database.execute("DELETE FROM text_pairs WHERE other = ? AND text IN "
                               "(SELECT other FROM text_pairs WHERE text = ?)", (text, text))
        self._database.execute("DELETE FROM text_pairs WHERE text = ?", (text,))
        self._database.executemany("DELETE FROM text_keys WHERE key = ? AND text = ?",
                                   [(key, text) for key in signature.keys])
        self._database.execute("DELETE FROM texts WHERE text = ?", (text,))

    def _note_parted(self, signature: Signature) -> None:
        """Note the texts that are neighbours only with or only without this one."""
        for neighbours in self._find_neighbours(signature):
            if len(neighbours) > NEIGHBOURS:
                self._note(neighbours)

    def _pair(self, text: int) -> None:
        """Find the pairs of a text anew; where it loses one, the other text must be looked at, too."""
        signature = self._find_text(text)
        if signature is None:
            return
        candidates = {other for neighbours in self._find_neighbours(signature) for other in neighbours}
        found = {other for other in candidates if (seen := self._find_text(other)) and are_copies(signature, seen)}
        known = {other for (other,) in self._list("SELECT other FROM text_pairs WHERE text = ?", text)}
        self._note(known - found)
        both = [pair for other in known - found for pair in ((text, other), (other, text))]
        self._database.executemany("DELETE FROM text_pairs WHERE text = ? AND other = ?", both)
        both = [pair for other in found - known for pair in ((text, other), (other, text))]
        self._database.executemany("INSERT OR IGNORE INTO text_pairs VALUES (?, ?)", both)

    def _reach(self, text: int) -> set[int]:
        """The texts of a group: this one, and all that pairs lead to."""
        seen, todo = {text}, [text]
        while todo:
            for (other,) in self._list("SELECT other FROM text_pairs WHERE text = ?", todo.pop()):
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return seen

    def _compare_labels(self, texts: Iterable[int]) -> Iterator[tuple[str, str | None]]:
        members = [row for text in texts
                   for row in self._list("SELECT document, label FROM text_documents WHERE text = ?", text)]
        group = name_group(min(document for document, _ in members)) if len(members) > 1 else None
        yield from ((document, group) for document, label in members if label != group)

    def _walk_unsettled(self) -> Iterator[int]:
        """The texts whose pairs may have changed, in order; some may be added meanwhile."""
        last = -1 << 63
        while rows := self._list("SELECT text FROM unsettled_texts WHERE text > ? ORDER BY text LIMIT 1000", last):
            yield from (text for (text,) in rows)
            last = rows[-1][0]

    def _find_text(self, text: int) -> Signature | None:
        rows = self._list("SELECT size, sketch FROM texts WHERE text = ?", text)
        return Signature(text, rows[0][0], unpack(rows[0][1])) if rows else None

    def _find_neighbours(self, signature: Signature) -> Iterator[list[int]]:
        """For each key of a text that others have, too, the nearest of them before and after it."""
        keys = signature.keys
        most = NEIGHBOURS * len(keys)
        rows = self._list(f"SELECT key, text FROM text_keys WHERE key IN ({', '.join('?' * len(keys))}) LIMIT ?",
                          *keys, most)
        if len(rows) == most:  # some are not among them: each key is asked for by itself
            yield from (self._find_nearest(key, signature.digest) for key in keys)
            return
        others: dict[int, list[int]] = {}
        for key, text in rows:
            if text != signature.digest:
                others.setdefault(key, []).append(text)
        for key, texts in others.items():
            yield texts if len(texts) <= NEIGHBOURS else self._find_nearest(key, signature.digest)

    def _find_nearest(self, key: int, text: int) -> list[int]:
        """The nearest texts with a key before and after a text."""
        before = self._list("SELECT text FROM text_keys WHERE key = ? AND text < ? ORDER BY text DESC LIMIT ?",
                            key, text, NEIGHBOURS)
        after = self._list("SELECT text FROM text_keys WHERE key = ? AND text > ? ORDER BY text LIMIT ?",
                           key, text, NEIGHBOURS)
        return [other for (other,) in (*before, *after)]

    def _note(self, texts: Iterable[int]) -> None:
        self._database.executemany("INSERT OR IGNORE INTO unsettled_texts VALUES (?)", [(text,) for text in texts])

    def _list(self, query: str, *values: int | str) -> list[tuple]:  # type: ignore[type-arg]
        return self._database.execute(query, values).fetchall()


def open_groups() -> GroupLedger:
    """A ledger of copies for an index that keeps nothing on disk; it lives as long as it is held."""
    database = sqlite3.connect("", check_same_thread=False)
    ledger = GroupLedger(database)
    finalize(ledger, database.close)
    return ledger


def name_group(document: str) -> str:
    """The name of the group whose smallest id this is: 16 hexadecimal digits, which need no quotes in a query."""
    return blake2b(document.encode("utf-8", "surrogatepass"), digest_size=8, person=b"group").hexdigest()


def _pack(sketch: Sequence[int]) -> bytes:
    return _order(array("I", sketch)).tobytes()


def unpack(content: bytes) -> tuple[int, ...]:
    """The sketch of a text, as it stands in the database."""
    numbers = array("I")
    numbers.frombytes(content)
    return tuple(_order(numbers))


def _order(numbers: array[int]) -> array[int]:
    """Numbers in the byte order of the ledger, little-endian."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
