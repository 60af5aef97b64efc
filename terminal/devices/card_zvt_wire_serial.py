"""A terminal on a serial line: 8N2, frames with checksum and acknowledgement (transport text, chapters 2.1 and 3)."""

import os
from collections import deque
from typing import TYPE_CHECKING

import anyio

from terminal.app.ports.device import DeviceError, Problem
from terminal.protocols.zvt import apdu as framing
from terminal.protocols.zvt.errors import ApduError
from terminal.protocols.zvt.link import ACK, NAK, Answer, Block, LinkReader, frame

from .card_zvt_wire import NotSent, Timing, lost
from .serial_port import close_port, open_port

if TYPE_CHECKING:
    from serial import Serial

_TRIES = 3
"""A frame is repeated at most twice (3.5)."""
_CHUNK = 4096


class SerialWire:
    """An open serial port."""

    def __init__(self, port: "Serial", where: str, timing: Timing) -> None:
        self._port = port
        self._fd = port.fileno()
        self._where = where
        self._timing = timing
        self._link = LinkReader()
        self._arrived: deque[framing.Apdu] = deque()
        self._last: bytes | None = None
        """The last block, until the terminal has taken something of ours: the same again is a repeat of it."""
        self._answer: Answer | None = None

    async def send(self, apdu: bytes) -> None:
        """See Wire. Returns when the terminal has acknowledged the frame."""
        data = frame(apdu)
        untaken = True
        for _ in range(_TRIES):
            self._answer = None
            await self._write(data, untaken=untaken)
            with anyio.move_on_after(self._timing.t2):
                while self._answer is None:
                    await self._read()
            if self._answer is Answer.ACK:
                return
            # After a NAK the terminal has thrown it away. After silence nobody knows.
            untaken = untaken and self._answer is Answer.NAK
        if untaken:
            raise NotSent(Problem.GARBAGE, f"{self._where}: the terminal could not read a frame in {_TRIES} tries")
        raise DeviceError(Problem.NO_ANSWER, f"{self._where}: no acknowledgement in {_TRIES} tries")

    async def receive(self) -> framing.Apdu:
        """See Wire."""
        while not self._arrived:
            await self._read()
        return self._arrived.popleft()

    def close(self) -> None:
        """See Wire. What the terminal has not taken by now is not waited for."""
        close_port(self._port, discard=True)

    async def _read(self) -> None:
        """Take what is there, or wait for it; answer every frame."""
        with anyio.move_on_after(self._timing.t1 if self._link.inside else None) as t1:
            await anyio.wait_readable(self._fd)
        if t1.cancelled_caught:
            self._link.give_up()
            await self._write(NAK)
            return
        try:
            data = os.read(self._fd, _CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            raise lost(self._where, error.strerror) from error
        if not data:
            raise lost(self._where, "the port has hung up")
        for heard in self._link.feed(data):
            if isinstance(heard, Answer):
                self._answer = heard
                # At once: what stands behind the ACK in the same piece is new, also when it looks the same.
                self._last = None if heard is Answer.ACK else self._last
            elif isinstance(heard, Block):
                self._take(heard.data)
                await self._write(ACK)
            else:
                await self._write(NAK)

    def _take(self, block: bytes) -> None:
        if block == self._last:
            # Our ACK was lost and the terminal says it again. It has been heard.
            return
        self._last = block
        try:
            self._arrived.append(framing.read(block))
        except ApduError as error:
            raise DeviceError(Problem.GARBAGE, f"{self._where}: {error}") from error

    async def _write(self, data: bytes, *, untaken: bool = False) -> None:
        """`untaken`: a failure before the first byte means that the terminal has nothing of it.

        Not cancelled half-way: neither a frame may be cut nor what was read with it be lost.
        """
        rest = memoryview(data)
        failure: type[DeviceError] = NotSent if untaken else DeviceError
        with anyio.move_on_after(self._timing.t2, shield=True) as limit:
            while rest:
                try:
                    rest = rest[os.write(self._fd, rest) :]
                    failure = DeviceError
                except BlockingIOError:
                    await anyio.wait_writable(self._fd)
                except OSError as error:
                    raise failure(Problem.LOST, f"{self._where}: {error.strerror}") from error
        if limit.cancelled_caught:
            raise DeviceError(Problem.NO_ANSWER, f"{self._where}: the port takes no data")


def open_serial(path: str, baud: int, timing: Timing) -> SerialWire:
    """Open and set up the port; what came before is thrown away. Raises DeviceError."""
    # The control lines stay up between two conversations: some terminals restart when DTR drops.
    return SerialWire(open_port(path, baud, stopbits=2), path, timing)
