"""Every fault of the simulated nexo terminal at every point of a payment and of a refund.

Whatever strikes: the till ends knowing what the terminal has moved.
"""

from pathlib import Path

import anyio
import msgspec
import pytest

from terminal.devices.card_nexo import NexoTerminal
from terminal.domain.payment import Approved, Declined, OutcomeUnknown, PaymentIntent, PaymentResult
from terminal.sim.card_nexo import SimNexoTerminal
from terminal.sim.certificate import Identity
from terminal.sim.payment_faults import FAULTS
from tests.devices.nexo_bench import INTENT, QUICK, Till, driver, identity, settled, simulator

pytestmark = pytest.mark.anyio

IMPATIENT = msgspec.structs.replace(QUICK, answer=0.3, quick=0.3)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return identity(tmp_path_factory.mktemp("nexo"))


async def _to_the_end(terminal: NexoTerminal, till: Till, intent: PaymentIntent) -> PaymentResult:
    result = await till.pay(terminal, intent)
    return await settled(terminal, intent) if isinstance(result, OutcomeUnknown) else result


def _knows(result: PaymentResult, moved: int) -> None:
    match result:
        case Approved():
            assert result.amount + result.tip == abs(moved)
        case Declined():
            assert moved == 0
        case OutcomeUnknown():
            raise AssertionError(result)


def _one_message(sim: SimNexoTerminal, category: str) -> None:
    assert len([head for head in sim.heard if head.message_category == category]) <= 1


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("point", ["payment-request", "payment"])
async def test_a_payment(shown: Identity, point: str, fault: str) -> None:
    async with simulator(shown, auto=True) as sim:
        sim.late_s = 0.5
        sim.arm(point, fault)
        result = await _to_the_end(driver(sim, shown, timing=IMPATIENT), Till(), INTENT)

        assert sim.struck == 1
        _knows(result, sum(move.amount for move in sim.ledger))
        _one_message(sim, "Payment")


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_question(shown: Identity, fault: str) -> None:
    async with simulator(shown, auto=True) as sim:
        sim.late_s = 0.5
        sim.arm("payment", "cut-before")
        sim.arm("status", fault)
        result = await _to_the_end(driver(sim, shown, timing=IMPATIENT), Till(), INTENT)

        assert sim.struck == 2
        _knows(result, 12500)
        assert isinstance(result, Approved)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("point", ["reversal-request", "reversal"])
async def test_a_refund(shown: Identity, point: str, fault: str) -> None:
    async with simulator(shown, auto=True) as sim:
        sim.late_s = 0.5
        terminal = driver(sim, shown, timing=IMPATIENT)
        paid = await Till().pay(driver(sim, shown))
        assert isinstance(paid, Approved)
        back = PaymentIntent(8, 4, paid.amount, purpose="refund", key="refund-0008", of=paid, of_key=INTENT.key)
        sim.arm(point, fault)
        result = await _to_the_end(terminal, Till(), back)

        assert sim.struck == 1
        _knows(result, sum(move.amount for move in sim.ledger[1:]))
        _one_message(sim, "Reversal")


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_abort_is_repeated_until_it_is_heard(shown: Identity, fault: str) -> None:
    async with simulator(shown) as sim:
        sim.late_s = 0.5
        terminal, till = driver(sim, shown), Till()
        sim.arm("abort", fault)
        results: list[PaymentResult] = []

        async def pay() -> None:
            results.append(await _to_the_end(terminal, till, INTENT))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(pay)
            while sim.view()["state"] != "card":  # noqa: ASYNC110
                await anyio.sleep(0.005)
            await terminal.abort()
        assert isinstance(results[0], Declined)
        assert sim.ledger == ()


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_login(shown: Identity, fault: str, tmp_path: Path) -> None:
    from terminal.app.ports.device import DeviceError, Health, State

    async with simulator(shown) as sim:
        sim.late_s = 0.5
        sim.arm("login", fault)
        terminal = driver(sim, shown, timing=IMPATIENT)
        told: list[Health] = []

        async def live_again_and_again() -> None:
            while True:
                try:
                    await terminal.live(told.append)
                except DeviceError:
                    await anyio.sleep(0.02)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(live_again_and_again)
            while not told:  # noqa: ASYNC110
                await anyio.sleep(0.01)
            tasks.cancel_scope.cancel()
        assert (told[0].state, sim.struck) == (State.OK, 1)
