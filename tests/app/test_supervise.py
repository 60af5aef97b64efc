"""A device's life: it fails, is told, waits a little longer each time, and lives again; a fault of ours stops all."""

from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any, NoReturn

import anyio
import pytest

from terminal.app.health import HealthBoard
from terminal.app.ports.device import DeviceError, Health, Problem, State, Tell
from terminal.app.supervise import FIRST_WAIT, LONGEST_WAIT, STEADY, BackOff, supervise
from tests.app.lane import Lane, running

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


async def test_a_fault_of_this_program_goes_up() -> None:
    lane, _, life = supervised(Flaky(1, lambda: ZeroDivisionError("ours")))
    with pytest.raises(ExceptionGroup) as stopped:
        async with running(life):
            await lane.until(lambda: False)
    assert stopped.group_contains(ZeroDivisionError)


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


def test_a_till_without_such_a_device_has_none() -> None:
    lane = Lane()
    assert HealthBoard(lane.board, lane.changes).of_kind("card") is None
