"""One of the indexes of a federation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from searchkit.engines.base import Engine, Matches, Request
from searchkit.errors import DocumentNotFound, EngineError, IndexFault, SettingsError
from searchkit.model import Document
from searchkit.search.vocabulary import Choose
from searchkit.settings import LEDGER

BATCH = 500  # documents in memory at once
IDS = 10_000  # asked for at once


@dataclass(frozen=True, slots=True)
class Member:
    """An index: its name, which is its folder as it was given, its engine, and the folder, where it has one.

    Its faults are told with its name.
    """

    name: str
    engine: Engine
    folder: Path | None = None

    def search(self, request: Request) -> Matches:
        """What its engine answers."""
        with name_index(self.name):
            return self.engine.search(request)

    def find_words(self, field: str, choose: Choose) -> dict[str, int]:
        """The words that are chosen, and how many documents have each."""
        with name_index(self.name):
            return self.engine.find_words(field, choose)

    def count(self) -> int:
        """How many documents it has."""
        with name_index(self.name):
            return self.engine.count()

    def read(self, ids: Sequence[str]) -> Iterator[Document]:
        """Documents in the order of their ids, a few in memory at once. Raises DocumentNotFound."""
        for start in range(0, len(ids), BATCH):
            with name_index(self.name):
                documents = self.engine.get(ids[start:start + BATCH])
            yield from documents

    def read_known(self, ids: Sequence[str]) -> list[Document]:
        """Those documents that it has."""
        try:
            return list(self.read(ids))
        except DocumentNotFound:
            return [document for id_ in ids for document in self.read_known([id_])] if len(ids) > 1 else []

    def list_ids(self, after: str | None = None) -> Iterator[str]:
        """The ids of all documents, or of those after one, in the engine's order."""
        while True:
            with name_index(self.name):
                ids = self.engine.list_ids(after, IDS)
            yield from ids
            if len(ids) < IDS:
                return
            after = ids[-1]

    def read_state(self) -> tuple[int, ...]:
        """What is another one once the index has been written to: its ledger is written last."""
        try:
            status = (self.folder / LEDGER).stat() if self.folder else None
        except FileNotFoundError:  # a folder that only names an index on a server
            status = None
        return (self.count(), *((status.st_mtime_ns, status.st_size) if status else ()))


def choose_names(names: Sequence[str | Path]) -> list[str]:
    """The indexes that are meant, each once, however often it is named. Raises SettingsError where there is none."""
    places: dict[Path, str] = {}
    for name in names:
        places.setdefault(Path(name).absolute().resolve(), str(name))
    if not places:
        raise SettingsError("no index is given", "--index", "give the folder of an index, or of several")
    return list(places.values())


@contextmanager
def name_index(name: str) -> Iterator[None]:
    """A fault that is raised inside is told with the name of the index."""
    try:
        yield
    except (IndexFault, EngineError) as fault:
        where = Path(fault.where)
        if fault.where and Path(name) in (where, *where.parents):
            raise
        raise type(fault)(fault.what, f"{name}, {fault.where}" if fault.where else name, fault.hint) from fault
