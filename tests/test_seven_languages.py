"""One index of saved pages in seven languages: ten words of each, typed as a reader would, find the pages with them.

The pages lie beside the checkout; without them this module is skipped. Words are typed without capitals and accents,
in another form than most pages have, in half or full width. Which pages hold a word is written down here, and told by
a regular expression of its forms over headline and story; the analyzer has no part in that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchkit.index import Index, open_index
from searchkit.results import Hit

PAGES = Path(__file__).resolve().parents[2] / "shared" / "data" / "extraction" / "html"
WITHOUT_SPACES = ("ja", "ko")

pytestmark = pytest.mark.skipif(not PAGES.exists(), reason="the saved pages are not beside this checkout")

READ = {
    "de": """
        fundus-014158d69325 fundus-0610e2165201 fundus-11174b113121 fundus-120a91a0fa5a fundus-14386d2df786
        fundus-160df2a5f048 fundus-17f009ba26ce fundus-269a58e7b7c1
    """,
    "es": """
        aed-fbc3f899e2f9 fundus-9e311130de1a fundus-c2e37c0f5313 htmldate-03836a68cd7e htmldate-1d8f82d04670
        htmldate-470624bf2494 htmldate-afbff73f5d3b htmldate-c514d0d37405
    """,
    "fr": """
        fundus-4e2aadd9d52a fundus-6528a320dd1f fundus-a2848f18f256 fundus-a4cce4cc694c
        htmldate-4a111b44c9f5 htmldate-5c9694106128 htmldate-961265466bf5 postlight-23c6877c7757
    """,
    "ru": """
        aeb-fbb83142a68c fundus-5ca05701338f fundus-b0cdc73e87dc htmldate-0d52888add35 htmldate-570551f115ee
        traf-027bad1bf071
    """,
    "ar": """
        traf-07951569cf05 htmldate-799fc3bd8839 htmldate-c28cc82775e7 htmldate-9ca3597c2c64
    """,
    "ja": """
        postlight-4c49062d7f6d postlight-9527d9f4aa3b postlight-a54bf7d7a981 postlight-b83161eb2ae0
        postlight-070d97f08c0c
    """,
    "ko": """
        fundus-a0124a7b25a2 aeb-e608339fd4e0 fundus-be24133b7b35 fundus-3369b633a5ae htmldate-bbcae97eca60
        htmldate-38ef26a40824
    """,
}
# A word as typed, its forms, and the pages of its language that have one, counted from 1.
WORDS = {
    "de": """
        strasse  Straßen?  2 6
        universitaten  Universität(en)?  3 5
        prasident  Präsident(en)?  4 8
        kunstlern  Künstlern?s?  6 8
        erfolge  Erfolg(e|es|en|s)?  5 6 7
        mitarbeitern  Mitarbeitern?s?  3 6 8
        kampagnen  Kampagnen?  3 7
        sprache  Sprachen?  3 6
        abgeordneter  Abgeordnete[nrms]?  4 5
        studenten  Student(en)?  3 5
    """,
    "es": """
        cancion  canci[óo]n(es)?  1 8
        policias  polic[íi]as?  3 5 8
        jugador  jugador(es|as?)?  2 7 8
        situaciones  situaci[óo]n(es)?  1 5
        pasajero  pasajer[oa]s?  1 4
        autoridad  autoridad(es)?  3 4 8
        hospitales  hospital(es)?  3 5
        video  v[íi]deos?  1 2
        futbol  f[uú]tbol  7 8
        nino  niñ[oa]s?  3
    """,
    "fr": """
        regions  r[ée]gions?  2 3 5 6
        crises  crises?  1 2 3
        sanction  sanctions?  2 8
        economiques  [ée]conomiques?  2 3 8
        securite  s[ée]curit[ée]s?  2 7
        soldat  soldats?  2 7
        oeuvre  (?:œ|oe)uvres?  2 3 5
        president  pr[ée]sidente?s?  1 2 4 8
        administrations  administrations?  2 5 6
        européens  europ[ée]en(ne)?s?  3 8
    """,
    "ru": """
        президенты  президент(а|у|ом|е|ы|ов|ам|ами|ах)?  2 3 4
        ценность  ценност(ь|и|ей|ям|ях|ями|ью)  1 3
        переговор  переговор(ы|ов|ах|ам|ами)?  3
        красавицы  красавиц(а|ы|е|у|ей|ам|ами)?  1
        моделью  модел(ь|и|ей|ям|ями|ях|ью)  1
        журналы  журнал(а|у|ом|е|ы|ов|ам|ами|ах)?  1
        карьера  карьер(а|ы|е|у|ой)  1 6
        парламенты  парламент(а|у|ом|е|ы|ов)?  4
        ферма  ферм(а|ы|е|у|ой)?  5
        министры  министр(а|у|ом|е|ы|ов|ам)?  3
    """,
    "ar": """
        حكومه  (?:و|ب|ل|ف)?(?:ال|لل)?حكوم[ةه]  1 3
        فيروس  (?:و|ب|ل|ف)?(?:ال)?فيروس  3 4
        النظام  (?:و|ب|ل|ف|ك)?(?:ال|لل)?نظام  1 2
        المعارضه  (?:و|ب|ل|ف)?(?:ال|لل)?معارض[ةه]  1 2
        الرئيس  (?:و|ب|ل|ف)?(?:ال|لل)?رئيس  1 2
        سياسيه  (?:و|ب|ل|ف)?(?:ال|لل)?سياسي[ةه]  1 2
        عالم  (?:و|ب|ل|ف)?(?:ال|لل)?عالم  2 3
        الامارات  (?:و|ب|ل|ف)?(?:ال|لل)?[إا]مارات  3
        حصيله  (?:و|ب|ل|ف)?(?:ال|لل)?حصيل[ةه]  1 4
        المتحده  (?:ال)?متحد[ةه]  2 4
    """,
    "ja": """
        ｽｷｬﾝ  スキャン  1
        ﾌｫﾝﾄ  フォント  2 5
        映画  映画  4
        デジタル  デジタル  2
        情報  情報  1 2 3 5
        ａｐｐｌｅ  Apple  2 3
        時間  時間  4 5
        4月  4月  3
        接続  接続  1 4 5
        水  水  2 5
    """,
    "ko": """
        대통령  대통령  1 3
        후보  후보  1 3 4
        정부  정부  1 3
        국민  국민  3
        선거  선거  1 3 4
        이재명  이재명  1 3 4
        민주당  민주당  1 3 4
        코로나  코로나  1 6
        서울  서울  1 5
        선발투수  선발투수  5
    """,
}
ROWS = [(language, *line.strip().split(maxsplit=2)) for language, table in WORDS.items()
        for line in table.strip().splitlines()]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with open_index(tmp_path_factory.mktemp("index"), create=True, aliases=None) as index:
        index.add([PAGES / f"{name}.html.gz" for names in READ.values() for name in names.split()])
        yield index


@pytest.fixture(scope="module")
def stories(archive: Index) -> dict[str, Hit]:
    """The pages by name."""
    return {name_page(hit): hit for hit in archive.query(limit=None, facets=(), snippets=0)}


def name_page(hit: Hit) -> str:
    return Path(hit.document.path).name.partition(".")[0]


def test_the_pages_are_in_seven_languages(stories: dict[str, Hit]) -> None:
    languages = {name: hit.document.language for name, hit in stories.items()}

    assert languages == {name: language for language, names in READ.items() for name in names.split()}
    assert all(len(table.strip().splitlines()) == 10 for table in WORDS.values())


@pytest.mark.parametrize(("language", "typed", "forms", "places"), ROWS, ids=[f"{row[0]} {row[1]}" for row in ROWS])
def test_a_word_finds_the_pages_that_hold_it(archive: Index, stories: dict[str, Hit], language: str, typed: str,
                                             forms: str, places: str) -> None:
    names = READ[language].split()
    expected = {names[int(place) - 1] for place in places.split()}
    held = re.compile(forms if language in WITHOUT_SPACES else rf"(?<!\w)(?:{forms})(?!\w)", re.IGNORECASE)
    assert expected == {name for name in names
                        if held.search(f"{stories[name].document.title}\n{stories[name].document.body}")}

    found = {name_page(hit) for hit in archive.query(typed, limit=None, facets=(), snippets=0)}
    narrowed = {name_page(hit) for hit in archive.query(typed, language=language, limit=None, facets=(), snippets=0)}

    assert found.intersection(names) == narrowed == expected


@pytest.mark.parametrize(("language", "typed", "forms", "places"), ROWS, ids=[f"{row[0]} {row[1]}" for row in ROWS])
def test_a_form_of_the_word_is_marked_in_each_hit(archive: Index, language: str, typed: str, forms: str,
                                                  places: str) -> None:
    hits = list(archive.query(typed, language=language, limit=None, facets=(), snippets=3))

    assert len(hits) == len(places.split())
    for hit in hits:
        shown = [(snippet.text, snippet.highlights) for snippet in hit.snippets]
        marked = [text[start:end] for text, spans in (*shown, (hit.document.title or "", hit.title_highlights))
                  for start, end in spans]
        is_form = [bool(re.fullmatch(forms, text, re.IGNORECASE)) for text in marked]
        assert any(is_form) and (all(is_form) or language not in WITHOUT_SPACES)
