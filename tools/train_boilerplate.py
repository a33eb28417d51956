"""Train the model that tells story from furniture (searchkit/pipeline/data/boilerplate_model.json).

    python tools/train_boilerplate.py                    write the model, the same to the byte each time
    python tools/train_boilerplate.py --cross-validate   print what models reach on sites that they have not seen
    ... --data DIR   a folder with gold.jsonl, html/ and dumps/   (default ../shared/data/extraction)
    ... --scorer F   the scorer of bodies                         (default ../shared/eval/extraction.py)
    ... --out F      where the model is written to

Needs `pip install -e .[train]`. Blocks are labelled by how much of their text the known body holds, so that the
model learns from looks and places; no text gets into it. Sites, not pages, are kept apart wherever one model
judges what another is trained on.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import lightgbm
import numpy as np
from score_extraction import read_pages

from searchkit.model import Page
from searchkit.pipeline import boilerplate, decode, markup, textdump
from searchkit.pipeline.block import Markup
from searchkit.pipeline.boilerplate.columns import Columns, build_columns
from searchkit.pipeline.boilerplate.features import describe
from searchkit.pipeline.boilerplate.firstguess import guess
from searchkit.pipeline.boilerplate.model import Model, find_candidates

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
FORMS = ("html", "resili", "w3m", "wet")
KINDS = {"html": ("html",), "text": FORMS}  # a model each, and the forms it is trained on
FOLDS = 4

# What the trees may look at: columns, of the block itself and of those so many blocks below it (negative: above).
# Those that brought next to nothing were left out.
INPUTS = {
    0: "ends prose page_prose blocks cohesion since_date to_date since_paragraph to_paragraph words capitals "
       "kept_share kept_before kept_after before after element_prose element_size indent_prose shift place "
       "from_end commas quoted since_section to_section to_copyright sentences prose-3 prose+3 prose-8 "
       "prose+8 prose-20 prose+20 rule rule-5 rule+5 rule-12 rule+12 furniture-6 furniture+6 fillers section "
       "inside short-10 short+10 clue covered links listed cut_short repeated about_site hidden kept kept-6 "
       "kept+6 strength",
    -1: "rule ends prose cohesion words capitals kept listed fillers",
    1: "rule ends prose cohesion words capitals kept listed",
    -2: "rule cohesion words", 2: "rule cohesion words", -3: "rule", 3: "rule",
}

SETTINGS = {
    "objective": "binary", "lambda_l2": 5.0, "max_bin": 63, "bagging_fraction": 0.7,
    "bagging_freq": 1, "seed": 1, "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbose": -1,
}
# HTML is to be fast; dumps, with less to go by, gain .002 by three times the trees.
SIZES: dict[str, dict[str, Any]] = {
    "html": {"num_trees": 100, "learning_rate": 0.1, "num_leaves": 20, "min_data_in_leaf": 40,
             "feature_fraction": 0.3},
    "text": {"num_trees": 300, "learning_rate": 0.04, "num_leaves": 40, "min_data_in_leaf": 60,
             "feature_fraction": 0.4},
}
SURE = {"html": 2.5, "text": 4.0}  # log-odds at which no more trees are asked; F1 is the same to .0001
STORY = 0.5  # share of a block's text that the known body holds, if it is story
SHINGLE = 4  # words in a row that are looked up in the known body
NEARBY = 6  # blocks around that tell which of several equal blocks is the story's, and what a few words are
# A block weighs as its words do in the scores of its page, lines a little more, pages nearly all the same.
MOST_WORDS, LINE_WORDS = 150, 3
PAGE_WORDS = (150, 1500)


@dataclass(slots=True)
class Example:
    """A page in one form, as the model sees it, with the share of each block that is story and its weight."""

    form: str
    id: str
    site: str
    markup: Markup
    columns: Columns
    chosen: list[int]
    labels: np.ndarray
    weights: np.ndarray


def main() -> None:
    """Train on all pages, or cross-validate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "extraction")
    parser.add_argument("--scorer", type=Path, default=SHARED / "eval" / "extraction.py")
    parser.add_argument("--out", type=Path, default=ROOT / "searchkit/pipeline/data/boilerplate_model.json")
    options = parser.parse_args()
    rows = (json.loads(line) for line in (options.data / "gold.jsonl").read_text(encoding="utf-8").splitlines())
    gold = {row["id"]: row for row in rows if row["body"]}
    scorer = load_scorer(options.scorer)
    examples = read_examples(options.data, gold, scorer)
    if options.cross_validate:
        cross_validate(examples, gold, scorer)
    else:
        write_models({kind: train(examples, kind) for kind in KINDS}, options.out)


def load_scorer(path: Path) -> ModuleType:
    """The module of the scorer."""
    spec = importlib.util.spec_from_file_location("scorer", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"no scorer in {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# -- examples


def read_examples(data: Path, gold: Mapping[str, Any], scorer: ModuleType) -> list[Example]:
    """All pages whose body is known, in each form."""
    examples = []
    with ProcessPoolExecutor(2) as pool:
        for form in FORMS:
            pages = [page for page in read_pages(data, form) if page.path in gold]
            tokens = [scorer.TOKEN.findall(gold[page.path]["body"]) for page in pages]
            sites = [gold[page.path]["site"] for page in pages]
            found = pool.map(partial(read_example, form, scorer.TOKEN.findall), pages, sites, tokens, chunksize=16)
            examples += [example for example in found if example]
    return examples


def read_example(form: str, split: Callable[[str], list[str]], page: Page, site: str,
                 body: list[str]) -> Example | None:
    """A page in one form, if there is any text in it."""
    try:
        text = decode.decode(page.content)
    except decode.Undecodable:
        return None
    parsed = markup.parse(text) if markup.is_html(text, page) else textdump.parse(text)
    if not parsed.blocks:
        return None
    tokens = [split(block.text) for block in parsed.blocks]
    columns = build_columns(parsed, guess(parsed, describe(parsed.blocks)))
    least, most = PAGE_WORDS
    weights = [(min(len(words), MOST_WORDS) + LINE_WORDS) / (min(max(len(body), least), most) + 50) for words in tokens]
    return Example(form, page.path, site, parsed, columns, find_candidates(columns),
                   np.array(label(tokens, body)), 100 * np.array(weights))


def label(blocks: Sequence[list[str]], body: list[str]) -> list[float]:
    """The share of each block that is story; of equal blocks only the one with most story around it is."""
    known = {size: count_shingles(body, size) for size in range(1, SHINGLE + 1)}
    shares = [measure_share(words, known) for words in blocks]
    mass = [len(words) * share if share >= STORY else 0.0 for words, share in zip(blocks, shares, strict=True)]
    equal: dict[tuple[str, ...], list[int]] = {}
    for index, words in enumerate(blocks):
        if mass[index] and len(words) >= SHINGLE:
            equal.setdefault(tuple(words), []).append(index)
    for text, places in equal.items():
        if len(places) > 1:
            times = max(1, min(known[SHINGLE].get(shingle, 0) for shingle in count_shingles(list(text), SHINGLE)))
            places.sort(key=lambda index: -(sum(mass[max(0, index - NEARBY) : index])
                                            + sum(mass[index + 1 : index + NEARBY + 1])))
            for index in places[times:]:
                shares[index] = 0.0
    for index, share in enumerate(shares):
        if share < 0:
            above = next((shares[i] for i in range(index - 1, max(-1, index - NEARBY), -1) if shares[i] >= 0), 0.0)
            below = next((max(0.0, shares[i]) for i in range(index + 1, min(len(shares), index + NEARBY))
                          if len(blocks[i]) >= SHINGLE), 0.0)
            shares[index] = float(above >= STORY and below >= STORY)
    return shares


def count_shingles(words: list[str], size: int) -> dict[tuple[str, ...], int]:
    """How often each run of so many words stands in a text."""
    counts: dict[tuple[str, ...], int] = {}
    for start in range(len(words) - size + 1):
        shingle = tuple(words[start : start + size])
        counts[shingle] = counts.get(shingle, 0) + 1
    return counts


def measure_share(words: list[str], known: Mapping[int, Mapping[tuple[str, ...], int]]) -> float:
    """The share of a block that the body holds; -1 for a few words that it holds but that may stand anywhere."""
    if len(words) < SHINGLE:
        return -1.0 if not words or tuple(words) in known[len(words)] else 0.0
    shingles = [tuple(words[start : start + SHINGLE]) for start in range(len(words) - SHINGLE + 1)]
    return sum(shingle in known[SHINGLE] for shingle in shingles) / len(shingles)


# -- training


def train(examples: Sequence[Example], kind: str) -> Model:
    """The model for pages of a kind that all these examples make."""
    inputs = list_inputs()
    examples = [example for example in examples if example.form in KINDS[kind]]
    data = lightgbm.Dataset(
        np.vstack([collect(example, inputs) for example in examples]),
        np.concatenate([example.labels[example.chosen] >= STORY for example in examples]),
        weight=np.concatenate([example.weights[example.chosen] for example in examples]))
    return convert(lightgbm.train(SETTINGS | SIZES[kind], data), inputs, SURE[kind])


def list_inputs() -> list[tuple[str, int]]:
    """(Column, how many blocks below), in a settled order."""
    return [(name, shift) for shift in sorted(INPUTS) for name in INPUTS[shift].split()]


def find_fold(site: str) -> int:
    """The part that a site belongs to."""
    return int(hashlib.sha256(site.encode()).hexdigest()[:8], 16) % FOLDS


def collect(example: Example, inputs: Sequence[tuple[str, int]]) -> np.ndarray:
    """The inputs of the blocks that may be story, a row each."""
    size = len(example.labels)
    table = np.zeros((len(example.chosen), len(inputs)))
    for number, (name, shift) in enumerate(inputs):
        column = np.zeros(size)
        if abs(shift) < size:
            column[max(0, -shift) : size - max(0, shift)] = example.columns[name][max(0, shift) : size - max(0, -shift)]
        table[:, number] = column[example.chosen]
    return table


def convert(booster: lightgbm.Booster, inputs: Sequence[tuple[str, int]], sure: float) -> Model:
    """Trees as one table of nodes."""
    roots: list[int] = []
    nodes: list[list[Any]] = []
    leaves: list[float] = []

    def enter(tree: Mapping[str, Any]) -> int:
        if "leaf_value" in tree:
            leaves.append(round(tree["leaf_value"], 4))
            return ~(len(leaves) - 1)
        node = [tree["split_feature"], float(f"{tree['threshold']:.7g}"), 0, 0]
        nodes.append(node)
        number = len(nodes) - 1
        node[2:] = enter(tree["left_child"]), enter(tree["right_child"])
        return number

    for tree in booster.dump_model()["tree_info"]:
        roots.append(enter(tree["tree_structure"]))
    return Model(tuple(inputs), tuple(roots), tuple((a, b, c, d) for a, b, c, d in nodes), tuple(leaves), sure)


def write_models(models: Mapping[str, Model], path: Path) -> None:
    """The models' file: a line for each list of numbers."""
    kinds = [f'"{kind}": {{\n{write_model(model)}\n}}' for kind, model in models.items()]
    about = '"about": "made by tools/train_boilerplate.py; docs/decisions says from what"'
    path.write_text("{" + ",\n".join([about, *kinds]) + "}\n", encoding="utf-8")


def write_model(model: Model) -> str:
    """The lists of one model."""
    tests, thresholds, following, others = zip(*model.nodes, strict=True)
    parts = {"inputs": model.inputs, "roots": model.roots, "tests": tests, "thresholds": thresholds, "next": following,
             "other": others, "leaves": model.leaves, "sure": model.sure}
    return ",\n".join(f'"{name}": {json.dumps(part, separators=(",", ":"))}' for name, part in parts.items())


# -- cross-validation


def cross_validate(examples: Sequence[Example], gold: Mapping[str, Any], scorer: ModuleType) -> None:
    """Print the scores of each form, each site judged by models that were trained on the others only."""
    pages: dict[str, list[tuple[Any, ...]]] = {form: [] for form in FORMS}
    for fold in range(FOLDS):
        models = train_without(fold, examples)
        for example in examples:
            if find_fold(example.site) == fold:
                body = read_body(example.markup, models[example.markup.kind])
                pages[example.form].append(scorer.body_page(gold[example.id]["body"], body))
    for form, stats in pages.items():
        print(f"{form:7} {summarize(stats, scorer)}")


def train_without(fold: int, examples: Sequence[Example]) -> dict[str, Model]:
    """The model for each kind of page that the sites of the other parts make."""
    others = [example for example in examples if find_fold(example.site) != fold]
    return {kind: train(others, kind) for kind in KINDS}


def read_body(parsed: Markup, model: Model) -> str:
    """The body of a page by this model."""
    verdicts = boilerplate.judge(parsed, model)
    return "\n\n".join(block.text for block, verdict in zip(parsed.blocks, verdicts, strict=True) if verdict.keep)


def summarize(stats: Sequence[tuple[Any, ...]], scorer: ModuleType) -> str:
    """Means over pages, the standard error of F1, and how many pages are missed."""
    summary = scorer.body_summary(stats)
    samples = random.Random(1)
    spread = np.std([scorer.body_summary(samples.choices(stats, k=len(stats)))["f1"] for _ in range(200)])
    failed = sum(f1 < scorer.FAIL_F1 for _, _, f1 in stats)
    return (f"precision={summary['precision']:.4f} recall={summary['recall']:.4f} f1={summary['f1']:.4f}"
            f"+-{spread:.4f} page_f1={summary['page_f1_mean']:.4f} failed={failed}/{len(stats)}")


if __name__ == "__main__":
    main()
