"""A cash drawer."""

from typing import Protocol

from .printer import PrintOutcome

DrawerOutcome = PrintOutcome
"""Printed = the pulse was sent; NotPrinted = certainly not; PrintUnknown = perhaps."""


class Drawer(Protocol):
    """Opens one drawer. Never raises for what the device does."""

    async def open(self) -> DrawerOutcome:
        """One pulse."""
