"""The simulated customer display as the bench sees it."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from terminal.sim.display import SimDisplay
from terminal.sim.simulator import Simulator, UnknownControl

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sim(tmp_path: Path) -> AsyncIterator[SimDisplay]:
    sim = SimDisplay(link=tmp_path / "port")
    async with anyio.create_task_group() as tasks:
        await tasks.start(sim.serve)
        yield sim
        tasks.cancel_scope.cancel()


async def written(sim: SimDisplay, data: bytes) -> None:
    """Bytes into its port, until it shows something else."""
    version = sim.version
    with open(sim.address, "wb", buffering=0) as port:  # noqa: ASYNC230, PTH123 (a pty that takes them at once)
        port.write(data)
    with anyio.fail_after(10):
        while sim.version == version:  # noqa: ASYNC110 (the bench looks in the same way)
            await anyio.sleep(0.005)


async def test_it_is_one_of_the_benchs_simulators(sim: SimDisplay) -> None:
    simulator: Simulator = sim

    assert simulator.name == "display"
    for control in simulator.controls():
        version = sim.version
        await sim.press(control.name)
        assert sim.version > version
    for control_name, argument in (("silence", "maybe"), ("x", "")):
        with pytest.raises(UnknownControl):
            await sim.press(control_name, argument)


async def test_it_shows_lines_in_its_own_code_page(sim: SimDisplay) -> None:
    await written(sim, b"\x1bQA" + "Blåbærgrød æ".encode("cp437", "replace").ljust(20) + b"\r")

    assert sim.view()["display"] == ("Blåbærgr?d æ        ", " " * 20)


async def test_without_power_it_is_dark_and_forgets(sim: SimDisplay) -> None:
    await written(sim, b"Hello")
    assert sim.text[0].startswith("Hello")

    await sim.press("power-off")
    assert sim.text == (" " * 20, " " * 20)
    await sim.press("power-on")
    assert sim.text == (" " * 20, " " * 20)
