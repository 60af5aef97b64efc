"""The serial scanner's driver on a pty, the simulated scanner at its far end."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from terminal.app.ports.device import Problem, State
from terminal.app.ports.scanner import BadScan, Scan
from terminal.config.settings import ScannerSerial
from terminal.devices.scanner_serial import SerialScanner
from terminal.sim.scanner import SUFFIXES, SimScanner
from tests.devices.scanner_till import ScannerTill, powerless, scanner_till

pytestmark = pytest.mark.anyio

GTIN = "5701234567899"


class Desk:
    """A scanner, its cable and the till it is plugged into."""

    def __init__(self, sim: SimScanner, till: ScannerTill, tasks: anyio.abc.TaskGroup) -> None:
        self.sim, self.till, self.tasks = sim, till, tasks

    def driver(self, name: str = "scanner", encoding: str = "utf-8") -> SerialScanner:
        settings = ScannerSerial(name=name, port=self.sim.address, encoding=encoding)  # type: ignore[arg-type]
        return SerialScanner(settings, self.till.on_scan)

    async def open(self) -> None:
        await self.till.started(self.tasks, self.driver())


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    sim = SimScanner(link=tmp_path / "port")
    with scanner_till() as till:
        async with anyio.create_task_group() as tasks:
            await tasks.start(sim.serve)
            yield Desk(sim, till, tasks)
            tasks.cancel_scope.cancel()


@pytest.mark.parametrize("suffix", SUFFIXES)
async def test_a_scan_comes_through_with_every_suffix(desk: Desk, suffix: str) -> None:
    await desk.open()
    await desk.sim.press("suffix", suffix)
    for text in (GTIN, f"]d201{GTIN:0>14}10AB\x1d21é"):
        await desk.sim.press("scan", text)
        assert await desk.till.news() == Scan(text, "scanner")


async def test_scans_that_follow_each_other_closely_stay_apart(desk: Desk) -> None:
    await desk.open()
    for number in range(50):
        await desk.sim.press("scan", f"{number:013}")

    assert [await desk.till.news() for _ in range(50)] == [Scan(f"{number:013}", "scanner") for number in range(50)]


async def test_a_slow_scanner_is_not_cut_in_two(desk: Desk) -> None:
    await desk.open()
    await desk.sim.press("slow", "20")
    await desk.sim.press("scan", GTIN)

    assert await desk.till.news() == Scan(GTIN, "scanner")


async def test_garbage_is_told_and_costs_at_most_the_scan_it_runs_into(desk: Desk) -> None:
    await desk.open()
    await desk.sim.press("garbage")
    for _ in range(2):
        await desk.sim.press("scan", GTIN)

    before = await desk.till.until(Scan(GTIN, "scanner"))
    assert any(isinstance(each, BadScan) for each in before)


async def test_half_a_scan_is_told_and_is_never_sold(desk: Desk) -> None:
    await desk.open()
    await desk.sim.press("scan", GTIN)
    assert await desk.till.news() == Scan(GTIN, "scanner")
    await desk.sim.press("half", GTIN)
    assert isinstance(await desk.till.news(), BadScan)
    await desk.sim.press("scan", GTIN)
    assert await desk.till.news() == Scan(GTIN, "scanner")


async def test_a_trigger_that_sticks_is_told_once_and_is_over_with_the_next_scan(desk: Desk) -> None:
    await desk.open()
    await desk.sim.press("stuck")
    assert isinstance(await desk.till.news(), BadScan)
    assert await desk.till.health() == (State.ATTENTION, Problem.STUCK)
    await desk.sim.press("scan", "ends it")
    assert await desk.till.health() == (State.OK, Problem.NONE)
    await desk.sim.press("scan", GTIN)
    assert await desk.till.news() == Scan(GTIN, "scanner")


async def test_bytes_that_are_no_text_are_named_until_a_scan_is(desk: Desk) -> None:
    """As at another speed."""
    await desk.open()
    await desk.sim.press("garbage")
    await desk.sim.press("scan", "ends it")
    assert await desk.till.health() == (State.ATTENTION, Problem.GARBAGE)
    await desk.sim.press("scan", GTIN)
    assert await desk.till.health() == (State.OK, Problem.NONE)


async def test_what_was_scanned_before_the_till_listened_is_not_sold(desk: Desk) -> None:
    await desk.sim.press("scan", "4012345678901")
    await anyio.wait_all_tasks_blocked()
    await desk.open()
    await desk.sim.press("scan", GTIN)

    assert await desk.till.news() == Scan(GTIN, "scanner")


async def test_a_latin_1_scanner(tmp_path: Path) -> None:
    with scanner_till() as till:
        async with anyio.create_task_group() as tasks:
            sim = SimScanner(link=tmp_path / "port")
            await tasks.start(sim.serve)
            await till.started(tasks, Desk(sim, till, tasks).driver(encoding="latin-1"))
            await sim.press("scan", "é")
            assert await till.news() == Scan("Ã©", "scanner")
            tasks.cancel_scope.cancel()


async def test_two_scanners_stay_two(tmp_path: Path, desk: Desk) -> None:
    other = SimScanner("other", link=tmp_path / "other")
    await desk.tasks.start(other.serve)
    await desk.open()
    await desk.till.started(desk.tasks, SerialScanner(ScannerSerial(name="two", port=other.address), desk.till.on_scan))
    for sim in (desk.sim, other):
        await sim.press("slow", "2")
    await desk.sim.press("scan", GTIN)
    await other.press("scan", "73513537")

    assert {await desk.till.news() for _ in range(2)} == {Scan(GTIN, "scanner"), Scan("73513537", "two")}


# --- what can go wrong


async def test_unplugged_and_plugged_in_again(desk: Desk) -> None:
    await desk.open()
    await desk.sim.press("scan", "half")
    await desk.till.news()
    await desk.sim.press("unplug")
    assert await desk.till.health() == (State.DOWN, Problem.LOST)

    desk.tasks.start_soon(desk.till.live, desk.driver())
    assert await desk.till.health() == (State.DOWN, Problem.NOT_FOUND)
    await desk.sim.press("plug")
    assert await desk.till.health() == (State.OK, Problem.NONE)
    await desk.sim.press("scan", GTIN)
    assert await desk.till.news() == Scan(GTIN, "scanner")


async def test_the_port_is_let_go_at_the_end_of_a_life(desk: Desk) -> None:
    async with anyio.create_task_group() as life:
        await desk.till.started(life, desk.driver())
        life.cancel_scope.cancel()

    await desk.open()


async def test_a_port_that_another_program_holds(desk: Desk) -> None:
    await desk.open()
    await desk.till.live(desk.driver())

    assert await desk.till.health() == (State.DOWN, Problem.IN_USE)


async def test_a_file_is_no_port(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with scanner_till() as till:
        await till.live(SerialScanner(ScannerSerial(port=str(tmp_path / "file")), till.on_scan))

        assert await till.health() == (State.DOWN, Problem.FAULT)


async def test_a_port_that_may_not_be_used(desk: Desk, tmp_path: Path) -> None:
    with powerless(tmp_path):
        await desk.till.live(desk.driver())

    assert await desk.till.health() == (State.DOWN, Problem.NO_PERMISSION)
