"""A drawer on the receipt printer's socket: opened through the printer, which also makes the pulse and may tell the
level of its switch (pin 3 of the socket, DLE EOT 1).
"""

import time
from typing import NoReturn, Protocol

import anyio

from terminal.app.ports.device import Health, Problem, State, Tell
from terminal.app.ports.drawer import DrawerOutcome, OnSense
from terminal.app.ports.printer import NotPrinted, Printer
from terminal.config.settings import DrawerKick

_LONGEST_WAIT = 2.0
"""As in drawer_gpio.py."""
SILENT_FOR = 10.0
"""Seconds without the printer's word after which nobody knows how the drawer stands: five of its polls."""


class PrinterWithSwitch(Printer, Protocol):
    """A printer that tells the level of its drawer socket's pin 3."""

    async def drawer_level(self) -> bool | None:
        """Ask now; True: high. None: it did not say."""

    def on_drawer_level(self, tell: OnSense) -> None:
        """Have every level told that it says when it is asked how it is, by whomever; None: it did not say."""


class KickDrawer:
    """Implements the port Drawer, and Driver where its switch is read: else its health is the printer's."""

    def __init__(self, printer: PrinterWithSwitch, settings: DrawerKick | None = None) -> None:
        self._printer = printer
        self._settings = settings or DrawerKick()
        self._tell_sense: OnSense | None = None
        self._one_at_a_time = anyio.Lock()
        self._cool_at = 0.0
        self._heard = anyio.Event()

    async def open(self) -> DrawerOutcome:
        """See the port. Waits up to 2 s for the coil to cool, and refuses where that is not enough."""
        async with self._one_at_a_time:
            wait = self._cool_at - time.monotonic()
            if wait > _LONGEST_WAIT:
                return NotPrinted(Problem.BUSY, f"the coil cools down for another {wait:.0f} s")
            await anyio.sleep(max(wait, 0))
            outcome = await self._printer.kick()
            if not isinstance(outcome, NotPrinted):
                self._cool_at = time.monotonic() + self._settings.cool_down_ms / 1000
            return outcome

    async def look(self) -> bool | None:
        """See the port."""
        if self._settings.sense == "none":
            return None
        return self._is_open(await self._printer.drawer_level())

    def on_sense(self, tell: OnSense) -> None:
        """See the port."""
        self._tell_sense = tell

    async def live(self, tell: Tell) -> NoReturn:
        """See Driver: hears what the printer says of the switch whenever it is asked how it is."""
        self._printer.on_drawer_level(self._level)
        while True:
            self._heard = anyio.Event()
            with anyio.move_on_after(SILENT_FOR):
                await self._heard.wait()
                tell(Health(State.OK))
                continue
            self._news_of(None)
            tell(Health(State.UNKNOWN, Problem.NO_ANSWER, "The printer does not say how its drawer stands."))

    def _level(self, high: bool | None) -> None:
        if high is not None:
            self._heard.set()
            self._news_of(self._is_open(high))

    def _is_open(self, high: bool | None) -> bool | None:
        return None if high is None else high == self._settings.sense_open_high

    def _news_of(self, is_open: bool | None) -> None:
        if self._tell_sense is not None:
            self._tell_sense(is_open)
