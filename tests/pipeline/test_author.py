"""The people who wrote a page."""

from __future__ import annotations

import pytest

from searchkit.pipeline.author import find_authors
from searchkit.pipeline.block import Block, Markup, Verdict
from searchkit.pipeline.byline import is_person, name_people
from searchkit.pipeline.landmarks import locate
from searchkit.pipeline.title import find_titles

STORY = ("The old lighthouse keeper climbed the hundred steps every evening for forty years, "
         "and the harbour town grew used to his lamp.")
HEADLINE = Block("Lighthouse keeper leaves harbour town", "h1", gap=1)


def best(*blocks, **head):
    verdicts = [Verdict(block.text == STORY, "story") for block in blocks]
    markup = Markup(tuple(blocks), **head)
    clues = find_authors(markup, verdicts, locate(markup, verdicts, find_titles(markup, verdicts, ())))
    return clues[0].value if clues and clues[0].confidence >= 0.5 else None


@pytest.mark.parametrize(("text", "people"), [
    ("By Jane Roe", ("Jane Roe",)), ("Text & Fotos: Jane Roe", ("Jane Roe",)),
    ("By JANE ROE and John Q. Doe", ("Jane Roe", "John Q. Doe")),
    ("by Jane van der Berg, Senior Reporter", ("Jane van der Berg",)), ("Von Alexa von Heyden", ("Alexa von Heyden",)),
    ("Por María de la Cruz, Madrid", ("María de la Cruz",)), ("Jane Roe | March 9, 2023", ("Jane Roe",)),
    ("Jane Roe jane@harbour.example @janeroe", ("Jane Roe",)), ("ByJane Roe", ("Jane Roe",)), ("", ()), ("12:30", ()),
    ("Jane Roe 06 PM", ("Jane Roe",)), ("Par Jane Roe le", ("Jane Roe",)), ("by Al Roe", ("Al Roe",)),
    ("Jane Roe Schreibe einen Kommentar", ("Jane Roe",)), ("The Associated Press", ("The Associated Press",)),
    ("By University of the Coast", ("University of the Coast",)), ("harbour-post.com", ("harbour-post.com",)),
])
def test_bylines_are_reduced_to_names(text, people):
    assert name_people(text) == people


@pytest.mark.parametrize(("text", "answer"), [
    ("Jane Roe", True), ("Ludwig van Beethoven", True), ("Seán O'Casey", True), ("山田太郎", True),
    ("News Desk", False), ("Harbour", False), ("jane roe", False), ("Posted in 2018", False), ("Read More", False),
])
def test_people_are_told_from_other_words(text, answer):
    assert is_person(text) is answer


def test_several_authors_of_json_ld_are_joined():
    script = '{"@type": "Article", "author": [{"@type": "Person", "name": "Jane Roe"}, {"name": "John Doe"}]}'

    assert best(HEADLINE, Block(STORY), json_ld=(script,)) == "Jane Roe; John Doe"


def test_outlet_or_staff_is_the_author_only_where_no_person_is_named():
    script = '{"@type": "Article", "author": {"name": "Harbour Post"}, "publisher": {"name": "Harbour Post"}}'

    assert best(HEADLINE, Block(STORY), json_ld=(script,)) == "Harbour Post"
    assert best(HEADLINE, Block("By Jane Roe, 3 May 2018"), Block(STORY), json_ld=(script,)) == "Jane Roe"
    assert best(HEADLINE, Block("By Coastal Press Agency"), Block(STORY)) == "Coastal Press Agency"


def test_login_name_is_no_author():
    for login in ("admin", "Administrator", "webmaster"):
        assert best(HEADLINE, Block(STORY), meta=(("author", login),)) is None


def test_single_name_is_the_author_between_by_and_the_date():
    assert best(HEADLINE, Block("Posted by Jane 3 May 2018"), Block(STORY)) == "Jane"


def test_part_of_a_line_that_says_by_names_the_author():
    assert best(HEADLINE, Block("Coast | By Jane Roe | 3 May 2018"), Block(STORY)) == "Jane Roe"


def test_block_of_an_authors_class_is_read():
    assert best(HEADLINE, Block("Jane Roe", "div", context=("div.byline",)), Block(STORY)) == "Jane Roe"


def test_dump_name_beside_date_and_handle_is_the_author():
    assert best(HEADLINE, Block("Jane Roe", "li"), Block("@JaneRoe_", "li"), Block("22 March 2018", "li"),
                Block(STORY, gap=1), kind="text") == "Jane Roe"


def test_dump_name_before_the_date_in_one_line_is_the_author():
    assert best(HEADLINE, Block("Jane Roe | 22 March 2018 at 10:15", gap=1), Block(STORY, gap=1),
                kind="text") == "Jane Roe"


def test_by_on_a_line_of_its_own_points_to_the_next():
    assert best(HEADLINE, Block("By"), Block("Jane Roe"), Block(STORY, gap=1), kind="text") == "Jane Roe"


def test_biography_below_the_story_names_the_author():
    assert best(Block(STORY), Block("Jane Roe", gap=1), Block("Jane Roe is a sailor who writes on lamps.", gap=1),
                kind="text") == "Jane Roe"


def test_names_in_comments_are_no_authors():
    assert best(HEADLINE, Block(STORY, gap=1), Block("Jane Roe Nov 26, 2018 Reply", "li", gap=1), Block("True."),
                kind="text") is None


def test_dump_without_a_byline_has_no_author():
    assert best(HEADLINE, Block(STORY, gap=1), kind="text") is None


@pytest.mark.parametrize("line", [
    "Posted in Coast by jane_roe on August 3, 2019", "Veröffentlicht am Fr, 24. Januar 2020, 18:18 von jane_roe",
    "Posted by jane_roe in Diary, 3 May 2018",
])
def test_login_inside_a_line_with_a_date_is_the_author(line):
    assert best(HEADLINE, Block(line), Block(STORY)) == "jane_roe"


@pytest.mark.parametrize("line", [
    "28. Juni 201914. Januar 2020 | Jane Roe", "January 17, 2017 at 6:08 PM ET by Jane Roe", "3 May 2018 Jane Roe 0",
])
def test_name_behind_the_date_is_the_author(line):
    assert best(HEADLINE, Block(line), Block(STORY)) == "Jane Roe"


def test_column_by_somebody_names_the_author():
    assert best(HEADLINE, Block("Eine Kolumne von Anna Berg"), Block(STORY)) == "Anna Berg"


def test_line_with_by_at_the_storys_end_signs_it():
    assert best(HEADLINE, Block(STORY), Block(STORY), Block("Autorin: Anna Berg")) == "Anna Berg"


def test_byline_with_all_authors_beats_a_head_with_one_of_them():
    script = '{"@type": "Article", "author": {"name": "Anna Berg"}}'

    assert best(HEADLINE, Block("By Anna Berg and Peter Lund"), Block(STORY), json_ld=(script,)) == (
        "Anna Berg; Peter Lund")


def test_microdata_by_the_headline_beats_that_of_other_stories():
    blocks = [HEADLINE, Block("Anna Berg", marks=(("itemprop:author", "Anna Berg"),)), Block(STORY),
              *[Block("More")] * 30, Block("Peter Lund", marks=(("itemprop:author", "Peter Lund"),))]

    assert best(*blocks) == "Anna Berg"


def test_days_and_months_are_nobody():
    for word in ("Donnerstag", "Juli", "Monday"):
        assert best(HEADLINE, Block(word, "div", context=("div.author",)), Block(STORY)) is None
