"""A Page becomes a Document: the steps in order, each a pure function in a module of its own.

Nothing here reads a clock, the network or the disk (but for the word lists and models in ``data/``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from searchkit.model import READY, Chrome, Clue, Document, Page, Rejected
from searchkit.pipeline import (
    author,
    boilerplate,
    decode,
    landmarks,
    language,
    markup,
    plaintext,
    pubdate,
    publisher,
    ready,
    secondopinion,
    sitename,
    textdump,
    title,
)
from searchkit.pipeline.block import Block, Verdict
from searchkit.pipeline.secondopinion import Opinion

VERSION = 3  # of what extraction makes of a page; when it changes, pages are extracted anew


@dataclass(frozen=True, slots=True)
class Explanation:
    """A document, and all blocks of its page in reading order, each with why it was kept or stripped."""

    document: Document
    blocks: tuple[tuple[Block, Verdict], ...] = ()


def extract(page: Page, opinion: Opinion | None = None) -> Document | Rejected:
    """What a page becomes: a document, or the reason why it became none. ``opinion``: a second one on names."""
    made = explain(page, opinion)
    return made.document if isinstance(made, Explanation) else made


def explain(page: Page, opinion: Opinion | None = None) -> Explanation | Rejected:
    """What a page becomes, with the verdict on each of its blocks."""
    if page.media_type == READY:
        taken = ready.read_document(page, identify(page), opinion)
        return taken if isinstance(taken, Rejected) else Explanation(taken)
    try:
        text = decode.decode(page.content, page.media_type)
    except decode.Undecodable as problem:
        return Rejected(page.path, problem.reason, problem.detail)

    parsed = markup.parse(text) if markup.is_html(text, page) else textdump.parse(text)
    verdicts = boilerplate.judge(parsed)
    judged = tuple(zip(parsed.blocks, verdicts, strict=True))
    body = "\n\n".join(block.text for block, verdict in judged if verdict.keep)
    if not body:
        return Rejected(page.path, "no-content", "no text was found that could be a story")

    url = page.url or parsed.canonical
    namings = sitename.read_title(parsed, landmarks.find_start(verdicts))
    titles = title.find_titles(parsed, verdicts, namings)
    marks = landmarks.locate(parsed, verdicts, titles)
    dates = pubdate.find_dates(parsed, verdicts, marks, url, page.captured)
    publishers = publisher.find_publishers(parsed, verdicts, marks, namings, url)
    authors = author.find_authors(parsed, verdicts, marks)
    spoken = language.detect(body, parsed.language)
    heading = _choose(titles)
    byline = _choose(authors)
    outlet = _choose(publishers)
    document = Document(
        id=identify(page),
        path=page.path,
        body=body,
        url=url,
        title=heading.value if heading else None,
        title_source=heading.source if heading else "derived",
        title_clues=titles,
        date=dates.date,
        date_clues=dates.clues,
        date_not_after=dates.not_after,
        publisher=outlet.value if outlet else None,
        publisher_source=outlet.source if outlet else None,
        publisher_clues=publishers,
        author=byline.value if byline else None,
        author_source=byline.source if byline else None,
        author_clues=authors,
        language=spoken,
        entities=secondopinion.find_entities(body, spoken, opinion),
        chrome=tuple(Chrome(block.text, verdict.reason) for block, verdict in judged if not verdict.keep),
        captured=page.captured,
        record=page.record,
    )
    return Explanation(document, judged)


def extract_plainly(page: Page) -> Document | Rejected:
    """What a page becomes that ``extract`` cannot cope with: all its text as the body, and little else.

    Takes time in proportion to the page, and bounded memory.
    """
    try:
        text = decode.decode(page.content[:plaintext.MOST_READ], page.media_type)
    except decode.Undecodable as problem:
        return Rejected(page.path, problem.reason, problem.detail)
    is_html = markup.is_html(text, page)
    body = plaintext.strip_tags(text) if is_html else plaintext.separate_lines(text)
    if not body:
        return Rejected(page.path, "no-content", "no text was found that could be a story")
    heading = plaintext.find_title(text) if is_html else None
    return Document(
        id=identify(page),
        path=page.path,
        body=body,
        url=page.url,
        title=heading,
        title_source="title-tag" if heading else "derived",
        date_not_after=page.captured[:10] if page.captured else None,
        language=language.detect(body, plaintext.find_language(text) if is_html else None),
        captured=page.captured,
        record=page.record,
    )


def identify(page: Page) -> str:
    """The id of a page's document: 16 hexadecimal digits of its location, else of its address or content."""
    name: bytes | str = page.location or page.url or page.content
    raw = name if isinstance(name, bytes) else name.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(raw, digest_size=8).hexdigest()


def _choose(clues: tuple[Clue, ...]) -> Clue | None:
    """The first clue, for they come best first, unless it is more likely wrong than right."""
    return clues[0] if clues and clues[0].confidence >= 0.5 else None
