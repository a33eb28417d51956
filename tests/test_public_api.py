"""What a program that imports searchkit relies on."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import searchkit

PAGE = """<html><body><h1>Frost in the harbour</h1>
<p>The harbour of the old town froze over in the night, and eleven ships could not leave it before the morning, when
the ice breaker came up from the south and cut a way out for them.</p>
<p>"I have worked here for thirty years and have not seen ice like this in any of them," said the master of the port,
who had been up since three to warn the fishing boats that were still out at sea.</p></body></html>"""


def test_the_public_names_are_few_sorted_and_there() -> None:
    assert len(searchkit.__all__) <= 20
    assert searchkit.__all__ == sorted(searchkit.__all__)
    assert all(inspect.getdoc(getattr(searchkit, name)) for name in searchkit.__all__)


def test_it_says_that_it_is_typed() -> None:
    assert (Path(searchkit.__file__).parent / "py.typed").is_file()


def test_importing_it_loads_no_engine_and_no_pipeline() -> None:
    code = "import sys, searchkit; print([n for n in sys.modules if 'whoosh' in n or 'lxml' in n or '.pipeline' in n])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_example_of_the_readme_in_a_folder(tmp_path: Path, write_lines, stories) -> None:
    write_lines(stories)
    with searchkit.open(tmp_path / "index") as index:
        report = index.add(str(tmp_path))
        assert (report.added, report.rejected) == (4, ())
        results = index.query("ferry tram", publisher="Coast Gazette", after="2018", facets=("publisher", "entity"))
        assert [(hit.title, hit.date, str(hit.snippets[0])) for hit in results] == [
            ("Tram line opens", "2018-04", "The **tram** carries people to the **ferry**.")]
        assert set(results.to_dict()["facets"]) == {"publisher", "entity"}
    with searchkit.open(tmp_path / "index") as index:
        assert index.query("ferry").total == 3


def test_without_a_folder_it_is_kept_in_this_process_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with searchkit.open(None) as index:
        index.add([searchkit.Document("1", "p", "A ferry."), searchkit.Page("q", PAGE)])
        assert index.query("ferry OR harbour").total == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["path", "name", "bytes", "str", "page"])
def test_a_page_can_be_given_in_every_form(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.html"
    path.write_text(PAGE)
    source = {"path": path, "name": str(path), "bytes": PAGE.encode(), "str": PAGE,
              "page": searchkit.Page("a.html", PAGE)}[kind]
    document = searchkit.extract(source)
    assert isinstance(document, searchkit.Document)
    assert "The harbour of the old town froze" in document.body


@pytest.mark.parametrize(("source", "reason"), [
    (b"", "empty"), ("", "empty"), (Path("nothing-here.html"), "unreadable"), (Path(), "not-a-file"),
    (b"\x89PNG\r\n\x1a\n" + bytes(99), "binary")])
def test_what_is_no_page_is_rejected_and_no_error(source: str | bytes | Path, reason: str) -> None:
    rejected = searchkit.extract(source)
    assert isinstance(rejected, searchkit.Rejected)
    assert rejected.reason == reason


def test_a_string_that_no_file_can_be_named_is_text() -> None:
    for text in ("\0" + PAGE, "x" * 300 + " " + PAGE, PAGE.replace("/", "\n/"), "\ud800" + PAGE):
        assert isinstance(searchkit.extract(text), searchkit.Document)


@pytest.mark.parametrize("name", [name for name in searchkit.__all__ if isinstance(getattr(searchkit, name), type)
                                  and issubclass(getattr(searchkit, name), Exception)])
def test_every_error_is_a_searchkit_error_that_says_what_where_and_what_to_do(name: str) -> None:
    kind = getattr(searchkit, name)
    error = kind("it broke", 4, "mend it") if name == "QueryError" else kind("it broke", "here", "mend it")
    assert isinstance(error, searchkit.SearchkitError)
    where = "query, column 5" if name == "QueryError" else "here"
    assert str(error) == f"it broke ({where}). mend it"
