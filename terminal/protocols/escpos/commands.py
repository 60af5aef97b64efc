"""The commands that the driver writes itself; the receipt's own come from python-escpos (devices/escpos_render)."""

from typing import Literal

INITIALISE = b"\x1b@"
"""ESC @: clears what a broken job left in the print buffer and every mode it set."""

ASCII_SET = b"\x1bR\x00"
"""ESC R 0: the US character set. A printer whose DIP switches say Denmark prints [ as Æ without it."""

MAX_ON_MS = 510
"""The longest pulse that ESC p can say (255 units), and the longest that a drawer's coil bears."""

REPORT_IN_ORDER = b"\x1dr\x01"
"""GS r 1: the paper's state, answered when the printer has come to it. With a job before it: the job has been worked
through. (DLE EOT is answered at once, by a printer that may have lost the job in a power cut, too.)"""

DrawerPin = Literal[2, 5]


def code_table(number: int) -> bytes:
    """ESC t: the upper half of the characters, by the printer's own number for it."""
    return bytes((0x1B, 0x74, number))


def pulse(pin: DrawerPin, on_ms: int, off_ms: int = 200) -> bytes:
    """ESC p: one pulse on a pin of the drawer's socket. Times in ms, sent in units of 2 ms; at most 510."""
    if not 2 <= on_ms <= MAX_ON_MS:
        raise ValueError(f"a pulse lasts 2 to {MAX_ON_MS} ms, not {on_ms}")
    return bytes((0x1B, 0x70, 0 if pin == 2 else 1, on_ms // 2, min(off_ms, MAX_ON_MS) // 2))


def pulse_now(pin: DrawerPin, on_ms: int) -> bytes:
    """DLE DC4 1: one pulse at once, also from a printer that is stopped. In steps of 100 ms, rounded, 100 to 500."""
    return bytes((0x10, 0x14, 0x01, 0 if pin == 2 else 1, min(5, max(1, round(on_ms / 100)))))
