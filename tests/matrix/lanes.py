"""A cell's till: a folder, the process that holds it, and what its journal says afterwards."""

import signal
from collections import Counter
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import anyio
import anyio.to_thread
import msgspec

from terminal.domain import events as e
from terminal.domain.till import TillState
from terminal.sim.payment_faults import PaymentSim
from terminal.store.entry import decode
from terminal.store.journal import SqliteJournal
from terminal.store.replay import replay
from terminal.store.verify import verify
from tests.matrix.beds import Bed, LocalGifts
from tests.matrix.till_process import SAID, Death, Make, Order, run

AT_ONCE = 8
"""Cells at a time: they mostly wait."""
LONGEST = 60.0
"""Seconds for anything in a cell; a cell that takes so long has failed."""

COUNTED: Counter[str] = Counter()
"""Cells by kind, for the line at the end of the run."""


class Books(msgspec.Struct, frozen=True):
    """What the journal says."""

    state: TillState
    moved: dict[int, int]
    """Intent to signed øre."""
    problems: tuple[str, ...]
    """What verify finds."""


def read(folder: Path) -> Books:
    """Read a journal that no process holds."""
    journal = SqliteJournal(folder)
    try:
        events = [decode(entry.body) for entry in journal.read(0)]
        signs = {
            event.intent.id: 1 if event.intent.purpose == "pay" else -1
            for event in events
            if isinstance(event, e.PaymentIntended)
        }
        done = [event for event in events if isinstance(event, e.PaymentDone)]
        done += [event.settles for event in events if isinstance(event, e.SaleClosed) and event.settles is not None]
        moved = {each.intent: signs[each.intent] * (each.approval.amount + each.approval.tip) for each in done}
        assert len(moved) == len(done), "a payment is done twice"
        return Books(replay(journal, TillState(), 0), moved, verify(journal).problems)
    finally:
        journal.close()


class Lane:
    """One cell's till: a folder and whatever process holds it."""

    def __init__(self, folder: Path, bed: Bed | LocalGifts, make: Make, context: ForkServerContext) -> None:
        self.folder, self._bed, self._make, self._context = folder, bed, make, context

    async def does(self, order: Order, *, kill_when: PaymentSim | None = None, death: Death | None = None) -> bool:
        """Run a process to its end, or kill it when a fault has struck, or at an entry. Whether it was killed."""
        before = kill_when.struck if kill_when is not None else 0
        process: ForkServerProcess = self._context.Process(
            target=run, args=(str(self.folder), self._bed.means, self._make, order, death)
        )
        await anyio.to_thread.run_sync(process.start)
        try:
            with anyio.fail_after(LONGEST):
                while process.is_alive():
                    if kill_when is not None and kill_when.struck > before:
                        process.kill()
                        kill_when = None
                    await anyio.sleep(0.003)
        finally:
            process.kill()
            await anyio.to_thread.run_sync(process.join)
            killed = process.exitcode == -signal.SIGKILL
            process.close()
        return killed


def said(folder: Path) -> str:
    """The end of what a cell's tills have written to stderr."""
    files = sorted(folder.rglob(SAID))
    return files[-1].read_text()[-300:] if files else ""
