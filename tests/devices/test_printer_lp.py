"""The printer behind a device file, as /dev/usb/lp0: a FIFO and a pty stand for it."""

import os
from pathlib import Path

import pytest

from terminal.app.ports.device import Problem, State
from terminal.app.ports.printer import NotPrinted, Printed, PrintUnknown
from tests.devices.escpos_parts import renderer
from tests.devices.life import living
from tests.devices.printer_bench import HUGE, RECEIPT, lp_printer, simulator

pytestmark = pytest.mark.anyio


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    path = tmp_path / "lp0"
    os.mkfifo(path)
    return path


async def test_a_printer_that_answers() -> None:
    async with simulator("pty") as sim:
        assert await lp_printer(sim.address).print(RECEIPT) == Printed(confirmed=True)
        assert sim.receipts[0].raw == renderer().render(RECEIPT)
        await sim.press("open-cover")
        outcome = await lp_printer(sim.address).print(RECEIPT)
        assert isinstance(outcome, NotPrinted)
        assert outcome.problem is Problem.COVER_OPEN


async def test_a_one_way_file_gets_the_job_and_no_question(fifo: Path) -> None:
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert await lp_printer(str(fifo)).print(RECEIPT) == Printed(confirmed=False)
        assert os.read(reader, 65536) == renderer().render(RECEIPT)
        async with living(lp_printer(str(fifo))) as life:
            await life.until(State.UNKNOWN, Problem.NO_ANSWER)
    finally:
        os.close(reader)


async def test_nobody_at_the_other_end(fifo: Path) -> None:
    outcome = await lp_printer(str(fifo)).print(RECEIPT)
    assert isinstance(outcome, NotPrinted)
    assert outcome.problem is Problem.NOT_FOUND


async def test_a_printer_that_takes_nothing_does_not_hold_up_the_till(fifo: Path) -> None:
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        outcome = await lp_printer(str(fifo)).print(HUGE)
    finally:
        os.close(reader)
    assert isinstance(outcome, PrintUnknown)
    assert outcome.problem is Problem.NO_ANSWER


async def test_a_plain_file_is_no_printer(tmp_path: Path) -> None:
    path = tmp_path / "lp0"
    path.write_text("")
    outcome = await lp_printer(str(path)).print(RECEIPT)
    assert isinstance(outcome, NotPrinted)
    assert outcome.problem is Problem.FAULT
    assert path.read_text() == ""


async def test_no_file_and_unplugged_while_alive(tmp_path: Path) -> None:
    outcome = await lp_printer(str(tmp_path / "lp0")).print(RECEIPT)
    assert isinstance(outcome, NotPrinted)
    assert outcome.problem is Problem.NOT_FOUND
    async with simulator("pty") as sim, living(lp_printer(sim.address)) as life:
        await life.until(State.OK)
        await sim.press("pull-cable")
        assert await life.end() in (Problem.NOT_FOUND, Problem.LOST)
