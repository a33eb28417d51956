"""What ``verify``, ``backup`` and ``restore`` promise, from the outside."""

import json
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from searchkit import cli
from searchkit.backup import back_up, restore
from searchkit.engines import open_engine
from searchkit.engines.whoosh.arrayfile import BLOCK, HEADER, WHOLE, ArrayFile, ArrayWriter
from searchkit.errors import IndexDamaged, IndexFault, IndexLocked, IndexNotFound, SettingsError
from searchkit.index import open_index
from searchkit.model import Document
from searchkit.place import LOCK, lock
from searchkit.search.analysis import analyse_document
from searchkit.verification import verify

ENGINES = ["whoosh", "tantivy"]


def make_documents(count, word="ferry"):
    return [Document(f"d{n}", f"d{n}", f"The {word} number {n} sails at dawn, and {word}s follow.")
            for n in range(count)]


def fill(folder, engine="whoosh"):
    if engine == "tantivy":
        pytest.importorskip("tantivy", reason="tantivy is not installed")
    with open_index(folder, engine, create=True, aliases=None) as index:
        index.add(make_documents(20))
        index.delete(["d3"])
        index.add(make_documents(2, "tram"))
    return folder


def read(folder):
    with open_index(folder, aliases=None) as index:
        return {hit.id: hit.document.body for hit in index.query(limit=None, facets=(), collapse=False).hits}


@pytest.fixture(params=ENGINES)
def folder(request, tmp_path):
    return fill(tmp_path / "index", request.param)


@pytest.fixture
def place(tmp_path):
    return fill(tmp_path / "index")


def run(*arguments):
    return CliRunner().invoke(cli.app, [*map(str, arguments)])


def find_segment(folder):
    return max(folder.glob("*.arrays"), key=lambda path: path.stat().st_size)


# verify


def test_a_sound_index_is_sound_and_its_documents_are_counted(folder):
    for full in (False, True):
        found = verify(folder, full)
        assert (found.faults, found.notes, found.documents, found.full) == ((), (), 19, full)


def test_the_command_says_so_and_ends_with_its_exit_code(place):
    assert run("verify", "--index", place).exit_code == 0
    segment = find_segment(place)
    segment.write_bytes(b"nothing")
    told = run("verify", "--index", place)
    assert told.exit_code == 3 and segment.name in told.stdout
    data = json.loads(run("verify", "--index", place, "--json").stdout)
    assert data["sound"] is False and {"file", "what"} == data["faults"][0].keys()
    assert run("verify", "--index", place.with_name("none")).exit_code == 3


def test_a_flipped_bit_is_found_in_full_and_where_it_lies_nothing_is_answered(place):
    segment = find_segment(place)
    content = bytearray(segment.read_bytes())
    content[HEADER.size + 900] ^= 4
    segment.write_bytes(content)
    assert [fault.file for fault in verify(place, full=True).faults] == [segment.name]
    with pytest.raises(IndexDamaged, match="not as they were written"), open_index(place, aliases=None) as index:
        index.query("ferry")


def test_a_foreign_file_is_named_and_left_alone(folder):
    (folder / "thesis.txt").write_text("years of work")
    assert [fault.file for fault in verify(folder).faults] == ["thesis.txt"]
    assert [fault.file for fault in verify(folder, repair=True).faults] == ["thesis.txt"]
    assert (folder / "thesis.txt").read_text() == "years of work"


def test_two_segments_that_were_swapped_are_told_by_whose_content_they_have(place):
    one, other = sorted(place.glob("*.arrays"))[:2]
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    assert {str(fault) for fault in verify(place, full=True).faults} == {
        f"{one.name}: it has the content of {other.name}", f"{other.name}: it has the content of {one.name}"}


def test_what_only_a_ledger_with_another_digest_shows_is_found_and_its_pages_are_read_again(tmp_path, write_lines):
    lines = write_lines([{"id": f"s{n}", "body": f"Story {n}.", "entities": []} for n in range(5)])
    with open_index(tmp_path / "index", create=True) as index:
        index.add(lines)
    ledger = tmp_path / "index" / "ledger.sqlite"
    ledger.write_bytes(ledger.read_bytes().replace(b"s3", b"s9"))
    assert [fault.file for fault in verify(tmp_path / "index", full=True).faults] == ["ledger.sqlite"]
    assert verify(tmp_path / "index", repair=True).is_sound
    with open_index(tmp_path / "index") as index:
        report = index.add(lines)
        assert (report.added + report.updated, report.unchanged) == (5, 0)


def test_two_seals_that_were_swapped_are_named_and_put_on_again(tmp_path):
    folder = fill(tmp_path / "index", "tantivy")
    seals = folder / "tantivy.seal", folder / "ledger.sqlite.seal"
    contents = [path.read_bytes() for path in seals]
    for path, content in zip(seals, reversed(contents), strict=True):
        path.write_bytes(content)
    assert {fault.file for fault in verify(folder).faults} == {path.name for path in seals}
    before = read(folder)
    assert not verify(folder, repair=True).faults and read(folder) == before
    assert [path.read_bytes() for path in seals] == contents


def test_an_index_whose_files_are_all_gone_is_not_begun_anew_by_looking(folder):
    for path in folder.iterdir():
        if path.name not in (LOCK, "searchkit.json") and "ledger" not in path.name:
            path.unlink()
    before = sorted(path.name for path in folder.iterdir())
    assert not verify(folder, full=True).is_sound
    assert sorted(path.name for path in folder.iterdir()) == before


def test_an_index_that_is_written_to_is_not_verified(place):
    with lock(place), pytest.raises(IndexLocked, match=f"process {os.getpid()}"):
        verify(place)


def test_where_there_is_no_index_there_is_nothing_to_verify(tmp_path):
    with pytest.raises(IndexNotFound):
        verify(tmp_path)


def test_an_index_in_memory_has_nothing_to_verify():
    with open_index(None) as index, pytest.raises(SettingsError, match="lives in memory"):
        index.verify()


# repair


def test_a_segment_with_a_damaged_list_is_written_anew_with_all_its_documents(place):
    before, segment = read(place), find_segment(place)
    content = bytearray(segment.read_bytes())
    content[-3000] ^= 1
    segment.write_bytes(content)
    found = verify(place, repair=True)
    assert found.is_sound and any("written anew" in line for line in found.mended)
    assert read(place) == before


def test_a_document_that_cannot_be_read_costs_only_itself_and_its_segment_is_kept(tmp_path, write_lines):
    lines = write_lines([{"id": f"s{n}", "body": f"Story {n} of the harbour.", "entities": []} for n in range(30)])
    with open_index(tmp_path / "index", create=True) as index:
        index.add(lines)
    segment = find_segment(tmp_path / "index")
    content = bytearray(segment.read_bytes())
    content[HEADER.size + 20] ^= 1
    segment.write_bytes(content)
    found = verify(tmp_path / "index", repair=True)
    assert found.is_sound and any("reads 1 pages again" in line for line in found.mended)
    assert [note.partition(":")[0] for note in found.notes] == [f"lost_{segment.name}.damaged"]
    with open_index(tmp_path / "index") as index:
        assert index.count() == 29
        assert index.add(lines).unchanged == 29
        assert index.count() == 30


def test_a_damaged_manifest_of_the_folder_is_written_anew(folder):
    before, manifest = read(folder), folder / "searchkit.json"
    for content in (b"", b"{}", manifest.read_bytes().replace(b'"format": 3', b'"format": 7')):
        manifest.write_bytes(content)
        assert "searchkit.json" in [fault.file for fault in verify(folder).faults]
        assert verify(folder, repair=True).is_sound
        assert read(folder) == before


def test_files_of_tantivy_that_are_damaged_are_told_with_the_way_out(tmp_path):
    folder = fill(tmp_path / "index", "tantivy")
    next(folder.glob("*.store")).write_bytes(b"nothing")
    with pytest.raises(IndexDamaged, match="restore a backup"):
        verify(folder, repair=True)


def test_a_manifest_and_a_table_of_contents_that_were_swapped_are_swapped_back(place):
    before, listed = read(place), max(place.glob("_MAIN_*.segments"), key=lambda path: int(path.stem.split("_")[2]))
    toc = listed.with_suffix(".toc")
    manifest, content = listed.read_bytes(), toc.read_bytes()
    toc.write_bytes(manifest)
    listed.write_bytes(content)
    assert {fault.file for fault in verify(place, full=True).faults} == {listed.name, toc.name}
    assert verify(place, repair=True).is_sound
    assert read(place) == before


# no code runs from the files of an index


class Planted:
    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self):
        return Path.touch, (self.canary,)


@pytest.mark.parametrize("keep_manifest", [True, False])
@pytest.mark.parametrize("plant", ["whole", "schema"])
def test_a_planted_pickle_is_not_run(place, tmp_path, keep_manifest, plant):
    canary = tmp_path / "canary"
    planted = pickle.dumps(Planted(canary), 2)
    for toc in place.glob("_MAIN_*.toc"):
        if plant == "whole":
            toc.write_bytes(planted)
        else:
            plant_schema(toc, planted)
        if not keep_manifest:
            toc.with_suffix(".segments").unlink()
    for act in (lambda: read(place), lambda: verify(place, full=True), lambda: verify(place, repair=True),
                lambda: open_index(place).add(make_documents(1)), lambda: back_up(place, tmp_path / "backup")):
        try:
            act()
        except IndexFault as error:
            assert error.hint
    assert not canary.exists()


def plant_schema(toc: Path, planted: bytes) -> None:
    """Put a pickle where Whoosh would read the schema: before any other is read."""
    from whoosh.filedb.filestore import RamStorage
    from whoosh.index import TOC

    from searchkit.engines.whoosh.schema import make_schema

    number = int(toc.stem.rpartition("_")[2])
    storage, schema = RamStorage(), make_schema()
    TOC(schema, [], number).write(storage, "MAIN")
    (made,) = storage.files.values()
    start = made.index(pickle.dumps(schema, 2))
    size = len(pickle.dumps(schema, 2))
    toc.write_bytes(made[:start] + planted.ljust(size, b".") + made[start + size:])


def test_the_planted_pickle_would_run_without_the_guard(tmp_path):
    pickle.loads(pickle.dumps(Planted(tmp_path / "canary")))
    assert (tmp_path / "canary").exists()


def test_the_guard_is_for_this_thread_and_ends(tmp_path):
    from searchkit.engines.whoosh.unpickling import guard

    content = pickle.dumps(Planted(tmp_path / "canary"))
    with guard():
        with pytest.raises(pickle.UnpicklingError, match="which no index needs"):
            pickle.loads(content)
        other = threading.Thread(target=pickle.loads, args=(content,))
        other.start()
        other.join()
    assert (tmp_path / "canary").exists()
    pickle.loads(content)


# blocks of a segment


def make_file(tmp_path, numbers):
    path = tmp_path / "numbers.arrays"
    with path.open("w+b") as file:
        writer = ArrayWriter(file)
        writer.add("small", "B", bytes(range(200)))
        writer.add("large", "I", numbers.tobytes())
        writer.finish({})
    return path


def test_of_a_large_array_only_what_is_read_is_compared(tmp_path):
    import numpy as np

    path = make_file(tmp_path, np.arange(WHOLE, dtype="I"))
    content = bytearray(path.read_bytes())
    content[HEADER.size + 5 * BLOCK + 7] ^= 1
    file = ArrayFile(memoryview(bytes(content)))
    assert bytes(file.view("small")) == bytes(range(200))
    size = BLOCK // 4
    file.check_part("large", 0, 3 * size)
    file.check_part("large", 7 * size, 3 * size)
    with pytest.raises(ValueError, match="not as they were written"):
        file.check_part("large", 4 * size, size)
    with pytest.raises(ValueError, match="not as they were written"):
        file.check()


# backups


def test_a_backup_is_an_index_and_is_restored_as_it_was(folder, tmp_path):
    copied = back_up(folder, tmp_path / "backup")
    assert copied.documents == 19 and read(tmp_path / "backup") == read(folder)
    restore(tmp_path / "backup", tmp_path / "restored")
    assert read(tmp_path / "restored") == read(folder) and verify(tmp_path / "restored", full=True).is_sound


def test_the_commands_say_what_was_copied(place, tmp_path):
    assert "19 documents" in run("backup", tmp_path / "backup", "--index", place).stdout
    assert "19 documents" in run("restore", tmp_path / "backup", "--index", tmp_path / "new").stdout
    refused = run("restore", tmp_path / "backup", "--index", place)
    assert refused.exit_code == 2 and "there is an index here already" in refused.stderr


def test_a_backup_that_was_interrupted_is_begun_anew(place, tmp_path, monkeypatch):
    import shutil

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", stop)
        with pytest.raises(KeyboardInterrupt):
            back_up(place, tmp_path / "backup")
    with pytest.raises(IndexNotFound):
        read(tmp_path / "backup")
    back_up(place, tmp_path / "backup")
    assert read(tmp_path / "backup") == read(place)


@pytest.mark.parametrize("of", ["index", "backup"])
def test_neither_a_damaged_index_is_backed_up_nor_a_damaged_backup_restored(place, tmp_path, of):
    if of == "backup":
        back_up(place, tmp_path / "backup")
    damaged = place if of == "index" else tmp_path / "backup"
    for segment in damaged.glob("*.arrays"):
        content = bytearray(segment.read_bytes())
        content[HEADER.size + 9] ^= 1
        segment.write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"as (it was|they were) written"):
        (back_up if of == "index" else restore)(damaged, tmp_path / "target")
    with pytest.raises(IndexNotFound):
        open_index(tmp_path / "target")


WRITING = """
import pathlib, sys
from searchkit.index import open_index
from tests.test_verification import make_documents
with open_index({place!r}, aliases=None) as index:
    for number in range(10**9):
        index.add(make_documents(5, f"w{{number}}"))
        print(number, flush=True)
"""


def test_backups_are_whole_while_another_process_writes(folder, tmp_path):
    with subprocess.Popen([sys.executable, "-c", WRITING.format(place=str(folder))], text=True,
                          cwd=Path(__file__).parents[1], stdout=subprocess.PIPE) as writer:
        assert writer.stdout.readline() == "0\n"
        for number in range(4):
            back_up(folder, tmp_path / str(number))
            found = read(tmp_path / str(number))
            versions = {found[f"d{n}"].split()[1] for n in range(5)}
            assert len(versions) == 1 and len(found) == 20, found
        writer.kill()


# one writer, many readers


def test_readers_never_miss_a_file_and_counts_never_go_back(tmp_path):
    folder, seen = tmp_path / "index", []
    engine = open_engine("whoosh", folder)
    stop = threading.Event()

    def watch():
        counts = [0]
        while not stop.is_set():
            counts.append(len(open_engine("whoosh", folder).list_ids(None, 1000)))
        seen.append(counts)

    readers = [threading.Thread(target=watch) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(40):
        engine.add([analyse_document(Document(str(number), "p", f"word {number}"))])
    stop.set()
    for reader in readers:
        reader.join()
    assert len(seen) == 3 and all(counts == sorted(counts) for counts in seen)


def test_a_lock_names_its_holder_and_is_free_once_that_is_killed(place):
    code = f"import pathlib, time\nfrom searchkit.place import lock\nwith lock(pathlib.Path({str(place)!r})):\n" \
           "    print('held', flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", code], text=True, stdout=subprocess.PIPE,
                          cwd=Path(__file__).parents[1]) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(IndexLocked, match=f"process {holder.pid} on .* since "), open_index(place) as index:
            index.delete(["d1"])
        holder.kill()
    assert (place / LOCK).read_bytes()
    with open_index(place) as index:
        assert index.delete(["d1"]) == 1
