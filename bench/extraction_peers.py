"""The extractors that ``extraction.py`` runs, each behind the same function: a page in, its fields out.

A maker imports its library and returns the extractor, so that only the process of that peer pays for it. Every
library runs with the settings it comes with, but for fetching of images, which is off. No extractor is told
the page's address: a page in a folder has none.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any, NamedTuple

from bs4.dammit import EncodingDetector

Fields = dict[str, str | None]  # body, title, date, publisher, author: those that the peer offers
Extractor = Callable[[bytes], Fields]

STOP_WORDS = ("English", "German", "French", "Spanish", "Italian", "Portuguese", "Dutch", "Russian")  # for jusText
NOWHERE = "https://page.invalid/"  # newspaper4k wants an address


class Peer(NamedTuple):
    """``package`` must be installed. ``make`` returns the extractor; ``note`` is added to its name."""

    package: str
    note: str
    make: Callable[[], Extractor]

    @property
    def name(self) -> str:
        """How the peer is called in tables and on the command line."""
        return f"{self.package} {self.note}".strip()


def make_searchkit() -> Extractor:
    """All that searchkit makes of a page, entities included."""
    from searchkit.model import Document, Page
    from searchkit.pipeline import extract

    def run(content: bytes) -> Fields:
        found = extract(Page("page.html", content))
        return _read_document(found) if isinstance(found, Document) else {}

    return run


def make_searchkit_alone() -> Extractor:
    """Searchkit without the recognition of entities, which no peer does."""
    from searchkit.pipeline import entities

    entities.find_entities = lambda *_: ()  # type: ignore[assignment]
    return make_searchkit()


def make_searchkit_body() -> Extractor:
    """Searchkit up to the body, as far as the peers go that look for no metadata."""
    from searchkit.model import Page
    from searchkit.pipeline import boilerplate, decode, markup, textdump

    def run(content: bytes) -> Fields:
        text = decode.decode(content)
        parsed = markup.parse(text) if markup.is_html(text, Page("page.html", content)) else textdump.parse(text)
        verdicts = boilerplate.judge(parsed)
        return {"body": "\n\n".join(block.text for block, verdict in zip(parsed.blocks, verdicts, strict=True)
                                    if verdict.keep)}

    return run


def make_searchkit_dump() -> Extractor:
    """Searchkit given plain text."""
    from searchkit.model import Document, Page
    from searchkit.pipeline import extract

    def run(content: bytes) -> Fields:
        found = extract(Page("page.txt", content, media_type="text/plain"))
        return _read_document(found) if isinstance(found, Document) else {}

    return run


def make_trafilatura(**settings: object) -> Callable[[], Extractor]:
    """Trafilatura: the body alone, or with metadata where the settings ask for it."""
    def make() -> Extractor:
        import trafilatura

        def run(content: bytes) -> Fields:
            found = trafilatura.bare_extraction(content, **settings)
            if found is None:
                return {}
            return {"body": found.text, "title": found.title, "date": found.date, "publisher": found.sitename,
                    "author": found.author} if settings.get("with_metadata") else {"body": found.text}

        return run

    return make


def make_readability() -> Extractor:
    """readability-lxml: its summary is HTML, of which the text is taken."""
    import lxml.html
    from readability import Document

    def run(content: bytes) -> Fields:
        page = Document(content)
        body = lxml.html.fromstring(page.summary())
        return {"body": "\n".join(map(str, body.itertext())), "title": page.short_title()}

    return run


def make_newspaper() -> Extractor:
    """newspaper4k."""
    import newspaper

    def run(content: bytes) -> Fields:
        page = newspaper.Article(NOWHERE, fetch_images=False)
        page.download(input_html=decode(content))
        page.parse()
        return {"body": page.text, "title": page.title, "author": "; ".join(page.authors),
                "publisher": page.meta_site_name,
                "date": page.publish_date.date().isoformat() if page.publish_date else None}

    return run


def make_goose() -> Extractor:
    """goose3."""
    import goose3

    reader = goose3.Goose({"enable_image_fetching": False})

    def run(content: bytes) -> Fields:
        page = reader.extract(raw_html=decode(content))
        return {"body": page.cleaned_text, "title": page.title, "author": "; ".join(page.authors or ()),
                "publisher": (page.opengraph or {}).get("site_name"), "date": str(page.publish_date or "")[:10]}

    return run


def make_justext() -> Extractor:
    """JusText with the stop words of eight languages."""
    import justext

    words = frozenset().union(*map(justext.get_stoplist, STOP_WORDS))

    def run(content: bytes) -> Fields:
        parts = justext.justext(content, words)
        return {"body": "\n".join(part.text for part in parts if not part.is_boilerplate)}

    return run


def make_boilerpy() -> Extractor:
    """boilerpy3's extractor of articles."""
    from boilerpy3 import extractors

    reader = extractors.ArticleExtractor(raise_on_failure=False)
    return lambda content: {"body": reader.get_content(decode(content))}


def make_resiliparse() -> Extractor:
    """Resiliparse's main content as plain text."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import detect_encoding
    from resiliparse.parse.html import HTMLTree

    def run(content: bytes) -> Fields:
        tree = HTMLTree.parse_from_bytes(content, detect_encoding(content))
        return {"body": extract_plain_text(tree, main_content=True)}

    return run


def make_htmldate() -> Extractor:
    """Htmldate, which looks for nothing but the date."""
    import htmldate

    return lambda content: {"date": htmldate.find_date(content, original_date=True)}


def make_soup() -> Extractor:
    """All the text that Beautiful Soup finds: what no extraction at all would score."""
    from bs4 import BeautifulSoup

    return lambda content: {"body": BeautifulSoup(content, "lxml").get_text("\n")}


def wrap_lines(make: Callable[[], Extractor]) -> Callable[[], Extractor]:
    """A peer that knows only HTML, given a dump with each of its lines as a paragraph."""
    def make_wrapped() -> Extractor:
        extract = make()

        def run(content: bytes) -> Fields:
            lines = "".join(f"<p>{html.escape(line)}</p>\n" for line in content.decode().splitlines() if line.strip())
            return extract(f"<html><head><meta charset='utf-8'></head><body>{lines}</body></html>".encode())

        return run

    return make_wrapped


def keep_all() -> Extractor:
    """All of a dump: what no extraction at all would score."""
    return lambda content: {"body": content.decode()}


def decode(content: bytes) -> str:
    """Text for the peers that take no bytes: UTF-8, or what the page says it is."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = EncodingDetector.find_declared_encoding(content, is_html=True)
        try:
            return content.decode(declared or "cp1252", "replace")
        except LookupError:
            return content.decode("cp1252", "replace")


def _read_document(document: Any) -> Fields:  # noqa: ANN401
    return {"body": document.body, "title": document.title, "publisher": document.publisher,
            "author": document.author, "date": document.date.value if document.date else None}


# The first of each table is searchkit; BASE and BASE_FULL are what speeds are compared with.
HTML = (
    Peer("searchkit", "", make_searchkit),
    Peer("searchkit", "without entities", make_searchkit_alone),
    Peer("searchkit", "body alone", make_searchkit_body),
    Peer("trafilatura", "", make_trafilatura()),
    Peer("trafilatura", "with metadata", make_trafilatura(with_metadata=True)),
    Peer("trafilatura", "fast", make_trafilatura(fast=True)),
    Peer("trafilatura", "for precision", make_trafilatura(favor_precision=True)),
    Peer("trafilatura", "for recall", make_trafilatura(favor_recall=True)),
    Peer("readability-lxml", "", make_readability),
    Peer("newspaper4k", "", make_newspaper),
    Peer("goose3", "", make_goose),
    Peer("jusText", "", make_justext),
    Peer("boilerpy3", "", make_boilerpy),
    Peer("resiliparse", "", make_resiliparse),
    Peer("htmldate", "", make_htmldate),
    Peer("beautifulsoup4", "all text", make_soup),
)
DUMP = (
    Peer("searchkit", "", make_searchkit_dump),
    Peer("trafilatura", "lines as paragraphs", wrap_lines(make_trafilatura())),
    Peer("jusText", "lines as paragraphs", wrap_lines(make_justext)),
    Peer("beautifulsoup4", "all text", keep_all),
)
BASE, BASE_FULL = "trafilatura", "trafilatura with metadata"
