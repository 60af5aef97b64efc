"""Every fault at every call: the customer pays once or not at all, and what the till says is what has happened."""

import pytest

from terminal.devices.mobilepay_service import Timing
from terminal.domain.payment import Approved, Declined, OutcomeUnknown, PaymentIntent, PaymentResult
from terminal.sim.mobilepay import SimMobilePay
from terminal.sim.mobilepay_line import POINTS
from terminal.sim.payment_faults import FAULTS
from tests.devices.mobilepay_bench import (
    AMOUNT,
    PERSONAL_QR,
    driver,
    intent,
    pay_and,
    simulator,
)
from tests.devices.payment_till import PaymentTill

pytestmark = pytest.mark.anyio

ONE_TRY = Timing(connect=1.0, answer=0.1, again=0.01, tries=1)
TWO_TRIES = Timing(connect=1.0, answer=0.1, again=0.01, tries=2)
"""A slow machine may make more doubt than the fault did; what comes out is the same."""
PAYING = ("token", "exchange", "payment", "status", "capture")


def prepare(sim: SimMobilePay, point: str, fault: str) -> None:
    sim.delay_s, sim.late_s, sim.off_s = 0.02, 0.2, 0.05
    sim.arm(point, fault)


def moved(sim: SimMobilePay, key: str) -> int:
    return sum(move.amount for move in sim.ledger if move.key == key)


def agree(sim: SimMobilePay, what: PaymentIntent, result: PaymentResult) -> None:
    """The money is where the till thinks that it is."""
    sign = 1 if what.purpose == "pay" else -1
    assert not isinstance(result, OutcomeUnknown)
    assert moved(sim, what.key) == (sign * AMOUNT if isinstance(result, Approved) else 0)


@pytest.mark.parametrize("tries", [1, 2])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("point", PAYING)
async def test_a_fault_while_paying(point: str, fault: str, tries: int) -> None:
    async with simulator(auto_ms=0) as sim:
        prepare(sim, point, fault)
        till, what = PaymentTill(), intent(account=PERSONAL_QR)
        service = driver(sim, timing=ONE_TRY if tries == 1 else TWO_TRIES)
        result = await till.carry(service, what)
        if isinstance(result, OutcomeUnknown):
            result = await till.settled(service, what)

        assert sim.struck == 1
        agree(sim, what, result)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("point", ["cancel", "status"])
async def test_a_fault_while_giving_up(point: str, fault: str) -> None:
    async with simulator() as sim:
        till, what, service = PaymentTill(), intent(), driver(sim, timing=ONE_TRY)
        prepare(sim, point, fault)
        await sim.press("late-approval")
        result = await pay_and(sim, till, service, what, "abort")
        if isinstance(result, OutcomeUnknown):
            result = await till.settled(service, what)

        assert isinstance(result, Declined)
        assert sim.struck == 1
        agree(sim, what, result)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("point", ["token", "status", "refund", "events"])
async def test_a_fault_while_giving_back(point: str, fault: str) -> None:
    async with simulator(auto_ms=0) as sim:
        paid = intent()
        assert isinstance(await PaymentTill().carry(driver(sim), paid), Approved)
        till, what, service = PaymentTill(), intent(purpose="refund", of_key=paid.key), driver(sim, timing=ONE_TRY)
        prepare(sim, point, fault)
        result = await till.carry(service, what)
        if point == "events" or isinstance(result, OutcomeUnknown):
            result = await till.settled(service, what)

        assert sim.struck == 1
        agree(sim, what, result)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("point", ["status", "capture", "cancel"])
@pytest.mark.parametrize("known", [True, False])
async def test_a_fault_while_settling(point: str, fault: str, known: bool) -> None:
    """A payment was approved, and the till died before its capture."""
    async with simulator() as sim:
        till, what = PaymentTill(), intent()
        await pay_and(sim, till, driver(sim, timing=ONE_TRY), what, "power-off", "abort")
        await sim.press("power-on")
        await sim.press("approve")
        if known:
            till.recorded.append(Approved(what.amount))
        prepare(sim, point, fault)
        result = await till.settled(driver(sim, timing=ONE_TRY), what)

        assert isinstance(result, Approved) == known
        agree(sim, what, result)


async def test_an_answer_that_keeps_making_no_sense_is_not_waited_out() -> None:
    async with simulator(auto_ms=0) as sim:
        till, what, service = PaymentTill(), intent(), driver(sim, timing=ONE_TRY)
        sim.arm("status", "wrong-amount")
        result = await till.carry(service, what)

        assert isinstance(result, Approved)  # one of them is not believed, and the next one is


def test_every_call_is_a_point() -> None:
    assert {*PAYING, "cancel", "refund", "events"} == set(POINTS)
