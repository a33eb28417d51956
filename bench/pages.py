"""From saved pages to an index: ``searchkit index`` beside a plain loop of trafilatura and tantivy.

    python bench/pages.py [--pages FOLDER] [--workers 2] [--runs 5]

FOLDER holds saved pages, \\*.html or \\*.html.gz. Both read the same files in turn, each in processes of its own that
start from nothing; of the runs the least counts, in CPU time (children included) and by the clock. The loop calls
``trafilatura.extract`` with its default settings and adds title-less bodies to a tantivy index: no dates, publishers,
authors or entities, which searchkit finds besides.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

from corpus import GENERATOR
from measuring import read_cpu
from report import describe_machine, record

PAGES = GENERATOR.parents[1] / "data" / "extraction" / "html"
HEAP = 128_000_000  # bytes that tantivy's writer may fill


def main() -> int:
    """Run both and record the figures."""
    options = _read_options()
    if options.loop:
        print(json.dumps({"added": run_loop(options.pages, options.loop)}))
        return 0
    missing = [name for name in ("tantivy", "trafilatura") if not find_spec(name)]
    if missing or not options.pages.is_dir():
        print(f"not installed: {', '.join(missing)} (pip install 'searchkit[bench]')" if missing else
              f"no saved pages in {options.pages}: see --pages", file=sys.stderr)
        return 2
    ours = [str(Path(sys.executable).with_name("searchkit")), "index", str(options.pages), "--workers",
            str(options.workers), "--json", "--index"]
    loop = [sys.executable, __file__, "--pages", str(options.pages), "--loop"]
    runs: dict[str, dict[str, float]] = {}
    for _ in range(options.runs):
        for name, command in (("searchkit index", ours), ("trafilatura + tantivy", loop)):
            run = measure(command)
            best = runs.setdefault(name, run)
            best.update(cpu=min(best["cpu"], run["cpu"]), wall=min(best["wall"], run["wall"]))
    record("pages", {"machine": describe_machine(), "pages": len(list(_list_files(options.pages))),
                     "workers": options.workers, "runs": runs})
    return 0


def measure(command: list[str]) -> dict[str, float]:
    """CPU and clock seconds of a command that is given a new folder, and the documents that it says it added."""
    with tempfile.TemporaryDirectory() as folder:
        before, begun = read_cpu(), perf_counter()
        done = subprocess.run([*command, f"{folder}/index"], stdout=subprocess.PIPE, text=True, check=True)
        wall = perf_counter() - begun
        return {"cpu": read_cpu() - before, "wall": wall, "documents": json.loads(done.stdout)["added"]}


def run_loop(pages: Path, folder: Path) -> int:
    """The loop that searchkit is compared with; how many pages gave a body."""
    import tantivy
    import trafilatura

    folder.mkdir(parents=True)
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("path", stored=True, tokenizer_name="raw")
    schema.add_text_field("body", stored=True, tokenizer_name="en_stem")
    writer = tantivy.Index(schema.build(), str(folder)).writer(HEAP, 1)
    added = 0
    for file in _list_files(pages):
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        if body := trafilatura.extract(content):
            writer.add_document(tantivy.Document(path=str(file), body=body))
            added += 1
    writer.commit()
    writer.wait_merging_threads()
    return added


def _list_files(pages: Path) -> list[Path]:
    return sorted(file for file in pages.rglob("*") if file.name.endswith((".html", ".html.gz")))


def _read_options() -> Any:  # noqa: ANN401 - argparse's own
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, default=PAGES)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--loop", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
