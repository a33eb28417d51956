"""Zip files of pages, and WACZ: zip files of archives."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from searchkit.model import READY, Page, Rejected
from searchkit.sources import archive, read, zipfiles

WARC = (b"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: http://coast.example/\r\nContent-Type: text/html\r\n"
        b"WARC-Date: 2023-06-01T12:00:00Z\r\nContent-Length: 6\r\n\r\n<p>hi!\r\n\r\n")


def write(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def find(path: Path) -> tuple[list[str], list[str]]:
    found = list(read([path]))
    return ([page.path.removeprefix(f"{path}#") for page in found if isinstance(page, Page)],
            [page.reason for page in found if isinstance(page, Rejected)])


def test_pages_of_a_zip_file_have_their_names(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zip", {"x/a.html": b"one", "b.txt.gz": gzip.compress(b"two"), "c.jsonl": b"{}\n\n{}"})
    assert [(page.path, page.content, page.media_type) for page in read([path])] == [
        (f"{path}#x/a.html", b"one", None), (f"{path}#b.txt.gz", b"two", None),
        (f"{path}#c.jsonl#1", b"{}", READY), (f"{path}#c.jsonl#3", b"{}", READY)]


def test_what_would_be_left_out_of_a_folder_is_left_out_and_assets_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zip", {"__MACOSX/._a.html": b"x", ".git/x": b"x", "README.md": b"x", "d/": b"",
                                      "a.png": b"x", "b.png": b"x", "in.zip": b"x", "a.html": b"x"})
    _, passed = found = list(read([path]))
    assert (find(path)[0], passed.detail) == (["a.html"], "beside its pages it holds .png files (2), .zip files (1)")
    assert len(found) == 2


def test_names_that_reach_elsewhere_are_but_names(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zip", {"/etc/a.html": b"x", "../../b.html": b"x", "C:\\d\\c.html": b"x", "b.html": b"y"})
    assert find(path)[0] == ["etc/a.html", "b.html", "C:/d/c.html", "b.html#2"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("packed", [True, False])
def test_archives_of_the_web_in_zip_files_are_read(tmp_path: Path, method: int, packed: bool) -> None:
    name = "c.warc.gz" if packed else "c.warc"
    content = gzip.compress(WARC) + gzip.compress(WARC) if packed else WARC * 2
    path = write(tmp_path / "a.zip", {"a.html": b"x", name: content}, method)
    assert find(path)[0] == ["a.html", *[f"{name}#http://coast.example/"] * 2]
    assert len({page.location for page in read([path])}) == 3


def test_bombs_and_what_is_encrypted_are_rejected(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zip", {"bomb.html": bytes(2**24), "bomb.warc": bytes(2**24), "secret.html": b"x" * 50,
                                      "a.html": b"x"})
    data = bytearray(path.read_bytes())
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = [place for place in range(len(data)) if data.startswith(magic, place)][2]
        data[place + flags] |= 1
    path.write_bytes(data)
    assert find(path) == (["a.html"], ["too-large", "too-large", "unreadable"])


def test_a_damaged_member_costs_that_member(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zip", {name: name.encode() * 50 for name in "abc"}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"bbbbbbbb", b"bxbbbxbb", 1))
    assert find(path) == (["a", "c"], ["unreadable"])


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_cut_file_keeps_the_members_that_were_whole(tmp_path: Path, method: int) -> None:
    members = {"a.html": b"a" * 100, "b.css": b"b" * 100, "c.html": bytes(range(256)) * 9}
    path = write(tmp_path / "a.zip", members, method)
    path.write_bytes(path.read_bytes()[:-300])
    assert find(path) == (["a.html"], ["unreadable"])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip at all", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_zip_file_has_no_pages(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    assert find(path)[0] == []


def test_a_list_of_members_that_is_too_long_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfiles, "_MOST_DIRECTORY", 100)
    path = write(tmp_path / "a.zip", {f"{number}.html": b"x" for number in range(9)})
    assert find(path) == ([], ["too-large"])


def test_a_page_in_a_zip_file_may_be_as_large_as_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 10)
    assert find(write(tmp_path / "a.zip", {"a.html": b"x" * 10, "b.html": b"x" * 11})) == (["a.html"], ["too-large"])


def make_wacz(path: Path, **members: bytes) -> Path:
    return write(path, {"datapackage.json": json.dumps({"profile": "data-package"}).encode(),
                        "archive/b.warc.gz": gzip.compress(WARC), "archive/a.warc": WARC, "pages/pages.jsonl": b"{}",
                        **members}, zipfile.ZIP_STORED)


def test_the_archives_of_a_wacz_file_are_read_in_order(tmp_path: Path) -> None:
    path = make_wacz(tmp_path / "a.wacz")
    assert find(path) == (["archive/a.warc#http://coast.example/", "archive/b.warc.gz#http://coast.example/"], [])


@pytest.mark.parametrize(("members", "why"), [
    ({"archive/a.warc": WARC}, "there is no datapackage.json"),
    ({"datapackage.json": b"[", "archive/a.warc": WARC}, "no JSON object"),
    ({"datapackage.json": b"{}", "data/a.warc": WARC}, "no WARC file below archive/"),
])
def test_an_invalid_wacz_file_is_rejected_with_what_it_lacks(tmp_path: Path, members: dict[str, bytes],
                                                             why: str) -> None:
    rejected, = read([write(tmp_path / "a.wacz", members)])
    assert (rejected.reason, why in rejected.detail) == ("unreadable", True)


def test_a_cut_wacz_file_is_rejected(tmp_path: Path) -> None:
    path = make_wacz(tmp_path / "a.wacz")
    path.write_bytes(path.read_bytes()[:-40])
    assert find(path) == ([], ["unreadable"])


def test_a_member_in_place_reads_like_a_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zip", {"a": b"0123456789"}, zipfile.ZIP_STORED)
    with path.open("rb") as file, zipfile.ZipFile(file) as members, zipfiles.open_member(
            members, members.infolist()[0], file) as member:
        assert (member.read(3), member.seek(-2, io.SEEK_END), member.read(), member.seek(5), member.read(2)) == (
            b"012", 8, b"89", 5, b"56")
