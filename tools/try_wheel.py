"""The commands of README.md and its Python, with searchkit as it is installed for the Python that runs this.

``make wheel`` calls it in an environment that has the wheel and what that needs, and nothing of the checkout.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAM = Path(sys.executable).with_name("searchkit")
WANT_EXTRAS = ("serve", "watch", "mcp", "copy")  # they must say what to install
PAGE = "seeds/11-kestrel-telecom-review-att-walks-away.html"
_COMMAND = re.compile(r"^(?:\$| {3}) (searchkit .+?)(?: {2,}.*)?$", re.MULTILINE)
_PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def list_commands() -> list[list[str]]:
    """The commands of the page as arguments, with a page and a document of the samples where it says which."""
    lines = [found[1].partition(" | ")[0] for found in _COMMAND.finditer(README)]
    words = [shlex.split(line.replace("PATH...", "seeds/").replace("page.html", PAGE)) for line in lines]
    return sorted(words, key=lambda given: given[1] != "index")  # the index first


def run(folder: Path, given: list[str]) -> str:
    """What a command says. Raises RuntimeError where it fails, or for want of an extra does not say so."""
    command = [str(PROGRAM), *given[1:]]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    said = done.stdout + done.stderr
    wants_extra = given[1] in WANT_EXTRAS
    if "Traceback" in said or bool(done.returncode) != wants_extra or (wants_extra and "pip install" not in said):
        raise RuntimeError(f"{shlex.join(given)} ended with {done.returncode}: {said}")
    return done.stdout


def main() -> None:
    """Run them all in a folder of their own."""
    commands = list_commands()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shutil.copytree(ROOT / "seeds", folder / "seeds")
        run(folder, ["searchkit", "index", "seeds/"])
        document = run(folder, ["searchkit", "query", "Huawei", "--output", "ids"]).split()[0]
        for given in commands:
            run(folder, [document if word == "ID" else word for word in given])
        for code in _PYTHON.findall(README):
            subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, capture_output=True, timeout=60)
    print(f"{len(commands)} commands of README.md and its Python ran with the wheel, {PROGRAM}")


if __name__ == "__main__":
    main()
