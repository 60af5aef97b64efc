"""A shop in which things break: simulated devices, the shipped daemon in a process of its own, and two screens."""

import re
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.to_thread
import httpx
import msgspec

from terminal.app.health import DeviceStatus
from terminal.app.ports.device import Health, State
from terminal.bench.daemon import Daemon, free_port, write_settings
from terminal.domain import events as e
from terminal.domain.events import AnyEvent
from terminal.sim.printer import SimPrinter
from terminal.sim.run import DEMO_ITEMS
from terminal.sim.simulator import Simulator
from terminal.store.catalogue_import import import_items
from terminal.store.entry import decode
from terminal.store.journal import SqliteJournal
from terminal.store.verify import verify
from terminal.texts import language
from terminal.web.say import device_sentence
from tests.field.faults import Fault

MILK, CASH = "2001", 1300
"""An item sold by the piece, and the cash that pays for it: its price, rounded to what coins there are."""
PATIENCE = 40.0
"""Seconds until something must have happened, on a machine with much to do. What it took is printed."""
LANGUAGES = ("da", "en")


class Device(msgspec.Struct, frozen=True):
    """One device of a shop's settings, with its far end and what can happen to it."""

    name: str
    kind: str
    settings: str
    """Its table, as TOML."""
    sim: Simulator
    faults: tuple[Fault, ...]
    well: State = State.OK
    """How it is when nothing is wrong: a display says nothing about itself."""


class Screen:
    """One screen of the till, in one language, over HTTP."""

    def __init__(self, port: int, code: str) -> None:
        host = f"http://127.0.0.1:{port}"
        self.words = language(code)
        self._client = httpx.AsyncClient(
            base_url=host, headers={"Origin": host}, cookies={"kasse-looks": code}, timeout=PATIENCE
        )

    async def close(self) -> None:
        """Leave."""
        await self._client.aclose()

    async def page(self, path: str) -> str:
        """What it shows."""
        answer = await self._client.get(path)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.text

    async def post(self, path: str, **form: str) -> None:
        """Touch something, which is not refused."""
        answer = await self._client.post(path, data=form)
        assert answer.status_code in (httpx.codes.OK, httpx.codes.NO_CONTENT, httpx.codes.SEE_OTHER), answer.text

    async def sale(self) -> str:
        """The current sale's number."""
        found = re.search(r'<input type="hidden" name="sale" value="([0-9]+)"', await self.page("/till"))
        assert found is not None
        return found[1]


class Shop:
    """A running shop."""

    def __init__(self, folder: Path, devices: tuple[Device, ...], screens: tuple[Screen, ...]) -> None:
        self.folder, self.devices, self.screens = folder, devices, screens
        self.lines = 0
        """Lines that the till has taken."""
        self.slowest = 0.0
        """The longest touch of the cashier's, s."""
        self.hands_off = False
        """The drawer is left as it is."""

    async def cashier(self, printer: SimPrinter) -> None:
        """Sell a litre of milk for cash and shut the drawer, again and again, whatever is broken."""
        screen = self.screens[0]
        while True:
            await self._timed(screen.post("/till/add", sku=MILK))
            self.lines += 1
            sale = await screen.sale()
            await self._timed(screen.post("/till/pay", sale=sale))
            await self._timed(screen.post("/till/cash", sale=sale, amount=str(CASH)))
            await anyio.sleep(1)
            if not self.hands_off:
                await printer.press("close-drawer")

    async def _timed(self, touch: Awaitable[None]) -> None:
        begun = anyio.current_time()
        await touch
        self.slowest = max(self.slowest, anyio.current_time() - begun)

    async def shows(self, device: Device, health: Health) -> bool:
        """Whether every screen has this of a device: its state, and sentence and advice in the screen's language."""
        status = DeviceStatus(device.name, device.kind, health, 0)
        alone = sum(each.kind == device.kind for each in self.devices) == 1
        for screen in self.screens:
            what, advice = device_sentence(status, screen.words, alone=alone)
            state, text = row_of(device.name, await screen.page("/status"))
            if state != health.state or f"{what} {advice}".strip() not in text:
                return False
        return True

    async def row(self, device: Device) -> str:
        """A device's row as the first screen has it."""
        return row_of(device.name, await self.screens[0].page("/status"))[1]


def row_of(name: str, page: str) -> tuple[str, str]:
    """A device's row on the page of all devices: its state, and its HTML."""
    for row in page.split("<li class=")[1:]:
        if f"<b>{name}</b>" in row:
            return row.split('"')[1], row.partition("</li>")[0]
    raise AssertionError(f"no row of {name}: {page}")


@asynccontextmanager
async def open_shop(folder: Path, devices: tuple[Device, ...]) -> AsyncIterator[Shop]:
    """A shop whose devices all serve already, open until the block ends; then the daemon stops, without complaint."""
    (folder / "data").mkdir(parents=True)
    await anyio.to_thread.run_sync(import_items, DEMO_ITEMS, folder / "data")
    port = free_port()
    settings = write_settings(folder, port=port, devices="\n".join(device.settings for device in devices))
    daemon = Daemon(settings)
    await anyio.to_thread.run_sync(daemon.__enter__)
    screens = tuple(Screen(port, code) for code in LANGUAGES)
    try:
        yield Shop(folder, devices, screens)
    finally:
        with anyio.CancelScope(shield=True):
            for screen in screens:
                await screen.close()
            await anyio.to_thread.run_sync(daemon.__exit__, None, None, None)
    log = (folder / "daemon.log").read_text()
    assert "Traceback" not in log, log
    assert daemon.process.returncode == 0, log


def journal(folder: Path) -> list[AnyEvent]:
    """All entries of a till that has stopped; they verify."""
    book = SqliteJournal(folder / "data")
    try:
        assert verify(book).problems == ()
        return [decode(entry.body) for entry in book.read(0)]
    finally:
        book.close()


def sold(events: list[AnyEvent]) -> int:
    """Lines of milk in the journal."""
    return sum(event.lines[0].item.sku == MILK for event in events if isinstance(event, e.LineAdded))
