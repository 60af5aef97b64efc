"""A serial port for a driver: opened and set up by pyserial, read and written by the driver through its `fileno()`.

pyserial's own read and write poll with select; the drivers wait in anyio for a file descriptor that never blocks.
"""

import contextlib
import errno
import termios
from typing import TYPE_CHECKING, Literal

from terminal.app.ports.device import DeviceError, Problem

from .open_errors import cannot_open

if TYPE_CHECKING:
    from serial import Serial


Parity = Literal["none", "even", "odd"]


def open_port(
    path: str,
    baud: int,
    *,
    stopbits: Literal[1, 2] = 1,
    bytesize: Literal[7, 8] = 8,
    parity: Parity = "none",
    xonxoff: bool = False,
    hang_up: bool = False,
) -> "Serial":
    """Open, lock and set up a port: raw, non-blocking; what came before is thrown away.

    `xonxoff`: the far end may stop us. `hang_up`: whether DTR and RTS drop when the port is closed, if the system
    has it so. A read of nothing is a BlockingIOError, an empty read the end of the line. Raises DeviceError:
    NOT_FOUND, NO_PERMISSION, IN_USE, LOST, and FAULT for what is no serial port.
    """
    import serial  # here, since it costs a start 10 ms and most tills have no serial port

    try:
        port = serial.Serial(
            path,
            baud,
            stopbits=stopbits,
            bytesize=bytesize,
            parity=parity[0].upper(),  # pyserial's PARITY_NONE is "N", and so on
            xonxoff=xonxoff,
            timeout=0,
            write_timeout=0,
            exclusive=True,
            inter_byte_timeout=0,  # that is VMIN 1: with pyserial's 0 a read of nothing looks as the end of the line
        )
    except serial.SerialException as error:
        # pyserial's own error, and not always with the system's number: what the system said is its context.
        raise _failed(path, error.__context__ or error) from error
    except (OSError, termios.error) as error:
        raise _failed(path, error) from error
    try:
        _finish(port.fileno(), hang_up=hang_up, has_parity=parity != "none")
    except termios.error as error:
        port.close()
        raise _failed(path, error) from error
    return port


def close_port(port: "Serial", *, discard: bool) -> None:
    """Let go. Closing waits up to 30 s for bytes that nobody takes, so `discard` throws them away first."""
    try:
        if discard:
            with contextlib.suppress(termios.error):  # the port is gone, and there is nothing to wait for
                port.reset_output_buffer()
    finally:
        port.close()


def _finish(fd: int, *, hang_up: bool, has_parity: bool) -> None:
    """What pyserial has no argument for: a break is no zero byte, we never send XOFF, the lines stay up after us, and
    parity is looked at. Without INPCK a byte whose parity is wrong comes as if it were right; with it as a zero."""
    iflag, oflag, cflag, lflag, ispeed, ospeed, characters = termios.tcgetattr(fd)
    iflag = iflag & ~(termios.BRKINT | termios.IXOFF) | termios.IGNBRK
    if has_parity:
        iflag |= termios.INPCK
    if not hang_up:
        cflag &= ~termios.HUPCL
    termios.tcsetattr(fd, termios.TCSANOW, [iflag, oflag, cflag, lflag, ispeed, ospeed, characters])


def _failed(path: str, said: BaseException) -> DeviceError:
    """What an OSError or a termios.error means."""
    if isinstance(said, OSError):
        return cannot_open(path, said)
    code, text = said.args
    problem = Problem.FAULT if code == errno.ENOTTY else Problem.LOST
    return DeviceError(problem, f"{path} is no serial port: {text}")
