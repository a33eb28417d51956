"""The analyzer: which words a text has, in which forms, and where."""

import re
import unicodedata
from itertools import pairwise

import pytest
from growth import grows_with_its_input
from hypothesis import given
from hypothesis import strategies as st

from searchkit.fields import KEYWORD_FIELDS, TEXT_FIELDS
from searchkit.model import Chrome, Document, Entity
from searchkit.search.analysis import PASSAGE_GAP, analyse, analyse_document, find_words
from searchkit.search.folding import fold, fold_value
from searchkit.search.marks import MARKS
from searchkit.search.pairs import is_paired
from searchkit.search.stemming import LONGEST_WORD


def find_terms(text: str) -> list[str]:
    return [token.term for token in analyse(text)]


def find_written(text: str) -> list[str]:
    return [token.written for token in analyse(text)]


@pytest.mark.parametrize(("text", "written"), [
    ("AT&T", ["at&t"]),
    ("U.S.", ["u.s."]),
    ("5G", ["5g"]),
    ("C++ and C#", ["c++", "and", "c#"]),
    ("COVID-19", ["covid", "19"]),
    ("O'Neill", ["o'neill"]),
    ("Wi-Fi", ["wi", "fi"]),
    ("3.5 of 1,299", ["3.5", "of", "1299"]),
    ("U.S.-based", ["u.s.", "based"]),
    ("snake_case", ["snake", "case"]),
])
def test_words_that_must_survive(text: str, written: list[str]) -> None:
    assert find_written(text) == written


@pytest.mark.parametrize("variant", ["O’Neill", "O‘Neill", "OʼNeill", "O＇Neill", "O`Neill", "O´Neill", "O'NEILL"])
def test_every_apostrophe_is_the_same(variant: str) -> None:
    assert find_terms(variant) == find_terms("O'Neill")


@pytest.mark.parametrize(("one", "other"), [
    ("ＨＵＡＷＥＩ", "Huawei"),
    ("ＡＴ＆Ｔ", "AT&T"),
    ("５Ｇ", "5G"),
    ("Zürich", "zurich"),
    ("Ste\u0301phane", "Stéphane"),
    ("Ελλάδα", "ΕΛΛΑΔΑ"),
    ("STRASSE", "straße"),
    ("ﾃﾚﾋﾞ", "テレビ"),
    ("か\u3099", "が"),
    ("U.S", "U.S."),
    ("carriers", "carrier"),
    ("the city's", "the city"),
    ("Łódź", "lodz"), ("Đorđe", "dorde"), ("Smørrebrød", "smorrebrod"), ("Ħal", "hal"), ("Ægir", "aegir"),
    ("cœur", "coeur"), ("İzmir", "izmir"), ("Diyarbakır", "diyarbakir"), ("Þór", "thor"),
    ("ёлка", "елка"), ("Москва́", "москва"), ("ΟΔΟΣ", "οδός"), ("ς", "σ"),
    ("مُدَرِّسَة", "مدرسه"), ("كـتـاب", "كتاب"), ("أحمد", "احمد"), ("آل", "ال"), ("إلى", "الي"),
    ("کتاب", "كتاب"), ("علی", "علي"),
    ("٢٠١٨", "2018"), ("۲۰۱۸", "2018"), ("שָׁלוֹם", "שלום"),
    ("ｶﾀｶﾅ", "カタカナ"), ("한국", unicodedata.normalize("NFD", "한국")),
])
def test_two_spellings_of_one_word(one: str, other: str) -> None:
    assert find_terms(one) == find_terms(other)


@pytest.mark.parametrize(("one", "other"), [
    ("й", "и"), ("ї", "і"), ("ѓ", "г"), ("مسؤول", "مسوول"), ("C", "C++"), ("US", "U.S."), ("हिन्दी", "हद"),
    ("が", "か")])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert find_terms(one) != find_terms(other)


@pytest.mark.parametrize(("text", "written"), [
    ("华为手机", ["华为", "为手", "手机", "机"]),
    ("东", ["东"]),
    ("华为 in 東京都", ["华为", "为", "in", "東", "東京", "京都", "都"]),
    ("2018年5月に", ["2018", "年", "5", "月", "月に", "に"]),
    ("東京・大阪", ["東京", "京", "大阪", "阪"]),
    ("が人々", ["が人", "人々", "々"]),
    ("ﾋﾞﾙ", ["ビル", "ル"]),
    ("서울에", ["서울", "울에", "에"]),
    ("ผู้หญิง", ["ผู้ห", "หญิ", "ญิง", "ง"]),
    ("𠀀𠀁", ["𠀀𠀁", "𠀁"]),
])
def test_scripts_without_spaces_are_cut_into_overlapping_pairs(text: str, written: list[str]) -> None:
    assert find_written(text) == written


def test_a_pair_stands_where_its_characters_do() -> None:
    assert [(t.start, t.end) for t in analyse("a東京都")] == [(0, 1), (1, 2), (1, 3), (2, 4), (3, 4)]


def test_vowel_signs_stay_with_their_word() -> None:
    assert find_written("हिन्दी भाषा") == ["हिन्दी", "भाषा"]


def test_what_follows_in_an_endless_word_is_not_matched() -> None:
    assert find_written("x" * 500) == ["x" * LONGEST_WORD]


@given(st.text())
def test_each_token_stands_where_it_says(text: str) -> None:
    tokens = list(analyse(text))
    assert all(0 <= token.start < token.end <= len(text) and token.term and token.written for token in tokens)
    assert all((one.start, one.end) < (other.start, other.end) or one.end == other.end > other.start > one.start
               for one, other in pairwise(tokens))
    assert all(is_paired(text, other.start) for one, other in pairwise(tokens) if other.start < one.end)
    assert all(fold(text[t.start:t.end])[0] in t.written or t.written in fold(text[t.start:t.end]) for t in tokens)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_short_way_of_folding_ascii_is_the_same_way(text: str) -> None:
    assert fold(text + "é") == fold(text) + "e"


def test_a_value_is_compared_without_case_accent_width_and_needless_space() -> None:
    assert fold_value("  Zoë\u00a0 Ｏ´Neill ") == "zoe o'neill"


@pytest.mark.parametrize("part", ["a", "a.", "&", "a&", "1,", "'", "a+", "a#", "a\u0301", "\u0301", "中", "a.a.a. "])
def test_a_long_run_takes_linear_time(part: str) -> None:
    assert grows_with_its_input(lambda size: list(analyse(part * (size // len(part)))), 2**14)


def test_a_document_has_tokens_for_each_text_field_and_values_for_each_keyword_field() -> None:
    analysed = analyse_document(Document("1", "p", "Trains ran late."))
    assert set(analysed.tokens) == {field.name for field in TEXT_FIELDS}
    assert set(analysed.keywords) == {field.name for field in KEYWORD_FIELDS}
    assert analysed.tokens["body"].list_written() == ("trains", "ran", "late")


def test_the_body_field_includes_the_title_with_a_gap_between_them() -> None:
    analysed = analyse_document(Document("1", "p", "Late trains.", title="Strike"))
    assert analysed.tokens["body"].list_written() == ("strike", PASSAGE_GAP, "late", "trains")


def test_stripped_blocks_are_passages_of_the_chrome_field() -> None:
    document = Document("1", "p", "Body.", chrome=(Chrome("Log in", "navigation"), Chrome("Cookies", "notice")))
    assert analyse_document(document).tokens["chrome"].list_written() == ("log", "in", PASSAGE_GAP, "cookies")


def test_an_entity_counts_under_its_name_and_under_its_type() -> None:
    document = Document("1", "p", "b", entities=(Entity("Oslo", "place"), Entity("Ada Byron", "person")))
    keywords = analyse_document(document).keywords
    assert (keywords["entity"], keywords["place"], keywords["person"]) == (("Oslo", "Ada Byron"), ("Oslo",),
                                                                           ("Ada Byron",))


@given(st.text(st.characters(max_codepoint=127), max_size=40))
def test_plain_text_has_the_same_words_beside_other_scripts(text: str) -> None:
    assert find_written(f"{text} Ō") == [*find_written(text), "o"]


def test_the_marks_are_those_that_unicode_has() -> None:
    marks = re.compile(f"[{MARKS}]")
    wrong = [char for char in map(chr, range(0x300, 0x1e00)) if unicodedata.category(char) != "Cn"
             and bool(marks.match(char)) != (unicodedata.category(char) in ("Mn", "Mc"))]

    assert len(wrong) <= 40  # of a thousand: those that later versions of Unicode brought


@given(st.text(alphabet="aZ.'`&+#,5_- \n"))
def test_words_in_ascii_are_the_same_beside_a_letter_of_another_kind(text):
    assert find_words(f"{text} é") == [*find_words(f"{text} "), "é"]
