"""Trying a device out: one touch, and a person sees whether it works. No test moves money or sells anything.

One at a time, and only between two customers: none begins while a sale stands on the screen, a payment runs or a
receipt prints; what only waits or asks is given up when a sale begins.
"""

import logging
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Literal, NoReturn

import anyio
import msgspec

from terminal.domain import commands, events
from terminal.domain.document import Document
from terminal.domain.errors import Reason, SaleError
from terminal.domain.payment_states import PaymentState

from .changes import Changes
from .ports.device import Health, Problem, State
from .ports.diagnosis import Diagnosed
from .ports.display import Display
from .ports.printer import NotPrinted, Printed, Printer, PrintOutcome, PrintUnknown
from .ports.scale import NoWeight, Scale, Weight
from .ports.scanner import BadScan, Scan
from .scans import Scans
from .supervise import health_after
from .till import Till

log = logging.getLogger(__name__)

SCAN_SECONDS = 20.0
"""How long a scan is waited for."""
LONGEST = 30.0
PRINTING = 150.0
"""Seconds that a test may take at the most. A printer's driver has a limit of its own, below this one."""
AFTER_ITS_DESK = 0.2
"""Seconds after a change."""
SHOWN = 100
"""Characters of a scan that are shown."""


class Says(StrEnum):
    """What there is to say of a test, closed; the screen has a sentence for each. `detail` fills it in."""

    SCAN_NOW = "scan-now"
    SCANNED = "scanned"
    BAD_SCAN = "bad-scan"
    NO_SCAN = "no-scan"
    PRINTING = "printing"
    PRINTED = "printed"
    """It answered before and after. A person compares the paper."""
    PERHAPS_PRINTED = "perhaps-printed"
    """All bytes were sent; it says nothing about them."""
    OPENING = "opening"
    OPENED = "opened"
    """The pulse was sent. A person sees whether it is open."""
    WEIGHING = "weighing"
    WEIGHED = "weighed"
    SCALE_EMPTY = "scale-empty"
    SHOWN = "shown"
    """A person reads the display."""
    ASKING = "asking"
    ANSWERS = "answers"
    WRONG = "wrong"
    """`problem` says what."""
    STOPPED = "stopped"
    """A sale began."""
    REFUSED = "refused"
    """By the till itself: `detail` is the Reason."""


class Result(msgspec.Struct, frozen=True):
    """How a test stands."""

    name: str
    """Of the device."""
    state: Literal["running", "well", "look", "failed"]
    """look: what can be told from here is well, and a person has to look at the device."""
    says: Says
    detail: str = ""
    problem: Problem = Problem.NONE
    at: int = 0
    """Milliseconds since 1970."""


Test = Callable[[], Awaitable[Result]]


class Testable(msgspec.Struct, frozen=True):
    """A device that has a test."""

    name: str
    kind: str
    test: Test
    patience: float = LONGEST
    stoppable: bool = True
    """Given up when a sale begins. A print is not: half a page would stand above the customer's receipt."""


class DeviceTests:
    """The tests of one till's devices. `results` holds the newest of each."""

    def __init__(self, till: Till, changes: Changes, display_seconds: float = 5.0) -> None:
        """`display_seconds`: how long a display shows its test."""
        self._display_seconds = display_seconds
        self._till = till
        self._changes = changes
        self._testable: dict[str, Testable] = {}
        self._wanted = ""
        self.results: dict[str, Result] = {}

    def devices(self) -> tuple[Testable, ...]:
        """All that can be tested."""
        return tuple(self._testable.values())

    def can(self, name: str) -> bool:
        """Whether that device has a test."""
        return name in self._testable

    # --- what there is to test

    def scanner(self, name: str, scans: Scans) -> None:
        """Waits for one scan and shows it; it is not sold."""

        async def test() -> Result:
            came: list[Scan | BadScan] = []
            scanned = anyio.Event()

            def take(scan: Scan | BadScan) -> None:
                came.append(scan)
                scanned.set()

            self._say(Result(name, "running", Says.SCAN_NOW))
            with scans.taking(name, take), anyio.move_on_after(SCAN_SECONDS):
                await scanned.wait()
            if not came:
                return Result(name, "failed", Says.NO_SCAN)
            match came[0]:
                case Scan(text=text):
                    return Result(name, "well", Says.SCANNED, _shown(text))
                case BadScan(why=why):
                    return Result(name, "failed", Says.BAD_SCAN, why)

        self._add(Testable(name, "scanner", test, SCAN_SECONDS + 5))

    def printer(self, name: str, printer: Printer, page: Callable[[], Document]) -> None:
        """Prints `page`."""

        async def test() -> Result:
            self._say(Result(name, "running", Says.PRINTING))
            return _printed(name, await printer.print(page()))

        self._add(Testable(name, "printer", test, PRINTING, stoppable=False))

    def drawer(self, name: str, reason: str) -> None:
        """Opens it as any other opening without a sale: wanted, and carried out by its desk, both journalled."""

        async def test() -> Result:
            self._say(Result(name, "running", Says.OPENING))
            ended: list[events.DrawerEnded] = []

            def hear(event: events.AnyEvent) -> None:
                if isinstance(event, events.DrawerEnded):
                    ended.append(event)

            with self._till.listening(hear):
                wanted = self._till.do(commands.OpenDrawer(reason))
                assert isinstance(wanted, events.DrawerWanted)  # noqa: S101 (for mypy: the command's only event)
                seen = -1
                while not any(each.drawer == wanted.drawer for each in ended):
                    seen = await self._changes.wait(seen)
            (end,) = (each for each in ended if each.drawer == wanted.drawer)
            if end.outcome == "opened":
                return Result(name, "look", Says.OPENED)
            problem = Problem(end.problem) if end.problem in set(Problem) else Problem.FAULT
            return Result(name, "failed", Says.WRONG, problem=problem)

        self._add(Testable(name, "drawer", test, PRINTING, stoppable=False))

    def scale(self, name: str, scale: Scale) -> None:
        """Weighs what lies on it."""

        async def test() -> Result:
            self._say(Result(name, "running", Says.WEIGHING))
            match await scale.weigh():
                case Weight(grams=grams):
                    return Result(name, "well", Says.WEIGHED, str(grams))
                case NoWeight(problem=Problem.NONE):
                    return Result(name, "well", Says.SCALE_EMPTY)
                case NoWeight(problem=problem, detail=detail):
                    return Result(name, "failed", Says.WRONG, detail, problem)

        self._add(Testable(name, "scale", test))

    def display(self, name: str, display: Display, top: str, bottom: str) -> None:
        """Shows two lines for a moment. The change that tells of the result has its desk show its own again."""

        async def test() -> Result:
            said = f"{top} / {bottom}"
            self._say(Result(name, "running", Says.SHOWN, said))
            seen = self._changes.version
            with anyio.move_on_after(self._display_seconds):
                while True:
                    # After each change the display's own desk writes too: this is the newer text.
                    await anyio.sleep(AFTER_ITS_DESK)
                    display.show(top, bottom)
                    seen = await self._changes.wait(seen)
            return Result(name, "look", Says.SHOWN, said)

        self._add(Testable(name, "display", test))

    def diagnosis(self, name: str, kind: str, device: Diagnosed) -> None:
        """Asks a card terminal or a service how it is."""

        async def test() -> Result:
            self._say(Result(name, "running", Says.ASKING))
            health = await device.diagnose()
            if health.problem is not Problem.NONE or health.state is State.DOWN:
                return _failed(name, health)
            return Result(name, "well", Says.ANSWERS, health.detail)

        self._add(Testable(name, kind, test))

    # --- testing

    def start(self, name: str) -> None:
        """Begin. Raises SaleError: not now, or there is no such device."""
        if not self.can(name):
            raise SaleError(Reason.NO_SUCH_DEVICE, name)
        if self._wanted or self.busy:
            raise SaleError(Reason.NOT_NOW)
        self._wanted = name
        self._changes.tell()

    @property
    def running(self) -> str:
        """The device that is being tested; empty: none."""
        return self._wanted

    @property
    def busy(self) -> bool:
        """Whether the till has a customer."""
        state = self._till.state
        return (
            state.sale is not None
            or any(payment.state is not PaymentState.IN_DOUBT for payment in state.payments.values())
            or state.day_ending
            or any(job.state in ("queued", "sending") for job in state.jobs.values())
            or bool(state.drawers)
        )

    async def run(self) -> NoReturn:
        """Carry out what is started, for ever. Raises JournalError."""
        seen = -1
        while True:
            if not self._wanted:
                seen = await self._changes.wait(seen)
                continue
            result = await self._test(self._testable[self._wanted])
            self._wanted = ""
            self._say(result)

    async def _test(self, testable: Testable) -> Result:
        name = testable.name
        result = Result(name, "failed", Says.STOPPED)
        try:
            async with anyio.create_task_group() as tasks:
                if testable.stoppable:
                    tasks.start_soon(self._until_a_sale_begins, tasks.cancel_scope)
                with anyio.move_on_after(testable.patience) as limit:
                    result = await testable.test()
                if limit.cancelled_caught:
                    detail = f"not done within {testable.patience:g} s"
                    result = Result(name, "failed", Says.WRONG, detail, Problem.NO_ANSWER)
                tasks.cancel_scope.cancel()
        except Exception as error:  # noqa: BLE001 (logged and shown; what is not the device's goes up)
            return _refused(name, error) or _failed(name, health_after(name, error))
        return result

    async def _until_a_sale_begins(self, scope: anyio.CancelScope) -> None:
        seen = -1
        while self._till.state.sale is None:
            seen = await self._changes.wait(seen)
        scope.cancel()

    def _say(self, result: Result) -> None:
        at = self._till.moment().at
        self.results[result.name] = msgspec.structs.replace(result, at=at)
        self._changes.tell()

    def _add(self, testable: Testable) -> None:
        self._testable[testable.name] = testable


def _printed(name: str, outcome: PrintOutcome) -> Result:
    match outcome:
        case Printed(confirmed=True):
            return Result(name, "look", Says.PRINTED)
        case Printed():
            return Result(name, "look", Says.PERHAPS_PRINTED)
        case NotPrinted(problem=problem, detail=detail) | PrintUnknown(problem=problem, detail=detail):
            return Result(name, "failed", Says.WRONG, detail, problem)


def _refused(name: str, error: Exception) -> Result | None:
    """What the till itself refused (a drawer that may not open now); None: it was something else."""
    leaves: list[BaseException] = [error]
    while isinstance(leaves[0], BaseExceptionGroup):
        leaves = list(leaves[0].exceptions)
    first = leaves[0]
    if isinstance(first, SaleError):
        return Result(name, "failed", Says.REFUSED, first.reason)
    return None


def _failed(name: str, health: Health) -> Result:
    return Result(name, "failed", Says.WRONG, health.detail, health.problem)


def _shown(text: str) -> str:
    """A scan for a person: control characters as their pictures (GS is ␝)."""
    shown = "".join(chr(0x2400 + ord(sign)) if ord(sign) < 0x20 else sign for sign in text[:SHOWN])
    return shown + ("…" if len(text) > SHOWN else "")
