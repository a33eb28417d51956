"""The second opinion: which names both have, where it is asked, and what is said when it is not there."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from searchkit import pipeline
from searchkit.cli import app
from searchkit.errors import SettingsError
from searchkit.index import open_index
from searchkit.model import Page
from searchkit.pipeline.secondopinion import PIECE, Span, find_entities, keep_agreed, load_opinion

BODY = "Cora Wray of Acme Tools flew to Norway. In Norway, Cora Wray met Bo Lund of the Useful Bank."
LINE = {"id": "1", "body": BODY, "language": "en"}


@pytest.fixture
def setting(tmp_path: Path) -> str:
    """A real pipeline that knows two names, saved in a folder."""
    spacy = pytest.importorskip("spacy", reason="spaCy is not installed")
    made = spacy.blank("en")
    made.add_pipe("entity_ruler").add_patterns([{"label": "GPE", "pattern": "Norway"},
                                                {"label": "PERSON", "pattern": "Cora Wray"},
                                                {"label": "PERSON", "pattern": "Useful Bank"}])
    made.to_disk(tmp_path / "pipeline")
    return f"spacy:{tmp_path / 'pipeline'}"


@pytest.mark.parametrize(("mine", "theirs", "agree"), [
    ((0, 9, "person"), (0, 9, "person"), True),
    ((0, 9, "person"), (5, 9, "person"), True),
    ((5, 9, "person"), (0, 9, "person"), True),
    ((0, 9, "person"), (0, 9, "place"), False),
    ((0, 9, "person"), (5, 12, "person"), False),
    ((0, 9, "person"), (9, 12, "person"), False),
    ((0, 9, None), (0, 9, "place"), True),
    ((0, 9, "person?"), (0, 9, "person"), True),
])
def test_they_agree_on_a_type_where_one_span_contains_the_other(mine: tuple, theirs: tuple, agree: bool) -> None:
    assert bool(keep_agreed([Span(*mine)], [Span(*theirs)])) == agree


def test_a_span_may_contain_several_of_the_other() -> None:
    mine = Span(10, 40, "place")

    assert keep_agreed([mine], [Span(0, 5, "place"), Span(12, 15, "person"), Span(20, 30, "place")]) == [mine]


def test_only_what_both_find_is_kept(setting: str) -> None:
    alone, both = (find_entities(BODY, "en", opinion) for opinion in (None, load_opinion(setting)))

    assert {"Cora Wray", "Norway"} < {entity.name for entity in alone}
    assert both == tuple(entity for entity in alone if entity.name in ("Cora Wray", "Norway"))


def test_a_language_that_it_does_not_speak_is_left_to_the_first(setting: str) -> None:
    assert find_entities(BODY, "de", load_opinion(setting)) == find_entities(BODY, "de")


def test_names_far_down_a_long_body_are_found_in_their_place(setting: str) -> None:
    opinion = load_opinion(setting)
    long = "\n\n".join([*["Nothing was said."] * (PIECE // 8), BODY, "x" * (PIECE + 1), BODY])

    assert opinion is not None
    assert {long[span.start:span.end] for span in opinion.find_spans(long)} == {"Norway", "Cora Wray", "Useful Bank"}
    assert len(opinion.find_spans(long)) == 2 * len(opinion.find_spans(BODY))


def test_every_page_is_given_it_whichever_process_extracts_it(setting: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(20):
        line = {**LINE, "id": str(number)}
        (tmp_path / "in" / f"{number}.jsonl").write_text(json.dumps(line))
    with open_index(tmp_path / "index", create=True) as index:
        index.add(tmp_path / "in", workers=2, ner=setting)
        facets = {value.value: value.count for value in index.facets("entity")}

    assert facets == {"Cora Wray": 20, "Norway": 20}


def test_pages_are_extracted_anew_when_it_changes(setting: str, write_lines, tmp_path: Path) -> None:
    path = write_lines([LINE])
    with open_index(tmp_path / "index", create=True) as index:
        counts = [(report.added, report.updated, report.unchanged) for report in (
            index.add(path), index.add(path, ner=setting), index.add(path, ner=setting), index.add(path))]

    assert counts == [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 0)]


def test_a_page_asks_it_too(setting: str) -> None:
    paragraph = f"<p>{BODY} It was said in the evening that the talks would go on for a week, as they did before.</p>"
    page = Page("p", f"<html><body><h1>Talks in the north</h1>{paragraph * 3}</body></html>")
    made = pipeline.extract(page, load_opinion(setting))

    assert [entity.name for entity in made.entities] == ["Cora Wray", "Norway"]


@pytest.mark.parametrize("command", ["index", "extract"])
def test_without_spacy_it_is_said_how_to_get_it(command: str, write_lines, tmp_path: Path,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "spacy", None)
    write_lines([LINE])
    (tmp_path / "searchkit.toml").write_text('ner = "spacy:no_such_pipeline"')

    result = CliRunner().invoke(app, [command, "stories.jsonl"])

    assert (result.exit_code, result.stdout) == (2, "")
    assert "pip install 'searchkit[spacy]' and python -m spacy download en_core_web_sm" in result.stderr


def test_a_pipeline_that_is_not_there_or_no_pipeline_is_refused(setting: str, tmp_path: Path) -> None:
    for wrong in ("spacy:no_such_pipeline", f"spacy:{tmp_path}", "stanza:en"):
        with pytest.raises(SettingsError) as caught:
            load_opinion(wrong)
        assert caught.value.hint
