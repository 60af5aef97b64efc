"""A document as the bytes of one printer: what a job consists of.

What the printer can do is in printer_facts.py. python-escpos writes the commands into its `Dummy`; this module decides
what stands where. Text stays text: the only picture is the logo, and a code on a
printer that cannot draw it itself.

A job never contains the bytes of a real-time command, which a printer obeys wherever they stand
(protocols/escpos/realtime.py): `harmless` holds for every rendering.
"""

import bisect
import logging
from pathlib import Path
from typing import Any

from terminal.config.settings import PrinterBase
from terminal.domain import document as d
from terminal.protocols.escpos import code128, stored
from terminal.protocols.escpos.commands import ASCII_SET, code_table
from terminal.protocols.escpos.raster import raster

from .escpos_charset import encode, printable
from .escpos_layout import columns, row, wrap
from .escpos_library import EscposLibrary
from .escpos_logo import LogoError, logo_rows
from .printer_facts import PrinterFacts, facts_of

log = logging.getLogger(__name__)

_BARCODE_HEIGHT = 72
_MAX_FEED = 50
_QR_MODULE_DOTS = (5, 4, 3, 2)
"""Dots a module, the largest that fits. At 203 dots an inch 3 is 0.38 mm, which every phone reads."""
_QR_QUIET = 8
"""Modules of white that a QR code needs beside it, both sides together."""
QR_BYTES_M = (
    *(14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666),
    *(
        711,
        779,
        857,
        911,
        997,
        1059,
        1125,
        1190,
        1264,
        1370,
        1452,
        1538,
        1628,
        1722,
        1809,
        1911,
        1989,
        2099,
        2213,
        2331,
    ),
)
"""Bytes that versions 1 to 40 hold at level M (ISO/IEC 18004, table 7). Version v is 17 + 4·v modules wide."""
_QR_LEVEL_M = 1
_TEAR_OFF = 6
"""Lines fed where there is no knife: the end of the text is to come out behind the edge."""


class Renderer:
    """Renders for one printer. Made once (it converts the logo then); a rendering takes about a millisecond.

    Raises ProfileError (printer_facts.py).
    """

    def __init__(self, settings: PrinterBase, library: EscposLibrary) -> None:
        self.facts = facts_of(settings, library)
        self._settings = settings
        self._library = library
        self._dots = self.facts.dots
        self.logo_problem = ""
        """Why the configured logo is left out; empty: it is not."""
        self.logo: list[bytes] = self._load_logo()
        """Its rows of dots; empty: none."""
        self._logo_sent = raster(self.logo) if self.logo else b""
        self.logo_key = stored.key_of(self.logo) if self.logo and self.facts.stored_logo else b""
        """What it is stored under in a printer that can; empty: it is sent each time."""
        self.logo_is_stored = False
        """Set by the driver when the printer has said that it has it."""

    def render(self, document: d.Document) -> bytes:
        """The job, from ESC @ on. Total: whatever the document says comes out in some form."""
        job = _Job(self._library.dummy(), self._settings.codepage, self.facts)
        for element in document:
            self._element(job, element)
        return job.finished()

    def _element(self, job: "_Job", element: d.Element) -> None:
        width = self._settings.columns
        match element:
            case d.Text():
                lines = wrap(job.fit(element.text), width // 2 if element.big else width)
                job.lines(lines, align=element.align, bold=element.bold, big=element.big)
            case d.Columns():
                lines = columns(job.fit(element.left), job.fit(element.right), width // 2 if element.big else width)
                job.lines(lines, bold=element.bold, big=element.big)
            case d.Row():
                cells = tuple(d.Cell(job.fit(cell.text), cell.share, cell.align) for cell in element.cells)
                job.lines(row(cells, width), bold=element.bold)
            case d.Rule():
                job.lines([("=" if element.double else "-") * width])
            case d.Feed():
                job.lines([""] * min(max(element.lines, 0), _MAX_FEED))
            case d.Qr():
                self._qr(job, element.data)
            case d.Barcode():
                self._barcode(job, element.data)
            case d.Logo():
                job.centred(stored.show(self.logo_key) if self.logo_is_stored else self._logo_sent)
            case d.Cut():
                job.cut()

    def _qr(self, job: "_Job", data: str) -> None:
        size = len(data.encode("utf-8", "replace"))
        version = bisect.bisect_left(QR_BYTES_M, size) + 1
        modules = 17 + 4 * version + _QR_QUIET
        dots = next((dots for dots in _QR_MODULE_DOTS if modules * dots <= self._dots), 0)
        if not data or version > 40 or not dots or not data.isprintable():
            job.lines(wrap(job.fit(data), self._settings.columns), align="center")
        elif self.facts.qr:
            job.native_qr(data, dots)
        elif self.facts.raster:
            job.centred(_drawn_qr(data, dots))
        else:
            job.lines(wrap(job.fit(data), self._settings.columns), align="center")

    def _barcode(self, job: "_Job", data: str) -> None:
        try:
            code = code128.escpos_data(data)
        except code128.BadBarcode as why:
            log.warning("a barcode is printed as text: %s", why)
            job.lines(wrap(job.fit(data), self._settings.columns), align="center")
            return
        bars = code128.modules(code128.symbols(code))
        # A printer leaves out a barcode that is wider than the paper, without a word: then the text alone.
        dots = next((dots for dots in (3, 2) if (len(bars) + 20) * dots <= self._dots), 0)
        if dots and self.facts.barcode:
            job.native_barcode(code, dots)
            return
        if dots and self.facts.raster:
            job.centred(raster([_packed("".join(bit * dots for bit in bars))] * _BARCODE_HEIGHT))
        job.lines(wrap(job.fit(data), self._settings.columns), align="center")

    def _load_logo(self) -> list[bytes]:
        if not self._settings.logo:
            return []
        dots = self._dots if self.facts.raster else 0
        try:
            return logo_rows(Path(self._settings.logo), dots)
        except LogoError as why:
            # A shop without its logo on the receipt still sells; the driver tells it as the printer's health.
            self.logo_problem = str(why)
            log.warning("receipts are printed without the logo: %s", why)
            return []


class _Job:
    """One job as it grows: the printer's modes now, and the bytes so far."""

    def __init__(self, dummy: Any, codepage: str, facts: PrinterFacts) -> None:
        self._dummy = dummy
        self._codepage = codepage
        self._facts = facts
        self._modes: tuple[d.Align, bool, bool] = ("left", False, False)
        self._text: list[str] = []
        """Lines in these modes that are not written yet: encoded together, a receipt's forty at once."""
        dummy.hw("INIT")
        dummy._raw(ASCII_SET)
        dummy._raw(code_table(facts.code_tables[codepage]))

    def finished(self) -> bytes:
        self._write_text()
        output: bytes = self._dummy.output
        return output

    def fit(self, text: str) -> str:
        """`text` with what the code page prints."""
        return printable(text, self._codepage)

    def lines(self, lines: list[str], *, align: d.Align = "left", bold: bool = False, big: bool = False) -> None:
        """Lines of text that `fit` has made."""
        if lines:
            self._set(align, bold, big)
            self._text += lines

    def native_qr(self, data: str, dots: int) -> None:
        self._set("center")
        self._write_text()
        self._dummy.qr(data, ec=_QR_LEVEL_M, size=dots, native=True)
        self._dummy._raw(b"\n")

    def native_barcode(self, code: bytes, dots: int) -> None:
        self._set("center")
        self._write_text()
        # Not its `barcode`: that writes a line to stdout each time.
        self._dummy._hw_barcode(
            code.decode("ascii"), "CODE128", _BARCODE_HEIGHT, dots, align_ct=False, function_type="B", check=False
        )

    def centred(self, picture: bytes) -> None:
        if picture:
            self._set("center")
            self._write_text()
            self._dummy._raw(picture)

    def cut(self) -> None:
        self._set("left")
        self._write_text()
        if self._facts.cutter:
            self._dummy.cut("PART")
        else:
            self._dummy.print_and_feed(_TEAR_OFF)

    def _write_text(self) -> None:
        if self._text:
            self._text.append("")
            self._dummy._raw(encode("\n".join(self._text), self._codepage))
            self._text = []

    def _set(self, align: d.Align, bold: bool = False, big: bool = False) -> None:
        """Before everything that is written: in these modes."""
        modes = (align, bold, big)
        if modes == self._modes:
            return
        self._write_text()
        was_big, self._modes = self._modes[2], modes
        if big != was_big:
            # Its size command clears bold as well, so that stands after it.
            self._dummy.set(double_width=big, double_height=big, normal_textsize=not big)
        self._dummy.set(align=align, bold=bold)


def _drawn_qr(data: str, dots: int) -> bytes:
    # For printers that draw none. Pure Python and small, and still not loaded before such a printer prints.
    import segno

    code = segno.make_qr(data, error="m", encoding="utf-8", boost_error=False)
    return raster([_packed("".join("1" if bit else "0" for bit in line)) for line in code.matrix_iter(scale=dots)])


def _packed(dots: str) -> bytes:
    """'1' and '0' as bits, the first in bit 7, filled with white."""
    return int(dots.ljust((len(dots) + 7) // 8 * 8, "0"), 2).to_bytes((len(dots) + 7) // 8, "big")
