"""The short form of what the targets ``trust-…`` of ``make`` do at length."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .power import main as cut_power
from .tracing import AVAILABLE

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the harnesses fork")
ROOT = Path(__file__).resolve().parents[2]
ENGINES = ["whoosh", "tantivy"]


def run(module: str, *arguments: str) -> str:
    """What a harness says; each is a program, for it forks."""
    done = subprocess.run([sys.executable, "-m", f"tests.trust.{module}", *arguments], cwd=ROOT, text=True,
                          capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def need(engine: str) -> None:
    if engine == "tantivy":
        pytest.importorskip("tantivy", reason="tantivy is not installed")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_kill_at_any_moment_loses_nothing_and_leaves_no_lock(engine: str) -> None:
    need(engine)
    assert "0 acknowledged lost, 0 locks stuck" in run("kill", engine, "6", "11")


def test_a_power_cut_at_any_call_loses_nothing_that_was_acknowledged(capsys: pytest.CaptureFixture[str]) -> None:
    cut_power(60, 5)
    assert "0 acknowledged lost" in capsys.readouterr().out


def test_the_simulation_finds_what_a_power_cut_loses_when_nothing_is_forced() -> None:
    with pytest.raises(Exception):  # noqa: B017 - whatever damage leads to
        cut_power(60, 5, forced=False)


@pytest.mark.skipif(not AVAILABLE, reason="calls to the system cannot be followed here")
@pytest.mark.parametrize("engine", ENGINES)
def test_a_power_cut_at_any_call_to_the_system_loses_nothing_that_was_acknowledged(engine: str) -> None:
    need(engine)
    assert "0 acknowledged lost" in run("cuts", engine, "12", "5")
    with pytest.raises(AssertionError, match="power cut"):
        run("cuts", engine, "12", "5", "unforced")


@pytest.mark.parametrize("engine", ENGINES)
def test_an_error_or_a_kill_at_any_call_is_said_and_loses_nothing(engine: str) -> None:
    need(engine)
    assert "0 acknowledged lost" in run("faults", engine, "90" if engine == "whoosh" else "17")


@pytest.mark.skipif(not AVAILABLE, reason="calls to the system cannot be followed here")
@pytest.mark.parametrize("engine", ENGINES)
def test_a_kill_or_an_error_at_any_call_to_the_system_loses_nothing(engine: str) -> None:
    need(engine)
    assert "0 acknowledged lost" in run("calls", engine, "199")


def test_an_index_built_through_kills_is_the_one_built_in_one_go() -> None:
    assert "those of an index built in one go" in run("parity", "whoosh", "3", "60", "2", "60")


@pytest.mark.parametrize("engine", ENGINES)
def test_damage_is_found_and_never_answered_wrongly(engine: str) -> None:
    need(engine)
    assert "; 0 silently wrong" in run("damage", engine, "25", "5")
