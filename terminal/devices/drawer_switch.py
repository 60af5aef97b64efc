"""The switch of a drawer on a pin, read through gpiozero.

Debouncing is the driver's (drawer_gpio.py): gpiozero's `bounce_time` is left out, for its simulated pins ignore it, and
a switch has to be watched for standing still and not for the first edge alone.
"""

import contextlib
import os
import threading
from typing import Any

from terminal.app.ports.device import DeviceError, Problem
from terminal.config.settings import DrawerGpio

from .drawer_pins import Pins

_PULL_UP = {"up": True, "down": False, "none": None}
_BUSY = "GPIO busy"
"""What lgpio says, in words, of a line that another process holds (lgErr.c)."""


class Switch:
    """One opening of the switch's pin. `anyio.wait_readable` takes it: it is readable when the level has changed."""

    def __init__(self, pins: Pins, settings: DrawerGpio) -> None:
        """Take the pin. Blocks; raises DeviceError."""
        self._where = f"GPIO{settings.sense_pin}"
        try:
            # Here and not above: see gpio_library.py.
            from gpiozero import DigitalInputDevice, GPIOPinInUse  # type: ignore[import-untyped]
        except ImportError as error:
            raise DeviceError(Problem.MISSING_LIBRARY, f"gpiozero cannot be loaded: {error}") from error
        factory: Any = pins.switch_factory()
        self._ends = contextlib.ExitStack()
        self._ends.callback(factory.close)
        # All factories of a process share their pins: one that is left there would be the next life's.
        self._ends.callback(factory.pins.clear)
        pull_up = _PULL_UP[settings.sense_pull]
        try:
            self._device: Any = DigitalInputDevice(
                settings.sense_pin,
                pull_up=pull_up,
                active_state=True if pull_up is None else None,
                pin_factory=factory,
            )
        except Exception as error:
            # gpiozero and lgpio raise what they like.
            self._ends.close()
            busy = isinstance(error, GPIOPinInUse) or _BUSY in str(error)
            raise DeviceError(Problem.IN_USE if busy else Problem.FAULT, f"{self._where}: {error}") from error
        self._ends.callback(self._device.close)
        self._ends.callback(self._unwatch)
        self._pulled_up = pull_up is True
        self._bell = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._closed = False
        self._closing = threading.Lock()
        self._device.when_activated = self._ring
        self._device.when_deactivated = self._ring

    def _ring(self) -> None:
        # In lgpio's thread, which may still be here when the bell has gone, its number another file's.
        with self._closing:
            if not self._closed:
                os.eventfd_write(self._bell, 1)

    def _unwatch(self) -> None:
        # An LGPIOPin that is only closed stays among lgpio's callbacks (gpiozero 2.0.1). The next life's first change
        # would wake it, and it would end lgpio's one thread on a chip that is no longer open.
        self._device.pin.when_changed = None

    def fileno(self) -> int:
        """Readable when the level has changed."""
        return self._bell

    def forget_changes(self) -> None:
        """Take what made it readable."""
        os.eventfd_read(self._bell)

    def high(self) -> bool:
        """The level now. Raises DeviceError."""
        try:
            # gpiozero calls the level active that the pull is not.
            return bool(self._device.is_active) != self._pulled_up
        except Exception as error:
            raise self._lost(error) from error

    def close(self) -> None:
        """Let the pin go. Blocks; raises DeviceError."""
        with self._closing:
            self._closed = True
            os.close(self._bell)
        try:
            self._ends.close()
        except Exception as error:
            raise self._lost(error) from error

    def _lost(self, error: Exception) -> DeviceError:
        return DeviceError(Problem.LOST, f"{self._where} cannot be read: {error}")
