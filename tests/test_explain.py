"""What `extract --explain` shows to people: choices, clues and blocks, in reading order and harmless."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from searchkit.cli import app
from searchkit.model import Document, Page, Rejected
from searchkit.pipeline import Explanation, explain, extract
from searchkit.render import Style, render_explanation

STORY = ("The ferry to the outer islands will sail again on Friday after two weeks in the dry dock, the harbour "
         "master said. The crew has replaced a shaft and painted the hull below the water line.")
PAGE = f"""<html lang="en"><head><title>Ferry sails again – Coast Courier</title>
<meta property="article:published_time" content="2021-06-03T08:00:00Z"></head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Ferry sails again</h1><p class="byline">By Greta Lund</p>
<p>{STORY}</p><p>{STORY.replace("Friday", "Monday")}</p></article>
<footer><p>© 2021 Coast Courier. All rights reserved.</p></footer></body></html>"""


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["extract", "--explain", *arguments])
    return result.exit_code, result.stdout


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A page in the working directory; its name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ferry.html").write_text(PAGE, encoding="utf-8")
    return "ferry.html"


def test_choices_stand_with_their_source_and_confidence(page: str) -> None:
    code, text = run(page)

    assert code == 0
    assert "2021-06-03 (from meta, " in text
    assert "Greta Lund (from byline, " in text
    assert "language   en" in text


def test_chosen_clue_is_marked_and_no_other_of_its_kind(page: str) -> None:
    lines = run(page)[1].splitlines()
    dates = lines[lines.index("date clues") + 1:lines.index("publisher clues")]

    assert [line.startswith("*") for line in dates if line] == [True]


def test_blocks_stand_in_reading_order_with_their_reasons(page: str) -> None:
    lines = run(page)[1].splitlines()
    blocks = [line for line in lines[lines.index("blocks  + kept  - stripped") + 1:] if line[:1] in "+-" and line]

    assert [line[0] for line in blocks][-3:] == ["+", "+", "-"]
    assert blocks[-3].startswith("+ story ") and "The ferry" in blocks[-3]
    assert "Home" in blocks[0] and blocks[0].startswith("- navigation")


def test_body_and_chrome_are_the_kept_and_the_stripped_blocks() -> None:
    made = explain(Page("ferry.html", PAGE))

    assert isinstance(made, Explanation)
    assert made.document == extract(Page("ferry.html", PAGE))
    assert "\n\n".join(block.text for block, verdict in made.blocks if verdict.keep) == made.document.body
    assert [block.text for block, verdict in made.blocks if not verdict.keep] == [
        part.text for part in made.document.chrome]


def test_colour_comes_on_demand_only(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in run(page)[1]
    assert "\x1b[2m- navigation" in run(page, "--color", "always")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run(page, "--color", "auto")[1]


def test_page_that_is_no_document_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.html").write_text("<html><body></body></html>", encoding="utf-8")

    code, text = run("empty.html")

    assert code == 1
    assert text.startswith("rejected empty.html (no-content")


def test_ready_document_has_no_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.jsonl").write_text(json.dumps({"body": STORY, "author": "Greta Lund"}) + "\n", encoding="utf-8")

    code, text = run("one.jsonl")

    assert code == 0
    assert "Greta Lund" in text


@pytest.mark.parametrize("attack", ["\x1b[2J", "\x9b2J", "\u202egpj.exe", "\r"])
def test_no_text_of_a_page_can_command_the_terminal(attack: str) -> None:
    text = f"harm{attack}less"
    document = Document("id", text, text, title=text, author=text, author_source=text, language=text)

    shown = "\n".join(render_explanation(document, [(text, True, text), (f"a\n{text}", False, text)], Style()))

    assert attack not in shown


def test_unreadable_page_is_told_by_name() -> None:
    assert isinstance(explain(Page("picture.html", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)), Rejected)
