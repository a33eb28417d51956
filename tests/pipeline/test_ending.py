
import pytest
from growth import grows_with_its_input

from searchkit.pipeline import boilerplate, textdump
from searchkit.pipeline.block import Block, Verdict
from searchkit.pipeline.boilerplate import ending
from searchkit.pipeline.boilerplate.features import describe

STORY = [
    "The harbour board of Eastmoor voted on Monday to close the old ferry pier, which has been in use since 1887.",
    "The last boat will leave on the first of May, and buses will take its place until a new pier has been built.",
    "It is not known what that will cost, but the board has asked the county for help with the first of the work.",
]


def trimmed(*below):
    blocks = [Block(text) for text in (*STORY, *below)]
    verdicts = ending.trim(blocks, describe(blocks), [Verdict(True, "story")] * len(blocks))
    return [verdict.reason for verdict in verdicts[len(STORY):] if not verdict.keep]


@pytest.mark.parametrize("call", [
    "Did you like this? Tell us!",
    "Know more about the pier? Write to our news desk.",
    "Follow Ann Miller on Twitter for more from the coast.",
    "For more on ferries, write to boats@example.org.",
    "Sign up for our newsletter and never miss a boat again.",
    "Schreiben Sie uns, was Sie von der Brücke halten!",
    "Abonnez-vous à notre lettre du matin.",
])
def test_a_call_to_the_reader_below_the_story_is_stripped(call):
    assert trimmed(call) == ["form"]


@pytest.mark.parametrize("text", [
    "“Write to us whenever you like,” the ferryman told our reporter as he left.",
    "Would you take a bus to an island, or would you rather stay at home?",
    "We shall all miss the old boat, and nobody more than the gulls.",
    "Follow the river far enough and there is always another ferry.",
    "The pier is to be sold.",
])
def test_other_short_paragraphs_that_end_a_story_are_kept(text):
    assert trimmed(text) == []


def test_a_heading_a_question_and_an_offer_go_with_the_call_between_them():
    below = ("speak to a person", "Building a pier?", "Send us a drawing and the depth of the water.",
             "Our divers will come and see you within the week.")

    assert trimmed(*below) == ["form"] * 4


def test_an_offer_without_a_call_beside_it_is_kept():
    assert trimmed("We will tell you on Friday how the vote in the county council went.") == []


@pytest.mark.parametrize("biography", [
    ("Ann Smith is a reporter in Eastmoor. She keeps a boat of her own.",),
    ("Ann Smith", "Ann Smith has lived by the sea for forty years, and has written this column for ten."),
    ("Ann Smith", "Senior reporter", "Ann Smith covers ferries. She has a boat."),
    ("Ann Smith ist Redakteurin in Eastmoor und hat ein eigenes Boot.",),
])
def test_the_authors_biography_is_stripped_with_the_name_above_it(biography):
    assert trimmed(*biography) == ["author bio"] * len(biography)


@pytest.mark.parametrize("text", [
    "Ann Smith is not sure that the buses will run on time in winter.",
    "She was a reporter in those days, and had a boat of her own.",
])
def test_a_person_of_the_story_has_no_biography_below_it(text):
    assert trimmed(text) == []


@pytest.mark.parametrize(("credit", "reason"), [
    ("Tom Miller contributed reporting from the county town.", "byline"),
    ("(Reporting by Ann Smith; editing by Tom Miller)", "byline"),
    ("This story was originally published on 3 May 2019.", "footer"),
])
def test_credits_below_the_story_are_stripped(credit, reason):
    assert trimmed(credit) == [reason]


def test_what_stands_above_the_last_paragraph_is_let_alone():
    blocks = [Block(text) for text in (STORY[0], "Did you like this? Tell us!", *STORY[1:])]

    assert all(verdict.keep for verdict in ending.trim(blocks, describe(blocks), [Verdict(True, "story")] * 4))


def test_the_name_above_a_stripped_biography_goes_with_it():
    blocks = [Block(text) for text in (*STORY, "Ann Miller", "Ann Miller has written of boats for us since 2004.")]
    verdicts = [*[Verdict(True, "story")] * (len(STORY) + 1), Verdict(False, "author bio")]

    assert ending.trim(blocks, describe(blocks), verdicts)[len(STORY)] == Verdict(False, "byline")


def test_something_is_kept_of_a_page_of_calls():
    page = textdump.parse("Did you like this? Tell us!\n\nKnow more about the pier? Write to our news desk.")

    assert any(verdict.keep for verdict in boilerplate.judge(page))


def test_time_grows_with_the_number_of_blocks_only():
    blocks = [Block("Did you like this? Tell us!")] * 20_000
    features, verdicts = describe(blocks), [Verdict(True, "story")] * len(blocks)

    assert grows_with_its_input(lambda size: ending.trim(blocks[:size], features[:size], verdicts[:size]), 2500)
