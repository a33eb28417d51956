"""The engine on tantivy: what the protocol promises, in terms of writers and searchers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import tantivy

from searchkit.engines.base import Matches, Request, miss
from searchkit.engines.tantivy.collapsing import Groups
from searchkit.engines.tantivy.compilation import Compiler
from searchkit.engines.tantivy.counting import count_facets
from searchkit.engines.tantivy.damage import explain_failure, translate_damage, translate_failure
from searchkit.engines.tantivy.files import break_seal, check_seal, put_on_seal, refuse_remains
from searchkit.engines.tantivy.ranking import choose_page
from searchkit.engines.tantivy.schema import ID, encode_term, make_document, make_schema, register_tokenizer
from searchkit.engines.tantivy.snapshot import Snapshot
from searchkit.errors import IndexLocked, IndexNotFound, IndexOutdated
from searchkit.model import Document
from searchkit.search.analysis import Analysed
from searchkit.search.expansion import find_cuts
from searchkit.search.query import find_patterns
from searchkit.search.vocabulary import Choose

META_FILE = "meta.json"  # the commit that counts; tantivy replaces it by a rename
MEMORY = 128 * 2**20  # bytes that a writer fills before it closes a segment
State = tuple[int, int, int]  # time of change, size and inode


class TantivyEngine:
    """Keeps documents in a tantivy index in a folder."""

    notice = ""

    def __init__(self, path: Path, create: bool = False) -> None:
        self._path, self._meta = path, path / META_FILE
        self._schema = make_schema()
        self._state: State | None = None
        self._snapshot: Snapshot | None = None
        exists = self._meta.exists()
        if not exists and not create:
            raise self._not_found()
        with translate_damage(path):
            if not exists:
                refuse_remains(path)
                path.mkdir(parents=True, exist_ok=True)
                break_seal(path)
                tantivy.Index(self._schema, str(path), reuse=False)
                put_on_seal(path)
        self._refresh()

    def add(self, documents: Iterable[Analysed]) -> None:
        """Store documents, replacing those with the same id; they are searchable when this returns."""
        with self._writing() as writer:
            for analysed in documents:
                made = make_document(analysed)
                with translate_failure(self._path):
                    writer.delete_documents_by_term(ID, encode_term(analysed.id))
                    writer.add_document(made)

    def delete(self, ids: Iterable[str]) -> int:
        """Forget documents; how many there were. Unknown ids are passed over."""
        snapshot = self._refresh()
        known = [id_ for id_ in dict.fromkeys(ids) if snapshot.locate(id_)]
        if known:
            with self._writing() as writer:
                for id_ in known:
                    with translate_failure(self._path):
                        writer.delete_documents_by_term(ID, encode_term(id_))
        return len(known)

    def get(self, ids: Sequence[str]) -> list[Document]:
        """Documents in the order of their ids. Raises DocumentNotFound."""
        snapshot, documents = self._refresh(), []
        with translate_damage(self._path):
            for id_ in ids:
                row = snapshot.find_row(id_)
                if row is None:
                    raise miss(id_)
                documents.append(Document.from_dict(row.load()))
        return documents

    def search(self, request: Request) -> Matches:
        """Answer a request."""
        snapshot = self._refresh()
        with translate_damage(self._path):
            compiler = Compiler(snapshot, (pattern for query in request.queries for pattern in find_patterns(query)))
            groups = Groups(compiler, request.query)
            total, page = choose_page(compiler, request, groups.terms)
            snapshot.keep({match.id: match.row for match in page if match.row})
            return Matches(
                total=total,
                hits=tuple((match.id, match.points) for match in page),
                facets=tuple(count_facets(compiler, request.query, groups, request.facets)),
                cuts=find_cuts(compiler.expansions),
                distinct=total - groups.spare,
                copies=tuple(groups.describe(match, request) for match in page),
            )

    def find_words(self, field: str, choose: Choose) -> dict[str, int]:
        """Words of a text field, or values of a keyword field, and in how many documents each stands."""
        snapshot = self._refresh()
        with translate_damage(self._path):
            return snapshot.count_words(field, choose)

    def count(self) -> int:
        """How many documents there are."""
        return self._refresh().count

    def list_ids(self, after: str | None, limit: int) -> list[str]:
        """Ids in the order of their numbers, those after one. Raises DocumentNotFound."""
        snapshot = self._refresh()
        with translate_damage(self._path):
            if after is not None and snapshot.locate(after) is None:
                raise miss(after)
            return snapshot.list_ids(after, limit)

    def clear(self) -> None:
        """Forget all documents."""
        with self._writing() as writer, translate_failure(self._path):
            writer.delete_all_documents()

    def close(self) -> None:
        """Let go of all files."""
        self._state, self._snapshot = None, None

    def _refresh(self) -> Snapshot:
        """The index as it is now: what other processes have committed is seen by the next search."""
        try:
            status = self._meta.stat()
        except FileNotFoundError:
            raise self._not_found() from None
        state = status.st_mtime_ns, status.st_size, status.st_ino
        if self._snapshot is None or state != self._state:
            with translate_damage(self._path):
                self._snapshot = Snapshot(self._open().searcher(), self._schema)
            self._state = state
        return self._snapshot

    def _open(self) -> tantivy.Index:
        """The index, opened anew: an index object that lives on keeps the files of what was deleted."""
        check_seal(self._path)
        index = tantivy.Index.open(str(self._path))
        if index.schema != self._schema:
            raise IndexOutdated("the index has other fields than this version", str(self._path),
                                "build it anew: searchkit index --rebuild PATH...")
        register_tokenizer(index)
        return index

    @contextmanager
    def _writing(self) -> Iterator[tantivy.IndexWriter]:
        """A writer whose work is committed at the end; if anything fails, the index stays as it was."""
        with translate_damage(self._path):
            index = self._open()
        try:
            writer = index.writer(MEMORY, 1)
        except (ValueError, OSError) as problem:
            if "LockBusy" not in str(problem):
                raise explain_failure(problem, self._path) from problem
            raise IndexLocked("the index is being written by another process", str(self._path),
                              "try again when it has finished") from None
        break_seal(self._path)
        try:
            yield writer
        except BaseException:
            with suppress(ValueError):  # a writer that has failed rolls nothing back: it committed nothing
                writer.rollback()
            raise
        else:
            with translate_failure(self._path):
                writer.commit()
        finally:
            with translate_failure(self._path):
                writer.wait_merging_threads()
            put_on_seal(self._path)

    def _not_found(self) -> IndexNotFound:
        return IndexNotFound("there is no index", str(self._path), "make one: searchkit index <pages>")
