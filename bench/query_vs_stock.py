"""Our Whoosh engine against Whoosh as it comes: the same documents, queries and answers, by CPU time.

    python bench/query_vs_stock.py [--documents 10000] [--corpus FILE.jsonl] [--work FOLDER]

Each query asks for the top 10, facets over publisher, month and entity, and a highlighted snippet for each
hit. Times are CPU milliseconds (``process_time``): the least of 3 after a warm-up. Parsing of the query is in
neither side's time. Indexes are kept in the work folder and used again when it is named.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import runpy
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from statistics import mean, median
from time import process_time
from typing import Any, NamedTuple

from searchkit.engines.base import FacetRequest, Request
from searchkit.engines.whoosh import WhooshEngine
from searchkit.model import Document, Entity, PublicationDate
from searchkit.search import query as q
from searchkit.search.analysis import analyse, analyse_document

warnings.simplefilter("ignore")

GENERATOR = Path(__file__).parents[2] / "shared" / "bench" / "make_corpus.py"
BATCH = 1000
PER_CLASS = 15
FACETS = (FacetRequest("publisher", 10), FacetRequest("date", None, "month"), FacetRequest("entity", 10))
WORD = re.compile(r"[a-z]{4,}")


class Case(NamedTuple):
    """A query in both languages."""

    kind: str
    ours: q.Query
    stock: str


def main() -> None:
    """Build both indexes, run all queries on both, and print the times."""
    options = _read_options()
    with tempfile.TemporaryDirectory() as scratch:
        work = options.work or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        corpus = options.corpus or work / f"corpus-{options.documents}.jsonl"
        if not corpus.exists():
            _generate(options.generator, corpus, options.documents)
        documents = [json.loads(line) for line in islice(corpus.open(encoding="utf-8"), options.documents)]
        ours = _build_ours(work / f"ours-{len(documents)}", documents)
        stock = _build_stock(work / f"stock-{len(documents)}", documents)
        cases = _draw_cases(documents)
        del documents
        bare = [milliseconds for milliseconds, _ in _measure(_make_bare(ours), cases)]
        _report(cases, *(_measure(runner, cases) for runner in (_make_ours(ours), _make_stock(stock))), bare)


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--corpus", type=Path, help="JSON lines: id, title, body, date, publisher, entities")
    parser.add_argument("--generator", type=Path, default=GENERATOR, help="a make_corpus.py")
    parser.add_argument("--work", type=Path, help="folder in which indexes are kept")
    return parser.parse_args()


def _generate(generator: Path, corpus: Path, count: int) -> None:
    made: Iterable[dict[str, Any]]
    made = runpy.run_path(str(generator))["generate"](count) if generator.exists() else _invent(count)
    with corpus.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(document) + "\n" for document in made)


def _invent(count: int) -> Iterator[dict[str, Any]]:
    """Documents of made-up words with Zipf frequencies, where there is no better generator."""
    dice = random.Random(1)
    words = ["".join(dice.choices("bdfglmnprst", k=3)) + dice.choice("aeiou") + str(n % 7) for n in range(40_000)]
    words = [word.translate(str.maketrans("0123456", "aeiouyo")) for word in words]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    for number in range(count):
        text = dice.choices(words, weights, k=int(dice.lognormvariate(5.9, 0.5)))
        names = [f"{a.title()} {b.title()}" for a, b in zip(*[iter(dice.choices(words[:300], k=8))] * 2, strict=False)]
        yield {"id": f"doc-{number:08}", "title": " ".join(text[:7]), "body": " ".join(text + names),
               "date": date.fromordinal(735600 + dice.randrange(4300)).isoformat(), "entities": names,
               "publisher": f"Paper {int(dice.paretovariate(0.9)) % 40}"}


def _build_ours(path: Path, documents: list[dict[str, Any]]) -> WhooshEngine:
    if path.exists():
        return WhooshEngine(path)
    engine = WhooshEngine(path, create=True)
    start, before = process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for first in range(0, len(documents), BATCH):
        engine.add(analyse_document(_read_document(data)) for data in documents[first:first + BATCH])
    _report_build("searchkit", len(documents), process_time() - start, before, path)
    return engine


def _read_document(data: dict[str, Any]) -> Document:
    return Document(data["id"], data["id"], data["body"], title=data["title"], publisher=data["publisher"],
                    date=PublicationDate(data["date"][:10], "day", "bench", 1.0),
                    entities=tuple(Entity(name, "other") for name in data["entities"]))


def _build_stock(path: Path, documents: list[dict[str, Any]]) -> Any:  # noqa: ANN401
    from whoosh import fields, index
    from whoosh.analysis import StemmingAnalyzer

    if path.exists():
        return index.open_dir(str(path))
    path.mkdir()
    text = fields.TEXT(analyzer=StemmingAnalyzer(), stored=True)
    schema = fields.Schema(id=fields.ID(stored=True, unique=True), title=text, body=text,
                           date=fields.DATETIME(stored=True, sortable=True),
                           publisher=fields.ID(stored=True, sortable=True), ym=fields.ID(sortable=True),
                           entities=fields.KEYWORD(stored=True, commas=True))
    opened = index.create_in(str(path), schema)
    start, before = process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    writer = opened.writer(limitmb=512)
    for data in documents:
        when = datetime.fromisoformat(data["date"]).replace(tzinfo=None)
        writer.add_document(id=data["id"], title=data["title"], body=data["body"], date=when,
                            publisher=data["publisher"], ym=data["date"][:7],
                            entities=",".join(data["entities"]))
    writer.commit()
    _report_build("stock", len(documents), process_time() - start, before, path)
    return opened


def _report_build(name: str, count: int, seconds: float, before: int, path: Path) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    size = sum(file.stat().st_size for file in path.iterdir())
    print(f"{name:10} indexed {count} documents: {count / seconds:.0f} a CPU second, peak memory "
          f"{peak / 1024:.0f} MB (before: {before / 1024:.0f}), {size / 1e6:.0f} MB on disk")


def _draw_cases(documents: list[dict[str, Any]]) -> list[Case]:
    """Seeded queries in seven classes from the first 10,000 documents."""
    dice = random.Random(7)
    texts = [WORD.findall(data["body"].lower()) for data in documents[:10_000]]
    spread = Counter(word for text in texts for word in set(text))
    n = len(texts)
    rare = sorted(word for word, df in spread.items() if 2 <= df <= max(n * 0.001, 3))
    middling = sorted(word for word, df in spread.items() if n * 0.005 <= df <= n * 0.03)
    common = sorted(word for word, df in spread.items() if n * 0.05 <= df <= n * 0.4)
    cases = []
    for _ in range(PER_CLASS):
        cases.append(_make_case("rare", [dice.choice(rare)], q.either))
        cases.append(_make_case("common", [dice.choice(common)], q.either))
        text = dice.choice(texts)
        known = sorted({word for word in text if n * 0.01 <= spread[word] <= n * 0.4})
        cases.append(_make_case("and", dice.sample(known, min(len(known), dice.choice((2, 2, 3)))), q.both))
        cases.append(_make_case("or of 5", dice.sample(middling, 3) + dice.sample(common, 2), q.either))
        cases.append(_draw_phrase(dice, texts, spread))
        prefix = dice.choice(middling)[:4]
        cases.append(Case("prefix", q.Prefix("body", prefix), f"{prefix}*"))
        cases.append(_draw_dated(dice, common, middling))
    return cases


def _draw_phrase(dice: random.Random, texts: list[list[str]], spread: Counter[str]) -> Case:
    while True:
        text = dice.choice(texts)
        start = dice.randrange(max(1, len(text) - 1))
        words = text[start:start + 2]
        if len(set(words)) == 2 and all(3e-3 <= spread[word] / len(texts) <= 0.4 for word in words):
            terms = tuple(token.term for token in analyse(" ".join(words)))
            return Case("phrase", q.Phrase("body", terms), '"{} {}"'.format(*words))


def _draw_dated(dice: random.Random, common: list[str], middling: list[str]) -> Case:
    first, second, third = dice.choice(common), dice.choice(common), dice.choice(middling)
    year, month = dice.randrange(2017, 2026), dice.randrange(1, 12)
    low, high = date(year, month, 1), date(year + 1, month, 1)
    tree = q.both(_make_term(first), q.either(_make_term(second), _make_term(third)),
                  q.DateRange("date", low.toordinal(), high.toordinal()))
    return Case("bool+date", tree, f"{first} ({second} OR {third}) date:[{low:%Y%m%d} TO {high:%Y%m%d}]")


def _make_case(kind: str, words: list[str], combine: Callable[..., q.Query]) -> Case:
    return Case(kind, combine(*map(_make_term, words)), {q.both: " AND ", q.either: " OR "}[combine].join(words))


def _make_term(word: str) -> q.Query:
    return q.Term("body", next(analyse(word)).term)


def _make_ours(engine: WhooshEngine) -> Callable[[Case], Callable[[], int]]:
    make_snippet = _find_highlighter()

    def prepare(case: Case) -> Callable[[], int]:
        request = Request(case.ours, FACETS)

        def run() -> int:
            matches = engine.search(request)
            for document in engine.get([id_ for id_, _ in matches.hits]):
                make_snippet(document.body, case.ours)
            return matches.total

        return run

    return prepare


def _make_bare(engine: WhooshEngine) -> Callable[[Case], Callable[[], int]]:
    """Our search without documents and snippets."""
    return lambda case: lambda: engine.search(Request(case.ours, FACETS)).total


def _find_highlighter() -> Callable[[str, q.Query], object]:
    try:
        from searchkit.search.snippets import make_snippets
    except ImportError:
        print("searchkit.search.snippets is missing: a simple loop stands in for it")
        return _make_simple_snippet
    return make_snippets


def _make_simple_snippet(body: str, query: q.Query) -> object:
    terms = {term for leaf in q.find_leaves(query)
             for term in ((leaf.term,) if isinstance(leaf, q.Term) else getattr(leaf, "terms", ()))}
    prefix = query.prefix if isinstance(query, q.Prefix) else None
    spans = [(token.start, token.end) for token in analyse(body)
             if token.term in terms or (prefix and token.written.startswith(prefix))]
    start = max(0, spans[0][0] - 40) if spans else 0
    return body[start:start + 200], [span for span in spans if start <= span[0] < start + 200]


def _make_stock(index: Any) -> Callable[[Case], Callable[[], int]]:  # noqa: ANN401
    from whoosh.qparser import QueryParser
    from whoosh.sorting import FieldFacet

    searcher = index.searcher()
    parser = QueryParser("body", index.schema)

    def prepare(case: Case) -> Callable[[], int]:
        query = parser.parse(case.stock)

        def run() -> int:
            facets = {"publisher": FieldFacet("publisher"), "ym": FieldFacet("ym"),
                      "entities": FieldFacet("entities", allow_overlap=True)}
            results = searcher.search(query, limit=10, groupedby=facets)
            for hit in results[:10]:
                hit.highlights("body")
            for name in facets:
                {value: len(found) for value, found in results.groups(name).items()}
            return len(results)

        return run

    return prepare


def _measure(prepare: Callable[[Case], Callable[[], int]], cases: list[Case]) -> list[tuple[float, int]]:
    """Milliseconds and number of matches of each case."""
    measured = []
    for case in cases:
        run = prepare(case)
        total = run()
        times = []
        for _ in range(3):
            start = process_time()
            run()
            times.append(process_time() - start)
        measured.append((min(times) * 1000, total))
    return measured


def _report(cases: list[Case], ours: list[tuple[float, int]], stock: list[tuple[float, int]],
            bare: list[float]) -> None:
    print(f"\n{'CPU ms':10} {'search only':>11} {'ours':>7} {'stock':>7} {'stock/ours':>10}   matches, ours and stock")
    for kind in dict.fromkeys(case.kind for case in cases):
        chosen = [number for number, case in enumerate(cases) if case.kind == kind]
        alone = median(bare[number] for number in chosen)
        a, b = (median(side[number][0] for number in chosen) for side in (ours, stock))
        counts = [median(side[number][1] for number in chosen) for side in (ours, stock)]
        print(f"{kind:10} {alone:11.2f} {a:7.2f} {b:7.2f} {b / a:10.1f}   {counts[0]:.0f} {counts[1]:.0f}")
    for name, summarise in (("p50", median), ("mean", mean), ("max", max)):
        a, b = (summarise(ms for ms, _ in side) for side in (ours, stock))
        print(f"all, {name:5} {summarise(bare):11.2f} {a:7.2f} {b:7.2f} {b / a:10.1f}")


if __name__ == "__main__":
    main()
