"""Score the extraction on saved pages with known answers.

    python tools/score_extraction.py html            the pages as HTML
    python tools/score_extraction.py resili|w3m|wet  the same pages as text dumps
    ... --data DIR   a folder with gold.jsonl, html/ and dumps/   (default ../shared/data/extraction)
    ... --scorer F   the scorer                                   (default ../shared/eval/extraction.py)
    ... --out F      keep the predictions here as JSON Lines
    ... anything else is handed to the scorer (--by source_dataset, --only aed, --worst 20, --bootstrap 0)
"""

from __future__ import annotations

import argparse
import json
import lzma
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from searchkit.model import Page, Rejected
from searchkit.pipeline import extract

SHARED = Path(__file__).resolve().parents[2] / "shared"


def read_pages(data: Path, form: str) -> Iterator[Page]:
    """Pages of one form, the gold id as their path."""
    if form == "html":
        import gzip

        for file in sorted((data / "html").glob("*.html.gz")):
            yield Page(file.name.removesuffix(".html.gz"), gzip.decompress(file.read_bytes()))
        return
    with lzma.open(data / "dumps" / f"{form}.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Page(row["id"], row["text"], media_type="text/plain")


def predict(page: Page) -> str:
    """One prediction as a line of JSON."""
    document = extract(page)
    if isinstance(document, Rejected):
        return json.dumps({"id": page.path, "body": ""})
    return json.dumps({**document.to_dict(), "id": page.path})


def main() -> int:
    """Predict in two processes, then score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("form", choices=("html", "resili", "w3m", "wet"))
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "extraction")
    parser.add_argument("--scorer", type=Path, default=SHARED / "eval" / "extraction.py")
    parser.add_argument("--out", type=Path)
    known, rest = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2) as pool:
        out = known.out or Path(folder) / "predictions.jsonl"
        with out.open("w", encoding="utf-8") as lines:
            for line in pool.map(predict, read_pages(known.data, known.form), chunksize=8):
                lines.write(line + "\n")
        command = [sys.executable, str(known.scorer), str(known.data / "gold.jsonl"), str(out), *rest]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
