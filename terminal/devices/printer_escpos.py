"""A receipt printer that speaks ESC/POS, on the network, a serial line or USB: see printer_wire*.py.

python-escpos renders, nothing of it moves bytes: its wires block for a minute and take an empty status for
paper (escpos_render.py, printer_status.py have the rest). One wire for each job and each question; one job at
a time; nothing is ever sent a second time from here.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import anyio
import anyio.to_thread
import msgspec

from terminal.app.ports.device import DeviceError, Health, Problem, State, Tell
from terminal.app.ports.drawer import OnSense
from terminal.app.ports.printer import NotPrinted, Printed, PrintOutcome, PrintUnknown
from terminal.config.profiles import ProfileError
from terminal.config.settings import PrinterFile, PrinterSerial, PrinterSettings, PrinterTcp, PrinterUsb
from terminal.domain.document import Document
from terminal.protocols.escpos import stored
from terminal.protocols.escpos.commands import INITIALISE, REPORT_IN_ORDER, pulse, pulse_now

from . import printer_logo, printer_status
from .escpos_library import EscposLoadError, default_cache, load
from .escpos_render import Renderer
from .printer_wire import Wire, open_file
from .printer_wire_serial import open_serial
from .printer_wire_tcp import open_tcp

if TYPE_CHECKING:
    from .printer_wire_usb import UsbPort

log = logging.getLogger(__name__)


class Timing(msgspec.Struct, frozen=True):
    """How long what may take, in seconds."""

    connect: float = 2.5
    """With `poll` less than 5 s, in which the screen is to say that a printer is not there any more."""
    answer: float = 1.0
    """For each status answer. A printer answers within milliseconds, over Wi-Fi within a tenth of a second."""
    settle: float = 5.0
    """For the answers after a job: cheap printers do not answer while they print."""
    stall: float = 10.0
    """Nothing of a job was taken for this long: given up."""
    job: float = 120.0
    """A whole job. 4 kB at 1200 baud take 35 s."""
    slowest: float = 400.0
    """Bytes a second that every printer works through: until then its word is waited for that it has."""
    poll: float = 2.0
    """Between two questions while idle: a person who opens the cover sees it on the screen within 5 s."""


class EscposPrinter:
    """Implements the ports Printer and Driver.

    `cache` is the folder where python-escpos' profiles are kept between two starts (escpos_library.py); `usb` a port
    made beforehand, of a printer on raw USB.
    """

    def __init__(
        self,
        settings: PrinterSettings,
        *,
        cache: Path | None = None,
        timing: Timing | None = None,
        usb: "UsbPort | None" = None,
    ) -> None:
        self._settings = settings
        self._cache = cache
        self._timing = timing or Timing()
        self._one_at_a_time = anyio.Lock()
        self._poll_connect: anyio.CancelScope | None = None
        self._rendering: Renderer | NotPrinted | None = None
        """What renders, or why nothing does; None until it was tried."""
        self._logo_seen_to = False
        """Whether this printer was asked for it since it is there: after a break it may be another one."""
        self._logo_stored = False
        """It was stored by this program. Not a second time: one that does not keep it would be worn out."""
        self._has_answered = False
        self._usb = usb
        self._tell: Tell | None = None
        self._told: Health | None = None
        self._tell_drawer_level: OnSense | None = None

    @property
    def paper(self) -> tuple[int, str]:
        """Characters a line, and the code page: what a test page shows."""
        return self._settings.columns, self._settings.codepage

    def warm_up(self) -> None:
        """Load what rendering needs: 0.1 s on a PC, about 1 s on a small board. Any thread; never raises for it.

        Not needed before `print`, which does it itself when nobody has.
        """
        self._prepare()

    def _prepare(self) -> Renderer | NotPrinted:
        ready = self._rendering
        if not isinstance(ready, Renderer):
            try:
                ready = Renderer(self._settings, load(self._cache or default_cache()))
            except EscposLoadError as error:
                ready = NotPrinted(Problem.MISSING_LIBRARY, str(error))
            except ProfileError as error:
                ready = NotPrinted(Problem.FAULT, str(error))
            if isinstance(ready, NotPrinted):
                log.warning("the printer %s cannot be used: %s", self._settings.name, ready.detail)
            self._rendering = ready
        return ready

    async def print(self, document: Document) -> PrintOutcome:
        """See the port. `confirmed` is true when the printer answered before and after, and was well."""
        ready = self._rendering
        if not isinstance(ready, Renderer):
            ready = await anyio.to_thread.run_sync(self._prepare)
        if isinstance(ready, NotPrinted):
            return ready
        return await self._job(ready.render(document))

    async def kick(self) -> PrintOutcome:
        """See the port. A printer without paper opens the drawer all the same: the customer waits for the change.

        Sent in the ordinary way, its pulse would come when the new roll is in, with nobody there; so it is sent as a
        real-time command. That is no certain success: a printer may be told by a memory switch to overlook it.
        """
        pin, on_ms = self._settings.drawer_pin, self._settings.pulse_ms
        return await self._job(INITIALISE + pulse(pin, on_ms), stopped=pulse_now(pin, on_ms))

    def on_drawer_level(self, tell: OnSense) -> None:
        """See drawer_kick.py."""
        self._tell_drawer_level = tell

    async def drawer_level(self) -> bool | None:
        """See drawer_kick.py."""
        try:
            async with self._one_at_a_time, self._wire() as wire:
                return (await self._ask(wire, self._timing.answer)).drawer_high
        except DeviceError as error:
            # The next poll says so to the supervisor, which this caller is not.
            log.info("the printer %s cannot be asked for its drawer: %s", self._settings.name, error)
            return None

    async def live(self, tell: Tell) -> NoReturn:
        """See Driver: asks the printer how it is whenever there is no job."""
        self._tell, self._told = tell, None
        self._logo_seen_to = False
        if isinstance(self._rendering, Renderer):
            self._rendering.logo_is_stored = False
        try:
            while True:
                await self._poll()
                await anyio.sleep(self._timing.poll)
        finally:
            self._tell = None
            if self._usb is not None:
                await self._usb.let_go()

    @property
    def keeps_logo(self) -> bool:
        """Whether the printer has said that it keeps the logo."""
        return isinstance(self._rendering, Renderer) and self._rendering.logo_is_stored

    @property
    def _should_answer(self) -> bool:
        """Whether silence means that it is off: it has answered before, or its profile says that it does.

        A serial line takes everything when nobody is there; it must not be called printed.
        """
        known = isinstance(self._rendering, Renderer) and self._rendering.facts.answers_in_order
        return self._settings.status and (self._has_answered or known)

    # --- jobs

    async def _job(self, data: bytes, stopped: bytes = b"") -> PrintOutcome:
        """Send `data`; to a printer that is stopped `stopped`, or nothing when that is empty."""
        if self._poll_connect is not None:
            # A poll that hangs in its connect must not keep a customer waiting for it.
            self._poll_connect.cancel()
        async with self._one_at_a_time:
            sending = False
            try:
                async with self._wire() as wire:
                    before = await self._ask(wire, self._timing.answer)
                    if not before.complete and not before.garbage and self._should_answer and not stopped:
                        # It may still be busy with the last job; some do not answer then.
                        before = await self._ask(wire, self._timing.settle)
                    problem = printer_status.hindrance(before)
                    if problem is Problem.NONE and not before.complete and self._should_answer:
                        problem = Problem.NO_ANSWER
                    if problem is not Problem.NONE and (not stopped or problem is Problem.GARBAGE):
                        return NotPrinted(problem, printer_status.sentence(problem))
                    sending = True
                    if problem not in (Problem.NONE, Problem.NO_ANSWER):
                        await wire.send(stopped, stall=self._timing.stall)
                        await wire.drain(stall=self._timing.stall)
                        return Printed(confirmed=False)
                    with anyio.fail_after(self._timing.job):
                        await wire.send(data, stall=self._timing.stall)
                        if problem is Problem.NO_ANSWER:
                            # A pulse, to one that is busy with a receipt, or off: a serial line takes it all the same.
                            await wire.drain(stall=self._timing.stall)
                            return PrintUnknown(problem, printer_status.sentence(problem))
                        return await self._afterwards(wire, before, len(data))
            except TimeoutError:
                return PrintUnknown(Problem.NO_ANSWER, f"it did not take the job within {self._timing.job:g} s")
            except DeviceError as error:
                log.warning(
                    "the printer %s failed %s a job: %s", self._settings.name, "in" if sending else "before", error
                )
                # Told from here: a till that prints one job after the other leaves the polls no time to find out.
                self._say(Health(State.DOWN, error.problem, error.detail))
                return (PrintUnknown if sending else NotPrinted)(error.problem, error.detail)

    async def _afterwards(self, wire: Wire, before: printer_status.Answer, size: int) -> Printed:
        """All bytes are with the kernel: does the printer take them, and is it still well? Raises DeviceError."""
        if not before.complete:
            await wire.drain(stall=self._timing.stall)
            return Printed(confirmed=False)
        done: bool | None = None
        if isinstance(self._rendering, Renderer) and self._rendering.facts.answers_in_order:
            await wire.send(REPORT_IN_ORDER, stall=self._timing.stall)
            limit = self._timing.settle + size / self._timing.slowest
            done = await printer_status.worked_through(wire, patience=self._timing.answer, limit=limit)
            if done:
                # What is wrong a moment later came after it: the roll's end behind the cut, or a hand at the cover.
                return Printed(confirmed=True)
        # No drain: the answer comes after the printer's side has taken everything before the question.
        after = await self._ask(wire, self._timing.settle)
        problem = printer_status.hindrance(after)
        if problem is not Problem.NONE:
            raise DeviceError(problem, printer_status.sentence(problem))
        if not after.complete:
            # It answered a moment ago: something happened to it with the job in its memory.
            raise DeviceError(Problem.NO_ANSWER, f"{wire.where} answered before the job and not after it")
        if done is False:
            # It is well and has not come to the job's end: it was off for a moment, and has forgotten the rest.
            raise DeviceError(Problem.LOST, f"{wire.where} is well, and has not worked through the job")
        return Printed(confirmed=True)

    # --- the printer's state

    async def _poll(self) -> None:
        async with self._one_at_a_time:
            with anyio.CancelScope() as scope:
                self._poll_connect = scope
                try:
                    wire = await self._open()
                finally:
                    self._poll_connect = None
                async with _closing(wire):
                    answer = await self._ask(wire, self._timing.answer)
                    if answer.complete and printer_status.hindrance(answer) is Problem.NONE:
                        await self._keep_logo(wire)

    async def _keep_logo(self, wire: Wire) -> None:
        """Have the printer keep the logo, once: a receipt then names it. While nothing is to be printed."""
        ready = self._rendering
        if self._logo_seen_to or not isinstance(ready, Renderer) or not ready.logo_key:
            return
        self._logo_seen_to = True
        keys = await printer_logo.keys(wire, patience=self._timing.answer)
        if keys is not None and ready.logo_key not in keys and not self._logo_stored:
            self._logo_stored = True
            await wire.send(stored.store(ready.logo_key, ready.logo), stall=self._timing.stall)
            keys = await printer_logo.keys(wire, patience=self._timing.settle)
        ready.logo_is_stored = keys is not None and ready.logo_key in keys
        log.info("the printer %s %s the logo", self._settings.name, "keeps" if ready.logo_is_stored else "is sent")

    async def _ask(self, wire: Wire, patience: float) -> printer_status.Answer:
        """Ask, unless the settings say not to, and tell what came of it."""
        if not self._settings.status:
            self._say(Health(State.UNKNOWN, detail="Its status is not asked for (status = false)."))
            return printer_status.Answer()
        try:
            answer = await printer_status.ask(wire, patience=patience)
        except DeviceError as error:
            if self._has_answered or error.problem is not Problem.LOST:
                raise
            hint = "if it does so whenever it is asked, set status = false"
            raise DeviceError(error.problem, f"{error.detail}; it has never answered: {hint}") from error
        self._has_answered = self._has_answered or answer.complete
        health = printer_status.health_of(answer)
        if health.problem is Problem.NO_ANSWER and self._should_answer:
            health = Health(State.DOWN, Problem.NO_ANSWER, health.detail)
        self._say(health)
        if self._tell_drawer_level is not None:
            self._tell_drawer_level(answer.drawer_high)
        return answer

    def _say(self, health: Health) -> None:
        if health.state is not State.DOWN:
            health = self._own_trouble() or health
        if self._tell is not None and health != self._told:
            self._told = health
            self._tell(health)

    def _own_trouble(self) -> Health | None:
        """What is wrong on our side of the wire, which the printer does not know of."""
        match self._rendering:
            case NotPrinted(problem=problem, detail=detail):
                return Health(State.DOWN, problem, detail)
            case Renderer(logo_problem=why) if why:
                return Health(State.ATTENTION, Problem.FAULT, why)
            case _:
                return None

    # --- the wire

    @asynccontextmanager
    async def _wire(self) -> AsyncIterator[Wire]:
        wire = await self._open()
        async with _closing(wire):
            yield wire

    async def _open(self) -> Wire:
        with anyio.move_on_after(self._timing.connect):
            match self._settings:
                case PrinterTcp(host=host, port=port):
                    return await open_tcp(host, port)
                case PrinterSerial(port=path, baud=baud):
                    return open_serial(path, baud)
                case PrinterFile(path=path):
                    return open_file(path)
                case PrinterUsb():
                    return await self._usb_port(self._settings).open()
        raise DeviceError(Problem.UNREACHABLE, f"no connection within {self._timing.connect:g} s")

    def _usb_port(self, settings: PrinterUsb) -> "UsbPort":
        if self._usb is None:
            from .printer_wire_usb import UsbPort

            self._usb = UsbPort(settings)
        return self._usb


@asynccontextmanager
async def _closing(wire: Wire) -> AsyncIterator[None]:
    """Close it in any case; on an error or a cancellation so that nothing more of a job goes out."""
    try:
        yield
    except BaseException:
        await wire.let_go(broken=True)
        raise
    await wire.let_go(broken=False)
