"""Inverted fields, written term by term in order: lists in the narrowest numbers that hold them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from searchkit.engines.whoosh.arrayfile import ArrayWriter
from searchkit.engines.whoosh.layout import LONGEST, WIDTHS
from searchkit.engines.whoosh.lists import SHIFTS, Numbers, Posted
from searchkit.search.vocabulary import find_letters

SPOOL = 1 << 20  # bytes of one array that wait in memory; more wait on the disk


class Spool:
    """Numbers that come in parts, with one type code."""

    def __init__(self, folder: Path, code: str) -> None:
        self.code = code
        self.size = 0
        self.file: IO[bytes] = SpooledTemporaryFile(SPOOL, dir=str(folder))  # noqa: SIM115 - closed when moved

    def add(self, numbers: NDArray[Any]) -> None:
        """Take further numbers."""
        self.file.write(numbers.astype(self.code, copy=False).tobytes())
        self.size += len(numbers)

    def move(self, name: str, writer: ArrayWriter) -> None:
        """Write all of them as an array."""
        writer.add_file(name, self.code, self.file)
        self.file.close()


class ListWriter:
    """Lists of numbers, each among those of its width."""

    def __init__(self, folder: Path) -> None:
        self._spools = {code: Spool(folder, width) for code, width in WIDTHS.items()}
        self._starts: list[NDArray[Any]] = []

    def add(self, numbers: Numbers, counts: Numbers, ones: bool = False) -> Numbers:
        """Take lists with so many numbers (one at least); the code of each. With ``ones``, lists of 1 have none."""
        most = np.maximum.reduceat(numbers, np.cumsum(counts) - counts)
        codes = 1 + (most > 0xff) + (most > 0xffff)
        if ones:
            codes[most == 1] = 0
        starts = np.zeros(len(counts), np.intp)
        for code, spool in self._spools.items():
            mine = codes == code
            sizes = counts[mine]
            starts[mine] = spool.size + np.cumsum(sizes) - sizes
            spool.add(numbers if len(sizes) == len(counts) else numbers[np.repeat(mine, counts)])
        self._starts.append(starts)
        return codes

    def finish(self, name: str, writer: ArrayWriter) -> None:
        """Write all lists."""
        add_numbers(writer, f"{name}.at", join(self._starts))
        for code, spool in self._spools.items():
            spool.move(f"{name}{code}", writer)


class FieldWriter:
    """An inverted field in the making. Terms come in order."""

    def __init__(self, folder: Path, name: str, has_places: bool) -> None:
        self._name = name
        self._terms = Spool(folder, "B")
        self._sizes: list[NDArray[Any]] = []
        self._counts: list[NDArray[Any]] = []
        self._forms: list[NDArray[Any]] = []
        self._lists = {part: ListWriter(folder) for part in (SHIFTS if has_places else ("docs",))}

    def add(self, terms: Sequence[bytes], posted: Posted) -> None:
        """Take terms with their postings; each has one at least."""
        if not terms:
            return
        self._terms.add(np.frombuffer(b"".join(terms), np.uint8))
        self._sizes.append(np.fromiter(map(len, terms), np.uint32, len(terms)))
        counts, documents = posted.counts, posted.documents
        starts = np.cumsum(counts) - counts
        deltas = np.diff(documents, prepend=0)
        deltas[starts] = documents[starts]
        forms = self._lists["docs"].add(deltas, counts)
        if posted.frequencies is not None and posted.places is not None:
            totals = np.add.reduceat(posted.frequencies, starts)
            forms |= self._lists["tfs"].add(posted.frequencies, counts, ones=True) << SHIFTS["tfs"]
            forms |= self._lists["places"].add(posted.places, totals) << SHIFTS["places"]
        self._counts.append(counts.astype(np.uint32))
        self._forms.append(forms.astype(np.uint8))

    def finish(self, writer: ArrayWriter) -> None:
        """Write the field."""
        self._terms.move(f"{self._name}/terms", writer)
        add_numbers(writer, f"{self._name}/ends", np.concatenate(([0], np.cumsum(join(self._sizes), dtype=np.intp))))
        add_numbers(writer, f"{self._name}/counts", join(self._counts))
        add_numbers(writer, f"{self._name}/forms", join(self._forms))
        for part, lists in self._lists.items():
            lists.finish(f"{self._name}/{part}", writer)


class OrdinalWriter:
    """The values of a field by document, in the making: pairs of a document and the number of a value."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._values = 0
        self._pairs: list[NDArray[np.uint64]] = []

    def add(self, counts: Numbers, documents: Numbers) -> None:
        """Take further values with their documents."""
        numbers = np.repeat(np.arange(self._values, self._values + len(counts)), counts)
        self._pairs.append(documents.astype(np.uint64) << np.uint64(32) | numbers.astype(np.uint64))
        self._values += len(counts)

    def finish(self, writer: ArrayWriter, size: int) -> None:
        """Write the values of so many documents."""
        pairs = np.sort(np.concatenate(self._pairs)) if self._pairs else np.zeros(0, np.uint64)
        documents = (pairs >> np.uint64(32)).astype(np.intp)
        numbers = (pairs & np.uint64(0xffffffff)).astype(np.intp)
        counts = np.bincount(documents, minlength=size)
        if size == 0 or counts.max() <= 1:
            single = np.zeros(size, np.intp)
            single[documents] = numbers + 1
            add_numbers(writer, f"{self._name}/single", single)
        else:
            add_numbers(writer, f"{self._name}/starts", np.concatenate(([0], np.cumsum(counts))))
            add_numbers(writer, f"{self._name}/numbers", numbers)


class LetterWriter:
    """What sifts the words of a field before any is read: which letters each has, and how many characters."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._letters: list[NDArray[Any]] = []
        self._sizes: list[NDArray[Any]] = []

    def add(self, words: Sequence[bytes]) -> None:
        """Take further words."""
        if not words:
            return
        content = np.frombuffer(b"".join(words), np.uint8)
        sizes = np.fromiter(map(len, words), np.intp, len(words))
        starts = np.cumsum(sizes) - sizes
        letters = np.bitwise_or.reduceat(np.uint32(1) << (content & 31).astype(np.uint32), starts)
        for number in np.flatnonzero(np.maximum.reduceat(content, starts) > 0x7f).tolist():
            word = words[number].decode("utf-8", "surrogatepass")
            letters[number], sizes[number] = find_letters(word), len(word)
        self._letters.append(letters)
        self._sizes.append(np.minimum(sizes, LONGEST).astype(np.uint8))

    def finish(self, writer: ArrayWriter) -> None:
        """Write what was found."""
        letters = np.concatenate(self._letters) if self._letters else np.zeros(0, np.uint32)
        writer.add(f"{self._name}/letters", "I", letters.astype("I").tobytes())
        writer.add(f"{self._name}/sizes", "B", join(self._sizes).astype("B").tobytes())


def join(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Arrays one after another."""
    return np.concatenate(parts) if parts else np.zeros(0, np.intp)


def add_numbers(writer: ArrayWriter, name: str, numbers: NDArray[Any]) -> None:
    """Write numbers in the narrowest type that holds all."""
    most = int(numbers.max()) if len(numbers) else 0
    code = next(code for code, limit in (("B", 1 << 8), ("H", 1 << 16), ("I", 1 << 32), ("Q", 1 << 64)) if most < limit)
    writer.add(name, code, numbers.astype(code, copy=False).tobytes())
