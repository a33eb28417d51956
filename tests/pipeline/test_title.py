"""The headline of a page."""

from __future__ import annotations

from searchkit.pipeline.block import Block, Markup, Verdict
from searchkit.pipeline.landmarks import find_start, locate
from searchkit.pipeline.sitename import read_title
from searchkit.pipeline.title import find_titles

STORY = ("The old lighthouse keeper climbed the hundred steps every evening for forty years, "
         "and the harbour town grew used to his lamp.")
KEPT, STRIPPED = Verdict(True, "story"), Verdict(False, "navigation")


def page(*blocks, **head):
    return Markup(tuple(blocks), **head), [KEPT if block.text == STORY else STRIPPED for block in blocks]


def find(markup, verdicts):
    return find_titles(markup, verdicts, read_title(markup, find_start(verdicts)))


def best(markup, verdicts):
    clues = find(markup, verdicts)
    return clues[0].value if clues and clues[0].confidence >= 0.5 else None


def test_main_heading_wins_over_document_title_with_the_sites_name():
    markup, verdicts = page(Block("Lamp goes out", "h1"), Block(STORY), title="Lamp goes out - The Harbour Post")

    assert best(markup, verdicts) == "Lamp goes out"


def test_site_name_in_a_main_heading_is_not_the_headline():
    markup, verdicts = page(Block("Harbour Post", "h1"), Block("Lamp goes out for ever", "h2"), Block(STORY),
                            title="Lamp goes out for ever | Harbour Post", meta=(("og:site_name", "Harbour Post"),))

    assert best(markup, verdicts) == "Lamp goes out for ever"


def test_lone_main_heading_counts_even_if_the_head_says_something_else():
    markup, verdicts = page(Block("Keeper leaves his lamp behind", "h1"), Block(STORY), title="Five facts on light")

    assert best(markup, verdicts) == "Keeper leaves his lamp behind"


def test_kicker_before_the_headline_is_left_out_if_the_head_leaves_it_out():
    markup, verdicts = page(Block("Coast: Lamp goes out at last", "h1"), Block(STORY),
                            meta=(("og:title", "Lamp goes out at last"),))

    assert best(markup, verdicts) == "Lamp goes out at last"


def test_json_ld_headline_serves_where_there_is_no_heading():
    markup, verdicts = page(Block(STORY), json_ld=('{"@type": "NewsArticle", "headline": "Lamp &amp; keeper"}',))

    assert best(markup, verdicts) == "Lamp & keeper"


def test_site_name_before_a_colon_is_left_out_where_the_masthead_bears_it_out():
    markup, verdicts = page(Block("Harbour Post", "td"), Block("Coast Sport Weather", "td", link_chars=19),
                            Block("Lighthouse keeper leaves town From our reporter", "td"), Block(STORY),
                            title="Harbour Post: Lighthouse keeper leaves town")

    assert best(markup, verdicts) == "Lighthouse keeper leaves town"


def test_dump_headline_is_the_line_set_off_above_the_story():
    markup, verdicts = page(Block("Home", "li"), Block("Coast", "li"),
                            Block("Lighthouse keeper leaves harbour after forty years", gap=1),
                            Block("3 May 2019", gap=1), Block(STORY, gap=1), kind="text")

    assert best(markup, verdicts) == "Lighthouse keeper leaves harbour after forty years"


def test_dump_that_starts_with_its_story_has_no_headline():
    markup, verdicts = page(Block(STORY), Block("Share this", gap=1), kind="text")

    assert best(markup, verdicts) is None


def test_slogan_of_the_site_is_no_headline():
    markup, verdicts = page(Block("Bright lamps | Your partner in light"), Block("Contact us", gap=1),
                            Block("Lighthouse keeper leaves harbour town", gap=1), Block("May 3, 2019", gap=1),
                            Block(STORY, gap=1), kind="text")

    assert best(markup, verdicts) == "Lighthouse keeper leaves harbour town"


def test_dump_headline_is_the_line_that_the_comments_quote():
    markup, verdicts = page(Block("Lamps & Tides: tales from the pier"),
                            Block("The Keeper Leaves, And So Do I", gap=1), Block("Posted in May 2019", gap=1),
                            Block(STORY, gap=1), Block("2 Responses to “The Keeper Leaves, And So Do I”", gap=1),
                            Block("Seen over at Lamps & Tides", "li"), kind="text")

    assert best(markup, verdicts) == "The Keeper Leaves, And So Do I"


def test_byline_is_looked_for_inside_the_page():
    for count in range(4):
        markup, verdicts = page(*[Block("Lamp goes out at last", "h1")] * count, Block(STORY))

        assert all(0 <= place <= count for place in locate(markup, verdicts, find(markup, verdicts)).byline)


def test_empty_page_has_no_headline():
    assert find(Markup(()), []) == ()


def test_a_title_of_a_million_signs_takes_no_time():
    for noise in ("1" * 1_000_000, "- " * 500_000, "<" * 1_000_000):
        head = {"title": noise, "meta": (("og:title", noise),)}
        markup, verdicts = page(Block("Lamp goes out at last", "h1"), Block(STORY), **head)

        assert best(markup, verdicts) == "Lamp goes out at last"
