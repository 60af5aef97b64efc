"""Where a drawer's lines are: the driver and its guard open them through this."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from terminal.config.settings import DrawerGpio

from .drawer_guard import Line
from .gpio_chip import header_chip
from .gpio_line import OutputLine

_GUARD = "import sys; sys.path.insert(0, sys.argv[1]); from terminal.devices import drawer_guard as g; "
_GUARD += "sys.exit(g.main(sys.argv[2:]))"
_ROOT = Path(__file__).parents[2]


class Pins(Protocol):
    """A drawer's lines. Its calls may block for milliseconds; they raise DeviceError and OSError."""

    def guard_command(self) -> Sequence[str]:
        """What starts the process that holds the coil's line (drawer_guard.py)."""

    def take_coil(self) -> Line:
        """The coil's line for this process, off: the guard is dead. OSError EBUSY while it is not quite."""

    def switch_factory(self) -> Any:
        """gpiozero's pin factory for the drawer's switch; whoever asked closes it."""


class ChipPins:
    """Lines of a GPIO chip: the 40-pin header's, or the one that the settings name."""

    def __init__(self, settings: DrawerGpio) -> None:
        self._settings = settings

    def _chip(self) -> str:
        # Looked for each time: a chip on USB may have come back under another number.
        return self._settings.chip or header_chip()

    def guard_command(self) -> Sequence[str]:
        """See Pins. Without site-packages and the environment: it starts in 20 ms, and nothing there can break it."""
        level = "high" if self._settings.active_high else "low"
        return (sys.executable, "-I", "-S", "-c", _GUARD, str(_ROOT), self._chip(), str(self._settings.pin), level)

    def take_coil(self) -> Line:
        """See Pins."""
        return OutputLine(self._chip(), self._settings.pin, active_high=self._settings.active_high)

    def switch_factory(self) -> Any:
        """See Pins."""
        # Here and not above: most drawers on a pin have no switch on another.
        from .gpio_library import chip_factory

        return chip_factory(self._chip())
