"""The printer's life: what a person is told while nobody prints, and that jobs and questions do not collide."""

import itertools
from pathlib import Path

import anyio
import pytest

from terminal.app.ports.device import Problem, State
from terminal.app.ports.printer import NotPrinted, Printed
from terminal.domain import document as d
from tests.devices.life import living
from tests.devices.printer_bench import QUICK, RECEIPT, simulator, tcp_printer

pytestmark = pytest.mark.anyio


async def test_every_state_has_its_own_name() -> None:
    async with simulator() as sim, living(tcp_printer(sim.address)) as life:
        await life.until(State.OK)
        await sim.press("paper-low")
        await life.until(State.ATTENTION, Problem.PAPER_LOW)
        await sim.press("paper-out")
        await life.until(State.DOWN, Problem.PAPER_OUT)
        await sim.press("open-cover")
        await life.until(State.DOWN, Problem.COVER_OPEN)
        await sim.press("close-cover")
        await sim.press("paper-ok")
        await life.until(State.OK)
        for control, problem in (
            ("cutter-error", Problem.CUTTER),
            ("overheat", Problem.OVERHEATED),
            ("offline", Problem.OFFLINE),
        ):
            await sim.press(control, "on")
            await life.until(State.DOWN, problem)
            await sim.press(control, "off")
        await life.until(State.OK)
        await sim.press("silence")
        await life.until(State.DOWN, Problem.NO_ANSWER)
        await sim.press("silence")
        await life.until(State.OK)
        assert all(a != b for a, b in itertools.pairwise(life.told))


async def test_a_dead_printer_ends_the_life_with_the_reason() -> None:
    async with simulator() as sim:
        async with living(tcp_printer(sim.address)) as life:
            await life.until(State.OK)
            await sim.press("power-off")
            assert await life.end() in (Problem.REFUSED, Problem.LOST)
        await sim.press("power-on")
        async with living(tcp_printer(sim.address)) as life:
            await life.until(State.OK)
            await sim.press("pull-cable")
            # A question that was under way gets no answer; the next finds nobody.
            assert await life.end() is Problem.UNREACHABLE


async def test_a_status_that_is_not_asked_is_unknown() -> None:
    async with simulator() as sim, living(tcp_printer(sim.address, status=False)) as life:
        await life.until(State.UNKNOWN)
        await sim.press("paper-out")
        await anyio.sleep(3 * QUICK.poll)
        assert [health.problem for health in life.told] == [Problem.NONE]


async def test_a_job_tells_what_it_met() -> None:
    async with simulator() as sim:
        printer = tcp_printer(sim.address, timing=QUICK.__class__(connect=0.3, answer=0.3, poll=3600))
        async with living(printer) as life:
            await life.until(State.OK)
            await sim.press("paper-out")
            assert isinstance(await printer.print(RECEIPT), NotPrinted)
            await life.until(State.DOWN, Problem.PAPER_OUT)


async def test_questions_do_not_fall_into_a_job() -> None:
    async with simulator() as sim:
        printer = tcp_printer(sim.address, timing=QUICK.__class__(connect=1, answer=1, settle=1, stall=1, poll=0.0))
        async with living(printer) as life:
            await life.until(State.OK)
            for i in range(20):
                assert await printer.print((d.Text(f"Bon {i}"), d.Cut())) == Printed(confirmed=True)
            assert [receipt.text.split("\n")[0] for receipt in sim.receipts] == [f"Bon {i}" for i in range(20)]
            assert life.ended is None


async def test_what_is_wrong_on_our_side_is_told_too(tmp_path: Path) -> None:
    async with simulator() as sim:
        printer = tcp_printer(sim.address, logo=str(tmp_path / "none.png"))
        printer.warm_up()
        async with living(printer) as life:
            await life.until(State.ATTENTION, Problem.FAULT)
            assert "none.png" in life.told[-1].detail
            await sim.press("paper-out")
            await life.until(State.DOWN, Problem.PAPER_OUT)
            await sim.press("paper-ok")
        wrong = tcp_printer(sim.address, profile="No-Such")
        wrong.warm_up()
        async with living(wrong) as life:
            await life.until(State.DOWN, Problem.FAULT)
