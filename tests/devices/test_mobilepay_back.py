"""Giving money back through Vipps MobilePay."""

import pytest
from msgspec import structs

from terminal.domain.money import Amount
from terminal.domain.payment import Acknowledged, Approved, CardSlip, Declined, OutcomeUnknown, PaymentIntent
from terminal.sim.mobilepay import SimMobilePay
from terminal.sim.payment_faults import Move
from tests.devices.mobilepay_bench import AMOUNT, QUICK, driver, intent, pay_and, simulator
from tests.devices.payment_till import PaymentTill

pytestmark = pytest.mark.anyio


async def paid(sim: SimMobilePay) -> PaymentIntent:
    await sim.press("auto", "0")
    what = intent()
    assert isinstance(await PaymentTill().carry(driver(sim), what), Approved)
    return what


async def held(sim: SimMobilePay) -> PaymentIntent:
    """Approved, and never captured."""
    what = intent()
    await pay_and(sim, PaymentTill(), driver(sim, timing=QUICK), what, "power-off", "abort")
    await sim.press("power-on")
    await sim.press("approve")
    return what


@pytest.mark.parametrize("purpose", ["refund", "reverse"])
async def test_all_of_it(purpose: str) -> None:
    async with simulator() as sim:
        payment, till = await paid(sim), PaymentTill()
        what = intent(purpose=purpose, of_key=payment.key)  # type: ignore[arg-type]
        result = await till.carry(driver(sim), what)

        assert isinstance(result, Approved)
        assert (result.amount, till.sent) == (AMOUNT, 1)
        assert till.recorded == [result, Acknowledged()]
        assert sim.ledger[-1] == Move(-AMOUNT, what.key, "refund")
        assert await PaymentTill().settled(driver(sim), what) == result


async def test_in_parts_and_never_more_than_was_paid() -> None:
    async with simulator() as sim:
        payment, service = await paid(sim), driver(sim)
        results = [
            await PaymentTill().carry(service, intent(purpose="refund", of_key=payment.key, amount=5000))
            for _ in range(3)
        ]

        assert [isinstance(result, Approved) for result in results] == [True, True, False]
        assert isinstance(results[2], Declined)
        assert (results[2].reason, results[2].code) == ("declined", "400")
        assert sum(move.amount for move in sim.ledger) == AMOUNT - 10000


async def test_the_same_refund_twice_is_one() -> None:
    async with simulator() as sim:
        payment, service = await paid(sim), driver(sim)
        what = intent(purpose="refund", of_key=payment.key, amount=5000)
        first, second = await PaymentTill().carry(service, what), await PaymentTill().carry(service, what)

        assert isinstance(first, Approved)
        assert sum(move.amount for move in sim.ledger) == AMOUNT - 5000
        # The second answer is the first one again, and shows no more given back than before: not believed.
        assert isinstance(second, OutcomeUnknown)
        assert await PaymentTill().settled(service, what) == first


@pytest.mark.parametrize("purpose", ["refund", "reverse"])
async def test_what_was_not_captured_is_let_go(purpose: str) -> None:
    async with simulator() as sim:
        payment, till = await held(sim), PaymentTill()
        what = intent(purpose=purpose, of_key=payment.key)  # type: ignore[arg-type]
        result = await till.carry(driver(sim), what)

        assert isinstance(result, Approved)
        assert sim.ledger == ()
        assert await PaymentTill().settled(driver(sim), what) == result


async def test_a_part_of_what_was_not_captured_stays() -> None:
    async with simulator() as sim:
        payment, till = await held(sim), PaymentTill()
        result = await till.carry(driver(sim), intent(purpose="refund", of_key=payment.key, amount=100))

        assert isinstance(result, Declined)
        assert (result.reason, till.sent) == ("declined", 0)


async def test_of_a_payment_that_nobody_made() -> None:
    async with simulator() as sim:
        till = PaymentTill()
        result = await till.carry(driver(sim), intent(purpose="refund", of_key="shop1-till1-unknown"))

        assert isinstance(result, Declined)
        assert (result.reason, till.sent) == ("not-found", 0)


async def test_of_a_payment_without_a_key() -> None:
    async with simulator() as sim:
        result = await PaymentTill().carry(driver(sim), intent(purpose="refund"))

        assert isinstance(result, Declined)
        assert result.reason == "not-sent"


async def test_of_a_payment_that_was_never_approved() -> None:
    async with simulator() as sim:
        what = intent()
        await pay_and(sim, PaymentTill(), driver(sim), what, "reject")
        result = await PaymentTill().carry(driver(sim), intent(purpose="refund", of_key=what.key))

        assert isinstance(result, Declined)
        assert (result.reason, result.code) == ("declined", "aborted")


async def test_a_refund_that_never_arrived_is_not_found() -> None:
    async with simulator() as sim:
        payment = await paid(sim)
        await PaymentTill().carry(driver(sim), intent(purpose="refund", of_key=payment.key, amount=5000))
        other = intent(purpose="refund", of_key=payment.key, amount=5000)

        assert await PaymentTill().settled(driver(sim), other) == Declined("not-found")


async def test_a_log_that_is_behind_settles_nothing() -> None:
    async with simulator() as sim:
        payment, service = await paid(sim), driver(sim)
        what = intent(purpose="refund", of_key=payment.key)
        await PaymentTill().carry(service, what)
        await sim.press("log-behind", "on")

        assert isinstance(await service.lookup(what, known=None, before=None), OutcomeUnknown)
        await sim.press("log-behind", "off")
        assert isinstance(await service.lookup(what, known=None, before=None), Approved)


async def test_a_refund_under_this_key_of_another_amount_is_a_persons() -> None:
    async with simulator() as sim:
        payment, service = await paid(sim), driver(sim)
        what = intent(purpose="refund", of_key=payment.key, amount=5000)
        await PaymentTill().carry(service, what)
        other = structs.replace(what, amount=Amount(6000))

        assert isinstance(await service.lookup(other, known=None, before=None), OutcomeUnknown)


async def test_a_refund_that_cannot_be_recorded_is_found_again() -> None:
    async with simulator() as sim:
        payment, till, service = await paid(sim), PaymentTill(), driver(sim)
        what = intent(purpose="refund", of_key=payment.key)

        def full(news: Approved | CardSlip | Acknowledged) -> None:
            raise OSError("no space left")

        till.on_record = full
        with pytest.raises(OSError, match="no space left"):
            await till.carry(service, what)

        assert isinstance(await till.settled(service, what), Approved)
        assert sum(move.amount for move in sim.ledger) == 0
