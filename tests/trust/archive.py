"""A folder of saved pages that come, change and go, the same for the same seed.

The stories are made of the sentences of the sample pages; papers have their furniture and lines that all their pages
repeat, some stories stand in several papers, and some pages are captures of one address in archives.
"""

import random
from datetime import datetime, timedelta
from html import escape
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from searchkit import extract
from searchkit.model import Document

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
CAPTURED = "Evening Ledger"  # the paper that is found in archives
PAPERS = ("Harbour Gazette", "Lantern Tribune", "Wattle Creek Observer", "Copperline Daily")
ADDRESSES = 40  # of which archives have captures
GONE, CHANGED, COPIED, EMPTY = 0.04, 0.06, 0.15, 0.01  # shares of the pages
FIRST = datetime(2016, 3, 1, 6)


def read_sentences() -> list[str]:
    """The sentences of the sample pages."""
    documents = (extract(path) for path in sorted(SEEDS.iterdir()))
    return sorted({sentence.strip(". ") for document in documents if isinstance(document, Document)
                   for text in document.body.split("\n\n") for sentence in text.split(". ") if len(sentence) > 40})


class Archive:
    """A folder, and what comes next in it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder, self._dice, self._sentences = folder, random.Random(seed), read_sentences()
        self._stories: list[tuple[list[str], set[str]]] = []  # each with the papers that told it
        self._steps = self._pages = self._captures = 0
        folder.mkdir()

    def go_on(self, new: int) -> None:
        """So many new pages; some others have changed since, and some are gone. An archive comes and, later, goes."""
        pages = sorted(self._folder.glob("*/*.html"))
        for path in self._dice.sample(pages, round(len(pages) * GONE)):
            path.unlink()
            pages.remove(path)
        for path in self._dice.sample(pages, round(len(pages) * CHANGED)):
            path.write_bytes(self._make_page(path.parent.name))
        for _ in range(new):
            paper = self._dice.choice(PAPERS)
            path = self._folder / paper / f"{self._pages:05}.html"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"" if self._dice.random() < EMPTY else self._make_page(paper))
            self._pages += 1
        self._write_captures()
        self._steps += 1
        if self._steps % 3 == 0:
            self._name_captures(self._steps - 2).unlink()

    def _find_story(self, paper: str) -> list[str]:
        """The paragraphs of a new story, or of one that other papers told before."""
        if self._dice.random() < COPIED:
            for story, papers in self._dice.sample(self._stories, min(9, len(self._stories))):
                if paper not in papers:
                    papers.add(paper)
                    return story
        number = len(self._stories)
        story = [". ".join([f"The {number}th report has {at}", *self._dice.choices(self._sentences, k=3)]) + "."
                 for at in range(self._dice.randint(2, 6))]
        self._stories.append((story, {paper}))
        return story

    def _make_page(self, paper: str) -> bytes:
        """A page of a paper, as it was saved. What was told before is told again without a paragraph here and there."""
        story = self._find_story(paper)
        date = FIRST + timedelta(days=self._dice.randrange(1_500))
        told = [text for text in story if self._dice.random() < 0.95] or story
        headline = self._dice.choice(self._sentences)[:70].rsplit(" ", 1)[0]
        lines = "".join(f"<p>{escape(text)}</p>\n" for text in [*told, f"All letters to the {paper} are read."])
        links = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("news", "sport", "weather", "letters"))
        return (f'<html lang="en"><head><title>{escape(headline)} - {paper}</title>\n'
                f'<meta property="article:published_time" content="{date:%Y-%m-%d}"></head><body>\n'
                f"<nav><ul>{links}</ul></nav><article><h1>{escape(headline)}</h1>\n"
                f"<p>By Mara Voss, {date:%d %B %Y}</p>\n{lines}</article>\n"
                f"<footer>Copyright {paper}. All rights reserved.</footer></body></html>").encode()

    def _name_captures(self, step: int) -> Path:
        return self._folder / f"captures-{step:03}.warc.gz"

    def _write_captures(self) -> None:
        """An archive of captures, each at a time of its own."""
        with self._name_captures(self._steps).open("wb") as file:
            writer = WARCWriter(file, gzip=True)
            for _ in range(ADDRESSES // 4):
                self._captures += 1
                time = FIRST + timedelta(hours=self._dice.randrange(100_000), seconds=self._captures % 3_600)
                head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
                page = self._make_page(CAPTURED)
                writer.write_record(writer.create_warc_record(
                    f"https://ledger.example/{self._dice.randrange(ADDRESSES)}", "response", BytesIO(page),
                    http_headers=head, warc_headers_dict={"WARC-Date": f"{time:%Y-%m-%dT%H:%M:%SZ}"}))
