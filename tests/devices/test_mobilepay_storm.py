"""Many faults in one payment, and a till that is killed at any moment: the money is where the till says it is.

What the till knows after a kill is what it had recorded, and a new driver settles the rest.
"""

import random

import anyio
import anyio.abc
import pytest

from terminal.devices.mobilepay_service import Timing
from terminal.domain.payment import Approved, Declined, OutcomeUnknown, PaymentIntent, PaymentResult
from terminal.sim.mobilepay import SimMobilePay
from terminal.sim.payment_faults import FAULTS
from tests.devices.mobilepay_bench import AMOUNT, PERSONAL_QR, driver, intent, simulator
from tests.devices.payment_till import PaymentTill

pytestmark = pytest.mark.anyio

FAST = Timing(connect=0.5, answer=0.05, again=0.005, tries=2, life=0.3, late=0.05)
ROUNDS = 6


async def storm(sim: SimMobilePay, dice: random.Random, what: PaymentIntent) -> PaymentResult:
    """Carry out an intent under faults, maybe with a kill, and settle it under more faults."""
    till, results = PaymentTill(), []
    for point in dice.sample(sim.points, 3):
        sim.arm(point, dice.choice(FAULTS))
    with anyio.move_on_after(dice.choice([0.01, 0.03, 0.06, 60])):
        async with anyio.create_task_group() as tasks:
            service = driver(sim, timing=FAST, poll_ms=100)
            if dice.random() < 0.3:
                tasks.start_soon(stop_later, service.abort, dice.random() * 0.05)
            results.append(await till.carry(service, what))
    if results and not isinstance(results[0], OutcomeUnknown):
        return results[0]
    for point in dice.sample(sim.points, 2):
        sim.arm(point, dice.choice(FAULTS))
    return await till.settled(driver(sim, timing=FAST, poll_ms=100), what)


async def stop_later(stop: object, seconds: float) -> None:
    await anyio.sleep(seconds)
    assert callable(stop)
    await stop()


def moved(sim: SimMobilePay, what: PaymentIntent) -> int:
    return sum(move.amount for move in sim.ledger if move.key == what.key)


@pytest.mark.parametrize("seed", range(10))
async def test_a_storm(seed: int) -> None:
    dice = random.Random(seed)
    async with simulator(auto_ms=dice.choice([0, 20, 5000])) as sim:
        sim.delay_s, sim.late_s, sim.off_s = 0.01, 0.1, 0.05
        for _ in range(ROUNDS):
            pay = intent(account=dice.choice(["", PERSONAL_QR]))
            result = await storm(sim, dice, pay)
            assert isinstance(result, Approved | Declined)
            paid = isinstance(result, Approved)
            assert moved(sim, pay) == (AMOUNT if paid else 0)
            sim.heal()
            if not paid:
                continue
            back = intent(purpose=dice.choice(["refund", "reverse"]), of_key=pay.key)
            result = await storm(sim, dice, back)
            assert moved(sim, back) == (-AMOUNT if isinstance(result, Approved) else 0)
            sim.heal()
