"""A click on a symbol comes out of the scanner's pty, byte for byte."""

import os
import re
from html import unescape
from pathlib import Path

import anyio
import pytest

from terminal.sim.bench.shelf import read
from terminal.sim.run import DEMO_ITEMS
from terminal.sim.scanner import SimScanner
from tests.sim.bench.client import following, get, post, press, serving

pytestmark = pytest.mark.anyio


async def read_line(port: int) -> bytes:
    """Up to the scanner's suffix."""
    line = b""
    with anyio.fail_after(5):
        while not line.endswith(b"\r"):
            await anyio.wait_readable(port)
            line += os.read(port, 4096)
    return line[:-1]


async def test_every_symbol_on_the_shelf_is_sent_as_it_stands_there(tmp_path: Path) -> None:
    scanner = SimScanner(link=tmp_path / "scanner")
    async with serving(scanner, shelf=read(DEMO_ITEMS)) as bench:
        page = (await get(bench)).text
        payloads = [unescape(value) for value in re.findall(r'class="tile" name="argument" value="([^"]*)"', page)]
        port = os.open(scanner.address, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            for payload in payloads:
                await press(bench, "scanner", "scan", payload)
                assert await read_line(port) == payload.encode()
        finally:
            os.close(port)

    assert len(payloads) > 50
    assert any("\x1d" in payload for payload in payloads)


async def test_a_label_of_the_scale_is_made_for_what_is_on_it(tmp_path: Path) -> None:
    async with serving(SimScanner(link=tmp_path / "scanner"), shelf=read(DEMO_ITEMS)) as bench:
        label = await get(bench, "/bench/label?code=rcn:26:3001&value=1234")
        none = await get(bench, "/bench/label?code=rcn:26:3001&value=heavy")

    assert 'value="2630010012342"' in label.text
    assert (none.status, none.text) == (400, "The scale shows 1 to 5000 g.\n")


async def test_a_scan_that_goes_nowhere_says_why(tmp_path: Path) -> None:
    async with serving(SimScanner(link=tmp_path / "scanner")) as bench:
        await press(bench, "scanner", "unplug")
        answer = await post(bench, "/bench/scanner/scan", {"argument": "5700000010010"})

    assert (answer.status, answer.text) == (400, "the scanner is not plugged in\n")


async def test_the_last_scan_is_on_the_page_with_its_control_characters_shown(tmp_path: Path) -> None:
    async with serving(SimScanner(link=tmp_path / "scanner")) as bench, following(bench) as stream:
        await press(bench, "scanner", "scan", "<b>\x1d")
        fragment = await stream.until("view-scanner", "&lt;b&gt;")

    assert "&lt;b&gt;&lt;GS&gt;" in fragment
