"""The simulated scale as the bench and a till see it."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from terminal.protocols import cas, toledo8217
from terminal.sim.scale import SimScale
from terminal.sim.simulator import Simulator, UnknownControl

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["toledo-8217", "cas"])
async def sim(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SimScale]:
    sim = SimScale(protocol=request.param, link=tmp_path / "port")
    async with anyio.create_task_group() as tasks:
        await tasks.start(sim.serve)
        yield sim
        tasks.cancel_scope.cancel()


async def ask(sim: SimScale, question: bytes, length: int) -> bytes:
    """The next bytes after a question."""
    port = os.open(sim.address, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        os.write(port, question)
        data = b""
        with anyio.fail_after(10):
            while len(data) < length:
                await anyio.wait_readable(port)
                data += os.read(port, length - len(data))
        return data
    finally:
        os.close(port)


async def test_it_is_one_of_the_benchs_simulators(sim: SimScale) -> None:
    simulator: Simulator = sim

    assert simulator.name == "scale"
    assert sim.view()["display"] == ("0.000 kg",)
    for control in simulator.controls():
        version = sim.version
        await sim.press(control.name, {"grams": "10", "ms": "5"}.get(control.argument, ""))
        assert sim.version > version


@pytest.mark.parametrize(
    ("control", "argument"),
    [("load", ""), ("load", "1.5"), ("load", "-99999"), ("motion", "maybe"), ("slow", "x"), ("x", "")],
)
async def test_what_it_cannot_do_is_said(sim: SimScale, control: str, argument: str) -> None:
    with pytest.raises(UnknownControl):
        await sim.press(control, argument)


async def test_it_shows_what_it_weighs(sim: SimScale) -> None:
    await sim.press("load", "1532")
    assert sim.view()["display"] == ("1.532 kg",)
    await sim.press("tare", "32")
    assert sim.view()["display"] == ("1.500 kg  net",)
    await sim.press("load", "0")
    await sim.press("motion", "on")
    assert sim.view()["display"] == ("-0.032 kg  net  ~",)
    await sim.press("over", "on")
    assert sim.view()["display"] == ("------",)


async def test_a_scale_that_settles_is_in_motion_after_a_new_load() -> None:
    sim = SimScale(settle_ms=60_000)
    await sim.press("load", "100")

    assert sim.pan.in_motion


async def test_the_bench_sees_that_it_has_come_to_rest(tmp_path: Path) -> None:
    sim = SimScale(link=tmp_path / "port", settle_ms=50)
    async with anyio.create_task_group() as tasks:
        await tasks.start(sim.serve)
        await sim.press("load", "100")
        version = sim.version
        await anyio.sleep(0.06)
        assert await ask(sim, b"W", 8) == b"\x0200.100\r"
        assert sim.version > version
        tasks.cancel_scope.cancel()


async def test_a_toledo_knows_tare_clear_zero_and_no_other_letter(tmp_path: Path) -> None:
    sim = SimScale(link=tmp_path / "port")
    async with anyio.create_task_group() as tasks:
        await tasks.start(sim.serve)
        await sim.press("load", "500")
        assert await ask(sim, b"TW", 9) == b"\x0200.000N\r"
        assert await ask(sim, b"CW", 8) == b"\x0200.500\r"
        assert await ask(sim, b"X", 4) == toledo8217.NotWeighed(toledo8217.Status.BAD_COMMAND).encode()
        assert await ask(sim, b"ZW", 8) == b"\x0200.000\r"
        tasks.cancel_scope.cancel()


async def test_a_cas_scale_answers_only_when_it_was_woken(tmp_path: Path) -> None:
    sim = SimScale(protocol="cas", link=tmp_path / "port")
    async with anyio.create_task_group() as tasks:
        await tasks.start(sim.serve)
        await sim.press("load", "500")
        block = cas.Block("S", " ", "00.500").encode()
        assert await ask(sim, b"\x11\x05\x11", 16) == b"\x06" + block
        tasks.cancel_scope.cancel()
