"""Printing: carries out what the journal intends, once, and writes down what became of it."""

import logging
from collections.abc import Callable, Sequence
from typing import NoReturn

import anyio
import anyio.lowlevel
import msgspec

from terminal.domain import commands, events
from terminal.domain.document import Document
from terminal.domain.errors import Reason, SaleError
from terminal.domain.print_states import PrintState
from terminal.domain.receipt import Receipt
from terminal.domain.till import PrintJob

from .changes import Changes
from .health import HealthBoard
from .order_layout import lay_out_order
from .ports.device import Health, Problem, State
from .ports.printer import NotPrinted, Printed, Printer, PrintOutcome, PrintUnknown
from .receipt_layout import lay_out, lay_out_slips
from .supervise import health_after
from .till import Till

log = logging.getLogger(__name__)

MOST_WAITING = 500
"""Jobs that wait for a printer: of one that nobody repairs the till's state would grow for ever, and every start, scan
and snapshot with it. The oldest gives way; its receipt is in the journal, and a copy can be printed."""


class Station(msgspec.Struct, frozen=True):
    """One printer, as the desk sees it."""

    name: str
    printer: Printer
    instead: str = ""
    """The printer that takes over what this one has certainly not printed."""


class PrintDesk:
    """One worker a printer. A job that a cut left half done is never sent again by itself, here or elsewhere.

    The first station is the receipt printer, where there is one; it also has the tickets of printers that are not in
    the settings any more. With no station at all, since the settings have none any more, a person may still say what
    became of the jobs that are left.
    """

    def __init__(self, till: Till, stations: Sequence[Station], changes: Changes, language: str) -> None:
        self._till = till
        self._stations = {each.name: each for each in stations}
        self._first = stations[0].name if stations else ""
        self._changes = changes
        self._language = language
        self._retry: dict[int, str] = {}
        """Jobs to be tried again, and where."""
        self._tried: dict[int, set[str]] = {}
        """Where a job has been tried since it was queued or wanted again: it is not passed round in a circle."""
        self.printed = 0
        """How many jobs came out since the start."""

    @property
    def printers(self) -> tuple[str, ...]:
        """Their names, the first one first."""
        return tuple(self._stations)

    async def run(self) -> NoReturn:
        """Print what is queued, oldest first, on each printer, for ever."""
        for left in tuple(self._till.state.jobs.values()):
            if left.state is PrintState.SENDING:
                self._till.record(events.PrintEnded(left.id, "unknown", "stopped", left.on))
        async with anyio.create_task_group() as tasks:
            for station in self._stations.values():
                tasks.start_soon(self._work, station)
            if not self._stations:
                await anyio.sleep_forever()
        raise AssertionError("the printers' workers ended")

    async def _work(self, station: Station) -> NoReturn:
        seen = -1
        while True:
            if self._next(station) is None:
                seen = await self._changes.wait(seen)
                continue
            # Who looks at the screen waits for the closing; paper takes its time anyway. Measured: laying out and
            # the row before it came 1.3 ms before the screen.
            await anyio.lowlevel.checkpoint()
            # Looked at again: a person may have dropped it meanwhile.
            job = self._next(station)
            if job is not None:
                await self._print(self._till.state.jobs[job], station)

    def again(self, job_id: int) -> None:
        """A person says: try this one again. Only for what was certainly not printed."""
        job = self._till.state.jobs.get(job_id)
        if job is None or job.state is not PrintState.FAILED:
            raise SaleError(Reason.NO_SUCH_JOB, str(job_id))
        self._needs_a_printer()
        self._want(job_id, self.meant_for(job))

    def retry_where_well(self, well: Callable[[str], bool], silent: Callable[[str], bool] = lambda _: False) -> None:
        """What was certainly not printed goes now, on the first printer that is well: its own, or who takes over.

        Where none is well it goes to its own if that one is `silent`, as what is new would.
        """
        for number, where in self.where_well(well, silent).items():
            self._want(number, where)

    def where_well(self, well: Callable[[str], bool], silent: Callable[[str], bool]) -> dict[int, str]:
        """The jobs that could be tried again, and on which printer."""
        # Once a printer and not once a job: after a day without paper there are hundreds.
        prints = {
            own: next((name for name in self.line_of(own) if well(name)), own if silent(own) else None)
            for own in self._stations
        }
        failed = (job for job in self._till.state.jobs.values() if job.state is PrintState.FAILED)
        found = ((job.id, prints[self.meant_for(job)]) for job in failed)
        return {number: where for number, where in found if where is not None}

    def _want(self, job_id: int, where: str) -> None:
        self._tried.pop(job_id, None)
        self._retry[job_id] = where
        self._changes.tell()

    def drop(self, job_id: int) -> None:
        """A person says that it need not be printed (or has seen that it was)."""
        self._for_a_person(job_id)
        self._till.record(events.PrintEnded(job_id, "dropped"))

    def copy(self, receipt: Receipt) -> None:
        """Print a receipt again, marked COPY."""
        self._till.do(commands.WantCopy(receipt))

    def copy_of_job(self, job_id: int) -> None:
        """A person has looked and found no whole one: it is printed again, marked COPY."""
        job = self._for_a_person(job_id)
        self._needs_a_printer()
        # The copy first: a cut between the two leaves one question too many, not a receipt too few.
        self._till.do(commands.WantCopy(job.receipt, job.slips, job.order))
        self._till.record(events.PrintEnded(job_id, "dropped"))

    def meant_for(self, job: PrintJob) -> str:
        """The printer that the job belongs to."""
        return job.printer if job.printer in self._stations else self._first

    def now_on(self, job: PrintJob) -> str:
        """The printer that has it, or is to have it."""
        return job.on if job.on in self._stations else self.meant_for(job)

    def line_of(self, name: str) -> tuple[str, ...]:
        """A printer, and who takes over for it, one after the other."""
        line: list[str] = []
        while name in self._stations and name not in line:
            line.append(name)
            name = self._stations[name].instead
        return tuple(line)

    def _needs_a_printer(self) -> None:
        if not self._stations:
            raise SaleError(Reason.NO_PRINTER)

    def _for_a_person(self, job_id: int) -> PrintJob:
        job = self._till.state.jobs.get(job_id)
        if job is None or job.state not in (PrintState.UNKNOWN, PrintState.FAILED):
            raise SaleError(Reason.NO_SUCH_JOB, str(job_id))
        return job

    def _next(self, station: Station) -> int | None:
        own = (
            number
            for number, job in self._till.state.jobs.items()
            if (job.state is PrintState.QUEUED and self.now_on(job) == station.name)
            or (job.state is PrintState.FAILED and self._retry.get(number) == station.name)
        )
        return min(own, default=None)

    def document(self, job: PrintJob) -> Document:
        """What the job puts on paper."""
        if job.order is not None:
            return lay_out_order(job.order, self._language, copy=job.copy)
        if job.receipt is not None:
            return lay_out(job.receipt, self._language, copy=job.copy, slips=job.slips)
        return lay_out_slips(job.slips, self._language, copy=job.copy)

    async def _print(self, job: PrintJob, station: Station) -> None:
        self._retry.pop(job.id, None)
        self._till.record(events.PrintStarted(job.id, station.name))
        outcome = await self._outcome(job, station)
        tried = self._tried.pop(job.id, set())
        # Before the row, which tells who waits for it.
        self.printed += isinstance(outcome, Printed)
        match outcome:
            case Printed(confirmed=True):
                self._till.record(events.PrintEnded(job.id, "printed", printer=station.name))
            case Printed():
                self._till.record(events.PrintEnded(job.id, "unconfirmed", printer=station.name))
            case NotPrinted():
                self._not_printed(job, station, outcome.problem, tried | {station.name})
            case PrintUnknown():
                self._till.record(events.PrintEnded(job.id, "unknown", outcome.problem, station.name))

    async def _outcome(self, job: PrintJob, station: Station) -> PrintOutcome:
        """A fault of the program, in a driver or in a layout, is this job's and not the till's. Raises JournalError."""
        try:
            return await station.printer.print(self.document(job))
        except Exception as error:  # noqa: BLE001 (logged, journalled and asked about; the journal's errors go up)
            health = health_after(station.name, error)
            return PrintUnknown(health.problem, health.detail)

    def _not_printed(self, job: PrintJob, station: Station, problem: str, tried: set[str]) -> None:
        """It goes to who takes over, or waits. So does what was to be tried again behind it."""
        self._retry = {number: where for number, where in self._retry.items() if where != station.name}
        to = station.instead
        if to not in self._stations or to in tried:
            self._till.record(events.PrintEnded(job.id, "not-printed", problem, station.name))
            self._forget_the_oldest()
            return
        self._tried[job.id] = tried
        self._till.record(events.PrintEnded(job.id, "passed-on", problem, station.name, to))
        log.warning("print job %d goes from %s to %s: %s", job.id, station.name, to, problem)

    def _forget_the_oldest(self) -> None:
        waiting = [number for number, job in self._till.state.jobs.items() if job.state is PrintState.FAILED]
        if len(waiting) > MOST_WAITING:
            oldest = min(waiting)
            log.warning("print job %d waits no longer: %d newer ones do", oldest, MOST_WAITING)
            self._till.record(events.PrintEnded(oldest, "dropped", "too-many"))


RETRY_FIRST, RETRY_LONGEST = 3.0, 60.0
"""Seconds between two tries of what was certainly not printed, while the printer says that it is well."""


async def retry_when_well(
    desk: PrintDesk, board: HealthBoard, changes: Changes, first: float = RETRY_FIRST
) -> NoReturn:
    """Print what a printer without paper or power left unprinted, once it, or who takes over for it, is well again.

    Each try is two rows in the journal: one that comes and goes, or is well and takes nothing, is tried ever less
    often until something was printed. `first` is the shortest wait, in seconds.
    """
    seen, wait = 0, first

    def well(name: str) -> bool:
        health = board.health(name)
        # A printer that is not asked how it is can be sent to as soon as it is there.
        not_asked = health == Health(State.UNKNOWN, Problem.NONE, health.detail)
        return health.state in (State.OK, State.ATTENTION) or not_asked

    def silent(name: str) -> bool:
        # It has never said how it is, or it would be down: see printer_escpos.py.
        return board.health(name).state is State.UNKNOWN

    while True:
        if not desk.where_well(well, silent):
            seen = await changes.wait(seen)
            continue
        printed = desk.printed
        desk.retry_where_well(well, silent)
        with anyio.move_on_after(wait):
            while desk.printed == printed:
                seen = await changes.wait(seen)
        # Something came out: what else waits need wait no longer.
        wait = min(RETRY_LONGEST, wait * 2) if desk.printed == printed else first
