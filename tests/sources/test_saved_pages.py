"""Pages as browsers save them: MHTML, SingleFile, and the note at the head; and lists of paths."""

import io
from pathlib import Path

import pytest
from typer.testing import CliRunner

from searchkit.cli import app
from searchkit.model import Page, Rejected
from searchkit.sources import expand, read
from searchkit.sources.savetime import read_iso, read_script

URL = "https://coast.example/ferry"
HEAD = ("From: <Saved>\r\nSubject: Ferry\r\nDate: Tue, 5 Sep 2017 22:30:04 +0200\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"--=_b\"\r\n\r\n")
PART = (f"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        f"Content-Location: {URL}\r\n\r\n<p>At=20dawn =E2=80=93 a fer=\r\nry</p>\r\n")
IMAGE = "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
WHOLE = f"{HEAD}----=_b\r\n{IMAGE}----=_b\r\n{PART}----=_b--\r\n"


def read_mhtml(folder: Path, text: str) -> Page | Rejected:
    path = folder / "a.mhtml"
    path.write_bytes(text.encode())
    page, = read([path])
    return page


def test_the_page_of_an_mhtml_file_has_its_address_and_day(tmp_path: Path) -> None:
    page = read_mhtml(tmp_path, WHOLE)
    assert isinstance(page, Page)
    assert (page.content.strip(), page.url, page.captured, page.media_type) == (
        "<p>At dawn – a ferry</p>".encode(), URL, "2017-09-05T20:30:04Z", "text/html; charset=utf-8")


@pytest.mark.parametrize("text", [
    WHOLE.replace("\r\n", "\n"),
    WHOLE.replace("Subject: Ferry", "Subject: Ferry\r\nruns on without a colon or space"),
    HEAD + PART,  # no boundary before the part
    WHOLE[:-20],  # cut short
    HEAD.replace("boundary", "border") + PART,
    WHOLE.replace(f"----=_b\r\n{IMAGE}", f"----=_b\r\n{PART.replace('text/html', 'text/css')}"),
])
def test_a_broken_mhtml_file_still_has_its_page(tmp_path: Path, text: str) -> None:
    page = read_mhtml(tmp_path, text)
    assert isinstance(page, Page)
    assert b"<p>At dawn" in page.content
    assert page.url == URL


def test_the_main_part_is_the_one_that_the_header_names(tmp_path: Path) -> None:
    frame = PART.replace(URL, "https://ads.example/").replace("dawn", "dusk")
    named = HEAD.replace("Subject", f"Snapshot-Content-Location: {URL}\r\nSubject")
    page = read_mhtml(tmp_path, f"{named}----=_b\r\n{frame}----=_b\r\n{PART}----=_b--")
    assert isinstance(page, Page)
    assert page.url == URL


def test_parts_within_parts_are_found_and_base64_is_undone(tmp_path: Path) -> None:
    inner = ("Content-Type: multipart/alternative; boundary=in\r\n\r\n--in\r\nContent-Type: text/html\r\n"
             "Content-Transfer-Encoding: base64\r\n\r\nPHA+aGk8\r\nL3A+\r\n--in--\r\n")
    page = read_mhtml(tmp_path, f"{HEAD}----=_b\r\n{inner}----=_b--")
    assert isinstance(page, Page)
    assert page.content == b"<p>hi</p>"


@pytest.mark.parametrize("text", ["", "hello", HEAD, f"{HEAD}----=_b\r\n{IMAGE}----=_b--"])
def test_an_mhtml_file_without_a_page_is_rejected(tmp_path: Path, text: str) -> None:
    assert read_mhtml(tmp_path, text) == Rejected(str(tmp_path / "a.mhtml"), "no-content",
                                                  "there is no page among the parts of the file")


@pytest.mark.parametrize(("note", "expected"), [
    (f"<!--\n Page saved with SingleFile \n url: {URL} \n saved date: Tue Dec 20 2022 00:17:50 GMT+0200 (EET)\n-->",
     (URL, "2022-12-19T22:17:50Z")),
    (f"<!--\n Page saved with SingleFile \n url: {URL} \n saved date: sometime\n-->", (URL, None)),
    (f"<!-- saved from url=(0027){URL} -->", (URL, None)),
    ("<!-- saved from url=(0014)about:internet -->", (None, None)),
    ("", (None, None)),
])
def test_what_the_saving_browser_noted_is_known(tmp_path: Path, note: str, expected: tuple[str | None, ...]) -> None:
    (tmp_path / "a.html").write_text(f"<!DOCTYPE html> <html>{note}<body><p>At dawn</p>")
    page, = read([tmp_path / "a.html"])
    assert isinstance(page, Page)
    assert (page.url, page.captured) == expected


def test_times_are_told_in_utc_and_none_before_the_web() -> None:
    assert read_iso("2018-03-22T23:30:00-05:00") == "2018-03-23T04:30:00Z"
    assert [read_iso(text) for text in (None, "", "0001-01-01", "2018-13-01")] == [None] * 4
    assert [read_script(text) for text in ("Tue Foo 20 2022 00:17:50 GMT+0200", "x")] == [None, None]


@pytest.mark.parametrize("data", [b"a.html\r\n\nb c.html\n", b"a.html\0b c.html\0"])
def test_a_dash_stands_for_the_paths_on_standard_input(data: bytes) -> None:
    assert expand(["x", "-", "y", "-"], io.BytesIO(data)) == ["x", "a.html", "b c.html", "y"]
    assert expand(["x"], io.BytesIO(data)) == ["x"]


def test_listed_pages_are_indexed_and_missing_ones_named(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>The ferry sails at dawn from the old harbour.</p>")
    listed = f"{tmp_path / 'a.html'}\n{tmp_path / 'gone.html'}\n"
    for command, *options in (["index", "--index", str(tmp_path / "index"), "--json"], ["extract"]):
        result = CliRunner().invoke(app, [command, "-", *options], input=listed)
        assert (result.exit_code, "not-found" in result.stdout) == (0, True)
    assert CliRunner().invoke(app, ["extract", "-"], input="").exit_code == 2


@pytest.mark.parametrize("day", ["Thu, 1 Jun 99999999999999999999 12:00:00 +0000",
                                 "Thu, 1 Jun 2023 12:00:00 +99999999999999",
                                 "99999999999999999999"])
def test_a_date_beyond_all_calendars_costs_only_itself(tmp_path: Path, day: str) -> None:
    path = tmp_path / "a.mhtml"
    path.write_text(f"Date: {day}\nContent-Type: text/html\n\n<p>hi")
    page, = read([path])
    assert (page.content.strip(), page.captured) == (b"<p>hi", None)


def test_a_fault_in_reading_one_container_ends_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> None:
        raise RuntimeError("a fault of ours")

    (tmp_path / "a.mhtml").write_text("x")
    (tmp_path / "b.html").write_text("<p>hi")
    monkeypatch.setattr("searchkit.sources.mhtml.read", fail)
    rejected, page = read([tmp_path])
    assert (rejected.path, rejected.reason, rejected.detail) == (
        str(tmp_path / "a.mhtml"), "failed", "RuntimeError: a fault of ours")
    assert page.path == str(tmp_path / "b.html")
