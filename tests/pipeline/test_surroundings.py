"""The place of a block is what the elements around it say, from the innermost outwards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.pipeline.block import Block
from searchkit.pipeline.boilerplate.features import describe
from searchkit.pipeline.boilerplate.surroundings import Place, find_places
from searchkit.pipeline.wordlists import read_table

SENTENCE = "The lock at Fennwick was opened to boats again on Friday after two years in which nothing could pass it."
NAMES = ("div", "div.sidebar", "div.comments", "section.article-body", "div hidden", "p.standfirst", "div.a", "nav")


def place(*contexts: str) -> list[Place]:
    """The places of one sentence in each context, its elements separated by ">"."""
    blocks = [Block(f"{SENTENCE} {number}", context=("html", "body", *context.split(">")))
              for number, context in enumerate(contexts)]
    return find_places(blocks, describe(blocks))


def test_what_an_element_is_named_like_holds_for_all_in_it_but_not_beside_it() -> None:
    story, teaser, beside = place(*["div.story>p"], "div.related>div>ul>li", "div.x>p")[:3]

    assert [story.clue, teaser.clue, beside.clue] == [None, "teaser", None]


def test_the_element_with_most_prose_is_not_what_those_around_it_are_named_like() -> None:
    places = place(*["div.sidebar>div.text>p"] * 4, "div.sidebar>ul>li")

    assert [each.inside for each in places] == [True] * 4 + [False]
    assert {each.clue for each in places[:4]} == {None}


def test_numbers_in_a_name_say_nothing() -> None:
    clues = read_table("context_clues.toml")

    assert not any(map(str.isdigit, repr(clues)))
    assert {each.clue for each in place(*["div.text>p"] * 3, "div.menu-7>p", "div.menu-1234>p")[3:]} == {"navigation"}


@pytest.mark.parametrize(("inner", "is_standfirst"), [("", True), (">span", True), (">span>b", False)])
def test_an_element_named_like_a_standfirst_says_so_of_itself_and_of_those_right_in_it(inner, is_standfirst) -> None:
    *_, last = place(*["div.text>p"] * 3, f"div.standfirst{inner}")

    assert last.standfirst is is_standfirst


@given(st.lists(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5), min_size=1, max_size=12))
def test_every_sign_but_the_standfirst_s_is_handed_down(paths) -> None:
    contexts = [">".join(path[:size]) for path in paths for size in range(1, len(path) + 1)]
    places = dict(zip(contexts, place(*contexts), strict=True))

    for context, mine in places.items():
        above = places.get(context.rpartition(">")[0])
        if above:
            assert mine.story >= above.story and mine.near >= above.near and mine.inside >= above.inside
            assert mine.hidden >= above.hidden
            assert mine.clue or not above.clue or mine.inside or mine.story
