"""Pages in many languages keep their date, their byline and their language, as HTML and as a dump."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from searchkit.model import Document, Page
from searchkit.pipeline import extract
from searchkit.pipeline.language import detect


@dataclass(frozen=True)
class Story:
    """A story as a page of its language has it; all are from 22 March 2018."""

    heading: str
    byline: str
    date: str
    author: str
    body: str


STORIES = {
    "de": Story("Das Fährhaus am Nordufer wird ein Museum", "Von Jörg Petersen", "Donnerstag, 22. März 2018",
                "Jörg Petersen",
                "Das alte Fährhaus am Nordufer wird nach zwei Jahren Umbau wieder geöffnet, und der Verein zeigt dort "
                "Karten, Taue und die Glocke, die früher bei Nebel geläutet wurde."),
    "fr": Story("La maison du passeur devient un musée", "Par Élise Fournier", "Publié le 22 mars 2018 à 10h15",
                "Élise Fournier",
                "La vieille maison du passeur rouvre après deux ans de travaux, et l'association y montre des cartes, "
                "des cordages et la cloche que l'on sonnait autrefois dans le brouillard."),
    "es": Story("La casa del barquero será un museo", "Por Lucía Herrera", "22 de marzo de 2018", "Lucía Herrera",
                "La vieja casa del barquero abre de nuevo después de dos años de obras, y la asociación muestra "
                "allí los mapas, las cuerdas y la campana que antes sonaba cuando había niebla."),
    "it": Story("La casa del traghettatore diventa un museo", "di Paola Marchetti", "giovedì 22 marzo 2018",
                "Paola Marchetti",
                "La vecchia casa del traghettatore riapre dopo due anni di lavori, e l'associazione vi espone le "
                "carte, le corde e la campana che una volta suonava quando c'era la nebbia."),
    "pt": Story("A casa do barqueiro vai ser um museu", "Por Inês Carvalho", "22 de março de 2018", "Inês Carvalho",
                "A velha casa do barqueiro abre de novo depois de dois anos de obras, e a associação mostra os mapas, "
                "as cordas e o sino que antes tocava quando havia nevoeiro no rio."),
    "nl": Story("Het veerhuis wordt een museum", "Door Maaike de Vries", "do 22 mrt. 2018", "Maaike de Vries",
                "Het oude veerhuis gaat na twee jaar verbouwen weer open, en de vereniging laat er kaarten, touwen en "
                "de klok zien die vroeger werd geluid als er mist op de rivier hing."),
    "ru": Story("Дом паромщика станет музеем", "Автор: Анна Лебедева", "22 марта 2018 года", "Анна Лебедева",
                "Старый дом паромщика снова откроется после двух лет ремонта, и общество покажет в нём карты, канаты "
                "и колокол, в который раньше звонили, когда над рекой стоял туман."),
    "zh": Story("渡口老屋将改建为博物馆", "作者：林晓梅", "2018年3月22日", "林晓梅",
                "渡口边的老屋经过两年修缮后重新开放，协会将在这里展出地图、缆绳和那口在大雾天敲响的铜钟。"
                "孩子们可以在周末亲手敲钟，老船工会讲述河上的往事。"),
    "ja": Story("渡し守の家が資料館になる", "文：高橋花子", "2018年03月22日（木）", "高橋花子",
                "川べりの古い渡し守の家が二年の改修を終えて再び開きます。会の人びとは地図や綱、そして霧の日に"
                "鳴らした鐘を展示します。週末には子どもたちも鐘を鳴らすことができます。"),
    "ko": Story("나루터 옛집이 박물관이 된다", "글: 김하늘", "2018년 3월 22일", "김하늘",
                "강가의 오래된 나루터 집이 두 해 동안의 수리를 마치고 다시 문을 연다. 모임은 그곳에 지도와 "
                "밧줄, 그리고 안개 낀 날에 울리던 종을 전시한다. 주말에는 아이들도 종을 칠 수 있다."),
    "ar": Story("بيت العبّارة القديم يصبح متحفا", "بقلم: ليلى منصور", "الخميس ٢٢ مارس ٢٠١٨",
                "ليلى منصور",
                "يفتح بيت العبّارة القديم أبوابه من جديد بعد عامين من الترميم، وتعرض الجمعية فيه الخرائط والحبال والجرس "
                "الذي كان يقرع في أيام الضباب على ضفة النهر."),
}


def make_html(story: Story) -> str:
    return (f"<html><head><title>{story.heading}</title></head><body><nav><a href='/'>1</a> <a href='/2'>2</a></nav>"
            f"<article><h1>{story.heading}</h1><p class='author'>{story.byline}</p><p class='date'>{story.date}</p>"
            f"<p>{story.body}</p><p>{story.body}</p><p>{story.body}</p></article></body></html>")


def make_dump(story: Story) -> str:
    return "\n\n".join((story.heading, story.byline, story.date, *[story.body] * 3))


@pytest.mark.parametrize("form", [make_html, make_dump])
@pytest.mark.parametrize("code", sorted(STORIES))
def test_page_keeps_its_date_and_language(code, form):
    made = extract(Page("page", form(STORIES[code])))

    assert isinstance(made, Document)
    assert made.date and (made.date.value, made.date.precision) == ("2018-03-22", "day")
    assert made.language == code


@pytest.mark.parametrize("form", [make_html, make_dump])
@pytest.mark.parametrize("code", sorted(STORIES))
def test_page_keeps_its_byline(code, form):
    made = extract(Page("page", form(STORIES[code])))

    assert isinstance(made, Document)
    assert made.author == STORIES[code].author


@pytest.mark.parametrize("sentence", [
    "Rain fell on Monday.", "I do not know.", "The mayor opened the new bridge.", "Do you own a car? I do.",
    "A man, a plan, a canal.", "Police arrest two men over fire at mill", "Minister resigns",
])
def test_one_plain_english_sentence_is_english(sentence):
    assert detect(sentence, None) == "en"


@pytest.mark.parametrize(("sentence", "code"), [
    ("Der Hund schläft.", "de"), ("El perro come.", "es"), ("Il cane dorme.", "it"), ("Je ne sais pas.", "fr"),
    ("O gato dorme na cama.", "pt"), ("De kat slaapt op het bed.", "nl"), ("Ona ide kući i to je sve što zna.", "hr"),
])
def test_one_short_sentence_tells_its_language(sentence, code):
    assert detect(sentence, None) == code
