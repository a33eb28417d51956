"""The name of the site, told from the title by what else the page says."""

from __future__ import annotations

from searchkit.pipeline.block import Block, Markup, Verdict
from searchkit.pipeline.sitename import read_banner, read_title, strip_likely_site, strip_site

STORY = Block("The old lighthouse keeper climbed the hundred steps every evening for forty years.")
HEADLINE = "Lighthouse keeper leaves harbour town"
LIKELY = 0.7


def name(title, *blocks):
    start = blocks.index(STORY)
    likely = [naming.name for naming in read_title(Markup(blocks, title=title), start) if naming.confidence >= LIKELY]
    return likely[0] if likely else None


def banner(*texts):
    verdicts = [Verdict(False, "navigation") if text != STORY.text else Verdict(True, "story") for text in texts]
    return read_banner([Block(text) for text in texts], verdicts)


def test_piece_of_the_title_in_the_copyright_line_is_the_name():
    assert name(f"{HEADLINE} – Harbour Post", STORY, Block("© Harbour Post Co. Ltd. Contact")) == "Harbour Post"


def test_piece_of_the_title_beside_the_headline_is_the_name():
    for separator in (" – ", " — ", " - ", " | ", " : ", " · ", " » "):
        assert name(f"{HEADLINE}{separator}Harbour Post", Block(HEADLINE, "h1"), STORY) == "Harbour Post"


def test_name_before_the_headline_is_told_by_the_masthead():
    menu = Block("Coast Sport Weather", "td", link_chars=19)

    assert name(f"Harbour Post: {HEADLINE}", Block("Harbour Post", "td"), menu, Block(f"{HEADLINE} From our reporter"),
                STORY) == "Harbour Post"


def test_kicker_just_above_the_headline_is_no_name():
    assert name(f"Storm season: {HEADLINE}", Block("Menu"), Block("Storm season"), Block(HEADLINE, "h1"), STORY) is None


def test_headline_of_two_halves_names_no_site():
    whole = "Lighthouse keeper leaves: town in tears"

    assert name(whole, Block(whole, "h1"), STORY) is None
    assert name(whole, Block("Lighthouse keeper leaves", "h1"), STORY) is None


def test_word_of_every_menu_is_no_name():
    assert name(f"{HEADLINE} - News", Block("News"), Block(HEADLINE, "h1"), STORY) is None


def test_first_line_of_a_dump_names_the_site_if_the_rest_of_the_page_does():
    line, name = "Lamps & Tides: tales from the pier", "Lamps & Tides"

    assert banner(line, HEADLINE, STORY.text, "Seen at Lamps & Tides") == name
    assert banner(line, HEADLINE, STORY.text, "Leave a reply") is None
    assert banner("Exclusive: keeper leaves the town", STORY.text, "Exclusive") is None
    assert banner() is None


def test_site_is_stripped_from_either_end():
    names = frozenset({"harbour post", "harbourpost"})

    assert strip_site("Lamp goes out | Coast | Harbour Post", names) == "Lamp goes out | Coast"
    assert strip_site("Harbour Post: Lamp goes out", names) == "Lamp goes out"
    assert strip_site("Twenty-four hours by the sea", names) == "Twenty-four hours by the sea"


def test_unknown_name_after_a_separator_is_stripped_if_short():
    assert strip_likely_site(f"{HEADLINE} : Harbour Post", frozenset()) == HEADLINE
    assert strip_likely_site("Lamp goes out: keeper leaves", frozenset()) == "Lamp goes out: keeper leaves"
