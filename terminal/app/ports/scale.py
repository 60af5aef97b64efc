"""A scale: one reading at rest, or why there is none. No reading is never a reading of nothing."""

from typing import Protocol

import msgspec

from .device import Problem


class Weight(msgspec.Struct, frozen=True):
    """The scale is at rest and shows this."""

    grams: int
    """Above zero: an empty scale gives no weight."""
    tare: int = 0
    """Grams that the scale has taken off already, when it says so."""


class NoWeight(msgspec.Struct, frozen=True):
    """There is no weight that could be sold, and why."""

    problem: Problem
    """NONE: it is at rest at zero, nothing lies on it."""
    detail: str = ""
    """One English sentence for the log."""


Weighing = Weight | NoWeight


class Scale(Protocol):
    """One scale. Calls are serialised by the driver; none raises for what the device does."""

    async def weigh(self) -> Weighing:
        """Ask until it is at rest, for at most two seconds."""
