"""What a scanner gives: one scan at a time, whole, as the text that stood in the barcode."""

from collections.abc import Callable

import msgspec


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
