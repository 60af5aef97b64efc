"""A card terminal and a service say how they are when they are asked, and no money moves."""

from pathlib import Path

import pytest

from terminal.app.ports.device import DeviceError, Health, Problem, State
from tests.devices import card_bench, mobilepay_bench, nexo_bench

pytestmark = pytest.mark.anyio


async def test_a_zvt_terminal() -> None:
    async with card_bench.simulator() as sim:
        terminal = card_bench.driver(sim.address, timing=card_bench.QUICK)
        assert await terminal.diagnose() == Health(State.OK)
        assert sim.ledger == ()
        await sim.press("power-off")
        with pytest.raises(DeviceError):
            await terminal.diagnose()


async def test_a_nexo_terminal(tmp_path: Path) -> None:
    trusted = nexo_bench.identity(tmp_path)
    async with nexo_bench.simulator(trusted) as sim:
        assert await nexo_bench.driver(sim, trusted).diagnose() == Health(State.OK)
        assert sim.ledger == ()


async def test_mobilepay() -> None:
    async with mobilepay_bench.simulator() as sim:
        service = mobilepay_bench.driver(sim)
        assert await service.diagnose() == Health(State.OK)
        assert sim.ledger == ()


async def test_mobilepay_that_is_not_there() -> None:
    async with mobilepay_bench.simulator() as sim:
        service = mobilepay_bench.driver(sim, timing=mobilepay_bench.QUICK)
    with pytest.raises(DeviceError) as failed:
        await service.diagnose()
    assert failed.value.problem in (Problem.REFUSED, Problem.UNREACHABLE)
