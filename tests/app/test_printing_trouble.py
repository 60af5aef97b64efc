"""Printers that come and go, drivers with a fault, and a person who speaks while a job is about to start."""

from typing import NoReturn

import anyio
import anyio.lowlevel
import pytest

from terminal.app.health import HealthBoard
from terminal.app.ports.device import Health, Problem, State
from terminal.app.ports.journal import JournalError
from terminal.app.ports.printer import NotPrinted, PrintOutcome
from terminal.app.printing import MOST_WAITING, PrintDesk, Station, retry_when_well
from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.document import Document
from terminal.domain.errors import Reason, SaleError
from terminal.domain.order import Order, OrderLine
from terminal.texts import language
from terminal.web.job_says import says
from tests.app.lane import PATIENCE, Lane, Paper, running
from tests.domain.playbook import MILK, kr

pytestmark = pytest.mark.anyio

NO_PAPER = NotPrinted(Problem.PAPER_OUT)
REFUSED = NotPrinted(Problem.REFUSED)


def sells(lane: Lane, times: int = 1) -> None:
    for _ in range(times):
        lane.does(c.AddItem(MILK), c.PayCash(kr(20)))


def states(lane: Lane) -> list[str]:
    return [job.state for job in lane.state.jobs.values()]


class Faulty(Paper):
    """A driver whose code has a fault."""

    def __init__(self, fault: Exception) -> None:
        super().__init__()
        self.fault: Exception | None = fault

    async def print(self, document: Document) -> PrintOutcome:
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        return await super().print(document)


def one(paper: Paper) -> tuple[Lane, PrintDesk]:
    lane = Lane()
    return lane, PrintDesk(lane.till, (Station("printer", paper),), lane.changes, "en")


async def test_a_job_that_a_person_drops_just_as_it_is_tried_again_ends_nothing() -> None:
    lane, desk = one(Paper(NO_PAPER))
    async with running(desk.run):
        sells(lane)
        await lane.until(lambda: states(lane) == ["not-printed"])
        desk.again(1)
        # The worker has seen it, and has not begun.
        await anyio.lowlevel.checkpoint()
        desk.drop(1)
        sells(lane)
        await lane.until(lambda: not lane.state.jobs)


async def test_a_fault_in_a_driver_is_a_question_and_not_the_end_of_the_till() -> None:
    paper = Faulty(ValueError("an odd byte"))
    lane, desk = one(paper)
    async with running(desk.run):
        sells(lane)
        await lane.until(lambda: states(lane) == ["unknown"])
        assert lane.state.jobs[1].problem == Problem.FAULT
        sells(lane)
        await lane.until(lambda: list(lane.state.jobs) == [1])
    assert len(paper.documents) == 1


async def test_a_journal_that_fails_within_a_driver_ends_the_till() -> None:
    lane, desk = one(Faulty(JournalError("the disk is full")))
    sells(lane)
    with pytest.raises(ExceptionGroup) as ended:
        await desk.run()
    assert ended.group_contains(JournalError)


async def test_what_no_printer_takes_is_tried_with_one_job_and_ever_less_often() -> None:
    """One that is well whenever it is asked and refuses every job, as a network printer that others use."""
    lane, desk = one(Paper(*[REFUSED] * 1000))
    board = HealthBoard(lane.board, lane.changes)
    board.add("printer", "printer")
    board.tell("printer", Health(State.DOWN, Problem.REFUSED))

    async def flaps() -> NoReturn:
        for number in range(200):
            await anyio.lowlevel.checkpoint()
            board.tell("printer", Health(State.OK) if number % 2 else Health(State.DOWN, Problem.REFUSED))
        await anyio.sleep_forever()
        raise AssertionError

    async with running(desk.run):
        sells(lane, times=20)
        await lane.until(lambda: states(lane) == ["not-printed"] * 20)
        rows = lane.till.seq
        async with running(lambda: retry_when_well(desk, board, lane.changes), flaps):
            assert states(lane) == ["not-printed"] * 20
    assert lane.till.seq - rows == 2


async def test_a_receipt_that_comes_out_fetches_those_that_wait() -> None:
    lane, desk = one(Paper(REFUSED, REFUSED, REFUSED))
    board = HealthBoard(lane.board, lane.changes)
    board.add("printer", "printer")
    board.tell("printer", Health(State.OK))
    async with running(desk.run, lambda: retry_when_well(desk, board, lane.changes, 2 * PATIENCE)):
        sells(lane, times=2)
        # Both were refused, and one of them once more: the next try is far away.
        await lane.until(lambda: lane.book.kinds().count("PrintEnded") == 3 and states(lane) == ["not-printed"] * 2)
        sells(lane)
        await lane.until(lambda: not lane.state.jobs)


async def test_one_that_never_says_how_it_is_gets_what_waited_when_it_is_there_again() -> None:
    lane, desk = one(Paper(NotPrinted(Problem.NOT_FOUND)))
    board = HealthBoard(lane.board, lane.changes)
    board.add("printer", "printer")
    board.tell("printer", Health(State.DOWN, Problem.NOT_FOUND))
    async with running(desk.run, lambda: retry_when_well(desk, board, lane.changes)):
        sells(lane)
        await lane.until(lambda: states(lane) == ["not-printed"])
        board.tell("printer", Health(State.UNKNOWN, Problem.NO_ANSWER))
        await lane.until(lambda: not lane.state.jobs)


async def test_what_cannot_be_laid_out_is_asked_about_and_ends_no_start() -> None:
    lane, desk = one(Paper())
    order = Order("kitchen", 1, "no time", "Kasse", (OrderLine(1, "Rugbrød", 1000),))
    async with running(desk.run):
        lane.does(c.WantCopy(order=order))
        await lane.until(lambda: states(lane) == ["unknown"])
        sells(lane)
        await lane.until(lambda: list(lane.state.jobs) == [1])


async def test_what_is_left_when_the_settings_have_no_printer_any_more_can_be_settled() -> None:
    lane, desk = one(Paper(NO_PAPER))
    async with running(desk.run):
        sells(lane)
        await lane.until(lambda: states(lane) == ["not-printed"])
    sells(lane)
    lane.till.record(e.PrintStarted(2, "printer"))
    desk = PrintDesk(lane.till, (), lane.changes, "en")
    async with running(desk.run):
        assert states(lane) == ["not-printed", "unknown"]
        waits = says(lane.state.jobs[1], language("en"), desk)
        assert (waits.what, waits.advice) == ("Receipt 1-1 is not printed.", "This till has no printer.")
        for asks, number in ((desk.again, 1), (desk.copy_of_job, 2)):
            with pytest.raises(SaleError) as refused:
                asks(number)
            assert refused.value.reason is Reason.NO_PRINTER
        desk.drop(1)
        desk.drop(2)
    assert not lane.state.jobs


async def test_of_what_nobody_prints_only_the_newest_wait() -> None:
    lane, desk = one(Paper(*[REFUSED] * 10_000))
    sells(lane, times=MOST_WAITING + 2)
    async with running(desk.run):
        await lane.until(lambda: MOST_WAITING + 2 in lane.state.jobs and set(states(lane)) == {"not-printed"})
    assert list(lane.state.jobs) == list(range(3, MOST_WAITING + 3))
    dropped = [each for each in lane.book.events if isinstance(each, e.PrintEnded) and each.outcome == "dropped"]
    assert dropped == [e.PrintEnded(1, "dropped", "too-many"), e.PrintEnded(2, "dropped", "too-many")]
