"""The Index: the facade through which every face adds, searches and looks at documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from searchkit import engines
from searchkit.aliasfile import NONE as NO_FILE
from searchkit.aliasfile import AliasFile
from searchkit.answering import Answering, NameHome, name_none
from searchkit.copies import count_groups, find_copies
from searchkit.engines.base import Engine
from searchkit.errors import EngineNotInstalled, IndexOutdated, SettingsError
from searchkit.facets import name_facet, read_facet
from searchkit.model import Document, Page
from searchkit.place import REBUILD, find_engine, is_index, lock, make, measure, read_manifest
from searchkit.queryoptions import QueryOptions, check_count
from searchkit.report import IndexReport
from searchkit.results import Copies, FacetValue, Results
from searchkit.search.aliases import TABLES, TYPED
from searchkit.search.question import read_question
from searchkit.search.values import find_named, put_first
from searchkit.settings import ALIASES

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from searchkit.backup import BackedUp
    from searchkit.findings import Verified
    from searchkit.groups import GroupLedger
    from searchkit.search.concordance import Occurrence
    from searchkit.search.continuation import Continuation
    from searchkit.search.explanation import Explanation
    from searchkit.suggestions import Suggestion
    from searchkit.transfer import Copied

Source = str | Path | Page | Document
NO_PARTS: Mapping[str, Index] = {}


class AddOptions(TypedDict, total=False):
    """How ``Index.add`` runs: in how many processes (0 = one for each processor), whether pages that vanished
    below the paths are pruned, which files and folders ``vanished`` besides, with all that was below them, whom to
    tell of its progress (pages so far, bytes so far), who gives a second opinion on names
    ("spacy:en_core_web_sm"), and which executor extracts the pages (None: processes of our own).
    """

    workers: int
    prune: bool
    vanished: Sequence[str | Path]
    progress: Callable[[int, int], None] | None
    ner: str
    executor: Executor | None


class Index:
    """An index in a folder (or, with the memory engine, in this process only).

    Reading is safe in many processes while one writes; only ``add``, ``delete`` and ``clear`` lock.
    Several indexes that are read as one have an Index each (``parts``).
    """

    def __init__(self, engine: Engine, engine_name: str, folder: Path | None, aliases: AliasFile,
                 parts: Mapping[str, Index] = NO_PARTS, name_home: NameHome = name_none) -> None:
        self._engine = engine
        self._folder = folder
        self._aliases = aliases
        self._parts, self._name_home = parts, name_home
        self._answering = Answering(engine, aliases, name_home)
        self._groups: GroupLedger | None = None  # of an index without a folder, once documents come
        self.engine_name = engine_name

    def __enter__(self) -> Index:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def add(self, sources: Source | Iterable[Source], **options: Unpack[AddOptions]) -> IndexReport:
        """Bring the index up to date with paths, Pages or Documents; what was done.

        Paths are read with everything below them; pages that have not changed are not read again.
        """
        from searchkit import ingest  # brings the whole pipeline, which a query does not need

        given = [sources] if isinstance(sources, Source) else list(sources)
        if strange := [item for item in given if not isinstance(item, Source)]:
            raise TypeError(f"add() takes paths, Pages and Documents, not {type(strange[0]).__name__}")
        with self._writing():
            return ingest.add(given, self._engine, self._folder, ingest.Options(**options), self._keep_groups())

    def query(self, text: str = "", **options: Unpack[QueryOptions]) -> Results:
        """Answer a query. Options are those of ``searchkit query``; a filter takes one value or several.

        Raises QueryError for a text that does not parse, SettingsError for an option that cannot be meant.
        """
        return self._answering.answer(text, options)

    def explain(self, text: str = "", **options: Unpack[QueryOptions]) -> Explanation:
        """Why a query finds what it finds; options are those of ``query``, of which only filters and match count."""
        return self._answering.explain(text, options)

    def similar(self, id_: str, **options: Unpack[QueryOptions]) -> Results:
        """Documents like one, the most alike first; itself and those with the same story are left out.

        Options are those of ``query`` but facets. Raises DocumentNotFound.
        """
        return self._answering.find_similar(self.get(id_), options)

    def find_occurrences(self, document: Document, text: str) -> Iterator[Occurrence]:
        """Each place where a document has what a text asks for, with what stands around it."""
        from searchkit.search.concordance import find_occurrences

        return find_occurrences(document, read_question(text, "any", (), date.today(), (document.language,)).asked)

    def facets(self, field: str, text: str = "", *, value: str = "",
               **options: Unpack[QueryOptions]) -> tuple[FacetValue, ...]:
        """The values of one facet and their counts over what a query matches (all documents by default).

        With ``value``, only those that these words name: each begins a word of the value. Otherwise those
        that the text names come first, and then the most frequent.
        """
        return next(iter(self.count_facet(field, text, value, **options).facets.values()))

    def count_facet(self, field: str, text: str = "", value: str = "", **options: Unpack[QueryOptions]) -> Results:
        """What ``facets`` counts, with the number of documents that match."""
        facet = read_facet(field)
        options["facets"], options["limit"] = (field,), 0
        if not value and (not text or facet.field == "date"):
            return self.query(text, **options)
        name = name_facet(facet)
        options["facets"] = (f"{name}:0",)
        results = self.query(text, **options)
        values = results.facets[name]
        named = find_named(values, value or text)
        kept = tuple(named[:facet.limit]) if value else put_first(named, values, facet.limit)
        return replace(results, facets={name: kept})

    def suggest_aliases(self, field: str = "entity", limit: int | None = 20) -> tuple[Suggestion, ...]:
        """Values of "entity" or "publisher" that seem to be one, most convincing first; none is applied.

        What ``aliases.toml`` merges already is one value here.
        """
        from searchkit.suggestions import suggest

        if field not in TABLES:
            raise SettingsError(f"no aliases of '{field}'", "--suggest-aliases", f"fields: {', '.join(TABLES)}")
        facets = self.query(facets=[f"{name}:0" for name in (field, *(TYPED if field == "entity" else ()))],
                            limit=0).facets
        types: dict[str, list[str]] = {}
        for type_ in (name for name in TYPED if name in facets):
            for value in facets[type_]:
                types.setdefault(value.value or "", []).append(type_)
        return suggest(field, facets[field], types, self._answering.count, check_count("limit", limit or 0) or None)

    def complete(self, text: str, limit: int = 8) -> tuple[Continuation, ...]:
        """How a query that is being typed may go on: names and words of the index that its last word begins."""
        from searchkit.search.continuation import choose_continuations

        return choose_continuations(text, check_count("limit", limit), self.query, self._engine.find_words)

    def get(self, id_: str) -> Document:
        """One document. Raises DocumentNotFound."""
        return self._aliases.read().correct_document(self._engine.get([id_])[0])

    def captures(self, id_: str) -> list[dict[str, str]]:
        """All captures of a document's address, newest first: when each was saved (UTC), and where it lies."""
        from searchkit.ledger import find_captures

        if self._parts:
            return self._parts[self._name_home(id_) or ""].captures(id_)
        found = find_captures(self._folder, id_) if self._folder else []
        return [{"captured": capture.captured, "path": capture.path} for capture in found]

    def copies(self, id_: str) -> Copies:
        """The other documents with a document's text; in a query, ``group:…`` finds them. Raises DocumentNotFound."""
        return find_copies(self.get(id_), self._engine, self._aliases.read().find_naming("publisher"))

    def delete(self, ids: Iterable[str]) -> int:
        """Forget documents; how many there were. A page that has not changed does not bring its own back."""
        from searchkit import ingest

        with self._writing():
            return ingest.delete(ids, self._engine, self._folder, self._keep_groups())

    def clear(self) -> None:
        """Forget all documents and all pages."""
        from searchkit import ingest

        with self._writing():
            ingest.clear(self._engine, self._folder, self._keep_groups())

    def copy(self, to: str) -> Copied:
        """Copy the index to another engine, "ENGINE:PLACE", and verify the copy; what was copied.

        A copy that was interrupted goes on where it stopped. Raises SettingsError for a place that has other things.
        """
        from searchkit import transfer

        with self._writing():
            return transfer.copy(self._engine, self._folder, to)

    def verify(self, full: bool = False, repair: bool = False) -> Verified:
        """What is wrong with the files of the index; ``full``: with any byte of them.

        ``repair`` makes anew what can be derived from the documents that can be read, and deletes none. Raises
        IndexLocked while another process writes.
        """
        from searchkit.verification import verify

        return verify(self._need_folder("verify"), full, repair)

    def back_up(self, to: str | Path) -> BackedUp:
        """Copy the index to a new folder, and verify the copy; others may write to it meanwhile."""
        from searchkit.backup import back_up

        return back_up(self._need_folder("back_up"), Path(to))

    def count(self) -> int:
        """How many documents there are."""
        return self._engine.count()

    def stats(self) -> dict[str, Any]:
        """What the index holds, as plain values ready for JSON."""
        from searchkit.ledger import count_rejected

        counted = ("publisher", "author", "entity", "language", "date:day")
        results = self.query(facets=[f"{name}:0" for name in counted], limit=0)
        found = {name: [v for v in values if v.value is not None] for name, values in results.facets.items()}
        dates = [value.value for value in found["date:day"]]
        rejected: Counter[str] = Counter()
        for folder in self._folders:
            rejected.update(count_rejected(folder))
        return {
            "documents": results.total,
            "distinct": results.distinct,
            "groups": count_groups(self._engine),
            "engine": self.engine_name,
            "folder": str(self._folder) if self._folder else None,
            "bytes": sum(map(measure, self._folders)) if self._folders else None,
            "publishers": len(found["publisher"]),
            "authors": len(found["author"]),
            "entities": len(found["entity"]),
            "languages": {value.value: value.count for value in found["language"]},
            "dated": sum(value.count for value in found["date:day"]),
            "first_date": dates[0] if dates else None,
            "last_date": dates[-1] if dates else None,
            "rejected": dict(rejected.most_common()),
            **({"indexes": self._list_parts()} if self._parts else {}),
        }

    def hide_folders(self) -> Index:
        """The same index, whose hits do not say from which of several folders they are."""
        self._answering = Answering(self._engine, self._aliases)
        return self

    def close(self) -> None:
        """Let go of the files."""
        self._engine.close()

    def _keep_groups(self) -> GroupLedger | None:
        """What an index without a folder knows of its copies; others have it in their ledger."""
        from searchkit.groups import open_groups

        if self._folder is None and self._groups is None:
            self._groups = open_groups()
        return self._groups

    @property
    def _folders(self) -> list[Path]:
        return [index._folder for index in (self._parts.values() or [self]) if index._folder]

    def _list_parts(self) -> list[dict[str, Any]]:
        """What each of several indexes is."""
        return [{"index": name, "engine": part.engine_name, "documents": part.count()}
                for name, part in self._parts.items()]

    def _need_folder(self, method: str) -> Path:
        if self._folder is None:
            raise SettingsError("this index lives in memory and has no files", f"Index.{method}()",
                                "open one in a folder")
        return self._folder

    def _writing(self) -> AbstractContextManager[None]:
        if self._parts:
            from searchkit.federation.adapter import refuse_writing

            raise refuse_writing(self._parts)
        return lock(self._folder) if self._folder else nullcontext()


def open_index(folder: str | Path | Sequence[str | Path] | None = "index", engine: str | None = None, *,
               create: bool = False, rebuild: bool = False, aliases: str | Path | None = ALIASES) -> Index:
    """Open the index in a folder; ``None`` opens a new one that lives in this process only; several are read as one.

    ``engine`` must be the one that the index was built with (None: whichever that is). ``create`` makes an
    index where there is none; ``rebuild`` makes it anew, whatever state it is in. ``aliases`` is a file of
    corrections that must be there unless it is the default one; ``None`` and "none" correct nothing.
    """
    corrections = AliasFile(None if aliases in (None, NO_FILE) else Path(aliases or ""), optional=aliases is ALIASES)
    corrections.read()
    if folder is None:
        name = engine or "memory"
        return Index(engines.open_engine(name, None), name, None, corrections)
    if not isinstance(folder, str | Path):
        return _open_federation(folder, engine, corrections)
    place = Path(folder)
    name = _settle_engine(place, engine, create=create, rebuild=rebuild)
    return Index(engines.open_engine(name, place), name, place, corrections)


def _open_federation(folders: Sequence[str | Path], engine: str | None, corrections: AliasFile) -> Index:
    """Several indexes, each of which must be there, to be read as one. A fault is told with the index that has it."""
    from searchkit.federation import Federation, Member, choose_names, name_index

    chosen = choose_names(folders)
    parts: dict[str, Index] = {}
    with ExitStack() as opened:
        for folder in chosen:
            with name_index(folder):
                parts[folder] = opened.enter_context(open_index(folder, engine, aliases=None))
        opened.pop_all()
    names = ", ".join(dict.fromkeys(part.engine_name for part in parts.values()))
    members = [Member(name, part._engine, part._folder) for name, part in parts.items()]
    federation = Federation(members)
    return Index(federation, names, None, corrections, parts, federation.name_home)


def _settle_engine(folder: Path, engine: str | None, *, create: bool, rebuild: bool) -> str:
    """The name of the engine to open, after the folder has been made ready for it."""
    if engine:
        engines.check_name(engine)
    exists = is_index(folder)
    if rebuild or (create and not exists):
        found = find_engine(folder) if exists else None
        name = engine or (found if found in engines.KEPT else engines.DEFAULT)
        if name in engines.KEPT:  # any other says itself why it cannot
            make(folder, name, lambda: engines.open_engine(name, folder).close())
        return name
    manifest = read_manifest(folder)
    if engine and engine != manifest.engine:
        raise IndexOutdated(f"the index was built with engine '{manifest.engine}', not '{engine}'",
                            str(folder), f"leave --engine out, or {REBUILD}")
    if manifest.engine not in engines.KEPT:
        raise EngineNotInstalled(f"no engine '{manifest.engine}' here, with which the index was built",
                                 str(folder), f"use the searchkit that built it, or {REBUILD}")
    return manifest.engine

