"""A fault at every message of a payment, before and after it: afterwards the till and the terminal agree.

All places of one kind run at the same time, each with a terminal and a till of its own.
"""

from pathlib import Path

import anyio
import pytest

from terminal.domain.payment import Approved, Declined, OutcomeUnknown, PaymentResult
from terminal.sim.card_zvt import SimCardTerminal
from tests.devices.card_bench import INTENT, QUICK, QUICK_PACE, Till, driver, eventually, reached, settled, simulator

pytestmark = pytest.mark.anyio

MESSAGES = 20
"""In a payment: registration 4, command 2, intermediate statuses 6, status information 2, slips 4, completion 2."""


async def one(kind: str, when: str, at: int) -> tuple[PaymentResult, PaymentResult, SimCardTerminal]:
    """Pay once while all is well, then with the fault; ask until the outcome is known."""
    async with simulator(auto=True, pace=QUICK_PACE) as sim:
        terminal, till = driver(sim.address, timing=QUICK), Till()
        before = await Till().pay(driver(sim.address))
        assert isinstance(before, Approved)
        await reached(sim, "idle")

        await sim.press("fault", f"{kind} {when} {at}")
        result = await till.pay(terminal)
        await sim.press("silence", "off")
        await sim.press("power-on")
        await sim.press("fault", "off")
        # As after a restart of the till: what the driver remembers is gone, what is in the journal is not.
        asked = driver(sim.address, timing=QUICK)
        end = await settled(asked, till.approved, before) if isinstance(result, OutcomeUnknown) else result
        await eventually(lambda: all(move.state != "pending" for move in sim.moves))
        return result, end, sim


@pytest.mark.parametrize(
    ("kind", "when"),
    [
        *((kind, when) for kind in ("cut", "silence", "power-off") for when in ("before", "after")),
        *((kind, "before") for kind in ("lose", "double", "garbage")),
    ],
)
async def test_the_till_and_the_terminal_agree(kind: str, when: str) -> None:
    outcomes: dict[int, tuple[PaymentResult, PaymentResult, SimCardTerminal]] = {}

    async def run(at: int) -> None:
        outcomes[at] = await one(kind, when, at)

    async with anyio.create_task_group() as tasks:
        for at in range(1, MESSAGES + 1):
            tasks.start_soon(run, at)

    for at, (result, end, sim) in outcomes.items():
        moved = sim.moved - INTENT.amount
        wanted = INTENT.amount if isinstance(end, Approved) else 0
        assert moved == wanted, f"{kind} {when} message {at}: {result}, then {end}, but the terminal moved {moved}"


@pytest.mark.parametrize(("at", "struck"), [(1, True), (MESSAGES, True), (MESSAGES + 1, False)])
async def test_every_message_of_a_payment_has_its_fault(at: int, struck: bool) -> None:
    async with simulator(auto=True) as sim:
        await sim.press("fault", f"double before {at}")
        assert isinstance(await Till().pay(driver(sim.address)), Approved)
        await reached(sim, "idle")

        assert (sim.view()["fault"] is None) == struck


async def test_a_connection_cut_before_the_command_leaves_is_not_sent() -> None:
    for at in (1, 2, 3):
        result, _, _ = await one("cut", "before", at)
        assert isinstance(result, Declined)
        assert result.reason == "not-sent"


async def test_a_terminal_that_is_restarted_remembers(tmp_path: Path) -> None:
    memory = tmp_path / "card.json"
    till = Till()
    async with simulator(auto=True, state_file=memory) as sim:
        await sim.press("fault", "cut before 19")
        assert isinstance(await till.pay(driver(sim.address)), OutcomeUnknown)
        assert sim.moved == INTENT.amount

    async with simulator(state_file=memory) as sim:
        assert await settled(driver(sim.address), till.approved) == till.approved
        assert sim.moved == INTENT.amount


async def test_a_terminal_that_dies_before_it_is_acknowledged_has_reversed(tmp_path: Path) -> None:
    memory = tmp_path / "card.json"
    till = Till()
    with anyio.CancelScope() as death:
        async with simulator(auto=True, state_file=memory) as sim:
            till.on_record = lambda _: death.cancel()
            await till.pay(driver(sim.address))

    async with simulator(state_file=memory) as sim:
        assert [move.state for move in sim.moves] == ["reversed"]
        assert await settled(driver(sim.address), None) == Declined("not-found", "6C")
