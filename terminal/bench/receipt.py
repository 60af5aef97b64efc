"""`kasse bench receipt`: a 40-line receipt made into bytes and handed to the wire, against python-escpos alone.

Ours: the receipt laid out, rendered for the printer, and sent over the driver's own wire. Theirs: python-escpos in the
plain way (its `Dummy` with the printer's profile, `set` and `text` a line, the code page fixed beforehand), given the
lines ready made, and its bytes written to the same kind of socket. Both print the same characters and the same code.
Beside them stands how long the bytes take on a serial line, and how long the paper takes.
"""

import socket
from pathlib import Path
from time import perf_counter

import anyio

from terminal.app.receipt_layout import lay_out
from terminal.config.settings import PrinterTcp
from terminal.devices.escpos_library import EscposLibrary, load
from terminal.devices.escpos_render import Renderer
from terminal.devices.printer_wire_tcp import TcpWire
from terminal.domain.commands import AddItem, PayCash
from terminal.domain.decide import decide
from terminal.domain.events import SaleClosed, TillStarted
from terminal.domain.evolve import evolve
from terminal.domain.item import Item
from terminal.domain.money import Amount
from terminal.domain.receipt import Moment, Receipt, Seller
from terminal.domain.till import Setup, TillState
from terminal.protocols.escpos.parser import Parser
from terminal.sim.paper import Paper
from terminal.sim.receipt import Receipt as Paperwork
from terminal.sim.receipt_items import Line

from . import Figures
from .figures import compared

ROUNDS, LINES = 300, 40
PROFILE, COLUMNS = "TM-T88III", 42
BAUD = 38400
"""The serial printer's default. Ten bits a byte."""
LINES_A_SECOND = 150 / 3.75
"""150 mm/s (Epson TM-T88III), 3.75 mm a line."""
_BARCODE_HEIGHT, _BARCODE_WIDTH = 72, 3


def measure(folder: Path, rounds: int = ROUNDS) -> Figures:
    """Both sides alternately."""
    return anyio.run(_measure, folder, rounds)


async def _measure(folder: Path, rounds: int) -> Figures:
    library = load(folder / "escpos")
    renderer = _renderer(library)
    receipt = _a_receipt()
    lines = _ready_lines(receipt, renderer)
    ours, theirs = [], []
    sent = plain = b""
    with _Printer() as far_end, _Printer() as their_end:
        wire = TcpWire(far_end.near, "bench")
        for _ in range(rounds):
            begun = perf_counter()
            sent = renderer.render(lay_out(receipt, "da"))
            await wire.send(sent, stall=10)
            ours.append(perf_counter() - begun)
            far_end.wait_for(len(sent))
            begun = perf_counter()
            plain = _plainly(library, lines, receipt.code)
            their_end.near.sendall(plain)
            theirs.append(perf_counter() - begun)
            their_end.wait_for(len(plain))
    return {
        "name": "receipt",
        **compared(ours, theirs),
        "bytes": len(sent),
        "bare_bytes": len(plain),
        "line_ms": round(len(sent) * 10_000 / BAUD, 1),
        "print_ms": round(len(lines) * 1000 / LINES_A_SECOND, 1),
        "rounds": rounds,
    }


def both_on_paper(folder: Path) -> tuple[list[str], list[str]]:
    """What stands on the paper of either side, line by line; for a test."""
    library = load(folder / "escpos")
    receipt, renderer = _a_receipt(), _renderer(library)
    jobs = (
        renderer.render(lay_out(receipt, "da")),
        _plainly(library, _ready_lines(receipt, renderer), receipt.code),
    )
    first, second = ([line.strip() for line in _printed(job)] for job in jobs)
    return [line for line in first if line], [line for line in second if line]


def _printed(job: bytes) -> list[str]:
    return _paper(job).text.split("\n")


def _paper(job: bytes) -> Paperwork:
    paper = Paper(512)
    for event, raw in Parser().feed(job):
        paper.print(event, raw)
    return paper.all_receipts()[0]


def _renderer(library: EscposLibrary) -> Renderer:
    return Renderer(PrinterTcp(host="-", profile=PROFILE, columns=COLUMNS), library)


def _a_receipt() -> Receipt:
    setup, moment = Setup(printer=True), Moment(1_795_521_600_000, "2026-11-24T13:00:00+01:00")
    seller = Seller("Torvets Købmand", "12345674", ("Torvet 1", "8000 Aarhus C"), "Tak for besøget")
    state = evolve(TillState(), TillStarted("bench", "1", "Anna", seller))
    for number in range(LINES):
        item = Item(f"{number}", f"Rødgrød på glas nr. {number}", Amount(1995 + number), department="Kolonial")
        state = evolve(state, decide(state, AddItem(item), moment, setup))
    closed = decide(state, PayCash(Amount(100_000)), moment, setup)
    if not isinstance(closed, SaleClosed):
        raise TypeError("a sale that is paid is closed")
    return closed.receipt


_Ready = tuple[str, bool, bool, int]
"""A line's text, whether it is bold, whether big, and where it stands (0 left, 1 centre, 2 right)."""


def _ready_lines(receipt: Receipt, renderer: Renderer) -> list[_Ready]:
    """The receipt's lines as they come out, for a program that knows them beforehand."""
    ready: list[_Ready] = []
    for item in _paper(renderer.render(lay_out(receipt, "da"))).items:
        if isinstance(item, Line):
            span = item.spans[0]
            ready.append((item.text, span.bold, span.width == 2, item.align))
    return ready


_ALIGN = ("left", "center", "right")


def _plainly(library: EscposLibrary, lines: list[_Ready], code: str) -> bytes:
    """The same on paper, by python-escpos alone."""
    printer = library.dummy(profile=PROFILE)
    printer.hw("INIT")
    printer.charcode("CP858")
    for text, bold, big, align in lines:
        printer.set(align=_ALIGN[align], bold=bold, double_width=big, double_height=big, normal_textsize=not big)
        printer.textln(text)
    # Not its `barcode`: that writes a line to stdout each time.
    printer._hw_barcode(
        "{B" + code, "CODE128", _BARCODE_HEIGHT, _BARCODE_WIDTH, align_ct=True, function_type="B", check=False
    )
    printer.cut("PART")
    output: bytes = printer.output
    return output


class _Printer:
    """A socket with somebody at its far end who takes what comes."""

    def __init__(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.near = socket.create_connection(listener.getsockname())
        self._far, _ = listener.accept()
        listener.close()
        self.near.setblocking(False)

    def __enter__(self) -> "_Printer":
        return self

    def __exit__(self, *_: object) -> None:
        self.near.close()
        self._far.close()

    def wait_for(self, size: int) -> None:
        """Take so many bytes."""
        self._far.settimeout(10)
        while size:
            size -= len(self._far.recv(size))
