"""Languages: a document is analysed by its own, a query matches in all that the index holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import Stemmer

from searchkit.index import Index, open_index
from searchkit.model import Document
from searchkit.search import stemming
from searchkit.search.analysis import analyse
from searchkit.search.languages import narrow_languages, rank_languages
from searchkit.search.parser import parse
from searchkit.search.query import NOTHING, AtLeast, ByLanguage, Everything, Near, Or, Phrase, Term, choose_language
from searchkit.search.stemming import UNSTEMMED, find_start, settle_language
from searchkit.search.stopwords import read_stopwords
from searchkit.search.vocabulary import find_forms, make_vocabulary

STORIES = {
    "de": ("Der Zug nach München", "Die Züge fuhren über schmale Brücken, und kein Fahrgast beklagte sich über sie."),
    "fr": ("L’économie ralentit", "Les entreprises régionales craignent d'autres difficultés, dit l'association."),
    "es": ("Elecciones en otoño", "Las ciudades preparan la elección y los niños pintan carteles grandes."),
    "ru": ("Ёлка на площади", "Жители города поставили ёлку и украсили её старыми игрушками."),
    "ar": ("مدرسة جديدة", "افتتحت الحكومة مدرسةً في القرية سنة ٢٠١٨ بعد انتظار."),
    "ja": ("東京都の橋", "2018年5月に新しい橋が東京都で開通した。ビルも見える。"),
    "ko": ("서울의 다리", "서울에서 새 다리가 열렸다. 시민들은 기뻐했다."),
    "en": ("A bridge opens", "The carriers crossed the bridge where the old ferry had been, and who would die for it?"),
    "pl": ("Nowy most", "Mieszkańcy Łodzi przeszli przez most."),
    None: ("A note", "Carriers again, without a language."),
}
FOUND = [
    ("zuge", "de"), ("ZUG", "de"), ("munchen", "de"), ("muenchen", "de"), ("brücke", "de"), ("bruecken", "de"),
    ("economie", "fr"), ("l'économie", "fr"), ("difficulte", "fr"), ("associations", "fr"), ("régional", "fr"),
    ("elecciones", "es"), ("eleccion", "es"), ("cartel", "es"), ("nino", "es"), ("otono", "es"),
    ("елка", "ru"), ("ёлки", "ru"), ("игрушка", "ru"), ("площадь", "ru"),
    ("مدرسه", "ar"), ("المدرسة", "ar"), ("حكومة", "ar"), ("2018 مدرسه", "ar"),
    ("東京", "ja"), ("東京都", "ja"), ("橋", "ja"), ("ﾋﾞﾙ", "ja"), ("５月", "ja"), ("京都", "ja"),
    ('"5月に新しい"', "ja"),
    ("서울", "ko"), ("다리", "ko"), ("시민", "ko"), ("에서", "ko"),
    ("lodzi", "pl"), ("mieszkancy", "pl"), ("ferries", "en"),
]


@pytest.fixture(scope="module", params=["memory", "whoosh"])
def archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Index:
    place = None if request.param == "memory" else tmp_path_factory.mktemp("index")
    index = open_index(place, request.param, create=True, aliases=None)
    index.add([Document(str(language), "x", body, title=title, language=language)
               for language, (title, body) in STORIES.items()])
    return index


def find(archive: Index, text: str, **options: str) -> set[str]:
    return {hit.id for hit in archive.query(text, **options)}


def show_marked(archive: Index, text: str) -> list[str]:
    return [snippet.text[start:end] for hit in archive.query(text) for snippet in hit.snippets
            for start, end in snippet.highlights]


@pytest.mark.parametrize(("typed", "language"), FOUND)
def test_a_word_typed_as_a_reader_would_finds_its_story(archive: Index, typed: str, language: str) -> None:
    assert find(archive, typed) == {language}
    assert find(archive, typed, language=language) == {language}
    assert find(archive, typed, language="nl") == set()


def test_a_story_without_a_language_is_read_as_english(archive: Index) -> None:
    assert find(archive, "carrier") == {"en", "None"}
    assert find(archive, "carrier", language="none") == {"None"}


def test_a_language_whose_own_code_nobody_knows_is_found_as_written(archive: Index) -> None:
    index = open_index(None)
    index.add([Document("1", "x", "Qapla' batlh carriers", language="tlh"), Document("2", "x", "Carriers")])

    assert find(index, "carriers") == {"1", "2"}
    assert find(index, "carrier") == {"2"}


@pytest.mark.parametrize(("typed", "marked"), [
    ("economie", ["économie"]), ("zuge", ["Zug", "Züge"]), ("橋", ["橋", "橋"]), ("東京", ["東京", "東京"]),
    ("東京都", ["東京都", "東京都"]), ("に新しい", ["に新しい"]), ("5月", ["5月"]), ("다리", ["다리", "다리"]),
    ("мая елка -мая", []),
])
def test_what_is_marked_is_what_was_asked_for(archive: Index, typed: str, marked: list[str]) -> None:
    hits = list(archive.query(typed))
    titles = [hit.title[start:end] for hit in hits for start, end in hit.title_highlights]

    assert titles + show_marked(archive, typed) == marked


def test_a_stop_word_is_asked_for_only_in_languages_where_it_says_something(archive: Index) -> None:
    assert find(archive, "die zuge") == {"de"}
    assert find(archive, "the bridge where") == {"en"}
    assert str(parse("die brücke", date.today(), "all", ("de", "en"))) == "body:bruck AND body:(*|die)"


@pytest.mark.parametrize(("match", "left"), [("all", Everything()), ("any", NOTHING)])
def test_a_stop_word_of_one_language_is_left_out_there(match: str, left: object) -> None:
    tree = parse("die hard", date.today(), match, ("de", "en"))

    german, english = choose_language(tree, "de"), choose_language(tree, "en")
    assert left in german.children and Term("body", "hard") in german.children
    assert {Term("body", "die"), Term("body", "hard")} == set(english.children)


def test_a_query_of_stop_words_alone_asks_for_them_in_each_language() -> None:
    assert parse("die", date.today(), "all", ("de", "en")) == Term("body", "die")
    assert choose_language(parse("the who", date.today(), "all", ("de", "en")), "en").children == (
        Term("body", "the"), Term("body", "who"))


def test_where_all_languages_ask_the_same_no_node_chooses() -> None:
    for languages in ((None,), ("en", None), ("de", "de-at"), ("zh", "tlh"), ("en", "de", "fr")):
        assert parse("huawei", date.today(), "all", languages) == Term("body", "huawei")


def test_a_word_is_asked_for_as_each_language_has_it() -> None:
    tree = parse("carriers", date.today(), "all", ("en", "zh", None, "ja"))

    assert tree == ByLanguage(((("zh", "ja"), Term("body", "carriers")),), Term("body", "carrier"))
    assert tree.choose("zh") == tree.choose("JA") == Term("body", "carriers")
    assert tree.choose(None) == tree.choose("xx") == tree.choose("en") == Term("body", "carrier")
    assert str(tree) == "body:(carrier|carriers)"


def test_documents_of_a_language_that_has_no_group_belong_to_the_first_where_none_is_english() -> None:
    tree = parse("häuser", date.today(), "all", ("de", "zh"))

    assert tree == ByLanguage(((("zh",), Term("body", "hauser")),), Term("body", "haus"))


def test_phrases_and_words_near_each_other_and_counted_ones_choose_by_language() -> None:
    languages = (None, "zh")
    for text, kind in (('"old carriers"', Phrase), ('"old carriers"~4', Near), ("atleast(2, carriers)", AtLeast)):
        tree = parse(text, date.today(), "all", languages)
        assert isinstance(tree, ByLanguage) and {type(node) for node in tree.nodes} == {kind}
    wide = parse("carriers in:all", date.today(), "all", languages)
    assert isinstance(wide, Or) and all(isinstance(child, ByLanguage) for child in wide.children)


def test_explain_tells_of_a_word_of_several_languages_as_one(archive: Index) -> None:
    explained = archive.explain("carriers")
    word, = explained.words

    assert (word.typed, word.documents) == ("carriers", 2)
    assert word.term.split("|")[:1] == ["carrier"] and "carriers" in word.term.split("|")
    assert [(form.written, form.documents) for form in word.forms] == [("carriers", 2)]


def test_a_misspelt_word_of_another_language_is_corrected(archive: Index) -> None:
    assert archive.query("difficultés entreprisse").suggestion == "difficultés entreprises"


def test_a_language_chosen_does_not_empty_the_list_of_languages(archive: Index) -> None:
    results = archive.query("carriers", language="en", facets=("language",))

    assert {value.value: value.count for value in results.facets["language"]} == {"en": 1, None: 1}


@pytest.mark.parametrize(("code", "settled"), [
    (None, "en"), ("", "en"), ("und", "en"), ("?", "en"), ("English", "en"), ("en-GB", "en"), ("EN_us", "en"),
    ("de", "de"), ("deu", "de"), ("de-CH", "de"), ("nb", "no"), ("nn", "no"), ("zh", UNSTEMMED), ("xx", UNSTEMMED),
    (UNSTEMMED, UNSTEMMED)])
def test_a_code_says_as_what_a_text_is_analysed(code: str | None, settled: str) -> None:
    assert settle_language(code) == settled


def test_a_language_whose_stemmer_is_not_installed_is_not_stemmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stemmer, "algorithms", lambda: ["english", "german"])
    settle_language.cache_clear()

    assert (settle_language("fr"), settle_language("de")) == (UNSTEMMED, "de")
    settle_language.cache_clear()


@pytest.mark.parametrize(("word", "language", "begin"), [
    ("l'économie", "fr", 2), ("qu’elle", "fr", 3), ("aujourd'hui", "fr", 0), ("dell'arte", "it", 5),
    ("l'économie", "en", 0), ("O'Neill", "fr", 0)])
def test_elided_words_are_taken_off(word: str, language: str, begin: int) -> None:
    assert find_start(word, language) == begin


def test_what_is_remembered_of_words_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stemming, "MOST_REMEMBERED", 100)
    for number in range(500):
        for language in ("de", "fr", "zh"):
            list(analyse(f"wort{number}", language))

        assert sum(map(len, stemming._memories)) <= 100


@pytest.mark.parametrize(("language", "term", "words", "forms"), [
    ("de", "zug", ["zuge", "zugen", "zukunft"], ["zuge", "zugen"]),
    ("ar", "مدرس", ["المدرسه", "مدرسه", "مطر"], ["المدرسه", "مدرسه"]),
    (None, "ferri", ["ferries", "zuge"], ["ferries"])])
def test_the_forms_of_a_term_are_those_of_its_language(language: str | None, term: str, words: list[str],
                                                       forms: list[str]) -> None:
    assert find_forms(make_vocabulary(words), term, language) == forms


def test_languages_are_ranked_by_their_documents_and_narrowed_by_name() -> None:
    assert rank_languages({"de": 1, "en": 3, "DE": 1}, 6) == ("en", "de", None)
    assert rank_languages({"de": 1}, 1) == ("de",)
    assert rank_languages({}, 0) == (None,)
    assert narrow_languages(("en", "de", None), ["DE", "none"]) == ("de", None)
    assert narrow_languages(("en", "de"), []) == narrow_languages(("en", "de"), ["fr"]) == ("en", "de")


def test_stop_words_are_folded_and_those_of_their_language() -> None:
    assert "fur" in read_stopwords("de") and "fur" not in read_stopwords("en")
    assert read_stopwords("zh") == frozenset()
    assert read_stopwords(None) == read_stopwords("en-GB")


def test_an_index_made_with_another_analyzer_is_refused(tmp_path: Path) -> None:
    from searchkit.errors import IndexOutdated

    open_index(tmp_path, create=True).close()
    manifest = next(path for path in tmp_path.iterdir() if '"analyzer"' in path.read_text(errors="ignore"))
    manifest.write_text(manifest.read_text().replace('"analyzer": 2', '"analyzer": 1'))
    with pytest.raises(IndexOutdated, match="another format"):
        open_index(tmp_path)
