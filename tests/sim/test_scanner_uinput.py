"""The simulated keyboard wedge where the kernel makes no keyboards."""

from pathlib import Path

import anyio
import pytest

from terminal.sim.scanner_uinput import SimWedge
from terminal.sim.simulator import Simulator, UnknownControl

pytestmark = pytest.mark.anyio


async def test_without_uinput_it_serves_and_says_why_it_cannot_scan(tmp_path: Path) -> None:
    sim = SimWedge(device=tmp_path / "uinput")
    simulator: Simulator = sim
    async with anyio.create_task_group() as tasks:
        await tasks.start(sim.serve)
        with pytest.raises(UnknownControl, match="this kernel has no uinput"):
            await simulator.press("scan", "5701234567899")
        await sim.press("plug")
        assert simulator.view()["why_not"] == "this kernel has no uinput (load the module: modprobe uinput)"
        tasks.cancel_scope.cancel()


async def test_a_file_is_no_uinput(tmp_path: Path) -> None:
    (tmp_path / "uinput").touch()
    sim = SimWedge(device=tmp_path / "uinput")
    async with anyio.create_task_group() as tasks:
        await tasks.start(sim.serve)
        assert "not a character device" in str(sim.view()["why_not"])
        tasks.cancel_scope.cancel()


async def test_what_no_key_types_is_refused() -> None:
    with pytest.raises(UnknownControl, match="'ø'"):
        await SimWedge().press("scan", "rød")
