"""Each wire × each fault: one named problem with its sentence and advice in both languages, recovery without a restart,
and a receipt that comes out once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import msgspec
import pytest

from terminal.app.health import HealthBoard
from terminal.app.ports.device import Problem, State
from terminal.app.printing import PrintDesk, Station, retry_when_well
from terminal.app.supervise import supervise
from terminal.devices.printer_escpos import EscposPrinter, Timing
from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.sim.printer import SimPrinter
from terminal.texts import language
from terminal.web.sentences import WRONG
from tests.app.lane import Lane
from tests.devices.printer_bench import QUICK, eventually, lp_printer, serial_printer, simulator, tcp_printer
from tests.domain.playbook import MILK, kr

pytestmark = pytest.mark.anyio

WIRES: dict[str, Any] = {"tcp": tcp_printer, "serial": serial_printer, "lp": lp_printer}
GONE = {Problem.LOST, Problem.NOT_FOUND, Problem.REFUSED, Problem.UNREACHABLE, Problem.NO_ANSWER}
FAULTS: dict[str, tuple[tuple[str, str], tuple[str, str], set[Problem]]] = {
    "paper-out": (("paper-out", ""), ("paper-ok", ""), {Problem.PAPER_OUT}),
    "cover": (("open-cover", ""), ("close-cover", ""), {Problem.COVER_OPEN}),
    "cutter": (("cutter-error", "on"), ("cutter-error", "off"), {Problem.CUTTER}),
    "overheated": (("overheat", "on"), ("overheat", "off"), {Problem.OVERHEATED}),
    "offline": (("offline", "on"), ("offline", "off"), {Problem.OFFLINE}),
    "silence": (("silence", "on"), ("silence", "off"), {Problem.NO_ANSWER}),
    "garbage": (("garbage", "on"), ("garbage", "off"), {Problem.GARBAGE}),
    "hang-up": (("hang-up", "on"), ("hang-up", "off"), GONE),
    "power": (("power-off", ""), ("power-on", ""), GONE),
    "cable": (("pull-cable", "on"), ("pull-cable", "off"), GONE),
}
"""Fault → what is done, what undoes it, what it is called."""


def test_a_fault_is_on_the_screen_within_five_seconds() -> None:
    """The tests below are quicker than a till; this is what a till does."""
    timing = Timing()
    assert timing.poll + timing.connect < 5
    assert timing.poll + timing.answer < 5


@asynccontextmanager
async def till_with(printer: EscposPrinter) -> AsyncIterator[tuple[Lane, HealthBoard]]:
    """The printer under its supervisor, with its desk, as assembly.py puts them together."""
    lane = Lane()
    board = HealthBoard(lane.board, lane.changes)
    board.add("printer", "printer")
    desk = PrintDesk(lane.till, (Station("printer", printer),), lane.changes, "da")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(supervise, "printer", printer, board, lane.board)
        tasks.start_soon(desk.run)
        tasks.start_soon(retry_when_well, desk, board, lane.changes)
        yield lane, board
        tasks.cancel_scope.cancel()


def whole(sim: SimPrinter) -> int:
    return sum(receipt.cut for receipt in sim.receipts)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("wire", WIRES)
async def test_a_fault_has_a_name_a_recovery_and_no_second_receipt(wire: str, fault: str) -> None:
    (press, undo, problems) = FAULTS[fault]
    quick = msgspec.structs.replace(QUICK, settle=0.3)
    async with simulator("tcp" if wire == "tcp" else "pty", dots=576) as sim:
        printer = WIRES[wire](sim.address, profile="epson-tm-t20iii", columns=48, timing=quick)
        async with till_with(printer) as (lane, board):
            await eventually(lambda: board.health("printer").state is State.OK)
            await sim.press(*press)
            await eventually(lambda: board.health("printer").problem in problems)
            assert board.health("printer").state is State.DOWN
            lane.does(c.AddItem(MILK), c.PayCash(kr(20)))
            await lane.until(lambda: lane.state.jobs[1].state == "not-printed")
            assert whole(sim) == 0
            await sim.press(*undo)
            await eventually(lambda: board.health("printer").state is State.OK)
            await lane.until(lambda: not lane.state.jobs)
            ends = [event.outcome for event in lane.book.events if isinstance(event, e.PrintEnded)]
            assert ends[-1] == "printed"
            assert ends.count("printed") == whole(sim) == 1


@pytest.mark.parametrize("wire", WIRES)
async def test_little_paper_is_said_and_printed_on(wire: str) -> None:
    async with simulator("tcp" if wire == "tcp" else "pty", dots=576) as sim:
        printer = WIRES[wire](sim.address, profile="epson-tm-t20iii", columns=48)
        async with till_with(printer) as (lane, board):
            await sim.press("paper-low")
            await eventually(lambda: board.health("printer").problem is Problem.PAPER_LOW)
            lane.does(c.AddItem(MILK), c.PayCash(kr(20)))
            await lane.until(lambda: not lane.state.jobs)
            assert whole(sim) == 1


@pytest.mark.parametrize("code", ["da", "en"])
def test_each_has_its_sentence_and_advice(code: str) -> None:
    words = language(code)
    named = {problem for _, _, problems in FAULTS.values() for problem in problems} | {Problem.PAPER_LOW}
    said = {problem: tuple(map(words.gettext, WRONG[problem])) for problem in named}
    assert all(what and advice for what, advice in said.values())
    assert len(set(said.values())) == len(named)
    if code == "da":
        assert not [each for each in said if said[each] == WRONG[each]]
