"""A network printer: raw TCP, usually port 9100. A connection for each job, so that other tills get theirs."""

import contextlib
import fcntl
import socket
import struct
import termios

from terminal.app.ports.device import DeviceError, Problem

from .printer_wire import MOST_UNASKED, Wire
from .tcp_socket import connect

_SIOCOUTQ = termios.TIOCOUTQ
"""The same number (tcp(7))."""


class TcpWire(Wire):
    """A connected socket. The kernel takes what there is room for, be it a part."""

    chunk = 16384

    def __init__(self, sock: socket.socket, where: str) -> None:
        super().__init__(sock.fileno(), where)
        self._socket = sock

    def queued(self) -> int:
        """Bytes that the printer's side has not acknowledged."""
        return int.from_bytes(fcntl.ioctl(self._fd, _SIOCOUTQ, b"\0\0\0\0"), "little")

    def close(self, *, broken: bool) -> None:
        """`broken`: with a reset, else the kernel goes on sending the rest when the printer comes back."""
        if broken:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            # A close with something unread is a reset, too, and a printer may forget the receipt's end for it.
            with contextlib.suppress(DeviceError):
                self.check()
        self._socket.close()

    def check(self) -> None:
        """Take what has come meanwhile: behind it stands the end, if it is one."""
        for _ in range(MOST_UNASKED):
            try:
                data = self._socket.recv(256)
            except BlockingIOError:
                return
            except OSError as error:
                raise self._lost(error) from error
            if not data:
                raise DeviceError(Problem.LOST, f"{self.where} closed the connection")
        raise self._babbles()

    async def _nothing_read(self) -> None:
        raise DeviceError(Problem.LOST, f"{self.where} closed the connection")


async def open_tcp(host: str, port: int) -> TcpWire:
    """Connect. Raises DeviceError."""
    return TcpWire(await connect(host, port), f"{host}:{port}")
