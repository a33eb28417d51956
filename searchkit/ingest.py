"""A run of ``searchkit index``: pages → worker processes (extract, analyse) → engine, in bounded memory.

Pages whose content has not changed since the last run are not extracted again. Documents reach the engine
in the order of their pages, in batches; after each batch the ledger is written, so that a run that is
interrupted goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import pickle
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from searchkit import pipeline, sources
from searchkit.captures import Capture
from searchkit.engines.base import Engine
from searchkit.errors import DocumentNotFound
from searchkit.groups import GroupLedger
from searchkit.ledger import OLDER, Entry, Ledger, open_ledger
from searchkit.model import Document, Page, Rejected
from searchkit.outcomes import Outcome, Signed, Stripped, sign_document
from searchkit.packing import pack, unpack
from searchkit.pipeline import siblings
from searchkit.pipeline.secondopinion import Opinion, load_opinion
from searchkit.pipeline.siblings import Lines
from searchkit.report import IndexReport
from searchkit.search.analysis import analyse_document
from searchkit.workers import extract_pages

if TYPE_CHECKING:
    from concurrent.futures import Executor

BATCH_DOCUMENTS = 1_000  # documents handed to the engine at once
BATCH_BYTES = 32 * 2**20  # of page content behind them, at most
LAST_DOCUMENTS = 32  # when all pages are read, as many are handed over as are still being extracted, but no fewer
RETRIED = ("failed", "crashed")  # our fault and not the page's: tried again by the next run
KEEPS_DOCUMENT = ("unreadable", "not-found")  # a page that could not be read this time keeps its document

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How to run: in how many processes (0 = one for each processor), and whether pages that vanished below
    the paths are pruned, and those at and below the paths that ``vanished``. ``progress`` is told (pages so far,
    bytes so far). ``ner`` is the setting. ``executor`` extracts the pages instead of processes of our own.
    """

    workers: int = 0
    prune: bool = False
    vanished: Sequence[str | Path] = ()
    progress: Progress | None = None
    ner: str = ""
    executor: Executor | None = None


def add(given: Sequence[str | Path | Page | Document], engine: Engine, folder: Path | None,
        options: Options, groups: GroupLedger | None = None) -> IndexReport:
    """Bring the engine up to date with paths, pages and documents; the ledger is in the folder.

    ``groups`` is what an index without a folder knows of its copies.
    """
    begun = time.monotonic()
    paths = [item for item in given if isinstance(item, str | Path)]
    documents = [item for item in given if isinstance(item, Document)]
    pages = [item for item in given if isinstance(item, Page)]
    opinion = load_opinion(options.ner)
    with open_ledger(folder, groups) as ledger:
        batch = _Batch(engine, ledger, opinion)
        warned: list[Rejected] = []
        stream = chain(sources.read(paths) if paths else (), map(_locate, pages))
        try:
            changed = _pass_changed(stream, batch, options)
            for outcome in extract_pages(changed, options.workers, warned.append, options.ner, options.executor):
                batch.take(outcome)
            for document in documents:
                batch.take_document(document)
        except KeyboardInterrupt:
            batch.flush()
            raise
        batch.flush()
        if options.prune or options.vanished:
            roots = [*(paths if options.prune else ()), *options.vanished]
            unseen = ledger.find_unseen([sources.locate(path) for path in roots])
            spared = {sources.locate(page.path) for page in batch.rejected if page.reason in KEEPS_DOCUMENT}
            ledger.forget(entry for entry in unseen if not _is_spared(entry.location, spared))
        gone = list(ledger.find_orphans())
        removed = engine.delete(gone)
        ledger.forget_orphans(gone)
        _strip_repeated(engine, ledger, options)
        _tell_copies(engine, ledger)
    return IndexReport(batch.added, batch.updated, batch.unchanged, removed, tuple(batch.rejected),
                       round(time.monotonic() - begun, 3), tuple(warned))


def extract(pages: Iterable[Page | Rejected], workers: int = 0,
            warn: Callable[[Rejected], None] | None = None, ner: str = "") -> Iterator[Document | Rejected]:
    """What the pages become, in their order, once all have been read: what siblings repeat is chrome.

    Documents wait on the disk until then. ``warn`` is told of pages of which only the plain text was taken.
    """
    with TemporaryFile() as spool, open_ledger(None) as ledger:
        count = 0
        for outcome in extract_pages(pages, workers, warn, ner):
            count += 1
            pickle.dump(outcome if isinstance(outcome, Rejected) else (outcome.id, outcome.packed), spool)
            if isinstance(outcome, Signed) and outcome.lines:
                hosts = outcome.keywords["site"]
                site = siblings.name_site(hosts, "" if hosts else outcome.document.path)
                ledger.record((), [(site, outcome.id, outcome.lines)])
        repeated = dict(ledger.lines.find_repeated())
        spool.seek(0)
        for _ in range(count):
            made = pickle.load(spool)
            if isinstance(made, Rejected):
                yield made
            else:
                id_, packed = made
                yield siblings.strip_repeated(unpack(packed), repeated.get(id_, frozenset()), load_opinion(ner))


def delete(ids: Iterable[str], engine: Engine, folder: Path | None, groups: GroupLedger | None = None) -> int:
    """Forget documents, which leave their groups of copies; how many there were."""
    gone = list(ids)
    with open_ledger(folder, groups) as ledger:
        count = engine.delete(gone)
        ledger.forget_copies(gone)
        _tell_copies(engine, ledger)
    return count


def clear(engine: Engine, folder: Path | None, groups: GroupLedger | None = None) -> None:
    """Forget all documents and all pages."""
    engine.clear()
    with open_ledger(folder, groups) as ledger:
        ledger.clear()


def digest_page(page: Page, opinion: Opinion | None = None) -> bytes:
    """What tells whether a page must be extracted again: its content, and what the extraction depends on."""
    digest = hashlib.blake2b(digest_size=16, salt=pipeline.VERSION.to_bytes(2, "big"))
    for part in (page.content, page.url or "", page.captured or ""):
        digest.update(part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    if opinion:
        digest.update(opinion.identity.encode("utf-8", "surrogatepass"))
    return digest.digest()


def _pass_changed(pages: Iterable[Page | Rejected], batch: _Batch, options: Options) -> Iterator[Page]:
    """The pages to extract. The others are counted: unchanged, or not readable in the first place."""
    size = 0
    for count, page in enumerate(pages, 1):
        if isinstance(page, Rejected):
            batch.reject(page)
        else:
            size += page.size
            if not batch.settle(page):
                yield page
        if options.progress:
            options.progress(count, size)
    batch.is_last = True


def _strip_repeated(engine: Engine, ledger: Ledger, options: Options) -> None:
    """Take out of bodies what sibling pages repeat, on the pages of this run and on those they are siblings of.

    A document with which a worker cannot cope a second time stays as it is.
    """
    changed: list[Signed] = []
    stripped = _find_stripped(list(ledger.lines.find_repeated()), engine)
    for outcome in extract_pages(stripped, options.workers, None, options.ner, options.executor):
        if isinstance(outcome, Signed):
            changed.append(outcome)
        if len(changed) >= BATCH_DOCUMENTS:
            _hand_over(changed, engine, ledger)
            changed = []
    _hand_over(changed, engine, ledger)
    ledger.lines.settle()


def _find_stripped(repeated: Iterable[tuple[str, Set[int]]], engine: Engine) -> Iterator[Stripped]:
    """Of documents with repeated lines those that lose some."""
    for id_, lines in repeated:
        for document in _find_stored([id_], engine):  # unless it was deleted by hand, its page unchanged
            stripped = siblings.take_out(document, lines)
            if stripped is not document:
                yield Stripped(document.path, pack(replace(stripped, group=None)))


def _hand_over(documents: Sequence[Signed], engine: Engine, ledger: Ledger) -> None:
    """Give the engine documents, then the ledger their signatures."""
    if documents:
        engine.add(documents)
        ledger.sign({signed.id: signed.signature for signed in documents})


def _tell_copies(engine: Engine, ledger: Ledger) -> None:
    """Tell the engine which documents joined, changed or left a group of copies."""
    changes = ledger.groups.find_changes()
    while groups := dict(islice(changes, BATCH_DOCUMENTS)):
        engine.add([analyse_document(replace(document, group=groups[document.id]))
                    for document in _find_stored(groups, engine)])
        ledger.label(groups)
    ledger.settle_copies()


def _find_stored(ids: Iterable[str], engine: Engine) -> Iterator[Document]:
    """The documents of these ids that the engine has."""
    for id_ in ids:
        with suppress(DocumentNotFound):
            yield engine.get([id_])[0]


def _locate(page: Page) -> Page:
    """A page given by a program, with a location: its own, or its address, or its path."""
    return page if page.location else replace(page, location=page.url or page.path)


def _is_spared(location: str, unread: set[str]) -> bool:
    """Whether a page was not seen only because it, or the file or a folder that it is in, could not be read."""
    if not unread:
        return False
    ends = (place for place, char in enumerate(location) if char in "/#")
    return location in unread or any(location[:end] in unread for end in ends)


@dataclass(slots=True)
class _Batch:
    """What goes to the engine and the ledger together, and the counts of the whole run."""

    engine: Engine
    ledger: Ledger
    opinion: Opinion | None = None
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    is_last: bool = False  # no page will come but those that are being extracted
    _documents: list[Signed] = field(default_factory=list)
    _entries: list[Entry] = field(default_factory=list)
    _orphans: list[str] = field(default_factory=list)
    _lines: list[tuple[str, str, Lines]] = field(default_factory=list)
    _addresses: set[str] = field(default_factory=set)
    _pending: deque[tuple[Entry, Entry | None, Page]] = field(default_factory=deque)
    _bytes: int = 0

    def reject(self, page: Rejected) -> None:
        self.rejected.append(page)

    def settle(self, page: Page) -> bool:
        """Whether the page is as the ledger knows it; if not, ``take`` will be called for it in turn."""
        known, digest = self.ledger.find(page.location), digest_page(page, self.opinion)
        if known is None or known.digest != digest:
            self._pending.append((Entry(page.location, page.path, digest), known,
                                  replace(page, content=b"", size=len(page.content))))
            return False
        self._entries.append(known)
        if known.document is None and known.reason != OLDER:
            self.reject(known.to_rejected())
        else:
            self.unchanged += 1
        self._flush_if_full()
        return True

    def take(self, outcome: Outcome) -> None:
        """File the outcome of the page next in turn under added, updated or rejected."""
        entry, known, page = self._pending.popleft()
        if isinstance(outcome, Rejected):
            self.reject(outcome)
            digest = b"" if outcome.reason in RETRIED else entry.digest
            entry = replace(entry, digest=digest, reason=outcome.reason, detail=outcome.detail)
            self.ledger.drop_captures([entry.location])
        else:
            entry = replace(entry, document=outcome.id)
            self._file(outcome, page, is_known=bool(known and known.document))
        self._entries.append(entry)
        if known and known.document and known.document != entry.document:
            self._orphans.append(known.document)
        self._bytes += page.size
        self._flush_if_full()

    def _file(self, made: Signed, page: Page, *, is_known: bool) -> None:
        """Hand on a document, unless its page is an older capture of an address than one that is there."""
        if page.captured and page.url:
            capture = Capture(page.captured, page.path, page.location)
            address = page.url.partition("#")[0]
            self._addresses.add(address)
            if not self.ledger.captures.take(address, capture):
                self.unchanged += 1
                return
        self._documents.append(made)
        if made.lines:
            site = siblings.name_site(made.keywords["site"], page.location)
            self._lines.append((site, made.id, made.lines))
        if is_known:
            self.updated += 1
        else:
            self.added += 1

    def take_document(self, document: Document) -> None:
        """File a document that came without a page."""
        try:
            self.engine.get([document.id])
            self.updated += 1
        except DocumentNotFound:
            self.added += 1
        self._documents.append(sign_document(replace(document, group=None)))
        self._flush_if_full()

    def flush(self) -> None:
        """Hand over what has come together: documents first, then the knowledge of them. That they come is noted
        before, for a run that is killed in between, and whose page is gone when the next one looks.
        """
        made = {signed.id for signed in self._documents}
        self.ledger.announce([entry for entry in self._entries if entry.document in made])
        _hand_over(self._documents, self.engine, self.ledger)
        if self._entries:
            self.ledger.orphan(self._orphans)
            self.ledger.record(self._entries, self._lines)
            self.ledger.supersede(self._addresses)
        self._documents, self._entries, self._orphans, self._lines, self._bytes = [], [], [], [], 0
        self._addresses = set()

    def _flush_if_full(self) -> None:
        enough = max(LAST_DOCUMENTS, len(self._pending)) if self.is_last and self._pending else BATCH_DOCUMENTS
        full = len(self._documents) >= min(enough, BATCH_DOCUMENTS) or self._bytes >= BATCH_BYTES
        if full or len(self._entries) >= 10 * BATCH_DOCUMENTS:
            self.flush()
