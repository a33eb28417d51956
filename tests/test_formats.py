"""Real archives and saved pages, broken ones included. They are third-party files and lie beside the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchkit.model import Document, Page
from searchkit.pipeline import extract
from searchkit.sources import read

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "data" / "formats"
pytestmark = pytest.mark.skipif(not SAMPLES.exists(), reason=f"the sample archives are not in {SAMPLES}")

# File → how many pages it has, with how many addresses and what ends the first; reasons of its rejections.
EXPECTED = {
    "warc/cc-whirlwind.warc": (1, 1, "/Escopete", []),
    "warc/cc-whirlwind.warc.gz": (1, 1, "/Escopete", []),
    "warc/cc-whirlwind.warc.wet.gz": (1, 1, "/Escopete", []),
    "warc/cc-whirlwind.warc.wat.gz": (0, 0, "", []),
    "warc/warcio-example.warc": (1, 1, "example.com/", ["not-a-page"]),
    "warc/warcio-example.warc.gz": (1, 1, "example.com/", ["not-a-page"]),
    "warc/warcio-digest.warc": (0, 0, "", []),
    "warc/warcio-post.warc.gz": (0, 0, "", ["not-a-page"]),
    "warc/warcio-resource.warc.gz": (1, 1, "example.com/", []),
    "warc/pywb-iana.warc.gz": (16, 16, "iana.org/", ["not-a-page"]),
    "warc/pywb-dupes-revisits.warc.gz": (1, 1, "example.com", ["not-a-page"]),
    "warc/pywb-example.arc.gz": (1, 1, "example.com/", []),
    "warc/pywb-wpull.warc.gz": (1, 1, "example.com/", []),
    "warc/ukwa-blackbook.warc.gz": (2, 2, "archive.org/", ["not-a-page"]),
    "warc/ukwa-blackbook.arc.gz": (2, 2, "archive.org/", ["not-a-page"]),
    "warc/ukwa-wget.warc.gz": (2, 1, "archive.org/", ["not-a-page"]),
    "warc/wikipedia-main-page-2012.warc.gz": (1, 1, "/Main_Page", ["not-a-page"]),
    "warc/broken/warcio-trunc.warc": (1, 1, "example.com/", []),
    "warc/broken/warcio-bad.warc.gz": (1, 1, "?example=1", ["not-a-page"]),
    "warc/broken/warcio-not-chunked.warc.gz": (1, 1, "example.com/", ["not-a-page"]),
    "warc/broken/warcio-wrong-chunks.warc.gz": (1, 1, "example.com/", []),
    "warc/broken/pywb-missing-status-text.warc": (0, 0, "", ["not-a-page"]),
    "wacz/replayweb-example.wacz": (1, 1, "webrecorder.net/", ["not-a-page"]),
    "wacz/py-wacz-valid-1.wacz": (1, 1, "example.com/", []),
    "wacz/py-wacz-invalid-1.wacz": (0, 0, "", ["unreadable"]),
    "mhtml/portfolio.mhtml": (1, 1, "bitbucket.org/", []),
    "mhtml/broken/missing_boundary.mhtml": (1, 1, "bitbucket.org/", []),
    "mhtml/broken/missing_headers.mhtml": (1, 1, "bitbucket.org/", []),
    "mhtml/broken/unexpected_eof.mhtml": (1, 1, "bitbucket.org/", []),
    "singlefile-zotero-pdf-reader.html": (1, 1, "/pdf_reader", []),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_has_its_pages_and_what_is_no_page_is_named(name):
    found = list(read([SAMPLES / name]))
    pages = [page for page in found if isinstance(page, Page)]
    urls = [page.url for page in pages]
    count, addresses, ending, reasons = EXPECTED[name]

    assert (len(pages), len(set(urls))) == (count, addresses)
    assert "".join(urls[:1]).endswith(ending)
    assert [other.reason for other in found if not isinstance(other, Page)] == reasons
    assert all(page.captured and page.content.strip() for page in pages)
    assert len({page.location for page in pages}) == len(pages)


def test_every_sample_is_expected_to_give_something():
    there = {str(path.relative_to(SAMPLES)) for path in SAMPLES.rglob("*") if path.is_file()}

    assert there - {"README.md"} == set(EXPECTED)


def test_one_page_is_the_same_from_every_archive():
    plain, packed, text = (next(read([SAMPLES / "warc" / f"cc-whirlwind.{end}"])) for end in
                           ("warc", "warc.gz", "warc.wet.gz"))

    assert (plain.content, plain.url, plain.captured, plain.record) == (
        packed.content, packed.url, packed.captured, packed.record)
    assert (text.url, text.captured, text.media_type) == (plain.url, plain.captured, "text/plain")


@pytest.mark.parametrize("name", ["warc/cc-whirlwind.warc.gz", "warc/cc-whirlwind.warc.wet.gz", "mhtml/portfolio.mhtml",
                                  "singlefile-zotero-pdf-reader.html", "wacz/replayweb-example.wacz"])
def test_a_page_from_a_container_becomes_a_document(name):
    document = extract(next(read([SAMPLES / name])))

    assert isinstance(document, Document)
    assert document.url
    assert len(document.body) > 100
