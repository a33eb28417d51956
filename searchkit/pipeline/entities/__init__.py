"""The persons, organisations and places that a body names, each under one canonical name.

Rules and tables, in stages: runs of capitalised words (``candidates``), cut into spans (``spans``), read as
names of a type (``naming``), under a canonical name (``canonical``), joined within the text (``merge``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from searchkit.model import Entity
from searchkit.pipeline.entities.candidates import find_runs
from searchkit.pipeline.entities.gazetteer import fold, load_gazetteer
from searchkit.pipeline.entities.merge import merge
from searchkit.pipeline.entities.naming import Mention, name_span
from searchkit.pipeline.entities.recogniser import recognise
from searchkit.pipeline.entities.spans import find_spans

_WORD = re.compile(r"[^\W\d_]+")


def find_entities(body: str, language: str | None) -> tuple[Entity, ...]:
    """The entities of a body, most frequent first, then by name.

    Paragraphs are separated by blank lines; ``language`` is a two-letter code, None if unknown. Every
    mention of an entity occurs in the body as it stands there.
    """
    return merge([*find_mentions(body, language)])


def find_mentions(body: str, language: str | None) -> Iterator[Mention]:
    """Every name in a body where it stands, names in Chinese or Japanese last."""
    if language in ("en", None):
        yield from recognise(body)
        if not body.isascii():
            yield from _find_ideographic(body)
        return
    ordinary = frozenset(fold(word) for word in set(_WORD.findall(body)) if word.islower())
    for run in find_runs(body, language):
        for span in find_spans(run, ordinary):
            yield from name_span(span, run, body, language)
    if not body.isascii():
        yield from _find_ideographic(body)


def _find_ideographic(body: str) -> Iterator[Mention]:
    """Known names in scripts that have neither capitals nor spaces."""
    names = load_gazetteer().characters
    for match in _compile_ideographic().finditer(body):
        known = names[match[0]]
        yield Mention(match.start(), match.end(), match[0], known.type, known)


@cache
def _compile_ideographic() -> re.Pattern[str]:
    """The longest known name first; not where a word for a language or a people goes on ("日本語", "法国人")."""
    names = sorted(load_gazetteer().characters, key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(map(re.escape, names))})(?![語语人])")
