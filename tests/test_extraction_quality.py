"""The quality of the extraction on a fixed sample of saved pages does not fall below its floors.

The pages lie beside the checkout; without them this module is skipped. The sample, its digest and the floors are
in ``extraction_floors.toml``. ``python tests/test_extraction_quality.py`` prints the digest and what is measured.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import lzma
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from searchkit.model import Document, Page
from searchkit.pipeline import extract

SHARED = Path(__file__).resolve().parents[2] / "shared"
DATA, SCORER = SHARED / "data" / "extraction", SHARED / "eval" / "extraction.py"
SETTINGS = tomllib.loads(Path(__file__).with_name("extraction_floors.toml").read_text(encoding="utf-8"))
SAMPLE, FLOORS = SETTINGS["sample"], SETTINGS["floor"]
FORMS = ("resili", "wet", "w3m")
SURE = 0.9  # the confidence from which a date is to be right nearly always

needs_pages = pytest.mark.skipif(not (DATA.exists() and SCORER.exists()),
                                 reason="the saved pages and their scorer are not beside this checkout")


@needs_pages
def test_the_sample_is_the_one_that_the_floors_were_measured_on():
    assert compute_digest() == SAMPLE["digest"], "other pages: measure all floors anew and give each a new reason"


@needs_pages
@pytest.mark.parametrize("floor", FLOORS, ids=[floor["figure"] for floor in FLOORS])
def test_no_figure_falls_below_its_floor(floor):
    value = measure()[floor["figure"]]

    assert value >= floor.get("least", value)
    assert value <= floor.get("most", value)


@pytest.mark.parametrize("floor", FLOORS, ids=[floor["figure"] for floor in FLOORS])
def test_every_floor_has_a_reason_that_speaks_of_this_floor_and_these_pages(floor):
    bound = floor.get("least", floor.get("most"))

    assert floor["reason"].startswith(f"{bound:g} on {SAMPLE['digest'][:8]}: ")
    assert len(floor["reason"].split()) >= 8


def test_every_figure_that_must_be_shown_has_a_floor():
    named = {floor["figure"] for floor in FLOORS}

    assert named >= {"html body f1", "html pages under .5", *(f"{form} body f1" for form in FORMS), "date right",
                     "date wrong", "sure dates right", "title exact", "publisher lenient", "author f1"}


@cache
def choose_pages() -> tuple[dict[str, dict], dict[str, dict[str, bytes]]]:
    """Gold rows by id, and for each form the stored bytes of the sample's pages by id.

    The pages are the first in the order of their ids' hashes: for HTML some with a known body and some
    without (other sources, for their metadata), for each kind of dump some with a known body.
    """
    with (DATA / "gold.jsonl").open(encoding="utf-8") as lines:
        gold = {row["id"]: row for row in map(json.loads, lines)}
    order = sorted(gold, key=lambda page: hashlib.sha256(page.encode()).digest())
    bodies = [page for page in order if gold[page]["body"]]
    others = [page for page in order if not gold[page]["body"]]
    html = bodies[:SAMPLE["html_with_body"]] + others[:SAMPLE["html_without_body"]]
    pages = {"html": {page: (DATA / "html" / f"{page}.html.gz").read_bytes() for page in html}}
    for form in FORMS:
        with lzma.open(DATA / "dumps" / f"{form}.jsonl.xz", "rt", encoding="utf-8") as lines:
            texts = {row["id"]: row["text"] for row in map(json.loads, lines)}
        chosen = [page for page in bodies if page in texts][:SAMPLE["dumps_each"]]
        pages[form] = {page: texts[page].encode("utf-8", "surrogatepass") for page in chosen}
    return gold, pages


def compute_digest() -> str:
    """sha256 over the forms, ids, gold rows and bytes of the sample."""
    gold, pages = choose_pages()
    total = hashlib.sha256()
    for form, contents in pages.items():
        for page, content in contents.items():
            for part in (form.encode(), page.encode(), json.dumps(gold[page], sort_keys=True).encode(), content):
                total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


@cache
def measure() -> dict[str, float]:
    """Every figure of the sample."""
    gold, pages = choose_pages()
    scorer = load_scorer()
    figures: dict[str, float] = {}
    for form, contents in pages.items():
        found = {page: read(form, content) for page, content in contents.items()}
        rows = [gold[page] for page in contents]
        scores, _ = scorer.score(rows, found, 0)
        figures[f"{form} body f1"] = scores["body"]["f1"]
        figures[f"{form} pages under .5"] = scores["body"]["failed"]
        if form == "html":
            figures |= measure_metadata(scorer, scores, rows, found)
    return figures


def measure_metadata(scorer, scores, rows, found) -> dict[str, float]:
    sure = {page: fields if (fields["date_confidence"] or 0) >= SURE else {} for page, fields in found.items()}
    sure_dates, date = scorer.score_date(rows, sure), scores["date"]
    return {
        "segments f1": scores["segments"]["f1"],
        "date right": date["right"] / date["n"],
        "date wrong": date["wrong"] / date["n"],
        "sure dates right": sure_dates["precision"],
        "sure dates": (sure_dates["right"] + sure_dates["wrong"]) / sure_dates["n"],
        "title exact": scores["title"]["exact"],
        "publisher exact": scores["publisher"]["exact"],
        "publisher lenient": scores["publisher"]["lenient"],
        "author f1": scores["author"]["token_f1"],
    }


def read(form: str, content: bytes) -> dict:
    if form == "html":
        document = extract(Page("page.html", gzip.decompress(content)))
    else:
        document = extract(Page("page.txt", content, media_type="text/plain"))
    if isinstance(document, Document):
        return document.to_dict()
    return {"body": "", "date_confidence": None}


def load_scorer():
    spec = importlib.util.spec_from_file_location("extraction_scorer", SCORER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.stdout.write(f"digest {compute_digest()}\n")
    sys.stdout.writelines(f"{name:22} {value:.4g}\n" for name, value in measure().items())
