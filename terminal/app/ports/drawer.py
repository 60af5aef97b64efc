"""A cash drawer."""

from collections.abc import Callable
from typing import Protocol

from .printer import PrintOutcome

DrawerOutcome = PrintOutcome
"""Printed = the pulse was sent; NotPrinted = certainly not; PrintUnknown = perhaps."""

OnSense = Callable[[bool | None], None]
"""News of a drawer's switch: True it stands open, False it is shut, None nobody knows (any more). May come again and
again with the same. Called in the event loop; returns at once."""


class Drawer(Protocol):
    """Opens one drawer. No call raises for what the device does."""

    async def open(self) -> DrawerOutcome:
        """One pulse."""

    async def look(self) -> bool | None:
        """Whether it stands open now, by its switch; None when it has none, or it cannot be read."""

    def on_sense(self, tell: OnSense) -> None:
        """Have the news of its switch told; without one there is none."""
