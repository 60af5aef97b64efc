"""The print head and the paper: ESC/POS events in, receipts out.

It prints what it is told, as wrongly as it is told it: without a code table the characters are those of the
power-on table, a line that is too long breaks at the paper's edge.
"""

import codecs

import msgspec

from terminal.protocols.escpos import events as e

from .receipt import Receipt
from .receipt_items import BarCode, Blank, Item, Line, Picture, QrCode, Span

KEPT = 100
"""Receipts that are kept; older ones fall off the counter."""
MAX_RAW = 1 << 20
"""Bytes of one receipt that are kept."""
MAX_ITEMS = 5000
"""Items of one receipt that are kept: without a cut the roll would grow for ever."""
_DEFAULT_SPACING = 30

_TABLES = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
}
"""ESC t at Epson → Python's codec."""

_INTERNATIONAL = {
    4: str.maketrans("[\\]{|}", "ÆØÅæøå"),
    9: str.maketrans("[\\]{|}", "ÆØÅæøå"),
    10: str.maketrans("@[\\]^`{|}~", "ÉÆØÅÜéæøåü"),
}
"""ESC R: Denmark, Norway, Denmark II. Other sets print as USA here."""


class Modes(msgspec.Struct):
    """What ESC @ resets."""

    table: int = 0
    international: int = 0
    font: int = 0
    width: int = 1
    height: int = 1
    bold: bool = False
    underline: bool = False
    inverse: bool = False
    align: int = 0
    spacing: int = _DEFAULT_SPACING
    bar_height: int = 162
    bar_width: int = 3
    hri: int = 0
    qr_module: int = 3
    qr_level: int = 0
    qr_data: bytes = b""
    graphics: tuple[e.Raster, ...] = ()


class Paper:
    """Prints on paper that is `dots` wide. `lines` counts what was printed, for a roll that comes to its end."""

    def __init__(self, dots: int = 512, *, power_on_set: int = 0) -> None:
        self.dots = dots
        self.lines = 0
        self.receipts: list[Receipt] = []
        self.stored: dict[bytes, e.Raster] = {}
        """Pictures by their key; they outlast a power cut."""
        self.stored_times = 0
        """How often that memory was written to."""
        self._power_on_set = power_on_set
        self._number = 0
        self._items: list[Item] = []
        self._raw = bytearray()
        self._spans: list[Span] = []
        self._modes = Modes()
        self.initialise()

    def initialise(self) -> None:
        """ESC @ and power on: the modes, and what stands in the print buffer, are gone."""
        self._modes = Modes(international=self._power_on_set)
        self._spans.clear()

    def tear_off(self) -> None:
        """Somebody takes all receipts away, and what hangs out of the printer."""
        self.receipts.clear()
        self._items.clear()
        self._raw.clear()

    def all_receipts(self) -> tuple[Receipt, ...]:
        """What was cut, and as the last what hangs in the printer, if anything does."""
        return (*self.receipts, *((self._receipt(cut=False),) if self._items else ()))

    def print(self, event: e.Event, raw: bytes) -> None:
        """Do what one command says."""
        if not isinstance(event, e.RealTime | e.Pulse | e.ReportInOrder | e.GraphicsKeys | e.GraphicsStore):
            self._raw += raw[: MAX_RAW - len(self._raw)]
        match event:
            case e.Initialise():
                self.initialise()
            case e.Chars(data):
                self._write(data)
            case e.Control(0x0A):
                self._end_line()
            case e.FeedLines(lines):
                self._feed(lines * self._modes.spacing)
            case e.FeedDots(dots):
                self._feed(dots)
            case e.Cut(feed=feed):
                self._feed(feed or 0)
                self._cut()
            case e.GraphicsStore(key, picture):
                self.stored[key] = picture
                self.stored_times += 1
            case e.GraphicsShow(key, x_scale, y_scale) if key in self.stored:
                self._draw(msgspec.structs.replace(self.stored[key], x_scale=x_scale, y_scale=y_scale))
            case e.Barcode() | e.QrPrint() | e.Raster() | e.GraphicsPrint():
                self._draw(event)
            case _:
                self._set(event)

    def _set(self, event: e.Event) -> None:
        m = self._modes
        match event:
            case e.CodeTable(number):
                m.table = number
            case e.International(number):
                m.international = number
            case e.PrintMode():
                m.font, m.bold, m.underline = int(event.small), event.bold, event.underline
                m.width, m.height = event.width, event.height
            case e.Bold(on):
                m.bold = on
            case e.Underline(dots):
                m.underline = dots > 0
            case e.Inverse(on):
                m.inverse = on
            case e.Font(number):
                m.font = number
            case e.Size(width, height):
                m.width, m.height = width, height
            case e.Align(where):
                m.align = where
            case e.LineSpacing(dots):
                m.spacing = _DEFAULT_SPACING if dots is None else dots
            case e.BarcodeHeight(dots):
                m.bar_height = dots
            case e.BarcodeWidth(dots):
                m.bar_width = dots
            case e.HriPosition(where):
                m.hri = where
            case e.QrModuleSize(dots):
                m.qr_module = dots
            case e.QrLevel(level):
                m.qr_level = level
            case e.QrStore(data):
                m.qr_data = data
            case _:
                return

    def _draw(self, event: e.Event) -> None:
        m = self._modes
        if self._spans:
            self._end_line()
        match event:
            case e.Barcode(symbology, data):
                self._add(BarCode(symbology, data, m.bar_width, m.bar_height, m.hri, m.align))
            case e.QrPrint() if m.qr_data:
                self._add(QrCode(m.qr_data, m.qr_module, m.qr_level, m.align))
            case e.Raster(stored=True):
                m.graphics = (event,)
            case e.Raster():
                self._add(Picture(event.width, event.height, event.dots, event.x_scale, event.y_scale, m.align))
            case e.GraphicsPrint():
                for picture in m.graphics:
                    self._draw(msgspec.structs.replace(picture, stored=False))
                m.graphics = ()
            case _:
                return

    def _write(self, data: bytes) -> None:
        text = codecs.decode(data, _TABLES.get(self._modes.table, "ascii"), "replace")
        for char in text.translate(_INTERNATIONAL.get(self._modes.international, {})):
            span = self._span(char)
            if sum(part.dots for part in self._spans) + span.dots > self.dots:
                self._end_line(full=True)
            last = self._spans[-1] if self._spans else None
            if last is not None and msgspec.structs.replace(last, text=char) == span:
                self._spans[-1] = msgspec.structs.replace(last, text=last.text + char)
            else:
                self._spans.append(span)

    def _span(self, text: str) -> Span:
        m = self._modes
        return Span(text, m.font, m.width, m.height, m.bold, m.underline, m.inverse)

    def _end_line(self, *, full: bool = False) -> None:
        if self._spans:
            self._add(Line(tuple(self._spans), self._modes.align, full))
            self._spans.clear()
        else:
            self._add(Blank(self._modes.spacing))

    def _feed(self, dots: int) -> None:
        if self._spans:
            self._end_line()
        if dots:
            self._add(Blank(dots))

    def _cut(self) -> None:
        if self._items:
            self.receipts.append(self._receipt(cut=True))
            del self.receipts[:-KEPT]
            self._number += 1
        self._items.clear()
        self._raw.clear()

    def _receipt(self, *, cut: bool) -> Receipt:
        return Receipt(self._number + 1, tuple(self._items), bytes(self._raw), cut, self.dots)

    def _add(self, item: Item) -> None:
        self.lines += 1
        if len(self._items) < MAX_ITEMS:
            self._items.append(item)
