"""A word by itself is settled with a look, as the long way would settle it."""

from __future__ import annotations

import pytest

from searchkit.pipeline.entities.candidates import describe, find_runs
from searchkit.pipeline.entities.gazetteer import load_lists
from searchkit.pipeline.entities.loneword import is_name
from searchkit.pipeline.entities.naming import Mention, name_span
from searchkit.pipeline.entities.spans import find_spans

FEW = ["Frankreichs", "Ukraine", "US", "USA", "States", "Netherlands", "Zeit", "Das", "Mit", "Wolkenwerk", "Änderung",
       "WOLKENWERK", "Straße", "Großmuttis", "Präsident", "Montag", "Bank",
       "Ada", "Lovelace", "Oslo", "McDonald", "Nguyễn"]
AROUND = ["das {} war", "the {} is", "herr {}, der", "mr. {} kam", "präsident {} sagte",
          "in {} ging", "{} ging", "So. {} ging", "«{}"]


def read_long(body: str, language: str, ordinary: frozenset[str]) -> list[Mention]:
    runs = [describe(match, quiet, language) for match, quiet in find_runs(body)]
    return [mention for run in runs for span in find_spans(run, ordinary)
            for mention in name_span(span, run, body, language)]


@pytest.mark.parametrize("language", ["de", "fr"])
def test_a_look_at_a_word_says_what_the_long_way_does(language):
    listed = [word.capitalize() for word in sorted(load_lists())[::400] if word.isalpha()]
    looks = set()
    for word in [*FEW, *listed]:
        for ordinary in (frozenset(), frozenset((word.lower(),))):
            look = is_name(word, language, ordinary)
            looks.add(look)
            for body in (around.format(word) for around in AROUND if look is not None):
                start = body.rindex(word)
                expected = [Mention(start, start + len(word), word, None, None, True)] if look else []
                assert read_long(body, language, ordinary) == expected, (body, ordinary)
    assert looks == ({None, False, True} if language == "de" else {None, False})


@pytest.mark.parametrize("run", ["Ada Lovelace", "Wi-Fi", "O'Neill", "G20", "J."])
def test_what_is_no_plain_word_takes_a_closer_look(run):
    assert is_name(run, "de", frozenset()) is None
