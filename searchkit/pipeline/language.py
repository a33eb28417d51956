"""The language of a text: by its script, and for Latin letters by its commonest words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache

from searchkit.pipeline import wordlists

# So much of a text tells its language; more does not change the answer.
_SAMPLE = 5_000
# Running text has a stop word in every two to four words; a list of products or ingredients one in sixteen.
# Below that, it is none of the languages in the list.
_LEAST_SHARE = 0.05
# Below so many words the language that a page declares counts, if the words do not speak against it.
_SHORT = 25
_BONUS = 1.25

# Of a few words that two languages share, the one that is written more is the likelier; and where no letter
# has an accent, one in which every sentence has some is not.
_COMMON = {"en": 1.3, "de": 1.1, "fr": 1.1, "es": 1.1, "it": 1.1, "pt": 1.05, "nl": 1.05}
_ACCENTED = frozenset(("cs", "sk", "sl", "hr", "pl", "hu", "ro", "tr", "lt", "lv", "is", "vi", "sq"))
_PLAIN = 0.6

_WORD = re.compile(r"[^\W\d_]+(?:['][^\W\d_]+)?")
_SCRIPTS = (
    ("kana", re.compile(r"[\u3040-\u30ff]")), ("hangul", re.compile(r"[\uac00-\ud7af]")),
    ("han", re.compile(r"[\u4e00-\u9fff]")), ("cyrillic", re.compile(r"[\u0400-\u04ff]")),
    ("arabic", re.compile(r"[\u0600-\u06ff]")), ("hebrew", re.compile(r"[\u0590-\u05ff]")),
    ("greek", re.compile(r"[\u0370-\u03ff]")), ("devanagari", re.compile(r"[\u0900-\u097f]")),
    ("thai", re.compile(r"[\u0e00-\u0e7f]")), ("bengali", re.compile(r"[\u0980-\u09ff]")),
    ("tamil", re.compile(r"[\u0b80-\u0bff]")), ("georgian", re.compile(r"[\u10a0-\u10ff]")),
    ("armenian", re.compile(r"[\u0530-\u058f]")), ("latin", re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")),
)
_FOREIGN = re.compile(r"[\u0370-\u1dff\u2c00-\ud7ff]")  # letters that are not Latin
_ONE_LANGUAGE = {"kana": "ja", "hangul": "ko", "han": "zh", "hebrew": "he", "greek": "el", "thai": "th",
                 "bengali": "bn", "tamil": "ta", "georgian": "ka", "armenian": "hy"}
# Letters that of the languages of a script only one has, the surest first; the last is what is left.
_LETTERS = {
    "cyrillic": (("be", "ў"), ("uk", "іїєґ"), ("mk", "ѓќѕ"), ("sr", "ђћјљњџ"), ("ru", "ыэё"), ("bg", "ъщ"),
                 ("ru", "")),
    "arabic": (("ur", "ٹڈڑںے"), ("fa", "پچژگی"), ("ar", "")),
    "devanagari": (("hi", ""),),
}
# A letter that tells a language apart makes up at least this share of a text in it.
_TELLING = 0.002


def detect(body: str, declared: str | None) -> str | None:
    """The two-letter code of a text's language, None if it cannot be told.

    ``declared`` is what the page says ("en-GB"): it decides where the text is short or two languages are
    close, and where the script is not in question.
    """
    sample = body[:_SAMPLE]
    stated = _normalise(declared)
    script = _find_script(sample)
    if script is None:
        return stated
    if script in _ONE_LANGUAGE:
        return _ONE_LANGUAGE[script]
    if script in _LETTERS:
        return _tell_letters(sample, script, stated)
    return _tell_words(sample, stated)


def _normalise(declared: str | None) -> str | None:
    """The code of two letters at the start of a declared language; Norwegian under one code."""
    code = re.match(r"\s*([A-Za-z]{2})(?![A-Za-z])", declared or "")
    if not code:
        return None
    return {"nb": "no", "nn": "no", "iw": "he", "in": "id"}.get(code[1].lower(), code[1].lower())


def _find_script(sample: str) -> str | None:
    """The script of most of the letters; kana decides, for Japanese mixes it with Chinese characters."""
    foreign = _FOREIGN.search(sample)
    if not foreign:
        return "latin" if _SCRIPTS[-1][1].search(sample) else None
    counts = {name: len(pattern.findall(sample)) for name, pattern in _SCRIPTS}
    total = sum(counts.values())
    if not total:
        return None
    asian = counts["kana"] + counts["han"] + counts["hangul"]
    if asian > 0.3 * total:
        if counts["hangul"] > counts["kana"] and counts["hangul"] > 0.2 * asian:
            return "hangul"
        return "kana" if counts["kana"] > 0.05 * asian else "han"
    return max(counts, key=lambda name: counts[name])


def _tell_letters(sample: str, script: str, stated: str | None) -> str:
    letters = Counter(sample.lower())
    total = sum(letters.values())
    for language, telling in _LETTERS[script]:
        if not telling or sum(letters[letter] for letter in telling) > _TELLING * total:
            return language if language != "ru" or stated not in ("kk", "ky", "tg", "mn") else stated
    return _LETTERS[script][-1][0]


def _tell_words(sample: str, stated: str | None) -> str | None:
    """The language of whose stop words a text has most, those that few languages share counting more."""
    words = _WORD.findall(sample.lower().replace("’", "'"))
    scores: dict[str, float] = defaultdict(float)
    known = _stop_words()
    for word, count in Counter(filter(known.__contains__, words)).items():
        languages = known[word]
        for language in languages:
            scores[language] += count * (2 if len(languages) == 1 else 1)
    if not scores:
        return stated
    plain = sample.isascii() and len(words) <= 4 * _SHORT
    for language in scores:
        scores[language] *= _COMMON.get(language, 1.0) * (_PLAIN if plain and language in _ACCENTED else 1.0)
    if stated and stated in scores and len(words) < 4 * _SHORT:
        scores[stated] = scores[stated] * _BONUS + 1
    best, score = max(scores.items(), key=lambda pair: (pair[1], pair[0]))
    if stated and len(words) < _SHORT and scores.get(stated, 0.0) + 2 >= score:
        return stated
    return best if score >= _LEAST_SHARE * len(words) else stated


@cache
def _stop_words() -> Mapping[str, tuple[str, ...]]:
    """Stop words and the languages that have them."""
    languages: dict[str, tuple[str, ...]] = {}
    for line in wordlists.read_lines("stopwords.txt"):
        code, words = line.split("\t")
        for word in set(words.split()):
            languages[word] = (*languages.get(word, ()), code)
    return languages
