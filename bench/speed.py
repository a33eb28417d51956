"""searchkit's speed beside tantivy, SQLite FTS5 and Whoosh as it comes: the same documents, queries and answers.

    python bench/speed.py [--documents 100000] [--small 10000] [--words N] [--only searchkit,tantivy] [--work FOLDER]

Each of 200 seeded queries (25 of each of eight classes) is answered with the ten best documents, a snippet with
highlights for each, and counts of publisher, month and entity over all matches. A query's time is the least of three
runs after one that warms up, in three rounds in which the engines take turns; parsing is in nobody's time but that of
``Index.query``. Every engine has processes of its own, one after another. Times are those of the processor, children
and threads included. Whoosh as it comes takes hours over the larger number of documents: it is asked over the smaller
one. searchkit on OpenSearch is measured by the clock, where SEARCHKIT_OPENSEARCH_URL names a server; its indexes stay
there. Indexes are kept in the work folder and used again when it is named. The figures go to bench/results.json, and
from there to docs/benchmarks.md.

``--words N`` takes invented documents of about N words, and a section of its own in the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from contenders import CONTENDERS
from corpus import make_corpus, read_rows
from measuring import measure_command, run_stage
from queries import draw_cases, write_text
from report import describe_machine, record

STOCK = "stock Whoosh"
ROUNDS = 3  # of questions to every contender at every size
SERVED = "on OpenSearch (clock)"  # left out where no server is named
NEEDS = {"tantivy": "tantivy", "tantivy in batches": "tantivy", "on tantivy": "tantivy",  # contender → module
         SERVED: "opensearchpy"}


def main() -> None:
    """Build, ask, and record the figures."""
    options = _read_options()
    names = [name for name in options.only.split(",") if _is_here(name)]
    with tempfile.TemporaryDirectory() as scratch:
        work = options.work or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        corpus = make_corpus(work, options.documents, options.words)
        sizes = sorted({min(options.small, options.documents), options.documents})
        found: dict[str, Any] = {"machine": describe_machine(), "documents": options.documents,
                                 "small": sizes[0], "words": options.words}
        asked = {count: [name for name in names if name != STOCK or count == sizes[0]] for count in sizes}
        found["sizes"] = {str(count): measure_contenders(asked[count], corpus, count, work) for count in sizes}
        cases = draw_cases(corpus)
        drawn = Path(scratch) / "cases"
        drawn.write_bytes(pickle.dumps(cases))
        ask_in_rounds(found["sizes"], drawn, corpus, work)
        if "searchkit" in names:
            text = next(write_text(case) for case in cases if case.kind == "and")
            found["cold_ms"] = measure_cold(text, _place(work, "searchkit", corpus, options.documents))
    record("million" if options.words else "engines", found)


def measure_contenders(names: list[str], corpus: Path, count: int, work: Path) -> dict[str, Any]:
    """What each contender needs to index so many documents and to open its index."""
    text = sum(len(row["title"].encode()) + len(row["body"].encode()) for row in read_rows(corpus, count))
    found: dict[str, Any] = {"text_bytes": text, "bare_mb": run_stage("nothing")["peak_mb"], "contenders": {}}
    for name in names:
        folder = _place(work, name, corpus, count)
        kept = work / f"{folder.name}.json"
        if not kept.exists():
            _say(f"{name}: indexes {count:,} documents")
            figures = run_stage("build", name, str(folder), str(corpus), str(count))
            kept.write_text(json.dumps(figures), encoding="utf-8")
        opened = run_stage("open", name, str(folder))
        built = json.loads(kept.read_text(encoding="utf-8"))
        found["contenders"][name] = {"built": built, "open_mb": opened["peak_mb"]}
    return found


def ask_in_rounds(sizes: dict[str, Any], cases: Path, corpus: Path, work: Path) -> None:
    """Add each contender's answers: the least time of each query in rounds, in which contenders and sizes take turns.

    What is compared is measured within minutes, several times, for the machine is not equally fast all the time.
    """
    for number in range(1, ROUNDS + 1):
        for count, found in sizes.items():
            for name, figures in found["contenders"].items():
                _say(f"round {number}: {name} answers over {int(count):,} documents")
                answers = run_stage("ask", name, str(_place(work, name, corpus, int(count))), str(cases))["answers"]
                known = figures.get("answers", answers)
                figures["answers"] = [min(pair, key=lambda answer: answer[1] or 0.0)
                                      for pair in zip(known, answers, strict=True)]


def measure_cold(text: str, folder: Path) -> dict[str, float]:
    """CPU milliseconds of a query from the command line in a process of its own, and of Python with nothing to do."""
    program = Path(sys.executable).with_name("searchkit")
    return {"python": measure_command([sys.executable, "-c", "pass"]),
            "query": measure_command([str(program), "query", text, "--index", str(folder)])}


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--small", type=int, default=10_000, help="documents of the smaller index, for growth")
    parser.add_argument("--words", type=int, default=0, help="invented documents of about so many words")
    parser.add_argument("--only", default=",".join(CONTENDERS), help="contenders, separated by commas")
    parser.add_argument("--work", type=Path, help="folder in which corpus and indexes are kept")
    return parser.parse_args()


def _is_here(name: str) -> bool:
    if name not in CONTENDERS:
        sys.exit(f"no contender '{name}': there are {', '.join(CONTENDERS)}")
    if name in NEEDS and not find_spec(NEEDS[name]):
        _say(f"{name}: not installed, left out (pip install 'searchkit[bench]')")
        return False
    if name == SERVED and not os.environ.get("SEARCHKIT_OPENSEARCH_URL"):
        _say(f"{name}: SEARCHKIT_OPENSEARCH_URL is not set, left out (make opensearch-up)")
        return False
    return True


def _place(work: Path, name: str, corpus: Path, count: int) -> Path:
    """The index of a contender, which may be another's."""
    name = CONTENDERS[name][1] or name
    return work / f"{name.replace(' ', '-')}-{count}-of-{corpus.stem}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
