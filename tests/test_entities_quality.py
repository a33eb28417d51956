"""The quality of the recogniser on a fixed sample of labelled texts does not fall below its floors.

The texts lie beside the checkout; without them this module is skipped. They are what the model was trained on, so
these floors hold it against itself: docs/entities.md has the cross-validated figures. The sample, its digest and the
floors are in ``entity_floors.toml``. ``python tests/test_entities_quality.py`` prints the digest and what is measured.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
DATA, SCORER = SHARED / "data" / "entities", SHARED / "eval" / "entities.py"
SETTINGS = tomllib.loads(Path(__file__).with_name("entity_floors.toml").read_text(encoding="utf-8"))
SAMPLE, FLOORS = SETTINGS["sample"], SETTINGS["floor"]

needs_texts = pytest.mark.skipif(not (DATA.exists() and SCORER.exists()),
                                 reason="the labelled texts and their scorer are not beside this checkout")


@needs_texts
def test_the_sample_is_the_one_that_the_floors_were_measured_on():
    assert compute_digest() == SAMPLE["digest"], "other texts: measure all floors anew and give each a new reason"


@needs_texts
@pytest.mark.parametrize("floor", FLOORS, ids=[floor["figure"] for floor in FLOORS])
def test_no_figure_falls_below_its_floor(floor):
    value = measure()[floor["figure"]]

    assert value >= floor.get("least", value)
    assert value <= floor.get("most", value)


@pytest.mark.parametrize("floor", FLOORS, ids=[floor["figure"] for floor in FLOORS])
def test_every_floor_has_a_reason_that_speaks_of_this_floor_and_these_texts(floor):
    bound = floor.get("least", floor.get("most"))

    assert floor["reason"].startswith(f"{bound:g} on {SAMPLE['digest'][:8]}: ")
    assert len(floor["reason"].split()) >= 8


def load(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem + "_tool", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def choose_rows() -> dict[str, list[dict]]:
    """The documents of each set that come first by the hashes of their ids."""
    chosen = {}
    for name, size in SAMPLE["documents"].items():
        rows = [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
        chosen[name] = sorted(rows, key=lambda row: hashlib.sha256(str(row["id"]).encode()).digest())[:size]
    return chosen


def compute_digest() -> str:
    """sha256 over the names of the sets, their chosen rows and the pairs of names."""
    total = hashlib.sha256((DATA / "alias_dev.json").read_bytes())
    for name, rows in choose_rows().items():
        total.update(name.encode() + json.dumps(rows, sort_keys=True).encode())
    return total.hexdigest()


@cache
def measure() -> dict[str, float]:
    """Every figure of the sample."""
    tool, scorer = load(ROOT / "tools" / "score_entities.py"), load(SCORER)
    figures: dict[str, float] = {}
    duplicates = 0
    for name, rows in choose_rows().items():
        scores = tool.score(rows, [tool.predict(row, tool.find_english) for row in rows], scorer)
        figures[f"{name} f1"] = scores["facet"]["all"]["f1"]
        figures[f"{name} precision"] = scores["facet"]["all"]["p"]
        duplicates += scores["facet_duplicates"] if name != "gum_dev" else 0
    figures["duplicates"] = duplicates
    joined = re.search(r"joined (\d+)/(\d+), wrongly joined (\d+)",
                       tool.score_aliases(DATA / "alias_dev.json", tool.find_english))
    figures["pairs joined"], figures["pairs wrongly joined"] = int(joined[1]) / int(joined[2]), int(joined[3])
    return figures


if __name__ == "__main__":
    sys.stdout.write(f"digest {compute_digest()}\n")
    sys.stdout.writelines(f"{name:24} {value:.4g}\n" for name, value in measure().items())
