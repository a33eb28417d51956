"""Where words may stand: nothing that a query looks for is passed over."""

import random
from pathlib import Path

import pytest

from searchkit.search import highlight
from searchkit.search import query as q
from searchkit.search.analysis import analyse, analyse_word, find_words
from searchkit.search.candidates import find_beginning, find_chunks

SEEDS = Path(__file__).parents[2] / "seeds"
WORDS = ["the", "reds", "Red's", "café", "Cafe", "naïve", "naive", "U.S.", "U.S", "AT&T", "C++", "C#", "5G", "3.5km",
         "1,299", "1299", "O'Neill", "O’Neill", "o`neill", "dying", "die", "tied", "Wi-Fi", "x_y", "“quoted”",
         "dash—dash", "end.", "straße", "STRASSE", "１２３", "ﬁnd", "½", "東京", "e\u0301te", "été", "İstanbul",
         "skies", "sky", "happy", "happiness'"]


def find(text: str, query: q.Query) -> list[highlight.Span]:
    return highlight.find_spans(text, highlight.find_wanted(query, ("body",)))


@pytest.mark.parametrize("plain", [True, False])
def test_the_matches_are_those_of_all_words(monkeypatch: pytest.MonkeyPatch, plain: bool) -> None:
    dice = random.Random(3)
    words = [word for word in WORDS if find_chunks(word, ["x"]) is not None] if plain else WORDS
    forms = [(token.term, token.written) for word in WORDS for token in analyse(word)]
    matched = 0
    for _ in range(3000):
        text = "".join(dice.choice(words) + dice.choice((" ", " ", " ", "\n\n", "-", "/", ", ", "")) for _ in range(30))
        (term, written), (other, _) = dice.choice(forms), dice.choice(forms)
        query = dice.choice([
            q.Term("body", term), q.Phrase("body", (term, other)), q.Or((q.Term("body", term), q.Term("body", other))),
            q.Prefix("body", written[:dice.randrange(1, 4)]), q.Fuzzy("body", written, dice.choice((1, 2))),
            q.Wildcard("body", written[:1] + "*" + written[-1:]), q.Wildcard("body", "*" + written[-2:]),
            q.Or((q.Phrase("body", (other, term)), q.Term("body", term))), q.Near("body", (term, other), 3)])
        found = find(text, query)
        with monkeypatch.context() as patch:
            patch.setattr(highlight, "find_chunks", lambda *_: None)
            assert found == find(text, query), (text, query)
        matched += bool(found)
    assert matched > 1000


def test_every_word_begins_as_its_term_says() -> None:
    text = " ".join(path.read_text(encoding="utf-8", errors="replace") for path in sorted(SEEDS.glob("*.html")))
    words = {*find_words(text), "dying", "lying", "tying", "skies", "cries", "happily", "ability", "nobility",
             "agency", "hoping"}
    assert len(words) > 1000
    for word in words:
        term, written = analyse_word(word)
        assert written.startswith(find_beginning(term, "en")), word


def test_a_text_that_does_not_fold_letter_by_letter_is_told_apart() -> None:
    assert find_chunks("Müller’s Café “ist” zu", ["caf"]) == [(9, 13)]
    for text in ("Straße", "e\u0301te", "東京", "½", "ﬁnd"):
        assert find_chunks(text, ["a"]) is None


def test_in_other_languages_a_word_begins_with_its_terms_first_letter_or_nothing_is_known() -> None:
    assert (find_beginning("zeitung", "de"), find_beginning("zeitung", "nl"), find_beginning("zeitung", None)) == (
        "z", "", "zeitu")
    for language, words in (("de", ["Häuser", "gegangen"]), ("fr", ["chevaux", "économies"]), ("ru", ["новости"])):
        for word in words:
            term, written = analyse_word(word, language)
            assert written.startswith(find_beginning(term, language)), word
