"""The far end of the USB printer's wire: the shipped simulator's printer, fed from the device's own side."""

import errno
import os
import select
import threading
import time

from terminal.protocols.escpos import status
from terminal.sim.paper import Paper
from terminal.sim.printer_machine import Machine
from terminal.sim.receipt import Receipt

from .gadgets import UsbPrinter, send
from .patience import until

_BEGINNING = 100
"""Bytes of a receipt, with what opens the drawer before it."""
_TRANSFER = 8192
"""Bytes of one transfer, read whole: Linux 6.1 frees it twice when the plug is pulled between two reads of it."""
_PIECE = 1024
"""Bytes for the simulated printer at a time: less than its buffer holds."""
_QUESTIONS = tuple(status.question(query) for query in status.Query)


class PrinterAtWork:
    """A plugged-in printer, until it is pulled out."""

    def __init__(self, printer: UsbPrinter, port: int) -> None:
        self._printer = printer
        self._machine = Machine(Paper(512), lambda: None)
        self.taken = b""
        """Everything that came over the wire."""
        self._stuck = threading.Event()
        self._end = threading.Event()
        printer.plug(port)
        self._wire = until(self._open, f"{printer.path} never came")
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _open(self) -> int:
        """0 until the other side has set the printer up."""
        try:
            return os.open(self._printer.path, os.O_RDWR | os.O_NONBLOCK)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENODEV):
                raise
            return 0

    @property
    def driver(self) -> str:
        """See UsbPrinter."""
        return self._printer.driver

    @property
    def node(self) -> str:
        """See UsbPrinter."""
        return self._printer.node

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """What hangs out of it, oldest first."""
        return self._machine.paper.all_receipts()

    @property
    def jobs(self) -> bytes:
        """What came over the wire without the questions for its state."""
        data = self.taken
        for question in _QUESTIONS:
            data = data.replace(question, b"")
        return data

    @property
    def is_stuck(self) -> bool:
        """Whether it has begun a receipt and takes nothing more."""
        return self._stuck.is_set() and len(self.jobs) >= _BEGINNING

    @property
    def pulses(self) -> int:
        """How often it opened the drawer."""
        return len(self._machine.pulses)

    def stick(self) -> None:
        """Take the beginning of the next receipt and nothing more."""
        self._stuck.set()

    def pull(self) -> None:
        """Pull the plug out, whatever is on its way."""
        self._end.set()
        self._thread.join(10)
        self._printer.unplug()
        os.close(self._wire)

    def _work(self) -> None:
        ready = select.poll()
        ready.register(self._wire, select.POLLIN)
        while not self._end.is_set():
            if not ready.poll(50):
                continue
            try:
                data = os.read(self._wire, _TRANSFER)
            except OSError as error:
                # Nothing there, or the other side has not set the printer up yet.
                if error.errno not in (errno.EAGAIN, errno.ENODEV):
                    raise
                time.sleep(0.05)
                continue
            self.taken += data
            for at in range(0, len(data), _PIECE):
                answer = self._machine.receive(data[at : at + _PIECE])
                self._machine.print()
                if answer:
                    send(self._wire, answer)
            if self.is_stuck:
                self._end.wait()
