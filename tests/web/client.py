"""A screen without a browser: posts touches, follows the event stream."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx

PATIENCE = 10.0
"""Seconds; a test that waits longer fails."""


class Screen:
    """One screen. `regions` holds what the stream has sent last of each."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.regions: dict[str, Any] = {}
        self.events: list[tuple[str, Any]] = []
        self._news = anyio.Event()

    async def touch(self, path: str, **form: str | int) -> httpx.Response:
        """Post a form. What the screen's own page could not send is a fault of the test."""
        answer = await self.http.post(path, data={name: str(value) for name, value in form.items()})
        assert answer.status_code in (204, 303, 409), answer.text
        return answer

    async def keys(self, keys: str) -> None:
        """Type on the pad: digits, ',' and names in the order given."""
        for key in keys.split():
            await self.touch("/till/key", key=key)

    async def shows(self, region: str, *wanted: str) -> str:
        """Wait until a region holds all of `wanted`; its HTML."""
        with anyio.fail_after(PATIENCE):
            while not all(each in str(self.regions.get(region, "")) for each in wanted):
                await self._news.wait()
        return str(self.regions[region])

    async def lacks(self, region: str, unwanted: str) -> None:
        """Wait until a region, which is there, does not hold `unwanted`."""
        with anyio.fail_after(PATIENCE):
            while unwanted in str(self.regions.get(region, unwanted)):
                await self._news.wait()

    async def view(self, name: str) -> None:
        """Wait until the screen shows that."""
        with anyio.fail_after(PATIENCE):
            while self.regions.get("view", {}).get("view") != name:
                await self._news.wait()

    async def heard(self, sound: str) -> None:
        """Wait for a sound that has not been waited for yet."""
        with anyio.fail_after(PATIENCE):
            while ("sound", sound) not in self.events:
                await self._news.wait()
        self.events = self.events[self.events.index(("sound", sound)) + 1 :]

    async def follow(self, page: str = "/till") -> None:
        """Take in the event stream for ever."""
        async with self.http.stream("GET", f"{page}/stream", timeout=None) as answer:
            assert answer.status_code == 200
            name = ""
            async for line in answer.aiter_lines():
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    self._take(name, json.loads(line[6:]))

    async def news(self) -> None:
        """Wait for the next event."""
        await self._news.wait()

    def _take(self, name: str, data: Any) -> None:
        self.regions[name] = data
        self.events.append((name, data))
        self._news.set()
        self._news = anyio.Event()


@asynccontextmanager
async def following(address: str, page: str = "/till") -> AsyncIterator[Screen]:
    """A screen that has opened the till's page, or another one, and follows its stream."""
    headers = {"origin": address}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=PATIENCE) as http:
        screen = Screen(http)
        assert (await http.get(page)).status_code == 200
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(screen.follow, page)
            await screen.view("sale")
            yield screen
            tasks.cancel_scope.cancel()
