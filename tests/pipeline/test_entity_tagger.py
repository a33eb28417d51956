"""The parts under the recogniser of English: words, features, the packed model."""

from __future__ import annotations

import random
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.pipeline.entities import find_mentions
from searchkit.pipeline.entities.features import find_known, observe_all, read_signs
from searchkit.pipeline.entities.recogniser import recognise
from searchkit.pipeline.entities.tagger import TAGS, choose, pack, read_model, tag, unpack
from searchkit.pipeline.entities.tokens import PLAIN, SHOUTED, TITLED, shape, split


@given(st.text(alphabet="aZé.'’&- \n5U中_\u2003\u200b\u0301\x1c"))
def test_words_lie_in_the_body_in_order_and_none_over_another(body):
    text = split(body)

    assert [body[start:end] for start, end in zip(text.starts, text.ends, strict=True)] == text.words
    assert all(end <= start for end, start in zip(text.ends[:-1], text.starts[1:], strict=True))
    assert "".join("".join(text.words).split()) == "".join(body.split())


@pytest.mark.parametrize(("body", "words"), [
    ("AT&T, O'Neill and the U.S. met.", ["AT&T", ",", "O'Neill", "and", "the", "U.S.", "met", "."]),
    ("Mr. J. Ash’s Wi-Fi", ["Mr.", "J.", "Ash", "’s", "Wi", "-", "Fi"]),
])
def test_a_word_keeps_what_belongs_to_it(body, words):
    assert split(body).words == words


@pytest.mark.parametrize(("line", "style"), [
    ("The ferry left Bergen at noon.", PLAIN),
    ("Ferry Leaves Bergen With Nobody Aboard", TITLED),
    ("FERRY LEAVES BERGEN", SHOUTED),
])
def test_a_line_has_a_style(line, style):
    assert set(split(line).styles) == {style}


def test_a_capital_opens_a_sentence_or_says_something():
    text = split("So it was. He saw Oslo.\nThen “Ada” came.")

    assert [text.words[i] for i in text.capitals if i in text.opening] == ["So", "He", "Then"]
    assert text.inner == {"Oslo": 1, "Ada": 1}


def test_known_names_are_found_longest_first_over_hyphens_and_possessives():
    text = split("At Bank of America, Coca-Cola’s board met McDonald's.")
    found = {name.known.name: text.words[name.first:name.last] for name in find_known(text).values()}

    assert found == {"Bank of America": ["Bank", "of", "America"], "Coca-Cola": ["Coca", "-", "Cola"],
                     "McDonald's": ["McDonald", "'s"]}


def test_what_stands_beside_a_name_is_evidence_for_all_its_mentions():
    signs = read_signs(split("A certain Mr. Quill came late in the day. Nobody had asked Quill to come."))

    assert "hon" in signs.evidence["Quill"]


def test_a_packed_model_is_read_as_it_was_written():
    chance = random.Random(1)
    weights = {f"w={n}": [chance.randint(-127, 127) for _ in TAGS] for n in range(50)}
    model = unpack(pack(weights, {"ferry": "L", "may": "u"}))
    score = model.total(["w=3", "w=7", "never seen"])
    sums = [weights["w=3"][n] + weights["w=7"][n] for n in range(len(TAGS))]

    assert model.common == {"ferry": "L", "may": "u"}
    assert [(score >> (16 * n)) & 0xFFFF for n in range(len(TAGS))] == [256 + each for each in sums]


def test_a_name_goes_on_only_as_what_it_began():
    inside = [tag for tag in TAGS if tag.startswith("I")]
    score = sum(200 << (16 * TAGS.index(tag)) for tag in inside)

    assert choose(score, "O")[0] != "I"
    assert choose(score, "B-LOC") == "I-LOC"


def test_tags_do_not_depend_on_what_was_read_before():
    model, text = read_model(), split("Emma Oakfield of Smallville Bank flew to Oslo.")
    first = tag(text, model).tags
    tag(split("Oslo Bank flew. Smallville of Emma. " * 20), model)

    assert tag(text, model).tags == first


def test_the_sums_that_a_model_keeps_are_those_of_the_features_it_was_trained_with():
    text = split("| Emma of Oslo flew. Mr. Quill, Bank of Oslo\nWHO MET EMMA\nThe Bank | Ltd 5 Oslo's")
    model, signs = read_model(), read_signs(text)

    for i in range(len(text.words)):
        assert model.add_text(text, i, signs) == model.total(observe_all(text, i, signs, model.common)), text.words[i]


@pytest.mark.parametrize("word", ["oak", "Oak", "OAK", "A", "i", "McDonald", "iPhone", "Éire", "ǅ", "U.S.", "5G"])
def test_a_shape_has_at_most_two_of_a_kind_in_a_row(word):
    kinds = ["X" if char.isupper() else "x" if char.isalpha() else "d" if char.isdigit() else char for char in word]

    assert shape(word) == "".join("".join([*group][:2]) for _, group in groupby(kinds))


@given(st.lists(st.sampled_from(["Huawei", "US", "of", "the", "Bank", "John", "Mr.", "McDonald's", "Al", "al", "-",
                                 "(", ")", "BOJ", "\n", ",", "\"", "Ki", "moon", "5", "Inc.", "ß", "İ"]), max_size=25))
def test_mentions_stand_where_they_say_and_none_over_another(words):
    body = " ".join(words)
    mentions = recognise(body)

    assert all(body[mention.start:mention.end] == mention.text for mention in mentions)
    assert all(one.end <= two.start for one, two in pairwise(mentions))


@pytest.mark.parametrize(("language", "body", "expected"), [
    ("ru", "Президент Франции был в Москве и Пекине.", {"Франции", "Москве", "Пекине"}),
    ("ar", "وصل الوفد إلى القاهرة وروسيا", {"القاهرة", "وروسيا"}),
    ("ko", "서울에서 미국과 회담했다.", {"서울에서", "미국과"}),
    ("ar", "من الولايات المتحدة والولايات المتحدة", {"الولايات المتحدة", "والولايات المتحدة"}),
    ("ru", "Новая Зеландия далеко.", {"Новая Зеландия"}),
    ("zh", "北京和东京的法国人说日本语。", {"北京", "东京"}),
    ("en", "They flew to Oslo and then to 北京.", {"Oslo", "北京"}),
    ("th", "ไม่มีอะไร", set()),
])
def test_other_scripts_yield_known_names_and_nothing_else(language, body, expected):
    assert {mention.text for mention in find_mentions(body, language)} == expected
