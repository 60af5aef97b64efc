"""A serial port as the drivers get it, on a pty that another program left in a state of its own."""

import os
import pty
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal.devices.serial_port import Parity, close_port, open_port


@pytest.fixture
def slave() -> Iterator[int]:
    master, slave = pty.openpty()
    attributes = termios.tcgetattr(slave)
    attributes[0] |= termios.BRKINT | termios.IXOFF | termios.ISTRIP
    attributes[2] |= termios.HUPCL | termios.PARENB
    termios.tcsetattr(slave, termios.TCSANOW, attributes)
    os.write(master, b"before the till\n")
    yield slave
    os.close(slave)
    os.close(master)


@pytest.mark.parametrize("xonxoff", [False, True])
@pytest.mark.parametrize(("stopbits", "cstopb"), [(1, 0), (2, termios.CSTOPB)])
@pytest.mark.parametrize("hang_up", [False, True])
def test_what_was_set_before_does_not_stay(
    slave: int, xonxoff: bool, stopbits: int, cstopb: int, hang_up: bool
) -> None:
    port = open_port(os.ttyname(slave), 38400, stopbits=stopbits, xonxoff=xonxoff, hang_up=hang_up)  # type: ignore[arg-type]
    iflag, oflag, cflag, lflag, ispeed, ospeed, characters = termios.tcgetattr(slave)
    close_port(port, discard=True)

    assert iflag == termios.IGNBRK | (termios.IXON if xonxoff else 0)
    assert oflag & termios.OPOST == 0
    assert lflag & (termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN) == 0
    assert cflag & termios.CSIZE == termios.CS8
    assert cflag & (termios.PARENB | termios.CSTOPB | termios.CRTSCTS) == cstopb
    assert bool(cflag & termios.HUPCL) == hang_up
    assert (ispeed, ospeed) == (termios.B38400, termios.B38400)
    # With VMIN 0 a read of nothing would look as the end of the line.
    assert (characters[termios.VMIN], characters[termios.VTIME]) == (1, 0)


def test_nothing_from_before_and_nothing_left_behind(slave: int) -> None:
    before = set(Path("/proc/self/fd").iterdir())
    port = open_port(os.ttyname(slave), 9600)
    with pytest.raises(BlockingIOError):
        os.read(port.fileno(), 100)
    close_port(port, discard=False)

    assert set(Path("/proc/self/fd").iterdir()) == before


@pytest.mark.parametrize(("parity", "looked_at"), [("none", False), ("even", True), ("odd", True)])
def test_a_byte_of_wrong_parity_does_not_pass_for_a_right_one(slave: int, parity: Parity, looked_at: bool) -> None:
    """It comes as a zero byte (termios: INPCK without IGNPAR and PARMRK)."""
    port = open_port(os.ttyname(slave), 9600, bytesize=7, parity=parity)
    iflag = termios.tcgetattr(slave)[0]
    close_port(port, discard=True)

    assert iflag & (termios.INPCK | termios.IGNPAR | termios.PARMRK) == (termios.INPCK if looked_at else 0)
