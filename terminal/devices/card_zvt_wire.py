"""The wire to a ZVT terminal: whole APDUs go in and come out.

    DeviceError     the wire failed (a Problem says how)
        NotSent     and nothing of what was to be sent has been taken by the terminal, for certain

Opened for one conversation and closed after it: the till opens and closes (transport text, chapter 2.2).
"""

from typing import Protocol

import msgspec

from terminal.app.ports.device import DeviceError, Problem
from terminal.protocols.zvt.apdu import Apdu


class Timing(msgspec.Struct, frozen=True):
    """Seconds. The defaults are the transport text's (3.4, 5.2.5, 5.2.6); a test has no time for them."""

    connect: float = 5.0
    t1: float = 0.2
    """Between two bytes of a serial frame."""
    t2: float = 5.0
    """From a serial frame to its ACK."""
    t3: float = 5.0
    """From a command to 80 00 or 84 xx."""
    t4: float = 180.0
    """From there to the completion; begins anew with every sign of life."""
    check: float = 15.0
    """Between two looks at an idle terminal."""


class NotSent(DeviceError):
    """Nothing of it has been taken by the terminal."""


class Wire(Protocol):
    """One open wire, for one task. A receive that is cancelled loses nothing; a send is not cancelled half-way."""

    async def send(self, apdu: bytes) -> None:
        """Send one APDU. Raises NotSent when certainly nothing of it was taken, else DeviceError."""

    async def receive(self) -> Apdu:
        """The next APDU. Raises DeviceError: LOST at the end, GARBAGE for a frame that cannot be read."""

    def close(self) -> None:
        """Let go."""


def lost(where: str, why: object) -> DeviceError:
    """The wire is gone."""
    return DeviceError(Problem.LOST, f"{where}: {why}")
