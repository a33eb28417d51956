
import pytest
from growth import grows_with_its_input

from searchkit.pipeline import boilerplate, markup, textdump
from searchkit.pipeline.block import Markup
from searchkit.pipeline.boilerplate import chromewords

STORY = [
    "The harbour board of Eastmoor voted on Monday to close the old ferry pier, which has been in use since 1887.",
    "Engineers who looked at the piles last winter had warned that some of them would not stand another storm.",
    "“We have put this off for as long as we could,” said Ann Miller, who chairs the board and crosses every day.",
    "The last boat will leave on the first of May, and buses will take its place until a new pier has been built.",
    "It is not known what that will cost, but the board has asked the county for help with the first of the work.",
]


def judged(page):
    return {block.text: verdict for block, verdict in zip(page.blocks, boilerplate.judge(page), strict=True)}


def kept(page):
    return [block.text for block, verdict in zip(page.blocks, boilerplate.judge(page), strict=True) if verdict.keep]


def dump(*lines):
    return textdump.parse("\n\n".join(lines))


def html(*parts):
    return markup.parse("<html><body>" + "\n".join(parts) + "</body></html>")


def paragraphs(texts):
    return "".join(f"<p>{text}</p>" for text in texts)


# -- text dumps


def test_the_story_of_a_dump_is_kept_and_its_furniture_stripped():
    page = dump("  • Home", "  • News", "  • Sport", "Ferry pier to close", "By Ann Smith", "3 May 2019",
                *STORY, "  • Share", "  • Tweet", "Most read", "Bakery wins prize for its rye loaf",
                "© 2019 Eastmoor Press. All rights reserved.")

    assert kept(page) == STORY


def test_each_stripped_line_has_a_reason():
    verdicts = judged(dump(
        "  • Home", "Ferry pier to close", "By Ann Smith", "3 May 2019", *STORY, "Also read: Bakery wins prize",
        "  • Tweet", "Recent Posts", "Bakery wins prize for its rye loaf", "Comments",
        "I have crossed on this ferry since I was a child and I do not know what I will do without it.",
        "© 2019 Eastmoor Press. All rights reserved."))

    assert {text: verdict.reason for text, verdict in verdicts.items() if text not in STORY} == {
        "Home": "navigation",
        "Ferry pier to close": "headline",
        "By Ann Smith": "byline",
        "3 May 2019": "date",
        "Also read: Bakery wins prize": "teaser",
        "Tweet": "share",
        "Recent Posts": "teaser",
        "Bakery wins prize for its rye loaf": "teaser",
        "Comments": "comments",
        "I have crossed on this ferry since I was a child and I do not know what I will do without it.": "comments",
        "© 2019 Eastmoor Press. All rights reserved.": "footer",
    }


def test_a_line_that_points_to_another_story_is_taken_out_of_the_midst():
    page = dump(*STORY[:2], "See also: Bakery wins prize for its rye loaf", *STORY[2:])

    assert kept(page) == STORY


def test_a_counter_of_comments_above_the_story_does_not_make_it_comments():
    assert kept(dump("Ferry pier to close", "0 Comments", *STORY)) == STORY


@pytest.mark.parametrize("heading", ["Comments", "4 Responses to “Ferry pier to close”", "Leave a Reply",
                                     "Kommentare", "Laisser un commentaire"])
def test_long_comments_below_the_story_are_stripped(heading):
    comments = ["I have crossed on this ferry since I was a child, and I do not know what I will do without it.",
                "They should have seen to the piles years ago, when there was still some money left to do it with."]

    assert kept(dump(*STORY, heading, *comments)) == STORY


def test_teasers_whose_standfirsts_are_cut_short_are_stripped():
    teasers = ["Recent Posts", "Bakery wins prize", "The judges of the county fair were won over by a rye loaf that…",
               "1 day ago", "School gets roof", "After two winters under canvas the pupils of the harbour school have…",
               "1 day ago"]

    assert kept(dump(*STORY, *teasers)) == STORY


def test_a_story_goes_on_after_a_box_of_teasers():
    page = dump(*STORY[:3], "Related stories", "Bakery wins prize", "School gets roof", *STORY[3:])

    assert kept(page) == STORY


def test_subheadings_between_paragraphs_are_kept():
    verdicts = judged(dump(*STORY[:3], "What comes next", *STORY[3:]))

    assert verdicts["What comes next"].keep
    assert verdicts["What comes next"].reason == "heading"


def test_paragraphs_about_cookies_are_no_story():
    notice = ("We and our partners store cookies on your device. You can opt out of targeted advertising in your "
              "browser settings at any time; see our privacy policy for how we use your personal data.")

    verdicts = judged(dump("Ferry pier to close", *STORY, "Your choices", notice, notice + " Thank you."))

    assert [text for text, verdict in verdicts.items() if verdict.keep] == STORY
    assert verdicts[notice].reason == "cookies"


# -- HTML


def test_the_story_of_a_page_of_html_is_kept_and_its_furniture_stripped():
    page = html('<nav><a href="/">Home</a></nav><h1>Ferry pier to close</h1>', '<div class="byline">By Ann Smith</div>',
                f'<div class="article-body">{paragraphs(STORY)}</div>',
                '<div class="comments"><p>I have crossed on this ferry since I was a child, and now what?</p></div>',
                '<aside class="related"><p>A rye loaf won the heart of every judge at the fair this year.</p></aside>',
                "<footer>Contact</footer>")

    assert kept(page) == STORY
    assert [verdict.reason for verdict in boilerplate.judge(page) if not verdict.keep] == [
        "navigation", "headline", "byline", "comments", "teaser", "footer"]


def test_a_name_of_furniture_around_the_whole_story_is_not_believed():
    page = html(f'<div class="has-sidebar widget comments-open"><div>{paragraphs(STORY)}</div></div>')

    assert kept(page) == STORY


def test_short_lines_and_lists_inside_the_story_are_kept():
    page = html("<h1>Ferry pier to close</h1>", "<div class=story-text>", paragraphs(STORY[:3]),
                "<h2>Dates</h2><ul><li>First of May: last boat</li><li>June: first bus</li></ul>",
                paragraphs(STORY[3:]), "</div>")

    assert kept(page) == [*STORY[:3], "Dates", "First of May: last boat", "June: first bus", *STORY[3:]]


def test_a_catalogue_in_the_storys_element_is_kept_whole_but_for_what_is_named_like_furniture():
    offers = [part for number in range(12) for part in (
        f"<h2>Rowing boat {number}</h2>", "<ul><li>Oak ribs</li><li>Two seats</li><li>Brass fittings</li></ul>",
        f"<div>{number + 4}00 crowns</div>", "<div>Seen at Fennwick boatyard</div>")]
    page = html("<h1>Ferry pier to close</h1>", "<article>", paragraphs(STORY[:2]), *offers,
                '<div class="share-buttons"><span>Send to a friend</span></div>', "</article>",
                "<footer>Contact</footer>")
    found = kept(page)

    assert found[:2] == STORY[:2]
    assert found.count("Oak ribs") == 12
    assert "Rowing boat 11" in found
    assert not {"Ferry pier to close", "Send to a friend", "Contact"} & set(found)


def test_hidden_text_is_stripped_when_something_else_is_shown():
    page = html(paragraphs(STORY), f'<div style="display:none"><p>{STORY[0].replace("Monday", "Friday")}</p></div>')

    assert kept(page) == STORY


def test_a_standfirst_under_the_headline_is_kept():
    lead = "The county's oldest pier has stood for more than a century and will not see another."
    page = html(f'<header><h1>Ferry pier to close</h1><p class="standfirst">{lead}</p></header>',
                "<div>Photo: Ann Smith</div>", f"<main>{paragraphs(STORY)}</main>")

    assert kept(page) == [lead, *STORY]


# -- any page


@pytest.mark.parametrize("page", [
    dump("only a few words"), dump("Home", "News"), html("<nav><a href=x>somewhere</a></nav>"),
    dump("\x01\x02", "word"), dump("© 2019 Eastmoor Press"),
])
def test_a_page_with_any_text_keeps_something(page):
    assert kept(page)


def test_of_a_page_without_sentences_the_longest_line_is_kept():
    page = dump("Home", "News", "a note on how the pier was built", "Sport", "Weather")

    assert kept(page) == ["a note on how the pier was built"]


def test_a_page_without_blocks_has_no_verdicts():
    assert boilerplate.judge(Markup(())) == ()


def test_time_grows_with_the_size_of_the_page_only():
    pages = {size: html("<p>x</p>" * size, "<div>y " * (size // 50), "w " * (size * 50)) for size in (1250, 10_000)}

    assert grows_with_its_input(lambda size: boilerplate.judge(pages[size]), 1250)


# -- the words of furniture


def test_a_heading_names_its_section_only_when_it_says_little_more():
    words = chromewords.split_words

    assert chromewords.find_section(words("More from the Gazette")) == "teaser"
    assert chromewords.find_section(words("3 Responses to “A pier that had to go in the end”")) == "comments"
    assert chromewords.find_section(words("Related to the king by his mother, he left early")) is None
    assert chromewords.find_section([]) is None


def test_a_lead_needs_a_colon_and_something_after_it():
    assert chromewords.find_lead("Read also: Pier closes") == "teaser"
    assert chromewords.find_lead("Foto: A. Miller") == "caption"
    assert chromewords.find_lead("Read also") is None
    assert chromewords.find_lead("Read also:") is None
