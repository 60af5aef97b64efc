"""The projections: receipts, stock counts, shift totals, and the snapshot a start goes on from.

They live in a file of their own, follow the journal by a cursor, and can be thrown away: `kasse rebuild` makes them
again. The file is written without waiting for the disk (synchronous=NORMAL in WAL: never inconsistent, the newest may
be missing after a power cut and is then caught up), so an SD card is not worn by indexes.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import apsw
import msgspec

from terminal.app.ports.journal import JournalError
from terminal.app.ports.views import ReceiptHead, ShiftTotals
from terminal.domain.events import (
    AnyEvent,
    PaymentCancelled,
    PaymentDeclined,
    PaymentDone,
    PaymentIntended,
    PaymentReversed,
    SaleClosed,
)
from terminal.domain.item import Quantity
from terminal.domain.money import Amount
from terminal.domain.pricing import vat_table
from terminal.domain.receipt import Receipt
from terminal.domain.sale import AccountTender, CashTender, OtherTender, PaymentTender, Tender
from terminal.domain.till import TillState

from .entry import Entry, decode
from .folder import VIEWS
from .journal import SqliteJournal, explain

log = logging.getLogger(__name__)
T = TypeVar("T")

FILE = VIEWS
VERSION = 6
"""A file of another number is thrown away and made again: projections need no migrations.

To be counted up with every change of what is projected, of TillState, and of what evolve makes of old entries.
"""
DISPOSABLE = (apsw.CorruptError, apsw.NotADBError, apsw.SQLError)
"""Errors that say that the file holds something else than it should: it is made again."""
BATCH = 500
SNAPSHOT_EVERY = 256
"""Entries. Bounds the tail that a start replays."""

_PROJECTED = ("sale-closed/", "payment-")

_SCHEMA = """
CREATE TABLE cursor(id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE TABLE snapshot(id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash BLOB NOT NULL,
    body BLOB NOT NULL, digest BLOB NOT NULL) STRICT;
CREATE TABLE receipts(number INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at INTEGER NOT NULL, total INTEGER NOT NULL,
    lines INTEGER NOT NULL) STRICT;
CREATE TABLE returned(receipt INTEGER, line INTEGER, quantity INTEGER NOT NULL, money INTEGER NOT NULL,
    PRIMARY KEY (receipt, line)) STRICT, WITHOUT ROWID;
CREATE TABLE given_back(receipt INTEGER, tender INTEGER, money INTEGER NOT NULL, PRIMARY KEY (receipt, tender))
    STRICT, WITHOUT ROWID;
CREATE TABLE credits(kind TEXT, number TEXT, money INTEGER NOT NULL, PRIMARY KEY (kind, number)) STRICT, WITHOUT ROWID;
CREATE TABLE holds(intent INTEGER PRIMARY KEY, number TEXT NOT NULL, money INTEGER NOT NULL,
    back INTEGER NOT NULL) STRICT;
CREATE TABLE vouchers(kind TEXT, reference TEXT, PRIMARY KEY (kind, reference)) STRICT, WITHOUT ROWID;
CREATE TABLE shift_other(name TEXT PRIMARY KEY, money INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE sold(sku TEXT PRIMARY KEY, quantity INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE shift(id INTEGER PRIMARY KEY CHECK (id = 1), receipts INTEGER NOT NULL, sales INTEGER NOT NULL,
    returns INTEGER NOT NULL, discounts INTEGER NOT NULL, cash INTEGER NOT NULL, card INTEGER NOT NULL,
    rounding INTEGER NOT NULL) STRICT;
CREATE TABLE shift_vat(rate INTEGER PRIMARY KEY, gross INTEGER NOT NULL, vat INTEGER NOT NULL) STRICT;
INSERT INTO shift VALUES (1, 0, 0, 0, 0, 0, 0, 0);
"""


class SqliteViews:
    """The open projections. `app.ports.views.Views`."""

    def __init__(self, folder: Path, journal: SqliteJournal) -> None:
        """Open `folder`/views.sqlite. One that is damaged or another journal's is begun anew. Raises JournalError."""
        self.path = folder / FILE
        self._journal = journal
        self.seq = 0
        is_new = not self.path.exists()
        with self._explained():
            try:
                self._connect()
                misfit = self._misfit()
            except DISPOSABLE as error:
                misfit = f"they are damaged ({error})"
            if misfit:
                if not is_new:
                    log.warning("the projections are made again: %s", misfit)
                self._begin()

    def load_state(self) -> tuple[TillState, int]:
        """The newest snapshot and its number: a start replays the entries above it. (TillState(), 0) if none fits."""
        rows = self._run(lambda: tuple(self._db.execute("SELECT seq, hash, body, digest FROM snapshot")))
        for seq, digest_of_entry, body, digest in rows:
            if self._journal.hash_at(seq) != digest_of_entry:
                log.warning("the snapshot is another journal's: replaying the whole journal")
                break
            if hashlib.sha256(body).digest() != digest:
                log.warning("the snapshot is damaged: replaying the whole journal")
                break
            try:
                return msgspec.json.decode(body, type=TillState), seq
            except (msgspec.DecodeError, msgspec.ValidationError) as error:
                log.warning("the snapshot cannot be read (%s): replaying the whole journal", error)
        return TillState(), 0

    def save_state(self, state: TillState, *, force: bool = False) -> None:
        """Keep a snapshot of `state`, which must be the state at the journal's newest entry."""
        rows = self._run(lambda: tuple(self._db.execute("SELECT seq FROM snapshot")))
        behind = self._journal.seq - (rows[0][0] if rows else 0)
        if behind < (1 if force else SNAPSHOT_EVERY):
            return
        body = msgspec.json.encode(state)
        row = (self._journal.seq, self._journal.hash, body, hashlib.sha256(body).digest())
        self._run(lambda: self._db.execute("INSERT OR REPLACE INTO snapshot VALUES (1, ?, ?, ?, ?)", row))

    @property
    def behind(self) -> int:
        """How many entries are not in the projections yet."""
        return int(self._journal.seq - self.seq)

    def catch_up(self, limit: int | None = None) -> None:
        """Bring the projections up to the journal (or by at most `limit` entries), in batches. Raises JournalError."""
        left = self.behind if limit is None else min(limit, self.behind)
        while left > 0:
            step = min(BATCH, left)
            self._run(partial(self._apply, step))
            left -= step

    def receipt(self, number: int) -> Receipt | None:
        """See the port."""
        rows = self._rows("SELECT seq FROM receipts WHERE number = ?", number)
        if not rows:
            return None
        entry = next(self._journal.read(rows[0][0] - 1, 1))
        event = _decode(entry)
        return event.receipt if isinstance(event, SaleClosed) else None

    def recent(self, limit: int) -> tuple[ReceiptHead, ...]:
        """See the port."""
        rows = self._rows("SELECT number, at, total, lines FROM receipts ORDER BY number DESC LIMIT ?", limit)
        return tuple(ReceiptHead(number, at, Amount(total), lines) for number, at, total, lines in rows)

    def returned(self, receipt: int) -> dict[int, Quantity]:
        """See the port."""
        return dict(self._rows("SELECT line, quantity FROM returned WHERE receipt = ?", receipt))

    def refunded(self, receipt: int) -> dict[int, Amount]:
        """See the port."""
        return dict(self._rows("SELECT line, money FROM returned WHERE receipt = ?", receipt))

    def given_back(self, receipt: int) -> dict[int, Amount]:
        """See the port."""
        return dict(self._rows("SELECT tender, money FROM given_back WHERE receipt = ?", receipt))

    def gift_card(self, number: str) -> Amount | None:
        """See the port."""
        rows = self._rows("SELECT money FROM credits WHERE kind = 'gift-card' AND number = ?", number)
        if not rows:
            return None
        held = self._rows("SELECT total(money) FROM holds WHERE number = ? AND NOT back", number)
        return Amount(rows[0][0] - int(held[0][0]))

    def owed(self, customer: str) -> Amount:
        """See the port."""
        rows = self._rows("SELECT money FROM credits WHERE kind = 'account' AND number = ?", customer)
        return Amount(-rows[0][0] if rows else 0)

    def voucher_used(self, kind: str, reference: str) -> bool:
        """See the port."""
        return bool(self._rows("SELECT 1 FROM vouchers WHERE kind = ? AND reference = ?", kind, reference))

    def sold(self, sku: str) -> Quantity:
        """See the port."""
        rows = self._rows("SELECT quantity FROM sold WHERE sku = ?", sku)
        return int(rows[0][0]) if rows else 0

    def shift(self) -> ShiftTotals:
        """See the port."""
        names = "receipts, sales, returns, discounts, cash, card, rounding"
        row = self._rows(f"SELECT {names} FROM shift")[0]  # noqa: S608 (fixed names)
        vat = self._rows("SELECT rate, gross, vat FROM shift_vat ORDER BY rate DESC")
        other = dict(self._rows("SELECT name, money FROM shift_other ORDER BY name"))
        return ShiftTotals(**dict(zip(names.split(", "), row, strict=True)), other=other, vat=vat)

    def throw_away(self) -> None:
        """Delete the file and begin it anew, empty. Raises JournalError."""
        with self._explained():
            self._begin()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _rows(self, query: str, *values: int | str) -> tuple[Any, ...]:
        """The rows of a query, after catching up."""
        self.catch_up()
        return self._run(lambda: tuple(self._db.execute(query, values)))

    def _run(self, work: Callable[[], T]) -> T:
        """Do something with the file. If that finds it damaged: once more, on a file made again."""
        with self._explained():
            try:
                return work()
            except DISPOSABLE as error:
                log.warning("the projections are made again: they are damaged (%s)", error)
        with self._explained():
            self._begin()
            while self.behind:
                self._apply(BATCH)
            return work()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Failures of the disk are the journal's too: one sentence, and the till stops."""
        try:
            yield
        except apsw.Error as error:
            raise JournalError(explain(error, self.path)) from error

    def _connect(self) -> None:
        self._db = apsw.Connection(str(self.path))
        self._db.set_busy_timeout(5000)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA cache_size = -256")

    def _misfit(self) -> str:
        """Why the file's content is not this journal's; empty when it is."""
        if self._db.pragma("user_version") != VERSION:
            return "another version of this program made them"
        row = next(iter(self._db.execute("SELECT seq, hash FROM cursor")), None)
        if row is None or (type(row[0]), type(row[1])) != (int, bytes):
            return "they have no cursor"
        if row[0] > self._journal.seq:
            return f"they are ahead (at entry {row[0]}) of the journal (at {self._journal.seq}): it is an older copy"
        if self._journal.hash_at(row[0]) != row[1]:
            return "they belong to another journal"
        self.seq = int(row[0])
        return ""

    def _begin(self) -> None:
        self._db.close()
        # A WAL that stays behind would be played into the new file: it goes first.
        for name in (FILE + "-wal", FILE + "-shm", FILE):
            self.path.with_name(name).unlink(missing_ok=True)
        self._connect()
        with self._db:
            self._db.execute(_SCHEMA)
            self._db.pragma("user_version", VERSION)
            self._db.execute("INSERT INTO cursor VALUES (1, 0, ?)", (self._journal.hash_at(0),))
        self.seq = 0

    def _apply(self, count: int) -> None:
        last = None
        with self._db:
            for entry in self._journal.read(self.seq, count):
                if entry.kind.startswith(_PROJECTED):
                    self._project(entry.seq, _decode(entry))
                last = entry
            if last is not None:
                self._db.execute("UPDATE cursor SET seq = ?, hash = ?", (last.seq, last.hash))
        if last is not None:
            self.seq = last.seq

    def _project(self, seq: int, event: AnyEvent) -> None:
        match event:
            case SaleClosed():
                if event.settles is not None:
                    self._moved(event.settles)
                self._receipt(seq, event.receipt)
            case PaymentIntended(intent=intent) if intent.means == "gift-card":
                row = (intent.id, intent.account, intent.amount, int(intent.purpose != "pay"))
                self._db.execute("INSERT OR REPLACE INTO holds VALUES (?, ?, ?, ?)", row)
            case PaymentDone():
                self._moved(event)
            case PaymentDeclined() | PaymentCancelled() | PaymentReversed():
                self._db.execute("DELETE FROM holds WHERE intent = ?", (event.intent,))
            case _:
                pass  # changes nothing that is looked up

    def _moved(self, done: PaymentDone) -> None:
        """What a gift card's payment held back is now off the card, or on it."""
        held = next(iter(self._db.execute("SELECT number, back FROM holds WHERE intent = ?", (done.intent,))), None)
        if held is not None:
            self._db.execute("DELETE FROM holds WHERE intent = ?", (done.intent,))
            self._credit("gift-card", held[0], done.approval.amount * (1 if held[1] else -1))

    def _credit(self, kind: str, number: str, money: int) -> None:
        self._db.execute(
            "INSERT INTO credits VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET money = money + excluded.money",
            (kind, number, money),
        )

    def _receipt(self, seq: int, receipt: Receipt) -> None:
        run = self._db.execute
        head = (receipt.number, seq, receipt.moment.at, receipt.total, len(receipt.lines))
        run("INSERT OR REPLACE INTO receipts VALUES (?, ?, ?, ?, ?)", head)
        for line in receipt.lines:
            run(
                "INSERT INTO sold VALUES (?, ?) ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity",
                (line.sku, line.quantity),
            )
            if line.returned_receipt:
                run(
                    "INSERT INTO returned VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                    " quantity = quantity + excluded.quantity, money = money + excluded.money",
                    (line.returned_receipt, line.returned_line, -line.quantity, -line.amount),
                )
            if line.credit is not None:
                self._credit(line.credit.kind, line.credit.number, line.amount)
        for tender in receipt.tenders:
            self._tender(tender)
        cash = sum(tender.tendered - tender.change for tender in receipt.tenders if isinstance(tender, CashTender))
        cards = (tender for tender in receipt.tenders if isinstance(tender, PaymentTender) and tender.means == "card")
        card = sum(tender.moved for tender in cards)
        run(
            "UPDATE shift SET receipts = receipts + 1, sales = sales + ?, returns = returns + ?,"
            " discounts = discounts + ?, cash = cash + ?, card = card + ?, rounding = rounding + ?",
            (receipt.sold, receipt.given_back, receipt.discount, cash, card, receipt.rounding),
        )
        # What a single-purpose gift card has paid was taxed when the card was sold.
        taxed = [
            (t.vat_paid, Amount(-t.amount)) for t in receipt.tenders if isinstance(t, PaymentTender) and t.vat_paid
        ]
        for vat in (*receipt.vat, *vat_table(taxed)):
            run(
                "INSERT INTO shift_vat VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
                " gross = gross + excluded.gross, vat = vat + excluded.vat",
                (vat.rate, vat.gross, vat.vat),
            )

    def _tender(self, tender: Tender) -> None:
        run = self._db.execute
        if tender.of is not None and tender.of.receipt:
            run(
                "INSERT INTO given_back VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET money = money + excluded.money",
                (tender.of.receipt, tender.of.tender, -tender.amount),
            )
        match tender:
            case AccountTender():
                self._credit("account", tender.customer, -tender.amount)
                name = "account"
            case OtherTender():
                if tender.reference:
                    used = tender.amount > 0
                    change = "INSERT OR IGNORE INTO vouchers VALUES (?, ?)"
                    gone = "DELETE FROM vouchers WHERE kind = ? AND reference = ?"
                    run(change if used else gone, (tender.kind, tender.reference))
                name = tender.name
            case PaymentTender():
                name = "" if tender.means == "card" else tender.means
            case CashTender():
                name = ""
        if name:
            run(
                "INSERT INTO shift_other VALUES (?, ?) ON CONFLICT DO UPDATE SET money = money + excluded.money",
                (name, tender.amount),
            )


def _decode(entry: Entry) -> AnyEvent:
    try:
        return decode(entry.body)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise JournalError(f"entry {entry.seq} ({entry.kind}) cannot be read: {error}") from error


def followed(folder: Path) -> tuple[int, bytes] | None:
    """How far the projections in a folder have followed its journal: (seq, hash); None if that cannot be told."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            return next(iter(db.execute("SELECT seq, hash FROM cursor")), None)
        finally:
            db.close()
    except apsw.Error as error:
        log.info("%s cannot be read: %s", path, error)
        return None
