"""Nothing readable is lost: body and chrome together hold all text that a page shows.

The pages are third-party text and lie beside the project; without them this is skipped by name.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, NavigableString
from bs4.element import CData, PreformattedString

from searchkit.model import Document, Page
from searchkit.pipeline import decode, extract

PAGES = Path(__file__).resolve().parents[2] / "shared" / "data" / "extraction" / "html"
pytestmark = pytest.mark.skipif(not PAGES.is_dir(), reason=f"the saved pages are not in {PAGES}")
SAMPLE = 60
NOT_SHOWN = ("script", "style", "template", "noscript", "iframe", "title", "desc", "metadata", "annotation")
# A parser of its own may read broken mark-up otherwise; of a page's letters so few may differ.
READ_OTHERWISE = 0.002


def count_letters(text):
    return Counter(re.findall(r"\w", text))


def show(html):
    """The text of a page by another parser and another walk than the ones that are tested."""
    soup = BeautifulSoup(html, "html.parser")
    for element in soup(NOT_SHOWN):
        element.extract()
    return " ".join(str(node) for node in soup.descendants if isinstance(node, NavigableString)
                    and (isinstance(node, CData) or not isinstance(node, PreformattedString)))


def find_sample():
    files = sorted(PAGES.glob("*.html.gz"))
    return files[:: max(len(files) // SAMPLE, 1)][:SAMPLE]


def test_body_and_chrome_hold_all_text_of_a_page_once():
    compared, wrong = 0, {}
    for file in find_sample():
        content = gzip.decompress(file.read_bytes())
        document = extract(Page(file.name, content))
        if not isinstance(document, Document):
            continue
        held = count_letters(document.body + "".join(part.text for part in document.chrome))
        shown = count_letters(show(decode.decode(content)))
        compared += bool(shown)  # html.parser sees nothing of a page after an element that never ends
        differing = sum(((shown - held) + (held - shown)).values())
        if shown and differing > READ_OTHERWISE * sum(shown.values()):
            wrong[file.name] = (differing, sum(shown.values()))

    assert wrong == {}
    assert compared > 0.9 * SAMPLE
