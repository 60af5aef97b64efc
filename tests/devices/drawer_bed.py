"""A drawer at the far end of the driver's lines: the coil's line in a folder, which outlives every process, and a
switch on gpiozero's own simulated pins.
"""

import itertools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio

from terminal.config.settings import DrawerGpio
from terminal.devices.drawer_guard import Line
from tests.devices.file_line import FileLine

ROOT = Path(__file__).parents[2]


class Bed:
    """Implements Pins."""

    def __init__(self, folder: Path, switch: Any = None) -> None:
        """`switch`: a MockFactory, where the drawer has one."""
        self.folder = folder
        self._switch = switch

    def guard_command(self) -> Sequence[str]:
        script = ROOT / "tests/devices/file_line.py"
        return (sys.executable, "-I", "-S", str(script), str(ROOT), str(self.folder))

    def take_coil(self) -> Line:
        return FileLine(str(self.folder))

    def switch_factory(self) -> Any:
        return self._switch

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
