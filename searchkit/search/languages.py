"""Languages of an index: in which of them a query is to match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from searchkit.search.filters import NONE
from searchkit.search.folding import fold_value
from searchkit.search.vocabulary import Vocabulary

FIELD = "language"


def list_all(vocabulary: Vocabulary) -> Sequence[str]:
    """All values of a field."""
    return vocabulary.words


def rank_languages(counts: Mapping[str, int], documents: int) -> tuple[str | None, ...]:
    """The languages of so many documents, folded, the most frequent first; None where some have none, or none is
    known. ``counts`` says how many have each.
    """
    ranked = dict.fromkeys(map(fold_value, sorted(counts, key=lambda language: (-counts[language], language))))
    without = [None] if sum(counts.values()) < documents or not ranked else []
    return (*ranked, *without)


def narrow_languages(languages: Sequence[str | None], chosen: Sequence[str]) -> tuple[str | None, ...]:
    """Those of the languages that are chosen by name ("none" for documents without one); all where none is."""
    keys = {None if value.lower() == NONE else fold_value(value) for value in chosen}
    return tuple(language for language in languages if language in keys) or tuple(languages)
