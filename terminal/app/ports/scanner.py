"""What a scanner gives: one scan at a time, whole, as the text that stood in the barcode."""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from terminal.protocols.wedge import Event, Typing


class Scan(msgspec.Struct, frozen=True):
    """One barcode. `text` has no suffix; GS stands as '\\x1d'; a leading symbology identifier stays (']d2…')."""

    text: str
    scanner: str
    """Name of the scanner in the settings."""


class BadScan(msgspec.Struct, frozen=True):
    """Something came from the scanner that is no barcode (too long, not decodable). Told, never dropped silently."""

    scanner: str
    why: str
    """One English sentence."""


OnScan = Callable[[Scan | BadScan], None]
"""Given to the driver when it is built, and called for each scan, in order, the moment it is whole. What it raises is
for the driver's caller: the driver lets it through."""


class Ear(Protocol):
    """How a keyboard wedge is to be read, and who wants its keys as they are: calibration, for a while."""

    typing: Typing
    """Another object when it has changed: the driver reads the keys from then on so, and forgets what was coming in."""
    listening: bool
    """The keys go to `hear`, and make no scans."""

    def hear(self, events: Sequence[Event]) -> None:
        """Key events, in order."""
