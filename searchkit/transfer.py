"""An index taken to another engine, without the pages that it was made from.

Documents go over in batches, in the order in which the engine lists them; after each batch the last id is written
down, so that a copy that is interrupted goes on from there. Then the ledger goes along, so that the next run finds
every page unchanged. The copy becomes an index only when it has been read back and holds the same.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from searchkit import disk, engines
from searchkit.engines.base import Engine
from searchkit.errors import DocumentNotFound, IndexDamaged, IndexFault, SettingsError
from searchkit.ledger import copy_ledger
from searchkit.model import Document
from searchkit.place import lock, make_ready, write_manifest
from searchkit.search.analysis import analyse_document
from searchkit.settings import ALIASES

BATCH = 500  # documents in memory at once
NOTE = "copy.json"  # in a folder that is being copied to: from where, and how far
DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: all documents, how many of them in this run, where to, and the digest of their content."""

    documents: int
    copied: int
    engine: str
    place: str
    digest: str

    def to_dict(self) -> dict[str, Any]:
        """JSON as in ``searchkit copy --json``."""
        return asdict(self)

    def __str__(self) -> str:
        return (f"copied {self.copied:,} of {self.documents:,} documents to {self.engine}:{self.place}; "
                f"read back, both have the digest {self.digest}")


class Content(NamedTuple):
    """What an engine holds: how many documents, and a digest of all, whatever their order."""

    documents: int
    digest: str


def copy(source: Engine, folder: Path | None, to: str) -> Copied:
    """Copy what a source engine holds, and its ledger from the folder, to "ENGINE:PLACE".

    Raises SettingsError when that cannot be meant, IndexFault when the copy is not the same as the source.
    """
    name, place = read_target(to)
    origin = {"source": str(folder.absolute()) if folder else "", "engine": name}
    make_ready(place, NOTE)
    with lock(place):
        after = _read_note(place, origin)
        target = engines.open_engine(name, place)
        try:
            copied = 0
            for documents in _list_batches(source, after, place):
                target.add(map(analyse_document, documents))
                copied += len(documents)
                _write_note(place, {**origin, "after": documents[-1].id})
            if folder:
                copy_ledger(folder, place)
                if (folder / ALIASES).exists():
                    shutil.copyfile(folder / ALIASES, place / ALIASES)
            content = _verify(source, target, place)
        finally:
            target.close()
        write_manifest(place, name)
        (place / NOTE).unlink(missing_ok=True)
    return Copied(content.documents, copied, name, str(place), content.digest)


def read_target(to: str) -> tuple[str, Path]:
    """The engine and the folder of "ENGINE:PLACE". Raises SettingsError."""
    name, _, place = to.partition(":")
    if not place or name not in engines.KEPT:
        raise SettingsError(f"'{to}' is no place to copy to", "--to",
                            f"write ENGINE:PLACE with one of these engines: {', '.join(engines.KEPT)}")
    return name, Path(place)


def measure_content(engine: Engine) -> Content:
    """Count and digest of what an engine holds: the sum of the digests of its documents."""
    count = total = 0
    for documents in _list_documents(engine, None):
        count += len(documents)
        total += sum(map(_digest, documents))
    return Content(count, f"{total % (1 << 8 * DIGEST_BYTES):0{2 * DIGEST_BYTES}x}")


def _list_documents(engine: Engine, after: str | None) -> Iterator[list[Document]]:
    """All documents after an id, batch by batch."""
    while ids := engine.list_ids(after, BATCH):
        yield engine.get(ids)
        after = ids[-1]


def _list_batches(source: Engine, after: str | None, place: Path) -> Iterator[list[Document]]:
    try:
        yield from _list_documents(source, after)
    except DocumentNotFound:
        raise IndexFault("the index has changed since this copy was begun", str(place),
                         "remove this folder and copy anew") from None


def _verify(source: Engine, target: Engine, place: Path) -> Content:
    """What both hold. Raises IndexDamaged when it is not the same."""
    expected, found = measure_content(source), measure_content(target)
    if found != expected:
        raise IndexDamaged(f"the copy has {found.documents:,} documents ({found.digest}), the index "
                           f"{expected.documents:,} ({expected.digest})", str(place),
                           "remove this folder and copy anew")
    return found


def _digest(document: Document) -> int:
    text = json.dumps(document.to_dict(), sort_keys=True)
    return int.from_bytes(blake2b(text.encode(), digest_size=DIGEST_BYTES).digest())


def _read_note(place: Path, origin: dict[str, str]) -> str | None:
    """The id after which an interrupted copy goes on; None for a copy that begins."""
    if not (place / NOTE).exists():
        _write_note(place, {**origin, "after": None})
    try:
        note = json.loads((place / NOTE).read_text(encoding="utf-8"))
        after: str | None = note.pop("after")
    except (ValueError, KeyError, TypeError, AttributeError):
        note, after = None, None
    if note != origin:
        raise SettingsError("another copy was begun here", str(place), "give a new folder, or remove this one")
    return after


def _write_note(place: Path, note: dict[str, str | None]) -> None:
    with disk.tell_failure(place):
        disk.publish(place / NOTE, json.dumps(note).encode())
