"""A picture of dots as `GS v 0` wants it (Epson, "ESC/POS Command Reference", GS v 0)."""

from .realtime import harmless

STRIP = 256
"""Rows a command: small printers lose the middle of a higher picture."""


def raster(rows: list[bytes]) -> bytes:
    """The commands that print `rows`, each of the same number of bytes, the first dot in bit 7, 1 = black.

    A picture may hold the bytes of a real-time command, and a printer would act on them: open the drawer in
    the middle of the logo. One dot more keeps it from that, and nobody sees it.
    """
    width = len(rows[0])
    out = bytearray()
    for top in range(0, len(rows), STRIP):
        strip = rows[top : top + STRIP]
        dots = b"".join(strip)
        if not harmless(dots):
            for second in (0x04, 0x05, 0x14):
                dots = dots.replace(bytes((0x10, second)), bytes((0x10, second | 0x08)))
        out += b"\x1dv0\x00" + width.to_bytes(2, "little") + len(strip).to_bytes(2, "little") + dots
    return bytes(out)
