"""The switch of a drawer on a pin, read through gpiozero.

It is looked at, and not waited for: while a pin has a callback, lgpio's thread polls the kernel 2,000 times a second
(lgPthAlerts.c, lgpio 0.2.2), and a drawer moves slower than that.
"""

import contextlib
from typing import Any

from terminal.app.ports.device import DeviceError, Problem
from terminal.config.settings import DrawerGpio

from .drawer_pins import Pins

_PULL_UP = {"up": True, "down": False, "none": None}
_BUSY = "GPIO busy"
"""What lgpio says, in words, of a line that another process holds (lgErr.c)."""


class Switch:
    """One opening of the switch's pin."""

    def __init__(self, pins: Pins, settings: DrawerGpio) -> None:
        """Take the pin. Blocks; raises DeviceError."""
        self._where = f"GPIO{settings.sense_pin}"
        try:
            # Here and not above: see gpio_library.py.
            from gpiozero import GPIOPinInUse, InputDevice  # type: ignore[import-untyped]
        except ImportError as error:
            raise DeviceError(Problem.MISSING_LIBRARY, f"gpiozero cannot be loaded: {error}") from error
        factory: Any = pins.switch_factory()
        self._ends = contextlib.ExitStack()
        self._ends.callback(factory.close)
        # All factories of a process share their pins: one that is left there would be the next life's.
        self._ends.callback(factory.pins.clear)
        pull_up = _PULL_UP[settings.sense_pull]
        try:
            self._device: Any = InputDevice(
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
        self._pulled_up = pull_up is True

    def high(self) -> bool:
        """The level now, one call of the kernel's. Raises DeviceError."""
        try:
            # gpiozero calls the level active that the pull is not.
            return bool(self._device.is_active) != self._pulled_up
        except Exception as error:
            raise self._lost(error) from error

    def close(self) -> None:
        """Let the pin go. Blocks; raises DeviceError."""
        try:
            self._ends.close()
        except Exception as error:
            raise self._lost(error) from error

    def _lost(self, error: Exception) -> DeviceError:
        return DeviceError(Problem.LOST, f"{self._where} cannot be read: {error}")
