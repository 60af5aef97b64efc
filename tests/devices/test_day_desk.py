"""The end of the day with the shipped driver and the simulated terminal: its totals are the journal's."""

import anyio
import pytest

from terminal.app.ending_day import DayDesk
from terminal.app.paying import PaymentDesk
from terminal.domain import commands as c
from terminal.domain.payment import DayTotals
from tests.app.lane import Lane, running
from tests.devices.card_bench import driver, reached, simulator
from tests.domain.playbook import SCREWS, kr

pytestmark = pytest.mark.anyio


async def test_what_was_paid_and_given_back_is_in_both() -> None:
    async with simulator(auto=True) as sim:
        lane, terminal = Lane(), driver(sim.address)
        day = DayDesk(lane.till, terminal, lane.changes)
        async with running(PaymentDesk(lane.till, terminal, lane.changes).run):
            for number in (1, 2):
                lane.does(c.AddItem(SCREWS), c.PayBy("card"))
                await lane.until(lambda number=number: lane.state.next_receipt == number + 1)  # type: ignore[misc]
                with anyio.fail_after(5):
                    await reached(sim, "idle")
            assert lane.state.day.amount == kr(200)
            await day.end()
        ended = lane.state.last_day
        assert ended is not None
        assert ended.journal == DayTotals(2, kr(200))
        assert ended.terminal == ended.journal
        assert (lane.state.day.count, day.failed) == (0, "")


async def test_a_terminal_that_is_not_there_changes_nothing() -> None:
    async with simulator(auto=True) as sim:
        address = sim.address
    lane = Lane()
    day = DayDesk(lane.till, driver(address), lane.changes)
    await day.end()
    assert day.failed
    assert lane.state.last_day is None
