"""Folding: text without the differences that a reader does not type.

Case, width, accents and apostrophes; letters with a stroke or written as one (ø, ł, æ); the points of Hebrew, the
vowel signs and letter variants of Arabic (as Larkey, Ballesteros and Connell 2002 normalise them) with the letters that
Persian and Urdu write otherwise; Cyrillic ё and stress marks. What makes another letter stays: й, ї, ñ is n, but が is
not か. The same in all languages, for nobody types in one language only.
"""

from __future__ import annotations

import unicodedata

_SIGNS = str.maketrans("’‘ʼʻ＇`´＆", "'''''''&")
# Letters that have no accent to take off: their look-alikes, or what is written for them without a keyboard.
_LETTERS = str.maketrans({
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ĸ": "k",
    "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ە": "ه", "ٱ": "ا", "ـ": "",
    **dict(zip("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789", strict=True)),
})
_HAMZAS = "\u0653\u0654\u0655"  # signs of Arabic that make another letter, but of alef
_STRESSED = frozenset("аеиоуыэюя")  # where an acute or a grave only says how a word is read


def fold(text: str) -> str:
    """Text without differences of case, width, accent, apostrophe and letter variant."""
    if text.isascii():
        return text.lower().replace("`", "'")
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text.translate(_SIGNS)).casefold())
    kept: list[str] = []
    base = ""
    for char in text:
        if not unicodedata.combining(char):
            base = char
        elif _is_accent(char, base):
            continue
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_LETTERS)


def fold_value(value: str) -> str:
    """A keyword value as it is compared: folded, with single spaces."""
    return " ".join(fold(value).split())


def _is_accent(mark: str, base: str) -> bool:
    """Whether a mark can be left out without making another letter of the one that it stands on."""
    if mark <= "\u036f":
        if "\u0400" <= base <= "\u052f":
            return (mark == "\u0308" and base == "е") or (mark in "\u0300\u0301" and base in _STRESSED)
        return not "\u0530" <= base <= "\u1dff"
    if mark <= "\u05c7":
        return mark >= "\u0591"  # points and cantillation of Hebrew
    if mark in _HAMZAS:
        return base == "ا"
    return "\u0610" <= mark <= "\u061a" or "\u064b" <= mark <= "\u0670" or "\u06d6" <= mark <= "\u06ed"
