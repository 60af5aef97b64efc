"""The logo is stored in the printer once, where it can; else, and until it is known to be there, it is sent."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from terminal.app.ports.device import State
from terminal.app.ports.printer import Printed
from terminal.domain import document as d
from terminal.sim.printer import SimPrinter
from terminal.sim.receipt_items import Picture
from tests.devices.life import living
from tests.devices.printer_bench import eventually, simulator, tcp_printer

pytestmark = pytest.mark.anyio

KEEPS: dict[str, Any] = {"profile": "epson-tm-t20iii", "columns": 48}
WITH_LOGO: d.Document = (d.Logo(), d.Text("Tak"), d.Cut())


@pytest.fixture
def logo(tmp_path: Path) -> str:
    path = tmp_path / "logo.png"
    picture = Image.new("1", (200, 60), 1)
    picture.paste(0, (20, 10, 120, 50))
    picture.save(path)
    return str(path)


def shown(sim: SimPrinter) -> list[int]:
    """The heights of the pictures on each receipt, added up."""
    return [sum(item.height for item in receipt.items if isinstance(item, Picture)) for receipt in sim.receipts]


async def test_it_is_stored_once_and_then_named(logo: str) -> None:
    async with simulator(dots=576) as sim:
        printer = tcp_printer(sim.address, logo=logo, **KEEPS)
        printer.warm_up()
        assert await printer.print(WITH_LOGO) == Printed(confirmed=True)
        async with living(printer) as life:
            await life.until(State.OK)
            await eventually(lambda: sim.logos_stored)
            # Until the printer has said that it has it, the logo is sent.
            await eventually(lambda: printer.keeps_logo)
            assert await printer.print(WITH_LOGO) == Printed(confirmed=True)
        assert shown(sim) == [60, 60]
        first, second = (len(receipt.raw) for receipt in sim.receipts)
        assert second < first / 4
        # The next start finds it there.
        again = tcp_printer(sim.address, logo=logo, **KEEPS)
        again.warm_up()
        async with living(again) as life:
            await eventually(lambda: again.keeps_logo)
            assert await again.print(WITH_LOGO) == Printed(confirmed=True)
        assert shown(sim) == [60, 60, 60]
        assert sim.logos_stored == 1


async def test_another_printer_in_its_place_is_asked_anew(logo: str) -> None:
    async with simulator(dots=576) as sim:
        printer = tcp_printer(sim.address, logo=logo, **KEEPS)
        printer.warm_up()
        async with living(printer) as life:
            await life.until(State.OK)
            await eventually(lambda: printer.keeps_logo)
    async with simulator(dots=576) as other:
        moved = tcp_printer(other.address, logo=logo, **KEEPS)
        moved.warm_up()
        assert not moved.keeps_logo
        assert await moved.print(WITH_LOGO) == Printed(confirmed=True)
        assert shown(other) == [60]


async def test_one_that_cannot_or_does_not_say_is_sent_it(logo: str) -> None:
    async with simulator() as sim:
        plain = tcp_printer(sim.address, logo=logo, profile="epson-tm-t88iii")
        plain.warm_up()
        async with living(plain) as life:
            await life.until(State.OK)
            assert await plain.print(WITH_LOGO) == Printed(confirmed=True)
        assert sim.logos_stored == 0
        assert shown(sim) == [60]
