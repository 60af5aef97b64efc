"""Draws a receipt as the print head would burn it: one pixel a dot, codes that a scanner reads.

Characters stand in the printer's cells whatever the font's own widths are; double size is the same dots twice,
as a printer does it. DejaVu Sans Mono where Debian has it (package fonts-dejavu-core), else Pillow's own font.
"""

import importlib
import io
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from terminal.protocols.escpos import code128

from .receipt_items import FONT_DOTS, BarCode, Blank, Item, Line, Picture, QrCode, Span

_DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
_MARGIN = 32
_LINE_GAP = 6
_MAX_HEIGHT = 30_000
"""Pixels. A longer receipt is cut off in the picture."""
_QUIET = 4
"""Modules of white around a code."""
_LEVELS = "lmqh"
_BARCODES = {65: "upca", 67: "ean13", 68: "ean8", 69: "code39", 70: "itf"}
"""Symbologies other than Code 128 that python-barcode draws for us."""

Strip = Image.Image
"""A piece of the receipt, mode L, as wide as what is on it."""


def draw(items: tuple[Item, ...], dots: int) -> bytes:
    """A receipt of `dots` width as a PNG, black on white."""
    pen = _Pen()
    strips: list[tuple[Strip, int]] = []
    height = 0
    for item in items:
        strip, align = pen.strip(item, dots)
        if height + strip.height > _MAX_HEIGHT:
            break
        strips.append((strip, align))
        height += strip.height
    paper = Image.new("L", (dots + 2 * _MARGIN, height + 2 * _MARGIN), 255)
    y = _MARGIN
    for strip, align in strips:
        free = dots - strip.width
        paper.paste(strip, (_MARGIN + (0, free // 2, free)[align], y))
        y += strip.height
    out = io.BytesIO()
    paper.save(out, "PNG")
    return out.getvalue()


class _Pen:
    """Draws the items; keeps the fonts and the characters that it has drawn."""

    def __init__(self) -> None:
        self._cells: dict[tuple[str, int, bool], Strip] = {}

    def strip(self, item: object, width: int) -> tuple[Strip, int]:
        """The item's picture and where it stands (0 left, 1 centre, 2 right)."""
        match item:
            case Line():
                return self._line(item), item.align
            case Blank(dots=dots):
                return Image.new("L", (1, dots), 255), 0
            case QrCode():
                return _qr(item), item.align
            case BarCode():
                return self._barcode(item), item.align
            case Picture():
                return _picture(item, width), item.align
            case _:
                raise TypeError(f"{item!r} is nothing on a receipt")

    def _line(self, line: Line) -> Strip:
        height = max((FONT_DOTS[span.font][1] * span.height for span in line.spans), default=24)
        strip = Image.new("L", (max(sum(span.dots for span in line.spans), 1), height + _LINE_GAP), 255)
        x = 0
        for span in line.spans:
            drawn = self._span(span)
            strip.paste(drawn, (x, height - drawn.height))
            x += drawn.width
        return strip

    def _span(self, span: Span) -> Strip:
        wide, high = FONT_DOTS[span.font]
        strip = Image.new("L", (max(wide * len(span.text), 1), high), 255)
        for i, char in enumerate(span.text):
            strip.paste(self._cell(char, span.font, span.bold), (i * wide, 0))
        if span.underline:
            ImageDraw.Draw(strip).line((0, high - 1, strip.width, high - 1), fill=0, width=2)
        if span.inverse:
            strip = strip.point(lambda grey: 255 - grey)
        return strip.resize((strip.width * span.width, strip.height * span.height), Image.Resampling.NEAREST)

    def _cell(self, char: str, font: int, bold: bool) -> Strip:
        key = (char, font, bold)
        if key not in self._cells:
            wide, high = FONT_DOTS[font]
            cell = Image.new("L", (wide, high), 255)
            pen = ImageDraw.Draw(cell)
            pen.fontmode = "1"
            pen.text((wide / 2, high * 0.8), char, font=_font(high, bold), fill=0, anchor="ms")
            self._cells[key] = cell
        return self._cells[key]

    def _barcode(self, item: BarCode) -> Strip:
        text = self._span(Span(item.text)) if item.hri else Image.new("L", (1, 1), 255)
        try:
            bars = _bars(item)
        except (code128.BadBarcode, ValueError) as why:
            # A printer prints nothing for it; a person at the bench wants to see that there was something.
            return self._span(Span(f"[no {item.kind}: {why}]"[:42], font=1))
        row = Image.new("L", (len(bars), 1), 255)
        row.putdata([0 if bar == "1" else 255 for bar in bars])
        drawn = row.resize((len(bars) * item.module, item.height), Image.Resampling.NEAREST)
        quiet = 2 * _QUIET * item.module
        above, below = text.height * (item.hri & 1), text.height * (item.hri >> 1)
        width = max(drawn.width + 2 * quiet, text.width)
        strip = Image.new("L", (width, drawn.height + above + below + _LINE_GAP), 255)
        strip.paste(drawn, ((width - drawn.width) // 2, above))
        for at in ([0] if above else []) + ([above + drawn.height + 2] if below else []):
            strip.paste(text, ((width - text.width) // 2, at))
        return strip


def _bars(item: BarCode) -> str:
    if item.symbology == 73:
        return code128.modules(code128.symbols(item.data))
    if item.symbology not in _BARCODES or not item.text:
        raise ValueError("not drawn here")
    barcode: Any = importlib.import_module("barcode")
    try:
        kind = barcode.get_barcode_class(_BARCODES[item.symbology])
        # A printer adds no check character of its own to Code 39.
        code = kind(item.text, add_checksum=False) if item.symbology == 69 else kind(item.text)
        return "".join(code.build()).replace("G", "1")
    except barcode.errors.BarcodeError as why:
        raise ValueError(str(why)) from why


def _qr(item: QrCode) -> Strip:
    import segno

    try:
        code = segno.make_qr(item.data, error=_LEVELS[item.level], boost_error=False)
    except segno.DataOverflowError:
        return Image.new("L", (1, 1), 255)
    rows = [bytes(0 if bit else 255 for bit in row) for row in code.matrix_iter(scale=1, border=_QUIET)]
    drawn = Image.frombytes("L", (len(rows[0]), len(rows)), b"".join(rows))
    return drawn.resize((drawn.width * item.module, drawn.height * item.module), Image.Resampling.NEAREST)


def _picture(item: Picture, width: int) -> Strip:
    if not item.width or not item.height:
        return Image.new("L", (1, 1), 255)
    drawn = Image.frombytes("1", (8 * item.width, item.height), item.dots).convert("L").point(lambda grey: 255 - grey)
    drawn = drawn.resize((drawn.width * item.x_scale, drawn.height * item.y_scale), Image.Resampling.NEAREST)
    return drawn.crop((0, 0, min(drawn.width, width), min(drawn.height, _MAX_HEIGHT)))


_fonts: dict[tuple[int, bool], Any] = {}


def _font(cell_height: int, bold: bool) -> Any:
    key = (cell_height, bold)
    if key not in _fonts:
        size = cell_height * 5 // 6
        path = _DEJAVU / ("DejaVuSansMono-Bold.ttf" if bold else "DejaVuSansMono.ttf")
        _fonts[key] = ImageFont.truetype(path, size) if path.exists() else ImageFont.load_default(size)
    return _fonts[key]
