"""The simulated serial scanner as the bench and a till see it."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from terminal.sim.scanner import SimScanner
from terminal.sim.simulator import Simulator, UnknownControl

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sim(tmp_path: Path) -> AsyncIterator[SimScanner]:
    sim = SimScanner(link=tmp_path / "port")
    async with anyio.create_task_group() as tasks:
        await tasks.start(sim.serve)
        yield sim
        tasks.cancel_scope.cancel()


def is_there(path: str) -> bool:
    return Path(path).is_symlink()


async def received(path: str, length: int) -> bytes:
    """The next bytes on the port."""
    port = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        data = b""
        with anyio.fail_after(10):
            while len(data) < length:
                await anyio.wait_readable(port)
                data += os.read(port, length - len(data))
        return data
    finally:
        os.close(port)


async def test_it_is_one_of_the_benchs_simulators(sim: SimScanner) -> None:
    simulator: Simulator = sim

    assert simulator.name == "scanner"
    assert {control.name for control in simulator.controls()} == {
        *("scan", "half", "garbage", "stuck", "unplug", "plug", "replug", "slow", "suffix", "prefix"),
    }


async def test_a_scan_is_its_text_and_the_suffix(sim: SimScanner) -> None:
    await sim.press("scan", "01<GS>æ")
    await sim.press("suffix", "tab")
    await sim.press("scan", "2")

    assert await received(sim.address, 8) == b"01\x1d\xc3\xa6\r2\t"
    assert sim.view() == {"plugged": True, "suffix": "tab", "prefix": "", "slow_ms": 0, "scans": 2, "last": "2"}


async def test_its_port_goes_and_comes_back_under_the_same_name(sim: SimScanner) -> None:
    before = sim.version
    await sim.press("unplug")
    await anyio.wait_all_tasks_blocked()
    assert not is_there(sim.address)
    with pytest.raises(UnknownControl, match="not plugged in"):
        await sim.press("scan", "1")

    await sim.press("plug")
    await anyio.wait_all_tasks_blocked()
    await sim.press("scan", "1")
    assert await received(sim.address, 2) == b"1\r"
    assert sim.version > before


async def test_a_link_that_an_earlier_run_left_is_replaced_and_taken_away(tmp_path: Path) -> None:
    link = tmp_path / "port"
    link.symlink_to("/nowhere")
    sim = SimScanner(link=link)
    async with anyio.create_task_group() as tasks:
        await tasks.start(sim.serve)
        await sim.press("scan", "1")
        assert await received(str(link), 2) == b"1\r"
        tasks.cancel_scope.cancel()

    assert not is_there(str(link))


async def test_a_file_in_the_links_place_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "port").write_text("mine")
    with pytest.raises(FileExistsError):
        await SimScanner(link=tmp_path / "port").serve()

    assert (tmp_path / "port").read_text() == "mine"


async def test_without_a_link_it_makes_a_folder_and_takes_it_away() -> None:
    sim = SimScanner()
    async with anyio.create_task_group() as tasks:
        await tasks.start(sim.serve)
        folder = Path(sim.address).parent
        assert folder.is_dir()
        tasks.cancel_scope.cancel()

    assert not folder.exists()


@pytest.mark.parametrize(
    ("control", "argument"),
    [
        ("scan", ""),
        ("slow", "x"),
        ("slow", "0"),
        ("slow", "10001"),
        ("suffix", "x"),
        ("explode", ""),
        ("scan", "x" * 70_000),
    ],
)
async def test_what_it_does_not_understand(sim: SimScanner, control: str, argument: str) -> None:
    with pytest.raises(UnknownControl):
        await sim.press(control, argument)


async def test_half_a_scan_and_a_prefix(sim: SimScanner) -> None:
    await sim.press("half", "123456")
    await sim.press("prefix", "]C1")
    await sim.press("scan", "9")

    assert await received(sim.address, 9) == b"1234]C19\r"


async def test_a_trigger_that_sticks_has_no_end(sim: SimScanner) -> None:
    await sim.press("stuck")

    assert await received(sim.address, 5000) == b"0" * 5000


async def test_plugged_in_elsewhere_it_is_another_port_under_the_same_name(sim: SimScanner) -> None:
    port = os.open(sim.address, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        await sim.press("replug")
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(OSError, match="Input/output"):
            os.ttyname(port)
        await sim.press("scan", "1")
        assert await received(sim.address, 2) == b"1\r"
    finally:
        os.close(port)
