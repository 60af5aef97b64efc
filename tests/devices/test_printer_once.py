"""Half a job, garbage, silence, cables and plugs: nothing is sent twice, and nothing is called printed that was not."""

import os
import pty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import anyio
import pytest

from terminal.app.ports.device import Problem, State
from terminal.app.ports.printer import NotPrinted, Printed, PrintUnknown
from terminal.devices.printer_escpos import EscposPrinter
from terminal.domain import document as d
from terminal.sim.printer import SimPrinter
from tests.devices.escpos_parts import renderer
from tests.devices.life import living
from tests.devices.printer_bench import LONG, QUICK, RECEIPT, eventually, serial_printer, simulator, tcp_printer

pytestmark = pytest.mark.anyio

EPSON = "epson-tm-t20iii"
"""Answers in order."""
JOB = renderer(profile=EPSON, columns=48).render(RECEIPT)
Wire = Literal["tcp", "pty"]


def at(sim: SimPrinter, wire: Wire, **settings: Any) -> EscposPrinter:
    """The driver for the simulator on that wire."""
    settings = {"profile": EPSON, "columns": 48, **settings}
    return tcp_printer(sim.address, **settings) if wire == "tcp" else serial_printer(sim.address, **settings)


def port(sim: SimPrinter) -> str:
    """What its link leads to now."""
    link = Path(sim.address)
    return str(link.readlink()) if link.is_symlink() else ""


@contextmanager
def another_device() -> Iterator[None]:
    """Takes the path that has become free."""
    ends = pty.openpty()
    yield
    for end in ends:
        os.close(end)


def on_paper(sim: SimPrinter) -> bytes:
    return b"".join(receipt.raw for receipt in sim.receipts)


@pytest.mark.parametrize("profile", ["TM-T88III", EPSON])
@pytest.mark.parametrize("wire", ["tcp", "pty"])
async def test_a_whole_receipt_is_confirmed(wire: Wire, profile: str) -> None:
    async with simulator(wire, dots=576) as sim:
        printer = at(sim, wire, profile=profile)
        for number in range(1, 4):
            assert await printer.print(RECEIPT) == Printed(confirmed=True)
            assert [receipt.cut for receipt in sim.receipts] == [True] * number


@pytest.mark.parametrize("cut", [1, 2, 3, 5, 9, 20, 50, len(JOB) // 2, len(JOB) - 10, len(JOB) - 1, len(JOB)])
@pytest.mark.parametrize("wire", ["tcp", "pty"])
async def test_a_cable_that_breaks_at_any_byte_leaves_at_most_one_receipt(wire: Wire, cut: int) -> None:
    async with simulator(wire, dots=576) as sim:
        printer = at(sim, wire)
        await sim.press("cut-mid-job", str(cut))
        outcome = await printer.print(RECEIPT)
        assert isinstance(outcome, PrintUnknown), outcome
        assert outcome.problem in (Problem.LOST, Problem.NO_ANSWER)
        await anyio.sleep(2 * QUICK.poll)
        assert JOB.startswith(on_paper(sim))
        # The next job is its own, whole: nothing of the broken one comes before it.
        async with living(printer) as life:
            await life.until(State.OK)
            assert await printer.print(RECEIPT) == Printed(confirmed=True)
        assert on_paper(sim).count(b"\x1d\x6b\x49") <= 2
        assert sim.receipts[-1].cut


@pytest.mark.parametrize("after", [30, len(JOB) - 2])
@pytest.mark.parametrize("wire", ["tcp", "pty"])
async def test_a_printer_that_forgot_the_rest_and_is_well_again_has_not_printed(wire: Wire, after: int) -> None:
    async with simulator(wire, dots=576) as sim:
        await sim.press("forget", str(after))
        outcome = await at(sim, wire).print(RECEIPT)
        assert isinstance(outcome, PrintUnknown), outcome
        assert outcome.problem is Problem.LOST
        assert "not worked through" in outcome.detail


async def test_a_moment_without_power_on_a_serial_line_is_no_success() -> None:
    async with simulator("pty", dots=576) as sim:
        await sim.press("slow", "2000")
        outcomes: list[Any] = []

        async def job() -> None:
            outcomes.append(await at(sim, "pty").print(RECEIPT))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(job)
            await eventually(lambda: sim.receipts)
            await sim.press("power-off")
            await sim.press("power-on")
        assert isinstance(outcomes[0], PrintUnknown), outcomes
        assert outcomes[0].problem is Problem.LOST


async def test_paper_that_ends_while_it_prints_slowly_is_told_at_once() -> None:
    async with simulator(dots=576) as sim:
        await sim.press("slow", "2000")
        await sim.press("paper-left", "3")
        outcome = await at(sim, "tcp").print(LONG[:60])
        assert isinstance(outcome, PrintUnknown), outcome
        assert outcome.problem is Problem.PAPER_OUT


async def test_a_slow_printer_is_waited_for() -> None:
    async with simulator(dots=576) as sim:
        await sim.press("slow", "1500")
        assert await at(sim, "tcp").print((*LONG[:40], d.Cut())) == Printed(confirmed=True)
        assert sim.receipts[0].cut


@pytest.mark.parametrize("wire", ["tcp", "pty"])
async def test_nonsense_for_an_answer_is_no_printer_and_is_sent_nothing(wire: Wire) -> None:
    async with simulator(wire) as sim:
        await sim.press("garbage")
        printer = at(sim, wire)
        outcome = await printer.print(RECEIPT)
        assert isinstance(outcome, NotPrinted)
        assert outcome.problem is Problem.GARBAGE
        assert sim.receipts == ()
        async with living(printer) as life:
            await life.until(State.DOWN, Problem.GARBAGE)
            await sim.press("garbage")
            await life.until(State.OK)


async def test_nonsense_after_the_job_is_a_question_for_a_person() -> None:
    async with simulator(dots=576) as sim:
        await sim.press("slow", "20000")
        outcomes: list[Any] = []

        async def job() -> None:
            outcomes.append(await at(sim, "tcp", profile="TM-T88III").print(LONG))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(job)
            await eventually(lambda: sim.receipts)
            await sim.press("garbage")
        assert isinstance(outcomes[0], PrintUnknown), outcomes
        assert outcomes[0].problem is Problem.GARBAGE


async def test_one_that_hangs_up_when_asked_says_which_setting_helps_and_prints_with_it() -> None:
    async with simulator(dots=576) as sim:
        await sim.press("hang-up")
        outcome = await at(sim, "tcp", profile="generic-80mm").print(RECEIPT)
        assert isinstance(outcome, NotPrinted)
        assert outcome.problem is Problem.LOST
        assert "status = false" in outcome.detail
        assert await at(sim, "tcp", profile="generic-80mm", status=False).print(RECEIPT) == Printed(confirmed=False)
        await eventually(lambda: sim.receipts and sim.receipts[-1].cut)


async def test_it_comes_back_under_another_path() -> None:
    async with simulator("pty", dots=576) as sim:
        printer = at(sim, "pty")
        assert await printer.print(RECEIPT) == Printed(confirmed=True)
        before = port(sim)
        await sim.press("pull-cable", "on")
        outcome = await printer.print(RECEIPT)
        assert isinstance(outcome, NotPrinted)
        assert outcome.problem is Problem.NOT_FOUND
        with another_device():
            await sim.press("pull-cable", "off")
            await eventually(lambda: port(sim))
            assert port(sim) != before
            assert await printer.print(RECEIPT) == Printed(confirmed=True)
        assert len(sim.receipts) == 2
