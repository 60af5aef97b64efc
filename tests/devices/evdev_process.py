"""A till under umockdev as a process of its own (evdev_till.py), and what it says."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import msgspec
from anyio.streams.buffered import BufferedByteReceiveStream

from terminal.config.settings import ScannerSettings
from tests.devices.evdev_bed import Bed


class Till:
    """The till's process."""

    def __init__(self, lines: BufferedByteReceiveStream) -> None:
        self._lines = lines

    async def news(self) -> list[str]:
        """The next line."""
        with anyio.fail_after(20):
            return msgspec.json.decode(await self._lines.receive_until(b"\n", 10_000), type=list[str])


@asynccontextmanager
async def process(on: Bed, *command: str) -> AsyncIterator[Till]:
    """A module of the tests under umockdev; what it says."""
    command = ("umockdev-wrapper", sys.executable, "-m", *command)
    async with await anyio.open_process(command, stderr=None, env=on.environment()) as running:
        assert running.stdout is not None
        try:
            yield Till(BufferedByteReceiveStream(running.stdout))
        finally:
            running.kill()


@asynccontextmanager
async def till(on: Bed, *scanners: ScannerSettings) -> AsyncIterator[Till]:
    """A till with these scanners."""
    async with process(on, "tests.devices.evdev_till", msgspec.json.encode(scanners).decode()) as desk:
        yield desk
