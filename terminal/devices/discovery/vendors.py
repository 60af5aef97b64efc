"""Whose USB numbers are known to be of scanners, printers and adapters (the USB IF's list of vendors).

A hint alone: it decides what is proposed, never what is opened.
"""

SCANNERS = frozenset(
    {
        0x0536,  # Hand Held Products (Honeywell)
        0x05E0,  # Symbol Technologies (Zebra)
        0x05F9,  # PSC Scanning (Datalogic)
        0x065A,  # Optoelectronics (Opticon)
        0x080C,  # Datalogic
        0x0C2E,  # Metrologic Instruments (Honeywell)
        0x1EAB,  # Fujian Newland
    }
)
PRINTERS = frozenset(
    {
        0x04B8,  # Seiko Epson
        0x0519,  # Star Micronics
        0x0DD4,  # Custom Engineering
        0x1504,  # Bixolon
        0x1D90,  # Citizen
    }
)
ADAPTERS = frozenset(
    {
        0x0403,  # FTDI
        0x067B,  # Prolific
        0x10C4,  # Silicon Labs
        0x1A86,  # QinHeng (CH340)
    }
)
"""A cable with a chip: what hangs on its other end, it does not know."""


def is_scanner(vendor: int, name: str) -> bool:
    """Whether it is a scanner, by its maker or by what it calls itself."""
    called = name.lower()
    return vendor in SCANNERS or any(word in called for word in ("scanner", "barcode", "bar code", "imager"))
