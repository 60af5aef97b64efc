"""Tests of devices: honest about what came of them, of no money, and over when a customer comes."""

from collections.abc import Callable
from typing import NoReturn

import anyio
import pytest

from terminal.app.device_tests import DeviceTests, Result, Says
from terminal.app.drawer import DrawerDesk
from terminal.app.ports.device import DeviceError, Health, Problem, State
from terminal.app.ports.journal import JournalError
from terminal.app.ports.printer import NotPrinted, Printed, PrintUnknown
from terminal.app.ports.scale import NoWeight, OnReading, Weighing, Weight
from terminal.app.ports.scanner import BadScan, Scan
from terminal.app.scans import Scans
from terminal.domain import commands as c
from terminal.domain import document as d
from terminal.domain import events as e
from terminal.domain.errors import Reason, SaleError
from terminal.domain.payment import OutcomeUnknown
from tests.app.lane import Lane, Paper, running
from tests.domain.playbook import MILK, kr

pytestmark = pytest.mark.anyio

PAGE: d.Document = (d.Text("ÆØÅ"), d.Cut())


class Asked:
    """A card terminal that comes to what it is told; None: it never answers."""

    def __init__(self, comes_to: Health | Exception | None) -> None:
        self.comes_to = comes_to
        self.let_go = False

    async def diagnose(self) -> Health:
        if isinstance(self.comes_to, Exception):
            raise self.comes_to
        if self.comes_to is None:
            try:
                await anyio.sleep_forever()
            finally:
                self.let_go = True
        assert self.comes_to is not None
        return self.comes_to


class Scales:
    """A scale."""

    def __init__(self, weighing: Weighing) -> None:
        self.weighing = weighing

    async def weigh(self) -> Weighing:
        return self.weighing

    def follow(self, on_reading: OnReading) -> None:
        """Nobody follows it."""


class Panel:
    """A display."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, str]] = []

    def show(self, top: str, bottom: str) -> None:
        self.shown.append((top, bottom))


class Bench:
    """A till and its tests."""

    def __init__(self) -> None:
        self.lane = Lane()
        self.tests = DeviceTests(self.lane.till, self.lane.changes, display_seconds=0.5)

    async def run(self) -> NoReturn:
        await self.tests.run()

    async def result(self, name: str) -> Result:
        """Test it and wait for what comes of it."""
        self.tests.start(name)
        await self.lane.until(lambda: not self.tests.running)
        return self.tests.results[name]


@pytest.mark.parametrize(
    ("weighing", "state", "says", "detail", "problem"),
    [
        (Weight(532), "well", Says.WEIGHED, "532", Problem.NONE),
        (NoWeight(Problem.NONE), "well", Says.SCALE_EMPTY, "", Problem.NONE),
        (NoWeight(Problem.MOTION, "it swings"), "failed", Says.WRONG, "it swings", Problem.MOTION),
    ],
)
async def test_a_scale(weighing: Weighing, state: str, says: Says, detail: str, problem: Problem) -> None:
    bench = Bench()
    bench.tests.scale("scale", Scales(weighing))
    async with running(bench.run):
        result = await bench.result("scale")
    assert (result.state, result.says, result.detail, result.problem) == (state, says, detail, problem)


async def test_a_display() -> None:
    bench, panel = Bench(), Panel()
    bench.tests.display("display", panel, "ÆØÅ 1.234,50", "Test")

    async def desk() -> NoReturn:
        """The display's own desk, which shows its text after every change."""
        seen = -1
        while True:
            seen = await bench.lane.changes.wait(seen)
            panel.show("Welcome", "")

    async with running(bench.run, desk):
        result = await bench.result("display")
        await anyio.wait_all_tasks_blocked()
    assert result.state == "look"
    assert panel.shown[-2:] == [("ÆØÅ 1.234,50", "Test"), ("Welcome", "")]


@pytest.mark.parametrize(
    ("outcome", "state", "says", "problem"),
    [
        (Printed(confirmed=True), "look", Says.PRINTED, Problem.NONE),
        (Printed(confirmed=False), "look", Says.PERHAPS_PRINTED, Problem.NONE),
        (NotPrinted(Problem.PAPER_OUT), "failed", Says.WRONG, Problem.PAPER_OUT),
        (PrintUnknown(Problem.LOST), "failed", Says.WRONG, Problem.LOST),
    ],
)
async def test_a_printer(
    outcome: Printed | NotPrinted | PrintUnknown, state: str, says: Says, problem: Problem
) -> None:
    bench, paper = Bench(), Paper(outcome)
    bench.tests.printer("printer", paper, lambda: PAGE)
    async with running(bench.run):
        result = await bench.result("printer")
    assert (result.state, result.says, result.problem) == (state, says, problem)
    assert paper.documents == [PAGE]
    assert bench.lane.book.kinds(1) == []


async def test_a_drawer_opens_by_its_desk_and_is_journalled() -> None:
    bench, box = Bench(), Paper(Printed(confirmed=True), NotPrinted(Problem.NOT_FOUND))
    desk = DrawerDesk(bench.lane.till, box, bench.lane.changes, bench.lane.board)
    bench.tests.drawer("drawer", "Test")
    async with running(bench.run, desk.run):
        assert (await bench.result("drawer")).state == "look"
        failed = await bench.result("drawer")
    assert (failed.state, failed.problem) == ("failed", Problem.NOT_FOUND)
    assert bench.lane.book.kinds(1) == ["DrawerWanted", "DrawerEnded", "DrawerWanted", "DrawerEnded"]
    assert bench.lane.book.events[1] == e.DrawerWanted(1, "Test", "Kasse")


@pytest.mark.parametrize(
    ("comes_to", "state", "problem"),
    [
        (Health(State.OK), "well", Problem.NONE),
        (Health(State.ATTENTION, Problem.BUSY, "busy"), "failed", Problem.BUSY),
        (DeviceError(Problem.REFUSED, "no"), "failed", Problem.REFUSED),
        (KeyError("a fault of the driver's"), "failed", Problem.FAULT),
    ],
)
async def test_a_diagnosis(comes_to: Health | Exception, state: str, problem: Problem) -> None:
    bench = Bench()
    bench.tests.diagnosis("card", "card", Asked(comes_to))
    async with running(bench.run):
        result = await bench.result("card")
        assert (result.state, result.problem) == (state, problem)
        again = await bench.result("card")  # whatever came of it, the next one runs
    assert again.state == state


async def test_the_journals_error_is_no_devices() -> None:
    bench = Bench()
    bench.tests.drawer("drawer", "Test")
    bench.lane.book.full = True
    bench.tests.start("drawer")
    with anyio.fail_after(10), pytest.raises(JournalError):
        await bench.run()


async def test_a_customer_comes_while_a_terminal_is_asked() -> None:
    bench, asked = Bench(), Asked(None)
    bench.tests.diagnosis("card", "card", asked)
    async with running(bench.run):
        bench.tests.start("card")
        await bench.lane.until(lambda: "card" in bench.tests.results)
        bench.lane.does(c.AddItem(MILK))
        await bench.lane.until(lambda: not bench.tests.running)
    assert bench.tests.results["card"].says is Says.STOPPED
    assert asked.let_go


async def test_a_page_that_prints_is_finished_when_a_customer_comes() -> None:
    bench = Bench()
    ready = anyio.Event()

    class Slow(Paper):
        async def print(self, document: d.Document) -> Printed | NotPrinted | PrintUnknown:
            await ready.wait()
            return await super().print(document)

    slow = Slow()
    bench.tests.printer("printer", slow, lambda: PAGE)
    async with running(bench.run):
        bench.tests.start("printer")
        await bench.lane.until(lambda: "printer" in bench.tests.results)
        bench.lane.does(c.AddItem(MILK))
        await anyio.wait_all_tasks_blocked()
        assert bench.tests.running == "printer"
        ready.set()
        await bench.lane.until(lambda: not bench.tests.running)
    assert bench.tests.results["printer"].says is Says.PRINTED


def sale(lane: Lane) -> None:
    lane.does(c.AddItem(MILK))


def receipt(lane: Lane) -> None:
    lane.does(c.AddItem(MILK), c.PayCash(kr(20)))


def parked_payment(lane: Lane) -> None:
    lane.does(c.AddItem(MILK), c.PayBy("card"))
    lane.till.record(e.PaymentSent(1))


@pytest.mark.parametrize("busy", [sale, receipt, parked_payment])
def test_not_while_the_till_has_a_customer(busy: Callable[[Lane], None]) -> None:
    bench = Bench()
    bench.tests.diagnosis("card", "card", Asked(Health(State.OK)))
    busy(bench.lane)
    with pytest.raises(SaleError) as refused:
        bench.tests.start("card")
    assert refused.value.reason is Reason.NOT_NOW


def test_a_terminal_whose_payment_is_in_doubt_can_be_asked() -> None:
    bench = Bench()
    bench.tests.diagnosis("card", "card", Asked(Health(State.OK)))
    parked_payment(bench.lane)
    bench.lane.till.record(e.PaymentInDoubt(1, OutcomeUnknown("cut")))
    bench.lane.does(c.ParkSale())
    bench.tests.start("card")
    assert bench.tests.running == "card"


def test_one_at_a_time_and_only_what_there_is() -> None:
    bench = Bench()
    bench.tests.diagnosis("card", "card", Asked(Health(State.OK)))
    with pytest.raises(SaleError) as refused:
        bench.tests.start("toaster")
    assert refused.value.reason is Reason.NO_SUCH_DEVICE
    bench.tests.start("card")
    with pytest.raises(SaleError) as refused:
        bench.tests.start("card")
    assert refused.value.reason is Reason.NOT_NOW


# Scans


def test_scans_are_sold_but_those_that_somebody_takes() -> None:
    sold: list[Scan | BadScan] = []
    taken: list[Scan | BadScan] = []
    scans = Scans(sold.append)
    mine, other = Scan("1", "counter"), Scan("1", "other")
    with scans.taking("counter", taken.append):
        scans.on_scan(mine)
        scans.on_scan(other)
    scans.on_scan(mine)
    assert (taken, sold) == ([mine], [other, mine])
