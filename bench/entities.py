"""How good and how fast is the recogniser, beside spaCy's pipelines, on the same texts in the same run?

    python bench/entities.py                                   beside en_core_web_sm and en_core_web_md
    python bench/entities.py my_pipeline /path/to/pipeline     beside others that are installed
    ... --sets gum_dev wikigold   the labelled sets      ... --sample 40   so many documents of each
    ... --data DIR --scorer FILE  where those are        ... --trained     the shipped model, without cross-validation

The sets are also what the shipped model is trained on. So each fifth of them is scored with a model of the others,
which takes some minutes; spaCy's pipelines were trained on none of them as far as we know. Figures are of the facet:
the values of a document, right or wrong; spaCy's values are its names of persons, organisations and places as they
stand in the text. Speed is counted in documents of 500 words per second of the processor, models loaded.

spaCy is no dependency. Get it with ``pip install -e '.[bench-entities]'`` and a pipeline with
``python -m spacy download en_core_web_sm``.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from searchkit.pipeline.entities import find_entities

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
SETS = ("gum_dev", "wikigold", "uner_ewt_dev", "train_gmb")
PIPELINES = ("en_core_web_sm", "en_core_web_md")
WORDS = 500
SHOWN = {"PERSON", "PER", "ORG", "GPE", "LOC", "FAC"}
Row = dict[str, Any]


def load_tool(name: str) -> Any:  # noqa: ANN401
    """A tool of the project as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def load_spacy(name: str) -> Callable[[str], list[Row]] | None:
    """A pipeline's recogniser; None, said loudly, where it is not installed."""
    try:
        import spacy

        pipeline = spacy.load(name)
    except (ImportError, OSError) as problem:
        print(f"NOT MEASURED: {name} is not installed ({str(problem).splitlines()[0]})", file=sys.stderr)
        return None

    def find(text: str) -> list[Row]:
        return [{"name": entity.text, "type": entity.label_, "start": entity.start_char, "end": entity.end_char}
                for entity in pipeline(text).ents if entity.label_ in SHOWN]

    return find


def find_ours(text: str) -> list[Row]:
    """The entities that the shipped model finds."""
    return [{"name": entity.name, "type": entity.type, "aliases": list(entity.mentions)}
            for entity in find_entities(text, "en")]


def run(find: Callable[[str], list[Row]], rows: Sequence[Row]) -> tuple[list[Row], float]:
    """Predictions, and documents of 500 words a second."""
    find(rows[0]["text"])
    start = time.process_time()
    found = [{"id": row["id"], "entities": find(row["text"])} for row in rows]
    return found, sum(len(row["text"].split()) for row in rows) / WORDS / (time.process_time() - start)


def main() -> int:
    """Measure all on all sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pipelines", nargs="*", default=PIPELINES)
    parser.add_argument("--sets", nargs="*", default=SETS)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "entities")
    parser.add_argument("--scorer", type=Path, default=SHARED / "eval" / "entities.py")
    parser.add_argument("--trained", action="store_true")
    known = parser.parse_args()
    scoring, training = load_tool("score_entities"), None if known.trained else load_tool("train_entities")
    scorer = scoring.load_scorer(known.scorer)
    finders = {name: find for name in known.pipelines if (find := load_spacy(name))}
    unseen: dict[str, Row] = {}
    if training:
        labelled = training.read_rows(known.data, training.SETS)
        unseen = training.predict_parts(labelled, lambda _, row: training.find_fold(row), known.sets)
    for name in known.sets:
        rows = scoring.read_rows(known.data / f"{name}.jsonl")[:known.sample]
        print(f"{name}, {len(rows)} documents")
        for who, find in {"searchkit": find_ours, **finders}.items():
            found, speed = run(find, rows)
            if who == "searchkit" and unseen:
                found = [unseen[row["id"]] for row in rows]
            print(f"  {scoring.describe(who, scoring.score(rows, found, scorer), speed)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
