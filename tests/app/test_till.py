"""The till: nothing changes before it is durable, and nothing that is durable is not shown."""

import pytest

from terminal.app.ports.journal import JournalError
from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.errors import Reason, SaleError
from tests.app.lane import Lane
from tests.domain.playbook import MILK, NOON, kr


def test_a_command_is_written_down_and_then_shown() -> None:
    lane = Lane()
    event = lane.till.do(c.AddItem(MILK))
    assert lane.book.events[-1] == event
    assert lane.till.seq == 2
    assert lane.state.sale is not None
    assert lane.changes.version == 1


def test_a_refusal_is_neither_written_nor_told() -> None:
    lane = Lane()
    before = lane.state
    with pytest.raises(SaleError) as refused:
        lane.till.do(c.PayCash(kr(10)))
    assert refused.value.reason is Reason.NO_SALE
    assert (lane.till.seq, lane.changes.version) == (1, 0)
    assert lane.state is before


def test_when_the_journal_fails_nothing_has_happened_and_nothing_more_will() -> None:
    lane = Lane()
    lane.does(c.AddItem(MILK))
    before = lane.state
    lane.book.full = True
    with pytest.raises(JournalError, match="full"):
        lane.till.do(c.PayCash(kr(20)))
    assert lane.state is before
    assert lane.till.failure is not None
    assert lane.changes.version == 2  # told: the process watches for it

    lane.book.full = False  # space again: the till has stopped all the same, a restart looks at what is there
    for again in (lambda: lane.till.do(c.PayCash(kr(20))), lambda: lane.till.record(e.TillStopped())):
        with pytest.raises(JournalError, match="full"):
            again()
    assert lane.till.seq == 2


class Odd(e.Event, frozen=True, tag="odd/1"):
    """An event that nobody taught the till: what a fault in `evolve` comes to."""


def test_a_state_that_cannot_follow_the_journal_stops_the_till() -> None:
    lane = Lane()
    with pytest.raises(JournalError, match="entry 2 is written down") as stopped:
        lane.till.record(Odd())  # type: ignore[arg-type]
    assert isinstance(stopped.value.__cause__, AssertionError)
    assert lane.till.failure is stopped.value
    with pytest.raises(JournalError):
        lane.till.do(c.AddItem(MILK))
    assert lane.till.seq == 2


def test_recorded_time_never_runs_backwards() -> None:
    lane = Lane()
    lane.board.at += 5_000
    lane.does(c.AddItem(MILK))
    lane.board.at -= 60_000
    lane.does(c.AddItem(MILK))
    assert [at for at, _ in lane.book.entries] == [NOON.at, NOON.at + 5_000, NOON.at + 5_000]
    assert not lane.till.moment().trusted


def test_a_clock_that_ran_ahead_for_a_moment_holds_nothing_up() -> None:
    lane = Lane()
    lane.board.at += 10**12
    with pytest.raises(SaleError):
        lane.till.do(c.Undo())
    lane.board.at -= 10**12
    lane.does(c.AddItem(MILK))
    assert lane.book.at == NOON.at


def test_a_receipt_has_the_time_of_its_entry() -> None:
    lane = Lane()
    lane.does(c.AddItem(MILK))
    lane.board.at -= 3_600_000
    lane.does(c.PayCash(kr(20)))
    assert lane.state.last is not None
    assert (lane.state.last.moment.at, lane.state.last.moment.trusted) == (lane.book.at, False)
