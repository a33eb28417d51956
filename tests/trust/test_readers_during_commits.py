"""The short form of ``make readers``."""

from .test_trust import pytestmark, run

__all__ = ["pytestmark"]


def test_readers_during_commits_meet_one_commit_after_another() -> None:
    assert ", 0 errors, " in run("readers", "16", "8", "2")
