"""A device's life: it fails, is told, waits longer each time, and lives again; the journal's errors stop all."""

from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any, NoReturn

import anyio
import pytest

from terminal.app.health import HealthBoard, Trouble
from terminal.app.ports.device import DeviceError, Health, Problem, State, Tell
from terminal.app.ports.journal import JournalError
from terminal.app.supervise import FIRST_WAIT, LONGEST_WAIT, STEADY, BackOff, supervise
from terminal.domain import commands as c
from tests.app.lane import Lane, running
from tests.domain.playbook import MILK

pytestmark = pytest.mark.anyio


class Flaky:
    """A device that fails so many times, then lives."""

    def __init__(self, failures: int, error: Callable[[], Exception]) -> None:
        self.lives = 0
        self.failures = failures
        self.error = error

    async def live(self, tell: Tell) -> NoReturn:
        self.lives += 1
        if self.lives <= self.failures:
            raise self.error()
        tell(Health(State.OK))
        await anyio.sleep_forever()
        raise AssertionError


def supervised(device: Flaky) -> tuple[Lane, HealthBoard, Callable[[], Coroutine[Any, Any, NoReturn]]]:
    lane = Lane()
    board = HealthBoard(lane.board, lane.changes)
    board.add("printer", "printer")
    return lane, board, lambda: supervise("printer", device, board, lane.board)


async def test_a_device_that_fails_is_told_of_and_lives_again() -> None:
    device = Flaky(1, lambda: DeviceError(Problem.LOST, "the cable"))
    lane, board, life = supervised(device)
    assert board.of_kind("printer") == Health(State.STARTING)
    async with running(life):
        await lane.until(lambda: board.of_kind("printer") == Health(State.DOWN, Problem.LOST, "the cable"))
        await lane.until(lambda: board.of_kind("printer") == Health(State.OK))
    assert device.lives == 2


async def test_a_fault_of_the_driver_is_logged_shown_and_the_driver_lives_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    device = Flaky(2, lambda: ZeroDivisionError("one odd byte"))
    lane, board, life = supervised(device)
    async with running(life):
        await lane.until(lambda: board.of_kind("printer") == Health(State.OK))
    assert device.lives == 3
    (row,) = board.rows()
    assert row.trouble is not None
    assert row.trouble.problem is Problem.FAULT
    assert row.trouble.detail == "a fault in the till's own driver: ZeroDivisionError: one odd byte"
    # the same one again is not written out again
    (trace,) = [record for record in caplog.records if record.exc_info]
    assert trace.levelname == "ERROR"


@pytest.mark.parametrize(
    "error",
    [
        lambda: JournalError("the disk is full"),
        lambda: ExceptionGroup("a driver's tasks", [DeviceError(Problem.LOST, ""), JournalError("the disk is full")]),
    ],
    ids=["alone", "in a group"],
)
async def test_the_journals_error_goes_up(error: Callable[[], Exception]) -> None:
    lane, _, life = supervised(Flaky(1, error))
    with pytest.raises(ExceptionGroup) as stopped:
        async with running(life):
            await lane.until(lambda: False)
    assert stopped.group_contains(JournalError)


async def test_a_group_of_the_devices_errors_is_the_first_of_them() -> None:
    error = ExceptionGroup("tasks", [DeviceError(Problem.LOST, "cable"), DeviceError(Problem.NO_ANSWER, "")])
    lane, board, life = supervised(Flaky(10**9, lambda: error))
    async with running(life):
        await lane.until(lambda: board.of_kind("printer") == Health(State.DOWN, Problem.LOST, "cable"))


class Hung:
    """A device that never says a word, nor ends."""

    async def live(self, tell: Tell) -> NoReturn:
        await anyio.sleep_forever()
        raise AssertionError


async def test_a_hanging_device_slows_no_sale_and_no_other() -> None:
    lane = Lane()
    board = HealthBoard(lane.board, lane.changes)
    for name in ("display", "scanner"):
        board.add(name, "display" if name == "display" else "scanner")
    sold: list[str] = []

    class Scanner:
        async def live(self, tell: Tell) -> NoReturn:
            tell(Health(State.OK))
            lane.does(c.AddItem(MILK))
            sold.append("Mælk")
            await anyio.sleep_forever()
            raise AssertionError

    async with running(
        lambda: supervise("display", Hung(), board, lane.board),
        lambda: supervise("scanner", Scanner(), board, lane.board),
    ):
        await lane.until(lambda: bool(sold))
    assert board.named("display") is not None
    board.silent("display")
    board.silent("scanner")
    assert board.of_kind("display") == Health(State.DOWN, Problem.NO_ANSWER, "nothing from it for 4.5 s")
    assert board.of_kind("scanner") == Health(State.OK)


async def test_a_dead_device_slows_no_other() -> None:
    lane = Lane()
    board = HealthBoard(lane.board, lane.changes)
    board.add("scanner", "scanner")
    board.add("printer", "printer")
    dead = Flaky(10**9, lambda: DeviceError(Problem.NOT_FOUND, "no such file"))
    well = Flaky(0, lambda: DeviceError(Problem.LOST, ""))
    async with running(
        lambda: supervise("scanner", dead, board, lane.board), lambda: supervise("printer", well, board, lane.board)
    ):
        await lane.until(lambda: board.of_kind("printer") == Health(State.OK))
    assert well.lives == 1
    assert board.of_kind("scanner") == Health(State.DOWN, Problem.NOT_FOUND, "no such file")


def test_each_wait_is_twice_the_last_up_to_the_longest() -> None:
    back_off = BackOff()
    waits = [back_off.after(0.0) for _ in range(8)]
    assert waits[0] == FIRST_WAIT
    assert all(after == min(LONGEST_WAIT, 2 * before) for before, after in pairwise(waits))
    assert waits[-1] == LONGEST_WAIT


def test_after_a_good_life_it_starts_again_with_the_first() -> None:
    back_off = BackOff()
    for _ in range(8):
        back_off.after(1.0)
    assert back_off.after(STEADY + 1) == FIRST_WAIT
    assert back_off.after(0.0) == 2 * FIRST_WAIT


# The board


def test_what_is_no_news_is_not_told() -> None:
    lane = Lane()
    board = HealthBoard(lane.board, lane.changes)
    board.add("printer", "printer")
    board.tell("printer", Health(State.OK))
    version, (row,) = lane.changes.version, board.rows()
    lane.board.at += 60_000
    board.tell("printer", Health(State.OK))
    assert lane.changes.version == version
    assert board.rows() == (row,)
    board.tell("printer", Health(State.ATTENTION, Problem.PAPER_LOW))
    assert lane.changes.version == version + 1
    assert board.rows()[0].since == lane.board.at


def test_the_last_trouble_is_kept_when_the_device_is_well_again() -> None:
    lane = Lane()
    board = HealthBoard(lane.board, lane.changes)
    board.add("printer", "printer")
    began = lane.board.at = lane.board.at + 1000
    board.failed("printer", Health(State.DOWN, Problem.LOST, "cable"))
    lane.board.at += 5000
    board.failed("printer", Health(State.DOWN, Problem.LOST, "cable, again"))
    (row,) = board.rows()
    assert (row.since, row.retries, row.failures) == (began, 2, 2)
    assert row.trouble == Trouble(Problem.LOST, "cable, again", began)
    lane.board.at += 5000
    board.tell("printer", Health(State.OK))
    (row,) = board.rows()
    assert (row.since, row.retries, row.failures) == (lane.board.at, 0, 2)
    assert row.trouble == Trouble(Problem.LOST, "cable, again", began)


def test_a_plug_that_stays_out_draws_no_screen_again() -> None:
    lane = Lane()
    board = HealthBoard(lane.board, lane.changes)
    board.add("printer", "printer")
    out = Health(State.DOWN, Problem.NOT_FOUND, "no such file")
    board.failed("printer", out)
    version = lane.changes.version
    for _ in range(20):
        board.failed("printer", out)
    assert lane.changes.version == version
    assert board.rows()[0].retries == 21


def test_two_of_a_kind_are_not_alone() -> None:
    lane = Lane()
    board = HealthBoard(lane.board, lane.changes)
    for name, kind in (("bar", "printer"), ("kitchen", "printer"), ("scanner", "scanner")):
        board.add(name, kind)
    assert [board.alone(row) for row in board.rows()] == [False, False, True]


def test_a_till_without_such_a_device_has_none() -> None:
    lane = Lane()
    assert HealthBoard(lane.board, lane.changes).of_kind("card") is None
