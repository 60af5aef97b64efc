"""The drawer's desk: each intent one pulse, its outcome and every opening written down, with who and why."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

import anyio
import pytest

from terminal.app.drawer import MOST_CHANGES, DrawerDesk, Timing
from terminal.app.ports.device import Health, Problem, State, Tell
from terminal.app.ports.printer import NotPrinted, Printed, PrintOutcome, PrintUnknown
from terminal.domain import commands as c
from terminal.domain import events as e
from tests.app.lane import PATIENCE, Lane, Paper, running
from tests.domain.playbook import MILK, Playbook, kr

pytestmark = pytest.mark.anyio

QUICK = Timing(opens=1.0, look_every=0.02, lost=0.1, calm=0.2)
OUT_OF_PAPER = NotPrinted(Problem.PAPER_OUT, "no paper")
CUT = PrintUnknown(Problem.LOST, "the cable")


def after_a_sale(*news: e.AnyEvent) -> tuple[e.AnyEvent, ...]:
    till = Playbook()
    till.sells(MILK)
    return (*till.history[1:], *news)


def sells(lane: Lane) -> None:
    lane.does(c.AddItem(MILK), c.PayCash(kr(20)))


def ended(lane: Lane) -> list[tuple[int, str, str]]:
    return [(each.drawer, each.outcome, each.problem) for each in lane.book.events if isinstance(each, e.DrawerEnded)]


def moves(lane: Lane) -> list[e.DrawerOpened | e.DrawerClosed]:
    return [each for each in lane.book.events if isinstance(each, e.DrawerOpened | e.DrawerClosed)]


class Ticking(Lane):
    """Its board's clock goes, so that the desk's waits end."""

    async def tick(self) -> NoReturn:
        while True:
            await anyio.sleep(0.01)
            self.board.seconds += 0.5


class Well:
    """A driver that is well."""

    async def live(self, tell: Tell) -> NoReturn:
        tell(Health(State.OK))
        await anyio.sleep_forever()
        raise AssertionError


def with_switch(*before: e.AnyEvent, is_open: bool = False, springs: bool = True) -> tuple[Ticking, Paper]:
    paper = Paper()
    paper.is_open, paper.springs_open = is_open, springs
    return Ticking(*before), paper


class Told:
    """The drawer's health."""

    def __init__(self) -> None:
        self.health = Health(State.STARTING)
        self._news = anyio.Event()

    def __call__(self, health: Health) -> None:
        self.health = health
        self._news.set()

    async def until(self, state: State, problem: Problem = Problem.NONE) -> None:
        with anyio.fail_after(PATIENCE):
            while (self.health.state, self.health.problem) != (state, problem):
                self._news = anyio.Event()
                await self._news.wait()


@asynccontextmanager
async def desk(lane: Ticking, paper: Paper, *, left_open: int = 0) -> AsyncIterator[Told]:
    drawer = DrawerDesk(
        lane.till, paper, lane.changes, lane.board, device=Well(), left_open_seconds=left_open, timing=QUICK
    )
    told = Told()

    async def live() -> NoReturn:
        await drawer.live(told)

    async with running(drawer.run, drawer.watch, live, lane.tick):
        paper.tell_sense()
        yield told


def moved(paper: Paper, is_open: bool) -> None:
    paper.is_open = is_open
    paper.tell_sense()


# Without a switch


@pytest.mark.parametrize(
    ("outcome", "written"),
    [
        (Printed(confirmed=True), ("opened", "")),
        (OUT_OF_PAPER, ("not-opened", "paper-out")),
        (CUT, ("unknown", "lost")),
    ],
)
async def test_the_drawer_opens_once_for_each_reason(outcome: PrintOutcome, written: tuple[str, str]) -> None:
    lane, paper = Lane(), Paper(outcome)
    drawer = DrawerDesk(lane.till, paper, lane.changes, lane.board)
    async with running(drawer.run):
        sells(lane)
        await lane.until(lambda: not lane.state.drawers)
        lane.does(c.OpenDrawer("Veksel"))
        await lane.until(lambda: not lane.state.drawers)
    assert paper.pulses == 2
    assert ended(lane) == [(1, *written), (2, "opened", "")]
    assert moves(lane) == []


async def test_a_drawer_that_a_cut_left_shut_is_not_opened_late() -> None:
    lane, paper = Lane(*after_a_sale()), Paper()
    drawer = DrawerDesk(lane.till, paper, lane.changes, lane.board)
    async with running(drawer.run):
        await lane.until(lambda: not lane.state.drawers)
    assert paper.pulses == 0
    assert ended(lane) == [(1, "unknown", "stopped")]


class Faulty(Paper):
    """A driver whose code has a fault."""

    async def open(self) -> PrintOutcome:
        self.pulses += 1
        raise ValueError("an odd byte")


async def test_a_fault_in_a_driver_ends_no_till() -> None:
    lane, paper = Lane(), Faulty()
    drawer = DrawerDesk(lane.till, paper, lane.changes, lane.board)
    async with running(drawer.run):
        for _ in range(2):
            lane.does(c.OpenDrawer("Veksel"))
            await lane.until(lambda: not lane.state.drawers)
    assert paper.pulses == 2
    assert ended(lane) == [(1, "unknown", "fault"), (2, "unknown", "fault")]


# With one


async def test_every_opening_is_written_down_with_who_and_why() -> None:
    lane, paper = with_switch()
    async with desk(lane, paper):
        lane.does(c.OpenDrawer("Veksel", approver="Mette"))
        await lane.until(lambda: not lane.state.drawers)
        moved(paper, is_open=False)
        sells(lane)
        await lane.until(lambda: not lane.state.drawers)
        moved(paper, is_open=False)
        # Nobody asked the till: somebody used the key.
        moved(paper, is_open=True)
        moved(paper, is_open=False)
    assert moves(lane) == [
        e.DrawerOpened(1, "Veksel", "Kasse"),
        e.DrawerClosed(),
        e.DrawerOpened(2, "sale", "Kasse"),
        e.DrawerClosed(),
        e.DrawerOpened(0, "by-hand", "Kasse"),
        e.DrawerClosed(),
    ]
    assert ended(lane) == [(1, "opened", ""), (2, "opened", "")]
    wanted = next(each for each in lane.book.events if isinstance(each, e.DrawerWanted))
    assert (wanted.cashier, wanted.reason, wanted.approver) == ("Kasse", "Veksel", "Mette")


async def test_the_state_says_whether_it_stands_open() -> None:
    lane, paper = with_switch()
    async with desk(lane, paper):
        assert not lane.state.drawer_open
        moved(paper, is_open=True)
        assert lane.state.drawer_open
        moved(paper, is_open=False)
        assert not lane.state.drawer_open


async def test_a_pulse_that_opens_nothing_did_not_open_it() -> None:
    lane, paper = with_switch(springs=False)
    async with desk(lane, paper) as told:
        lane.does(c.OpenDrawer("Veksel"))
        await lane.until(lambda: not lane.state.drawers)
        assert lane.board.seconds >= QUICK.opens
        await told.until(State.ATTENTION, Problem.DID_NOT_OPEN)
        # It is unlocked, and opened with the key: what was wrong is put right.
        moved(paper, is_open=True)
        await told.until(State.OK)
    assert ended(lane) == [(1, "not-opened", "did-not-open")]
    assert moves(lane) == [e.DrawerOpened(0, "by-hand", "Kasse")]


async def test_a_drawer_that_stands_open_already_is_open() -> None:
    lane, paper = with_switch(is_open=True)
    async with desk(lane, paper):
        lane.does(c.OpenDrawer("Veksel"))
        await lane.until(lambda: not lane.state.drawers)
    assert ended(lane) == [(1, "opened", "")]
    assert moves(lane) == [e.DrawerOpened(0, "while-off", "Kasse")]


async def test_a_drawer_left_open_is_told_of_until_it_is_shut() -> None:
    lane, paper = with_switch()
    async with desk(lane, paper, left_open=1) as told:
        await told.until(State.OK)
        moved(paper, is_open=True)
        await told.until(State.ATTENTION, Problem.LEFT_OPEN)
        moved(paper, is_open=False)
        await told.until(State.OK)


async def test_with_no_time_set_it_may_stand_open_for_ever() -> None:
    lane, paper = with_switch()
    async with desk(lane, paper) as told:
        moved(paper, is_open=True)
        await anyio.wait_all_tasks_blocked()
        assert told.health == Health(State.OK)


@pytest.mark.parametrize(
    ("was_open", "is_open", "written"),
    [
        (False, True, [e.DrawerOpened(0, "while-off", "Kasse")]),
        (True, False, [e.DrawerClosed()]),
        (True, True, []),
        (False, False, []),
    ],
)
async def test_a_start_reads_the_switch(was_open: bool, is_open: bool, written: list[e.AnyEvent]) -> None:
    before = (e.DrawerOpened(1, "sale", "Kasse"),) if was_open else ()
    lane, paper = with_switch(*before, is_open=is_open)
    async with desk(lane, paper):
        assert lane.state.drawer_open is is_open
    assert moves(lane)[len(before) :] == written


async def test_of_a_switch_that_cannot_be_read_nobody_knows() -> None:
    lane, paper = with_switch()
    async with desk(lane, paper):
        moved(paper, is_open=True)
        paper.is_open = None
        paper.tell_sense()
        assert lane.state.drawer_open
        await lane.until(lambda: not lane.state.drawer_open)
        assert moves(lane)[-1] == e.DrawerClosed(seen=False)
        # It stood open all the time: nobody is said to have used the key.
        moved(paper, is_open=True)
    assert moves(lane)[-1] == e.DrawerOpened(0, "while-off", "Kasse")


async def test_a_switch_that_goes_to_and_fro_does_not_fill_the_journal() -> None:
    lane, paper = with_switch()
    async with desk(lane, paper) as told:
        for number in range(10 * MOST_CHANGES):
            moved(paper, is_open=number % 2 == 0)
        await told.until(State.ATTENTION, Problem.FAULT)
        moved(paper, is_open=True)
        # It stands still, and is believed again.
        await told.until(State.OK)
        assert lane.state.drawer_open
    assert len(moves(lane)) <= MOST_CHANGES + 1
