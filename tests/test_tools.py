"""What starts a real OpenSearch for tests, and what says that none was started."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def releases(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import opensearch_releases

    return opensearch_releases


def test_a_release_is_named_by_the_beginning_of_its_version(releases):
    assert releases.find_release("2.19").version == "2.19.6"
    assert releases.find_release("3.8.0").java[0] == 21
    for name in ("2.1", "4", "3.8.0.1"):
        with pytest.raises(SystemExit, match=r"there are 3\.8\.0, 2\.19\.6"):
            releases.find_release(name)


def test_every_file_of_a_module_is_one_that_is_fetched_and_checked(releases):
    for release in releases.RELEASES.values():
        fetched = {"{1}-{2}.{3}".format(*name.split(":")) for name in release.files}
        assert all(len(digest) == 64 for digest in release.files.values())
        assert {file for module in release.modules.values() for file in module.files} <= fetched


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash here")
def test_a_run_that_can_start_no_server_says_loudly_that_it_tested_none(tmp_path):
    for name in ("bash", "dirname", "mktemp", "chmod", "timeout", "tail", "grep", "rm"):
        (tmp_path / name).symlink_to(shutil.which(name))
    environment = {name: value for name, value in os.environ.items() if name != "SEARCHKIT_OPENSEARCH_URL"}
    (tmp_path / "tmp").mkdir()
    environment |= {"PATH": str(tmp_path), "PYTHON": sys.executable, "TMPDIR": str(tmp_path / "tmp")}
    ended = subprocess.run([ROOT / ".ci" / "opensearch"], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0
    assert "OpenSearch was NOT TESTED: no " in ended.stderr  # no Maven, or no JDK
    assert not list((tmp_path / "tmp").iterdir())
