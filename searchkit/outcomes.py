"""What becomes of a page, ready for an engine: a document with its tokens, its signature and its lines, or why not.

Whoever extracts pages, in whatever process, calls these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

from searchkit import pipeline
from searchkit.frozen import frozen
from searchkit.model import READY, Document, Page, Rejected
from searchkit.packing import unpack
from searchkit.pipeline.duplicates import Signature, sign
from searchkit.pipeline.secondopinion import find_entities, load_opinion
from searchkit.pipeline.siblings import Lines, find_lines
from searchkit.search.analysis import PASSAGE_GAP, Analysed, analyse_document


@frozen
class Signed(Analysed):
    """A document with its tokens, the signature of its body (None: no words), and the lines that siblings may
    repeat (None: it came without a page to strip).
    """

    signature: Signature | None = None
    lines: Lines | None = None


@frozen
class Stripped(Page):
    """A packed document in place of a page, less what sibling pages repeat: its entities are to be found anew."""


Outcome = Signed | Rejected
Answer = tuple[Outcome, Rejected | None]  # the second says why only the text was taken
Order = tuple[Page, Rejected | None]  # a page; with the second, only its text is wanted, and this is why


_SAMPLE = """<html lang="en"><body><h1>The port opens again</h1><p>By Ada Byron, 3 March 2019</p><p>The port of Oslo
was opened again on Monday, “at long last”, the mayor said (東京), after weeks in which no ship was unloaded.</p>"""


def prepare() -> None:
    """Load the word lists and models: once for this process and those that are forked from it."""
    extract_page(Page("sample.html", _SAMPLE))


def extract_batch(orders: Sequence[Order], ner: str = "") -> list[Answer]:
    """What each of some pages becomes, in their order. Raises SettingsError for a ``ner`` that cannot be had here."""
    return [extract_text(page, breach) if breach else extract_page(page, ner) for page, breach in orders]


def extract_page(page: Page, ner: str = "") -> Answer:
    """What a page becomes, with its tokens. A fault of ours costs the page all but its text, and never the run."""
    try:
        made = _find_entities(page, ner) if isinstance(page, Stripped) else pipeline.extract(page, load_opinion(ner))
        return _analyse(page, made), None
    except MemoryError:
        raise
    except Exception as fault:  # noqa: BLE001 - the last line of a worker: whatever it is, the rest goes on
        return extract_text(page, Rejected(page.path, "failed", f"{type(fault).__name__}: {fault}"))


def extract_text(page: Page, breach: Rejected) -> Answer:
    """What a page becomes of which only the text is taken, and ``breach``, which says why; without text, only that."""
    if _holds_document(page):
        return breach, breach
    try:
        outcome = _analyse(page, pipeline.extract_plainly(page))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - as above; the first fault is the one to tell of
        return breach, breach
    return breach if isinstance(outcome, Rejected) else outcome, breach


def _analyse(page: Page, made: Document | Rejected) -> Outcome:
    if isinstance(made, Rejected):
        return made
    return sign_document(made, None if _holds_document(page) else find_lines(made))


def _holds_document(page: Page) -> bool:
    """Whether it is a document in place of a page: there is no text to take from it, and nothing left to strip."""
    return page.media_type == READY or isinstance(page, Stripped)


def _find_entities(page: Stripped, ner: str) -> Document:
    assert isinstance(page.content, bytes)
    document = unpack(page.content)
    return replace(document, entities=find_entities(document.body, document.language, load_opinion(ner)))


def sign_document(document: Document, lines: Lines | None = None) -> Signed:
    """A document with its tokens and the signature that tells its copies."""
    analysed = analyse_document(document)
    title, words = analysed.tokens["title"].list_written(), analysed.tokens["body"].list_written()
    if PASSAGE_GAP in words:  # the headline is the first passage
        words = words[words.index(PASSAGE_GAP) + 1:]
    parts = {field.name: getattr(analysed, field.name) for field in fields(analysed)}
    return Signed(**parts, signature=sign(words, title) if document.body else None, lines=lines)
