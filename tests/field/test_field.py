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
from terminal.sim.printer import SimPrinter
from terminal.sim.scanner import SimScanner
from terminal.sim.simulator import Simulator
from tests.field import faults as f
from tests.field.conftest import SEEN
from tests.field.shop import PATIENCE, Device, Shop, journal, open_shop, sold

pytestmark = pytest.mark.anyio


async def break_and_mend(shop: Shop, device: Device) -> None:
    """All faults of one device, one after the other."""
    well, shown = Health(State.OK), partial(shop.row, device.name)
    await until(partial(shop.shows, device, well), f"{device.name} is well", shown)
    for fault in device.faults:
        begun = anyio.current_time()
        for press in fault.arm:
            await device.sim.press(*press)
        wanted = partial(shop.shows, device, Health(fault.state, fault.problem))
        await until(wanted, f"{device.name} says {fault.problem} after {fault.name}", shown)
        SEEN[device.name, fault.name] = anyio.current_time() - begun
        for press in fault.heal:
            await device.sim.press(*press)
        await until(partial(shop.shows, device, well), f"{device.name} is well after {fault.name}", shown)


async def until(holds: Callable[[], Awaitable[bool]], what: str, shows: Callable[[], Awaitable[str]]) -> None:
    """Wait for something; what is shown instead is told when it does not come."""
    with anyio.move_on_after(PATIENCE):
        while not await holds():
            await anyio.sleep(0.1)
        return
    raise AssertionError(f"never: {what}: {await shows()}")


async def everything_breaks(folder: Path, devices: tuple[Device, ...]) -> Shop:
    """Open the shop, break and mend all of it while it sells, close it."""
    async with open_shop(folder, devices) as shop, anyio.create_task_group() as selling:
        selling.start_soon(shop.cashier)
        async with anyio.create_task_group() as breaking:
            for device in devices:
                breaking.start_soon(break_and_mend, shop, device)
        selling.cancel_scope.cancel()
    return shop


def check_books(shop: Shop, printer: SimPrinter) -> None:
    """No line is lost, and paper and journal say the same."""
    events = journal(shop.folder)
    assert 0 < shop.lines <= sold(events) <= shop.lines + 1
    closed = [event.receipt for event in events if isinstance(event, e.SaleClosed)]
    papers = Counter(code for paper in printer.receipts if paper.cut for _, code in paper.codes)
    assert papers
    assert not [code for code, times in papers.items() if times > 1]
    outcomes = {event.job: event.outcome for event in events if isinstance(event, e.PrintEnded)}
    for number, receipt in enumerate(closed, start=1):
        if outcomes.get(number) in ("printed", "unconfirmed"):
            assert papers[receipt.code] == 1, f"{receipt.code} was said to be printed"
        elif outcomes.get(number) == "not-printed":
            assert papers[receipt.code] == 0, f"{receipt.code} was said not to be printed"


async def test_everything_breaks_on_the_network(tmp_path: Path) -> None:
    printer, card = SimPrinter(), SimCardTerminal(state_file=tmp_path / "card.json")
    scanner = SimScanner(link=tmp_path / "scanner")
    async with anyio.create_task_group() as far_ends:
        for sim in (printer, card, scanner):
            await far_ends.start(sim.serve)
        devices = (
            Device("scanner", "scanner", f'[[scanners]]\ndriver = "serial"\nport = "{scanner.address}"', scanner, f.SCANNER),
            Device("printer", "printer", f'[printer]\ndriver = "escpos-tcp"\n{address(printer)}', printer, f.PRINTER_TCP),
            Device("card", "card", f'[card]\ndriver = "zvt-tcp"\n{address(card)}', card, f.CARD_ZVT),
        )
        shop = await everything_breaks(tmp_path, devices)
        far_ends.cancel_scope.cancel()
    check_books(shop, printer)


def address(sim: Simulator) -> str:
    """Where it listens, as settings."""
    host, _, port = sim.address.rpartition(":")
    return f'host = "{host}"\nport = {port}'
