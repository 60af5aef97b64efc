"""The projections: receipts, stock counts, shift totals, and the snapshot a start goes on from.

They live in a file of their own, follow the journal by a cursor, and can be thrown away: `kasse rebuild` makes them
again. The file is written without waiting for the disk (synchronous=NORMAL in WAL: never inconsistent, the newest may
be missing after a power cut and is then caught up), so an SD card is not worn by indexes.
"""

import logging
from pathlib import Path

import apsw
import msgspec

from terminal.app.ports.views import ReceiptHead, ShiftTotals
from terminal.domain.events import SaleClosed
from terminal.domain.item import Quantity
from terminal.domain.money import Amount
from terminal.domain.receipt import Receipt
from terminal.domain.sale import CardTender, CashTender
from terminal.domain.till import TillState

from .entry import decode
from .journal import SqliteJournal

log = logging.getLogger(__name__)

FILE = "views.sqlite"
VERSION = 2
"""A file of another number is thrown away and made again: projections need no migrations."""
BATCH = 500
SNAPSHOT_EVERY = 256
"""Entries. Bounds the tail that a start replays."""

_SCHEMA = """
CREATE TABLE cursor(id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE TABLE snapshot(id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash BLOB NOT NULL,
    body BLOB NOT NULL) STRICT;
CREATE TABLE receipts(number INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at INTEGER NOT NULL, total INTEGER NOT NULL,
    lines INTEGER NOT NULL) STRICT;
CREATE TABLE returned(receipt INTEGER, line INTEGER, quantity INTEGER NOT NULL, money INTEGER NOT NULL,
    PRIMARY KEY (receipt, line)) STRICT, WITHOUT ROWID;
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
        self.path = folder / FILE
        self._journal = journal
        self._open()
        if not self._fits():
            log.warning("the projections do not belong to this journal: making them again")
            self.throw_away()

    def load_state(self) -> tuple[TillState, int]:
        """The newest snapshot and its number: a start replays the entries above it. (TillState(), 0) if none fits."""
        row = next(iter(self._db.execute("SELECT seq, hash, body FROM snapshot")), None)
        if row is None or self._journal.hash_at(row[0]) != row[1]:
            return TillState(), 0
        try:
            return msgspec.json.decode(row[2], type=TillState), row[0]
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            log.warning("the snapshot cannot be read (%s): replaying the whole journal", error)
            return TillState(), 0

    def save_state(self, state: TillState, *, force: bool = False) -> None:
        """Keep a snapshot of `state`, which must be the state at the journal's newest entry."""
        row = next(iter(self._db.execute("SELECT seq FROM snapshot")), (0,))
        if self._journal.seq - row[0] < SNAPSHOT_EVERY and not (force and self._journal.seq > row[0]):
            return
        body = msgspec.json.encode(state)
        self._db.execute(
            "INSERT OR REPLACE INTO snapshot VALUES (1, ?, ?, ?)", (self._journal.seq, self._journal.hash, body)
        )

    @property
    def behind(self) -> int:
        """How many entries are not in the projections yet."""
        return int(self._journal.seq - self.seq)

    def catch_up(self, limit: int | None = None) -> None:
        """Bring the projections up to the journal (or by at most `limit` entries), in batches."""
        left = self.behind if limit is None else min(limit, self.behind)
        while left > 0:
            step = min(BATCH, left)
            self._apply(step)
            left -= step

    def receipt(self, number: int) -> Receipt | None:
        """See the port."""
        self.catch_up()
        row = next(iter(self._db.execute("SELECT seq FROM receipts WHERE number = ?", (number,))), None)
        if row is None:
            return None
        entry = next(self._journal.read(row[0] - 1, 1))
        event = decode(entry.body)
        return event.receipt if isinstance(event, SaleClosed) else None

    def recent(self, limit: int) -> tuple[ReceiptHead, ...]:
        """See the port."""
        self.catch_up()
        rows = self._db.execute("SELECT number, at, total, lines FROM receipts ORDER BY number DESC LIMIT ?", (limit,))
        return tuple(ReceiptHead(number, at, Amount(total), lines) for number, at, total, lines in rows)

    def returned(self, receipt: int) -> dict[int, Quantity]:
        """See the port."""
        self.catch_up()
        return dict(self._db.execute("SELECT line, quantity FROM returned WHERE receipt = ?", (receipt,)))

    def refunded(self, receipt: int) -> dict[int, Amount]:
        """See the port."""
        self.catch_up()
        return dict(self._db.execute("SELECT line, money FROM returned WHERE receipt = ?", (receipt,)))

    def sold(self, sku: str) -> Quantity:
        """See the port."""
        self.catch_up()
        row = next(iter(self._db.execute("SELECT quantity FROM sold WHERE sku = ?", (sku,))), (0,))
        return int(row[0])

    def shift(self) -> ShiftTotals:
        """See the port."""
        self.catch_up()
        names = "receipts, sales, returns, discounts, cash, card, rounding"
        row = next(iter(self._db.execute(f"SELECT {names} FROM shift")))  # noqa: S608 (fixed names)
        vat = tuple(self._db.execute("SELECT rate, gross, vat FROM shift_vat ORDER BY rate DESC"))
        return ShiftTotals(**dict(zip(names.split(", "), row, strict=True)), vat=vat)

    def throw_away(self) -> None:
        """Delete the file and begin it anew, empty."""
        self._db.close()
        for path in (self.path, self.path.with_name(FILE + "-wal"), self.path.with_name(FILE + "-shm")):
            path.unlink(missing_ok=True)
        self._open()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _open(self) -> None:
        try:
            self._db = self._connect()
            version = self._db.pragma("user_version")
        except (apsw.CorruptError, apsw.NotADBError) as error:
            log.warning("the projections are damaged (%s): making them again", error)
            self.path.unlink()
            self._db = self._connect()
            version = 0
        if version not in (0, VERSION):
            self._db.close()
            self.path.unlink()
            self._db = self._connect()
            version = 0
        if version == 0:
            with self._db:
                self._db.execute(_SCHEMA)
                self._db.pragma("user_version", VERSION)
                start = self._journal.hash_at(0)
                self._db.execute("INSERT INTO cursor VALUES (1, 0, ?)", (start,))
        self.seq = int(next(iter(self._db.execute("SELECT seq FROM cursor")))[0])

    def _connect(self) -> apsw.Connection:
        db = apsw.Connection(str(self.path))
        db.set_busy_timeout(5000)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA cache_size = -256")
        return db

    def _fits(self) -> bool:
        row = next(iter(self._db.execute("SELECT seq, hash FROM cursor")))
        return bool(self._journal.hash_at(row[0]) == row[1])

    def _apply(self, count: int) -> None:
        last = None
        with self._db:
            for entry in self._journal.read(self.seq, count):
                if entry.kind.startswith("sale-closed/"):
                    event = decode(entry.body)
                    if isinstance(event, SaleClosed):
                        self._receipt(entry.seq, event.receipt)
                last = entry
            if last is not None:
                self._db.execute("UPDATE cursor SET seq = ?, hash = ?", (last.seq, last.hash))
        if last is not None:
            self.seq = last.seq

    def _receipt(self, seq: int, receipt: Receipt) -> None:
        run = self._db.execute
        head = (receipt.number, seq, receipt.moment.at, receipt.total, len(receipt.lines))
        run("INSERT INTO receipts VALUES (?, ?, ?, ?, ?)", head)
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
        cash = sum(tender.tendered - tender.change for tender in receipt.tenders if isinstance(tender, CashTender))
        card = sum(tender.amount for tender in receipt.tenders if isinstance(tender, CardTender))
        run(
            "UPDATE shift SET receipts = receipts + 1, sales = sales + ?, returns = returns + ?,"
            " discounts = discounts + ?, cash = cash + ?, card = card + ?, rounding = rounding + ?",
            (receipt.sold, receipt.given_back, receipt.discount, cash, card, receipt.rounding),
        )
        for vat in receipt.vat:
            run(
                "INSERT INTO shift_vat VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
                " gross = gross + excluded.gross, vat = vat + excluded.vat",
                (vat.rate, vat.gross, vat.vat),
            )
