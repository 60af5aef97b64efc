"""Every fault at every point of every dialogue: afterwards the till and the terminal agree about the money."""

import anyio
import pytest

from terminal.domain.money import Amount
from terminal.domain.payment import Approved, OutcomeUnknown, PaymentIntent, PaymentResult
from terminal.sim.card_zvt import SimCardTerminal
from terminal.sim.card_zvt_faults import DIALOGUES
from terminal.sim.payment_faults import FAULTS
from tests.devices.card_bench import INTENT, QUICK, QUICK_PACE, Till, driver, eventually, reached, settled, simulator

pytestmark = pytest.mark.anyio


def intended(purpose: str, paid: Approved) -> PaymentIntent:
    if purpose == "refund":
        return PaymentIntent(8, 4, Amount(5000), purpose="refund")
    if purpose == "reverse":
        return PaymentIntent(8, 4, paid.amount, purpose="reverse", of=paid)
    return INTENT


async def one(purpose: str, point: str, fault: str) -> tuple[PaymentResult, PaymentResult, SimCardTerminal]:
    """Pay while all is well, carry the intent out with the fault, and ask until the outcome is known."""
    async with simulator(auto=True, pace=QUICK_PACE) as sim:
        sim.late_s, sim.off_s, sim.delay_s = 0.7, 0.1, 0.05
        paid = await Till().pay(driver(sim.address))
        assert isinstance(paid, Approved)
        await reached(sim, "idle")

        till, intent = Till(), intended(purpose, paid)
        sim.arm(point, fault)
        if point in DIALOGUES["lookup"] and point not in DIALOGUES[purpose]:
            # There is something to ask about.
            sim.arm("completion", "cut-before")
        result = await till.pay(driver(sim.address, timing=QUICK), intent)
        # As after a restart of the till: what the driver remembers is gone, what is in the journal is not.
        asked = driver(sim.address, timing=QUICK)
        end = await settled(asked, till.approved, paid, intent) if isinstance(result, OutcomeUnknown) else result
        await eventually(lambda: all(move.state != "pending" for move in sim.moves))
        assert sim.struck >= 1
        return result, end, sim


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("purpose", ["pay", "refund", "reverse"])
async def test_the_till_and_the_terminal_agree(purpose: str, fault: str) -> None:
    points = tuple(dict.fromkeys((*DIALOGUES[purpose], *DIALOGUES["lookup"])))
    outcomes: dict[str, tuple[PaymentResult, PaymentResult, SimCardTerminal]] = {}

    async def run(point: str) -> None:
        outcomes[point] = await one(purpose, point, fault)

    async with anyio.create_task_group() as tasks:
        for point in points:
            tasks.start_soon(run, point)

    assert len(outcomes) == len(points)
    for point, (result, end, sim) in outcomes.items():
        moved = sum(move.amount for move in sim.ledger) - INTENT.amount
        amount = {"pay": INTENT.amount, "refund": -5000, "reverse": -INTENT.amount}[purpose]
        wanted = amount if isinstance(end, Approved) else 0
        assert moved == wanted, f"{fault} at {point}: {result}, then {end}, but the terminal moved {moved}"
