from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit.model import ENTITY_TYPES
from searchkit.pipeline.entities import find_entities, find_mentions


def names(body: str, language: str | None = "en") -> set[str]:
    return {entity.name for entity in find_entities(body, language)}


def types(body: str, language: str | None = "en") -> dict[str, str]:
    return {entity.name: entity.type for entity in find_entities(body, language)}


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("Huawei Technologies Co Ltd", "Huawei"),
        ("HUAWEI", "Huawei"),
        ("Huawei’s", "Huawei"),
        ("At&T", "AT&T"),
        ("AT&T Inc.", "AT&T"),
        ("ZTE Corp", "ZTE"),
        ("Verizon Communications Inc", "Verizon"),
        ("Amazon.com", "Amazon"),
        ("the Federal Bureau of Investigation", "FBI"),
        ("the US", "United States"),
        ("the U.S.", "United States"),
        ("the States", "United States"),
        ("America", "United States"),
        ("the UK", "United Kingdom"),
        ("Great Britain", "United Kingdom"),
        ("McDonald's", "McDonald's"),
        ("President Donald J. Trump", "Donald Trump"),
        ("Lenovo Group Ltd", "Lenovo"),
        ("U.S. Department of State", "US Department of State"),
        ("the Czech Republic", "Czechia"),
        ("University of California, Los Angeles", "UCLA"),
    ],
)
def test_known_forms_have_one_name(form: str, name: str) -> None:
    assert names(f"Late in the day a note from {form} was read out.") == {name}


def test_counts_and_mentions_cover_all_forms_of_a_name() -> None:
    entity, *_ = find_entities("We saw HUAWEI, then Huawei and Huawei’s shop, and HUAWEI again.", "en")
    assert (entity.name, entity.type, entity.count) == ("Huawei", "organisation", 4)
    assert entity.mentions == ("HUAWEI", "Huawei")


def test_most_frequent_come_first_then_by_name() -> None:
    found = find_entities("From Peru to Chile, from Kenya to Peru.", "en")
    assert [entity.name for entity in found] == ["Peru", "Chile", "Kenya"]


def test_a_last_name_is_the_one_person_who_has_it() -> None:
    found = find_entities("A talk by Emma Oakfield. Oakfield spoke of Oakfield's past.", "en")
    assert [(e.name, e.count) for e in found] == [("Emma Oakfield", 3)]


def test_a_last_name_that_two_have_is_neither() -> None:
    found = {e.name: e.count for e in find_entities("In Oslo Emma Oakfield met John Oakfield. Oakfield left.", "en")}
    assert found == {"Emma Oakfield": 1, "John Oakfield": 1, "Oslo": 1}


def test_offices_and_titles_are_no_part_of_a_name() -> None:
    found = types("Yesterday FBI Director Emma Oakfield and Dr. Paul Grimsby met Prime Minister Lena Forsberg.")
    assert found == {"FBI": "organisation", "Emma Oakfield": "person", "Paul Grimsby": "person",
                     "Lena Forsberg": "person"}


def test_an_office_parts_an_organisation_from_a_person() -> None:
    assert types("On Friday Microsoft Chairman Jerome Oakfield spoke in Denver.") == {
        "Microsoft": "organisation", "Jerome Oakfield": "person", "Denver": "place"}


def test_a_middle_name_makes_nobody_else() -> None:
    found = find_entities("A talk by Emma Rose Oakfield in Oslo. Later Emma Oakfield left.", "en")
    assert ("Emma Oakfield", 2) in [(e.name, e.count) for e in found]


def test_a_name_that_was_found_once_is_found_everywhere() -> None:
    body = "A spokesman for Smallville Bank said no. " + "More of ships. " * 5 + "Smallville Bank! Smallville Bank?"
    assert {e.name: e.count for e in find_entities(body, "en")} == {"Smallville Bank": 3}


def test_an_abbreviation_joins_its_expansion() -> None:
    found = find_entities("Ask the Office of Useful Statistics (OUS). The OUS knows, says the OUS.", "en")
    assert [(e.name, e.count) for e in found] == [("Office of Useful Statistics", 4)]


def test_legal_forms_make_a_firm_and_are_cut_off() -> None:
    assert types("He runs Quibble Widgets Inc. and sued Foobar GmbH. Later Quibble paid.") == {
        "Quibble Widgets": "organisation", "Foobar": "organisation"}


def test_pronouns_are_no_countries_or_agencies() -> None:
    assert names("They told us who did it and asked us to guess. Who knows? Us, said Who.") == set()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("HARDWARE GIANT Best Buy will close shops.", {"Best Buy"}),
        ("US BANS HUAWEI AFTER ALL, WHO KNEW", {"Huawei"}),
        ("EVERYTHING MUST GO THIS WEEKEND", set()),
    ],
)
def test_words_in_capitals_are_no_names_unless_known(body: str, expected: set[str]) -> None:
    assert names(body) == expected


@pytest.mark.parametrize(
    "body",
    ["Monday", "Read More\n\nShare This Article\n\nAbout Us", "In January we met on Tuesday before Christmas.",
     "Chinese and American firms hire Germans.", "Yesterday the Internet was slow. Suddenly it was not.",
     "Ten Things You Should Know Before Buying Your First House"],
)
def test_furniture_dates_peoples_and_headlines_are_no_names(body: str) -> None:
    assert names(body) == set()


def test_compounds_are_taken_apart() -> None:
    assert names("A US-China row and a Boston-based, non-French firm led by Ban Ki-moon.") == {
        "United States", "China", "Boston", "Ban Ki-moon"}


def test_a_place_may_be_a_last_name() -> None:
    assert types("The play by Jack London opened in North London, said Mr. Ford.") == {
        "Jack London": "person", "North London": "place", "Ford": "person"}


def test_everyday_words_need_support_to_be_firms() -> None:
    assert names("Apple trees bloom. Target practice is loud.") == set()
    assert names("Apple trees? No, phones: we spoke to Apple.") == {"Apple"}


def test_organisations_are_told_by_their_words() -> None:
    assert types("She left the University of Smallville for the Ministry of Health and Welfare and Oakfield Bank.") == {
        "University of Smallville": "organisation", "Ministry of Health and Welfare": "organisation",
        "Oakfield Bank": "organisation"}


def test_a_name_may_open_a_sentence() -> None:
    assert names("University of Smallville staff left. Former Bank of Oakfield clerks stayed.") == {
        "University of Smallville", "Bank of Oakfield"}


@pytest.mark.parametrize(
    ("language", "body", "expected"),
    [
        ("de", "Am Montag sprach der Vorstand mit Angela Merkel über die Vereinigten Staaten und die EU-Kommission.",
         {"Angela Merkel", "United States", "European Commission"}),
        ("de", "Die Regierung will den Haushalt im Sommer vorlegen, der Kanzler widersprach der Opposition.", set()),
        ("fr", "L'Allemagne et les États-Unis, selon Le Monde, aident l'Université de Lyon.",
         {"Germany", "United States", "Le Monde", "Université de Lyon"}),
        ("es", "El presidente Pedro Robledal viajó a Estados Unidos. Robledal volvió.",
         {"Pedro Robledal", "United States"}),
        ("de", "Laut Frankreichs Präsident Emmanuel Macron wartet man in Osnabrück.",
         {"France", "Emmanuel Macron", "Osnabrück"}),
        ("fr", "On attend l’Union européenne à Grenoble.", {"European Union", "Grenoble"}),
        ("zh", "华为是中国的公司。", {"Huawei", "China"}),
        ("ja", "ソニーは日本の会社だ。日本語とフランス人。", {"Sony", "Japan"}),
    ],
)
def test_other_languages(language: str, body: str, expected: set[str]) -> None:
    assert names(body, language) == expected


PIECES = ["Huawei", "US", "us", "of", "the", "Bank", "John", "Mr.", "said", "McDonald's", "AT&T", "-", "“", "\n\n", ",",
          "FOO", "van", "Paris", "IBM's", "İ", "中国", "3", "Inc."]


@settings(deadline=None, max_examples=150)
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join)),
       st.sampled_from(["en", "de", "fr", "zh", None]))
def test_any_text_gives_entities_that_occur_in_it(body: str, language: str | None) -> None:
    found = find_entities(body, language)
    assert len({(entity.name, entity.type) for entity in found}) == len(found)
    for entity in found:
        assert entity.name and entity.type in ENTITY_TYPES
        assert 1 <= len(entity.mentions) <= entity.count
        assert all(mention in body for mention in entity.mentions)


@pytest.mark.parametrize("word", ["Huawei ", "Bank of ", "John la ", "A.", "A-", "((“", "Ma(AB) of ", "al-A "])
def test_time_grows_with_the_text_and_not_with_its_square(word: str) -> None:
    def measure(size: int) -> float:
        body = word * (size // len(word))
        start = time.process_time()
        find_entities(body, "en")
        return time.process_time() - start

    measure(1_000)
    assert measure(64_000) < 0.05 + 40 * measure(8_000)


@pytest.mark.parametrize(("text", "name", "kind"), [
    ("Vellbrook is a village in the north of the county.", "Vellbrook", "place"),
    ("The Tin Herons (formed in 1990) were a rock band.", "Tin Herons", "organisation"),
    ("Quillon Tarse, known to most as Quill, is a retired footballer.", "Quillon Tarse", "person"),
])
def test_what_a_sentence_says_that_a_name_is_counts(text, name, kind):
    assert (name, kind) in [(entity.name, entity.type) for entity in find_entities(text, "en")]


@pytest.mark.parametrize("text", ["However it is a village.", "Today was a good day for the city.", "Monday is a day."])
def test_a_word_that_opens_a_sentence_is_no_name_for_what_is_said_of_it(text):
    assert find_entities(text, "en") == ()


def test_a_city_with_a_plural_is_a_team_unless_that_is_a_place():
    found = {entity.name: entity.type for entity in find_entities(
        "He pitched for the Jacksonville Suns. She supports FC Lausanne and lives in Beverly Hills.", "en")}

    assert found == {"Jacksonville Suns": "organisation", "FC Lausanne": "organisation", "Beverly Hills": "place"}


@pytest.mark.parametrize(("text", "name", "kind"), [
    ("They were born in the village of Vellbrook.", "Vellbrook", "place"),
    ("He played the drums in the rock band Tin Herons.", "Tin Herons", "organisation"),
])
def test_what_the_word_before_a_name_says_it_is_counts(text, name, kind):
    assert (name, kind) in [(entity.name, entity.type) for entity in find_entities(text, "en")]


def test_a_phrase_is_found_in_the_line_where_it_stands():
    body = "La Commission a parlé.\n\n  Hier, l’Union européenne\net l'Union européenne  encore."

    found = [mention for mention in find_mentions(body, "fr") if mention.text == "Union européenne"]
    assert [(mention.start, body[mention.start:mention.end]) for mention in found] == [
        (34, "Union européenne"), (56, "Union européenne")]
