"""A device or a service that can be asked how it is, as far as it can tell, while nothing is to pay."""

from typing import Protocol

from .device import Health


class Diagnosed(Protocol):
    """A card terminal or a payment service."""

    async def diagnose(self) -> Health:
        """Ask it now. Moves no money and shows a customer nothing. `detail` is what it says of itself.

        Raises DeviceError. Cancelling lets go of the wire.
        """
