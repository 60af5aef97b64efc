"""`kasse bench start`: process start to ready, against a bare interpreter that imports the big libraries and no more;
and with a million journal entries against a thousand (`growth`)."""

from pathlib import Path

from terminal.app.changes import Changes
from terminal.app.till import Till
from terminal.domain.commands import AddItem, PayCash
from terminal.domain.events import TillStarted
from terminal.domain.item import Item
from terminal.domain.money import Amount
from terminal.domain.receipt import Seller
from terminal.domain.till import Setup, TillState
from terminal.host.clock import SystemClock
from terminal.store.journal import SqliteJournal
from terminal.store.views import SqliteViews

from . import Figures
from .daemon import Daemon, bare_interpreter, free_port, write_settings
from .figures import median

ROUNDS = 15
FEW, MANY = 1_000, 1_000_000


def measure(folder: Path, rounds: int = ROUNDS, many_entries: int = MANY) -> Figures:
    """All three alternately, after one round that warms the file cache."""
    few, many = folder / "few", folder / "many"
    few_settings, many_settings = _shop(few, FEW), _shop(many, many_entries)
    bare, with_few, with_many = [], [], []
    for round_ in range(rounds + 1):
        times = (bare_interpreter()[0], _start(few_settings), _start(many_settings))
        if round_:
            bare.append(times[0])
            with_few.append(times[1])
            with_many.append(times[2])
    return {
        "name": "start",
        "ratio": round(median(with_few) / median(bare), 3),
        "growth": round(median(with_many) / median(with_few), 3),
        "median_ms": round(median(with_few) * 1e3, 1),
        "bare_median_ms": round(median(bare) * 1e3, 1),
        "median_ms_with_many": round(median(with_many) * 1e3, 1),
        "entries": FEW,
        "entries_many": many_entries,
        "rounds": rounds,
    }


def _start(settings: Path) -> float:
    with Daemon(settings) as daemon:
        return daemon.started_in


def _shop(folder: Path, entries: int) -> Path:
    """A till's data with about `entries` journal entries of ten-line sales, as months of selling leave it."""
    data = folder / "data"
    data.mkdir(parents=True)
    settings = write_settings(folder, port=free_port())
    journal = SqliteJournal(data)
    # One transaction for all of it: how the entries came here is not what is measured.
    with journal.bulk():
        till = Till(TillState(), journal, SystemClock(), Setup(printer=False), Changes())
        till.record(TillStarted("bench", "1", "Anna", Seller("Torvets Købmand", "12345674")))
        items = [Item(f"{number}", f"Vare nummer {number}", Amount(1995)) for number in range(10)]
        while journal.seq < entries:
            for item in items:
                till.do(AddItem(item))
            till.do(PayCash(Amount(20_000)))
    views = SqliteViews(data, journal)
    views.catch_up()
    views.save_state(till.state)
    views.close()
    journal.close()
    return settings
