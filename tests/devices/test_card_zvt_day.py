"""Closing the terminal's day, and what it says it has counted."""

import pytest

from terminal.domain.money import Amount
from terminal.domain.payment import PaymentIntent, TerminalMessage
from terminal.protocols.zvt import bitmaps as b
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt.totals import DayNotClosed, DayTotals, DayUnknown, KindTotal, totals_of
from tests.devices.card_bench import QUICK, QUICK_PACE, Peer, Till, driver, scripted, simulator, status

pytestmark = pytest.mark.anyio

REFUND = PaymentIntent(8, 4, Amount(2500), purpose="refund")
NOTHING = "00000000000000"
SINGLE = "00170021" + "02000000001500" + NOTHING * 3 + "03000000020000" + NOTHING * 2


def day(single: str = SINGLE) -> m.StatusInformation:
    return status((b.RESULT, "00"), (b.AMOUNT, "000000021500"), (b.TOTALS, single), (b.TRACE, "000050"))


async def test_the_totals() -> None:
    async with simulator(auto=True) as sim:
        terminal, said = driver(sim.address), list[TerminalMessage]()
        await Till().pay(terminal)
        await Till().pay(terminal, REFUND)
        result = await terminal.end_of_day(say=said.append)

        assert isinstance(result, DayTotals)
        assert (result.amount, result.currency, result.count) == (10000, 208, 2)
        assert result.kinds == (KindTotal("Visa", 2, 10000),)
        assert (result.first_receipt, result.last_receipt, result.trace) == ("0001", "0002", "000003")
        assert said == [TerminalMessage("0F")]
        assert await terminal.end_of_day() == DayNotClosed("77", "the day cannot be closed")


@pytest.mark.parametrize(
    ("fault", "known"), [("cut-before", False), ("cut-after", False), ("duplicate", True), ("delay", True)]
)
async def test_a_fault_while_the_totals_come(fault: str, known: bool) -> None:
    async with simulator(auto=True, pace=QUICK_PACE) as sim:
        sim.delay_s = 0.02
        terminal = driver(sim.address, timing=QUICK)
        await Till().pay(terminal)
        sim.arm("totals", fault)

        assert isinstance(await terminal.end_of_day(), DayTotals if known else DayUnknown)
        assert sim.struck == 1


async def test_a_terminal_that_is_off_closes_nothing() -> None:
    async with simulator() as sim:
        await sim.press("power-off")
        assert isinstance(await driver(sim.address, timing=QUICK).end_of_day(), DayNotClosed)


async def test_it_is_cut_before_it_was_asked() -> None:
    async with simulator() as sim:
        sim.arm("registration", "cut-before")
        assert isinstance(await driver(sim.address).end_of_day(), DayNotClosed)


ENDS: dict[str, tuple[tuple[m.AnyMessage, ...], type]] = {
    "refused at once": ((m.Nack(0x9C),), DayNotClosed),
    "stopped": ((m.Ack(), m.Abort(0xA3)), DayNotClosed),
    "a bad result": ((m.Ack(), status((b.RESULT, "A1")), m.Completion()), DayNotClosed),
    "without a word": ((m.Ack(), m.Completion()), DayTotals),
    "an amount without digits": (
        (m.Ack(), status((b.RESULT, "00"), (b.AMOUNT, "00000000A500")), m.Completion()),
        DayUnknown,
    ),
    "printed by the till": ((m.Ack(), day(), m.PrintLine(0x81, b"Total 215,00"), m.Completion()), DayTotals),
}


@pytest.mark.parametrize("name", ENDS)
async def test_how_it_can_end(name: str) -> None:
    says, wanted = ENDS[name]

    async def script(peer: Peer) -> None:
        await peer.registered()
        assert isinstance(await peer.hear(), m.EndOfDay)
        for message in says:
            await peer.send(message)
            if not isinstance(message, m.Ack | m.Nack):
                assert await peer.hear() == m.Ack()

    async with scripted(script) as address:
        result = await driver(address).end_of_day()

    assert isinstance(result, wanted)
    if name == "printed by the till":
        assert isinstance(result, DayTotals)
        assert [slip.lines for slip in result.slips] == [("Total 215,00",)]


def test_kinds() -> None:
    found = totals_of(day())

    assert found.kinds == (KindTotal("girocard", 2, 1500), KindTotal("Visa", 3, 20000))
    assert (found.count, found.first_receipt, found.last_receipt) == (5, "0017", "0021")


@pytest.mark.parametrize(
    ("single", "receipts", "count"),
    [("", "", None), ("0017", "", None), ("00170021", "0017", 0), (SINGLE + "00", "0017", None)],
)
def test_a_terminal_that_says_less(single: str, receipts: str, count: int | None) -> None:
    found = totals_of(day(single))

    assert (found.first_receipt, found.count, found.amount) == (receipts, count, 21500)


def test_a_terminal_that_counts_more_kinds() -> None:
    assert totals_of(day(SINGLE + "01000000000100")).kinds[-1] == KindTotal("kind 8", 1, 100)
