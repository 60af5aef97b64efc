"""A terminal on the network: bare APDUs over TCP, port 20007 (transport text, chapters 2.2 and 4)."""

import contextlib
import socket
from collections import deque

import anyio

from terminal.app.ports.device import DeviceError, Problem
from terminal.protocols.zvt.apdu import Apdu, ApduStream
from terminal.protocols.zvt.errors import ApduError

from .card_zvt_wire import NotSent, lost
from .tcp_socket import connect

_CHUNK = 4096
_TAKES = 2.0
"""Seconds for the kernel to take an APDU: its buffer holds many, and is full only when the far end reads nothing."""


class TcpWire:
    """A connected socket."""

    def __init__(self, sock: socket.socket, where: str) -> None:
        self._socket = sock
        self._where = where
        self._stream = ApduStream()
        self._arrived: deque[Apdu] = deque()

    async def send(self, apdu: bytes) -> None:
        """See Wire."""
        rest = self._put(memoryview(apdu), NotSent)
        if not rest:
            # As nearly always, and without a timer: the kernel's buffer holds many.
            return
        failure = DeviceError if len(rest) < len(apdu) else NotSent
        with anyio.move_on_after(_TAKES, shield=True) as limit:
            while rest:
                await anyio.wait_writable(self._socket)
                rest = self._put(rest, failure)
                failure = DeviceError
        if limit.cancelled_caught:
            raise lost(self._where, "takes no data")

    def _put(self, data: memoryview, failure: type[DeviceError]) -> memoryview:
        """Give the kernel what it takes; what is left."""
        try:
            return data[self._socket.send(data) :]
        except BlockingIOError:
            return data
        except OSError as error:
            raise failure(Problem.LOST, f"{self._where}: {error.strerror}") from error

    async def receive(self) -> Apdu:
        """See Wire."""
        while not self._arrived:
            await anyio.wait_readable(self._socket)
            try:
                data = self._socket.recv(_CHUNK)
            except BlockingIOError:
                continue
            except OSError as error:
                raise lost(self._where, error.strerror) from error
            if not data:
                raise lost(self._where, "the terminal closed the connection")
            try:
                self._arrived += self._stream.feed(data)
            except ApduError as error:
                raise DeviceError(Problem.GARBAGE, f"{self._where}: {error}") from error
        return self._arrived.popleft()

    def close(self) -> None:
        """See Wire. What the terminal says afterwards is not heard, and it sees that."""
        with contextlib.suppress(OSError):  # not connected any more
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


async def open_tcp(host: str, port: int) -> TcpWire:
    """Connect. Raises DeviceError."""
    return TcpWire(await connect(host, port), f"{host}:{port}")
