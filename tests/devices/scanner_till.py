"""The till's side of a scanner: takes what a driver tells, for tests to wait for."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import anyio.abc

from terminal.app.ports.device import DeviceError, Driver, Health, Problem, State
from terminal.app.ports.scanner import BadScan, Scan

PATIENCE = 10.0
"""Seconds that a test waits before it fails; nothing here takes one."""


class ScannerTill:
    """Give `on_scan` to a driver and let it `live` in a task group."""

    def __init__(self) -> None:
        self._news_in, self._news = anyio.create_memory_object_stream[Scan | BadScan](1000)
        self._health_in, self._health = anyio.create_memory_object_stream[Health | DeviceError](1000)

    def on_scan(self, scan: Scan | BadScan) -> None:
        """See OnScan."""
        self._news_in.send_nowait(scan)

    async def live(self, driver: Driver) -> None:
        """One life; the error it ends with is the last news of its health."""
        try:
            await driver.live(self._health_in.send_nowait)
        except DeviceError as error:
            self._health_in.send_nowait(error)

    async def news(self) -> Scan | BadScan:
        """The next scan."""
        with anyio.fail_after(PATIENCE):
            return await self._news.receive()

    async def until(self, wanted: Scan) -> list[Scan | BadScan]:
        """What came before this scan."""
        before = []
        while (news := await self.news()) != wanted:
            before.append(news)
        return before

    async def health(self) -> tuple[State, Problem]:
        """The next news of the driver's health; an error is DOWN."""
        with anyio.fail_after(PATIENCE):
            health = await self._health.receive()
        return (State.DOWN, health.problem) if isinstance(health, DeviceError) else (health.state, health.problem)

    async def started(self, tasks: anyio.abc.TaskGroup, driver: Driver) -> None:
        """Start a life and wait until it is well."""
        tasks.start_soon(self.live, driver)
        assert await self.health() == (State.OK, Problem.NONE)

    def close(self) -> None:
        """Nothing is left open."""
        for stream in (self._news_in, self._news, self._health_in, self._health):
            stream.close()


@contextmanager
def scanner_till() -> Iterator[ScannerTill]:
    """A till's side."""
    till = ScannerTill()
    try:
        yield till
    finally:
        till.close()


@contextmanager
def powerless(folder: Path) -> Iterator[None]:
    """A folder that may not be entered. Root may enter any, so that these tests are somebody else for a moment."""
    user = os.geteuid()
    folder.chmod(0)
    try:
        if user == 0:
            os.seteuid(65534)
        yield
    finally:
        os.seteuid(user)
        folder.chmod(0o700)
