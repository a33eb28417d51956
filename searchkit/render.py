"""What people see in a terminal: results, facets with bars, documents, reports. Text in, text out.

Every string from outside passes ``make_safe``, so that no page can send commands to the terminal.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from searchkit.model import Clue, Document, Rejected
from searchkit.periods import fold_months, show_gaps
from searchkit.report import IndexReport
from searchkit.results import Copies, FacetValue, Hit, Results, Snippet

BAR = 10  # columns of the longest bar of a facet
SHORTEST_BAR = 4  # columns of the longest bar beside two numbers, at least
FACET_WIDTH = 24  # columns of a facet's values, at most
DATE_ROWS = 24  # months that are shown; where there are more, years are
GAP = 3  # columns between facets side by side
LABEL = 20  # columns of a document's id beside its occurrences, at most
REASON = 13  # columns of a block's reason
INDENT = " " * 4
SHOWN_REJECTED = 10  # rejected pages that a report names before it says how many more there are

# C0 but tab and newline, DEL, C1, line separators, and the signs that reorder what follows them
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Style:
    """How wide the terminal is, and whether it shows colour; without it, highlighted words stand in ``**``."""

    color: bool = False
    width: int = 80
    find_link: Callable[[str], str | None] | None = None  # the address of a path, where links are shown

    def paint(self, text: str, code: str) -> str:
        """Text in a colour or weight (an SGR code)."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text

    def bold(self, text: str) -> str:
        """For titles."""
        return self.paint(text, "1")

    def dim(self, text: str) -> str:
        """For what is there when it is looked for."""
        return self.paint(text, "2")

    def link(self, text: str, path: str) -> str:
        """Text that opens the file of a path (OSC 8), where the terminal does that and the file is there."""
        address = self.find_link(path) if self.color and self.find_link else None
        return f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\" if address and address.isascii() else text

    def mark(self, text: str) -> str:
        """For the words that were searched."""
        return self.paint(text, "1;33") if self.color else f"**{text}**"


def make_safe(text: str) -> str:
    """Text in which control characters are visible escapes and nothing more."""
    return _UNSAFE.sub(lambda found: f"\\x{ord(found.group()):02x}", text)


def make_line(text: str) -> str:
    """Safe text on a line of its own, whatever it holds."""
    return make_safe(text).replace("\n", "\\x0a").replace("\t", "\\x09")


def render_results(results: Results, style: Style) -> Iterator[str]:
    """Lines: the hits, or else the partial ones, then facets, then how many there are and what may help."""
    if results.partial:
        yield (f"no page has all of these words; the best of {results.partial.total:,} with some of them:")
        yield ""
    for hit in (results.partial or results).hits:
        yield from _render_hit(hit, style)
        yield ""
    yield from render_facets(results.facets, style)
    yield _count_hits(results)
    for warning in results.warnings:
        yield make_line(warning)
    if results.suggestion:
        yield f"did you mean: {style.bold(make_line(results.suggestion))}"
    if not results.total:
        yield style.dim(f"searched for {make_line(results.parsed)}")


def render_facets(facets: Mapping[str, Sequence[FacetValue]], style: Style) -> Iterator[str]:
    """Lines: the facets side by side as far as the terminal is wide enough, each value with count and bar."""
    columns = [_render_facet(name, _show_gaps(name, values), style) for name, values in facets.items() if values]
    while columns:
        row = [columns.pop(0)]
        used = row[0].width
        while columns and used + GAP + columns[0].width <= style.width:
            used += GAP + columns[0].width
            row.append(columns.pop(0))
        for cells in zip_longest(*(column.lines for column in row)):
            padded = ((cell or (0, "")) for cell in cells)
            yield (" " * GAP).join(text + " " * (column.width - width) for column, (width, text)
                                   in zip(row, padded, strict=True)).rstrip()
        yield ""


def render_document(document: Document, style: Style) -> Iterator[str]:
    """Lines: one document with its fields, its story, and how much was stripped."""
    yield style.bold(make_line(document.display_title))
    fields = {
        "date": _explain_date(document),
        "publisher": _explain(document.publisher, document.publisher_source),
        "author": _explain(document.author, document.author_source),
        "language": document.language,
        "address": document.url,
        "file": document.path,
        "entities": ", ".join(f"{entity.name} ({entity.count})" for entity in document.entities),
    }
    yield from _render_pairs(fields, style)
    for paragraph in document.body.split("\n\n"):
        yield ""
        yield from _wrap(make_safe(paragraph), style.width)
    if document.chrome:
        yield ""
        yield style.dim(f"{len(document.chrome)} stripped blocks are kept as chrome (see: --json)")


def render_copies(document: Document, copies: Copies) -> Iterator[str]:
    """One line: how many copies a document has, and the query that finds them; none where it has none."""
    if copies.count:
        yield f"{_count_copies(copies)}, all found by group:{make_line(document.group or '')}"


def render_explanation(document: Document, blocks: Iterable[tuple[str, bool, str]], style: Style) -> Iterator[str]:
    """Lines: what a page became, every clue that was considered, and its blocks (text, kept, reason) in order."""
    yield style.bold(make_line(document.path))
    yield from _render_pairs(_explain_fields(document), style)
    day, origin = (document.date.value, document.date.source) if document.date else (None, None)
    considered = (("title", document.title, document.title_source, document.title_clues),
                  ("date", day, origin, document.date_clues),
                  ("publisher", document.publisher, document.publisher_source, document.publisher_clues),
                  ("author", document.author, document.author_source, document.author_clues))
    for name, value, source, clues in considered:
        if clues:
            yield ""
            yield style.bold(f"{name} clues")
            yield from _render_clues(clues, value, source, style)
    yield ""
    yield style.bold("blocks") + style.dim("  + kept  - stripped")
    for text, keep, reason in blocks:
        yield from _render_block(text, keep, reason, style)
    yield ""


def render_rejected(page: Rejected) -> str:
    """One line: a page that became no document, and why."""
    detail = f": {page.detail}" if page.detail else ""
    return f"rejected {make_line(page.path)} ({make_line(page.reason + detail)})"


def render_stats(stats: Mapping[str, Any], style: Style) -> Iterator[str]:
    """Lines: what an index holds."""
    shown = dict(stats)
    shown["languages"] = ", ".join(f"{name} ({count:,})" for name, count in stats["languages"].items())
    shown["rejected"] = ", ".join(f"{reason} ({count:,})" for reason, count in stats["rejected"].items())
    shown["size"] = f"{shown.pop('bytes') / 1e6:,.1f} MB" if stats["bytes"] is not None else None
    yield from _render_pairs({name.replace("_", " "): value for name, value in shown.items()}, style)


def render_report(report: IndexReport, style: Style) -> Iterator[str]:
    """Lines: what a run did, in one; then which pages were rejected and why."""
    counts = {"added": report.added, "updated": report.updated, "unchanged": report.unchanged,
              "removed": report.removed, "rejected": len(report.rejected)}
    said = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count or name != "removed")
    yield f"{said} in {report.seconds:.1f} s"
    for page in report.warnings[:SHOWN_REJECTED]:
        said = f"{make_line(page.path)} ({page.reason}: {make_line(page.detail)})"
        yield style.dim(f"  only the text was taken of {said}")
    # Images and styles that a browser saved beside its pages are no news; what else was rejected comes first.
    ordered = sorted(report.rejected, key=lambda page: page.reason == "not-a-page")
    for page in ordered[:SHOWN_REJECTED]:
        detail = f": {page.detail}" if page.detail else ""
        yield style.dim(f"  rejected {make_line(page.path)} ({page.reason}{make_line(detail)})")
    if rest := Counter(page.reason for page in ordered[SHOWN_REJECTED:]):
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in rest.most_common())
        yield style.dim(f"  and {rest.total():,} more: {reasons} (see: --json)")


def render_progress(pages: int, done: int, whole: int, seconds: float) -> str:
    """One line: a bar of how much of the sources has been read, pages, pages a second."""
    share = min(1.0, done / whole) if whole else 0.0
    filled = int(share * 30)
    rate = pages / seconds if seconds else 0.0
    return f"[{'█' * filled}{'·' * (30 - filled)}] {share:4.0%}  {pages:,} pages  {rate:,.0f} a second"


def render_occurrence(id_: str, found: tuple[str, str, str], style: Style) -> str:
    """One line: a match in the middle, as much of what stands before and after it as there is room, and where."""
    before, match, after = map(_blank, found)
    label = _fit(make_line(id_), LABEL)
    middle = max(style.width // 2, LABEL + 20)
    room = middle - measure_width(label) - 2
    start, used = len(before), 0
    while start and (used := used + measure_width(before[start - 1])) <= room:
        start -= 1
    left = " " * (room - measure_width(before[start:])) + before[start:]
    rest = style.width - middle - measure_width(match) - (0 if style.color else len("****"))
    return f"{style.dim(label)}  {left}{style.mark(match)}{_fit(after, max(rest, 1))}".rstrip()


def _explain_fields(document: Document) -> dict[str, str | None]:
    """What was chosen, from where, how sure."""
    def choose(value: str | None, source: str | None, clues: Sequence[Clue]) -> str | None:
        if not value or not clues:
            return _explain(value, source)
        return f"{value} (from {source}, {clues[0].confidence:.0%} sure)"

    return {
        "title": choose(document.title, document.title_source, document.title_clues) or "none",
        "date": _explain_date(document) or "none",
        "publisher": choose(document.publisher, document.publisher_source, document.publisher_clues) or "none",
        "author": choose(document.author, document.author_source, document.author_clues) or "none",
        "language": document.language or "none",
        "address": document.url,
    }


def _render_clues(clues: Sequence[Clue], value: str | None, source: str | None, style: Style) -> Iterator[str]:
    """Lines: the clues, best first, the chosen one marked; behind each the words it was read from."""
    chosen = next((place for place, clue in enumerate(clues) if (clue.value, clue.source) == (value, source)), None)
    for place, clue in enumerate(clues):
        mark = "*" if place == chosen else " "
        text = f"{mark} {clue.confidence:4.2f}  {make_line(clue.value)}  {make_line(clue.source)}"
        read = _fit(make_line(clue.text), style.width - measure_width(text) - 4)
        shown = style.paint(text, "1;32") if place == chosen else text
        yield shown + (style.dim(f"  “{read}”") if read and clue.text != clue.value else "")


def _render_block(text: str, keep: bool, reason: str, style: Style) -> Iterator[str]:
    """Lines: a block behind its sign and its reason, dim if it was stripped."""
    label = f"{'+' if keep else '-'} {_fit(make_line(reason), REASON):<{REASON}} "
    paragraphs = (line for part in make_safe(text).split("\n") for line in _wrap(part, style.width - len(label)))
    for number, line in enumerate(paragraphs):
        head = " " * len(label) if number else label
        yield style.paint(head, "32") + line if keep else style.dim(head + line)


def _fit(text: str, width: int) -> str:
    """Text cut to so many columns, for lines that are not to wrap."""
    if measure_width(text) <= width:
        return text
    end, used = 0, 1
    while end < len(text) and (used := used + measure_width(text[end])) <= width:
        end += 1
    return text[:end] + "…" if end else ""


def _render_hit(hit: Hit, style: Style) -> Iterator[str]:
    title = _blank(hit.document.display_title)
    for number, line in enumerate(_mark_lines(title, hit.title_highlights, style, style.bold)):
        yield (INDENT if number else f"{hit.rank:>2}  ") + line
    known = [*map(make_line, filter(None, (hit.date, hit.publisher, hit.author))),
             style.link(make_line(hit.document.path), hit.document.path)]
    yield INDENT + style.dim(" · ".join(known))
    for snippet in hit.snippets:
        for line in _render_snippet(snippet, hit.document, style):
            yield INDENT + line
    if hit.copies.count:
        yield INDENT + _count_copies(hit.copies)
    way = f" · with its copies group:{make_line(hit.document.group or '')}" if hit.copies.count else ""
    yield INDENT + style.dim(f"id {make_line(hit.id)}{way}")


def _count_copies(copies: Copies) -> str:
    """How many copies in how many publishers."""
    noun, count = "copy" if copies.count == 1 else "copies", len(copies.publishers)
    published = f" in {count:,} publisher{'' if count == 1 else 's'}" if count else ""
    return f"+{copies.count:,} {noun}{published}"


def _render_snippet(snippet: Snippet, document: Document, style: Style) -> Iterator[str]:
    """Lines of a snippet with its words marked, and dots where the text goes on."""
    before, after = "", ""
    if snippet.field == "body":
        before = "… " if snippet.start else ""
        after = " …" if snippet.start + len(snippet.text) < len(document.body) else ""
    else:
        before = f"[{snippet.field}] "
    spans = [(start + len(before), end + len(before)) for start, end in snippet.highlights]
    yield from _mark_lines(before + _blank(snippet.text) + after, spans, style, str)


def _blank(text: str) -> str:
    """Text on one line and without control characters, each sign still in its place."""
    return re.sub(r"\s", " ", _UNSAFE.sub("\ufffd", text))


def _mark_lines(text: str, spans: Sequence[tuple[int, int]], style: Style,
                paint: Callable[[str], str]) -> Iterator[str]:
    """The text wrapped, the spans marked and the rest painted."""
    done = 0
    for line in _wrap(text, style.width - len(INDENT)):
        begin = text.index(line, done)
        done = begin + len(line)
        inside = [(max(start, begin) - begin, min(end, done) - begin) for start, end in spans
                  if start < done and end > begin]
        parts, at = [], 0
        for start, end in inside:
            parts += [paint(line[at:start]), style.mark(line[start:end])]
            at = end
        yield re.sub(" {2,}", " ", "".join([*parts, paint(line[at:])]))


def _wrap(text: str, width: int) -> Iterator[str]:
    """Slices of the text, broken between words, that fit the width as far as single words do."""
    begin = end = 0
    for word in re.finditer(r"\S+", text):
        if end > begin and measure_width(text[begin:word.end()]) > max(width, 20):
            yield text[begin:end]
            begin = word.start()
        end = word.end()
    if end > begin:
        yield text[begin:end].lstrip()


def measure_width(text: str) -> int:
    """Columns that a text takes in a terminal: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
               for char in text)


@dataclass(frozen=True, slots=True)
class _Column:
    """A facet as lines, each with its width in columns before any colour."""

    width: int
    lines: list[tuple[int, str]]


def _render_facet(name: str, values: Sequence[FacetValue], style: Style) -> _Column:
    most = max(value.count for value in values)
    names = [_fit(make_line(value.value) if value.value is not None else "none", FACET_WIDTH) for value in values]
    digits = len(f"{most:,}")
    widest = max(measure_width(name), *map(measure_width, names))
    texts = [f"({value.distinct:,}) " if value.distinct != value.count else "" for value in values]
    second = max(map(len, texts))
    longest = max(SHORTEST_BAR, BAR - second)  # so that a second number does not widen the column
    room = widest + digits + 2 + second
    lines = [(measure_width(name), style.bold(name))]
    for shown, value, distinct in zip(names, values, texts, strict=True):
        bar = "█" * (max(1, round(value.count / most * longest)) if value.count else 0)
        text = f"{shown}{' ' * (widest - measure_width(shown))} {value.count:>{digits},} {distinct}"
        text += " " * (room - measure_width(text))
        painted = style.dim(text) if value.value is None else text
        lines.append((room + len(bar), painted + style.paint(bar, "36")))
    return _Column(room + longest, lines)


def _show_gaps(name: str, values: Sequence[FacetValue]) -> Sequence[FacetValue]:
    """Dates with their empty periods, as far as they can be read; the JSON has them all."""
    if name == "date" and len(values) > DATE_ROWS:
        return fold_months(values, DATE_ROWS)
    return show_gaps(values, DATE_ROWS) if name.partition(":")[0] == "date" else values


def _count_hits(results: Results) -> str:
    """How many of how many are shown, and how long it took."""
    noun = "document" if results.total == 1 else "documents"
    said = f"{len(results.hits):,} of {results.total:,} {noun}"
    if results.distinct != results.total:
        said += f", {results.distinct:,} distinct text{'' if results.distinct == 1 else 's'}"
    return f"{said}, {results.took_ms:.0f} ms"


def _render_pairs(pairs: Mapping[str, Any], style: Style) -> Iterator[str]:
    shown = {name: value for name, value in pairs.items() if value not in (None, "")}
    width = max(map(len, shown), default=0)
    for name, value in shown.items():
        text = f"{value:,}" if isinstance(value, int) else make_line(str(value))
        for number, line in enumerate(_wrap(text, style.width - width - 2)):
            label = "" if number else name
            yield style.dim(f"{label:<{width}}") + "  " + line


def _explain(value: str | None, source: str | None) -> str | None:
    return f"{value} (from {source})" if value and source else value


def _explain_date(document: Document) -> str | None:
    if document.date:
        return f"{document.date.value} (from {document.date.source}, {document.date.confidence:.0%} sure)"
    return f"not after {document.date_not_after}" if document.date_not_after else None
