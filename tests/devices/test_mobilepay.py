"""Paying with Vipps MobilePay. The simulated service stands at the far end of a real socket."""

import anyio
import anyio.lowlevel
import pytest
from msgspec import structs

from terminal.devices.mobilepay_pay import APPROVE, SCAN, STOPPING, TAKING
from terminal.devices.mobilepay_service import Timing
from terminal.domain.money import Amount
from terminal.domain.payment import (
    Acknowledged,
    Approved,
    CardSlip,
    Declined,
    OutcomeUnknown,
    PaymentIntent,
    PaymentResult,
)
from terminal.sim.payment_faults import Move
from tests.devices.mobilepay_bench import (
    AMOUNT,
    PERSONAL_QR,
    QUICK,
    driver,
    eventually,
    intent,
    pay_and,
    simulator,
)
from tests.devices.payment_till import PaymentTill

pytestmark = pytest.mark.anyio


async def test_a_payment_by_a_code_on_the_screen() -> None:
    async with simulator() as sim:
        till, what = PaymentTill(), intent()
        result = await pay_and(sim, till, driver(sim), what, "approve")

        assert isinstance(result, Approved)
        assert (result.amount, till.sent) == (AMOUNT, 1)
        assert till.recorded == [result, Acknowledged()]
        assert [each.code for each in till.said] == [SCAN, TAKING]
        assert till.said[0].qr.startswith("https://qr.example.com/")
        assert sim.ledger == (Move(AMOUNT, what.key, "sale"),)


async def test_the_reference_is_what_the_service_calls_the_payment() -> None:
    async with simulator() as sim:
        till = PaymentTill()
        result = await pay_and(sim, till, driver(sim), intent(), "approve")

        assert isinstance(result, Approved)
        assert result.reference in till.said[0].qr


async def test_a_payment_by_the_customers_own_code() -> None:
    async with simulator() as sim:
        till, what = PaymentTill(), intent(account=PERSONAL_QR)
        result = await pay_and(sim, till, driver(sim), what, "approve")

        assert isinstance(result, Approved)
        assert (till.said[0].code, till.said[0].qr) == (APPROVE, "")
        assert sim.view()["waiting"] == []
        assert sim.ledger == (Move(AMOUNT, what.key, "sale"),)


async def test_a_code_that_is_no_customers_is_refused_before_anything_is_sent() -> None:
    async with simulator() as sim:
        till = PaymentTill()
        result = await till.carry(driver(sim), intent(account="https://example.com/menu"))

        assert isinstance(result, Declined)
        assert (result.reason, result.code, till.sent) == ("declined", "400", 0)


async def test_nothing_moves_before_the_approval_is_recorded() -> None:
    async with simulator(auto_ms=0) as sim:
        till = PaymentTill()
        moved: list[int] = []
        till.on_record = lambda _: moved.append(sum(move.amount for move in sim.ledger))
        await till.carry(driver(sim), intent())

        assert moved == [0, AMOUNT]


@pytest.mark.parametrize("currency", [208, 578, 978])
async def test_the_currencies(currency: int) -> None:
    async with simulator(auto_ms=0) as sim:
        assert isinstance(await PaymentTill().carry(driver(sim), intent(currency=currency)), Approved)


@pytest.mark.parametrize("what", [intent(currency=752), intent(amount=65_000_001)])
async def test_what_the_service_does_not_take_is_not_sent(what: PaymentIntent) -> None:
    async with simulator() as sim:
        till = PaymentTill()
        result = await till.carry(driver(sim), what)

        assert isinstance(result, Declined)
        assert (result.reason, till.sent, sim.view()["payments"]) == ("not-sent", 0, [])


@pytest.mark.parametrize(
    ("control", "wanted"),
    [("reject", Declined("cancelled", "aborted")), ("expire", Declined("timeout", "expired"))],
)
async def test_a_customer_who_does_not_pay(control: str, wanted: PaymentResult) -> None:
    async with simulator() as sim:
        till = PaymentTill()
        assert await pay_and(sim, till, driver(sim), intent(), control) == wanted
        assert (till.recorded, sim.ledger) == ([], ())


async def test_the_till_stops_it() -> None:
    async with simulator() as sim:
        till = PaymentTill()
        result = await pay_and(sim, till, driver(sim), intent(), "abort")

        assert result == Declined("cancelled", "withdrawn")
        assert till.said[-1].code == STOPPING
        assert sim.ledger == ()


async def test_an_approval_that_comes_just_before_the_stop_is_let_go() -> None:
    async with simulator() as sim:
        result = await pay_and(sim, PaymentTill(), driver(sim), intent(), "late-approval", "abort")

        assert result == Declined("cancelled", "released")
        assert sim.ledger == ()


async def test_an_approval_after_giving_up_is_let_go() -> None:
    """The stop does not reach the service, the customer approves, and the till asks what became of it."""
    async with simulator() as sim:
        till, what, service = PaymentTill(), intent(), driver(sim, timing=QUICK)
        result = await pay_and(sim, till, service, what, "power-off", "abort")
        assert isinstance(result, OutcomeUnknown)

        await sim.press("power-on")
        await sim.press("approve")
        assert await till.settled(service, what) == Declined("cancelled", "released")
        assert sim.ledger == ()


async def test_stopped_before_anything_was_sent() -> None:
    async with simulator() as sim:
        till, service = PaymentTill(), driver(sim)
        results: list[PaymentResult] = []

        async def pay() -> None:
            results.append(await till.carry(service, intent()))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(pay)
            await anyio.lowlevel.checkpoint()
            await service.abort()

        assert results == [Declined("cancelled")]
        assert (till.sent, sim.view()["payments"]) == (0, [])


async def test_stopping_when_nothing_runs_does_nothing() -> None:
    async with simulator(auto_ms=0) as sim:
        service = driver(sim)
        await service.abort()

        assert isinstance(await PaymentTill().carry(service, intent()), Approved)


async def test_too_late_to_stop_when_it_is_approved() -> None:
    async with simulator(auto_ms=0) as sim:
        till, service = PaymentTill(), driver(sim)
        till.on_record = lambda _: service._attention.ask_to_stop()

        assert isinstance(await till.carry(service, intent()), Approved)
        assert len(sim.ledger) == 1


async def test_an_approval_that_cannot_be_recorded_is_let_go() -> None:
    async with simulator(auto_ms=0) as sim:
        till, service, what = PaymentTill(), driver(sim), intent()

        def full(news: Approved | CardSlip | Acknowledged) -> None:
            raise OSError("no space left")

        till.on_record = full
        with pytest.raises(OSError, match="no space left"):
            await till.carry(service, what)

        assert await till.settled(service, what) == Declined("cancelled", "released")
        assert sim.ledger == ()


async def test_the_till_gives_up_by_itself_when_the_service_never_does() -> None:
    async with simulator() as sim:
        result = await PaymentTill().carry(driver(sim, timing=Timing(life=0.05, late=0.05)), intent())

        assert result == Declined("timeout", "withdrawn")


async def test_one_after_the_other() -> None:
    async with simulator(auto_ms=0) as sim:
        service, tills, whats = driver(sim), [PaymentTill() for _ in range(3)], [intent() for _ in range(3)]
        async with anyio.create_task_group() as tasks:
            for till, what in zip(tills, whats, strict=True):
                tasks.start_soon(till.carry, service, what)

        assert sorted(move.key for move in sim.ledger) == sorted(what.key for what in whats)


async def test_the_same_intent_twice_is_one_payment() -> None:
    async with simulator(auto_ms=0) as sim:
        service, what = driver(sim), intent()
        first = await PaymentTill().carry(service, what)
        second = await PaymentTill().carry(service, what)

        assert first == second
        assert sim.ledger == (Move(AMOUNT, what.key, "sale"),)


async def test_the_same_key_for_another_amount_is_in_doubt() -> None:
    async with simulator(auto_ms=0) as sim:
        service, what = driver(sim), intent()
        await PaymentTill().carry(service, what)
        result = await PaymentTill().carry(service, structs.replace(what, amount=Amount(100)))

        assert isinstance(result, OutcomeUnknown)
        assert len(sim.ledger) == 1


async def test_killed_while_the_customer_thinks() -> None:
    async with simulator() as sim:
        till, what = PaymentTill(), intent()
        with anyio.CancelScope() as life:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(till.carry, driver(sim), what)
                await eventually(lambda: bool(till.said))
                life.cancel()

        assert await till.settled(driver(sim), what) == Declined("cancelled", "withdrawn")


async def test_killed_after_the_approval_was_recorded() -> None:
    async with simulator(auto_ms=0) as sim:
        till, what = PaymentTill(), intent()
        with anyio.CancelScope() as life:
            till.on_record = lambda _: life.cancel()
            await till.carry(driver(sim), what)
        assert not sim.ledger
        known = Approved(what.amount, reference="as-recorded")

        result = await driver(sim).lookup(what, known=known, before=None)

        assert result == known
        assert sim.ledger == (Move(AMOUNT, what.key, "sale"),)


async def test_asked_about_what_was_never_made() -> None:
    async with simulator() as sim:
        assert await PaymentTill().settled(driver(sim), intent()) == Declined("not-found", "404")


async def test_asked_about_a_payment_that_stands() -> None:
    async with simulator(auto_ms=0) as sim:
        till, what = PaymentTill(), intent()
        result = await till.carry(driver(sim), what)

        assert await driver(sim).lookup(what, known=till.approved, before=None) == result
        assert await driver(sim).lookup(what, known=None, before=None) == result


async def test_known_but_let_go_meanwhile() -> None:
    async with simulator() as sim:
        till, what, service = PaymentTill(), intent(), driver(sim)
        await pay_and(sim, till, service, what, "abort")

        known = Approved(what.amount)
        assert await service.lookup(what, known=known, before=None) == Declined("reversed", "withdrawn")
