"""A barcode scanner on a serial port (CDC-ACM, RS-232) or a pty."""

import errno
import fcntl
import os
import termios
from pathlib import Path
from typing import NoReturn

import anyio

from terminal.app.ports.device import DeviceError, Health, Problem, State, Tell
from terminal.app.ports.scanner import OnScan
from terminal.config.settings import ScannerSerial
from terminal.protocols.serial_scan import SerialDecoder

from .hotplug import appears
from .scanner_wire import cannot_open, lost, tell_scans

_BAUD = {
    1200: termios.B1200,
    2400: termios.B2400,
    4800: termios.B4800,
    9600: termios.B9600,
    19200: termios.B19200,
    38400: termios.B38400,
    57600: termios.B57600,
    115200: termios.B115200,
}
_PIECE = 4096


class SerialScanner:
    """Implements the port Driver: one scanner, 8N1, no flow control."""

    def __init__(self, settings: ScannerSerial, on_scan: OnScan) -> None:
        self._settings = settings
        self._on_scan = on_scan

    async def live(self, tell: Tell) -> NoReturn:
        """See Driver. A port that is not there is waited for, so that a scanner works as soon as it is plugged in."""
        port = self._settings.port
        if not self._present():
            missing = DeviceError(Problem.NOT_FOUND, f"{port} is not there")
            tell(Health(State.DOWN, missing.problem, missing.detail))
            if not await appears("tty", self._present):
                raise missing
        fd = _open(port, self._settings.baud)
        try:
            tell(Health(State.OK, detail=f"listening on {port}"))
            await self._listen(fd)
        finally:
            os.close(fd)

    def _present(self) -> bool | None:
        """None when the port is not there; what else is wrong with it, opening it tells."""
        try:
            Path(self._settings.port).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            return True
        return True

    async def _listen(self, fd: int) -> NoReturn:
        settings = self._settings
        decoder = SerialDecoder(settings.encoding)
        while True:
            with anyio.move_on_after(decoder.patience) as silence:
                await anyio.wait_readable(fd)
            # Read in any case: what came in the same moment as the time ran out still belongs to the scan.
            data = _read(fd, settings.port)
            if data is not None:
                await tell_scans(decoder.feed(data), settings.name, self._on_scan)
            elif silence.cancelled_caught:
                await tell_scans(decoder.flush(), settings.name, self._on_scan)


def _open(port: str, baud: int) -> int:
    try:
        fd = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise cannot_open(port, error) from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _set_up(fd, _BAUD[baud])
    except OSError as error:
        os.close(fd)
        raise cannot_open(port, error) from error
    except termios.error as error:
        os.close(fd)
        code, text = error.args
        raise DeviceError(
            Problem.FAULT if code == errno.ENOTTY else Problem.LOST, f"{port} is no serial port: {text}"
        ) from error
    return fd


def _set_up(fd: int, speed: int) -> None:
    """Raw, and empty: what was scanned before the till listened is not sold now."""
    _, _, cflag, _, _, _, characters = termios.tcgetattr(fd)
    cflag &= ~(termios.CSIZE | termios.PARENB | termios.CSTOPB | termios.CRTSCTS)
    cflag |= termios.CS8 | termios.CREAD | termios.CLOCAL
    characters[termios.VMIN], characters[termios.VTIME] = 1, 0
    termios.tcsetattr(fd, termios.TCSANOW, [termios.IGNBRK, 0, cflag, 0, speed, speed, characters])
    termios.tcflush(fd, termios.TCIFLUSH)


def _read(fd: int, port: str) -> bytes | None:
    """What is there; None: nothing. Raises DeviceError LOST."""
    try:
        data = os.read(fd, _PIECE)
    except BlockingIOError:
        return None
    except OSError as error:
        raise lost(port, error) from error
    if not data:
        raise lost(port)
    return data
