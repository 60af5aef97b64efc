"""Reads a file of comma-separated values of any maker: finds out its encoding and delimiter, and streams its rows.

    FileRefused     the file as a whole cannot be read; nothing was imported

Encodings: UTF-8 with or without a byte-order mark, UTF-16 with one (a spreadsheet's "Unicode text"), else
Windows-1252. Memory is bounded whatever the file holds: lines, records and the file itself have limits.
"""

import codecs
import csv
import io
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec

MOST_BYTES = 512 * 1024 * 1024
"""A shop's export with 100,000 long descriptions is about 300 MB."""
LONGEST_LINE = 1024 * 1024
LONGEST_RECORD = 4 * LONGEST_LINE
MOST_COLUMNS = 2000
"""WooCommerce adds a column for each custom field of each plug-in."""

_CHUNK = 256 * 1024


class FileRefused(Exception):
    """The file cannot be read at all. The message is one clear sentence that names it."""


class BrokenQuotes(Exception):
    """The quotes in the file do not fit; what follows cannot be told apart. `line` is where."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}: the quotes do not fit")
        self.line = line


class Table(msgspec.Struct, frozen=True):
    """What a file is. `header` holds the columns' names as they stand there, without white space around."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]


Row = tuple[int, list[str]]
"""The line the record begins on, from 1, and its values."""


def look_at(path: Path) -> Table:
    """Find out what the file is; reads it through once. Raises FileRefused."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileRefused(f"{path} is no file")
        encoding = _encoding(path)
        with path.open(encoding=encoding, newline="") as file:
            head = _header_line(_Lines(path, file))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise FileRefused(f"{path} cannot be read: {why}") from error
    delimiter = max(",;\t", key=lambda each: len(_split(head, each)))
    header = tuple(name.strip() for name in _split(head, delimiter))
    if len(header) > MOST_COLUMNS:
        raise FileRefused(f"{path} has more than {MOST_COLUMNS} columns")
    return Table(path, encoding, delimiter, header)


def rows(table: Table) -> Iterator[Row]:
    """Its records after the header, as they stand there; empty lines are left out. Raises FileRefused, BrokenQuotes."""
    try:
        with table.path.open(encoding=table.encoding, newline="") as file:
            lines = _Lines(table.path, file)
            _header_line(lines)
            yield from _records(lines, table.delimiter)
    except OSError as error:
        raise FileRefused(f"{table.path} cannot be read: {error.strerror}") from error


class _Lines:
    """The file's lines, counted, each and each record's sum bounded."""

    def __init__(self, path: Path, file: io.TextIOWrapper) -> None:
        self.number = 0
        self.record = 0
        """Characters since the record began; whoever knows where records end sets it back."""
        self.path = path
        self._file = file

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._file.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        self.record += len(line)
        if len(line) >= LONGEST_LINE or self.record > LONGEST_RECORD:
            raise FileRefused(f"{self.path} has a line without end at {self.number}: that is no list of items")
        return line


def _encoding(path: Path) -> str:
    size = 0
    with path.open("rb") as file:
        start = file.read(4)
        bom = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}.get(start[:2])
        candidates = [bom] if bom else ["utf-8-sig", "cp1252"]
        decoders = {name: codecs.getincrementaldecoder(name)() for name in candidates}
        file.seek(0)
        while decoders:
            chunk = file.read(_CHUNK)
            size += len(chunk)
            if size > MOST_BYTES:
                raise FileRefused(f"{path} is larger than {MOST_BYTES // 1024 // 1024} MB: that is no list of items")
            for name, decoder in list(decoders.items()):
                try:
                    decoder.decode(chunk, final=not chunk)
                except UnicodeDecodeError:
                    del decoders[name]
            if not chunk:
                break
    if not decoders:
        raise FileRefused(f"{path} is no text: it is neither UTF-8 nor Windows-1252. Save it as CSV UTF-8")
    return next(iter(decoders))


def _header_line(lines: _Lines) -> str:
    """The first line with something in it; a spreadsheet's 'sep=;' is passed over."""
    for line in lines:
        if line.strip() and not line.lower().startswith("sep="):
            return line
    raise FileRefused(f"{lines.path} is empty")


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _records(lines: _Lines, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        begins = lines.number + 1
        lines.record = 0
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BrokenQuotes(begins) from error
        if any(row):
            yield begins, row
