"""Every fault at every point of every dialogue: afterwards the till and the terminal agree about the money."""

import anyio
import pytest

from terminal.domain.money import Amount
from terminal.domain.payment import Approved, OutcomeUnknown, PaymentIntent, PaymentResult
from terminal.sim.card_zvt import SimCardTerminal
from terminal.sim.card_zvt_faults import DIALOGUES
from terminal.sim.payment_faults import FAULTS
from tests.devices.card_bench import (
    INTENT,
    QUICK,
    QUICK_PACE,
    Till,
    Wire,
    driver,
    eventually,
    reached,
    settled,
    simulator,
)

pytestmark = pytest.mark.anyio


Outcome = tuple[PaymentResult, PaymentResult, SimCardTerminal]
"""What `carry` said, what was the end, and the terminal."""


def intended(purpose: str, paid: Approved) -> PaymentIntent:
    if purpose == "refund":
        return PaymentIntent(8, 4, Amount(5000), purpose="refund")
    if purpose == "reverse":
        return PaymentIntent(8, 4, paid.amount, purpose="reverse", of=paid)
    return INTENT


async def one(purpose: str, point: str, fault: str, wire: Wire) -> Outcome:
    """Pay while all is well, carry the intent out with the fault, and ask until the outcome is known."""
    async with simulator(wire, auto=True, pace=QUICK_PACE, name=f"card-{purpose}-{point}") as sim:
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


async def every(points: dict[str, tuple[str, ...]], fault: str, wire: Wire) -> dict[tuple[str, str], Outcome]:
    """All at the same time, each with a terminal and a till of its own."""
    outcomes: dict[tuple[str, str], Outcome] = {}

    async def run(purpose: str, point: str) -> None:
        outcomes[purpose, point] = await one(purpose, point, fault, wire)

    async with anyio.create_task_group() as tasks:
        for purpose, names in points.items():
            for point in names:
                tasks.start_soon(run, purpose, point)
    return outcomes


def agree(outcomes: dict[tuple[str, str], Outcome], fault: str) -> None:
    for (purpose, point), (result, end, sim) in outcomes.items():
        moved = sum(move.amount for move in sim.ledger) - INTENT.amount
        amount = {"pay": INTENT.amount, "refund": -5000, "reverse": -INTENT.amount}[purpose]
        wanted = amount if isinstance(end, Approved) else 0
        where = f"{purpose}, {fault} at {point}"
        assert moved == wanted, f"{where}: {result}, then {end}, but the terminal moved {moved}"


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_till_and_the_terminal_agree(fault: str) -> None:
    purposes = ("pay", "refund", "reverse")
    points = {purpose: tuple(dict.fromkeys((*DIALOGUES[purpose], *DIALOGUES["lookup"]))) for purpose in purposes}

    agree(await every(points, fault, "tcp"), fault)


@pytest.mark.parametrize("fault", FAULTS)
async def test_over_a_serial_line_too(fault: str) -> None:
    agree(await every({"pay": DIALOGUES["pay"][2:], "reverse": ("status-information",)}, fault, "pty"), fault)
