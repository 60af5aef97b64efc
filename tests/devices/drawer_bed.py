"""A drawer at the far end of the driver's lines: the coil's line in a folder, which outlives every process, and a
switch on a pipe.
"""

import itertools
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import anyio

from terminal.config.settings import DrawerGpio
from terminal.devices.drawer_guard import Line
from terminal.devices.drawer_pins import SenseLine
from tests.devices.file_line import FileLine

ROOT = Path(__file__).parents[2]


class Switch:
    """The line of a switch: every change of its level is an event, as the kernel gives them."""

    def __init__(self, *, high: bool = False) -> None:
        self._reads, self._writes = os.pipe()
        os.set_blocking(self._reads, False)
        self._high = high
        self.broken = False

    def fileno(self) -> int:
        return self._reads

    def high(self) -> bool:
        return self._high

    def forget_events(self) -> None:
        if self.broken:
            raise OSError(19, "No such device")
        os.read(self._reads, 100)

    def close(self) -> None:
        """The driver lets go; the switch is still there."""

    def set(self, high: bool) -> None:
        """The drawer moves."""
        self._high = high
        os.write(self._writes, b"!")


class Bed:
    """Implements Pins."""

    def __init__(self, folder: Path, switch: Switch | None = None) -> None:
        self.folder = folder
        self.switch = switch or Switch()

    def guard_command(self) -> Sequence[str]:
        script = ROOT / "tests/devices/file_line.py"
        return (sys.executable, "-I", "-S", str(script), str(ROOT), str(self.folder))

    def take_coil(self) -> Line:
        return FileLine(str(self.folder))

    def take_sense(self) -> SenseLine:
        return self.switch

    def levels(self) -> list[tuple[float, bool]]:
        """Every level the coil's line was driven to, with its time."""
        log = self.folder / "log"
        lines = log.read_text().splitlines() if log.exists() else []
        return [(float(at), level == "1") for at, level in (line.split() for line in lines)]

    @property
    def is_on(self) -> bool:
        levels = self.levels()
        return bool(levels) and levels[-1][1]

    def pulses(self) -> list[float]:
        """How long each pulse lasted, in ms; one that still lasts is left out."""
        return [
            1000 * (after - before) for (before, on), (after, _) in itertools.pairwise(_changes(self.levels())) if on
        ]

    async def until(self, on: bool) -> None:
        """Wait until the line is so."""
        with anyio.fail_after(20):
            while self.is_on is not on:  # noqa: ASYNC110 - a line tells nobody
                await anyio.sleep(0.002)


def _changes(levels: list[tuple[float, bool]]) -> list[tuple[float, bool]]:
    return [next(group) for _, group in itertools.groupby(levels, key=lambda each: each[1])]


SETTINGS = DrawerGpio(pulse_ms=150, cool_down_ms=500)
