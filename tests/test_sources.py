"""Where pages come from: every file is read, left out for a reason, or rejected by name."""

import gzip
import json
import os
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from searchkit import sources
from searchkit.errors import SourceError
from searchkit.model import READY, Page, Rejected
from searchkit.settings import MANIFEST
from searchkit.sources import file, jsonl


def read(*paths: str | Path) -> list[Page | Rejected]:
    return list(sources.read(paths))


def find_names(found: Iterable[Page | Rejected]) -> list[str]:
    return [Path(page.path).name for page in found if isinstance(page, Page)]


def find_reasons(found: Iterable[Page | Rejected]) -> dict[str, str]:
    return {Path(page.path).name: page.reason for page in found if isinstance(page, Rejected)}


def make_files(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"page {name}")


def test_a_folder_is_read_with_all_below_it_in_order_of_names(tmp_path: Path) -> None:
    make_files(tmp_path, "b.html", "a/z.txt", "a/y.html", "c")
    assert find_names(read(tmp_path)) == ["y.html", "z.txt", "b.html", "c"]


def test_a_page_has_its_bytes_its_path_as_given_and_a_location(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_files(tmp_path, "a.html")
    monkeypatch.chdir(tmp_path)
    page, = read("a.html")
    assert page == Page("a.html", b"page a.html", location=str(tmp_path / "a.html"), size=11)


def test_the_same_file_has_one_location_however_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_files(tmp_path, "a/b.html", "a/c.jsonl")
    monkeypatch.chdir(tmp_path / "a")
    for name in ("b.html", "c.jsonl"):
        ways = [name, f"./{name}", f"../a/{name}", tmp_path / "a" / name, tmp_path / "a" / ".." / "a" / name]
        assert len({page.location for way in ways for page in read(way)}) == 1
    assert sources.locate("../a") == sources.locate(tmp_path / "a") == str(tmp_path / "a")


def test_hidden_files_links_indexes_and_files_about_the_folder_are_left_out(tmp_path: Path) -> None:
    make_files(tmp_path, "a.html", ".hidden.html", ".git/x.html", "README.md", "LICENSE", f"index/{MANIFEST}",
               "index/segment")
    (tmp_path / "link.html").symlink_to(tmp_path / "a.html")
    (tmp_path / "dangling.html").symlink_to(tmp_path / "nowhere")
    (tmp_path / "circle").symlink_to(tmp_path)
    assert (find_names(read(tmp_path)), find_reasons(read(tmp_path))) == (["a.html"], {})


def test_what_is_left_out_of_a_folder_can_be_given_by_name(tmp_path: Path) -> None:
    make_files(tmp_path, "README.md")
    (tmp_path / "link.html").symlink_to(tmp_path / "README.md")
    assert find_names(read(tmp_path / "README.md", tmp_path / "link.html")) == ["README.md", "link.html"]


def test_an_empty_folder_has_no_pages(tmp_path: Path) -> None:
    assert read(tmp_path) == []


def test_files_that_are_no_pages_are_rejected_by_name(tmp_path: Path) -> None:
    make_files(tmp_path, "a.css", "b.PNG", "c.json", "d.js.gz", "e.html")
    found = read(tmp_path)
    assert find_reasons(found) == dict.fromkeys(("a.css", "b.PNG", "c.json", "d.js.gz"), "not-a-page")
    assert find_names(found) == ["e.html"]


@pytest.mark.parametrize("name", ["pipe.html", "pipe.jsonl"])
def test_a_pipe_is_rejected_and_never_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    assert find_reasons(read(tmp_path)) == find_reasons(read(tmp_path / name)) == {name: "not-a-file"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_rejected_and_the_rest_goes_on(tmp_path: Path) -> None:
    make_files(tmp_path, "a.html", "b/c.html", "d.html")
    (tmp_path / "a.html").chmod(0)
    (tmp_path / "b").chmod(0)
    found = read(tmp_path)
    (tmp_path / "b").chmod(0o700)
    assert find_reasons(found) == {"a.html": "unreadable", "b": "unreadable"}
    assert find_names(found) == ["d.html"]


@pytest.mark.parametrize("name", ["nothing", "x" * 300, "a.html/below"])
def test_when_no_path_exists_that_is_an_error(tmp_path: Path, name: str) -> None:
    make_files(tmp_path, "a.html")
    with pytest.raises(SourceError, match="there is no such file or folder"):
        read(tmp_path / name)
    with pytest.raises(SourceError, match="no path"):
        read()


def test_a_missing_path_among_others_is_rejected(tmp_path: Path) -> None:
    make_files(tmp_path, "a.html")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    found = read(tmp_path / "gone", tmp_path / "dangling", tmp_path / "a.html")
    assert find_reasons(found) == {"gone": "not-found", "dangling": "not-found"}
    assert find_names(found) == ["a.html"]


def test_a_name_of_any_bytes_can_be_shown_and_stored(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9\nmenu.html")).write_text("x")
    page, = read(tmp_path)
    assert page.path.endswith("caf\\xe9\nmenu.html")
    page.location.encode("utf-8")


def test_a_gzipped_page_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(b"story"))
    page, = read(tmp_path)
    assert page.content == b"story"


@pytest.mark.parametrize("content", [gzip.compress(b"story " * 1000)[:-20], b"not gzip"])
def test_a_page_that_cannot_be_unpacked_is_rejected(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.html.gz").write_bytes(content)
    assert find_reasons(read(tmp_path)) == {"a.html.gz": "unreadable"}


def test_a_page_that_is_too_large_is_rejected_unpacked_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "MAX_BYTES", 2**20)
    (tmp_path / "a.html").write_bytes(b"x" * 2**20)
    (tmp_path / "b.html").write_bytes(b"x" * (2**20 + 1))
    (tmp_path / "bomb.html.gz").write_bytes(gzip.compress(b"x" * 2**24))
    found = read(tmp_path)
    assert find_reasons(found) == {"b.html": "too-large", "bomb.html.gz": "too-large"}
    assert find_names(found) == ["a.html"]


def test_folders_may_be_deeper_than_the_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(1200):  # one in the other, for the whole path may be longer than the system allows
        os.mkdir("d")  # noqa: PTH102
        os.chdir("d")
    Path("a.html").write_text("x")
    os.chdir(tmp_path)
    try:
        assert len(read("d")) == 1
    finally:
        subprocess.run(["rm", "-r", "d"], check=True)  # pytest could not


def test_each_line_that_is_not_blank_is_a_page(write_lines: Callable[..., Path]) -> None:
    path = write_lines(['{"body": "a"}', "", "  ", "not json"])
    found = read(path)
    assert [(page.path, page.location, page.media_type) for page in found] == [
        (f"{path}#{number}", f"{path}#{number}", READY) for number in (1, 4)]
    assert json.loads(found[0].content) == {"body": "a"}


def test_lines_of_a_gzipped_file_are_pages_up_to_where_it_is_damaged(tmp_path: Path) -> None:
    lines = "".join(f'{{"body": "{os.urandom(20).hex()}"}}\n' for _ in range(2000)).encode()
    whole = gzip.compress(lines)
    (tmp_path / "whole.jsonl.gz").write_bytes(whole)
    (tmp_path / "part.jsonl.gz").write_bytes(whole[:len(whole) // 2])
    assert len(read(tmp_path / "whole.jsonl.gz")) == 2000
    found = read(tmp_path / "part.jsonl.gz")
    assert find_reasons(found) == {"part.jsonl.gz": "unreadable"}
    assert 500 < len(found) < 1500


def test_a_line_that_is_too_long_ends_its_file_and_is_named(write_lines: Callable[..., Path],
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_BYTES", 1000)
    found = read(write_lines(["short", "x" * 5000, "short"]))
    assert find_names(found) == ["stories.jsonl#1"]
    assert find_reasons(found) == {"stories.jsonl#2": "too-large", "stories.jsonl": "unreadable"}


def test_sizes_add_up_to_what_is_read(tmp_path: Path, write_lines: Callable[..., Path]) -> None:
    make_files(tmp_path, "a.html", "b/c.html", ".hidden")
    write_lines(["one", "two"])
    assert sources.measure([tmp_path]) == sum(page.size for page in read(tmp_path))
    assert sources.measure([tmp_path / "gone", tmp_path / "a.html"]) == len("page a.html")


@pytest.mark.parametrize("name", ["a.html.gz", "a.jsonl.gz"])
def test_a_bomb_is_given_up_when_it_is_known_as_one_and_not_when_all_of_it_is_unpacked(
        tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(bytes(40 * 2**20), 9))
    first = next(iter(sources.read([path])))
    assert (first.reason, "200 times its size" in first.detail) == ("too-large", True)
