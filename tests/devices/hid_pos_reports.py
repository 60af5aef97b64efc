"""A HID-POS scanner's descriptor and reports, written from the usage tables and not from our own code."""

DESCRIPTOR = bytes.fromhex(
    "05 8C 09 02 A1 01"  # Bar Code Scanner page, Bar Code Scanner, application
    "  09 12 A1 02 85 02"  # Scanned Data Report, logical, report 2
    "    15 00 26 FF 00 75 08"
    "    95 01 05 01 09 3B 81 02"  # Generic Desktop: Byte Count
    "    95 03 05 8C 09 FB 09 FC 09 FD 81 02"  # Symbology Identifier 1 to 3
    "    95 38 09 FE 82 02 01"  # Decoded Data, 56 buffered bytes
    "    06 66 FF 95 02 09 04 09 00 81 02"  # the maker's own
    "    05 8C 25 01 75 01 95 08 09 FF 81 02"  # Decode Data Continued
    "  C0"
    "  09 14 A1 02 85 04 15 00 25 01 75 01 95 08 09 00 09 5F 09 60 09 00 09 00 09 85 09 86 91 86 C0"  # triggers
    "C0"
)
CAPACITY = 56

KEYBOARD = bytes.fromhex(
    "05 01 09 06 A1 01 05 07 19 E0 29 E7 15 00 25 01 75 01 95 08 81 02 95 01 75 08 81 01"
    "95 06 75 08 15 00 25 65 05 07 19 00 29 65 81 00 C0"
)
"""A plain keyboard's."""


def reports(data: bytes, symbology: bytes = b"]E0") -> list[bytes]:
    """The reports of one barcode."""
    pieces = [data[at : at + CAPACITY] for at in range(0, len(data), CAPACITY)] or [b""]
    return [
        bytes((2, len(piece))) + symbology + piece.ljust(CAPACITY, b"\0") + b"\0\0" + bytes((number < len(pieces),))
        for number, piece in enumerate(pieces, start=1)
    ]
