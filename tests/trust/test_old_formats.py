"""Indexes of every format there was: the newest is read, the others are refused with the way out."""

import zipfile
from pathlib import Path

import pytest

from searchkit.errors import IndexOutdated
from searchkit.index import open_index
from searchkit.place import FORMAT
from searchkit.verification import verify

INDEXES = sorted(Path(__file__).with_name("indexes").glob("format-*.zip"))


def unpack(file: Path, folder: Path) -> int:
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    return int(file.stem.partition("-")[2])


def test_there_is_an_index_of_the_newest_format():
    assert f"format-{FORMAT}" in [file.stem for file in INDEXES]


@pytest.mark.parametrize("file", INDEXES, ids=lambda file: file.stem)
def test_an_index_of_any_format_is_read_or_refused_with_the_way_out(file, tmp_path):
    folder = tmp_path / "index"
    if unpack(file, folder) == FORMAT:
        with open_index(folder) as index:
            assert [hit.id for hit in index.query("tram").hits] == ["tram"]
            assert index.query("ferry", publisher="Coast Gazette").total == 2
        assert verify(folder, full=True).is_sound
        return
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for refused in (open_index, verify):
        with pytest.raises(IndexOutdated, match="searchkit index --rebuild"):
            refused(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
