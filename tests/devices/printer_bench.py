"""What the tests of the printer's driver share: the simulator at the far end, short time-outs, a document."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

import anyio

from terminal.config.settings import PrinterFile, PrinterSerial, PrinterTcp
from terminal.devices.printer_escpos import EscposPrinter, Timing
from terminal.domain import document as d
from terminal.sim.printer import SimPrinter
from tests.devices.escpos_parts import CACHE

QUICK = Timing(connect=0.5, answer=0.6, settle=0.8, stall=1.0, job=10.0, poll=0.05)

RECEIPT: d.Document = (
    d.Text("Købmanden", align="center", bold=True, big=True),
    d.Columns("Rødgrød på glas", "12,50 €"),
    d.Barcode("1-000017"),
    d.Cut(),
)
LONG: d.Document = (*(d.Columns(f"Vare {i}", "12,50") for i in range(600)), d.Cut())
"""27 kB: more than the simulated printer's buffer and its socket's hold together."""
HUGE: d.Document = tuple(d.Text("x" * 42) for _ in range(120_000))
"""5 MB: more than any buffer on the way holds."""


@asynccontextmanager
async def simulator(wire: Literal["tcp", "pty"] = "tcp", **options: Any) -> AsyncIterator[SimPrinter]:
    """A simulated printer that serves until the block ends."""
    printer = SimPrinter(wire=wire, **options)
    with anyio.fail_after(30):
        async with anyio.create_task_group() as tasks:
            await tasks.start(printer.serve)
            yield printer
            tasks.cancel_scope.cancel()


def tcp_printer(address: str, *, timing: Timing = QUICK, **settings: Any) -> EscposPrinter:
    """The shipped driver, set up for the simulator at `address`."""
    host, _, port = address.rpartition(":")
    return EscposPrinter(PrinterTcp(host=host, port=int(port), **settings), cache=CACHE, timing=timing)


def serial_printer(path: str, *, timing: Timing = QUICK, **settings: Any) -> EscposPrinter:
    """The same on a serial port."""
    return EscposPrinter(PrinterSerial(port=path, **settings), cache=CACHE, timing=timing)


def lp_printer(path: str, *, timing: Timing = QUICK, **settings: Any) -> EscposPrinter:
    """The same on a device file."""
    return EscposPrinter(PrinterFile(path=path, **settings), cache=CACHE, timing=timing)


async def eventually(condition: Any) -> None:
    """Until `condition()` holds; the caller's time-out ends it."""
    while not condition():  # noqa: ASYNC110 - any condition of anything
        await anyio.sleep(0.005)
