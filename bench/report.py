"""docs/benchmarks.md and its plot, from the figures of the last run of each benchmark (bench/results.json)."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

from plot import draw_bars

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results.json"
PAGE = ROOT / "docs" / "benchmarks.md"
PLOT = ROOT / "docs" / "benchmarks.svg"
BASE = "tantivy"  # what the others' times are multiples of
OURS, FACADE, FTS5, STOCK = "searchkit", "Index.query", "SQLite FTS5", "stock Whoosh"
ON_BASE, BASE_IN_BATCHES = "on tantivy", "tantivy in batches"

Row = tuple[str, ...]
Found = dict[str, Any]


def record(section: str, found: Found) -> None:
    """Keep the figures of a benchmark, print its tables, and write the page anew."""
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    results[section] = found
    RESULTS.write_text(json.dumps(results, separators=(",", ":")) + "\n", encoding="utf-8")
    print("\n".join(SECTIONS[section](found)))
    write_page(results)


def write_page(results: dict[str, Found]) -> None:
    """The page with all benchmarks that have been run, and the plot."""
    lines = [INTRODUCTION]
    for name, describe in SECTIONS.items():
        if name in results:
            lines += [*describe(results[name]), ""]
    PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    if "engines" in results:
        PLOT.write_text(draw_bars(*_list_bars(results["engines"])), encoding="utf-8")


def describe_machine() -> Found:
    """When and on what a benchmark ran."""
    return {"day": date.today().isoformat(), "python": platform.python_version(), "processors": os.cpu_count(),
            "system": platform.system(),
            "versions": {name: _find_version(name) for name in ("searchkit", "tantivy", "whoosh", "trafilatura")}}


def summarise(answers: list[list[Any]], kind: str = "") -> dict[str, float]:
    """Median, 99th percentile and mean of the CPU milliseconds of a kind of queries, or of all."""
    times = sorted(ms for name, ms, _ in answers if ms is not None and kind in ("", name))
    if not times:
        return {}
    return {"p50": median(times), "p99": times[min(len(times) - 1, int(len(times) * 0.99))],
            "mean": sum(times) / len(times)}


def describe_engines(found: Found) -> Iterator[str]:
    """The tables of the comparison of engines."""
    large = found["sizes"][str(found["documents"])]
    small = found["sizes"][str(found["small"])]
    yield f"## {found['documents']:,} documents{_describe_words(found)}\n"
    yield _describe_run(found) + "\n"
    if not found["words"]:  # the floors are for these documents
        yield from _make_table(("figure", "here", "floor", "aim"), _list_targets(found, large, small))
        yield "\n![Median CPU time of a query by class](benchmarks.svg)\n"
    for count, size in sorted(found["sizes"].items(), key=lambda item: -int(item[0])):
        yield f"### Queries over {int(count):,} documents\n"
        yield f"p50 / p99 in CPU ms; in brackets p50 as a multiple of {BASE}'s.\n"
        yield from _make_table(("class", *size["contenders"]), _list_queries(size["contenders"]))
        yield ""
        yield f"### Indexes of {int(count):,} documents\n"
        yield from _make_table(("", "documents / CPU s", f"× {BASE}", "index / text", "peak MB indexing",
                                "MB open, above Python"), _list_indexes(int(count), size))
        yield ""
        if said := _describe_agreement(size["contenders"]):
            yield said + "\n"


def describe_pages(found: Found) -> Iterator[str]:
    """The table of the comparison on saved pages."""
    yield f"## From saved pages to an index: {found['pages']:,} pages\n"
    yield (f"`searchkit index` with {found['workers']} workers, beside a plain loop of `trafilatura.extract` with its "
           "default settings and a tantivy writer, in one process. searchkit also finds dates, publishers, authors, "
           "entities and languages, and keeps what it strips.\n")
    rows = [(name, f"{found['pages'] / run['cpu']:.1f}", f"{found['pages'] / run['wall']:.1f}", f"{run['documents']:,}")
            for name, run in found["runs"].items()]
    yield from _make_table(("", "pages / CPU s", "pages / s (wall)", "documents"), rows)
    ours, loop = found["runs"].values()
    yield (f"\nsearchkit is {loop['wall'] / ours['wall']:.2f} times as fast by the clock (floor 1.5, aim 4) and "
           f"{loop['cpu'] / ours['cpu']:.2f} times by the processor.\n")


def _list_targets(found: Found, large: Found, small: Found) -> Iterator[Row]:
    """Each figure that has a floor, where its run has what it takes."""
    sides, growth = large["contenders"], small["contenders"]
    ours = summarise(sides[OURS]["answers"]) if OURS in sides else {}
    built = sides.get(OURS, {}).get("built", {})
    if ours and BASE in sides:
        base = summarise(sides[BASE]["answers"])
        yield f"query p50, × {BASE}", f"{ours['p50'] / base['p50']:.2f}", "≤ 1.5", "≤ 1.0"
        yield f"query p99, × {BASE}", f"{ours['p99'] / base['p99']:.2f}", "≤ 1.5", "≤ 1.0"
        worst, kind = max((_compare(sides, OURS, BASE, kind), kind) for kind in _list_kinds(sides))
        yield f"worst class ({kind}), p50, × {BASE}", f"{worst:.2f}", "≤ 2.5", "≤ 1.2"
    if ours and FTS5 in sides:
        yield "query p50, × SQLite FTS5", f"{_compare(sides, OURS, FTS5):.2f}", "≤ 0.33", "≤ 0.2"
    if built and BASE in sides:
        yield f"indexing, × {BASE}", f"{sides[BASE]['built']['seconds'] / built['seconds']:.2f}", "≥ 0.15", "≥ 0.4"
    if built and STOCK in growth:
        ratio = growth[STOCK]["built"]["seconds"] / growth[OURS]["built"]["seconds"]
        yield f"indexing, × {STOCK} ({found['small']:,} documents)", f"{ratio:.1f}", "≥ 3.5", ""
    if built:
        yield "index size / raw text", f"{built['bytes'] / large['text_bytes']:.2f}", "≤ 1.7", "≤ 1.1"
        yield "peak memory while indexing, MB", f"{built['peak_mb']:.0f}", "≤ 600", "≤ 350"
        yield ("opening for reading, MB above Python", f"{sides[OURS]['open_mb'] - large['bare_mb']:.0f}", "≤ 150",
               "≤ 60")
        before = summarise(growth[OURS]["answers"])["p50"]
        yield (f"growth: p50 at {found['documents']:,} / at {found['small']:,}", f"{ours['p50'] / before:.2f}", "≤ 1.5",
               "≤ 1.2")
    for base in (BASE_IN_BATCHES, BASE):
        if base in sides and ON_BASE in sides:
            yield f"engine `tantivy`, query p50, × {base}", f"{_compare(sides, ON_BASE, base):.2f}", "≤ 1.3", ""
    if "cold_ms" in found:
        cold = found["cold_ms"]
        yield ("cold `searchkit query`, CPU ms above Python", f"{cold['query'] - cold['python']:.0f}", "≤ 80", "≤ 40")


def _list_queries(sides: Found) -> Iterator[Row]:
    for kind in [*_list_kinds(sides), ""]:
        base = summarise(sides[BASE]["answers"], kind) if BASE in sides else {}
        cells = []
        for side in sides.values():
            times = summarise(side["answers"], kind)
            ratio = f" ({times['p50'] / base['p50']:.2f})" if base and times else ""
            cells.append(f"{times['p50']:.2f} / {times['p99']:.2f}{ratio}" if times else "–")
        yield kind or "all", *cells


def _list_indexes(count: int, size: Found) -> Iterator[Row]:
    sides, bare = size["contenders"], size["bare_mb"]
    for name, side in sides.items():
        built = side["built"]
        ratio = f"{sides[BASE]['built']['seconds'] / built['seconds']:.2f}" if BASE in sides else ""
        if name == FACADE:
            yield name, "", "", "", "", f"{side['open_mb'] - bare:.0f}"
            continue
        yield (name, f"{count / built['seconds']:,.0f}", ratio, f"{built['bytes'] / size['text_bytes']:.2f}",
               f"{built['peak_mb']:.0f}", f"{side['open_mb'] - bare:.0f}")


def _describe_agreement(sides: Found) -> str:
    """How often each contender finds as many documents as searchkit does."""
    if OURS not in sides:
        return ""
    said = []
    for name, side in sides.items():
        pairs = [(kind, mine, theirs) for (kind, _, mine), (_, _, theirs) in
                 zip(sides[OURS]["answers"], side["answers"], strict=True) if theirs is not None]
        if name not in (OURS, FACADE) and pairs:
            apart = [kind for kind, mine, theirs in pairs if mine != theirs]
            kinds = ", ".join(f"{apart.count(kind)} of {kind}" for kind in dict.fromkeys(apart))
            said.append(f"{name} in {1 - len(apart) / len(pairs):.1%}{f' (not in {kinds})' if kinds else ''}")
    return f"Equal work: as many matches as searchkit finds {'; '.join(said)} of the queries." if said else ""


def _compare(sides: Found, name: str, other: str, kind: str = "") -> float:
    return summarise(sides[name]["answers"], kind)["p50"] / summarise(sides[other]["answers"], kind)["p50"]


def _list_kinds(sides: Found) -> list[str]:
    return list(dict.fromkeys(kind for side in sides.values() for kind, _, _ in side["answers"]))


def _list_bars(found: Found) -> tuple[str, list[str], dict[str, list[float | None]]]:
    """Title, groups and values of the plot."""
    sides = found["sizes"][str(found["documents"])]["contenders"]
    kinds = _list_kinds(sides)
    title = f"Median CPU ms of a faceted query, {found['documents']:,} documents (logarithmic)"
    return title, kinds, {name: [summarise(side["answers"], kind).get("p50") for kind in kinds]
                          for name, side in sides.items()}


def _describe_run(found: Found) -> str:
    machine = found["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items() if number)
    return (f"Run on {machine['day']}: {machine['processors']} processors, {machine['system']}, Python "
            f"{machine['python']}, {versions}.")


def _describe_words(found: Found) -> str:
    return f" of about {found['words']} words" if found["words"] else ""


def _make_table(heading: Row, rows: Iterator[Row] | list[Row]) -> Iterator[str]:
    yield f"| {' | '.join(heading)} |"
    yield "|---" * len(heading) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _find_version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


SECTIONS = {"engines": describe_engines, "pages": describe_pages, "million": describe_engines}

INTRODUCTION = """# Benchmarks

    make bench            searchkit, tantivy, SQLite FTS5 and Whoosh as it comes, over the same 100,000 documents
    make bench-pages      saved pages from files to an index, beside trafilatura and tantivy
    make bench-million    a million short documents

These commands write this page, from their last runs (`bench/results.json`); the floors and aims are those that
searchkit is held against. Times are CPU time, so that other work on the machine counts little; compare ratios, not
milliseconds. A query is answered with the ten best documents, a highlighted snippet for each, and counts of
publisher, month and entity over all matches. 200 seeded queries, 25 of each class: one rare word; one word in 5 to 40 %
of the documents; two or three words; any of five; a phrase of two; a prefix of four letters; a word with an edit; a
word, one of two others and a year of dates. The least of three runs after a warm-up counts, in three rounds in which
the engines take turns.

What is not alike: tantivy marks nothing in the snippets of prefix and near-word queries, and looks for both among
stems; SQLite knows no near words and has another Porter stemmer; Whoosh as it comes drops stop words and is asked over
the smaller number of documents only, for indexing more takes it too long. `on OpenSearch (clock)`, where it is shown,
is searchkit with a server beside it: the work is another program's, so times are those of the clock, and memory is
searchkit's alone. `Index.query` is searchkit as its users meet it: there the text is parsed, titles and neighbouring
words count more, and where little is found it says what may help. `on tantivy` is searchkit's engine of that name.
`tantivy` makes one commit of all documents, and so one segment; `tantivy in batches` commits every 1,000 of them, as
every run of searchkit does in order to lose nothing, and has as many segments as `on tantivy`, which its Python package
cannot merge.
"""
