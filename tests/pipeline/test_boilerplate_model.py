from pathlib import Path

import pytest

from searchkit.pipeline import boilerplate, markup, textdump
from searchkit.pipeline.block import Block, Markup
from searchkit.pipeline.boilerplate import columns, model
from searchkit.pipeline.boilerplate.features import describe
from searchkit.pipeline.boilerplate.firstguess import guess

STORY = [
    "The lock at Fennwick was opened to boats again on Friday after two years in which nothing could pass it.",
    "Divers found in spring that the lower gate had come off its hinge, and that the sill below it was broken.",
    "“Nobody had looked at it since the war,” said Tom Baker, who keeps the lock and lives in the house beside it.",
]
# One tree: up to 10 words is furniture, more is likely story if the block below ends a sentence.
TREE = model.Model((("words", 0), ("ends", 1)), (0,), ((0, 10.0, -1, 1), (1, 0.5, -2, -3)), (-3.0, -0.5, 3.0), 4.0)


def build(page):
    return columns.build_columns(page, guess(page, describe(page.blocks)))


def paragraphs(*texts, **more):
    return Markup(tuple(Block(text, context=("html", "body", "p")) for text in texts), **more)


def test_a_block_gets_the_value_of_the_leaf_that_it_comes_to():
    table = {"words": [3.0, 20.0, 20.0], "ends": [0.0, 1.0, 1.0]}

    ratings = model.evaluate(TREE, table, [0, 1, 2])

    assert [round(rating, 2) for rating in ratings] == [0.05, 0.95, 0.38]


def test_only_candidates_are_rated():
    assert model.evaluate(TREE, {"words": [20.0, 20.0], "ends": [1.0, 1.0]}, [0])[1] == 0.0


def test_a_page_without_candidates_is_rated_nothing():
    assert model.evaluate(TREE, {"words": [20.0, 20.0], "ends": [1.0, 1.0]}, []) == [0.0, 0.0]


@pytest.mark.parametrize("shift", [-3, -1, 0, 1, 3])
def test_a_neighbour_beyond_the_page_counts_as_nothing(shift):
    one = model.Model((("words", shift),), (0,), ((0, 1.0, -1, -2),), (-1.0, 1.0), 4.0)

    ratings = model.evaluate(one, {"words": [5.0, 5.0]}, [0, 1])

    assert [rating > 0.5 for rating in ratings] == [0 <= index + shift < 2 for index in range(2)]


@pytest.mark.parametrize("kind", ["html", "text"])
def test_the_models_of_the_package_read_columns_that_there_are(kind):
    trained = model.read_model(kind)
    known = build(textdump.parse("\n\n".join(STORY))).keys()

    assert {name for name, _ in trained.inputs} <= known
    assert {test for test, *_ in trained.nodes} <= set(range(len(trained.inputs)))


@pytest.mark.parametrize("kind", ["html", "text"])
def test_the_models_of_the_package_look_no_farther_than_columns_are_filled(kind):
    tested = {model.read_model(kind).inputs[test] for test, *_ in model.read_model(kind).nodes}

    assert max(abs(shift) for name, shift in tested if name == "cohesion") <= columns.BESIDE
    assert not any(shift for name, shift in tested if name == "covered")


@pytest.mark.parametrize("kind", ["html", "text"])
def test_every_leaf_of_the_package_s_models_is_reached_once(kind):
    trained = model.read_model(kind)
    targets = [target for *_, following, other in trained.nodes for target in (following, other)]

    assert sorted([*targets, *trained.roots]) == list(range(-len(trained.leaves), len(trained.nodes)))


def test_the_models_are_small():
    file = Path(boilerplate.__file__).parents[1] / "data" / "boilerplate_model.json"

    assert file.stat().st_size < 1_000_000


def test_pages_are_judged_with_the_model_that_is_given():
    nothing = model.Model((("words", 0),), (0,), ((0, 0.0, -1, -1),), (-9.0,), 4.0)
    page = textdump.parse("\n\n".join(STORY))

    assert sum(verdict.keep for verdict in boilerplate.judge(page)) == 3
    assert sum(verdict.keep for verdict in boilerplate.judge(page, TREE)) == 2
    assert any(verdict.keep for verdict in boilerplate.judge(page, nothing))


def test_on_a_page_where_nothing_is_sure_less_likely_blocks_are_kept_too():
    features = describe([Block(STORY[0])] * 6)

    assert boilerplate.choose([0.9] * 5 + [0.4], features) == [True] * 5 + [False]
    assert boilerplate.choose([0.5] + [0.4] * 4 + [0.1], features) == [True] * 5 + [False]
    assert boilerplate.choose([0.0] * 6, features) == [False] * 6


# -- columns


def test_every_column_has_a_number_for_each_block():
    page = markup.parse("<title>Lock</title><nav><a href=x>Home</a></nav><h1>Lock</h1>"
                        + "".join(f"<p>{text}</p>" for text in STORY) + "<p>© 2020 Fennwick Post</p>")

    assert {len(column) for column in build(page).values()} == {len(page.blocks)}


def test_windows_and_distances_stop_at_the_ends_of_the_page():
    table = build(textdump.parse("\n\n".join(["3 May 2019", *STORY])))

    assert table["since_date"] == [0.0, 1.0, 2.0, 3.0]
    assert table["to_date"][1:] == [99.0, 99.0, 99.0]
    assert table["prose-8"][0] == 0.0 == table["prose+8"][3]
    assert table["prose+8"][0] == pytest.approx(sum(table["prose"]))


def test_no_landmark_is_farther_than_99_blocks():
    table = build(textdump.parse("\n\n".join(["3 May 2019", *[STORY[0]] * 120, "4 May 2019", STORY[1]])))

    assert table["since_date"] == [float(min(index, 99)) for index in range(121)] + [0.0, 1.0]
    assert table["to_date"] == [0.0] + [float(min(121 - index, 99)) for index in range(1, 122)] + [99.0]


@pytest.mark.parametrize(("script", "covered"), [
    ('{"@type": "NewsArticle", "articleBody": "%s"}', [1.0, 1.0, 0.0]),
    ('{"articleBody": "%s", broken', [1.0, 1.0, 0.0]),
    ('{"articleBody": "too short"} %.0s', [-1.0, -1.0, -1.0]),
    ('{"headline": "%s"}', [-1.0, -1.0, -1.0]),
])
def test_the_body_in_the_json_ld_is_a_sign_of_the_blocks_that_it_holds(script, covered):
    body = " ".join([*STORY[:2], *STORY[:2]])

    assert build(paragraphs(*STORY, json_ld=(script % body,)))["covered"] == covered


def test_words_that_only_the_block_itself_has_are_no_sign_of_cohesion():
    other = "Bakers queue for flour as mills stand still in three counties."
    table = build(textdump.parse("\n\n".join([*STORY, other])))

    assert 0 < table["cohesion"][0] < 0.5
    assert table["cohesion"][3] == 0.0
