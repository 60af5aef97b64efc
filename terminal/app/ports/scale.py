"""A scale: one reading at rest, or why there is none. No reading is never a reading of nothing."""

from collections.abc import Callable
from typing import Protocol

import msgspec

from .device import Problem


class Weight(msgspec.Struct, frozen=True):
    """The scale is at rest and shows this."""

    grams: int
    """Above zero: an empty scale gives no weight."""
    net: bool = False
    """The scale has taken a tare off already, and says so."""
    load: int = 0
    """Which load this is, counted by the driver: another number when the scale was seen empty or with another weight
    in between. The same number twice is the same thing weighed twice."""


class NoWeight(msgspec.Struct, frozen=True):
    """There is no weight that could be sold, and why."""

    problem: Problem
    """NONE: it is at rest at zero, nothing lies on it."""
    detail: str = ""
    """One English sentence for the log."""


Weighing = Weight | NoWeight

OnReading = Callable[[Weighing], None]
"""Called with every reading that differs from the one before."""


class Scale(Protocol):
    """One scale. Calls are serialised by the driver; none raises for what the device does."""

    async def weigh(self) -> Weighing:
        """Ask until it is at rest, for at most two seconds. What lies at zero is at rest: nothing is waited for."""

    def follow(self, on_reading: OnReading) -> None:
        """From now on tell of every reading, also of those that nobody asked for."""
