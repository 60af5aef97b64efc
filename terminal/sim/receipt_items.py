"""What stands on a simulated receipt, piece by piece: lines, blanks, codes, dots."""

import msgspec

from terminal.protocols.escpos import code128

FONT_DOTS = {0: (12, 24), 1: (9, 17)}
"""Size of a character cell of fonts A and B, in dots (Epson TM-T88)."""

_SYMBOLOGIES = ("UPC-A", "UPC-E", "EAN13", "EAN8", "CODE39", "ITF", "CODABAR", "CODE93", "CODE128", "GS1-128")


class Span(msgspec.Struct, frozen=True):
    """Characters of one look within a line."""

    text: str
    font: int = 0
    width: int = 1
    height: int = 1
    bold: bool = False
    underline: bool = False
    inverse: bool = False

    @property
    def dots(self) -> int:
        """How wide it is."""
        return len(self.text) * FONT_DOTS[self.font][0] * self.width


class Line(msgspec.Struct, frozen=True):
    """One printed line. `full`: it was broken because the paper's edge was reached, not by a line feed."""

    spans: tuple[Span, ...]
    align: int = 0
    full: bool = False

    @property
    def text(self) -> str:
        """Its characters, without their place."""
        return "".join(span.text for span in self.spans)


class Blank(msgspec.Struct, frozen=True):
    """Paper fed without printing, in dots."""

    dots: int


class QrCode(msgspec.Struct, frozen=True):
    """A QR code. `level` 0 to 3 = L M Q H."""

    data: bytes
    module: int
    level: int
    align: int


class BarCode(msgspec.Struct, frozen=True):
    """A barcode. `hri`: 0 no text, 1 above, 2 below, 3 both."""

    symbology: int
    data: bytes
    module: int
    height: int
    hri: int
    align: int

    @property
    def kind(self) -> str:
        """The symbology's name."""
        return _SYMBOLOGIES[self.symbology - 65] if self.symbology - 65 < len(_SYMBOLOGIES) else str(self.symbology)

    @property
    def text(self) -> str:
        """What a scanner will read; empty where the data is none of its symbology's."""
        try:
            return code128.text_of(self.data) if self.symbology == 73 else self.data.decode("ascii")
        except (code128.BadBarcode, UnicodeDecodeError):
            return ""


class Picture(msgspec.Struct, frozen=True):
    """Dots: rows of `width` bytes, the first dot in bit 7."""

    width: int
    height: int
    dots: bytes
    x_scale: int
    y_scale: int
    align: int


Item = Line | Blank | QrCode | BarCode | Picture
