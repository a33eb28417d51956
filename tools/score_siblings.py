"""Score bodies among sibling pages: what other pages of the same host repeat is taken out, as in an index.

    python tools/score_siblings.py           all forms; also one or more of html resili w3m wet
    ... --data DIR   --scorer F              as in train_boilerplate.py, and it needs the same extra

All pages go through the ledger of lines, also those without a known body; scored are those with one that have at
least one sibling, first as they are alone, then among their siblings. Models have not seen the sites they judge.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from score_extraction import read_pages
from train_boilerplate import (
    FOLDS,
    FORMS,
    SHARED,
    find_fold,
    load_scorer,
    read_body,
    read_examples,
    summarize,
    train_without,
)

from searchkit.fields import read_site
from searchkit.lines import LineLedger, list_lines
from searchkit.model import Chrome, Document, Page
from searchkit.pipeline import decode, markup, siblings, textdump
from searchkit.pipeline.boilerplate.model import Model


def main() -> None:
    """Train without each part of the sites, judge the part, then compare siblings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("forms", nargs="*", default=FORMS)
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "extraction")
    parser.add_argument("--scorer", type=Path, default=SHARED / "eval" / "extraction.py")
    options = parser.parse_args()
    rows = {row["id"]: row for row in map(json.loads, (options.data / "gold.jsonl").open(encoding="utf-8"))}
    gold = {id_: row for id_, row in rows.items() if row["body"]}
    scorer = load_scorer(options.scorer)
    examples = read_examples(options.data, gold, scorer)
    models = [train_without(fold, examples) for fold in range(FOLDS)]
    del examples
    for form in options.forms:
        documents = judge_pages(options.data, form, rows, models)
        hosts = Counter(read_site(document) for document in documents)
        scored = [document for document in documents if document.id in gold and hosts[read_site(document)] > 1]
        among = compare(documents)
        for name, found in (("alone", scored), ("among siblings", [among[document.id] for document in scored])):
            stats = [scorer.body_page(gold[document.id]["body"], document.body) for document in found]
            print(f"{form:7} {name:15} {summarize(stats, scorer)}")


def judge_pages(data: Path, form: str, rows: Mapping[str, Any],
                models: Sequence[Mapping[str, Model]]) -> list[Document]:
    """A document of each page that has a host, judged by the model that has not seen its site."""
    pages = [page for page in read_pages(data, form) if rows[page.path]["url"]]
    kind = "html" if form == "html" else "text"
    chosen = [models[find_fold(rows[page.path]["site"])][kind] for page in pages]
    with ProcessPoolExecutor(2) as pool:
        found = pool.map(judge, pages, [rows[page.path]["url"] for page in pages], chosen, chunksize=64)
        return [document for document in found if document]


def judge(page: Page, url: str, model: Model) -> Document | None:
    """The document of a page, with its body and chrome only."""
    try:
        text = decode.decode(page.content)
    except decode.Undecodable:
        return None
    parsed = markup.parse(text) if markup.is_html(text, page) else textdump.parse(text)
    if not parsed.blocks:
        return None
    body = read_body(parsed, model)
    kept = set(body.split("\n\n"))
    chrome = tuple(Chrome(block.text, "navigation") for block in parsed.blocks if block.text not in kept)
    return Document(page.path, page.path, body, url=url, chrome=chrome)


def compare(documents: Sequence[Document]) -> dict[str, Document]:
    """The documents by id, without what siblings repeat."""
    found = {document.id: document for document in documents}
    with closing(sqlite3.connect("")) as database:
        lines = LineLedger(database)
        for document in documents:
            site = siblings.name_site(read_site(document), document.path)
            lines.record(site, document.id, list_lines(siblings.find_lines(document)))
        for id_, repeated in lines.find_repeated():
            found[id_] = siblings.strip_repeated(found[id_], repeated)
    return found


if __name__ == "__main__":
    main()
