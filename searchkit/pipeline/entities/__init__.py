"""The persons, organisations and places that a body names, each under one canonical name.

English text is read by a learned tagger (``recogniser``, which stands on ``tokens``, ``features`` and ``tagger``).
Text in other languages in Latin letters is read by rules: runs of capitalised words (``candidates``) that are more
than a plain word (``loneword``) are cut into spans (``spans``), read as names of a type (``naming``). In other scripts
known names are looked for (``scripts``). All end in mentions, which ``merge`` joins within the text, under canonical
names (``canonical``, ``gazetteer``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from searchkit.model import Entity
from searchkit.pipeline.entities.candidates import describe, find_runs
from searchkit.pipeline.entities.features import find_known, may_hold_phrase
from searchkit.pipeline.entities.gazetteer import fold
from searchkit.pipeline.entities.loneword import is_name
from searchkit.pipeline.entities.merge import merge
from searchkit.pipeline.entities.naming import Mention, name_span
from searchkit.pipeline.entities.recogniser import recognise
from searchkit.pipeline.entities.scripts import find_names
from searchkit.pipeline.entities.spans import find_spans
from searchkit.pipeline.entities.tokens import cut, split

_LEARNED = ("en", None)  # the languages that the tagger has seen
_WORD = re.compile(r"[^\W\d_]+")
_ELISION = re.compile(r"[dlDL]['’](?=\w)(?<!\w..)")  # two characters: "l'Union"


def find_entities(body: str, language: str | None) -> tuple[Entity, ...]:
    """The entities of a body, most frequent first, then by name.

    Paragraphs are separated by blank lines; ``language`` is a two-letter code, None if unknown. Every
    mention of an entity occurs in the body as it stands there.
    """
    return merge(find_mentions(body, language))


def find_mentions(body: str, language: str | None) -> Sequence[Mention]:
    """Every name in a body where it stands, before names are joined: (start, end, text, type …).

    A second opinion may drop some, or add its own, before they go to ``merge``.
    """
    found = recognise(body) if language in _LEARNED else list(_follow_rules(body, language))
    if body.isascii():
        return found
    others = list(find_names(body))
    return [*_leave_free(found, others), *others]


def _follow_rules(body: str, language: str | None) -> Iterator[Mention]:
    ordinary = frozenset(map(fold, filter(str.islower, set(_WORD.findall(body)))))
    named = _read_runs(body, language, ordinary)
    phrases = list(_find_phrases(body))
    yield from _leave_free(named, phrases)
    yield from phrases


def _read_runs(body: str, language: str | None, ordinary: frozenset[str]) -> Iterator[Mention]:
    """The names in the capitalised words of a text; ``ordinary`` are those that it has in lower case."""
    for match, quiet in find_runs(body):
        known = is_name(match[0], language, ordinary)
        if known:
            yield Mention(*match.span(), match[0], None, None, True)
        elif known is None:
            run = describe(match, quiet, language)
            for span in find_spans(run, ordinary):
                yield from name_span(span, run, body, language)


def _find_phrases(body: str) -> Iterator[Mention]:
    """Known names with words in lower case, as "Union européenne": the runs do not hold them."""
    for line in cut(_ELISION.sub("  ", body)):
        if not may_hold_phrase(line):
            continue
        text = split("".join(line.spaced))
        for i, found in find_known(text).items():
            last = found.last - 1
            if found.first == i < last and text.words[last].islower():
                start, end = line.start + text.starts[i], line.start + text.ends[last]
                yield Mention(start, end, body[start:end], found.known.type, found.known)


def _leave_free(mentions: Iterable[Mention], others: Sequence[Mention]) -> Iterator[Mention]:
    """The mentions that do not overlap with others."""
    taken = sorted((other.start, other.end) for other in others)
    for mention in mentions:
        before = bisect_left(taken, (mention.end, 0))
        if not before or taken[before - 1][1] <= mention.start:
            yield mention
