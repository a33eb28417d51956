"""The name of a page's publisher."""

from __future__ import annotations

import pytest

from searchkit.pipeline.block import Block, Markup, Verdict
from searchkit.pipeline.landmarks import find_start, locate
from searchkit.pipeline.publisher import find_publishers, look_up, name_outlet, read_host
from searchkit.pipeline.sitename import read_title
from searchkit.pipeline.title import find_titles

STORY = ("The old lighthouse keeper climbed the hundred steps every evening for forty years, "
         "and the harbour town grew used to his lamp.")
HEADLINE = Block("Lighthouse keeper leaves harbour town", "h1", gap=1)


def best(*blocks, url=None, **head):
    verdicts = [Verdict(block.text == STORY, "story") for block in blocks]
    markup = Markup(tuple(blocks), **head)
    namings = read_title(markup, find_start(verdicts))
    marks = locate(markup, verdicts, find_titles(markup, verdicts, namings))
    clues = find_publishers(markup, verdicts, marks, namings, url)
    return clues[0].value if clues and clues[0].confidence >= 0.5 else None


@pytest.mark.parametrize(("text", "name"), [
    ("Harbour Post Ltd.", "Harbour Post"), ("Hafenblatt GmbH & Co. KG", "Hafenblatt"),
    ("@HarbourPost", "Harbour Post"),
    ("Harbour Post - News from the coast", "Harbour Post"), ("theguardian.com", "The Guardian"),
    ("@guardian", "The Guardian"),
    ("© 2015-2019 Harbour Post", "Harbour Post"), ("https://social.example/harbourpost", ""), ("", ""),
    ("GmbH", "GmbH"),
])
def test_names_are_written_as_people_write_them(text, name):
    assert name_outlet(text) == name


def test_well_known_domains_cover_their_subdomains():
    assert look_up(read_host("https://www.theguardian.com/world")) == "The Guardian"
    assert look_up(read_host("http://edition.cnn.com/a")) == "CNN"
    assert look_up("guardian.example") is None


def test_address_of_a_well_known_outlet_decides():
    stated = (("og:site_name", "Le Monde.fr"),)

    assert best(HEADLINE, Block(STORY), url="https://www.lemonde.fr/a", meta=stated) == "Le Monde"


def test_site_name_beats_the_company_behind_it():
    script = '{"@type": "NewsArticle", "publisher": {"name": "Coastal Media Holdings Ltd"}}'

    assert best(HEADLINE, Block(STORY), meta=(("og:site_name", "Harbour Post"),), json_ld=(script,)) == "Harbour Post"


def test_publisher_is_found_by_reference_in_json_ld():
    script = ('{"@graph": [{"@type": "NewsArticle", "publisher": {"@id": "#us"}},'
              ' {"@type": "Organization", "@id": "#us", "name": "Harbour Post"}]}')

    assert best(HEADLINE, Block(STORY), json_ld=(script,)) == "Harbour Post"


def test_end_of_the_document_title_counts_if_the_address_agrees():
    address = "https://harbourpost.example/1"

    assert best(HEADLINE, Block(STORY), title="Keeper leaves – Harbour Post", url=address) == "Harbour Post"
    assert best(HEADLINE, Block(STORY), title="Keeper leaves – and comes back") is None


def test_end_of_the_document_title_counts_if_the_page_bears_it_out():
    title = f"{HEADLINE.text} – Harbour Post"

    assert best(HEADLINE, Block(STORY), title=title) == "Harbour Post"
    assert best(Block(STORY), Block("© Harbour Post Co. Ltd."), title=title) == "Harbour Post"


def test_first_line_of_a_dump_names_the_site_before_its_slogan():
    assert best(Block("Lamps & Tides: tales from the pier"), HEADLINE, Block(STORY, gap=1),
                Block("Seen over at Lamps & Tides", gap=1), kind="text") == "Lamps & Tides"


def test_dump_names_its_site_by_a_line_repeated_at_the_top():
    menu = [Block("News", "li"), Block("Coast", "li")]

    assert best(*menu, Block("Harbour Post"), Block("Harbour Post"), *menu, Block("Harbour Post"), HEADLINE,
                Block(STORY, gap=1), kind="text") == "Harbour Post"


def test_dump_with_a_slogan_alone_has_no_publisher():
    assert best(Block("Bright lamps | Your partner in light"), Block("Get in touch", gap=1), HEADLINE,
                Block(STORY, gap=1), kind="text") is None


def test_biography_of_the_author_names_the_outlet():
    assert best(Block(STORY), Block("Jane Roe", gap=1),
                Block("Jane Roe is a sailor and long-time contributor to Harbour Post. She likes tea.", gap=1),
                kind="text") == "Harbour Post"


def test_owner_of_a_picture_is_not_the_publisher():
    assert best(HEADLINE, Block("The lamp at dusk. / © Jane Roe", gap=1), Block(STORY, gap=1), kind="text") is None
