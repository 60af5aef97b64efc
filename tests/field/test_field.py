"""Every device × everything that happens to it, while a cashier goes on selling.

Each fault is named by one code with one sentence and one advice, in both languages, without anybody asking; when it is
over the device works again without a restart. All devices of a shop break side by side, so that one that is dead is
seen to slow neither another nor the sale. At the end no line is lost, and no receipt was printed twice.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import anyio
import pytest

from terminal.app.ports.device import Health, State
from terminal.domain import events as e
from terminal.sim.card_zvt import SimCardTerminal
from terminal.sim.display import SimDisplay
from terminal.sim.printer import SimPrinter
from terminal.sim.scale import SimScale
from terminal.sim.scanner import SimScanner
from terminal.sim.simulator import Simulator
from tests.field import faults as f
from tests.field.conftest import SEEN
from tests.field.shop import PATIENCE, Device, Shop, journal, open_shop, sold

pytestmark = pytest.mark.anyio


async def break_and_mend(shop: Shop, devices: list[Device]) -> None:
    """All faults of the devices that hang together, one after the other."""
    for device in devices:
        well = Health(device.well)
        await until(partial(shop.shows, device, well), f"{device.name} is well", shop, device)
        for fault in device.faults:
            shop.hands_off |= fault.hands_off
            begun = anyio.current_time()
            for press in fault.arm:
                await device.sim.press(*press)
            wanted = partial(shop.shows, device, Health(fault.state, fault.problem))
            await until(wanted, f"{device.name} says {fault.problem} after {fault.name}", shop, device)
            SEEN[shop.folder.name, device.name, fault.name] = anyio.current_time() - begun
            for press in fault.heal:
                await device.sim.press(*press)
            if fault.hands_off:
                shop.hands_off = False
            await until(partial(shop.shows, device, well), f"{device.name} is well after {fault.name}", shop, device)


async def until(holds: Callable[[], Awaitable[bool]], what: str, shop: Shop, device: Device) -> None:
    """Wait for something; what the screen shows instead is told when it does not come."""
    with anyio.move_on_after(PATIENCE):
        while not await holds():  # noqa: ASYNC110 (pages are looked at)
            await anyio.sleep(0.1)
        return
    raise AssertionError(f"never: {what}, but: {await shop.row(device)}")


async def everything_breaks(folder: Path, devices: tuple[Device, ...], printer: SimPrinter) -> Shop:
    """Open the shop, break and mend all of it while it sells, close it."""
    together: dict[int, list[Device]] = {}
    for device in devices:
        together.setdefault(id(device.sim), []).append(device)
    async with open_shop(folder, devices) as shop, anyio.create_task_group() as selling:
        selling.start_soon(shop.cashier, printer)
        async with anyio.create_task_group() as breaking:
            for each in together.values():
                breaking.start_soon(break_and_mend, shop, each)
        selling.cancel_scope.cancel()
    return shop


def check_books(shop: Shop, *printers: SimPrinter) -> None:
    """No line is lost, nothing was printed twice, and paper and journal say the same."""
    events = journal(shop.folder)
    assert 0 < shop.lines <= sold(events) <= shop.lines + 1
    closed = [event.receipt.code for event in events if isinstance(event, e.SaleClosed)]
    papers = Counter(code for printer in printers for paper in printer.receipts for _, code in paper.codes)
    assert papers
    assert not {code: times for code, times in papers.items() if times > 1}
    ends = {event.job: event.outcome for event in events if isinstance(event, e.PrintEnded)}
    jobs = {event.receipt.code: event.print_job for event in events if isinstance(event, e.SaleClosed)}
    for code in closed:
        end = ends.get(jobs[code])
        if end == "printed":
            assert papers[code] == 1, f"{code} was said to be printed"
        elif end in ("not-printed", "passed-on"):
            assert papers[code] == 0, f"{code} was said not to be printed"


async def test_a_shop_on_the_network(tmp_path: Path) -> None:
    folder = tmp_path / "network"
    printer, kitchen = SimPrinter(), SimPrinter("kitchen")
    card = SimCardTerminal(state_file=tmp_path / "card.json")
    scanner, scale = SimScanner(link=tmp_path / "scanner"), SimScale(link=tmp_path / "scale")
    display = SimDisplay(link=tmp_path / "display")
    async with anyio.create_task_group() as far_ends:
        for sim in (printer, kitchen, card, scanner, scale, display):
            await far_ends.start(sim.serve)
        await scale.press("load", "532")
        shop = await everything_breaks(
            folder,
            (
                Device("scanner", "scanner", table("[scanners]", "serial", scanner), scanner, f.SCANNER),
                Device("printer", "printer", table("printer", "escpos-tcp", printer), printer, f.PRINTER_TCP),
                Device(
                    "drawer",
                    "drawer",
                    '[drawer]\ndriver = "printer"\nsense = "printer"\nleft_open_seconds = 2',
                    printer,
                    f.DRAWER,
                ),
                Device(
                    "kitchen",
                    "printer",
                    f'{table("[more_printers]", "escpos-tcp", kitchen)}\nname = "kitchen"\ndepartments = ["Mejeri"]',
                    kitchen,
                    f.PRINTER_TCP,
                ),
                Device("scale", "scale", table("scale", "toledo-8217", scale), scale, f.SCALE),
                Device("display", "display", table("display", "cd5220", display), display, f.DISPLAY, State.UNKNOWN),
                Device("card", "card", table("card", "zvt-tcp", card), card, f.CARD_ZVT),
            ),
            printer,
        )
        far_ends.cancel_scope.cancel()
    check_books(shop, printer)


async def test_a_shop_on_cables(tmp_path: Path) -> None:
    folder = tmp_path / "cables"
    printer = SimPrinter(wire="pty", link=tmp_path / "printer")
    scanner, scale = SimScanner(link=tmp_path / "scanner"), SimScale(link=tmp_path / "scale", protocol="cas")
    display = SimDisplay(link=tmp_path / "display", protocol="escpos-display")
    async with anyio.create_task_group() as far_ends:
        for sim in (printer, scanner, scale, display):
            await far_ends.start(sim.serve)
        await scale.press("load", "532")
        shop = await everything_breaks(
            folder,
            (
                Device("scanner", "scanner", table("[scanners]", "serial", scanner), scanner, f.SCANNER),
                Device("printer", "printer", table("printer", "escpos-serial", printer), printer, f.PRINTER_SERIAL),
                Device("scale", "scale", table("scale", "cas", scale), scale, f.SCALE_CAS),
                Device(
                    "display", "display", table("display", "escpos-display", display), display, f.DISPLAY, State.UNKNOWN
                ),
            ),
            printer,
        )
        far_ends.cancel_scope.cancel()
    check_books(shop, printer)


def table(name: str, driver: str, sim: Simulator) -> str:
    """A table of the settings that leads to the simulator."""
    host, colon, port = sim.address.rpartition(":")
    where = f'host = "{host}"\nport = {port}' if colon else f'port = "{sim.address}"'
    return f'[{name}]\ndriver = "{driver}"\n{where}'
