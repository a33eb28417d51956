"""A plain-text dump of a page becomes blocks.

Dumps come in three forms, told apart by their looks: a line for each paragraph; paragraphs wrapped at a
fixed width (``w3m -dump``); a line for each text node, so that links break sentences (WET records).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace

from searchkit.pipeline.block import Block, Markup

_BULLET = re.compile(r"(?:[•◦▪‣⁃●○■□◆▸►»·∙+*]|[-–—](?=\s)|\d{1,3}[.)](?=\s))(?:\s+|$)")
_GLYPH = re.compile(r"[•◦▪‣⁃●○■□◆▸►·∙]\s*")  # only shows that the line is an item of a list
_DASHES = "-–—"  # begin what somebody says, in paragraphs like others, as well as items of a list
_LAYOUT = re.compile(r"\S {3,}\S|[│┃┌└├─━]")  # columns of a table

_NARROWEST, _WIDEST = 60, 140  # columns at which text is wrapped by mail, terminals and browsers
_SLACK = 8  # a wrapped line falls short of the width by less than most words are long
_WRAPPED = 0.35  # of the long lines, if lines are wrapped; else lengths are spread far wider
_FEWEST = 4  # lines at the width
_GAPLESS = 0.02  # blank lines among the lines of a dump of text nodes: none, but for accidents
_FEWEST_NODES = 20  # lines; a shorter dump without blank lines may well be paragraphs
_FRAGMENT = 40  # characters; a line this long that ends in mid-sentence goes on in the next

_ENDS = re.compile(r"[.!?…:;。！？|»]['\"”’)\]]*$")
_GOES_ON = re.compile(r"[,.;:!?)\]”’](?:\s|$)|[a-zà-ÿ]|['’]s\b|[,.;:]['\"”’]")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is not blank."""

    text: str
    number: int
    indent: int
    gap: int
    bulleted: bool
    in_columns: bool


def parse(text: str) -> Markup:
    """The blocks of a dump: each line one, but for lines that only a wrap or a link has broken."""
    lines = _read_lines(text)
    if width := _find_width(lines):
        lines = _join_wrapped(lines, width)
    elif _is_by_node(lines, text):
        lines = _join_fragments(lines)
    return Markup(tuple(Block(line.text, "li" if line.bulleted else "p", indent=line.indent, gap=line.gap,
                              line=line.number) for line in lines), kind="text")


def _read_lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    gap = 0
    for number, raw in enumerate(text.split("\n")):
        content = raw.strip()
        if not content:
            gap += 1
            continue
        bullet = _BULLET.match(content)
        if bullet and bullet.end() == len(content):
            gap += 1  # a bullet with nothing after it shows nothing
            continue
        start = len(raw) - len(raw.lstrip())
        indent = len(raw[:start].expandtabs())
        shown = _GLYPH.sub("", content, count=1) if bullet else content
        text = " ".join(shown.split())
        lines.append(_Line(text, number, indent, gap, bullet is not None, _LAYOUT.search(content) is not None))
        gap = 0
    return lines


def _measure(text: str) -> int:
    """Columns on a terminal, where East Asian characters take two."""
    if text.isascii():
        return len(text)
    return len(text) + sum(unicodedata.east_asian_width(char) in "WF" for char in text)


def _find_width(lines: list[_Line]) -> int | None:
    """The width at which the dump's lines are wrapped, if they are."""
    lengths = Counter(line.indent + _measure(line.text) for line in lines)
    wide = sum(count for length, count in lengths.items() if length > _NARROWEST - _SLACK)
    full = {width: sum(lengths[width - short] for short in range(_SLACK)) for width in lengths
            if _NARROWEST <= width <= _WIDEST}
    if not full:
        return None
    width = max(full, key=lambda width: (full[width], width))
    beyond = sum(count for length, count in lengths.items() if length > width + 2)
    if full[width] < max(_FEWEST, _WRAPPED * wide) or beyond > full[width] / 4:
        return None
    return width


def _join_wrapped(lines: list[_Line], width: int) -> list[_Line]:
    """Put lines together whose break only the width explains: the next word did not fit."""
    joined: list[_Line] = []
    room = 0  # columns left at the end of the line above
    parts: list[str] = []
    for line in lines:
        size = line.indent + _measure(line.text)
        if joined and _is_wrapped(joined[-1], line, room):
            parts.append(line.text)
        else:
            _close(joined, parts)
            joined.append(line)
            parts = [line.text]
        room = width - size
    _close(joined, parts)
    return joined


def _is_wrapped(above: _Line, line: _Line, room: int) -> bool:
    if line.gap or line.bulleted or line.in_columns or room > 40:
        return False
    shift = line.indent - above.indent
    hanging = (0 if above.text[0] in _DASHES else 2) <= shift <= 4 if above.bulleted else -4 <= shift <= 1
    word = line.text.split(maxsplit=1)[0]
    if ord(word[0]) > 0x2E80:  # East Asian text breaks at any character
        return hanging and room <= 2
    return hanging and _measure(word) >= room - 1


def _close(joined: list[_Line], parts: list[str]) -> None:
    """Put the parts gathered for the last line in its place."""
    if len(parts) > 1:
        text = parts[0]
        pieces = [text]
        for part in parts[1:]:
            solid = part[0] in ",.;:!?)" or (ord(text[-1]) > 0x2E80 and ord(part[0]) > 0x2E80)
            pieces.append(part if solid else " " + part)
            text = part
        joined[-1] = replace(joined[-1], text="".join(pieces))


def _is_by_node(lines: list[_Line], text: str) -> bool:
    blanks = sum(line.gap for line in lines)
    return len(lines) >= _FEWEST_NODES and blanks <= _GAPLESS * len(lines)


def _join_fragments(lines: list[_Line]) -> list[_Line]:
    """Put a sentence together that its links have broken into lines."""
    joined: list[_Line] = []
    parts: list[str] = []
    for index, line in enumerate(lines):
        after = lines[index + 1].text if index + 1 < len(lines) else ""
        if parts and not line.bulleted and _continues(parts, line.text, after):
            parts.append(line.text)
        else:
            _close(joined, parts)
            joined.append(line)
            parts = [line.text]
    _close(joined, parts)
    return joined


def _continues(parts: list[str], text: str, after: str) -> bool:
    """Whether a line goes on with the sentence above it."""
    if _ENDS.search(parts[-1]):
        return text[0] in ",;)" or text in (".", "!", "?")
    if _GOES_ON.match(text):
        return len(parts[-1]) >= _FRAGMENT or len(parts) > 1
    return sum(map(len, parts[-3:])) >= _FRAGMENT and _GOES_ON.match(after) is not None
