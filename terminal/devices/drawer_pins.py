"""Where a drawer's lines are: the driver and its guard open them through this."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from terminal.config.settings import DrawerGpio

from .drawer_guard import Line
from .gpio_chip import header_chip
from .gpio_line import InputLine, OutputLine

_GUARD = "import sys; sys.path.insert(0, sys.argv[1]); from terminal.devices import drawer_guard as g; "
_GUARD += "sys.exit(g.main(sys.argv[2:]))"
_ROOT = Path(__file__).parents[2]


class SenseLine(Protocol):
    """The line of the drawer's switch."""

    def fileno(self) -> int:
        """Readable when the level has changed."""

    def high(self) -> bool:
        """The level now. Raises OSError."""

    def forget_events(self) -> None:
        """Take what made it readable. Raises OSError."""

    def close(self) -> None:
        """Let it go."""


class Pins(Protocol):
    """A drawer's lines. Its calls may block for milliseconds; they raise DeviceError and OSError."""

    def guard_command(self) -> Sequence[str]:
        """What starts the process that holds the coil's line (drawer_guard.py)."""

    def take_coil(self) -> Line:
        """The coil's line for this process, off: the guard is dead. OSError EBUSY while it is not quite."""

    def take_sense(self) -> SenseLine:
        """The line of the drawer's switch."""


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

    def take_sense(self) -> SenseLine:
        """See Pins."""
        assert self._settings.sense_pin is not None  # noqa: S101 - asked for only where there is one
        return InputLine(self._chip(), self._settings.sense_pin, pull=self._settings.sense_pull)
