"""What a terminal is sent: nothing of a page can command it, and the right words are marked."""

import re
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.model import Chrome, Document, Entity, PublicationDate, Rejected
from searchkit.render import (
    FACET_WIDTH,
    Style,
    make_line,
    make_safe,
    measure_width,
    render_document,
    render_facets,
    render_progress,
    render_report,
    render_results,
    render_stats,
)
from searchkit.report import IndexReport
from searchkit.results import FacetValue, Hit, Results, Snippet

PLAIN = Style(width=80)
COLOR = Style(color=True, width=80)
ATTACKS = ["\x1b[2J", "\x1b]0;title\x07", "\x9b2J", "\x9d0;x\x9c", "\u202egpj.exe", "\u2066x\u2069", "\r", "\x00",
           "\x7f", "\u2028", "\x85", "\ud800", "a\x08b"]
DANGEROUS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def make_results(document: Document, snippet: Snippet, facets: Any = None) -> Results:
    return Results("q", "body:q", "all", 1, 1.0, (Hit(document, 1, 1.0, (snippet,)),), facets or {})


def join(lines: Iterable[str]) -> str:
    return "\n".join(lines)


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_from_outside_can_command_the_terminal(attack: str) -> None:
    text = f"harm{attack}less"
    document = Document(text, text, text, url=text, title=text, publisher=text, author=text, language=text,
                        date=PublicationDate("2018", "year", text, 1.0), entities=(Entity(text, "other"),),
                        chrome=(Chrome(text, text),))
    facets = {"publisher": (FacetValue(text, 1),)}
    results = make_results(document, Snippet(text, 0, ((0, 4),)), facets)
    empty = Results(text, text, "all", 0, 1.0, warnings=(text,))
    shown = [*render_results(results, PLAIN), *render_results(empty, PLAIN), *render_document(document, PLAIN),
             *render_report(IndexReport(rejected=(Rejected(text, "empty", text),)), PLAIN), make_line(text)]
    assert not any(DANGEROUS.search(line) for line in shown)
    assert "**harm**" in join(shown)


@given(st.text())
def test_safe_text_is_safe_and_harmless_text_is_itself(text: str) -> None:
    assert not DANGEROUS.search(make_safe(text).replace("\t", ""))
    assert make_safe(text) == text or DANGEROUS.search(text)
    assert len(make_line(text).splitlines()) <= 1


def test_a_line_break_in_a_name_forges_no_line() -> None:
    report = IndexReport(added=1, rejected=(Rejected("a\n9 added in 0.1 s", "empty"),))
    assert len(join(render_report(report, PLAIN)).splitlines()) == 2


def test_a_hit_is_shown_with_what_is_known_of_it() -> None:
    document = Document("x1", "a.html", "The red sky.", title="Skies", publisher="P", author="A",
                        date=PublicationDate("2018-03", "month", "byline", 1.0))
    assert list(render_results(make_results(document, Snippet("The red sky.", 0, ((4, 7),))), PLAIN)) == [
        " 1  Skies", "    2018-03 · P · A · a.html", "    The **red** sky.", "    id x1", "", "1 of 1 document, 1 ms"]


def test_words_are_marked_by_colour_or_by_stars() -> None:
    results = make_results(Document("1", "p", "red"), Snippet("red", 0, ((0, 3),)))
    assert "\x1b[1;33mred\x1b[0m" in join(render_results(results, COLOR))
    assert "**red**" in join(render_results(results, PLAIN))
    assert "\x1b" not in join(render_results(results, PLAIN))


def test_dots_tell_where_the_text_goes_on() -> None:
    middle = make_results(Document("1", "p", "one two three"), Snippet("two", 4, ((0, 3),)))
    assert "    … **two** …" in list(render_results(middle, PLAIN))
    chrome = make_results(Document("1", "p", "one"), Snippet("Log in", 3, (), "chrome"))
    assert "    [chrome] Log in" in list(render_results(chrome, PLAIN))


WORDS = st.sampled_from(["red", "华为", "O’Neill", "x" * 40, "\x1b[0m", "ＨＵＡ", "e\u0301"])


@given(st.lists(st.tuples(WORDS, st.sampled_from([" ", "\n\n", "\t", "\u3000"])), min_size=1), st.integers(1, 120))
def test_every_highlight_is_still_marked_whatever_the_width(pairs: list[tuple[str, str]], width: int) -> None:
    text = "".join(word + space for word, space in pairs).rstrip()
    spans = tuple((found.start(), found.end()) for found in re.finditer("red|O’Neill|华为", text))
    results = make_results(Document("1", "p", text), Snippet(text, 0, spans))
    shown = join(render_results(results, Style(width=width)))
    assert re.findall(r"\*\*(.+?)\*\*", shown) == [text[start:end] for start, end in spans]


def test_facets_stand_side_by_side_as_far_as_they_fit() -> None:
    facets = {"publisher": (FacetValue("Gazette", 20), FacetValue(None, 5)), "date": (FacetValue("2018", 1),)}
    assert list(render_facets(facets, PLAIN)) == [
        "publisher                 date", "Gazette   20 ██████████   2018 1 ██████████", "none       5 ██", ""]
    assert [line.split()[0] for line in render_facets(facets, Style(width=30)) if line] == [
        "publisher", "Gazette", "none", "date", "2018"]


def test_colour_does_not_shift_the_columns() -> None:
    facets = {"publisher": (FacetValue("华为", 2), FacetValue(None, 1)), "date": (FacetValue("2018", 1),)}
    assert [re.sub("\x1b\\[[0-9;]*m", "", line).rstrip() for line in render_facets(facets, COLOR)] == list(
        render_facets(facets, PLAIN))


@pytest.mark.parametrize("value", ["x" * 2_000_000, "华" * 1_000_000, "word " * 100_000])
def test_a_long_facet_value_is_cut_to_its_columns_at_once(value: str) -> None:
    cut = join(render_facets({"publisher": (FacetValue(value, 1),)}, PLAIN)).splitlines()[1].split("…")[0] + "…"
    assert FACET_WIDTH - 1 <= measure_width(cut) <= FACET_WIDTH


def test_a_document_is_shown_in_full() -> None:
    document = Document("1", "p", "One.\n\nTwo.", title="T", author="A", author_source="byline",
                        date_not_after="2019-01-01", entities=(Entity("Oslo", "place", 2),), chrome=(Chrome("x", "y"),))
    assert list(render_document(document, PLAIN)) == [
        "T", "date      not after 2019-01-01", "author    A (from byline)", "file      p", "entities  Oslo (2)", "",
        "One.", "", "Two.", "", "1 stripped blocks are kept as chrome (see: --json)"]


def test_a_report_names_the_first_rejected_pages_and_counts_the_others() -> None:
    report = IndexReport(added=1234, rejected=tuple(Rejected(f"p{n}", "empty", "no text") for n in range(12)),
                         seconds=1.25)
    lines = list(render_report(report, PLAIN))
    assert lines[:2] == ["1,234 added, 0 updated, 0 unchanged, 12 rejected in 1.2 s", "  rejected p0 (empty: no text)"]
    assert lines[-1] == "  and 2 more: 2 empty (see: --json)" and len(lines) == 12


def test_a_report_of_nothing_says_so() -> None:
    assert list(render_report(IndexReport(), PLAIN)) == ["0 added, 0 updated, 0 unchanged, 0 rejected in 0.0 s"]


def test_stats_leave_out_what_is_empty() -> None:
    stats = {"documents": 1200, "folder": None, "bytes": 2_500_000, "languages": {"en": 1200}, "rejected": {},
             "first_date": "2017"}
    assert list(render_stats(stats, PLAIN)) == [
        "documents   1,200", "languages   en (1,200)", "first date  2017", "size        2.5 MB"]


@pytest.mark.parametrize(("done", "whole", "seconds", "share"), [(0, 0, 0.0, "0%"), (5, 10, 1.0, "50%"),
                                                                 (20, 10, 1.0, "100%")])
def test_progress_is_one_line_of_one_length(done: int, whole: int, seconds: float, share: str) -> None:
    line = render_progress(1000, done, whole, seconds)
    assert share in line and "1,000 pages" in line
    assert line.index("]") == 31


def test_a_report_names_the_pages_of_which_only_the_text_was_taken() -> None:
    report = IndexReport(1, warnings=(Rejected("big.html", "too-slow", "6 s of the processor"),))

    assert "  only the text was taken of big.html (too-slow: 6 s of the processor)" in list(
        render_report(report, Style()))
