"""The engine on Whoosh: what the protocol promises, in terms of writers and snapshots."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from time import sleep

from whoosh.codec.whoosh3 import W3Segment
from whoosh.index import FileIndex, LockError
from whoosh.writing import CLEAR

from searchkit.engines.base import Matches, Request, miss
from searchkit.engines.whoosh.collapsing import Groups
from searchkit.engines.whoosh.counting import Matched, choose_page, count_facet
from searchkit.engines.whoosh.damage import PAUSE, translate_damage, try_again
from searchkit.engines.whoosh.evaluation import Evaluation, Rarity
from searchkit.engines.whoosh.patterns import Patterns
from searchkit.engines.whoosh.schema import SEPARATOR, WRITTEN, encode_term, make_row, make_schema
from searchkit.engines.whoosh.shard import Snapshot, find_state, open_snapshot
from searchkit.engines.whoosh.storage import Storage
from searchkit.engines.whoosh.writer import Writer, merge_segments
from searchkit.errors import IndexFault, IndexLocked, IndexNotFound, IndexOutdated
from searchkit.fields import BY_NAME, Kind
from searchkit.model import Document
from searchkit.search.analysis import Analysed
from searchkit.search.expansion import find_cuts
from searchkit.search.folding import fold_value
from searchkit.search.query import Query, find_patterns
from searchkit.search.vocabulary import Choose, make_vocabulary

TOC_FILES, LOCK_FILE = "_MAIN_*.toc", "MAIN_WRITELOCK"


class WhooshEngine:
    """Keeps documents in a Whoosh index in a folder."""

    def __init__(self, path: Path, create: bool = False) -> None:
        self._path = path
        exists = _has_index(path)
        if not exists and not create:
            raise IndexNotFound("there is no index", str(path), "make one: searchkit index <pages>")
        schema = make_schema()
        with translate_damage(path):
            if not exists:
                path.mkdir(parents=True, exist_ok=True)
                FileIndex.create(Storage(path), schema)
            self._index = try_again(lambda: FileIndex(Storage(path)))
            if set(try_again(lambda: self._index.schema).names()) != set(schema.names()):
                raise IndexOutdated("the index has other fields than this version", str(path), "rebuild it")
        self._snapshot = Snapshot(None, ())
        self._refresh()

    def add(self, documents: Iterable[Analysed]) -> None:
        """Store documents, replacing those with the same id; they are searchable when this returns."""
        with self._writing() as writer:
            for analysed in documents:
                writer.add_row(make_row(analysed))
            if writer.added_ids:
                self._forget(writer, writer.added_ids)
                self._commit(writer, merge_segments)

    def delete(self, ids: Iterable[str]) -> int:
        """Forget documents; how many there were. Unknown ids are passed over."""
        with self._writing() as writer:
            deleted = self._forget(writer, dict.fromkeys(ids))
            if deleted:
                self._commit(writer, merge_segments)
        return deleted

    def get(self, ids: Sequence[str]) -> list[Document]:
        """Documents in the order of their ids. Raises DocumentNotFound."""
        snapshot = self._refresh()
        texts = []
        for id_ in ids:
            place = snapshot.locate(id_)
            if place is None:
                raise miss(id_)
            shard, number = place
            texts.append(shard.files.load_document(number))
        return [Document.from_dict(json.loads(text)) for text in texts]

    def search(self, request: Request) -> Matches:
        """Answer a request."""
        snapshot = self._refresh()
        rarity = Rarity(snapshot)
        patterns = Patterns(snapshot, (pattern for query in request.queries for pattern in find_patterns(query)))
        evaluations = [Evaluation(shard, snapshot, rarity, patterns) for shard in snapshot.shards]
        matches = _match(evaluations, request.query)
        counted: dict[Query | None, list[Matched]] = {None: matches}
        for facet in request.facets:
            if facet.query is not None and facet.query not in counted:
                counted[facet.query] = _match(evaluations, facet.query)
        if request.limit and request.sort == "relevance":
            matches = [part._replace(scores=part.evaluation.score(request.query, part.documents))
                       for part in matches]
        total = sum(len(part.documents) for part in matches)
        groups = {query: Groups(matches if query is None else parts) for query, parts in counted.items()}
        if request.limit:
            groups[None].rank(request)
        page = choose_page(groups[None].collapse(matches) if request.collapse and request.limit else matches, request)
        return Matches(
            total=total,
            hits=tuple(_name_hit(*hit, request) for hit in page),
            facets=tuple(count_facet(counted[facet.query], facet, groups[facet.query].count_spare(facet))
                         for facet in request.facets),
            cuts=find_cuts(patterns.expansions),
            distinct=total - groups[None].spare,
            copies=tuple(groups[None].describe(*hit, request.copied) for hit in page),
        )

    def find_words(self, field: str, choose: Choose) -> dict[str, int]:
        """Words of a text field, or values of a keyword field, and in how many documents each stands."""
        shards = self._refresh().shards
        if BY_NAME[field].kind is Kind.KEYWORD:
            chosen = {value for shard in shards
                      for value in choose(make_vocabulary(shard.columns.keywords(field).values))}
            terms = {value: (field, fold_value(value) + SEPARATOR + value) for value in chosen}
        else:
            chosen = {word for shard in shards for word in choose(shard.columns.vocabulary(field))}
            terms = {word: (field + WRITTEN, word) for word in chosen}
        counts = {word: sum(shard.find_frequency(name, encode_term(term)) for shard in shards)
                  for word, (name, term) in sorted(terms.items())}
        return {word: count for word, count in counts.items() if count}

    def count(self) -> int:
        """How many documents there are."""
        return self._refresh().count

    def list_ids(self, after: str | None, limit: int) -> list[str]:
        """Ids in the order of their numbers, those after one. Raises DocumentNotFound."""
        snapshot = self._refresh()
        place = None if after is None else snapshot.locate(after)
        if after is not None and place is None:
            raise miss(after)
        return list(islice(snapshot.list_ids(place), limit))

    def clear(self) -> None:
        """Forget all documents."""
        with self._writing() as writer:
            self._commit(writer, CLEAR)

    def close(self) -> None:
        """Let go of all files."""
        self._snapshot = Snapshot(None, ())

    def _refresh(self) -> Snapshot:
        """The index as it is now: what other processes have committed is seen by the next search."""
        with translate_damage(self._path):
            self._snapshot = try_again(self._find_snapshot)
        return self._snapshot

    def _find_snapshot(self) -> Snapshot:
        known = self._snapshot
        if find_state(self._path, self._index) == known.state:
            return known
        return open_snapshot(self._path, self._index, known.shards)

    def _forget(self, writer: Writer, ids: Iterable[str]) -> int:
        """Delete documents that were there before the writer began; how many there were."""
        snapshot = self._refresh()
        segments = {segment.segment_id(): segment for segment in writer.segments}
        places = [place for id_ in ids if (place := snapshot.locate(id_))]
        for shard, number in places:
            segments[shard.segment.segment_id()].delete_document(number)
        return len(places)

    def _commit(self, writer: Writer, policy: Callable[[Writer, list[W3Segment]], list[W3Segment]]) -> None:
        """Make what the writer did permanent, and its documents' columns."""
        with translate_damage(self._path):
            writer.commit(mergetype=policy)
        for shard in self._refresh().shards:
            shard.files.columns  # noqa: B018 - made when first asked for

    @contextmanager
    def _writing(self) -> Iterator[Writer]:
        """A writer; unless it commits, the index stays as it was."""
        try:
            with translate_damage(self._path):
                writer = Writer(self._index)
        except LockError:
            raise IndexLocked("the index is being written by another process", str(self._path),
                              "try again when it has finished") from None
        except OSError as error:
            raise _explain(error, self._path) from error
        try:
            yield writer
        except OSError as error:
            raise _explain(error, self._path) from error
        finally:
            writer.abandon()


def _has_index(path: Path) -> bool:
    """Whether there is an index; where one was written, a commit may just be replacing its contents."""
    if any(path.glob(TOC_FILES)):
        return True
    if (path / LOCK_FILE).exists():
        sleep(PAUSE)
    return any(path.glob(TOC_FILES))


def _match(evaluations: Iterable[Evaluation], query: Query) -> list[Matched]:
    """Matches in the shards that have any."""
    found = [(evaluation, evaluation.match(query)) for evaluation in evaluations]
    return [Matched(evaluation.shard, evaluation, documents) for evaluation, documents in found if documents]


def _name_hit(part: Matched, document: int, request: Request) -> tuple[str, float]:
    """A hit's id and score; where another order was asked for, only the page's hits are scored."""
    scores = part.scores
    if request.sort != "relevance":
        scores = part.evaluation.score(request.query, {document})
    return part.shard.columns.ids[document], scores.get(document, 0.0)


def _explain(error: OSError, path: Path) -> IndexFault:
    what = f"the index cannot be written: {error.strerror}"
    return IndexFault(what, str(path), "what was in it is unchanged")
