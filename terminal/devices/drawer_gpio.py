"""A drawer whose driver stage hangs on a pin of the 40-pin header, with its switch on another, or on none.

A drawer's coil (24 V, 1 A) bears 510 ms and burns above. Who switches it off when what dies: drawer_coil.py. The
switch is read through gpiozero (drawer_switch.py) and debounced here: a level counts when it has stood still.
"""

import logging
import time
from typing import NoReturn

import anyio
import anyio.to_thread

from terminal.app.ports.device import DeviceError, Health, Problem, State, Tell
from terminal.app.ports.drawer import DrawerOutcome, OnSense
from terminal.app.ports.printer import NotPrinted, Printed, PrintUnknown
from terminal.config.settings import DrawerGpio

from .drawer_coil import BEARABLE_MS, Coil
from .drawer_pins import ChipPins, Pins
from .drawer_switch import Switch

log = logging.getLogger(__name__)

_LONGEST_WAIT = 2.0
"""Seconds that an opening waits for the coil to cool; when it would be longer it is refused, nobody waits for it."""
_LOOKS = 2
"""Looks at the switch in the time that it must stand still for: 40 a second, with the usual 50 ms."""


class GpioDrawer:
    """Implements the ports Drawer and Driver.

    `pins` gives the lines; anything but a chip's is for tests and benches.
    """

    def __init__(self, settings: DrawerGpio, *, pins: Pins | None = None) -> None:
        self._settings = settings
        self._tell_sense: OnSense | None = None
        self._pins = pins or ChipPins(settings)
        self._one_at_a_time = anyio.Lock()
        self._coil: Coil | None = None
        self._why_not = NotPrinted(Problem.NOT_FOUND, "the pin is not open yet")
        self._cool_at = 0.0
        self._is_open: bool | None = None
        self.last_pulse_ms = 0.0
        """How long the pin was on at the last opening, by the guard's clock."""

    @property
    def guard_pid(self) -> int | None:
        """The process that holds the coil's line; None while there is none."""
        return None if self._coil is None else self._coil.guard_pid

    async def live(self, tell: Tell) -> NoReturn:
        """See Driver: a guard holds the coil's pin, off, for as long as this lives."""
        try:
            await self._hold(tell)
        except DeviceError as error:
            self._why_not = NotPrinted(error.problem, error.detail)
            raise

    async def _hold(self, tell: Tell) -> NoReturn:
        # Whoever held the pin before may have left the coil warm.
        self._cool_at = time.monotonic() + self._settings.cool_down_ms / 1000
        coil = await anyio.to_thread.run_sync(Coil, self._pins)
        try:
            self._coil = coil
            await self._until_it_fails(coil, tell)
            raise DeviceError(Problem.FAULT, "the drawer's guard has ended")
        finally:
            self._coil = None
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(coil.close)

    async def _until_it_fails(self, coil: Coil, tell: Tell) -> None:
        failed: list[DeviceError] = []
        async with anyio.create_task_group() as tasks:

            async def sense() -> None:
                try:
                    await self._sense()
                except DeviceError as error:
                    # Out of the group as itself, not in an exception group.
                    failed.append(error)
                    tasks.cancel_scope.cancel()

            if self._settings.sense_pin is not None:
                tasks.start_soon(sense)
            tell(Health(State.OK))
            await anyio.wait_readable(coil.life)
            tasks.cancel_scope.cancel()
        if failed:
            raise failed[0]

    # --- the coil

    async def open(self) -> DrawerOutcome:
        """See the port. Waits up to 2 s for the coil to cool, and refuses where that is not enough."""
        async with self._one_at_a_time:
            wait = self._cool_at - time.monotonic()
            if wait > _LONGEST_WAIT:
                return NotPrinted(Problem.BUSY, f"the coil cools down for another {wait:.0f} s")
            await anyio.sleep(max(wait, 0))
            coil = self._coil
            if coil is None:
                return self._why_not
            # Not to be abandoned: the thread watches the guard, and would have to switch the line off.
            return await anyio.to_thread.run_sync(self._pulse, coil, abandon_on_cancel=False)

    def _pulse(self, coil: Coil) -> DrawerOutcome:
        try:
            self.last_pulse_ms = coil.pulse(self._settings.pulse_ms)
        except DeviceError as error:
            log.error("the drawer's pulse failed: %s", error)  # noqa: TRY400 - what it was says the sentence
            return PrintUnknown(error.problem, error.detail)
        finally:
            self._cool_at = time.monotonic() + self._settings.cool_down_ms / 1000
        if self.last_pulse_ms > BEARABLE_MS:
            log.error("the drawer's coil was on for %.0f ms: the board was too busy to stop it", self.last_pulse_ms)
        return Printed(confirmed=False)

    # --- the switch

    async def look(self) -> bool | None:
        """See the port."""
        return self._is_open

    def on_sense(self, tell: OnSense) -> None:
        """See the port."""
        self._tell_sense = tell

    async def _sense(self) -> NoReturn:
        """Look at the switch again and again; a level counts when it has stood still for `debounce_ms`."""
        debounce = self._settings.debounce_ms / 1000
        switch = await anyio.to_thread.run_sync(Switch, self._pins, self._settings)
        try:
            level, since, told = switch.high(), time.monotonic(), None
            while True:
                await anyio.sleep(debounce / _LOOKS)
                now = time.monotonic()
                if switch.high() != level:
                    level, since = not level, now
                elif now - since >= debounce and level != told:
                    told = level
                    self._news(level == self._settings.sense_open_high)
        finally:
            self._news(None)
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(switch.close)

    def _news(self, is_open: bool | None) -> None:
        self._is_open = is_open
        if self._tell_sense is not None:
            self._tell_sense(is_open)
