"""`kasse import-items`: a file of items becomes the catalogue, whole or not at all.

An import replaces the whole catalogue in one transaction and gives it the next revision; a running till sees it within
a second. One bad row, and nothing is changed: all bad rows are listed, so that one look at the file mends them.
"""

import difflib
import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Literal

import apsw
import msgspec

from terminal.app.ports.catalogue import Revision
from terminal.domain.item import CatalogueItem, Unit

from . import catalogue_rows as form_of
from .catalogue import COLUMNS, to_item
from .catalogue_csv import BrokenQuotes, FileRefused, Table, look_at, rows
from .catalogue_rows import SENTENCES, BadRowReason, Entry, LeftOut, ReadRow, RowError
from .catalogue_schema import FILE, fault, open_catalogue
from .catalogue_words import endings, fold

MOST_LISTED = 100
"""Bad rows that are listed; the others are counted."""

Form = Literal["auto", "plain", "woocommerce"]


class BadRow(msgspec.Struct, frozen=True):
    """One row that cannot be imported. `line` is the line of the file that it begins on, from 1."""

    line: int
    reason: BadRowReason
    detail: str = ""

    @property
    def sentence(self) -> str:
        """For a person."""
        return f"line {self.line}: {SENTENCES[self.reason].format(self.detail)}"


class ImportResult(msgspec.Struct, frozen=True):
    """What became of an import."""

    form: Literal["plain", "woocommerce"]
    encoding: str
    delimiter: str
    items: int
    """Good rows."""
    revision: Revision | None
    """The new catalogue's; None: there are bad rows, and nothing was changed."""
    bad: tuple[BadRow, ...] = ()
    """By line, the first MOST_LISTED."""
    more_bad: int = 0
    left_out: dict[LeftOut, int] = {}
    """Rows of WooCommerce's that are not for a till."""


class _Report:
    """Bad rows as they are found."""

    def __init__(self) -> None:
        self.bad: list[BadRow] = []
        self.count = 0
        self.left_out: Counter[LeftOut] = Counter()

    def add(self, line: int, reason: BadRowReason, detail: str = "") -> None:
        self.count += 1
        if len(self.bad) < MOST_LISTED:
            self.bad.append(BadRow(line, reason, _shown(detail)))


def import_items(path: Path, data_dir: Path, form: Form = "auto") -> ImportResult:
    """Replace the catalogue in `data_dir` by the file's items. Raises FileRefused and CatalogueError."""
    table = look_at(path)
    kind = _form(table, form)
    read = form_of.plain(table) if kind == "plain" else form_of.woocommerce(table, _parents(table))
    db, lock = open_catalogue(data_dir)
    try:
        return _replace(db, table, kind, read)
    except apsw.Error as error:
        raise fault(error, data_dir / FILE) from error
    finally:
        db.close()
        os.close(lock)


def _form(table: Table, form: Form) -> Literal["plain", "woocommerce"]:
    """Which of the two it is; refuses a header that lacks what the form needs, or names what it does not know."""
    names = [name.casefold() for name in table.header]
    if form == "auto":
        form = "woocommerce" if form_of.WOOCOMMERCE_NEEDED.issubset(names) else "plain"
    needed = form_of.PLAIN_NEEDED if form == "plain" else form_of.WOOCOMMERCE_NEEDED
    missing = needed - set(names)
    if missing:
        raise FileRefused(_no_form(table, missing))
    twice = [name for name, count in Counter(names).items() if count > 1 and name in needed | set(form_of.PLAIN)]
    if twice:
        raise FileRefused(f"{table.path} has the column '{twice[0]}' twice")
    unknown = [name for name in names if name and name not in form_of.PLAIN]
    if form == "plain" and unknown:
        near = difflib.get_close_matches(unknown[0][:64], form_of.PLAIN, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"there is {', '.join(form_of.PLAIN)}"
        raise FileRefused(f"{table.path} has a column '{_shown(unknown[0])}': {hint}")
    return form


def _no_form(table: Table, missing: frozenset[str]) -> str:
    found = ", ".join(_shown(name) for name in table.header[:12])
    return (
        f"{table.path} lacks the column '{min(missing)}' (found: {found}). Needed are sku, name and price; or"
        " WooCommerce's product export, made by a user whose language is English"
    )


def _shown(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text[:64])


def _parents(table: Table) -> dict[str, form_of.Parent]:
    try:
        return form_of.read_parents(table, rows(table))
    except BrokenQuotes:
        # Told when the items are read: then with all other bad rows.
        return {}


def _replace(db: apsw.Connection, table: Table, kind: Literal["plain", "woocommerce"], read: ReadRow) -> ImportResult:
    report = _Report()
    revision = None
    # The till's own 256 kB would write each page of the indexes many times over.
    db.execute("PRAGMA cache_size = -8192")
    db.execute("BEGIN IMMEDIATE")
    try:
        for statement in ("items", "codes", "departments"):
            db.execute(f"DELETE FROM {statement}")  # noqa: S608 (fixed names)
        db.execute("INSERT INTO words(words) VALUES ('delete-all')")
        items = _insert_all(db, _entries(table, read, report), report)
        _check_deposits(db, report)
        if report.count == 0:
            revision = _finish(db, table)
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT" if revision else "ROLLBACK")
    bad = tuple(sorted(report.bad, key=lambda each: each.line))
    more = report.count - len(bad)
    return ImportResult(kind, table.encoding, table.delimiter, items, revision, bad, more, dict(report.left_out))


def _entries(table: Table, read: ReadRow, report: _Report) -> Iterator[tuple[int, Entry]]:
    try:
        for line, row in rows(table):
            try:
                entry = read(row)
            except RowError as error:
                report.add(line, error.reason, error.detail)
                continue
            if isinstance(entry, LeftOut):
                report.left_out[entry] += 1
            else:
                yield line, entry
    except BrokenQuotes as broken:
        report.add(broken.line, BadRowReason.QUOTES)


def _insert_all(db: apsw.Connection, entries: Iterator[tuple[int, Entry]], report: _Report) -> int:
    """Insert what is good, each item at the position of its line; the number of items."""
    count = 0
    for line, entry in entries:
        item = entry.item
        db.execute(
            "INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING",
            (
                line,
                item.sku,
                item.name,
                item.price,
                item.vat_rate,
                item.unit.value,
                item.department,
                item.age_limit,
                item.deposit_sku,
            ),
        )
        if db.changes() == 0:
            report.add(line, BadRowReason.SKU_TWICE, item.sku)
            continue
        count += 1
        for key, text in entry.codes.items():
            db.execute("INSERT INTO codes VALUES (?, ?) ON CONFLICT DO NOTHING", (key, item.sku))
            if db.changes() == 0:
                report.add(line, BadRowReason.CODE_TWICE, text)
        name, numbers = fold(item.name), fold(" ".join((item.sku, *entry.codes.values())))
        db.execute(
            "INSERT INTO words(rowid, name, codes, endings) VALUES (?, ?, ?, ?)", (line, name, numbers, endings(name))
        )
    return count


def _check_deposits(db: apsw.Connection, report: _Report) -> None:
    """Every deposit is an item of the file, counted in pieces as what it is for, without a deposit of its own."""
    found = db.execute(
        "SELECT items.position, items.deposit_sku, deposit.unit, deposit.deposit_sku, items.unit FROM items"
        " LEFT JOIN items AS deposit ON deposit.sku = items.deposit_sku"
        " WHERE items.deposit_sku <> '' AND (deposit.sku IS NULL OR deposit.deposit_sku <> ''"
        " OR deposit.unit = 'gram' OR items.unit = 'gram')"
        " ORDER BY items.position"
    )
    for line, sku, unit, further, sold_by in found:
        match unit, further, sold_by:
            case None, _, _:
                report.add(line, BadRowReason.NO_DEPOSIT, sku)
            case Unit.GRAM, _, _:
                report.add(line, BadRowReason.DEPOSIT_WEIGHED, sku)
            case _, _, Unit.GRAM:
                report.add(line, BadRowReason.DEPOSIT_BY_WEIGHT, sku)
            case _:
                report.add(line, BadRowReason.DEPOSIT_OF_DEPOSIT, sku)


def _finish(db: apsw.Connection, table: Table) -> Revision:
    """Mark the deposit items, list the departments, number the revision."""
    db.execute("UPDATE items SET is_deposit = 1 WHERE sku IN (SELECT deposit_sku FROM items WHERE deposit_sku <> '')")
    db.execute(
        "INSERT INTO departments SELECT min(position), department FROM items"
        " WHERE is_deposit = 0 AND department <> '' GROUP BY department"
    )
    items, digest = _digest(db)
    number = int(db.execute("SELECT coalesce(max(number), 0) + 1 FROM revision").get)
    # A file name is bytes; what is not UTF-8 in it becomes question marks.
    source = os.fsencode(table.path.name).decode("utf-8", "replace")[:200]
    revision = Revision(number, items, digest, source)
    db.execute("INSERT INTO revision VALUES (?, ?, ?, ?)", msgspec.structs.astuple(revision))
    return revision


def _digest(db: apsw.Connection) -> tuple[int, str]:
    """The number of items, and SHA-256 over each as JSON of a CatalogueItem and a newline, in order of sku."""
    digest = hashlib.sha256()
    count = 0
    codes = groupby(db.execute("SELECT sku, key FROM codes ORDER BY sku, key"), key=itemgetter(0))
    of_sku, group = next(codes, ("", iter(())))
    for row in db.execute(f"SELECT {COLUMNS} FROM items ORDER BY sku"):  # noqa: S608 (fixed names)
        item = to_item(row)
        keys: tuple[str, ...] = ()
        if of_sku == item.sku:
            keys = tuple(key for _, key in group)
            of_sku, group = next(codes, ("", iter(())))
        digest.update(msgspec.json.encode(CatalogueItem(item, keys)) + b"\n")
        count += 1
    return count, digest.hexdigest()


_ENCODINGS = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}


def sentences(result: ImportResult) -> Iterator[str]:
    """What became of it, for a person."""
    for bad in result.bad:
        yield bad.sentence
    if result.more_bad:
        yield f"and {result.more_bad} more bad rows"
    for reason, count in result.left_out.items():
        yield f"{count} rows left out: {reason.value}"
    revision = result.revision
    if revision is not None:
        source = f"{result.form} form, {_ENCODINGS[result.encoding]}"
        yield f"{revision.items} items imported ({source}); the catalogue is now number {revision.number}"


def as_json(result: ImportResult) -> str:
    """The same for a program: one object."""
    bad = [{"line": row.line, "reason": row.reason, "sentence": row.sentence} for row in result.bad]
    return msgspec.json.encode({**msgspec.structs.asdict(result), "bad": bad}).decode()
