"""The language of a text."""

from __future__ import annotations

import pytest

from searchkit.pipeline.language import detect

SAMPLES = {
    "en": "The keeper of the lighthouse was not at home, and nobody in the town knew where he had gone that night.",
    "de": "Der Wärter war nicht zu Hause, und niemand in der Stadt wusste, wohin er in dieser Nacht gegangen war.",
    "fr": "Le gardien du phare n'était pas chez lui, et personne dans la ville ne savait où il était parti.",
    "es": "El guardián del faro no estaba en su casa y nadie en la ciudad sabía por qué se había ido esa noche.",
    "it": "Il guardiano del faro non era a casa e nessuno nella città sapeva dove fosse andato quella notte.",
    "pt": "O guarda do farol não estava em casa e ninguém na cidade sabia para onde ele tinha ido naquela noite.",
    "nl": "De wachter van de vuurtoren was niet thuis en niemand in de stad wist waar hij die nacht naartoe was.",
    "pl": "Strażnik latarni nie był w domu i nikt w mieście nie wiedział, że tej nocy odszedł na zawsze przez las.",
    "sv": "Vaktaren var inte hemma och ingen i staden visste vart han hade tagit vägen den natten, men det var lugnt.",
    "ru": "Смотрителя маяка не было дома, и никто в городе не знал, куда он ушёл этой ночью.",
    "uk": "Доглядача маяка не було вдома, і ніхто в місті не знав, куди він пішов цієї ночі.",
    "ar": "لم يكن حارس المنارة في البيت ولم يعرف أحد في المدينة إلى أين ذهب تلك الليلة",
    "zh": "灯塔看守人不在家，城里没有人知道他那天晚上去了哪里。",
    "ja": "灯台守は家にいなかった。町の誰も、彼がその夜どこへ行ったのか知らなかった。",
    "ko": "등대지기는 집에 없었고 마을의 누구도 그가 그날 밤 어디로 갔는지 몰랐다.",
    "el": "Ο φύλακας του φάρου δεν ήταν στο σπίτι και κανείς στην πόλη δεν ήξερε πού είχε πάει.",
}


@pytest.mark.parametrize("code", sorted(SAMPLES))
def test_a_sentence_tells_its_language(code):
    assert detect(SAMPLES[code], None) == code


def test_text_outweighs_a_wrong_declaration():
    assert detect(SAMPLES["de"] * 5, "en-US") == "de"


def test_declaration_decides_for_a_few_words():
    assert detect("Lamp out", "en-GB") == "en"
    assert detect("", "de") == "de"


def test_declaration_is_a_code_of_two_letters():
    assert detect("", "nb-NO") == "no"
    assert detect("12345", "") is None
    assert detect("", "english") is None


def test_words_of_no_known_language_have_none():
    assert detect("Xqzt vrrk plomf grinzt brakk. " * 10, None) is None


def test_foreign_names_do_not_change_the_language():
    assert detect(SAMPLES["en"] + " 北京 Москва", None) == "en"
