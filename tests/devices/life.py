"""A driver's life, watched: what it told, and how it ended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from terminal.app.ports.device import DeviceError, Driver, Health, Problem, State


class Life:
    """A driver's `live` in a task, with what it told and how it ended."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.told: list[Health] = []
        self.ended: DeviceError | None = None
        self._news = anyio.Event()

    async def run(self) -> None:
        """Live until it fails."""
        try:
            await self._driver.live(self._tell)
        except DeviceError as error:
            self.ended = error
        self._news.set()

    def _tell(self, health: Health) -> None:
        self.told.append(health)
        self._news.set()

    async def until(self, state: State, problem: Problem = Problem.NONE) -> None:
        """Wait until the newest health is this."""
        while not self.told or (self.told[-1].state, self.told[-1].problem) != (state, problem):
            await self._next()

    async def end(self) -> Problem:
        """Wait until it fails."""
        while self.ended is None:
            await self._next()
        return self.ended.problem

    async def _next(self) -> None:
        self._news = anyio.Event()
        await self._news.wait()


@asynccontextmanager
async def living(driver: Driver) -> AsyncIterator[Life]:
    """The driver alive until the block ends."""
    life = Life(driver)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(life.run)
        yield life
        tasks.cancel_scope.cancel()
