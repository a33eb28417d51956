"""The examples of a page of documentation: its blocks of code, cut into what can be checked at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")),
         *sorted((ROOT / "examples").rglob("*.md")), ROOT / "bench" / "README.md", ROOT / "seeds" / "README.md"]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:\A|\n\n|^#[^\n]*\n)( {4}[^\n]*(?:\n|\Z)(?: {4}[^\n]*(?:\n|\Z)|\n(?= {4}))*)",
                       re.MULTILINE)
_DRAWN = re.compile("[─▶└┘]")


@dataclass(frozen=True)
class Example:
    """A thing to check: what kind it is, its text, the output that the page shows for it, and where it stands."""

    kind: str
    text: str
    page: str
    line: int
    shown: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.page}:{self.line} {self.text.strip().splitlines()[0][:50]}"


def is_served(example: Example) -> bool:
    """Whether a server is asked; tests/web/test_docs_served.py has one."""
    return example.text.startswith(("searchkit serve", "curl ")) or (example.kind, example.page) == (
        "json", "docs/http-api.md")


def is_lasting(example: Example) -> bool:
    """Whether a command runs until it is ended; tests/test_watch.py and tests/test_mcp.py do that."""
    return example.text.startswith(("searchkit watch", "searchkit mcp"))


def list_examples(page: Path) -> list[Example]:
    """All examples of a page, in order."""
    name = page.relative_to(ROOT).as_posix() if page.is_relative_to(ROOT) else page.name
    return [example for line, language, text in find_blocks(page.read_text(encoding="utf-8"))
            for example in split_block(name, line, language, text)]


def find_blocks(text: str) -> list[tuple[int, str, str]]:
    """The blocks of code: the number of the first line, the language that is named ("" for none), the text."""
    blocks = [(found.start(2), found[1], found[2]) for found in _FENCE.finditer(text)]
    rest = _FENCE.sub(lambda found: re.sub(r"[^\n]", ".", found[0]), text)  # as long as it was
    blocks += [(found.start(1), "", re.sub(r"^ {4}", "", found[1], flags=re.MULTILINE))
               for found in _INDENTED.finditer(rest)]
    return [(text.count("\n", 0, start) + 1, language, block) for start, language, block in sorted(blocks)]


def split_block(page: str, line: int, language: str, text: str) -> Iterator[Example]:
    """A block as its examples: a program, a file or a JSON value as a whole, else commands with their output."""
    if language in ("python", "toml", "json"):
        yield Example(language, text, page, line)
    elif text.startswith(("import ", "from ")):
        yield Example("python", text, page, line)
    elif text.startswith("{"):
        yield Example("json", text, page, line)
    elif text.startswith("$ "):
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, *shown = part.rstrip().split("\n")
            yield Example("command", command, page, line, tuple(shown))
            line += part.count("\n")
    else:
        for number, words in enumerate(text.splitlines(), line):
            if words.strip() and not _DRAWN.search(words):
                yield Example("command" if words.startswith("searchkit ") else "line", words, page, number)
