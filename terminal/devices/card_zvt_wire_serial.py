"""A terminal on a serial line: 8N2, frames with checksum and acknowledgement (transport text, chapters 2.1 and 3)."""

import contextlib
import errno
import fcntl
import os
import termios
from collections import deque

import anyio

from terminal.app.ports.device import DeviceError, Problem
from terminal.protocols.zvt import apdu as framing
from terminal.protocols.zvt.errors import ApduError
from terminal.protocols.zvt.link import ACK, NAK, Answer, Block, LinkReader, frame

from .card_zvt_wire import NotSent, Timing, cannot_open, lost

_BAUD = {9600: termios.B9600, 115200: termios.B115200}
_TRIES = 3
"""A frame is repeated at most twice (3.5)."""
_CHUNK = 4096


class SerialWire:
    """An open serial port."""

    def __init__(self, fd: int, where: str, timing: Timing) -> None:
        self._fd = fd
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
        """See Wire. Closing waits up to 30 s for bytes that nobody takes, so they are thrown away first."""
        with contextlib.suppress(termios.error):  # the port is gone
            termios.tcflush(self._fd, termios.TCOFLUSH)
        os.close(self._fd)

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
    try:
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise cannot_open(path, error) from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _set_up(fd, _BAUD[baud])
    except termios.error as error:
        os.close(fd)
        code, why = error.args
        problem = Problem.FAULT if code == errno.ENOTTY else Problem.LOST
        raise DeviceError(problem, f"{path} is no serial port: {why}") from error
    except OSError as error:
        os.close(fd)
        raise cannot_open(path, error) from error
    return SerialWire(fd, path, timing)


def _set_up(fd: int, speed: int) -> None:
    _, _, cflag, _, _, _, characters = termios.tcgetattr(fd)
    cflag &= ~(termios.CSIZE | termios.PARENB | termios.CRTSCTS | termios.HUPCL)
    # Without HUPCL the control lines stay up between two conversations: some terminals restart when DTR drops.
    cflag |= termios.CS8 | termios.CSTOPB | termios.CREAD | termios.CLOCAL
    characters[termios.VMIN], characters[termios.VTIME] = 1, 0
    termios.tcsetattr(fd, termios.TCSANOW, [termios.IGNBRK, 0, cflag, 0, speed, speed, characters])
    termios.tcflush(fd, termios.TCIFLUSH)
