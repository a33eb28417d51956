"""Train the tagger of names from labelled texts; the same file to the byte from the same texts.

    pip install -e '.[train]'
    python tools/train_entities.py                     make searchkit/pipeline/data/entity_model.bin
    python tools/train_entities.py --cross-validate    score each fifth of the texts with a model of the others
    python tools/train_entities.py --leave-out         score each set with a model of the other sets
    ... --data DIR    a folder of labelled sets as JSON Lines (default ../shared/data/entities)
    ... --out FILE    where to write the model
    ... --show SET    the sets whose figures are printed; --worst N lists their most frequent errors
    ... SET ...       use these sets only; a set of your own in the same format is fine

The averaged perceptron of M. Collins (2002): greedy, with a margin, tags before are half the time the right ones
and else its own.
"""

from __future__ import annotations

import argparse
import bisect
import hashlib
import importlib.util
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from searchkit.pipeline.entities import find_entities, recogniser
from searchkit.pipeline.entities.features import (
    count_commonness,
    describe,
    describe_beside,
    observe_all,
    observe_earlier,
    observe_tags,
    read_signs,
)
from searchkit.pipeline.entities.tagger import FILE, KINDS, TAGS, begins, continues, pack, unpack
from searchkit.pipeline.entities.tokens import Text, shape, split

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
SETS = ("gum_dev", "wikigold", "uner_ewt_dev", "train_crossner", "train_gmb", "train_wnut17")
FOLDS = 5
EPOCHS = 6
MARGIN = 10.0  # in units of an update
MOST_FEATURES = 45_000
LEAST_WEIGHT = 2  # of a stored feature, in stored units
SIZE = 1 << 21  # features at most
SCALE = 24  # stored units of an averaged weight of 1
SEEDS = (1, 2, 3, 4)  # as many models are trained, each on another order of the texts, and averaged
Row = dict[str, Any]


@dataclass(slots=True)
class Sample:
    """A word that must be judged: ids of its features, what its tag features are made of, and its right tag."""

    ids: list[int]
    key: str
    before: str
    form: str
    gold: int
    position: int
    line: int


def read_rows(data: Path, names: Sequence[str]) -> list[tuple[str, Row]]:
    """(set, document) of the sets."""
    return [(name, json.loads(line)) for name in names
            for line in (data / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def find_gold_tags(text: Text, entities: Iterable[Row]) -> list[str]:
    """The right tag of each word."""
    tags = ["O"] * len(text.words)
    for entity in sorted(entities, key=lambda entity: (entity["start"], entity["end"])):
        i = bisect.bisect_right(text.starts, entity["start"]) - 1
        if i < 0 or text.ends[i] <= entity["start"]:
            i += 1
        begin, kind = "B-", entity["type"]
        while i < len(tags) and text.starts[i] < entity["end"]:
            if not (text.keys[i] in ("'s", "’s") and text.ends[i] >= entity["end"]):
                tags[i] = begin + kind
                begin = "I-"
            i += 1
    return tags


class Lexicon(dict[str, int]):
    """Numbers of features, given as they are met."""

    def __missing__(self, name: str) -> int:
        self[name] = len(self)
        return self[name]


def make_samples(text: Text, tags: Sequence[str], lexicon: Lexicon, common: dict[str, str],
                 cache: dict[str, tuple[list[int], ...]]) -> list[tuple[int, Sample]]:
    """(candidate kind, sample) for each word that may be judged."""
    def look_up(word: str) -> tuple[list[int], ...]:
        if word not in cache:
            cache[word] = tuple([lexicon[name] for name in names] for names in (
                describe(word, common), describe_beside("-", word, common), describe_beside("+", word, common)))
        return cache[word]

    signs = read_signs(text)
    samples, last = [], len(text.words) - 1
    for i, word in enumerate(text.words):
        candidate = 2 if word != text.keys[i] or begins(text, i) else int(continues(text, i))
        if candidate:
            ids = [*look_up(text.forms[i])[0], *look_up(text.forms[i - 1] if i else "^")[1],
                   *look_up(text.forms[i + 1] if i < last else "$")[2],
                   *(lexicon[name] for name in observe_all(text, i, signs, common))]
            samples.append((candidate, Sample(ids, text.keys[i], text.keys[i - 1] if i else "^", shape(text.forms[i]),
                                              TAGS.index(tags[i]), i, text.lines[i])))
    return samples


def allow(before: str) -> list[int]:
    """The tags that may follow a tag."""
    return [0, 1, 3, 5, *([TAGS.index("I" + before[1:])] if before != "O" else [])]


def train(rows: Sequence[tuple[str, Row]], epochs: int = EPOCHS) -> bytes:
    """A packed model of the texts."""
    texts = [(split(row["text"]), row["entities"]) for _, row in rows]
    lower, capitalised = Counter[str](), Counter[str]()
    for text, _ in texts:
        for i, word in enumerate(text.words):
            if word[0].isalpha():
                (lower if word.islower() else capitalised)[text.keys[i]] += word.islower() or i not in text.opening
    common = count_commonness(lower, capitalised)
    lexicon, cache = Lexicon(), dict[str, tuple[list[int], ...]]()
    data = []
    for text, entities in texts:
        tags = find_gold_tags(text, [entity for entity in entities if entity["type"] in KINDS])
        data.append(make_samples(text, tags, lexicon, common, cache))
    weights = fit(data, lexicon, epochs)
    return pack(weights, common)


def fit(data: list[list[tuple[int, Sample]]], lexicon: Lexicon, epochs: int) -> dict[str, list[int]]:
    """Averaged weights, cut to whole numbers and to the features that matter most."""
    total = np.zeros((SIZE, len(TAGS)))
    for seed in SEEDS:
        total += average(list(data), lexicon, epochs, seed)
    return compress(total / len(SEEDS), lexicon)


def average(data: list[list[tuple[int, Sample]]], lexicon: Lexicon, epochs: int, seed: int) -> Any:  # noqa: ANN401
    """The mean of the weights over all steps of one training."""
    chance = random.Random(seed)
    size, step = SIZE, 0
    weights, drift = np.zeros((size, len(TAGS)), np.float32), np.zeros((size, len(TAGS)), np.float64)
    options = {tag: allow(tag) for tag in TAGS}
    for _ in range(epochs):
        chance.shuffle(data)
        for samples in data:
            one = two = "O"
            at = line = -1
            seen: dict[str, str] = {}
            for candidate, sample in samples:
                if sample.line != line or sample.position > at + 2:
                    one = two = "O"
                elif sample.position == at + 2:  # the word between is no candidate
                    two, one = one, "O"
                at, line = sample.position, sample.line
                if candidate == 1 and one == "O":
                    two, one = one, "O"
                    continue
                step += 1
                names = observe_tags(one, two, sample.key, sample.before, sample.form)
                if sample.key in seen:
                    names += observe_earlier(seen[sample.key], one)
                ids = sample.ids + [lexicon[name] for name in names]
                scores = weights[ids].sum(0)
                gold = sample.gold
                allowed = options[one]
                if gold not in allowed:
                    gold = TAGS.index("B" + TAGS[gold][1:])
                rivals = [tag for tag in allowed if tag != gold]
                best = max(rivals, key=scores.__getitem__)
                chosen = gold
                if scores[gold] - scores[best] < MARGIN:
                    weights[ids, gold] += 1
                    weights[ids, best] -= 1
                    drift[ids, gold] += step
                    drift[ids, best] -= step
                    if scores[gold] <= scores[best] and chance.random() < 0.5:
                        chosen = best
                two, one = one, TAGS[chosen]
                seen[sample.key] = one
    return weights - drift / max(step, 1)


def compress(averaged: Any, lexicon: Lexicon) -> dict[str, list[int]]:  # noqa: ANN401
    """Whole weights of the features with the largest ones."""
    used = averaged[:len(lexicon)]
    whole = np.clip(np.rint(used * (SCALE / MARGIN)), -127, 127).astype(int)
    largest = np.abs(whole).max(1)
    names = sorted((name for name, number in lexicon.items() if largest[number] >= LEAST_WEIGHT),
                   key=lambda name: (-int(largest[lexicon[name]]), name))[:MOST_FEATURES]
    return {name: whole[lexicon[name]].tolist() for name in names}


def load_tool(name: str) -> Any:  # noqa: ANN401
    """Another tool as a module."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def find_fold(row: Row) -> int:
    """The part of the texts that a document belongs to."""
    return int.from_bytes(hashlib.sha256(str(row["id"]).encode()).digest()[:4], "big") % FOLDS


def train_and_predict(train_rows: Sequence[tuple[str, Row]], test_rows: Sequence[tuple[str, Row]]) -> list[Row]:
    """What a model of some texts finds in others, through the function that the pipeline calls."""
    model = unpack(train(train_rows))
    recogniser.read_model = lambda: model
    scorer = load_tool("score_entities")
    return [scorer.predict(row, lambda text: find_entities(text, "en")) for _, row in test_rows]


def predict_parts(rows: Sequence[tuple[str, Row]], part_of: Callable[[str, Row], Any],
                  shown: Sequence[str]) -> dict[str, Row]:
    """Predictions by id for the documents of some sets, each by a model of the other parts."""
    parts = sorted({part_of(*row) for row in rows if row[0] in shown})
    with ProcessPoolExecutor(2) as pool:
        jobs = [pool.submit(train_and_predict, [row for row in rows if part_of(*row) != part],
                            [row for row in rows if part_of(*row) == part and row[0] in shown]) for part in parts]
        return {row["id"]: row for job in jobs for row in job.result()}


def validate(rows: Sequence[tuple[str, Row]], part_of: Callable[[str, Row], Any], known: argparse.Namespace) -> None:
    """Print the figures of each set, scored part by part with a model of the others."""
    tool = load_tool("score_entities")
    scorer = tool.load_scorer(known.scorer)
    found = predict_parts(rows, part_of, known.show)
    for name in known.show:
        its = [row for set_name, row in rows if set_name == name]
        predictions = [found[row["id"]] for row in its]
        print(tool.describe(name, tool.score(its, predictions, scorer)), flush=True)
        if known.worst:
            tool.list_worst(its, predictions, scorer, known.worst)


def main() -> int:
    """Train, or validate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=SETS)
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "entities")
    parser.add_argument("--scorer", type=Path, default=SHARED / "eval" / "entities.py")
    parser.add_argument("--out", type=Path, default=ROOT / "searchkit" / "pipeline" / "data" / FILE)
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--leave-out", action="store_true")
    parser.add_argument("--show", nargs="*", default=("gum_dev", "wikigold", "uner_ewt_dev", "train_gmb"))
    parser.add_argument("--worst", type=int, default=0)
    known = parser.parse_args()
    rows = read_rows(known.data, known.sets)
    start = time.process_time()
    if known.cross_validate:
        validate(rows, lambda name, row: find_fold(row), known)
    elif known.leave_out:
        validate(rows, lambda name, row: name, known)
    else:
        packed = train(rows)
        known.out.write_bytes(packed)
        print(f"{len(packed)} bytes, {len(unpack(packed).weights)} features, {time.process_time() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
