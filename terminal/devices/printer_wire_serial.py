"""A printer on a serial line: 8N1, raw, XON/XOFF.

XON/XOFF since three wires are what most cables have: a printer that holds CTS instead needs nothing else
from us as long as its receive buffer (4 kB and more) holds a receipt. No byte of a status is XON or XOFF.
"""

import contextlib
import errno
import fcntl
import os
import termios

from terminal.app.ports.device import DeviceError, Problem

from .printer_wire import Wire, cannot_open

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


class SerialWire(Wire):
    """An open serial port, locked against other programs."""

    def close(self, *, broken: bool) -> None:
        """Closing waits up to 30 s for bytes that nobody takes, so they are thrown away first."""
        try:
            # When the port is gone (unplugged) there is nothing to wait for either.
            with contextlib.suppress(termios.error, DeviceError):
                if broken or self.queued():
                    termios.tcflush(self._fd, termios.TCOFLUSH)
        finally:
            os.close(self._fd)

    def queued(self) -> int:
        """Bytes in the kernel's buffer: tcdrain would block the daemon."""
        try:
            return int.from_bytes(fcntl.ioctl(self._fd, termios.TIOCOUTQ, b"\0\0\0\0"), "little")
        except OSError as error:
            raise self._lost(error) from error

    async def _nothing_read(self) -> None:
        raise DeviceError(Problem.LOST, f"{self.where} has hung up")


def open_serial(path: str, baud: int) -> SerialWire:
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
        code, text = error.args
        problem = Problem.FAULT if code == errno.ENOTTY else Problem.LOST
        raise DeviceError(problem, f"{path} is no serial port: {text}") from error
    except OSError as error:
        os.close(fd)
        raise cannot_open(path, error) from error
    return SerialWire(fd, path)


def _set_up(fd: int, speed: int) -> None:
    _, _, cflag, _, _, _, characters = termios.tcgetattr(fd)
    cflag &= ~(termios.CSIZE | termios.PARENB | termios.CSTOPB | termios.CRTSCTS | termios.HUPCL)
    # Without HUPCL the control lines stay up between two jobs: some printers go offline when DTR drops.
    cflag |= termios.CS8 | termios.CREAD | termios.CLOCAL
    iflag = termios.IXON | termios.IGNBRK
    characters[termios.VMIN], characters[termios.VTIME] = 1, 0
    termios.tcsetattr(fd, termios.TCSANOW, [iflag, 0, cflag, 0, speed, speed, characters])
    termios.tcflush(fd, termios.TCIFLUSH)
