"""A browser, where there is one, and the accessibility checker, where it was fetched (``make test-web``)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ALL = os.environ.get("WEB_TESTS") == "all"  # then what is missing is a failure and no reason to skip
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""


def skip(reason: str) -> None:
    """Skip a module by name of what is missing; where all tests are asked for, fail."""
    if ALL:
        raise RuntimeError(f"WEB_TESTS=all, but {reason}")
    pytest.skip(reason, allow_module_level=True)


def read_axe() -> str | None:
    """The accessibility checker's script."""
    path = Path(os.environ.get("AXE") or "none")
    if path.is_file():
        return path.read_text(encoding="utf-8")
    assert not ALL, "WEB_TESTS=all, but axe-core is not there: make test-web fetches it"
    return None
