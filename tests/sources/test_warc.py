"""Archives of the web: text becomes pages, damage costs the record it is in, nothing unpacks without bounds."""

import gzip
import resource
import zlib
from pathlib import Path

import pytest

from searchkit.model import Page, Rejected
from searchkit.sources import read, records
from searchkit.sources.limits import TooLarge, inflate

HTML = b"<html><body><p>The ferry sails at dawn.</p></body></html>"
URL = "http://coast.example/"


def make_record(url=URL, body=HTML, kind="response", date="2023-06-01T12:00:00Z", **more):
    """A record of WARC; ``more``: status, media_type, header (lines of HTTP), length (as its header has it)."""
    answer = body
    if kind in ("response", "revisit"):
        head = f"HTTP/1.1 {more.get('status', '200 OK')}\r\nContent-Type: {more.get('media_type', 'text/html')}\r\n"
        answer = (head + more.get("header", "") + "\r\n").encode() + body
    media_type = "application/http" if kind == "response" else more.get("media_type", "text/plain")
    return (f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Target-URI: {url}\r\n"
            f"WARC-Date: {date}\r\nContent-Type: {media_type}\r\nContent-Length: {more.get('length', len(answer))}"
            "\r\n\r\n").encode() + answer + b"\r\n\r\n"


def write(folder, *parts, name="crawl.warc.gz", packed=True):
    path = folder / name
    path.write_bytes(b"".join(gzip.compress(part, mtime=0) if packed else part for part in parts))
    return path


def find(path):
    """The last letters of the addresses of the pages, and the reasons of the rejections."""
    found = list(read([path]))
    return ([page.path.rsplit("/", 1)[1] for page in found if isinstance(page, Page)],
            [page.reason for page in found if isinstance(page, Rejected)])


@pytest.mark.parametrize("packed", [True, False])
def test_a_record_becomes_a_page_with_all_that_is_known_of_it(tmp_path: Path, packed: bool) -> None:
    first, second = make_record(URL + "a"), make_record(URL + "b")
    path = write(tmp_path, first, second, packed=packed)
    pages = list(read([path]))
    place = len(gzip.compress(first)) if packed else len(first)
    assert pages[1] == Page(f"{path}#{URL}b", HTML, f"{path}#{place}", "text/html", URL + "b", "2023-06-01T12:00:00Z",
                            size=pages[1].size, record="urn:uuid:1")
    assert sum(page.size for page in pages) in range(path.stat().st_size - 4, path.stat().st_size + 1)


def test_what_is_no_page_is_counted_in_one_line(tmp_path: Path) -> None:
    path = write(tmp_path, make_record(), make_record(media_type="image/png"), make_record(status="404 Not Found"),
                 make_record(status="301"), make_record(URL + "robots.txt", media_type="text/plain"),
                 make_record(media_type="image/gif"), make_record(kind="request", body=b"GET /"),
                 make_record(kind="revisit", body=b""), make_record(body=b" "), make_record("urn:log", kind="resource"),
                 make_record("dns:coast.example", kind="resource"))
    _, passed = read([path])
    assert passed == Rejected(str(path), "not-a-page", "beside its pages it holds images (2), errors (1), redirects (1)"
                              ", robots.txt (1), further captures of the same content (1), empty answers (1)")


def test_texts_of_conversion_and_resource_records_are_pages(tmp_path: Path) -> None:
    path = write(tmp_path, make_record(kind="conversion", body=b"The ferry sails."),
                 make_record(kind="resource", media_type="text/html"), name="crawl.warc.wet.gz")
    assert [page.media_type for page in read([path])] == ["text/plain", "text/html"]


def test_a_page_whose_server_named_no_type_is_known_by_its_looks(tmp_path: Path) -> None:
    assert find(write(tmp_path, make_record(URL + "a", media_type="")))[0] == ["a"]


@pytest.mark.parametrize(("header", "body"), [
    ("Content-Encoding: gzip\r\n", gzip.compress(HTML)),
    ("Content-Encoding: deflate\r\n", zlib.compress(HTML)),
    ("Content-Encoding: deflate\r\n", zlib.compress(HTML)[2:-4]),
    ("Content-Encoding: gzip\r\n", HTML),
    ("Transfer-Encoding: chunked\r\n", b"5;x=y\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (HTML[:5], len(HTML) - 5, HTML[5:])),
    ("Transfer-Encoding: chunked\r\n", b"ffff\r\n" + HTML),
    ("Transfer-Encoding: chunked\r\n", HTML),
])
def test_the_codings_of_the_transfer_are_undone_where_they_are_real(tmp_path: Path, header: str, body: bytes) -> None:
    page, = read([write(tmp_path, make_record(body=body, header=header))])
    assert page.content == HTML


def test_brotli_is_undone_and_its_bombs_are_not(tmp_path: Path) -> None:
    brotli = pytest.importorskip("brotli")
    bodies = [brotli.compress(HTML), brotli.compress(b" " * 2**24), b"<none", b"\xff\xff"]
    records = [make_record(body=body, header="Content-Encoding: br\r\n") for body in bodies]
    found = list(read([write(tmp_path, *records)]))
    assert [page.content for page in found if isinstance(page, Page)] == [HTML, b"<none"]
    assert [page.reason for page in found if isinstance(page, Rejected)] == ["too-large", "unreadable"]


def test_zstandard_is_read_with_its_dictionary_and_resumes_after_damage(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    texts = [make_record(URL + name) for name in "abc"]
    dictionary = zstandard.ZstdCompressionDict(texts[0] * 3)
    frames = [zstandard.ZstdCompressor(dict_data=dictionary).compress(text) for text in texts]
    frames[1] = frames[1][:20] + bytes(byte ^ 255 for byte in frames[1][20:])
    data = dictionary.as_bytes()
    path = tmp_path / "crawl.warc.zst"
    path.write_bytes(b"\x5d\x2a\x4d\x18" + len(data).to_bytes(4, "little") + data + b"".join(frames))
    assert find(path) == (["a", "c"], ["unreadable"])


def test_arc_is_read(tmp_path: Path) -> None:
    def make(url, kind, body):
        return f"{url} 10.0.0.1 20080430204826 {kind} {len(body)}\n".encode() + body + b"\n"

    head = make("filedesc://x.arc", "text/plain", b"1 1 InternetArchive\nURL IP-address Archive-date")
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + HTML
    for packed in (True, False):
        path = write(tmp_path, head, make(URL + "a", "text/html", body), make("dns:x", "text/dns", b"x"), packed=packed,
                     name="crawl.arc")
        page, = read([path])
        assert (page.url, page.captured, page.content) == (URL + "a", "2008-04-30T20:48:26Z", HTML)


def test_a_damaged_member_costs_that_member(tmp_path: Path) -> None:
    members = [gzip.compress(make_record(URL + name) + b"x" * 99, 1) for name in "abc"]
    members[1] = members[1][:60] + b"\xff" * 40 + members[1][100:]
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(b"".join(members))
    assert find(path)[0] == ["a", "c"]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("length", [10, 600, 10**11, "many", -1])
def test_a_wrong_length_costs_its_record(tmp_path: Path, packed: bool, length: int | str) -> None:
    path = write(tmp_path, *(make_record(URL + name, length=length) if name == "b" else make_record(URL + name)
                             for name in "abcd"), packed=packed)
    assert find(path) == (["a", "c", "d"], ["unreadable"])


def test_a_file_damaged_all_over_does_not_flood_the_report(tmp_path: Path) -> None:
    path = write(tmp_path, *[make_record(length=5)] * 500, make_record(URL + "a"), packed=False)
    *_, page, more = read([path])
    assert (page.url, more.detail) == (URL + "a", "it is damaged in 480 more places")


def test_a_whole_file_in_one_member_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, make_record(URL + "a") + make_record(URL + "b"))
    assert find(path) == (["a", "b"], [])
    assert len({page.location for page in read([path])}) == 2


def test_records_may_run_over_several_members(tmp_path: Path) -> None:
    data = make_record(URL + "a") + make_record(URL + "b")
    assert find(write(tmp_path, *(data[place:place + 100] for place in range(0, len(data), 100)))) == (["a", "b"], [])


@pytest.mark.parametrize("packed", [True, False])
def test_garbage_between_records_and_a_cut_end_are_reported(tmp_path: Path, packed: bool) -> None:
    path = write(tmp_path, make_record(URL + "a"), b"garbage\n" * 9, make_record(URL + "b"), make_record(URL + "c"),
                 packed=packed)
    path.write_bytes(path.read_bytes()[:-30])
    assert find(path) == (["a", "b"], ["unreadable", "unreadable"])


@pytest.mark.parametrize("content", [b"", b"hello\n" * 9, b"\x1f\x8b\x08", b"WARC/1.0", bytes(range(256)) * 9,
                                     gzip.compress(b"hello"), b"\x1f\x8b\x08" * 99])
def test_what_is_no_archive_is_rejected(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(content)
    pages, reasons = find(path)
    assert (pages, set(reasons)) == ([], {"unreadable"})


def test_bombs_are_rejected_and_cost_little_memory(tmp_path: Path) -> None:
    zeros = gzip.compress(bytes(2**25))
    path = write(tmp_path, make_record(URL + "a"), make_record(URL + "b", body=bytes(2**25)),
                 make_record(URL + "c", body=zeros, header="Content-Encoding: gzip\r\n"), make_record(URL + "d"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert find(path) == (["a", "d"], ["too-large", "too-large"])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # KB


def test_a_page_that_is_too_large_is_rejected_and_a_video_passed_over(tmp_path: Path,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_BYTES", 2**19)
    monkeypatch.setattr("searchkit.sources.warc.MAX_BYTES", 2**19)
    path = write(tmp_path, make_record(URL + "a", body=bytes(2**20)), make_record(URL + "b"),
                 make_record(URL + "c", body=bytes(2**20), media_type="video/mp4"), packed=False)
    assert find(path) == (["b"], ["too-large", "not-a-page"])


def test_what_only_grows_too_large_is_not_unpacked_further() -> None:
    with pytest.raises(TooLarge):
        inflate(zlib.compress(b"ab" * 2**20, 0), 15, 2**20)
    assert inflate(zlib.compress(b"ab" * 2**20)[:-9], 15, 2**22).startswith(b"abab")


@pytest.mark.parametrize("date", ["yesterday", "0000-00-00T00:00:00Z", "", "1066-10-14"])
def test_a_date_that_is_none_leaves_the_page(tmp_path: Path, date: str) -> None:
    page, = read([write(tmp_path, make_record(date=date))])
    assert page.captured is None


def test_odd_addresses_name_no_url_and_stay_short_in_paths(tmp_path: Path) -> None:
    odd, long = read([write(tmp_path, make_record("javascript:alert(1)"), make_record(URL + "a" * 100_000))])
    assert (odd.url, len(long.path) < 1000, len(long.url or "")) == (None, True, len(URL) + 100_000)


def test_an_answer_whose_http_header_is_damaged_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    path = write(tmp_path, make_record(URL + "a"), make_record(URL + "b").replace(b"HTTP/1.1 200", b"HTT\x10/1.1 200"))
    page, told = read([path])
    assert (page.url, told.reason) == (URL + "a", "not-a-page")
    assert told.detail == "beside its pages it holds answers without an HTTP header (1)"
