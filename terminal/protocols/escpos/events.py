"""What a parsed ESC/POS stream consists of, one struct a meaning. See parser.py.

Text is bytes: which character a byte means depends on the code table that the printer stands at.
"""

import msgspec


class Event(msgspec.Struct, frozen=True):
    """Base of all."""


class Chars(Event, frozen=True):
    """Characters of a line: bytes 0x20 to 0xFF."""

    data: bytes


class Control(Event, frozen=True):
    """One control byte: LF, CR, HT, FF, CAN, BEL and such."""

    byte: int


class Initialise(Event, frozen=True):
    """ESC @"""


class CodeTable(Event, frozen=True):
    """ESC t n: the upper half of the characters."""

    number: int


class International(Event, frozen=True):
    """ESC R n: a dozen characters of the lower half."""

    number: int


class PrintMode(Event, frozen=True):
    """ESC ! n: font, bold, size and underline at once."""

    small: bool
    bold: bool
    width: int
    height: int
    underline: bool


class Bold(Event, frozen=True):
    """ESC E n, and ESC G n (double strike), which looks the same."""

    on: bool


class Underline(Event, frozen=True):
    """ESC - n: 0, 1 or 2 dots."""

    dots: int


class Font(Event, frozen=True):
    """ESC M n: 0 = A, 1 = B."""

    number: int


class Size(Event, frozen=True):
    """GS ! n: multipliers 1 to 8."""

    width: int
    height: int


class Inverse(Event, frozen=True):
    """GS B n: white on black."""

    on: bool


class Align(Event, frozen=True):
    """ESC a n: 0 left, 1 centre, 2 right."""

    where: int


class LineSpacing(Event, frozen=True):
    """ESC 2 (None = the default) and ESC 3 n, in dots."""

    dots: int | None


class FeedLines(Event, frozen=True):
    """ESC d n: print the line, feed n lines."""

    lines: int


class FeedDots(Event, frozen=True):
    """ESC J n: print the line, feed n dots."""

    dots: int


class Cut(Event, frozen=True):
    """GS V m [n], ESC i, ESC m. `feed` is in dots on top of the way to the knife; None: cut here."""

    partial: bool
    feed: int | None


class Pulse(Event, frozen=True):
    """ESC p m t1 t2: the drawer."""

    pin: int
    on_ms: int
    off_ms: int


class BarcodeHeight(Event, frozen=True):
    """GS h n"""

    dots: int


class BarcodeWidth(Event, frozen=True):
    """GS w n: dots a module."""

    dots: int


class HriPosition(Event, frozen=True):
    """GS H n: 0 none, 1 above, 2 below, 3 both."""

    where: int


class Barcode(Event, frozen=True):
    """GS k. `symbology` is function B's number (65 UPC-A … 73 CODE128), also where function A was used."""

    symbology: int
    data: bytes


class QrModuleSize(Event, frozen=True):
    """GS ( k 67: dots a module."""

    dots: int


class QrLevel(Event, frozen=True):
    """GS ( k 69: 0 L, 1 M, 2 Q, 3 H."""

    level: int


class QrStore(Event, frozen=True):
    """GS ( k 80"""

    data: bytes


class QrPrint(Event, frozen=True):
    """GS ( k 81"""


class Raster(Event, frozen=True):
    """GS v 0 and GS ( L 112: rows of `width` bytes, the first dot in bit 7; doubled where a scale is 2.

    `stored`: not printed before GraphicsPrint.
    """

    width: int
    height: int
    dots: bytes
    x_scale: int = 1
    y_scale: int = 1
    stored: bool = False


class GraphicsPrint(Event, frozen=True):
    """GS ( L 50: print what was stored."""


class GraphicsKeys(Event, frozen=True):
    """GS ( L 64: which pictures are stored?"""


class GraphicsStore(Event, frozen=True):
    """GS ( L 67: keep a picture."""

    key: bytes
    picture: Raster


class GraphicsShow(Event, frozen=True):
    """GS ( L 69: print a stored picture."""

    key: bytes
    x_scale: int
    y_scale: int


class RealTime(Event, frozen=True):
    """DLE EOT, DLE ENQ, DLE DC4: the receiver has acted on it already (realtime.py)."""

    raw: bytes


class ReportInOrder(Event, frozen=True):
    """GS r n: a status, answered when it is its turn."""

    number: int


class Other(Event, frozen=True):
    """A command whose length is known and that changes nothing on paper as far as we read it."""

    raw: bytes


class Unknown(Event, frozen=True):
    """No command that we know. A real printer throws it away, too, and prints what comes next as text."""

    raw: bytes


class TooLong(Event, frozen=True):
    """A command that claims more data than any printer has memory for; its data is skipped."""

    raw: bytes
    """The head of it."""
    length: int
