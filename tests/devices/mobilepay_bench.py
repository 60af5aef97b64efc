"""What the tests of MobilePay's driver share: a till that notes what it is told, and the simulated service."""

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import anyio.lowlevel

from terminal.config.settings import MobilePay
from terminal.devices.mobilepay import MobilePayService
from terminal.devices.mobilepay_service import Keys, Timing
from terminal.domain.money import Amount
from terminal.domain.payment import (
    PaymentIntent,
    PaymentResult,
    Purpose,
)
from terminal.sim.mobilepay import SimMobilePay
from tests.devices.payment_till import PaymentTill

PATIENT = Timing(again=0.02, check=0.05, tries=2)
"""For tests in which nothing is late."""
QUICK = Timing(connect=1.0, answer=0.3, again=0.02, check=0.05, tries=2)
"""For tests of lateness."""
IMPATIENT = Timing(connect=1.0, answer=0.3, again=0.02, check=0.05, tries=1)
"""For tests of what is left after one try."""
AMOUNT = 12500
PERSONAL_QR = "https://qr.vipps.no/28/2/01/031/4512345678?v=1"

_numbers = itertools.count(1)


def intent(
    *, account: str = "", purpose: Purpose = "pay", amount: int = AMOUNT, currency: int = 208, of_key: str = ""
) -> PaymentIntent:
    """A new one."""
    number = next(_numbers)
    return PaymentIntent(
        number,
        number,
        Amount(amount),
        currency=currency,
        means="mobilepay",
        purpose=purpose,
        key=f"shop1-till1-{number:08}",
        account=account,
        of_key=of_key,
    )


@asynccontextmanager
async def simulator(*, patience: float = 20.0, **options: Any) -> AsyncIterator[SimMobilePay]:
    """A simulated service that serves until the block ends."""
    sim = SimMobilePay(**options)
    with anyio.fail_after(patience):
        async with anyio.create_task_group() as tasks:
            await tasks.start(sim.serve)
            yield sim
            tasks.cancel_scope.cancel()


def driver(sim: SimMobilePay, *, timing: Timing = PATIENT, ca_file: str = "", **changes: Any) -> MobilePayService:
    """The shipped driver with the simulated service's keys."""
    shop = sim.shop
    keys = Keys(
        client_secret=changes.pop("client_secret", shop.client_secret),
        subscription_key=shop.subscription_key,
        webhook_secret=shop.webhook_secret,
    )
    settings = MobilePay(
        base_url=sim.address,
        merchant_serial=shop.merchant_serial,
        client_id=shop.client_id,
        client_secret_file="/unread",
        subscription_key_file="/unread",
        poll_ms=changes.pop("poll_ms", 20),
        ca_file=ca_file,
    )
    return MobilePayService(settings, keys, timing=timing, **changes)


async def eventually(ready: Callable[[], bool]) -> None:
    """Until something is so; the simulator's deadline ends a wait in vain."""
    while not ready():  # noqa: ASYNC110 (the other side of a wire has no event of ours)
        await anyio.sleep(0.005)


async def pay_and(
    sim: SimMobilePay, till: PaymentTill, service: MobilePayService, what: PaymentIntent, *controls: str
) -> PaymentResult:
    """Pay, and when the customer sees it, do something: a control of the simulator, or 'abort' at the till."""
    results: list[PaymentResult] = []

    async def pay() -> None:
        results.append(await till.carry(service, what))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(pay)
        await eventually(lambda: bool(till.said or results))
        for control in controls:
            if control == "abort":
                await service.abort()
            else:
                name, _, argument = control.partition(":")
                await sim.press(name, argument)
    return results[0]
