"""The wire to a printer: a file descriptor that never blocks the daemon, whatever is at its far end.

Opened for one job or one question and closed again. What goes wrong is a DeviceError with a Problem; time
limits are the caller's (printer_escpos.py).
"""

import os
import select
import stat
from pathlib import Path

import anyio

from terminal.app.ports.device import DeviceError, Problem

from .open_errors import cannot_open

_POLL = 0.005
"""Seconds between two looks at what the kernel cannot be waited for."""
MOST_UNASKED = 64
"""Reads of what nobody asked for, 16 kB in all: a far end that talks without end must not hold the daemon."""


class Wire:
    """One open wire. This class is enough for a file; serial lines and sockets add how they drain and close."""

    answers = True
    """Whether the far end can say anything."""
    chunk = 512
    """Bytes a write: a printer that takes its bytes slowly is still seen to take them."""

    def __init__(self, fd: int, where: str) -> None:
        self._fd = fd
        self.where = where

    async def send(self, data: bytes, *, stall: float) -> None:
        """Give all of it to the kernel. Raises DeviceError: LOST, or NO_ANSWER when nothing is taken for `stall` s."""
        view = memoryview(data)
        while view:
            with anyio.move_on_after(stall) as limit:
                view = view[await self._write(view[: self.chunk]) :]
            if limit.cancelled_caught:
                raise DeviceError(Problem.NO_ANSWER, f"{self.where} took no data for {stall:g} s")

    async def _write(self, data: memoryview) -> int:
        while True:
            try:
                return os.write(self._fd, data)
            except BlockingIOError:
                await anyio.wait_writable(self._fd)
            except OSError as error:
                raise self._lost(error) from error

    async def receive(self) -> bytes:
        """What comes next, at least one byte. Raises DeviceError LOST at the end."""
        while True:
            await anyio.wait_readable(self._fd)
            data = self._read()
            if data:
                return data
            await self._nothing_read()

    def discard_input(self) -> None:
        """Throw away what nobody asked for, or asked for too long ago. Raises DeviceError: GARBAGE if it never ends."""
        for _ in range(MOST_UNASKED):
            if not self.answers or not self._read():
                return
        raise self._babbles()

    async def drain(self, *, stall: float) -> None:
        """Wait until the far end has taken everything. Raises DeviceError: LOST, or NO_ANSWER as `send` does."""
        left, patience = self.queued(), stall
        while left:
            await anyio.sleep(_POLL)
            self.check()
            now = self.queued()
            patience = stall if now < left else patience - _POLL
            if patience <= 0:
                raise DeviceError(Problem.NO_ANSWER, f"{self.where} took no data for {stall:g} s")
            left = now
        self.check()

    def queued(self) -> int:
        """How much of what was sent the far end has not taken yet, as far as the kernel knows. 0 = nothing.

        For a USB printer 1 while a transfer runs: the kernel's usblp driver drops what is still on its way
        when the file is closed, and is writable again when the transfer is complete.
        """
        waiting = select.poll()
        waiting.register(self._fd, select.POLLOUT)
        return 0 if waiting.poll(0) else 1

    def check(self) -> None:
        """Raise DeviceError LOST when the far end has hung up, where that can be seen."""

    def close(self, *, broken: bool) -> None:
        """Let go. `broken`: what was not taken yet must not be sent any more."""
        os.close(self._fd)

    async def let_go(self, *, broken: bool) -> None:
        """`close`, for a wire that has to wait for it. Not put off by a cancellation."""
        self.close(broken=broken)

    def _read(self) -> bytes:
        try:
            return os.read(self._fd, 256)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise self._lost(error) from error

    async def _nothing_read(self) -> None:
        """Readable and yet nothing there: a USB printer that answers its poll with an empty packet does that."""
        await anyio.sleep(_POLL * 4)

    def _lost(self, error: OSError) -> DeviceError:
        return DeviceError(Problem.LOST, f"{self.where}: {error.strerror}")

    def _babbles(self) -> DeviceError:
        return DeviceError(Problem.GARBAGE, f"{self.where} says more than any printer has to say")


class OneWayWire(Wire):
    """A pipe: what is read from it would be our own bytes."""

    answers = False


def open_file(path: str) -> Wire:
    """A printer's device file, as /dev/usb/lp0. Raises DeviceError."""
    try:
        fifo = stat.S_ISFIFO(Path(path).stat().st_mode)
        access = os.O_WRONLY if fifo else os.O_RDWR
        fd = os.open(path, access | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        raise cannot_open(path, error) from error
    mode = os.fstat(fd).st_mode
    if not (stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)):
        os.close(fd)
        raise DeviceError(Problem.FAULT, f"{path} is no device")
    return OneWayWire(fd, path) if fifo else Wire(fd, path)
