"""Score the recogniser on labelled texts, through the function that the pipeline calls.

    python tools/score_entities.py                       every set in ../shared/data/entities, and the five sample pages
    python tools/score_entities.py gum_dev wikigold      some of them
    ... --data DIR     a folder of labelled sets as JSON Lines      (default ../shared/data/entities)
    ... --scorer F     the scorer                                   (default ../shared/eval/entities.py)
    ... --worst N      list the N most frequent wrong and missing values

The sets in that folder are also trained on: their figures here say nothing of new text. ``tools/train_entities.py
--cross-validate`` gives those that do. Names that must be one, or must not, are scored from ``alias_dev.json``.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from searchkit.model import Entity
from searchkit.pipeline.entities import find_entities

SHARED = Path(__file__).resolve().parents[2] / "shared"
SETS = ("gum_dev", "wikigold", "uner_ewt_dev", "train_gmb", "train_wnut17")
WORDS = 500  # of the documents that speed is counted in
CARRIER = "Late in the day a note from {} was read out."

Finder = Callable[[str], Iterable[Entity]]
Row = dict[str, Any]


def find_english(text: str) -> tuple[Entity, ...]:
    """What the pipeline finds in an English text."""
    return find_entities(text, "en")


def load_scorer(path: Path) -> Any:  # noqa: ANN401
    """The scorer as a module."""
    spec = importlib.util.spec_from_file_location("entity_scorer", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_rows(path: Path) -> list[Row]:
    """The documents of a labelled set."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def predict(row: Row, find: Finder) -> Row:
    """A document's facet values as the scorer takes them: the forms in the text as other names."""
    return {"id": row["id"], "entities": [
        {"name": entity.name, "type": entity.type, "aliases": list(entity.mentions)} for entity in find(row["text"])]}


def score(rows: Sequence[Row], predictions: Sequence[Row], scorer: Any) -> dict[str, Any]:  # noqa: ANN401
    """The facet figures of a set."""
    gold = {row["id"]: row for row in rows}
    found: dict[str, Any] = scorer.evaluate(gold, {row["id"]: row for row in predictions}, {"PER", "ORG", "LOC"})
    return found


def describe(name: str, figures: dict[str, Any], speed: float | None = None) -> str:
    """One line of the table."""
    every = figures["facet"]["all"]
    kinds = " ".join(f"{kind} {figures['facet'][kind]['f1']:.3f}" for kind in ("PER", "ORG", "LOC")
                     if kind in figures["facet"])
    duplicates = 100 * figures["facet_duplicates"] / figures["documents"]
    return (f"{name:14} F1 {every['f1']:.3f}  P {every['p']:.3f}  R {every['r']:.3f}  {kinds}  "
            f"duplicates/100 {duplicates:.1f}  gold names {figures['names']['canonical']:.3f}"
            + (f"  {speed:.0f} documents/s" if speed else ""))


def list_worst(rows: Sequence[Row], predictions: Sequence[Row], scorer: Any, size: int) -> None:  # noqa: ANN401
    """Print the values that are most often wrong or missing."""
    wrong, missing = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row, prediction in zip(rows, predictions, strict=True):
        gold = scorer._facets(row, {"PER", "ORG", "LOC"})
        shown = scorer._facets(prediction, {"PER", "ORG", "LOC"}, shown=True)
        wrong.update((value.label, value.canonical) for value in shown
                     if not any(value.label == wanted.label and value.keys & wanted.keys for wanted in gold))
        missing.update((wanted.label, wanted.canonical) for wanted in gold
                       if not any(value.label == wanted.label and value.keys & wanted.keys for value in shown))
    for title, counts in (("wrong", wrong), ("missing", missing)):
        print(f"  {title}: " + ", ".join(f"{name} {label} {count}" for (label, name), count in sorted(
            counts.items(), key=lambda pair: (-pair[1], pair[0]))[:size]))


def score_aliases(path: Path, find: Finder) -> str:
    """How many pairs of names of one thing come out under one name, each alone in a sentence."""
    data = json.loads(path.read_text(encoding="utf-8"))

    def shown(name: str) -> tuple[str, ...]:
        return tuple(entity.name for entity in find(CARRIER.format(name)))

    same = [pair for group in data["same"] for pair in itertools.combinations(group, 2)]
    joined = [pair for pair in same if shown(pair[0]) == shown(pair[1]) != ()]
    wrong = [pair for pair in data["different"] if set(shown(pair[0])) & set(shown(pair[1]))]
    apart = "".join(f"\n  apart: {' · '.join(pair)}: {shown(pair[0])} {shown(pair[1])}"
                    for pair in same if pair not in joined)
    return f"alias pairs    joined {len(joined)}/{len(same)}, wrongly joined {len(wrong)} {wrong or ''}{apart}"


def measure(rows: Sequence[Row], find: Finder) -> tuple[list[Row], float]:
    """Predictions, and documents of 500 words per second of the processor."""
    start = time.process_time()
    predictions = [predict(row, find) for row in rows]
    seconds = time.process_time() - start
    return predictions, sum(len(row["text"].split()) for row in rows) / WORDS / seconds


def main() -> int:
    """Score the sets that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "entities")
    parser.add_argument("--scorer", type=Path, default=SHARED / "eval" / "entities.py")
    parser.add_argument("--worst", type=int, default=0)
    known = parser.parse_args()
    scorer = load_scorer(known.scorer)
    for name in known.sets or SETS:
        rows = read_rows(known.data / f"{name}.jsonl")
        predictions, speed = measure(rows, find_english)
        print(describe(name, score(rows, predictions, scorer), speed))
        if known.worst:
            list_worst(rows, predictions, scorer, known.worst)
    print(score_aliases(known.data / "alias_dev.json", find_english))
    return 0


if __name__ == "__main__":
    sys.exit(main())
