"""A café: `kasse run` with a printer at the counter and one in the kitchen, each simulated, and a customer."""

import csv
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio.to_thread import run_sync

from terminal.bench.daemon import Daemon, free_port, write_settings
from terminal.bench.shop import Screen, Shop, gtins
from terminal.domain.events import PrintEnded
from terminal.sim.run import DEMO_ITEMS
from terminal.store.catalogue_import import import_items
from tests.devices.printer_bench import eventually, simulator

from .test_kill import Past

pytestmark = pytest.mark.anyio

DEVICES = """
[printer]
driver = "escpos-tcp"
host = "127.0.0.1"
port = {front}
profile = "epson-tm-t20iii"

[[more_printers]]
name = "kitchen"
driver = "escpos-tcp"
host = "127.0.0.1"
port = {kitchen}
profile = "epson-tm-t20iii"
departments = {departments}
instead = "printer"
"""


def texts(sim: Any) -> list[str]:
    return [receipt.text for receipt in sim.receipts if receipt.cut]


async def test_an_order_comes_out_in_the_kitchen_or_where_the_rule_says(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    import_items(DEMO_ITEMS, tmp_path / "data")
    code, name = gtins(1)[0]
    departments = f'["{department_of(code)}"]'
    async with simulator(dots=576) as front, simulator(dots=576) as kitchen:
        ports = {"front": front.address.rpartition(":")[2], "kitchen": kitchen.address.rpartition(":")[2]}
        port = free_port()
        settings = write_settings(tmp_path, port=port, devices=DEVICES.format(departments=departments, **ports))
        shop = Shop(settings, port, "", ())
        daemon = Daemon(settings)
        await run_sync(daemon.__enter__)
        try:
            await run_sync(sell, shop, code)
            await eventually(lambda: texts(front) and texts(kitchen))
            (ticket,) = texts(kitchen)
            assert "KITCHEN" in ticket
            assert f"1 x {name.decode()}" in " ".join(ticket.split())
            assert "," not in ticket.partition("====")[2], "a price"
            assert "[CODE128 1-1]" in texts(front)[0]
            await kitchen.press("paper-out")
            await run_sync(sell, shop, code)
            await eventually(lambda: len(texts(front)) == 3)
            assert sum("KITCHEN" in text for text in texts(front)) == 1
            assert len(texts(kitchen)) == 1
        finally:
            with anyio.CancelScope(shield=True):
                await run_sync(daemon.__exit__, None, None, None)
        ends = [event for event in Past(shop).events if isinstance(event, PrintEnded)]
        assert [(end.printer, end.outcome, end.to) for end in ends if end.outcome != "printed"] == [
            ("kitchen", "passed-on", "printer")
        ]


def department_of(code: str) -> str:
    with DEMO_ITEMS.open(newline="", encoding="utf-8") as file:
        return next(row["department"] for row in csv.DictReader(file) if row["codes"] == code)


def sell(shop: Shop, code: str) -> None:
    with Screen(shop) as screen:
        screen.post("/till/scan", text=code)
        sale = screen.sale_number()
        assert sale != "0"
        screen.post("/till/pay", sale=sale)
        assert screen.post("/till/cash", sale=sale, amount="100000")
