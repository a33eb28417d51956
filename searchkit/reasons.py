"""What people see of an explanation: why a query finds what it finds, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from searchkit.render import Style, make_line, measure_width
from searchkit.search.explanation import Clause, Explanation, Word

EMPTIES = "  ← empties the result"


def render_reasons(explanation: Explanation, style: Style) -> Iterator[str]:
    """Lines: the query as understood, its words with their forms, its clauses, and what to try."""
    noun = "document" if explanation.total == 1 else "documents"
    yield f"{style.dim('understood as')}  {make_line(explanation.parsed)}"
    yield f"{style.dim('matches')}        {explanation.total:,} {noun}"
    if explanation.words:
        yield ""
        yield style.bold("words")
        yield from _render_words(explanation.words, style)
    if explanation.clauses:
        yield ""
        yield from _render_clauses(explanation.clauses, explanation.emptied_by, style)
    said = [*explanation.warnings, *explanation.advice]
    if said or explanation.suggestion:
        yield ""
    yield from map(make_line, said)
    if explanation.suggestion:
        yield f"did you mean: {style.bold(make_line(explanation.suggestion))}"


def _render_words(words: Sequence[Word], style: Style) -> Iterator[str]:
    """Lines: each word, how many documents have it, and how it is written there."""
    rows = []
    for word in words:
        forms = ", ".join(f"{form.written} {form.documents:,}" for form in word.forms)
        place = "" if word.field == "body" else f" in {word.field}"
        rows.append((make_line(word.typed + place), f"{word.documents:,}", make_line(forms) or "in no story"))
    names, counts, _ = zip(*rows, strict=True)
    wide, digits = _measure(names), _measure(counts)
    for name, count, forms in rows:
        yield f"  {_pad(name, wide)}  {count:>{digits}}  {style.dim(forms)}"


def _render_clauses(clauses: Sequence[Clause], emptied: Sequence[str], style: Style) -> Iterator[str]:
    """Lines: each clause, how many documents match it alone, and how many all the others without it."""
    alone = [f"{clause.documents:,}" for clause in clauses]
    without = [f"{clause.without:,}" for clause in clauses]
    names = [make_line(clause.clause) for clause in clauses]
    widths = _measure(names), _measure(["alone", *alone]), _measure(["without it", *without])
    yield f"{style.bold(_pad('clauses', widths[0] + 2))}  {style.dim('alone'.rjust(widths[1]) + '  without it')}"
    for clause, name, *counts in zip(clauses, names, alone, without, strict=True):
        mark = style.paint(EMPTIES, "1;31") if clause.clause in emptied else ""
        yield f"  {_pad(name, widths[0])}  {counts[0]:>{widths[1]}}  {counts[1]:>{widths[2]}}{mark}"


def _measure(texts: Sequence[str]) -> int:
    return max(map(measure_width, texts))


def _pad(text: str, width: int) -> str:
    return text + " " * (width - measure_width(text))
