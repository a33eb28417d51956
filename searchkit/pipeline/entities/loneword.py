"""Runs of one word that need no more than a look: most of the capitals of a text in which all nouns have them."""

from __future__ import annotations

from searchkit.pipeline.entities.features import load_tree
from searchkit.pipeline.entities.gazetteer import fold, load_gazetteer, load_lists
from searchkit.pipeline.entities.naming import NOUNS_HAVE_CAPITALS


def is_name(run: str, language: str | None, ordinary: frozenset[str]) -> bool | None:
    """Whether a run is a name of no certain type; None where that takes a closer look, as wherever it has two words.

    This is what ``find_spans`` and ``name_span`` make of such a word, whatever stands around it: an everyday word
    that the tables do not have is no name, and one that nothing is known of may be one.
    """
    if not run.isalpha():
        return None
    key = fold(run)
    if _is_known(key) or (run.endswith("s") and _is_known(key[:-1])):  # "Frankreichs"
        return None
    lists = load_lists().get(key, ())
    if key in ordinary or "com" in lists or "fun" in lists:
        return False
    return None if lists or language not in NOUNS_HAVE_CAPITALS else True


def _is_known(key: str) -> bool:
    """Whether a word may be a name of the tables, alone or after "the"."""
    node = load_tree().get(key)
    return node is not None and ("" in node or f"the {key}" in load_gazetteer().names)
