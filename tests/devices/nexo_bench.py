"""What the tests of the nexo driver share: a till that notes what it is told, and the simulated terminal over TLS."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import msgspec

from terminal.config.settings import NexoTcp
from terminal.devices.card_nexo import NexoTerminal
from terminal.devices.card_nexo_https import Timing
from terminal.domain.money import Amount
from terminal.domain.payment import (
    OutcomeUnknown,
    PaymentIntent,
    PaymentResult,
)
from terminal.protocols.nexo.envelope import Key
from terminal.sim.card_nexo import POI_ID, SimNexoTerminal
from terminal.sim.card_nexo_machine import Pace
from terminal.sim.certificate import Identity, make_identity
from tests.devices.payment_till import PaymentTill

PASSPHRASE = "a passphrase of the tests"
KEY = Key("tests", 3, PASSPHRASE)
SERVER_NAME = f"{POI_ID}.test.terminal.example"

PATIENT = Timing(again=0.02, check=0.05)
"""For tests in which nothing is late: a slow machine must not make it so."""
QUICK = Timing(answer=0.6, quick=0.6, again=0.02, check=0.05)
"""For tests of lateness."""
PACE = Pace(pin=0.01, host=0.01, news=0.02)
INTENT = PaymentIntent(7, 3, Amount(12500), key="11111111-aaaa-4bbb-8ccc-000000000007")


class Till(PaymentTill):
    """With a payment of its own."""

    async def pay(self, terminal: NexoTerminal, intent: PaymentIntent = INTENT) -> PaymentResult:
        """Carry an intent out, noting everything."""
        return await self.carry(terminal, intent)


def identity(folder: Path, server_name: str = SERVER_NAME, *, alternative: bool = True) -> Identity:
    """A certificate of a root of its own."""
    return make_identity(folder, server_name, alternative=alternative)


@asynccontextmanager
async def simulator(
    shown: Identity, *, auto: bool = False, patience: float = 20.0, **options: Any
) -> AsyncIterator[SimNexoTerminal]:
    """A simulated terminal that serves until the block ends. `auto`: a card comes by itself, at once."""
    options.setdefault("pace", PACE)
    key = options.pop("key", KEY)
    sim = SimNexoTerminal(shown, key, auto_ms=1 if auto else None, **options)
    sim.delay_s, sim.off_s = 0.1, 0.05
    with anyio.fail_after(patience):
        async with anyio.create_task_group() as tasks:
            await tasks.start(sim.serve)
            yield sim
            tasks.cancel_scope.cancel()


def settings(sim: SimNexoTerminal, trusted: Identity, **other: Any) -> NexoTcp:
    """What a till would be told to find it."""
    host, _, port = sim.address.rpartition(":")
    found = NexoTcp(
        host=host,
        port=int(port),
        poi_id=POI_ID,
        sale_id="till-1",
        ca_file=str(trusted.ca_file),
        server_name=trusted.server_name,
        key_identifier="tests",
        key_version=3,
    )
    return msgspec.structs.replace(found, **other)


def driver(sim: SimNexoTerminal, trusted: Identity, *, timing: Timing = PATIENT, **other: Any) -> NexoTerminal:
    """The shipped driver for the simulated terminal."""
    return NexoTerminal(settings(sim, trusted, **other), PASSPHRASE, timing=timing)


async def reached(sim: SimNexoTerminal, state: str) -> None:
    """Until the simulated terminal is in a state."""
    while sim.view()["state"] != state:  # noqa: ASYNC110 (the other side of a wire has no event of ours)
        await anyio.sleep(0.005)


async def settled(terminal: NexoTerminal, intent: PaymentIntent = INTENT) -> PaymentResult:
    """Ask until the terminal says, as the till does."""
    while True:
        result = await terminal.lookup(intent, known=None, before=None)
        if not isinstance(result, OutcomeUnknown):
            return result
        await anyio.sleep(0.02)


async def pay_and(
    sim: SimNexoTerminal, till: Till, terminal: NexoTerminal, *steps: tuple[str, str], intent: PaymentIntent = INTENT
) -> PaymentResult:
    """Pay, and do things at the terminal (or 'abort' at the till) when it is in a state."""
    results: list[PaymentResult] = []

    async def pay() -> None:
        results.append(await till.pay(terminal, intent))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(pay)
        for state, control in steps:
            await reached(sim, state)
            if control == "abort":
                await terminal.abort()
            else:
                await sim.press(control)
    return results[0]
