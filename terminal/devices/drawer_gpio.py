"""A drawer whose driver stage hangs on a pin of the 40-pin header.

A drawer's coil (24 V, 1 A) bears 510 ms and burns above. The pulse is made in a thread of its own, so that
neither a busy loop nor a cancellation nor a commit that takes a second makes it longer; the pin goes off in a
`finally`. A process that dies in between is the hardware's business: the stage has its own monostable.
"""

import importlib
import logging
import time
from collections.abc import Callable
from typing import Any, NoReturn

import anyio
import anyio.to_thread

from terminal.app.ports.device import DeviceError, Health, Problem, State, Tell
from terminal.app.ports.drawer import DrawerOutcome
from terminal.app.ports.printer import NotPrinted, Printed, PrintUnknown
from terminal.config.settings import DrawerGpio

from .gpio_chip import header_factory

log = logging.getLogger(__name__)

LONGEST_PULSE_MS = 510
_LONGEST_WAIT = 2.0
"""Seconds that an opening waits for the coil to cool; when it would be longer it is refused, nobody waits for it."""


class GpioDrawer:
    """Implements the ports Drawer and Driver.

    `factory` gives the pin factory; anything but the header's own is for tests and benches.
    """

    def __init__(self, settings: DrawerGpio, *, factory: Callable[[], Any] = header_factory) -> None:
        self._settings = settings
        self._factory = factory
        self._one_at_a_time = anyio.Lock()
        self._output: Any = None
        self._broken = anyio.Event()
        self._why_not = NotPrinted(Problem.NOT_FOUND, "the pin is not open yet")
        self._cool_at = 0.0
        self.last_pulse_ms = 0.0
        """How long the pin was on at the last opening, by our own clock."""

    async def live(self, tell: Tell) -> NoReturn:
        """See Driver: holds the pin, off, for as long as it lives."""
        try:
            await self._hold(tell)
        except DeviceError as error:
            self._why_not = NotPrinted(error.problem, error.detail)
            raise

    async def _hold(self, tell: Tell) -> NoReturn:
        self._broken = anyio.Event()
        output = await anyio.to_thread.run_sync(self._open_pin)
        # Its factory goes with it: a second life opens the chip anew.
        pins = output.pin_factory
        try:
            self._output = output
            tell(Health(State.OK))
            await self._broken.wait()
            raise DeviceError(Problem.FAULT, f"GPIO{self._settings.pin} could not be switched")
        finally:
            self._output = None
            output.close()
            pins.close()

    def _open_pin(self) -> Any:
        # Here and not above: gpiozero takes 3.3 MB and 0.2 s on a PC, and most tills have no such drawer.
        try:
            gpiozero: Any = importlib.import_module("gpiozero")
        except ImportError as error:
            raise DeviceError(Problem.MISSING_LIBRARY, f"gpiozero cannot be loaded: {error}") from error
        pins = self._factory()
        try:
            return gpiozero.OutputDevice(
                self._settings.pin, active_high=self._settings.active_high, initial_value=False, pin_factory=pins
            )
        except Exception as error:
            pins.close()
            raise DeviceError(Problem.FAULT, f"GPIO{self._settings.pin}: {error}") from error

    async def open(self) -> DrawerOutcome:
        """See the port. Waits up to 2 s for the coil to cool, and refuses where that is not enough."""
        async with self._one_at_a_time:
            wait = self._cool_at - time.monotonic()
            if wait > _LONGEST_WAIT:
                return NotPrinted(Problem.BUSY, f"the coil cools down for another {wait:.0f} s")
            await anyio.sleep(max(wait, 0))
            output = self._output
            if output is None:
                return self._why_not
            # Not to be abandoned: the thread holds the pin on.
            outcome = await anyio.to_thread.run_sync(self._pulse, output, abandon_on_cancel=False)
            if isinstance(outcome, PrintUnknown):
                self._broken.set()
            return outcome

    def _pulse(self, output: Any) -> DrawerOutcome:
        seconds = min(self._settings.pulse_ms, LONGEST_PULSE_MS) / 1000
        start = time.monotonic()
        try:
            try:
                output.on()
                time.sleep(seconds)
            finally:
                _off(output)
                end = time.monotonic()
                self.last_pulse_ms = 1000 * (end - start)
                self._cool_at = end + self._settings.cool_down_ms / 1000
        except Exception as error:
            # gpiozero and lgpio raise what they like; whatever it was, a person must look at the drawer.
            log.exception("the drawer's pin failed")
            return PrintUnknown(Problem.FAULT, f"GPIO{self._settings.pin}: {error}")
        if self.last_pulse_ms > LONGEST_PULSE_MS:
            log.error("the drawer's coil was on for %.0f ms: the board was too busy to stop it", self.last_pulse_ms)
        return Printed(confirmed=False)


def _off(output: Any) -> None:
    try:
        output.off()
    except Exception:
        # The last means to let the coil go: the pin becomes an input.
        output.close()
        raise
