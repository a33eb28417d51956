"""requirements-dev.lock from what is installed: python tools/lock.py

Each package of the environment that ``make setup`` made, in the version that is installed, with the SHA-256 of its
wheels for this platform and each Python that searchkit supports, so that ``pip install --require-hashes`` installs
these and nothing else. The lock names no registry.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.utils import canonicalize_name

LOCK = Path(__file__).resolve().parents[1] / "requirements-dev.lock"
PYTHONS = ("3.11.9", "3.12.9", "3.13.9")  # in full, for some packages want 3.11.5
NOT_LOCKED = {"pip", "setuptools", "wheel", "searchkit"}
HEAD = """# What the tests were last run with. Made by tools/lock.py: make lock
# pip install --require-hashes -r requirements-dev.lock && pip install --no-deps -e .
"""


def list_installed() -> Iterator[tuple[str, str]]:
    """Name and version of each package here."""
    found = {canonicalize_name(package.name): package.version for package in metadata.distributions()}
    yield from sorted((name, version) for name, version in found.items() if name not in NOT_LOCKED)


def fetch(pins: list[str], python: str, folder: Path) -> None:
    """Download the wheels of some packages for a version of Python on this platform. Raises CalledProcessError."""
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                    "--only-binary", ":all:", "--python-version", python, "--dest", str(folder), *pins], check=True)


def find_hashes(folder: Path) -> dict[str, set[str]]:
    """The SHA-256 of each wheel in a folder, by package and version."""
    hashes: dict[str, set[str]] = {}
    for path in folder.glob("*.whl"):
        name, version = path.name.split("-")[:2]
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        hashes.setdefault(f"{canonicalize_name(name)}=={version}", set()).add(digest)
    return hashes


def write_lock() -> Iterator[str]:
    """The lines of the lock."""
    pins = [f"{name}=={version}" for name, version in list_installed()]
    with tempfile.TemporaryDirectory() as place:
        for python in PYTHONS:
            fetch(pins, python, Path(place))
        hashes = find_hashes(Path(place))
    yield HEAD.rstrip()
    for pin in pins:
        yield " \\\n    ".join([pin, *(f"--hash=sha256:{digest}" for digest in sorted(hashes[pin]))])


if __name__ == "__main__":
    LOCK.write_text("\n".join(write_lock()) + "\n", encoding="utf-8")
