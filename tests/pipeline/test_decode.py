import pytest

from searchkit.pipeline import decode

FRENCH = "Le maire a ouvert la cinquième ligne à l’été, « sans délai », dit-il."
SAMPLES = {
    "cp1252": FRENCH,
    "cp932": "市長は月曜日に新しい路面電車の路線を開業した。長年の計画の成果だと述べた。",
    "euc_jp": "市長は月曜日に新しい路面電車の路線を開業した。長年の計画の成果だと述べた。",
    "iso2022_jp": "市長は月曜日に新しい路面電車の路線を開業した。",
    "gb18030": "市长说，这个新的电车线路已经开通，他们在中国的城市里来来去去，大家都很高兴。",
    "big5": "市長說，這個新的電車線路已經開通，他們在城市裡來來去去，大家都為了這個很高興。",
    "cp949": "시장은 월요일에 새로운 전차 노선이 개통되었다고 말했다. 시민들은 기뻐했다.",
    "cp1251": "Мэр сообщил в понедельник, что новая трамвайная линия открыта для всех жителей города.",
    "koi8-r": "Мэр сообщил в понедельник, что новая трамвайная линия открыта для всех жителей города.",
}
RUSSIAN = SAMPLES["cp1251"].encode("cp1251")


@pytest.mark.parametrize("encoding", SAMPLES)
@pytest.mark.parametrize("frame", ["{}", "<html><body><p>{}</p></body></html>"])
def test_an_undeclared_encoding_is_recognised(encoding, frame):
    text = frame.format(SAMPLES[encoding])

    assert text == decode.decode(text.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_utf_is_read_with_and_without_its_mark(encoding):
    text = decode.decode(FRENCH.encode(encoding))

    assert text == FRENCH


def test_a_declared_encoding_is_believed():
    page = '<meta charset="windows-1250"><p>Příliš žluťoučký kůň</p>'

    assert page == decode.decode(page.encode("cp1250"))


@pytest.mark.parametrize("name", ["rot13", "zlib", "unicode_escape", "klingon-8", "utf-16", ""])
def test_a_declared_encoding_that_no_page_has_is_ignored(name):
    page = f"<meta charset='{name}'><p>Café \u2014 ouvert</p>"

    assert page == decode.decode(page.encode("cp1252"))


def test_the_charset_a_page_was_sent_with_counts_before_its_own():
    page = b'<meta charset="iso-8859-1">' + RUSSIAN

    assert SAMPLES["cp1251"] in decode.decode(page, "text/html; charset=windows-1251")
    assert SAMPLES["cp1251"] in decode.decode(RUSSIAN, "text/html; charset=nonsense")


def test_bytes_that_are_utf_8_are_utf_8_whatever_the_page_declares():
    page = "<meta charset='iso-8859-1'><p>naïve</p>"

    assert page == decode.decode(page.encode())


def test_broken_utf_8_loses_nothing_but_the_broken_bytes():
    text = decode.decode("Größe und Übergrößen ".encode() * 9 + b"\xc3\x28 Ende")

    assert text.endswith("\ufffd( Ende")
    assert text.count("Größe und Übergrößen") == 9


def test_newlines_are_made_one_kind():
    assert decode.decode(b"one\r\ntwo\rthree\n") == "one\ntwo\nthree\n"


def test_lone_surrogates_and_nuls_do_not_survive():
    assert decode.decode("a\ud83db\0c") == "a\ufffdbc"


def test_a_few_control_characters_do_not_make_a_small_file_binary():
    assert "word" in decode.decode(bytes(range(1, 32)) + b"word\x7f")


@pytest.mark.parametrize("content", [b"", b" \r\n\t", "", "\n \n", b"\xef\xbb\xbf"])
def test_nothing_but_white_space_is_empty(content):
    with pytest.raises(decode.Undecodable) as problem:
        decode.decode(content)

    assert problem.value.reason == "empty"
    assert problem.value.detail


@pytest.mark.parametrize("content", [
    b"%PDF-1.7\n%abc", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04zip", b"RIFF\x01\x02\x03\x04WEBPVP8", b"GIF89a1",
    bytes(range(256)) * 9, b"\0" * 40 + b"x",
])
def test_what_is_no_text_is_binary(content):
    with pytest.raises(decode.Undecodable) as problem:
        decode.decode(content)

    assert problem.value.reason == "binary"


@pytest.mark.parametrize("name", ["\0", "utf-8\0", "x" * 10_000, "\ud800", "é"])
def test_an_encoding_whose_name_cannot_be_one_costs_the_page_nothing(name):
    page = b"<meta charset=" + name.encode("utf-8", "surrogatepass") + b"><p>The ferry lay at the quay.</p>"
    assert "The ferry lay at the quay." in decode.decode(page)
    assert decode.decode(b"The ferry", name) == "The ferry"
