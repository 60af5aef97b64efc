"""`kasse bench sale-commit`: closing a ten-line sale durably, against one bare SQLite transaction of the same bytes."""

from pathlib import Path
from time import perf_counter

import apsw

from terminal.app.changes import Changes
from terminal.app.till import Till
from terminal.domain.commands import AddItem, PayCash
from terminal.domain.events import TillStarted
from terminal.domain.item import Item
from terminal.domain.money import Amount
from terminal.domain.pricing import price
from terminal.domain.receipt import Seller
from terminal.domain.till import Setup, TillState
from terminal.host.clock import SystemClock
from terminal.store.journal import SETTINGS, SqliteJournal

from . import Figures
from .figures import compared

ROUNDS = 1000


def measure(folder: Path, rounds: int = ROUNDS) -> Figures:
    """Both sides alternately."""
    journal = SqliteJournal(folder)
    till = Till(TillState(), journal, SystemClock(), Setup(printer=True, drawer=True), Changes())
    till.record(TillStarted("bench", "1", "Anna", Seller("Torvets Købmand", "12345674")))
    for number in range(10):
        till.do(AddItem(Item(f"{number}", f"Vare nummer {number}", Amount(1995), department="Kolonial")))
    ready = till.state
    # The screen that shows the total has priced the sale before anybody can pay it.
    price(ready.sales[ready.current].basket)
    bare = apsw.Connection(str(folder / "bare.sqlite"))
    for setting in SETTINGS:
        bare.execute(setting)
    bare.execute("CREATE TABLE bare(seq INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT")
    row = b""
    ours, theirs = [], []
    for _ in range(rounds):
        till.state = ready
        begun = perf_counter()
        till.do(PayCash(Amount(20_000)))
        ours.append(perf_counter() - begun)
        # The same bytes: the row's body, kind, two hashes and numbers.
        entry = next(journal.read(journal.seq - 1))
        row = b"".join((entry.body, entry.kind.encode(), entry.prev_hash, entry.hash, bytes(8)))
        begun = perf_counter()
        bare.execute("INSERT INTO bare(body) VALUES (?)", (row,))
        theirs.append(perf_counter() - begun)
    bare.close()
    journal.close()
    return {
        "name": "sale-commit",
        **compared(ours, theirs),
        "bytes": len(row),
        "rounds": rounds,
    }
