"""The engine on Whoosh: what the protocol promises, in terms of writers and snapshots.

Neither Whoosh nor numpy is loaded before it is needed: Whoosh to write, numpy to write and to answer all but
simple questions.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

from searchkit import disk
from searchkit.engines.base import Matches, Request, miss
from searchkit.engines.whoosh import plain
from searchkit.engines.whoosh.damage import PAUSE, translate_damage, try_again
from searchkit.engines.whoosh.generation import SEGMENT_PATTERN, list_generations
from searchkit.engines.whoosh.layout import SEPARATOR, WRITTEN
from searchkit.engines.whoosh.opening import open_snapshot
from searchkit.engines.whoosh.segment import Segment
from searchkit.engines.whoosh.shard import Snapshot
from searchkit.errors import IndexDamaged, IndexFault, IndexNotFound
from searchkit.fields import BY_NAME, Kind
from searchkit.model import Document
from searchkit.search.analysis import Analysed
from searchkit.search.folding import fold_value
from searchkit.search.vocabulary import Choose, Vocabulary, make_vocabulary

if TYPE_CHECKING:
    from searchkit.engines.whoosh.writer import Writer

LOCK_FILE = "MAIN_WRITELOCK"
MOST_PLAIN = 300_000  # postings and documents that a process looks at before numpy, loading which takes as long (0.1 s)
MOST_ASKED = 20  # requests, for who asks more often will go on asking
MOST_WORDS = 60_000  # that are sifted in plain Python


class WhooshEngine:
    """Keeps documents in a Whoosh index in a folder."""

    def __init__(self, path: Path, create: bool = False) -> None:
        self._path = path
        self._asked = 0
        if not _has_index(path):
            if not create:
                raise IndexNotFound("there is no index", str(path), "make one: searchkit index <pages>")
            from searchkit.engines.whoosh import creation

            with disk.tell_failure(path):
                creation.create(path)
        self._snapshot = Snapshot(None, ())
        self._work = 0  # done in plain Python
        self._refresh()

    def add(self, documents: Iterable[Analysed]) -> None:
        """Store documents, replacing those with the same id; they are searchable when this returns."""
        with self._writing() as writer:
            for analysed in documents:
                writer.add(analysed)
            if writer.added_ids:
                self._forget(writer, writer.added_ids)
                self._commit(writer)

    def delete(self, ids: Iterable[str]) -> int:
        """Forget documents; how many there were. Unknown ids are passed over."""
        with self._writing() as writer:
            deleted = self._forget(writer, dict.fromkeys(ids))
            if deleted:
                self._commit(writer)
        return deleted

    def get(self, ids: Sequence[str]) -> list[Document]:
        """Documents in the order of their ids. Raises DocumentNotFound."""
        snapshot = self._refresh()
        found = []
        with translate_damage(self._path):
            for id_ in ids:
                place = snapshot.locate(id_)
                if place is None:
                    raise miss(id_)
                shard, number = place
                found.append(Document.from_dict(shard.segment.load_document(number)))
        return found

    def search(self, request: Request) -> Matches:
        """Answer a request."""
        snapshot = self._refresh()
        with translate_damage(self._path):
            return self._choose(snapshot, request)(snapshot, request)

    def find_words(self, field: str, choose: Choose) -> dict[str, int]:
        """Words of a text field, as written, or values of a keyword field, and in how many documents each stands."""
        snapshot = self._refresh()
        with translate_damage(self._path):
            segments = [shard.segment for shard in snapshot.shards]
            if BY_NAME[field].kind is Kind.KEYWORD:
                chosen = {value for segment in segments
                          for value in choose(make_vocabulary(segment.keywords(field).list_values()))}
                terms = {value: (field, fold_value(value) + SEPARATOR + value) for value in chosen}
            else:
                chosen = {word for segment in segments for word in choose(self._read_vocabulary(segment, field))}
                terms = {word: (field + WRITTEN, word) for word in chosen}
            counts = {word: snapshot.find_frequency(*terms[word]) for word in sorted(terms)}
        return {word: count for word, count in counts.items() if count}

    def count(self) -> int:
        """How many documents there are."""
        return self._refresh().count

    def list_ids(self, after: str | None, limit: int) -> list[str]:
        """Ids in the order of their numbers, those after one. Raises DocumentNotFound."""
        snapshot = self._refresh()
        with translate_damage(self._path):
            place = None if after is None else snapshot.locate(after)
            if after is not None and place is None:
                raise miss(after)
            return list(islice(snapshot.list_ids(place), limit))

    def clear(self) -> None:
        """Forget all documents."""
        with self._writing() as writer:
            writer.clear()
            self._commit(writer)

    def close(self) -> None:
        """Let go of all files."""
        self._snapshot = Snapshot(None, ())

    @property
    def notice(self) -> str:
        """Why the documents are not those of the newest commit; empty when they are."""
        return self._snapshot.notice

    @staticmethod
    def _read_vocabulary(segment: Segment, field: str) -> Vocabulary:
        """The words of a segment, with quicker ways to find those near one where that pays."""
        vocabulary = segment.vocabulary(field)
        if "numpy" not in sys.modules and len(vocabulary.words) <= MOST_WORDS:
            return vocabulary
        from searchkit.engines.whoosh.editarrays import count_all_edits
        from searchkit.engines.whoosh.wordlists import sift

        return vocabulary._replace(sift=sift, measure=count_all_edits)

    def _choose(self, snapshot: Snapshot, request: Request) -> Callable[[Snapshot, Request], Matches]:
        """What answers a request sooner, and those that come after it."""
        if "numpy" not in sys.modules:
            self._asked += 1
            self._work += plain.estimate_work(snapshot, request)
            if self._asked <= MOST_ASKED and self._work <= MOST_PLAIN:
                return plain.answer
        from searchkit.engines.whoosh import vectors

        return vectors.answer

    def _refresh(self) -> Snapshot:
        """The index as it is now: what other processes have committed is seen by the next search."""
        with translate_damage(self._path):
            self._snapshot = try_again(lambda: open_snapshot(self._path, self._snapshot))
        return self._snapshot

    def _forget(self, writer: Writer, ids: Iterable[str]) -> int:
        """Delete documents that were there before the writer began; how many there were."""
        places = self._refresh().locate_all(list(ids))
        for shard, number in places:
            writer.delete(shard.segment.name, number)
        return len(places)

    def _commit(self, writer: Writer) -> None:
        with translate_damage(self._path):
            writer.commit()
        self._refresh()

    @contextmanager
    def _writing(self) -> Iterator[Writer]:
        """A writer; unless it commits, the index stays as it was."""
        from searchkit.engines.whoosh.writer import Writer

        if notice := self._refresh().notice:
            raise IndexDamaged(notice, str(self._path), "until then nothing is written, so that nothing is lost")
        try:
            with translate_damage(self._path):
                writer = Writer(self._path)
        except OSError as error:
            raise _explain(error, self._path) from error
        try:
            yield writer
        except OSError as error:
            raise _explain(error, self._path, writer) from error
        finally:
            writer.abandon()


def _has_index(path: Path) -> bool:
    """Whether there is an index, in whatever state; where one was written, it may just be made."""
    if _has_files(path):
        return True
    if (path / LOCK_FILE).exists():
        sleep(PAUSE)
    return _has_files(path)


def _has_files(path: Path) -> bool:
    """Whether there is a commit. Raises IndexDamaged where there are only segments: those of commits that are gone."""
    if not path.is_dir():
        return False
    if list_generations(path):
        return True
    if any(re.fullmatch(SEGMENT_PATTERN, file.name) for file in path.iterdir()) and not list_generations(path):
        raise IndexDamaged("the commits of the index are missing", str(path), "rebuild it, or restore a backup")
    return False


def _explain(error: OSError, path: Path, writer: Writer | None = None) -> IndexFault:
    what = f"the index cannot be written: {error.strerror}"
    if writer and writer.is_committed:
        return IndexFault(what, str(path), "what was given last can be seen, but might not survive a power cut")
    return IndexFault(what, str(path), "what was in it is unchanged")
