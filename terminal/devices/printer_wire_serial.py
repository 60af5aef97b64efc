"""A printer on a serial line: 8N1, raw, XON/XOFF.

XON/XOFF since three wires are what most cables have: a printer that holds CTS instead needs nothing else
from us as long as its receive buffer (4 kB and more) holds a receipt. No byte of a status is XON or XOFF.
"""

from typing import TYPE_CHECKING

from terminal.app.ports.device import DeviceError, Problem

from .printer_wire import Wire
from .serial_port import close_port, open_port

if TYPE_CHECKING:
    from serial import Serial


class SerialWire(Wire):
    """An open serial port, locked against other programs."""

    def __init__(self, port: "Serial", where: str) -> None:
        super().__init__(port.fileno(), where)
        self._port = port

    def close(self, *, broken: bool) -> None:
        """See Wire. What the printer has not taken by now is not waited for."""
        try:
            discard = broken or self.queued() > 0
        except DeviceError:  # the port is gone (unplugged)
            discard = False
        close_port(self._port, discard=discard)

    def queued(self) -> int:
        """Bytes in the kernel's buffer: tcdrain would block the daemon."""
        try:
            return self._port.out_waiting
        except OSError as error:
            raise self._lost(error) from error

    async def _nothing_read(self) -> None:
        raise DeviceError(Problem.LOST, f"{self.where} has hung up")


def open_serial(path: str, baud: int) -> SerialWire:
    """Open and set up the port; what came before is thrown away. Raises DeviceError."""
    # The control lines stay up between two jobs: some printers go offline when DTR drops.
    return SerialWire(open_port(path, baud, xonxoff=True), path)
