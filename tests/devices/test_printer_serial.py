"""The printer on a serial line: a pty stands for it, with the simulator at its other end."""

import fcntl
import os
import termios
from pathlib import Path

import pytest

from terminal.app.ports.device import Problem, State
from terminal.app.ports.printer import NotPrinted, Printed, PrintUnknown
from tests.devices.escpos_parts import renderer
from tests.devices.life import living
from tests.devices.printer_bench import HUGE, LONG, RECEIPT, eventually, serial_printer, simulator

pytestmark = pytest.mark.anyio


async def test_a_receipt_arrives_as_it_was_rendered() -> None:
    async with simulator("pty") as sim:
        assert await serial_printer(sim.address).print(RECEIPT) == Printed(confirmed=True)
        assert sim.receipts[0].raw == renderer().render(RECEIPT)


async def test_every_byte_gets_through_and_none_is_changed_on_the_way() -> None:
    async with simulator("pty") as sim:
        # 13 CR, 0x11 and 0x13 flow control, 0x7F, 0xFF: a terminal would swallow or change them.
        await serial_printer(sim.address, codepage="CP1252").print(LONG)
        await eventually(lambda: sim.receipts and sim.receipts[0].cut)
        assert sim.receipts[0].raw == renderer(codepage="CP1252").render(LONG)


async def test_the_port_is_set_up_as_a_printer_wants_it() -> None:
    async with simulator("pty") as sim:
        await serial_printer(sim.address, baud=19200).kick()
        fd = os.open(sim.address, os.O_RDWR | os.O_NOCTTY)
        iflag, oflag, cflag, lflag, _, speed, _ = termios.tcgetattr(fd)
        os.close(fd)
        assert (oflag & termios.OPOST, lflag & (termios.ECHO | termios.ICANON)) == (0, 0)
        assert iflag & termios.IXON
        assert cflag & termios.CSIZE == termios.CS8
        assert not cflag & (termios.HUPCL | termios.CRTSCTS)
        assert speed == termios.B19200


async def test_paper_out_before_and_silence() -> None:
    async with simulator("pty") as sim:
        await sim.press("paper-out")
        outcome = await serial_printer(sim.address).print(RECEIPT)
        assert isinstance(outcome, NotPrinted)
        assert outcome.problem is Problem.PAPER_OUT
        await sim.press("paper-ok")
        await sim.press("silence")
        assert await serial_printer(sim.address).print(RECEIPT) == Printed(confirmed=False)


async def test_unplugged_in_the_job() -> None:
    async with simulator("pty") as sim:
        await sim.press("cut-mid-job", "60")
        outcome = await serial_printer(sim.address).print(RECEIPT)
        assert isinstance(outcome, PrintUnknown)
        assert outcome.problem is Problem.LOST
        (receipt,) = sim.receipts
        assert renderer().render(RECEIPT).startswith(receipt.raw)


async def test_unplugged_and_plugged_in_again() -> None:
    async with simulator("pty") as sim:
        async with living(serial_printer(sim.address)) as life:
            await life.until(State.OK)
            await sim.press("pull-cable")
            assert await life.end() in (Problem.NOT_FOUND, Problem.LOST)
        await sim.press("pull-cable")
        await eventually(Path(sim.address).exists)
        assert await serial_printer(sim.address).print(RECEIPT) == Printed(confirmed=True)


async def test_a_printer_that_holds_the_line_is_given_up() -> None:
    async with simulator("pty") as sim:
        await sim.press("silence")
        await sim.press("open-cover")
        outcome = await serial_printer(sim.address).print(HUGE)
        assert isinstance(outcome, PrintUnknown)
        assert outcome.problem is Problem.NO_ANSWER


async def test_a_port_that_is_not_there_or_not_ours_or_no_port(tmp_path: Path) -> None:
    missing = await serial_printer(str(tmp_path / "ttyUSB9")).print(RECEIPT)
    assert isinstance(missing, NotPrinted)
    assert missing.problem is Problem.NOT_FOUND
    (tmp_path / "file").write_text("")
    no_port = await serial_printer(str(tmp_path / "file")).print(RECEIPT)
    assert isinstance(no_port, NotPrinted)
    assert no_port.problem is Problem.FAULT
    async with simulator("pty") as sim:
        held = os.open(sim.address, os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(held, fcntl.LOCK_EX)
        taken = await serial_printer(sim.address).print(RECEIPT)
        os.close(held)
        assert isinstance(taken, NotPrinted)
        assert taken.problem is Problem.IN_USE
        assert sim.receipts == ()
