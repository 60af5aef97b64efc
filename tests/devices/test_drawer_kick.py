"""The drawer on the printer's socket."""

import pytest

from terminal.app.ports.device import Problem
from terminal.app.ports.printer import NotPrinted, Printed, PrintUnknown
from terminal.devices.drawer_kick import KickDrawer
from tests.devices.printer_bench import serial_printer, simulator, tcp_printer

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("wire", ["tcp", "pty"])
async def test_it_opens_and_says_so(wire: str) -> None:
    async with simulator("tcp" if wire == "tcp" else "pty") as sim:
        printer = (tcp_printer if wire == "tcp" else serial_printer)(sim.address)
        drawer = KickDrawer(printer)
        assert await drawer.open() == Printed(confirmed=True)
        assert sim.drawer_open
        await sim.press("close-drawer")
        assert await drawer.open() == Printed(confirmed=True)
        assert [(pulse.pin, pulse.on_ms) for pulse in sim.drawer_pulses] == [(2, 120), (2, 120)]


async def test_a_dead_printer_opens_nothing_and_a_broken_one_perhaps() -> None:
    async with simulator() as sim:
        drawer = KickDrawer(tcp_printer(sim.address))
        await sim.press("cut-mid-job", "7")
        outcome = await drawer.open()
        assert isinstance(outcome, PrintUnknown)
        await sim.press("power-off")
        outcome = await drawer.open()
        assert isinstance(outcome, NotPrinted)
        assert outcome.problem is Problem.REFUSED


@pytest.mark.parametrize("trouble", ["paper-out", "open-cover", "cutter-error"])
async def test_a_stopped_printer_opens_it_at_once(trouble: str) -> None:
    """The customer waits for the change, and a pulse that waits for the paper would open an unwatched drawer."""
    async with simulator() as sim:
        await sim.press(trouble)
        assert await KickDrawer(tcp_printer(sim.address, drawer_pin=5)).open() == Printed(confirmed=False)
        assert sim.drawer_open
        assert [(pulse.pin, pulse.on_ms) for pulse in sim.drawer_pulses] == [(5, 100)]
        await sim.press("paper-ok")
        await sim.press("close-cover")
        assert len(sim.drawer_pulses) == 1
