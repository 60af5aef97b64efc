"""The shipped daemon with a keyboard wedge set to the wrong layout: it says so, is calibrated by one scan, and sells.

As a process under umockdev (evdev_bed.py), over its pages, killed and started again.
"""

import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.abc
import httpx
import pytest

from terminal.protocols.keymap.calibrate import TEXT
from terminal.sim.run import DEMO_ITEMS
from terminal.store.catalogue_import import import_items
from tests.devices.evdev_bed import Bed, Node, bed

pytestmark = pytest.mark.anyio

BREAD = "5700000010010"
SETTINGS = """
[shop]
name = "Torvets Købmand"
cvr = "12345674"
[register]
data = "{data}"
[web]
port = {port}
[[scanners]]
driver = "evdev"
vendor = 0x1EAB
layout = "us"
"""


class Daemon:
    """One run of it."""

    def __init__(self, http: httpx.AsyncClient, process: anyio.abc.Process) -> None:
        self._http = http
        self.process = process

    async def post(self, path: str) -> None:
        assert (await self._http.post(path, data={})).status_code == 204

    async def shows(self, path: str, *wanted: str) -> None:
        """Wait until a page does; one that is not there yet shows nothing."""
        with anyio.fail_after(60):
            while True:
                try:
                    text = (await self._http.get(path)).text
                except httpx.TransportError:
                    text = ""
                if all(each in text for each in wanted):
                    return
                await anyio.sleep(0.05)


@asynccontextmanager
async def daemon(on: Bed, config: Path, port: int) -> AsyncIterator[Daemon]:
    command = ["umockdev-wrapper", sys.executable, "-m", "terminal", "run", "--config", str(config)]
    address = f"http://127.0.0.1:{port}"
    async with (
        await anyio.open_process(command, stdout=None, stderr=None, env=on.environment()) as process,
        httpx.AsyncClient(base_url=address, headers={"origin": address}) as http,
    ):
        try:
            yield Daemon(http, process)
        finally:
            process.send_signal(signal.SIGKILL)
            await process.wait()


def grabbed(node: Node) -> bool:
    return node.holder is not None


async def until_grabbed(node: Node, is_so: bool = True) -> None:
    with anyio.fail_after(60):
        while grabbed(node) != is_so:  # noqa: ASYNC110 (another process does it)
            await anyio.sleep(0.02)


async def test_a_wedge_of_the_wrong_layout_is_calibrated_and_stays_so(tmp_path: Path) -> None:
    data = tmp_path / "data"
    import_items(DEMO_ITEMS, data)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = tmp_path / "kasse.toml"
    config.write_text(SETTINGS.format(data=data, port=port))
    async with bed() as plugged:
        node = await plugged.plug(3)
        async with daemon(plugged, config, port) as first:
            await until_grabbed(node)
            await first.shows("/till", "Kasse")
            node.type(f"{BREAD}\r", "fr")
            await first.shows("/till", "Indstil den")

            await first.post("/calibrate/start")
            await first.shows("/calibrate", "<svg")
            node.type(f"{TEXT}\r", "fr")
            await first.shows("/calibrate", "scanner er klar", "Fransk")
            node.type(f"{BREAD}\r", "fr")
            await first.shows("/calibrate", BREAD)
            await first.post("/calibrate/stop")
            node.type(f"{BREAD}\r", "fr")
            await first.shows("/till", "Rugbrød med kerner", "28,00")

        await until_grabbed(node, False)
        async with daemon(plugged, config, port) as second:
            await second.shows("/till", "Rugbrød med kerner", "28,00")
            await until_grabbed(node)
            node.type(f"{BREAD}\r", "fr")
            await second.shows("/till", "56,00")
