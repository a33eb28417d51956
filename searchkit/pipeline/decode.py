"""The bytes of a page become text: whatever they are written in, nothing readable is lost."""

from __future__ import annotations

import codecs
import re

from bs4.dammit import EncodingDetector

# What files of other kinds begin with.
_MAGIC = (
    b"%PDF-", b"\x89PNG", b"GIF87a", b"GIF89a", b"\xff\xd8\xff", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08",
    b"BZh9", b"\xfd7zXZ\x00", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd", b"\x7fELF", b"OggS\x00",
    b"ID3\x03", b"ID3\x04", b"wOFF", b"wOF2", b"OTTO\x00", b"SQLite format 3\x00", b"\xd0\xcf\x11\xe0\xa1\xb1",
    b"\x00\x00\x01\x00", b"II*\x00", b"MM\x00*", b"{\\rtf", b"\x00asm", b"\x1aE\xdf\xa3",
)
_RIFF = re.compile(rb"RIFF....(?:WEBP|WAVE|AVI )|....ftyp", re.DOTALL)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Names that browsers read as a larger set than the name says (WHATWG Encoding Standard).
_WIDER = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
}
# Codecs of Python that no page is written in and that would mangle it.
_NOT_FOR_PAGES = {"utf-7", "unicode-escape", "raw-unicode-escape", "punycode", "idna", "undefined", "mbcs", "oem"}

_HEAD = 8192  # bytes in which a page names its encoding, if anywhere; the search is not linear
_SAMPLE = 65536  # bytes looked at to tell text from binary and one encoding from another
_SMALL = 256  # below this many bytes stray control characters do not make a file binary
_MOST_CONTROLS = 0.1  # text has next to none; compressed or packed data has about 10 to 12 in 100
_MOST_NULS = 0.05
_WIDE_NULS = 0.2  # UTF-16 of Western text: nearly every second byte; markup alone gives a fifth
_MOST_BROKEN = 0.25  # more damage than this among the non-ASCII characters: it was not UTF-8
_WESTERN_RUN = 1.5  # accented letters stand alone in a Western word; elsewhere whole words are non-ASCII

_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b\0")) + b"\x7f"
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_ISO_2022 = re.compile(rb"\x1b(?:\$[@B]|\([BJI])")
_HIGH = bytes(range(128, 256))
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_KANA = re.compile("[\u3041-\u30fa]")
# The characters that fill any Korean or Chinese text; in a wrong decoding they are rare.
_COMMON_HANGUL = re.compile("[이다는가에을의고하지은로어를기도사한]")
_COMMON_HAN = re.compile("[的一是不了在人有我他这大来上国个到说们为这個們來國說為時會對於與後]")
_CYRILLIC = re.compile("[а-яё]")
_CYRILLIC_CAPITAL = re.compile("[А-ЯЁ]")
_ODD = re.compile("[\x80-\x9f\ue000-\uf8ff\ufffd\uff61-\uff9f]")
_EASTERN = ("euc_jp", "cp932", "gb18030", "cp949", "big5hkscs", "cp1251", "koi8-r")


class Undecodable(ValueError):
    """The page is no text: ``reason`` is "empty" or "binary", ``detail`` a sentence."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def decode(content: bytes | str, media_type: str | None = None) -> str:
    r"""The text of a page, its lines ended by ``\n``; raises ``Undecodable`` for what is no text.

    ``media_type`` is what the page was sent as; its charset counts before what the page says of itself.
    """
    text = content if isinstance(content, str) else _decode_bytes(content, media_type)
    text = text.removeprefix("\ufeff")
    if "\0" in content if isinstance(content, str) else 0 in content:  # quicker to look for in bytes than in most texts
        text = text.replace("\0", "")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text or text.isspace():
        raise Undecodable("empty", "the page has no text")
    return _SURROGATES.sub("\ufffd", text) if isinstance(content, str) else text  # no bytes decode to a surrogate


def _decode_bytes(data: bytes, media_type: str | None) -> str:
    if not data or data.isspace():
        raise Undecodable("empty", "the file has no bytes other than white space")
    for bom, encoding in _BOMS:
        if data.startswith(bom) and _fits(data, encoding):
            return data[len(bom):].decode(encoding, "replace")
    if data.startswith(_MAGIC) or _RIFF.match(data):
        raise Undecodable("binary", "the file begins like an image, an archive or another binary format")
    sample = data[:_SAMPLE]
    nuls = sample.count(0)
    if nuls and (wide := _guess_wide(sample)):
        return data.decode(wide, "replace")
    if nuls > _MOST_NULS * len(sample) or _is_garbled(sample):
        raise Undecodable("binary", "the file is full of control characters")
    return _decode_text(data, media_type)


def _fits(data: bytes, encoding: str) -> bool:
    """Whether what follows a byte order mark is in its encoding (two stray bytes can look like the mark)."""
    if encoding == "utf-8" or b"\0" in data[:_SAMPLE]:
        return True
    try:
        data[: _SAMPLE].decode(encoding)
    except UnicodeDecodeError:
        return len(data) > _SAMPLE
    return True


def _guess_wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: the NULs stand at every second byte only."""
    half = len(sample) // 2 or 1
    even, odd = sample[::2].count(0) / half, sample[1::2].count(0) / half
    if odd > _WIDE_NULS and even < odd / 10:
        return "utf-16-le"
    if even > _WIDE_NULS and odd < even / 10:
        return "utf-16-be"
    return None


def _is_garbled(sample: bytes) -> bool:
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return len(sample) >= _SMALL and controls > _MOST_CONTROLS * len(sample)


def _decode_text(data: bytes, media_type: str | None) -> str:
    """Text in an encoding whose ASCII characters are single bytes, as nearly all are."""
    if data.find(b"\x1b$", 0, _SAMPLE) >= 0 and _ISO_2022.search(data[:_SAMPLE]):
        return data.decode("iso2022_jp", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    if text.count("\ufffd") <= _MOST_BROKEN * (len(text) - len(data.translate(None, _HIGH))):
        return text
    charset = _CHARSET.search(media_type or "")
    declared = (_recognise(charset[1]) if charset else None) or _recognise(
        EncodingDetector.find_declared_encoding(data[:_HEAD], is_html=True))
    if declared and declared != "utf-8":
        return data.decode(declared, "replace")
    if guess := _guess_narrow(data[:_SAMPLE]):
        return data.decode(guess, "replace")
    return data.decode("cp1252", "replace")


def _recognise(name: str | None) -> str | None:
    """The codec for the name of an encoding, if it is one that pages are written in."""
    try:
        known = codecs.lookup(name or "").name
        "".encode(known)
    except (LookupError, ValueError):  # a NUL in the name is a ValueError
        return None
    if known.replace("_", "-") in _NOT_FOR_PAGES or known.startswith(("utf-16", "utf-32")):
        return None
    return _WIDER.get(known, known)


def _guess_narrow(sample: bytes) -> str | None:
    """The Eastern encoding in which the sample reads best; None for Western text."""
    runs = _HIGH_RUN.findall(sample)
    if sum(map(len, runs)) < _WESTERN_RUN * len(runs):
        return None
    scores = {encoding: _rate(sample, encoding) for encoding in _EASTERN}
    best = max(scores, key=lambda encoding: scores[encoding])
    return best if scores[best] > 0 else None


def _rate(sample: bytes, encoding: str) -> float:
    """How much the sample looks like language in this encoding: the share of expected characters."""
    text = sample.decode(encoding, "replace")
    seen = "".join(char for char in text if char > "\x7f") or " "
    odd = 3 * len(_ODD.findall(seen))
    if encoding in ("cp1251", "koi8-r"):
        good = len(_CYRILLIC.findall(seen)) - 2 * len(_CYRILLIC_CAPITAL.findall(seen))
        return (good - odd) / len(seen) - 0.5  # lower case is most of any Cyrillic text
    if encoding in ("euc_jp", "cp932"):
        good = 2 * len(_KANA.findall(seen))
    elif encoding == "cp949":
        good = 3 * len(_COMMON_HANGUL.findall(seen))
    else:
        good = 4 * len(_COMMON_HAN.findall(seen))
    return (good - odd) / len(seen) - 0.2
