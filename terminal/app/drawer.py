"""The drawer: opens it when the journal intends it, once, and writes down what became of it and how it stands.

Every opening is in the journal with who and why: the intent before the pulse (`drawer-wanted`, or the sale that was
closed), its outcome after it, and, where the drawer has a switch, when it really came open and was shut, also by hand
with the key.
"""

import logging
import math
from collections import deque
from typing import NoReturn

import anyio
import msgspec

from terminal.domain import events

from .changes import Changes
from .ports.clock import Clock
from .ports.device import Driver, Health, Problem, State, Tell
from .ports.drawer import Drawer, DrawerOutcome
from .ports.printer import NotPrinted, Printed, PrintUnknown
from .supervise import health_after
from .till import Till

log = logging.getLogger(__name__)

MOST_CHANGES, IN_SECONDS = 20, 60.0
"""A switch that changes more often is broken: the journal is not filled by it."""


_SHUT = "The pulse was sent, and the switch says shut."


class Timing(msgspec.Struct, frozen=True):
    """How long what may take, in seconds."""

    opens: float = 1.5
    """From the pulse until it stands open: the spring needs a tenth, the switch is debounced, a printer is asked."""
    shut_again: float = 3.0
    """The soonest that a person has put money into it and shut it: a printer that was asked for the first time after
    that, since it printed meanwhile, says nothing of whether the drawer had opened."""
    look_every: float = 0.2
    look: float = 4.0
    """For looking in all: a printer that prints does not answer meanwhile."""
    lost: float = 10.0
    """Without news of the switch; then nobody knows any more that the drawer stands open."""
    calm: float = 10.0
    """For which a switch that went to and fro must stand still to be believed again."""


class DrawerDesk:
    """One drawer's desk. `device` is its driver; None: it has no life of its own.

    Implements the port Driver for the supervisor: the device's own health, and what is seen of the drawer on top.
    """

    def __init__(
        self,
        till: Till,
        drawer: Drawer,
        changes: Changes,
        clock: Clock,
        *,
        device: Driver | None = None,
        left_open_seconds: int = 0,
        timing: Timing | None = None,
    ) -> None:
        self._till = till
        self._drawer = drawer
        self._changes = changes
        self._clock = clock
        self._device = device
        self._left_open_seconds = left_open_seconds
        self._timing = timing or Timing()
        self._answers = 0
        """The opening that the drawer's next coming open answers; 0: it would be by hand."""
        self._answers_until = math.inf
        self._why = ""
        self._level: bool | None = None
        self._first = True
        self._news = anyio.Event()
        self._recent: deque[float] = deque(maxlen=MOST_CHANGES)
        self._chatters = False
        self._tell: Tell | None = None
        self._device_health = Health(State.STARTING)
        self._seen: dict[Problem, Health] = {}
        """What is seen of the drawer, though its device is well."""
        drawer.on_sense(self.sense)

    # --- openings

    async def run(self) -> NoReturn:
        """Open for ever. What a cut left behind is not opened late: nobody stands there waiting for it."""
        for number in tuple(self._till.state.drawers):
            self._till.record(events.DrawerEnded(number, "unknown", "stopped"))
        seen = -1
        while True:
            number = min(self._till.state.drawers, default=0)
            if not number:
                seen = await self._changes.wait(seen)
            else:
                await self._open(number)

    async def _open(self, number: int) -> None:
        self._answers, self._answers_until, self._why = number, math.inf, self._till.state.drawers[number]
        outcome = await self._pulse(number)
        opened: bool | None = None
        if isinstance(outcome, Printed):
            opened = await self._comes_open(number)
            self._see(Problem.DID_NOT_OPEN, _SHUT if opened is False else None)
            outcome = NotPrinted(Problem.DID_NOT_OPEN, _SHUT) if opened is False else outcome
        match outcome:
            case Printed():
                self._till.record(events.DrawerEnded(number, "opened"))
            case NotPrinted():
                self._till.record(events.DrawerEnded(number, "not-opened", outcome.problem))
            case PrintUnknown():
                self._till.record(events.DrawerEnded(number, "unknown", outcome.problem))
        if opened is None and not isinstance(outcome, NotPrinted):
            # It may stand open, and be seen only when its printer has printed the receipt.
            self._answers_until = self._clock.monotonic() + self._timing.lost
        else:
            self._answers = 0

    async def _pulse(self, number: int) -> DrawerOutcome:
        """A fault of the program in the driver is this opening's and not the till's. Raises JournalError."""
        try:
            return await self._drawer.open()
        except Exception as error:  # noqa: BLE001 (logged and journalled; the journal's errors go up)
            health = health_after(f"the drawer, opening {number}", error)
            return PrintUnknown(health.problem, health.detail)

    async def _comes_open(self, number: int) -> bool | None:
        """Whether the pulse opened the drawer. None: it has no switch, or could not be asked in time."""
        start, looked = self._clock.monotonic(), False
        with anyio.move_on_after(self._timing.look):
            while True:
                is_open = await self._drawer.look()
                if is_open or self._answers != number:
                    return True
                if is_open is None:
                    return None
                after = self._clock.monotonic() - start
                if after >= self._timing.opens:
                    return False if looked or after < self._timing.shut_again else None
                # The spring has had its time, and nobody has shut it yet.
                looked = looked or after >= self._timing.opens / 2
                await anyio.sleep(self._timing.look_every)
        return None

    # --- the switch

    def sense(self, is_open: bool | None) -> None:
        """See OnSense: the driver's news. Raises JournalError."""
        changed = is_open is not self._level
        self._level = is_open
        if changed:
            now = self._clock.monotonic()
            self._chatters = self._chatters or (
                len(self._recent) == MOST_CHANGES and now - self._recent[0] < IN_SECONDS
            )
            self._recent.append(now)
            self._news.set()
        if is_open is not None and not self._chatters:
            self._write(is_open)

    def _write(self, is_open: bool) -> None:
        """Write down how it stands, if that is news."""
        first, self._first = self._first, False
        if is_open == self._till.state.drawer_open:
            return
        if not is_open:
            self._till.record(events.DrawerClosed())
            return
        number, self._answers = self._answers, 0
        if self._clock.monotonic() > self._answers_until:
            number = 0
        why = self._why if number else "while-off" if first else "by-hand"
        self._till.record(events.DrawerOpened(number, why, self._till.state.cashier))

    async def watch(self) -> NoReturn:
        """Tell of a drawer that is left open, and of a switch that chatters or cannot be read any more."""
        while True:
            self._news = anyio.Event()
            news, level = self._news, self._level
            if level is not True:
                self._see(Problem.LEFT_OPEN, None)
            if level is not False:
                self._see(Problem.DID_NOT_OPEN, None)
            if self._chatters:
                self._see(Problem.FAULT, "Its switch goes to and fro.")
                if await _quiet(news, self._timing.calm):
                    self._chatters = False
                    self._recent.clear()
                    self._see(Problem.FAULT, None)
                    self.sense(level)
            elif level is None and self._till.state.drawer_open:
                if await _quiet(news, self._timing.lost) and self._till.state.drawer_open:
                    self._till.record(events.DrawerClosed(seen=False))
                    # When it can be read again and stands open, it may have done so all the time.
                    self._first = True
            elif level and self._left_open_seconds and Problem.LEFT_OPEN not in self._seen:
                if await _quiet(news, self._left_open_seconds):
                    self._see(Problem.LEFT_OPEN, f"It has stood open for {self._left_open_seconds} s.")
            else:
                await news.wait()

    # --- health

    async def live(self, tell: Tell) -> NoReturn:
        """See Driver."""
        assert self._device is not None  # noqa: S101 - supervised only where it has one
        self._tell, self._device_health = tell, Health(State.STARTING)
        try:
            await self._device.live(self._heard)
        finally:
            self._tell = None
            self.sense(None)

    def _heard(self, health: Health) -> None:
        self._device_health = health
        self._say()

    def _see(self, problem: Problem, detail: str | None) -> None:
        """Something is seen of the drawer, or, with None, is so no more."""
        if (detail is None) == (problem not in self._seen):
            return
        if detail is None:
            del self._seen[problem]
        else:
            log.warning("the drawer: %s", detail)
            self._seen[problem] = Health(State.ATTENTION, problem, detail)
        self._say()

    def _say(self) -> None:
        if self._tell is not None:
            well = self._device_health.state in (State.OK, State.UNKNOWN)
            self._tell(next(iter(self._seen.values()), self._device_health) if well else self._device_health)


async def _quiet(news: anyio.Event, seconds: float) -> bool:
    """Whether no news came for so long."""
    with anyio.move_on_after(seconds):
        await news.wait()
        return False
    return True
