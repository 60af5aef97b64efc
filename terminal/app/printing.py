"""Printing and the drawer: carries out what the journal intends, once, and writes down what became of it."""

import logging
from typing import NoReturn

import anyio
import anyio.lowlevel

from terminal.domain import commands, events
from terminal.domain.document import Document
from terminal.domain.errors import Reason, SaleError
from terminal.domain.receipt import Receipt
from terminal.domain.till import PrintJob

from .changes import Changes
from .health import HealthBoard
from .ports.device import State
from .ports.drawer import Drawer
from .ports.printer import NotPrinted, Printed, Printer, PrintUnknown
from .receipt_layout import lay_out
from .till import Till

log = logging.getLogger(__name__)


class PrintDesk:
    """One printer's worker. A job that a cut left half done is never sent again by itself."""

    def __init__(self, till: Till, printer: Printer, changes: Changes, language: str) -> None:
        self._till = till
        self._printer = printer
        self._changes = changes
        self._language = language
        self._retry: set[int] = set()

    async def run(self) -> NoReturn:
        """Print what is queued, oldest first, for ever."""
        for left in tuple(self._till.state.jobs.values()):
            if left.state == "sending":
                self._till.record(events.PrintEnded(left.id, "unknown", "stopped"))
        seen = -1
        while True:
            job = self._next()
            if job is None:
                seen = await self._changes.wait(seen)
            else:
                # Who looks at the screen waits for the closing; paper takes its time anyway. Measured: laying out and
                # the row before it came 1.3 ms before the screen.
                await anyio.lowlevel.checkpoint()
                self._retry.discard(job.id)
                await self._print(job)

    def again(self, job_id: int) -> None:
        """A person (or the printer's recovery) says: try this one again. Only for what was certainly not printed."""
        job = self._till.state.jobs.get(job_id)
        if job is None or job.state != "not-printed":
            raise SaleError(Reason.NO_SUCH_JOB, str(job_id))
        self._retry.add(job_id)
        self._changes.tell()

    def retry_all(self) -> None:
        """The printer is well again: what was certainly not printed goes now."""
        waiting = [job.id for job in self._till.state.jobs.values() if job.state == "not-printed"]
        if waiting:
            self._retry.update(waiting)
            self._changes.tell()

    def drop(self, job_id: int) -> None:
        """A person says that it need not be printed (or has seen that it was)."""
        self._for_a_person(job_id)
        self._till.record(events.PrintEnded(job_id, "dropped"))

    def copy(self, receipt: Receipt) -> None:
        """Print a receipt again, marked COPY."""
        self._till.do(commands.WantCopy(receipt))

    def copy_of_job(self, job_id: int) -> None:
        """A person has looked and found no whole receipt: it is printed again, marked COPY."""
        job = self._for_a_person(job_id)
        # The copy first: a cut between the two leaves one question too many, not a receipt too few.
        self._till.do(commands.WantCopy(job.receipt, job.slips))
        self._till.record(events.PrintEnded(job_id, "dropped"))

    def _for_a_person(self, job_id: int) -> PrintJob:
        job = self._till.state.jobs.get(job_id)
        if job is None or job.state not in ("unknown", "not-printed"):
            raise SaleError(Reason.NO_SUCH_JOB, str(job_id))
        return job

    def _next(self) -> PrintJob | None:
        jobs = sorted(self._till.state.jobs.items())
        return next((job for number, job in jobs if job.state == "queued" or number in self._retry), None)

    def document(self, job: PrintJob) -> Document:
        """What the job puts on paper."""
        return lay_out(job.receipt, self._language, copy=job.copy, slips=job.slips)

    async def _print(self, job: PrintJob) -> None:
        document = self.document(job)
        self._till.record(events.PrintStarted(job.id))
        outcome = await self._printer.print(document)
        match outcome:
            case Printed(confirmed=True):
                self._till.record(events.PrintEnded(job.id, "printed"))
            case Printed():
                self._till.record(events.PrintEnded(job.id, "unconfirmed"))
            case NotPrinted():
                self._till.record(events.PrintEnded(job.id, "not-printed", outcome.problem))
            case PrintUnknown():
                self._till.record(events.PrintEnded(job.id, "unknown", outcome.problem))


class DrawerDesk:
    """Opens the drawer when the journal intends it; never a second time for the same reason."""

    def __init__(self, till: Till, drawer: Drawer, changes: Changes) -> None:
        self._till = till
        self._drawer = drawer
        self._changes = changes

    async def run(self) -> NoReturn:
        """Open for ever. What a cut left behind is not opened late: nobody stands there waiting for it."""
        for number in tuple(self._till.state.drawers):
            self._till.record(events.DrawerEnded(number, "unknown", "stopped"))
        seen = -1
        while True:
            number = min(self._till.state.drawers, default=0)
            if not number:
                seen = await self._changes.wait(seen)
                continue
            outcome = await self._drawer.open()
            match outcome:
                case Printed():
                    self._till.record(events.DrawerEnded(number, "opened"))
                case NotPrinted():
                    self._till.record(events.DrawerEnded(number, "not-opened", outcome.problem))
                case PrintUnknown():
                    self._till.record(events.DrawerEnded(number, "unknown", outcome.problem))


RETRY_FIRST, RETRY_LONGEST = 3.0, 60.0
"""Seconds between two tries of what was certainly not printed, while the printer says that it is well."""


async def retry_when_well(desk: PrintDesk, till: Till, board: HealthBoard, changes: Changes) -> NoReturn:
    """Print what a printer without paper or power left unprinted, once it is well again."""
    seen, wait = 0, RETRY_FIRST
    while True:
        health = board.of_kind("printer")
        well = health is not None and health.state in (State.OK, State.ATTENTION)
        if well and any(job.state == "not-printed" for job in till.state.jobs.values()):
            desk.retry_all()
            await anyio.sleep(wait)
            wait = min(RETRY_LONGEST, wait * 2)
        else:
            wait = RETRY_FIRST
            seen = await changes.wait(seen)
