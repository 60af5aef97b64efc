"""The drawer on the printer's socket: the shipped driver, the simulated printer with its drawer at the far end."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from terminal.app.drawer import DrawerDesk
from terminal.app.drawer import Timing as DeskTiming
from terminal.app.ports.device import Problem, State
from terminal.app.ports.printer import NotPrinted, Printed, PrintUnknown
from terminal.app.printing import PrintDesk, Station
from terminal.config.settings import DrawerKick
from terminal.devices.drawer_kick import KickDrawer
from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.host.clock import SystemClock
from terminal.sim.printer import SimPrinter
from tests.app.lane import Lane, running
from tests.devices.life import living
from tests.devices.printer_bench import eventually, serial_printer, simulator, tcp_printer
from tests.domain.playbook import MILK, kr

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("wire", ["tcp", "pty"])
async def test_it_opens_and_says_so(wire: str) -> None:
    async with simulator("tcp" if wire == "tcp" else "pty") as sim:
        printer = (tcp_printer if wire == "tcp" else serial_printer)(sim.address)
        drawer = KickDrawer(printer, DrawerKick(cool_down_ms=500))
        assert await drawer.open() == Printed(confirmed=True)
        assert sim.drawer_open
        await sim.press("close-drawer")
        assert await drawer.open() == Printed(confirmed=True)
        assert [(pulse.pin, pulse.on_ms) for pulse in sim.drawer_pulses] == [(2, 120), (2, 120)]


async def test_a_dead_printer_opens_nothing_and_a_broken_one_perhaps() -> None:
    async with simulator() as sim:
        drawer = KickDrawer(tcp_printer(sim.address))
        await sim.press("cut-mid-job", "7")
        outcome = await drawer.open()
        assert isinstance(outcome, PrintUnknown)
        await sim.press("power-off")
        outcome = await drawer.open()
        assert isinstance(outcome, NotPrinted)
        assert outcome.problem is Problem.REFUSED


@pytest.mark.parametrize("trouble", ["paper-out", "open-cover", "cutter-error"])
async def test_a_stopped_printer_opens_it_at_once(trouble: str) -> None:
    """The customer waits for the change, and a pulse that waits for the paper would open an unwatched drawer."""
    async with simulator() as sim:
        await sim.press(trouble)
        assert await KickDrawer(tcp_printer(sim.address, drawer_pin=5)).open() == Printed(confirmed=False)
        assert sim.drawer_open
        assert [(pulse.pin, pulse.on_ms) for pulse in sim.drawer_pulses] == [(5, 100)]
        await sim.press("paper-ok")
        await sim.press("close-cover")
        assert len(sim.drawer_pulses) == 1


async def test_the_coil_cools_down_between_two_pulses() -> None:
    async with simulator() as sim:
        drawer = KickDrawer(tcp_printer(sim.address), DrawerKick(cool_down_ms=500))
        start = time.monotonic()
        await drawer.open()
        await drawer.open()
        assert time.monotonic() - start >= 0.5
        assert len(sim.drawer_pulses) == 2


async def test_a_long_cool_down_refuses_instead_of_opening_much_later() -> None:
    async with simulator() as sim:
        drawer = KickDrawer(tcp_printer(sim.address), DrawerKick(cool_down_ms=60_000))
        assert await drawer.open() == Printed(confirmed=True)
        outcome = await drawer.open()
        assert isinstance(outcome, NotPrinted)
        assert outcome.problem is Problem.BUSY
        assert len(sim.drawer_pulses) == 1


@pytest.mark.parametrize("open_high", [True, False])
async def test_the_printer_tells_how_its_drawer_stands(open_high: bool) -> None:
    """The simulated drawer's switch is high when it stands open."""
    async with simulator() as sim:
        printer = tcp_printer(sim.address)
        drawer = KickDrawer(printer, DrawerKick(sense="printer", sense_open_high=open_high))
        news: list[bool | None] = []
        drawer.on_sense(news.append)
        assert await drawer.look() is not open_high
        async with living(drawer) as life, living(printer):
            await life.until(State.OK)
            await drawer.open()
            assert await drawer.look() is open_high
            await eventually(lambda: open_high in news)
            await sim.press("close-drawer")
            await eventually(lambda: news[-1] is not open_high)


async def test_without_a_switch_it_does_not_look() -> None:
    async with simulator() as sim:
        assert await KickDrawer(tcp_printer(sim.address)).look() is None


async def test_a_printer_that_is_gone_does_not_say() -> None:
    async with simulator() as sim:
        drawer = KickDrawer(tcp_printer(sim.address), DrawerKick(sense="printer"))
        await sim.press("silence")
        assert await drawer.look() is None
        await sim.press("power-off")
        assert await drawer.look() is None


@asynccontextmanager
async def till(sim: SimPrinter, timing: DeskTiming) -> AsyncIterator[Lane]:
    """A till that sells; its receipt printer opens the drawer and tells of its switch."""
    lane = Lane()
    # One that answers at the end of the job: it is not asked before that.
    printer = tcp_printer(sim.address, profile="epson-tm-t20iii")
    drawer = KickDrawer(printer, DrawerKick(sense="printer"))
    desk = DrawerDesk(lane.till, drawer, lane.changes, SystemClock(), device=drawer, timing=timing)
    prints = PrintDesk(lane.till, (Station("printer", printer),), lane.changes, "da")
    async with living(desk) as life, living(printer):
        await life.until(State.OK)
        async with running(desk.run, desk.watch, prints.run):
            yield lane


def drawer_story(lane: Lane) -> list[e.AnyEvent]:
    return [event for event in lane.book.events if isinstance(event, e.DrawerEnded | e.DrawerOpened | e.DrawerClosed)]


async def test_a_drawer_that_is_seen_open_only_after_the_receipt_was_opened_by_the_sale() -> None:
    """While the printer prints it is not asked, and nobody has used a key."""
    async with simulator() as sim, till(sim, DeskTiming(opens=0.1, look=0.2)) as lane:
        await sim.press("slow", "400")
        # Its spring is slow: the drawer moves when the receipt has begun.
        await sim.press("lock-drawer", "on")
        lane.does(c.AddItem(MILK), c.PayCash(kr(20)))
        await eventually(lambda: sim.receipts)
        await sim.press("open-drawer")
        await lane.until(lambda: lane.state.drawer_open)
    assert drawer_story(lane) == [e.DrawerEnded(1, "opened"), e.DrawerOpened(1, "sale", "Kasse")]


async def test_a_drawer_that_was_shut_again_before_the_printer_could_be_asked_has_opened() -> None:
    async with simulator() as sim, till(sim, DeskTiming(opens=0.1, shut_again=0.3, look=5.0)) as lane:
        await sim.press("slow", "400")
        await sim.press("lock-drawer", "on")
        lane.does(c.AddItem(MILK), c.PayCash(kr(20)))
        # The cashier is quicker than the printer: open and shut, all within the receipt.
        await lane.until(lambda: not lane.state.drawers)
    assert drawer_story(lane) == [e.DrawerEnded(1, "opened")]


async def test_where_no_printer_answers_no_pulse_is_sent() -> None:
    """Another speed, or another device: what it would do with a pulse is anybody's guess."""
    async with simulator() as sim:
        await sim.press("garbage", "on")
        outcome = await KickDrawer(tcp_printer(sim.address)).open()
        assert isinstance(outcome, NotPrinted)
        assert outcome.problem is Problem.GARBAGE
        assert not sim.drawer_pulses


async def test_a_serial_line_with_nobody_there_is_not_said_to_have_opened_it() -> None:
    async with simulator("pty") as sim:
        drawer = KickDrawer(serial_printer(sim.address), DrawerKick(cool_down_ms=500))
        assert await drawer.open() == Printed(confirmed=True)
        await sim.press("power-off")
        outcome = await drawer.open()
        assert isinstance(outcome, PrintUnknown)
        assert outcome.problem is Problem.NO_ANSWER
        assert len(sim.drawer_pulses) == 1
